// Products of float32 activations with weights of any stored type. Each output is one chain of
// fused multiply-adds over ascending inputs, whatever the number of rows.
#include "weight.h"

void Q(decode)(float *dst, const Weight *w, int p, int k0, int kc);

// Packs rows index[0..rows) (or 0..rows) of x in blocks, [input][block row]: the micro-kernel then
// reads one stream. Only blocks that start in [r0, r1) are written; r0 is a multiple of CHUNK. With a
// gain each row is first normed as rms_norm does.
EXPORT void Q(pack_rows)(const Rows *to, const float *x, int64_t ldx, const int32_t *index, int r0,
                         int r1) {
  int rows = to->rows, cols = to->cols;
  for (int r = r0; r < r1;) {
    int mr = block_rows(rows - r);
    float *d = (float *)to->data + (int64_t)r * cols;
    for (int i = 0; i < mr; i++) {
      const float *s = x + (index ? index[r + i] : r + i) * ldx;
      for (int k = 0; k < cols; k++) d[(int64_t)k * mr + i] = s[k];
    }
    r += mr;
  }
}

INLINE vf half_load(const uint16_t *p, int kind) {
  if (kind == F16) return VF_HALF(p);
  vh h;
  memcpy(&h, p, sizeof h);
  return (vf)(__builtin_convertvector(h, vu) << 16);
}

// As micro, from 16-bit weights: few rows are bound by reading them, which a detour through memory
// would halve.
INLINE void micro_half(const int mr, const int kind, float *c, const float *x, const uint16_t *w, int kc) {
  for (int s = 0; s < PANEL; s += SLAB) {
    vf a[MAX_ROWS], b[MAX_ROWS];
#pragma GCC unroll 12
    for (int i = 0; i < mr; i++) a[i] = b[i] = (vf){};
    for (int k = 0; k < kc; k++) {
      const uint16_t *wk = w + k * PANEL + s;
      __builtin_prefetch((const char *)wk + AHEAD);
      vf w0 = half_load(wk, kind), w1 = half_load(wk + VL, kind);
#pragma GCC unroll 12
      for (int i = 0; i < mr; i++) {
        vf v = vf_set(x[k * mr + i]);
        a[i] = VF_FMA(v, w0, a[i]);
        b[i] = VF_FMA(v, w1, b[i]);
      }
    }
#pragma GCC unroll 12
    for (int i = 0; i < mr; i++) {
      vf_store(c + i * PANEL + s, a[i]);
      vf_store(c + i * PANEL + s + VL, b[i]);
    }
  }
}

static void product_half(float *c, const Rows *x, const Weight *w, int p) {
  const uint16_t *from = (const uint16_t *)panel_at(w, p);
  for (int r = 0; r < x->rows;) {
    int mr = block_rows(x->rows - r);
    const float *xr = (const float *)x->data + (int64_t)r * x->cols;
    float *cr = c + r * PANEL;
    if (w->kind == F16) WITH_ROWS(mr, micro_half(MR, F16, cr, xr, from, x->cols))
    else WITH_ROWS(mr, micro_half(MR, BF16, cr, xr, from, x->cols))
    r += mr;
  }
}

// c[rows of the chunk][PANEL] = packed rows r0..r1 . panel p
static void product(float *c, const Rows *x, const Weight *w, int p, int r0, int r1) {
  float buffer[GROUP * PANEL] __attribute__((aligned(64)));
  int cols = x->cols;
  if (x->rows <= FEW && (w->kind == F16 || w->kind == BF16)) {
    product_half(c, x, w, p);
    return;
  }
  memset(c, 0, (size_t)(r1 - r0) * PANEL * 4);
  for (int k0 = 0; k0 < cols; k0 += GROUP) {
    int kc = least(GROUP, cols - k0);
    const float *from = (const float *)panel_at(w, p) + (int64_t)k0 * PANEL;
    if (w->kind != F32) {
      Q(decode)(buffer, w, p, k0, kc);
      from = buffer;
    }
    for (int r = r0; r < r1;) {
      int mr = block_rows(x->rows - r);
      const float *xr = (const float *)x->data + (int64_t)r * cols + (int64_t)k0 * mr;
      float *cr = c + (r - r0) * PANEL;
      WITH_ROWS(mr, micro(MR, cr, PANEL, xr, 1, MR, from, kc))
      r += mr;
    }
  }
}

// out[r0..r1, panels p0..p1] = x . w^T, or += where `add`; r0 is a multiple of CHUNK.
EXPORT void Q(linear)(float *out, int64_t ldo, const Rows *x, const Weight *w, int add, int r0, int r1,
                      int p0, int p1) {
  float c[CHUNK * PANEL] __attribute__((aligned(64)));
  for (int p = p0; p < p1; p++)
    for (int a = r0; a < r1; a += CHUNK) {
      int b = least(a + CHUNK, r1);
      product(c, x, w, p, a, b);
      write_rows(out, ldo, c, w->rows, p, a, b, add);
    }
}

// out = silu(x . gate^T) * (x . up^T), as above.
EXPORT void Q(gate_up)(float *out, int64_t ldo, const Rows *x, const Weight *gate, const Weight *up,
                       int r0, int r1, int p0, int p1) {
  float g[CHUNK * PANEL] __attribute__((aligned(64))), u[CHUNK * PANEL] __attribute__((aligned(64)));
  for (int p = p0; p < p1; p++)
    for (int a = r0; a < r1; a += CHUNK) {
      int b = least(a + CHUNK, r1);
      product(g, x, gate, p, a, b);
      product(u, x, up, p, a, b);
      gate_rows(g, u, b - a);
      write_rows(out, ldo, g, gate->rows, p, a, b, 0);
    }
}
