// The sums of dots.h on aarch64, two quads a step: 16-bit products in pairs (plain NEON), SDOT, or USMMLA,
// which multiplies two outputs' eight inputs with two rows'. No partial sum leaves its type: activations
// are at most 127, so 16 bits hold two products with a signed code: 2 x 128 x 127 < 2^15.
#ifndef QUERN_DOTS_NEON_H
#define QUERN_DOTS_NEON_H

enum { SPAN = 2 };
#if defined(__ARM_FEATURE_MATMUL_INT8)
// USMMLA takes codes unsigned, as they stand.
#define SIGNED_BYTES 0
enum { MOST = 8, MOST_SCALED = 4, MOST_NIBBLES = 8 };
#elif defined(__ARM_FEATURE_DOTPROD)
#define SIGNED_BYTES 1
enum { MOST = 8, MOST_SCALED = 4, MOST_NIBBLES = 8 };
#else
#define SIGNED_BYTES 1
enum { MOST = 4, MOST_SCALED = 2, MOST_NIBBLES = 4 };
#endif

// Codes of two quads; a second quad that a row does not have is zero.
typedef struct {
  vi first[SPAN], second[SPAN];
} Pair;

INLINE Pair pair_at(const int kind, const uint8_t *w, int both) {
  Pair p;
#pragma GCC unroll 2
  for (int j = 0; j < SPAN; j++) {
    vi q = quad_load(w + j * VL * 4);
    if (kind == NIBBLES) {
      p.first[j] = q & 0x0f0f0f0f;
      p.second[j] = (q >> 4) & 0x0f0f0f0f;
      continue;
    }
    const vi sign = vi_set(SIGNED_BYTES && kind == BYTES ? (int32_t)0x80808080 : 0);
    p.first[j] = q ^ sign;
    p.second[j] = both ? quad_load(w + (PANEL + j * VL) * 4) ^ sign : (vi){};
  }
  return p;
}

#if defined(__ARM_FEATURE_MATMUL_INT8)
// Between the sums of rows i and i + 1, as outputs stand, and the 2 x 2 blocks that USMMLA adds to.
INLINE void to_blocks(vi *a, vi *b) {
  vi low = vzip1q_s32(*a, *b), high = vzip2q_s32(*a, *b);
  *a = low;
  *b = high;
}
INLINE void from_blocks(vi *a, vi *b) {
  vi even = vuzp1q_s32(*a, *b), odd = vuzp2q_s32(*a, *b);
  *a = even;
  *b = odd;
}

// Eight inputs of two rows from one quad of both and the next.
INLINE int8x16_t two_rows(const int8_t *x, const int8_t *next) {
  int32x4_t a = vreinterpretq_s32_s8(vcombine_s8(vld1_s8(x), vdup_n_s8(0)));
  int32x4_t b = vreinterpretq_s32_s8(vcombine_s8(vld1_s8(next), vdup_n_s8(0)));
  return vreinterpretq_s8_s32(vzip1q_s32(a, b));
}

INLINE void add_pair(const int mr, vi acc[][SPAN], const Pair *p, const int8_t *x, const int8_t *next) {
#pragma GCC unroll 4
  for (int i = 0; i + 2 <= mr; i += 2) {
    int8x16_t rows = two_rows(x + i * 4, next + i * 4);
#pragma GCC unroll 2
    for (int j = 0; j < SPAN; j++) {
      uint8x16_t low = (uint8x16_t)vzip1q_s32(p->first[j], p->second[j]);
      uint8x16_t high = (uint8x16_t)vzip2q_s32(p->first[j], p->second[j]);
      acc[i][j] = vusmmlaq_s32(acc[i][j], low, rows);
      acc[i + 1][j] = vusmmlaq_s32(acc[i + 1][j], high, rows);
    }
  }
  if (mr % 2 == 0) return;
  const int i = mr - 1;
#pragma GCC unroll 2
  for (int j = 0; j < SPAN; j++) {
    acc[i][j] = vusdotq_s32(acc[i][j], (uint8x16_t)p->first[j], (int8x16_t)bits_at(x + i * 4));
    acc[i][j] = vusdotq_s32(acc[i][j], (uint8x16_t)p->second[j], (int8x16_t)bits_at(next + i * 4));
  }
}
#elif defined(__ARM_FEATURE_DOTPROD)
// Four rows' quads come in one load.
#define DOT_LANE(i, lane)                                                                  \
  acc[i][j] = vdotq_laneq_s32(acc[i][j], (int8x16_t)p->first[j], a, lane);                 \
  acc[i][j] = vdotq_laneq_s32(acc[i][j], (int8x16_t)p->second[j], b, lane);

INLINE void add_pair(const int mr, vi acc[][SPAN], const Pair *p, const int8_t *x, const int8_t *next) {
#pragma GCC unroll 2
  for (int i = 0; i + 4 <= mr; i += 4) {
    int8x16_t a = vld1q_s8(x + i * 4), b = vld1q_s8(next + i * 4);
#pragma GCC unroll 2
    for (int j = 0; j < SPAN; j++) {
      DOT_LANE(i, 0)
      DOT_LANE(i + 1, 1)
      DOT_LANE(i + 2, 2)
      DOT_LANE(i + 3, 3)
    }
  }
#pragma GCC unroll 3
  for (int i = mr / 4 * 4; i < mr; i++) {
    int8x16_t a = (int8x16_t)bits_at(x + i * 4), b = (int8x16_t)bits_at(next + i * 4);
#pragma GCC unroll 2
    for (int j = 0; j < SPAN; j++) {
      acc[i][j] = vdotq_s32(acc[i][j], (int8x16_t)p->first[j], a);
      acc[i][j] = vdotq_s32(acc[i][j], (int8x16_t)p->second[j], b);
    }
  }
}
#else
// sum[i][j]: of outputs j * VL .. + 1 and + 2 .. + 3, two halves of each.
INLINE void add_pair(const int mr, int32x4_t sum[][SPAN][2], const Pair *p, const int8_t *x,
                     const int8_t *next) {
#pragma GCC unroll 4
  for (int i = 0; i < mr; i++) {
    int8x16_t a = (int8x16_t)bits_at(x + i * 4), b = (int8x16_t)bits_at(next + i * 4);
#pragma GCC unroll 2
    for (int j = 0; j < SPAN; j++) {
      int8x16_t f = (int8x16_t)p->first[j], s = (int8x16_t)p->second[j];
      int16x8_t low = vmlal_s8(vmull_s8(vget_low_s8(f), vget_low_s8(a)), vget_low_s8(s), vget_low_s8(b));
      int16x8_t high = vmlal_high_s8(vmull_high_s8(f, a), s, b);
      sum[i][j][0] = vpadalq_s16(sum[i][j][0], low);
      sum[i][j][1] = vpadalq_s16(sum[i][j][1], high);
    }
  }
}
#endif

// acc[mr][SPAN] += x . w over `quads` quads; row i of quad k stands at x + (k * ld + i) * 4.
INLINE void dots(const int mr, const int kind, vi acc[][SPAN], const int8_t *x, int ld,
                 const uint8_t *w, int quads) {
#if defined(__ARM_FEATURE_MATMUL_INT8)
#define EACH_SUM(change)                                                                            \
  _Pragma("GCC unroll 4") for (int i = 0; i + 2 <= mr; i += 2)                                      \
    _Pragma("GCC unroll 2") for (int j = 0; j < SPAN; j++) change(&acc[i][j], &acc[i + 1][j]);
  EACH_SUM(to_blocks)
  vi(*sum)[SPAN] = acc;
#elif defined(__ARM_FEATURE_DOTPROD)
  vi(*sum)[SPAN] = acc;
#else
  int32x4_t sum[MOST][SPAN][2] = {};
#endif
  int k = 0;
  for (; k + 2 <= quads; k += 2, x += ld * 8, w += PANEL * (kind == NIBBLES ? 4 : 8)) {
    if (mr <= FEW) {
      __builtin_prefetch(w + AHEAD);
      if (kind != NIBBLES) __builtin_prefetch(w + AHEAD + PANEL * 4);
    }
    Pair p = pair_at(kind, w, 1);
    add_pair(mr, sum, &p, x, x + ld * 4);
  }
  if (kind != NIBBLES && k < quads) {
    Pair p = pair_at(kind, w, 0);
    add_pair(mr, sum, &p, x, x);
  }
#if defined(__ARM_FEATURE_MATMUL_INT8)
  EACH_SUM(from_blocks)
#elif !defined(__ARM_FEATURE_DOTPROD)
#pragma GCC unroll 4
  for (int i = 0; i < mr; i++)
#pragma GCC unroll 2
    for (int j = 0; j < SPAN; j++) acc[i][j] += vpaddq_s32(sum[i][j][0], sum[i][j][1]);
#endif
}
#endif
