// The integer products of one activation group on AMX, for chunks of more than FEW rows. Sums inside a
// tile (inputs that share a scale) are exact, and the float steps behind them are those of group() in
// linear_int.c in the same order, so that the bits are the same as on the vector units.
//
// A register of activations holds up to 16 rows of up to 64 inputs. Codes stand as [input / 4][32][4]: 16
// outputs of 64 inputs are 16 lines, 128 bytes apart, which is a register as AMX_DOT takes its second
// operand. Registers: 0 and 1 sums of the panel's two halves, 2 and 3 activations, 4 to 7 codes.
#ifndef QUERN_AMX_INT_H
#define QUERN_AMX_INT_H
#include "tiles.h"

// The shape of the registers: rows of activations and inputs of one row. Zeros: none yet.
typedef struct {
  int rows, inputs;
} AmxShape;

#if HAS_AMX
enum { LINE = PANEL * 4, HALF = PANEL / 2 };  // bytes from quad to quad; outputs of a register
typedef int32_t AmxSums[GROUP / 16][AMX_ROWS][PANEL];

INLINE void amx_shape(AmxShape *shape, int rows, int inputs) {
  if (shape->rows == rows && shape->inputs == inputs) return;
  AmxConfig config = {.palette = 1};
  for (int t = 0; t < AMX_REGISTERS; t++) {
    config.rows[t] = (uint8_t)(t < 4 ? rows : inputs / 4);
    config.bytes[t] = (uint16_t)(t == 2 || t == 3 ? inputs : AMX_BYTES);
  }
  AMX_CONFIGURE(&config);
  *shape = (AmxShape){rows, inputs};
}

INLINE void amx_release(AmxShape *shape) {
  if (shape->rows) AMX_RELEASE();
  shape->rows = 0;
}

// One tile for the whole group: its codes stay in registers 4 to 7 for all rows.
INLINE void amx_hold(const Tiles *t) {
  const uint8_t *second = t->codes + AMX_BYTES * PANEL;
  AMX_LOAD(4, t->codes, LINE);
  AMX_LOAD(5, t->codes + HALF * 4, LINE);
  if (t->all_quads <= AMX_BYTES / 4) return;
  AMX_LOAD(6, second, LINE);
  AMX_LOAD(7, second + HALF * 4, LINE);
}

INLINE void amx_held_sums(AmxSums sums, const int8_t *x, const Tiles *t) {
  AMX_ZERO(0);
  AMX_ZERO(1);
  AMX_LOAD(2, x, GROUP);
  AMX_DOT(0, 2, 4);
  AMX_DOT(1, 2, 5);
  if (t->all_quads > AMX_BYTES / 4) {
    AMX_LOAD(3, x + AMX_BYTES, GROUP);
    AMX_DOT(0, 3, 6);
    AMX_DOT(1, 3, 7);
  }
  AMX_STORE(0, sums[0][0], LINE);
  AMX_STORE(1, sums[0][0] + HALF, LINE);
}

// Tiles of at most 64 inputs, one after another.
INLINE void amx_tile_sums(AmxSums sums, const int8_t *x, const Tiles *t, int count) {
  const uint8_t *w = t->codes;
  for (int k = 0; k < count; k++, w += t->step, x += t->quads * 4) {
    AMX_LOAD(4, w, LINE);
    AMX_LOAD(5, w + HALF * 4, LINE);
    AMX_LOAD(2, x, GROUP);
    AMX_ZERO(0);
    AMX_ZERO(1);
    AMX_DOT(0, 2, 4);
    AMX_DOT(1, 2, 5);
    AMX_STORE(0, sums[k][0], LINE);
    AMX_STORE(1, sums[k][0] + HALF, LINE);
  }
}

// c[PANEL] += one row's group: `dots` is row i of its sums by tile, sum[k * n] minus the sum of the
// activations of tile k. AMX multiplies codes as they are stored, too high by 1 << bias.
INLINE void amx_row(const int mode, float *c, int32_t (*dots)[AMX_ROWS][PANEL], int i, float xs,
                    const int32_t *sum, int n, const Tiles *t, int count) {
  const int biased = !(mode == SHIFTED && t->unbiased), once = mode == WHOLE || mode == SINGLE;
  vf f[PANEL / VL] = {};
  for (int k = 0; k < (once ? 1 : count); k++) {
    const vi from = vi_set(biased ? sum[k * n] << t->bias : 0);
    const vf minus = __builtin_convertvector(vi_set(sum[k * n]), vf);
    const float *scale = t->scales + k * PANEL, *offset = t->offsets + k * PANEL;
#pragma GCC unroll 8
    for (int j = 0; j < PANEL / VL; j++) {
      vf v = __builtin_convertvector(quad_load((const uint8_t *)(dots[k][i] + j * VL)) + from, vf);
      if (mode == WHOLE) f[j] = v;
      else if (mode == SINGLE) f[j] = v * vf_load(scale + j * VL);
      else f[j] = VF_FMA(v, vf_load(scale + j * VL), f[j]);
      if (mode == SHIFTED) f[j] = VF_FMA(-vf_load(offset + j * VL), minus, f[j]);
    }
  }
#pragma GCC unroll 8
  for (int j = 0; j < PANEL / VL; j++) vf_store(c + j * VL, VF_FMA(f[j], vf_set(xs), vf_load(c + j * VL)));
}

// c[n][PANEL] += one activation group of the n rows of a chunk. Memory from `ahead` on comes up meanwhile,
// `bytes` of it.
INLINE void amx_rows(const int mode, AmxShape *shape, float *c, const int8_t *x, int n, const float *xs,
                     const int32_t *sums, const Tiles *t, const uint8_t *ahead, int64_t bytes) {
  AmxSums dots __attribute__((aligned(64)));
  const int blocks = (int)parts(n, AMX_ROWS), rows = (int)parts(n, blocks);
  const int held = t->quads * 4 > AMX_BYTES, count = (int)parts(t->all_quads, t->quads);
  const int64_t lines = parts(bytes, 64 * blocks);
  amx_shape(shape, rows, least(t->quads * 4, AMX_BYTES));
  if (held) amx_hold(t);
  for (int b = 0; b < blocks; b++) {
    // The last block begins where it ends with the chunk: there is no row behind to read.
    const int r0 = least(b * rows, n - rows);
    for (int64_t k = 0; k < lines; k++, ahead += 64) __builtin_prefetch(ahead);
    if (held) amx_held_sums(dots, x + r0 * GROUP, t);
    else amx_tile_sums(dots, x + r0 * GROUP, t, count);
    for (int r = b * rows; r < r0 + rows; r++)
      amx_row(mode, c + r * PANEL, dots, r - r0, xs[r], sums + r, n, t, count);
  }
}

// Not inlined: the loops around them would take their registers.
#define AMX_MODE(name, mode)                                                                             \
  static __attribute__((noinline)) void name(AmxShape *shape, float *c, const int8_t *x, int n, const float *xs, const int32_t *sums, \
                   const Tiles *t, const uint8_t *ahead, int64_t bytes) {                                \
    amx_rows(mode, shape, c, x, n, xs, sums, t, ahead, bytes);                                           \
  }
AMX_MODE(amx_whole, WHOLE)
AMX_MODE(amx_single, SINGLE)
AMX_MODE(amx_grouped, GROUPED)
AMX_MODE(amx_shifted, SHIFTED)

INLINE void amx_group(int mode, AmxShape *shape, float *c, const int8_t *x, int n, const float *xs,
                      const int32_t *sums, const Tiles *t, const uint8_t *ahead, int64_t bytes) {
  switch (mode) {
    case WHOLE: amx_whole(shape, c, x, n, xs, sums, t, ahead, bytes); break;
    case SINGLE: amx_single(shape, c, x, n, xs, sums, t, ahead, bytes); break;
    case GROUPED: amx_grouped(shape, c, x, n, xs, sums, t, ahead, bytes); break;
    default: amx_shifted(shape, c, x, n, xs, sums, t, ahead, bytes); break;
  }
}
#else
// Other instruction sets have nothing to release, and on_amx sends them no rows.
INLINE void amx_release(AmxShape *shape) { (void)shape; }
#define amx_group(mode, shape, ...) (void)(shape)
#endif
#endif
