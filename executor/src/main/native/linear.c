// Products of float32 activations with weights of any stored type. Each output is one chain of
// fused multiply-adds over ascending inputs, whatever the number of rows.
#include "simd.h"

void Q(decode)(float *dst, int type, const void *panel, int k0, int kc);

enum { F32 = 0, INT8 = 3 };
// Rows whose accumulators stand on the stack together, a multiple of every MAX_ROWS; inputs
// decoded at a time, a multiple of 4.
enum { CHUNK = 96, DEPTH = 128 };

// Packs rows index[0..rows) (or 0..rows) of x in blocks, [input][block row]: the micro-kernel then
// reads one stream. Only blocks that start in [r0, r1) are written; r0 is a multiple of MAX_ROWS.
EXPORT void Q(pack_rows)(float *dst, const float *x, int64_t ldx, const int32_t *index, int rows,
                         int cols, int r0, int r1) {
  for (int r = r0; r < r1;) {
    int mr = block_rows(rows - r);
    float *d = dst + (int64_t)r * cols;
    for (int i = 0; i < mr; i++) {
      const float *s = x + (index ? index[r + i] : r + i) * ldx;
      for (int k = 0; k < cols; k++) d[(int64_t)k * mr + i] = s[k];
    }
    r += mr;
  }
}

INLINE const char *panel_at(const void *w, int type, int cols, int p) {
  int64_t bytes = type == F32 ? 4LL * cols : type == INT8 ? (cols + 3LL) / 4 * 4 : 2LL * cols;
  return (const char *)w + bytes * PANEL * p;
}

// c[rows of the chunk][PANEL] = packed rows r0..r1 . panel
static void product(float *c, const float *xp, int rows, int cols, int type, const void *panel,
                    int r0, int r1) {
  float buffer[DEPTH * PANEL] __attribute__((aligned(64)));
  memset(c, 0, (size_t)(r1 - r0) * PANEL * 4);
  int depth = type == F32 ? cols : DEPTH;
  for (int k0 = 0; k0 < cols; k0 += depth) {
    int kc = cols - k0 < depth ? cols - k0 : depth;
    const float *w = panel;
    if (type != F32) {
      Q(decode)(buffer, type, panel, k0, kc);
      w = buffer;
    }
    for (int r = r0; r < r1;) {
      int mr = block_rows(rows - r);
      const float *x = xp + (int64_t)r * cols + (int64_t)k0 * mr;
      float *cr = c + (r - r0) * PANEL;
      WITH_ROWS(mr, micro(MR, cr, PANEL, x, 1, MR, w, kc))
      r += mr;
    }
  }
}

INLINE void scale_rows(float *c, const float *scales, int count) {
  for (int s = 0; s < PANEL; s += VL) {
    vf f = vf_load(scales + s);
    for (int i = 0; i < count; i++) vf_store(c + i * PANEL + s, vf_load(c + i * PANEL + s) * f);
  }
}

INLINE void write_rows(float *out, int64_t ldo, const float *c, int outs, int p, int r0, int r1) {
  int n = outs - p * PANEL < PANEL ? outs - p * PANEL : PANEL;
  for (int r = r0; r < r1; r++)
    memcpy(out + r * ldo + p * PANEL, c + (r - r0) * PANEL, (size_t)n * 4);
}

// out[r0..r1, panels p0..p1] = x . w^T; r0 is a multiple of CHUNK.
EXPORT void Q(linear)(float *out, int64_t ldo, const float *xp, int rows, int cols, int type,
                      const void *w, const float *scales, int outs, int r0, int r1, int p0,
                      int p1) {
  float c[CHUNK * PANEL] __attribute__((aligned(64)));
  for (int p = p0; p < p1; p++)
    for (int a = r0; a < r1; a += CHUNK) {
      int b = a + CHUNK < r1 ? a + CHUNK : r1;
      product(c, xp, rows, cols, type, panel_at(w, type, cols, p), a, b);
      if (type == INT8) scale_rows(c, scales + p * PANEL, b - a);
      write_rows(out, ldo, c, outs, p, a, b);
    }
}

// out = silu(x . gate^T) * (x . up^T), as above.
EXPORT void Q(gate_up)(float *out, int64_t ldo, const float *xp, int rows, int cols, int gtype,
                       const void *gate, const float *gscales, int utype, const void *up,
                       const float *uscales, int outs, int r0, int r1, int p0, int p1) {
  float g[CHUNK * PANEL] __attribute__((aligned(64))), u[CHUNK * PANEL] __attribute__((aligned(64)));
  for (int p = p0; p < p1; p++)
    for (int a = r0; a < r1; a += CHUNK) {
      int b = a + CHUNK < r1 ? a + CHUNK : r1;
      product(g, xp, rows, cols, gtype, panel_at(gate, gtype, cols, p), a, b);
      product(u, xp, rows, cols, utype, panel_at(up, utype, cols, p), a, b);
      if (gtype == INT8) scale_rows(g, gscales + p * PANEL, b - a);
      if (utype == INT8) scale_rows(u, uscales + p * PANEL, b - a);
      for (int i = 0; i < (b - a) * PANEL; i += VL)
        vf_store(g + i, vf_silu(vf_load(g + i)) * vf_load(u + i));
      write_rows(out, ldo, g, outs, p, a, b);
    }
}
