// Activations for integer weights: an optional RMS norm, then int8 with one scale for each 128
// inputs of a row, packed in blocks of rows.
#include <math.h>

#include "weight.h"

typedef int8_t vb __attribute__((vector_size(VL)));

INLINE vf vf_abs(vf v) { return (vf)((vi)v & 0x7fffffff); }

INLINE vi vi_load(const int32_t *p) {
  vi v;
  memcpy(&v, p, sizeof v);
  return v;
}

INLINE int32_t vi_sum(vi v) {
  int32_t a[VL];
  memcpy(a, &v, sizeof v);
  for (int s = VL / 2; s > 0; s /= 2)
    for (int i = 0; i < s; i++) a[i] += a[i + s];
  return a[0];
}

INLINE float row_scale(const float *x, float eps, int cols);

// Integers of one group of at most 128 inputs into q, zeros up to a multiple of 8; returns the scale.
INLINE float quantize_group(int8_t *q, int32_t *sums16, const float *s, int n) {
  float line[GROUP] __attribute__((aligned(64)));
  if (n < GROUP) {
    memset(line, 0, sizeof line);
    memcpy(line, s, (size_t)n * 4);
    s = line;
  }
  vf top = {};
  for (int k = 0; k < GROUP; k += VL) top = VF_MAX(top, vf_abs(vf_load(s + k)));
  float most = vf_top(top), inverse = most == 0 ? 0 : 127.f / most;
  for (int k = 0; k < GROUP; k += 16) {
    vi sum = {};
    for (int j = k; j < k + 16; j += VL) {
      // Adding 1.5 * 2^23 rounds to the nearest integer, ties to even, and leaves it in the low bits.
      vf t = vf_load(s + j) * vf_set(inverse) + vf_set(12582912.f);
      vi v = (vi)t - 0x4b400000;
      vb b = __builtin_convertvector(v, vb);
      memcpy(q + j, &b, sizeof b);
      sum += v;
    }
    sums16[k / 16] = -vi_sum(sum);
  }
  return most / 127.f;
}

// One group of a row into its block: q [quad][mr][4] of `quads` quads.
INLINE void scatter(int8_t *to, const int8_t *q, int quads, int mr) {
  for (int k = 0; k < quads; k++) memcpy(to + (int64_t)k * mr * 4, q + k * 4, 4);
}

// Squares are summed in 4 x VL lanes, then as a tree; the same as rms_norm.
INLINE float row_scale(const float *x, float eps, int cols) {
  vf s[4] = {};
  int k = 0;
  for (; k + 4 * VL <= cols; k += 4 * VL)
    for (int j = 0; j < 4; j++) {
      vf v = vf_load(x + k + j * VL);
      s[j] = VF_FMA(v, v, s[j]);
    }
  float sum = vf_sum((s[0] + s[1]) + (s[2] + s[3]));
  for (; k < cols; k++) sum += x[k] * x[k];
  return 1.f / sqrtf(sum / (float)cols + eps);
}

// Quantizes rows [r0, r1) of x (those that `index` names, or 0..rows), whose blocks must lie whole in
// that range; with a gain each row is first normed as rms_norm does.
EXPORT void Q(quantize_rows)(const Rows *to, const float *x, int64_t ldx, const int32_t *index,
                             const float *gain, float eps, int r0, int r1) {
  int cols = to->cols;
  int64_t width = padded(cols), groups = parts(cols, GROUP), base[4];
  for (int l = 0; l < 4; l++) base[l] = sums_at(to, l);
  float line[GROUP] __attribute__((aligned(64)));
  int8_t q[GROUP] __attribute__((aligned(64)));
  int32_t sums[8];
  for (int r = r0; r < r1;) {
    int mr = rows_at(r, to->rows);
    for (int i = 0; i < mr; i++) {
      const float *s = x + (index ? index[r + i] : r + i) * ldx;
      float scale = gain ? row_scale(s, eps, cols) : 1;
      for (int g = 0; g < groups; g++) {
        int n = least(GROUP, cols - g * GROUP);
        const float *from = s + g * GROUP;
        if (gain) {
          for (int k = 0; k < n; k++) line[k] = from[k] * scale * gain[g * GROUP + k];
          from = line;
        }
        to->scales[r * groups + g * mr + i] = quantize_group(q, sums, from, n);
        scatter((int8_t *)to->data + r * width + ((int64_t)g * GROUP * mr) + i * 4, q,
                (int)(padded(n) / 4), mr);
        for (int l = 0; l < 4; l++) {
          int size = 16 << l;
          if (to->levels >> l & 1) {
            int32_t *d = to->sums + base[l] + r * parts(cols, size) + i;
            for (int k = 0; k * size < n; k++) d[(g * (GROUP / size) + k) * mr] = sums[k];
          }
          for (int k = 0; k < 4 >> l; k++) sums[k] = sums[2 * k] + sums[2 * k + 1];
        }
      }
    }
    r += mr;
  }
}
