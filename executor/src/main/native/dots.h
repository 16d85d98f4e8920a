// Exact sums of 8-bit activations times unsigned weight codes: the inner loops of the integer products,
// one for each way that instruction sets multiply bytes. All give the same integers.
#ifndef QUERN_DOTS_H
#define QUERN_DOTS_H
#include "tiles.h"

// BYTES: any code of 8 bits. NIBBLES: two quads a byte. SMALL4, SMALL6: codes of 4 or 6 bits, a byte
// each, as unpacked for many rows.
enum { BYTES, NIBBLES, SMALL4, SMALL6 };

INLINE vi bits_at(const void *p) {
  int32_t v;
  memcpy(&v, p, 4);
  return vi_set(v);
}

#if defined(__ARM_NEON)
#include "dots_neon.h"
#elif defined(__AVX512VNNI__) || defined(__AVXVNNI__)
// Vectors and rows of a register tile; rows where float sums, or both halves of nibbles, take registers too.
enum { SPAN = 2, MOST = VL == 16 ? 12 : 6 };
enum { MOST_SCALED = VL == 8 ? 6 : MOST / 2, MOST_NIBBLES = VL == 8 ? 4 : MOST / 2 };
#if defined(__AVX512F__)
#define DOT(acc, u, s) (vi) _mm512_dpbusd_epi32((__m512i)(acc), (__m512i)(u), (__m512i)(s))
#elif defined(__AVX2__)
#define DOT(acc, u, s) (vi) _mm256_dpbusd_avx_epi32((__m256i)(acc), (__m256i)(u), (__m256i)(s))
#endif

INLINE void ahead(const int mr, const uint8_t *w) {
  if (mr > FEW) return;
  __builtin_prefetch(w + AHEAD);
  if (SPAN * VL == PANEL) __builtin_prefetch(w + AHEAD + 64);
}

// acc[mr][SPAN] += x . w over `quads` quads; row i of quad k stands at x + (k * ld + i) * 4.
INLINE void dots(const int mr, const int kind, vi acc[][SPAN], const int8_t *x, int ld,
                 const uint8_t *w, int quads) {
  if (kind == NIBBLES) {
    for (int k = 0; k < quads; k += 2, x += ld * 8, w += PANEL * 4) {
      ahead(mr, w);
      vi p0 = quad_load(w), p1 = quad_load(w + VL * 4);
      vi l0 = p0 & 0x0f0f0f0f, l1 = p1 & 0x0f0f0f0f;
      vi h0 = (p0 >> 4) & 0x0f0f0f0f, h1 = (p1 >> 4) & 0x0f0f0f0f;
#pragma GCC unroll 12
      for (int i = 0; i < mr; i++) {
        vi a = bits_at(x + i * 4), b = bits_at(x + (ld + i) * 4);
        acc[i][0] = DOT(acc[i][0], l0, a);
        acc[i][1] = DOT(acc[i][1], l1, a);
        acc[i][0] = DOT(acc[i][0], h0, b);
        acc[i][1] = DOT(acc[i][1], h1, b);
      }
    }
    return;
  }
  for (int k = 0; k < quads; k++, x += ld * 4, w += PANEL * 4) {
    ahead(mr, w);
    vi w0 = quad_load(w), w1 = quad_load(w + VL * 4);
#pragma GCC unroll 12
    for (int i = 0; i < mr; i++) {
      vi a = bits_at(x + i * 4);
      acc[i][0] = DOT(acc[i][0], w0, a);
      acc[i][1] = DOT(acc[i][1], w1, a);
    }
  }
}
#elif defined(__AVX2__)
#if defined(__AVX512F__)
enum { SPAN = 2, MOST = 8, MOST_SCALED = 6, MOST_NIBBLES = 8 };
#define MADDUBS(u, s) (vi) _mm512_maddubs_epi16((__m512i)(u), (__m512i)(s))
#define MADD1(a) (vi) _mm512_madd_epi16((__m512i)(a), _mm512_set1_epi16(1))
#define ADD16(a, b) (vi) _mm512_add_epi16((__m512i)(a), (__m512i)(b))
#define ABS8(a) (vi) _mm512_abs_epi8((__m512i)(a))
typedef __mmask64 Signs;
#define SIGNS(w) _mm512_movepi8_mask((__m512i)(w))
#define SIGNED(a, signs) \
  (vi) _mm512_mask_sub_epi8((__m512i)(a), signs, _mm512_setzero_si512(), (__m512i)(a))
#else
enum { SPAN = 2, MOST = 4, MOST_SCALED = 4, MOST_NIBBLES = 4 };
#define MADDUBS(u, s) (vi) _mm256_maddubs_epi16((__m256i)(u), (__m256i)(s))
#define MADD1(a) (vi) _mm256_madd_epi16((__m256i)(a), _mm256_set1_epi16(1))
#define ADD16(a, b) (vi) _mm256_add_epi16((__m256i)(a), (__m256i)(b))
#define ABS8(a) (vi) _mm256_abs_epi8((__m256i)(a))
typedef vi Signs;
#define SIGNS(w) (w)
#define SIGNED(a, signs) (vi) _mm256_sign_epi8((__m256i)(a), (__m256i)(signs))
#endif

// Codes of at most 15 or 63: 8 or 2 products of bytes fit a 16-bit sum. 8 x 2 x 15 x 127 < 2^15.
INLINE void dots_deep(const int mr, const int kind, vi *acc, const int8_t *x, int ld,
                      const uint8_t *w, const int quads) {
  vi q[8];
  if (kind == NIBBLES) {
#pragma GCC unroll 4
    for (int k = 0; k < quads; k += 2) {
      if (mr <= FEW) __builtin_prefetch(w + k / 2 * PANEL * 4 + AHEAD);
      vi p = quad_load(w + k / 2 * PANEL * 4);
      q[k] = p & 0x0f0f0f0f;
      q[k + 1] = (p >> 4) & 0x0f0f0f0f;
    }
  } else {
#pragma GCC unroll 8
    for (int k = 0; k < quads; k++) q[k] = quad_load(w + k * PANEL * 4);
  }
#pragma GCC unroll 8
  for (int i = 0; i < mr; i++) {
    if (kind == SMALL6) {
#pragma GCC unroll 4
      for (int k = 0; k < quads; k += 2) {
        vi s = MADDUBS(q[k], bits_at(x + (k * ld + i) * 4));
        if (k + 1 < quads) s = ADD16(s, MADDUBS(q[k + 1], bits_at(x + ((k + 1) * ld + i) * 4)));
        acc[i] += MADD1(s);
      }
      continue;
    }
    vi s = MADDUBS(q[0], bits_at(x + i * 4)), t = s;
#pragma GCC unroll 8
    for (int k = 1; k < quads; k++) {
      vi m = MADDUBS(q[k], bits_at(x + (k * ld + i) * 4));
      if (k == 1) t = m;
      else if (k & 1) t = ADD16(t, m);
      else s = ADD16(s, m);
    }
    if (quads > 1) s = ADD16(s, t);
    acc[i] += MADD1(s);
  }
}

INLINE void dots(const int mr, const int kind, vi acc[][SPAN], const int8_t *x, int ld,
                 const uint8_t *w, int quads) {
  if (kind == BYTES) {
    // Signed codes: |w| times the activation with w's sign; 2 x 128 x 127 fits 16 bits, 4 would not.
    for (int k = 0; k < quads; k++, x += ld * 4, w += PANEL * 4) {
      if (mr <= FEW) __builtin_prefetch(w + AHEAD);
      vi w0 = quad_load(w) ^ (int32_t)0x80808080, w1 = quad_load(w + VL * 4) ^ (int32_t)0x80808080;
      vi a0 = ABS8(w0), a1 = ABS8(w1);
      Signs s0 = SIGNS(w0), s1 = SIGNS(w1);
#pragma GCC unroll 8
      for (int i = 0; i < mr; i++) {
        vi a = bits_at(x + i * 4);
        acc[i][0] += MADD1(MADDUBS(a0, SIGNED(a, s0)));
        acc[i][1] += MADD1(MADDUBS(a1, SIGNED(a, s1)));
      }
    }
    return;
  }
  int bytes = kind == NIBBLES ? PANEL * 16 : PANEL * 32;  // of 8 quads
#pragma GCC unroll 2
  for (int j = 0; j < SPAN; j++) {
    const uint8_t *wj = w + j * VL * 4;
    const int8_t *xj = x;
    vi sum[MOST];
#pragma GCC unroll 8
    for (int i = 0; i < mr; i++) sum[i] = acc[i][j];
    int k = 0;
    for (; k + 8 <= quads; k += 8, xj += ld * 32, wj += bytes) dots_deep(mr, kind, sum, xj, ld, wj, 8);
    for (; k + 2 <= quads; k += 2, xj += ld * 8, wj += bytes / 4) dots_deep(mr, kind, sum, xj, ld, wj, 2);
    if (k < quads) dots_deep(mr, kind, sum, xj, ld, wj, 1);
#pragma GCC unroll 8
    for (int i = 0; i < mr; i++) acc[i][j] = sum[i];
  }
}
#define SIGNED_BYTES 1
#endif

#ifndef SIGNED_BYTES
#define SIGNED_BYTES 0
#endif
#endif
