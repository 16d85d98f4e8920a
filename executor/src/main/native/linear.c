// Products of float32 activations with weights of any stored type. Each output is one chain of
// fused multiply-adds over ascending inputs, whatever the number of rows.
#include "lanes.h"
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

// Two vectors of the slab at p: of bfloat16 the even outputs and the odd ones, which costs an operation
// each, of float16 the first and the second.
INLINE void halves(vf *w0, vf *w1, const uint16_t *p, const int kind) {
  if (kind == F16) {
    *w0 = VF_HALF(p);
    *w1 = VF_HALF(p + VL);
  } else {
    vu pairs;
    memcpy(&pairs, p, sizeof pairs);
    *w0 = (vf)(pairs << 16);
    *w1 = (vf)(pairs & 0xffff0000);
  }
}

// As micro, from 16-bit weights as they stand. x is [input][mr].
INLINE void micro_half(const int mr, const int kind, float *c, const float *x, const uint16_t *w, int kc,
                       const uint8_t *ahead, ptrdiff_t pace) {
  for (int s = 0; s < PANEL; s += SLAB) {
    vf a[MAX_ROWS], b[MAX_ROWS];
#pragma GCC unroll 12
    for (int i = 0; i < mr; i++) {
      vf l = vf_load(c + i * PANEL + s), h = vf_load(c + i * PANEL + s + VL);
      a[i] = kind == F16 ? l : SHUFFLE(l, h, EVEN);
      b[i] = kind == F16 ? h : SHUFFLE(l, h, ODD);
    }
    const float *xk = x;
    for (int k = 0; k < kc; k++, xk += mr) {
      vf w0, w1;
      halves(&w0, &w1, w + k * PANEL + s, kind);
      __builtin_prefetch(ahead);
      ahead += pace;
#pragma GCC unroll 12
      for (int i = 0; i < mr; i++) {
        vf v = vf_set(xk[i]);
        a[i] = VF_FMA(v, w0, a[i]);
        b[i] = VF_FMA(v, w1, b[i]);
      }
    }
#pragma GCC unroll 12
    for (int i = 0; i < mr; i++) {
      vf l = a[i], h = b[i];
      vf_store(c + i * PANEL + s, kind == F16 ? l : SHUFFLE(l, h, ZIP_LOW));
      vf_store(c + i * PANEL + s + VL, kind == F16 ? h : SHUFFLE(l, h, ZIP_HIGH));
    }
  }
}

// c[rows of the chunk][PANEL] = packed rows r0..r1 . panel p
static void product(float *c, const Rows *x, const Weight *w, int p, int r0, int r1) {
  float buffer[GROUP * PANEL] __attribute__((aligned(64)));
  int cols = x->cols;
  // A detour through memory pays for the float16 of many rows only: they convert at two operations.
  const int half = w->kind == BF16 || (w->kind == F16 && x->rows <= FEW);
  memset(c, 0, (size_t)(r1 - r0) * PANEL * 4);
  for (int k0 = 0; k0 < cols; k0 += GROUP) {
    int kc = least(GROUP, cols - k0);
    // The panel's bytes of the next inputs, or the next panel's first, in as many parts as there are
    // blocks of rows.
    const int64_t stride = w->panel_bytes / cols;
    const uint8_t *at = panel_at(w, p) + k0 * stride, *ahead = at + kc * stride;
    const float *from = w->kind == F32 ? (const float *)at : buffer;
    if (w->kind != F32 && !half) {
      Q(decode)(buffer, w, p, k0, kc);
    }
    for (int r = r0; r < r1;) {
      int mr = block_rows(x->rows - r);
      const float *xr = (const float *)x->data + (int64_t)r * cols + (int64_t)k0 * mr;
      float *cr = c + (r - r0) * PANEL;
      const int64_t pace = stride * mr * SLAB / PANEL / (r1 - r0);
      if (w->kind == BF16)
        WITH_ROWS(mr, micro_half(MR, BF16, cr, xr, (const uint16_t *)at, kc, ahead, pace))
      else if (half)
        WITH_ROWS(mr, micro_half(MR, F16, cr, xr, (const uint16_t *)at, kc, ahead, pace))
      else
        WITH_ROWS(mr, micro(MR, cr, PANEL, xr, 1, MR, from, kc, ahead, pace))
      ahead += pace * kc * PANEL / SLAB;
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
