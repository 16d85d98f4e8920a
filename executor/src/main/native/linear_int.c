// Products of integer weights with activations quantized to int8 per row and group of 128 inputs.
// Inside a tile (inputs that share a scale, or a group of activations where that is shorter) the sum
// is an exact integer; then, always in this order:
//   whole-row scales: c = fma(sum, activation scale, c) for each group ascending; at the end c * scale
//   grouped scales:   s = fma(sum, tile's scale, s), with offsets s = fma(offset, sum of integers, s),
//                     for each tile of an activation group; then c = fma(s, activation scale, c).
//                     A tile of 128 is the group: s = sum * scale stays in registers (SINGLE).
#include "amx_int.h"
#include "dots.h"

// Rows from which codes of 4 bits are unpacked once for all. With VNNI and 512 bits registers suffice to do
// it in the inner loop, which is quicker than memory: with a scale a tile always, else up to half a chunk.
INLINE int unpack_from(int mode) {
#if defined(__AVX512VNNI__)
  return mode == WHOLE || mode == SINGLE ? CHUNK / 2 + 1 : CHUNK + 1;
#else
  (void)mode;
  return BLOCK + 1;
#endif
}

// Rows of a register tile.
INLINE int most_rows(int kind, int mode) {
  int most = mode == WHOLE || mode == SINGLE ? MOST : MOST_SCALED;
  return kind == NIBBLES ? least(most, MOST_NIBBLES) : most;
}

// Stored codes are too high by 1 << bias, unless the sums are taken of signed codes.
INLINE void start(const int mr, const int kind, const int mode, vi acc[][SPAN], const int32_t *sum,
                  const Tiles *t) {
  const int biased = !(SIGNED_BYTES && kind == BYTES) && !(mode == SHIFTED && t->unbiased);
  int32_t from[MOST];
#pragma GCC unroll 12
  for (int i = 0; i < mr; i++) from[i] = biased ? sum[i] << t->bias : 0;
#pragma GCC unroll 12
  for (int i = 0; i < mr; i++)
    for (int j = 0; j < SPAN; j++) acc[i][j] = bits_at(from + i);
}

// c[mr][PANEL] += one activation group of mr rows of a block of ld rows.
INLINE void group(const int mr, const int kind, const int mode, float *c, const int8_t *x, int ld,
                  const float *xs, const int32_t *sums, const Tiles *t) {
#pragma GCC unroll 1
  for (int s = 0; s < PANEL; s += SPAN * VL) {
    const uint8_t *w = t->codes + s * 4;
    vi acc[MOST][SPAN];
    vf f[MOST][SPAN];
    if (mode == WHOLE || mode == SINGLE) {
      start(mr, kind, mode, acc, sums, t);
      dots(mr, kind, acc, x, ld, w, t->all_quads);
#pragma GCC unroll 2
      for (int j = 0; j < SPAN; j++) {
        vf sc = mode == SINGLE ? vf_load(t->scales + s + j * VL) : (vf){};
#pragma GCC unroll 12
        for (int i = 0; i < mr; i++) {
          f[i][j] = __builtin_convertvector(acc[i][j], vf);
          if (mode == SINGLE) f[i][j] *= sc;
        }
      }
    } else {
      const int8_t *xt = x;
      const float *scale = t->scales + s, *offset = t->offsets + s;
      const int32_t *sum = sums;
#pragma GCC unroll 12
      for (int i = 0; i < mr; i++)
        for (int j = 0; j < SPAN; j++) f[i][j] = (vf){};
#pragma GCC unroll 1
      for (int left = t->all_quads; left > 0; left -= t->quads) {
        start(mr, kind, mode, acc, sum, t);
        dots(mr, kind, acc, xt, ld, w, least(left, t->quads));
#pragma GCC unroll 2
        for (int j = 0; j < SPAN; j++) {
          vf sc = vf_load(scale + j * VL);
#pragma GCC unroll 12
          for (int i = 0; i < mr; i++)
            f[i][j] = VF_FMA(__builtin_convertvector(acc[i][j], vf), sc, f[i][j]);
          if (mode == SHIFTED) {
            vf of = -vf_load(offset + j * VL);
#pragma GCC unroll 12
            for (int i = 0; i < mr; i++)
              f[i][j] = VF_FMA(of, __builtin_convertvector(bits_at(sum + i), vf), f[i][j]);
          }
        }
        xt += t->quads * ld * 4;
        w += t->step;
        scale += PANEL;
        offset += PANEL;
        sum += ld;
      }
    }
#pragma GCC unroll 12
    for (int i = 0; i < mr; i++)
#pragma GCC unroll 2
      for (int j = 0; j < SPAN; j++) {
        float *to = c + i * PANEL + s + j * VL;
        vf_store(to, VF_FMA(f[i][j], vf_set(xs[i]), vf_load(to)));
      }
  }
}

#define ROWS_OF(n) case n: group(n, kind, mode, c, x, ld, xs, sums, t); break;
INLINE void block(int mr, const int kind, const int mode, float *c, const int8_t *x, int ld,
                  const float *xs, const int32_t *sums, const Tiles *t) {
  switch (mr) {
    ROWS_OF(1) ROWS_OF(2) ROWS_OF(3) ROWS_OF(4)
#if defined(__AVX512F__) || defined(__AVXVNNI__) || defined(__ARM_FEATURE_DOTPROD)
    ROWS_OF(5) ROWS_OF(6)
#endif
#if defined(__AVX512F__) || defined(__ARM_FEATURE_DOTPROD)
    ROWS_OF(7) ROWS_OF(8)
#endif
#if defined(__AVX512VNNI__)
    ROWS_OF(9) ROWS_OF(10) ROWS_OF(11) ROWS_OF(12)
#endif
    default: break;
  }
}

#define FUNCTION(name, kind, mode)                                                              \
  static void name(int mr, float *c, const int8_t *x, int ld, const float *xs, const int32_t *sums, \
                   const Tiles *t) {                                                            \
    block(mr, kind, mode, c, x, ld, xs, sums, t);                                               \
  }
#define MODES(kind, name) \
  FUNCTION(name##_whole, kind, WHOLE) FUNCTION(name##_single, kind, SINGLE) \
  FUNCTION(name##_grouped, kind, GROUPED) FUNCTION(name##_shifted, kind, SHIFTED)
#define EACH_MODE(name) {name##_whole, name##_single, name##_grouped, name##_shifted}
MODES(BYTES, bytes)
MODES(NIBBLES, nibbles)
typedef void (*Group)(int, float *, const int8_t *, int, const float *, const int32_t *, const Tiles *);
#if SIGNED_BYTES
MODES(SMALL4, small4)
MODES(SMALL6, small6)
static const Group GROUPS[4][4] = {EACH_MODE(bytes), EACH_MODE(nibbles), EACH_MODE(small4), EACH_MODE(small6)};
#else
static const Group GROUPS[4][4] = {EACH_MODE(bytes), EACH_MODE(nibbles), EACH_MODE(bytes), EACH_MODE(bytes)};
#endif

// c[r1 - r0][PANEL] = rows r0..r1 of x times panel p; it will go to `out`.
static void product(AmxShape *shape, float *c, const float *out, int64_t ldo, const Rows *x,
                    const Weight *w, int p, int r0, int r1) {
  Unpacked u;
  const uint8_t *panel = panel_at(w, p);
  const int n0 = r1 - r0, amx = on_amx(r0, x->rows), ccq = w->kind == CCQ, nibbles = !ccq && w->bits == 4;
  const int64_t width = row_bytes(x->cols), groups = parts(x->cols, GROUP);
  const int whole = !ccq && w->group == 0, tile = ccq ? 64 : whole ? GROUP : w->group;
  const int mode = whole ? WHOLE : !ccq && w->offsets ? SHIFTED : tile == GROUP ? SINGLE : GROUPED;
  const int unpack = ccq || (nibbles && (amx || n0 >= unpack_from(mode)));
  const int kind = ccq ? SMALL6 : unpack ? SMALL4 : nibbles ? NIBBLES : BYTES, most = most_rows(kind, mode);
  const Group run = GROUPS[kind][mode];
  const int level = __builtin_ctz(tile / 16);
  const int32_t *sums = x->sums + sums_at(x, level);
  const int64_t tiles = parts(x->cols, tile);
  const int64_t group_bytes = ccq ? GROUP / 4 * PANEL : group_at(w, panel, 1) - panel;
  Tiles t = {.scales = u.scales, .offsets = u.offsets, .quads = tile / 4,
             .bias = ccq ? 5 : nibbles ? 3 : 7, .unbiased = nibbles && w->offsets};
  // With offsets codes of 4 bits are stored + 0: nothing to take back from a whole row's sums either.
  static const int32_t NOTHING[CHUNK];
  const int bare = whole && t.unbiased;
  memset(c, 0, (size_t)n0 * PANEL * 4);
  for (int64_t g = 0; g < groups; g++) {
    const uint8_t *from = ccq ? panel + g * group_bytes : group_at(w, panel, g);
    // A matrix register takes 64 inputs: what stands behind a row's last codes may not be memory.
    const int copied = unpack || (amx && g == groups - 1 && w->cols % GROUP);
    if (copied) unpack_group(&u, w, panel, g);
    else group_scales(&u, w, panel, g);
    t.codes = copied ? u.codes : from;
    t.step = copied ? (int64_t)tile * PANEL : whole ? 0 : tile_bytes(w, tile);
    t.all_quads = nibbles ? (u.inputs + 7) / 8 * 2 : (u.inputs + 3) / 4;
    // With many rows the sums take long enough for the next codes, and the lines of the result, to
    // come up meanwhile; with few the processor's own prefetch streams better.
    const uint8_t *ahead = from + group_bytes;
    const int64_t share = n0 < 8 ? 0 : group_bytes / 64 * BLOCK / n0 + 1;
    for (int r = n0 * (int)g / (int)groups; r < n0 * (int)(g + 1) / (int)groups; r++) {
      __builtin_prefetch(out + r * ldo, 0, 2);
      __builtin_prefetch(out + r * ldo + 16, 0, 2);
    }
    for (int r = r0; r < r1;) {
      int ld = rows_at(r, x->rows);
      const int8_t *xq = (const int8_t *)x->data + r * width + g * GROUP * ld;
      const float *xs = x->scales + r * groups + g * ld;
      const int32_t *sum = bare ? NOTHING : sums + r * tiles + g * (GROUP / tile) * ld;
      float *to = c + (r - r0) * PANEL;
      r += ld;
      if (amx) {
        amx_group(mode, shape, to, xq, ld, xs, sum, &t, ahead, group_bytes);
        continue;
      }
      for (int k = 0; k < share; k++, ahead += 64) __builtin_prefetch(ahead);
      for (int i = 0; i < ld; i += most)
        run(least(most, ld - i), to + i * PANEL, xq + i * 4, ld, xs + i, sum + i, &t);
    }
  }
  if (!whole) return;
  whole_row_scales(&u, w, panel);
  for (int r = r0; r < r1;) {
    int ld = rows_at(r, x->rows);
    for (int i = 0; i < ld; i++, r++) {
      float sum = 0;  // of the row's activations, for offsets
      if (w->offsets)
        for (int64_t g = 0; g < groups; g++)
          sum -= (float)sums[(r - i) * tiles + g * ld + i] * x->scales[(r - i) * groups + g * ld + i];
      for (int s = 0; s < PANEL; s += VL) {
        float *to = c + (r - r0) * PANEL + s;
        vf v = vf_load(to) * vf_load(u.scales + s);
        vf_store(to, w->offsets ? VF_FMA(vf_load(u.offsets + s), vf_set(sum), v) : v);
      }
    }
  }
}

// out[r0..r1, panels p0..p1] = x . w^T, or += where `add`; r0 is a multiple of CHUNK.
EXPORT void Q(linear_int)(float *out, int64_t ldo, const Rows *x, const Weight *w, int add, int r0,
                          int r1, int p0, int p1) {
  float c[CHUNK * PANEL] __attribute__((aligned(64)));
  AmxShape shape = {};
  for (int p = p0; p < p1; p++)
    for (int a = r0; a < r1; a += CHUNK) {
      int b = least(a + CHUNK, r1);
      product(&shape, c, out + a * ldo + p * PANEL, ldo, x, w, p, a, b);
      write_rows(out, ldo, c, w->rows, p, a, b, add);
    }
  amx_release(&shape);
}

// out = silu(x . gate^T) * (x . up^T), as above.
EXPORT void Q(gate_up_int)(float *out, int64_t ldo, const Rows *x, const Weight *gate,
                           const Weight *up, int r0, int r1, int p0, int p1) {
  float g[CHUNK * PANEL] __attribute__((aligned(64))), u[CHUNK * PANEL] __attribute__((aligned(64)));
  AmxShape shape = {};
  for (int p = p0; p < p1; p++)
    for (int a = r0; a < r1; a += CHUNK) {
      int b = least(a + CHUNK, r1);
      product(&shape, g, out + a * ldo + p * PANEL, ldo, x, gate, p, a, b);
      product(&shape, u, out + a * ldo + p * PANEL, ldo, x, up, p, a, b);
      gate_rows(g, u, b - a);
      write_rows(out, ldo, g, gate->rows, p, a, b, 0);
    }
  amx_release(&shape);
}
