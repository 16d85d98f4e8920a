// Packed weights and packed activations as the product kernels and Java (PackedLayout) share them.
//
// A weight [outputs, inputs] is cut into panels of 32 outputs, padded with zeros, each contiguous:
//   F32, F16, BF16: [input][32]
//   INTEGERS: tiles of `group` inputs (0: the whole row is one tile), each codes, 32 scales and,
//     where the format has them, 32 offsets (float32 or float16). Codes of 8 bits: [input / 4][32][4],
//     each + 128. Of 4 bits: [input / 8][32][4], the low nibble from the first four inputs, the high
//     one from the next four, each + 8, or + 0 with offsets. The last tile of a row may be shorter.
//   FP8: [input][32] bytes, then [input / 128][32] float32 multipliers
//   CCQ: [input / 4, padded to pairs][32] bytes, then 32 code scales, 32 zero points, 32 super scales (float32), then
//     [input / 64][32] local scales, a byte each
// Panels and the parts of FP8 and CCQ panels begin at multiples of 64 bytes.
#ifndef QUERN_WEIGHT_H
#define QUERN_WEIGHT_H
#include "amx.h"
#include "simd.h"

enum { F32 = 0, F16 = 1, BF16 = 2, INTEGERS = 3, FP8 = 4, CCQ = 5 };

typedef struct {
  const uint8_t *data;
  int64_t panel_bytes;
  int32_t kind, rows, cols;
  int32_t bits, group, half, offsets;  // of INTEGERS; half: scales and offsets are float16
} Weight;

// Rows in blocks of at most BLOCK; chunks of CHUNK rows are packed and multiplied together.
//   float32: [input][block row], scales null
//   int8: [input / 4, padded to pairs][block row][4]; scales [group][block row]; sums [16, 32, 64 or
//     128 inputs][block row]: minus the sum of the integers, for each size whose bit stands in `levels`
//   With AMX a chunk of more than FEW rows is one block, and its integers stand as [input / 128][row][128],
//     padded with zeros: what a matrix register holds is then one run of memory.
typedef struct {
  void *data;
  float *scales;
  int32_t *sums;
  int32_t rows, cols, levels, unused;
} Rows;

enum { BLOCK = 12, CHUNK = 96 };
// Products of few rows are bound by reading weights: they prefetch so many bytes ahead themselves, since
// the processor's own prefetch stops at every page of 4 KiB, and 16-bit weights are multiplied as they
// come.
enum { FEW = 8, AHEAD = 4096 };

INLINE int64_t padded(int64_t cols) { return (cols + 7) / 8 * 8; }
INLINE int64_t parts(int64_t count, int64_t size) { return (count + size - 1) / size; }
INLINE int least(int a, int b) { return a < b ? a : b; }

// Whether row r stands in a chunk that AMX multiplies. Up to FEW rows the vector units do it: they need at
// most 256 cycles for the 4 KiB of codes of a panel's group, which memory does not bring sooner, and they
// take codes of 4 bits as they stand. From then on their cycles grow with the rows, those of AMX hardly.
INLINE int on_amx(int r, int rows) { return HAS_AMX && least(CHUNK, rows - r / CHUNK * CHUNK) > FEW; }

// Bytes of a row of integers.
INLINE int64_t row_bytes(int64_t cols) { return HAS_AMX ? parts(cols, GROUP) * GROUP : padded(cols); }

// Rows of the block that starts at row r: whole blocks, the last two of a chunk evened out.
INLINE int rows_at(int r, int rows) {
  int end = (r / CHUNK + 1) * CHUNK, left = (end < rows ? end : rows) - r;
  if (on_amx(r, rows)) return left;
  return left >= 2 * BLOCK ? BLOCK : left > BLOCK ? (left + 1) / 2 : left;
}

// Bytes of the codes of a tile of n inputs.
INLINE int64_t code_bytes(int bits, int64_t n) {
  return (bits == 8 ? parts(n, 4) : parts(n, 8)) * 4 * PANEL;
}

// Sums of groups of 16 << level inputs begin here, in elements.
INLINE int64_t sums_at(const Rows *x, int level) {
  int64_t at = 0;
  for (int l = 0; l < level; l++)
    if (x->levels >> l & 1) at += parts(x->cols, 16 << l);
  return at * x->rows;
}

INLINE const uint8_t *panel_at(const Weight *w, int p) { return w->data + p * w->panel_bytes; }

// Stores or adds panel p's columns of rows r0..r1.
INLINE void write_rows(float *out, int64_t ldo, const float *c, int outs, int p, int r0, int r1, int add) {
  int n = least(outs - p * PANEL, PANEL);
  for (int r = r0; r < r1; r++) {
    float *o = out + r * ldo + p * PANEL;
    const float *s = c + (r - r0) * PANEL;
    if (!add && n == PANEL) {
#pragma GCC unroll 8
      for (int k = 0; k < PANEL; k += VL) vf_store(o + k, vf_load(s + k));
    } else if (!add) {
      memcpy(o, s, (size_t)n * 4);
    } else {
      for (int k = 0; k < n; k++) o[k] += s[k];
    }
  }
}

// SwiGLU of `rows` rows of a panel, into g.
INLINE void gate_rows(float *g, const float *u, int rows) {
  for (int i = 0; i < rows * PANEL; i += VL) vf_store(g + i, vf_silu(vf_load(g + i)) * vf_load(u + i));
}
#endif
