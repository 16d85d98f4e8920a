// Panel layouts. A weight [outputs, inputs] is cut into panels of 32 outputs, padded with zeros:
//   16- and 32-bit types: [panel][input][32]
//   int8:                 [panel][input / 4, padded][32][4], each byte weight + 128
#include "simd.h"

enum { F32 = 0, F16 = 1, BF16 = 2, INT8 = 3 };

EXPORT void Q(pack)(void *dst, int type, const void *src, int64_t row_stride, int64_t col_stride,
                    int rows, int cols, int p0, int p1) {
  int64_t quads = (cols + 3) / 4;
  for (int p = p0; p < p1; p++) {
    int n = rows - p * PANEL < PANEL ? rows - p * PANEL : PANEL;
    int64_t first = (int64_t)p * PANEL * row_stride;
    if (type == INT8) {
      uint8_t *d = (uint8_t *)dst + (int64_t)p * quads * 4 * PANEL;
      memset(d, 128, (size_t)(quads * 4 * PANEL));
      for (int r = 0; r < n; r++) {
        const int8_t *s = (const int8_t *)src + first + r * row_stride;
        for (int64_t k = 0; k < cols; k++)
          d[(k >> 2) * 4 * PANEL + r * 4 + (k & 3)] = (uint8_t)(s[k * col_stride] + 128);
      }
    } else if (type == F32) {
      float *d = (float *)dst + (int64_t)p * cols * PANEL;
      memset(d, 0, (size_t)cols * PANEL * 4);
      for (int r = 0; r < n; r++)
        for (int64_t k = 0; k < cols; k++)
          memcpy(d + k * PANEL + r, (const char *)src + 4 * (first + r * row_stride + k * col_stride), 4);
    } else {
      uint16_t *d = (uint16_t *)dst + (int64_t)p * cols * PANEL;
      memset(d, 0, (size_t)cols * PANEL * 2);
      for (int r = 0; r < n; r++)
        for (int64_t k = 0; k < cols; k++)
          memcpy(d + k * PANEL + r, (const char *)src + 2 * (first + r * row_stride + k * col_stride), 2);
    }
  }
}

INLINE vf byte_at(vu quads, int j) {
  return __builtin_convertvector((vi)((quads >> (8 * j)) & 255) - 128, vf);
}

// `kc` inputs of one panel from input k0 on (a multiple of 4) as float32 [kc][32], unscaled.
void Q(decode)(float *dst, int type, const void *panel, int k0, int kc) {
  if (type == INT8) {
    const uint8_t *w = (const uint8_t *)panel + (int64_t)k0 * PANEL;
    for (int k = 0; k < kc; k += 4, w += 4 * PANEL)
      for (int s = 0; s < PANEL; s += VL) {
        vu q;
        memcpy(&q, w + 4 * s, sizeof q);
        int n = kc - k < 4 ? kc - k : 4;
        float *d = dst + k * PANEL + s;
        if (n == 4) {
#pragma GCC unroll 4
          for (int j = 0; j < 4; j++) vf_store(d + j * PANEL, byte_at(q, j));
        } else {
          for (int j = 0; j < n; j++) vf_store(d + j * PANEL, byte_at(q, j));
        }
      }
    return;
  }
  const uint16_t *w = (const uint16_t *)panel + (int64_t)k0 * PANEL;
  for (int64_t i = 0; i < (int64_t)kc * PANEL; i += VL) {
    if (type == F16) {
      vf_store(dst + i, VF_HALF(w + i));
    } else {
      vh h;
      memcpy(&h, w + i, sizeof h);
      vf_store(dst + i, (vf)(__builtin_convertvector(h, vu) << 16));
    }
  }
}

INLINE float half_to_float(uint16_t h) {
  uint16_t a[VL] = {h};
  float f[VL];
  vf_store(f, VF_HALF(a));
  return f[0];
}

// out[i] = row ids[i] of a packed table, scaled.
EXPORT void Q(embed)(float *out, int64_t ldo, const int32_t *ids, int r0, int r1, int type,
                     const void *w, const float *scales, int cols) {
  int64_t quads = (cols + 3) / 4;
  for (int r = r0; r < r1; r++) {
    int p = ids[r] / PANEL, n = ids[r] % PANEL;
    float *o = out + r * ldo;
    if (type == INT8) {
      const uint8_t *s = (const uint8_t *)w + p * quads * 4 * PANEL + n * 4;
      for (int64_t k = 0; k < cols; k++)
        o[k] = (s[(k >> 2) * 4 * PANEL + (k & 3)] - 128) * scales[ids[r]];
    } else if (type == F32) {
      const float *s = (const float *)w + (int64_t)p * cols * PANEL + n;
      for (int64_t k = 0; k < cols; k++) o[k] = s[k * PANEL];
    } else {
      const uint16_t *s = (const uint16_t *)w + (int64_t)p * cols * PANEL + n;
      for (int64_t k = 0; k < cols; k++) {
        uint32_t bits = (uint32_t)s[k * PANEL] << 16;
        if (type == F16) o[k] = half_to_float(s[k * PANEL]);
        else memcpy(o + k, &bits, 4);
      }
    }
  }
}
