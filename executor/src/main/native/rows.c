// Row-wise operations: norm, sums, the weighted sum of expert outputs.
#include <math.h>

#include "simd.h"

// out = x * gain / sqrt(mean(x^2) + eps); squares are summed in 4 x VL lanes, then as a tree.
EXPORT void Q(rms_norm)(float *out, int64_t ldo, const float *x, int64_t ldx, const float *gain,
                        float eps, int cols, int r0, int r1) {
  for (int r = r0; r < r1; r++) {
    const float *xr = x + r * ldx;
    float *o = out + r * ldo;
    vf s[4] = {};
    int k = 0;
    for (; k + 4 * VL <= cols; k += 4 * VL)
      for (int j = 0; j < 4; j++) {
        vf v = vf_load(xr + k + j * VL);
        s[j] = VF_FMA(v, v, s[j]);
      }
    float sum = vf_sum((s[0] + s[1]) + (s[2] + s[3]));
    for (; k < cols; k++) sum += xr[k] * xr[k];
    float scale = 1.f / sqrtf(sum / (float)cols + eps);
    for (k = 0; k < cols; k++) o[k] = xr[k] * scale * gain[k];
  }
}

// x[0..count) += y
EXPORT void Q(add)(float *x, const float *y, int64_t count) {
  for (int64_t i = 0; i < count; i++) x[i] += y[i];
}

// out[r] = sum over j of weights[r, j] * y[slot[r, j]], j ascending.
EXPORT void Q(combine)(float *out, int64_t ldo, const float *y, int cols, const int32_t *slot,
                       const float *weights, int top_k, int r0, int r1) {
  for (int r = r0; r < r1; r++) {
    float *o = out + r * ldo;
    const int32_t *from = slot + r * top_k;
    const float *w = weights + r * top_k;
    int k = 0;
    for (; k + 4 * VL <= cols; k += 4 * VL) {  // sums stay in registers over the experts
      vf a[4] = {};
      for (int j = 0; j < top_k; j++)
#pragma GCC unroll 4
        for (int v = 0; v < 4; v++) a[v] += vf_load(y + (int64_t)from[j] * cols + k + v * VL) * vf_set(w[j]);
#pragma GCC unroll 4
      for (int v = 0; v < 4; v++) vf_store(o + k + v * VL, a[v]);
    }
    for (; k < cols; k++) {
      o[k] = 0;
      for (int j = 0; j < top_k; j++) o[k] += w[j] * y[(int64_t)from[j] * cols + k];
    }
  }
}
