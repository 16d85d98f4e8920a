// Rotary embedding and the paged cache. Inside a block, for one layer, side and KV head:
//   keys   [head_dim][block_size]   (an attention tile reads keys as columns)
//   values [block_size][head_dim]
// and for int8 one float32 scale a token behind them.
#include <math.h>

#include "kv.h"

// Rotates every head of rows r0..r1 of x in place; cos and sin are [row][dim / 2].
EXPORT void Q(rope)(float *x, int64_t ldx, int heads, int dim, int half_split, const float *cos,
                    const float *sin, int r0, int r1) {
  int pairs = dim / 2, step = half_split ? pairs : 1, stride = half_split ? 1 : 2;
  for (int r = r0; r < r1; r++) {
    const float *c = cos + (int64_t)r * pairs, *s = sin + (int64_t)r * pairs;
    for (int h = 0; h < heads; h++) {
      float *v = x + r * ldx + h * dim;
      for (int j = 0; j < pairs; j++) {
        float p = v[j * stride], q = v[j * stride + step];
        v[j * stride] = p * c[j] - q * s[j];
        v[j * stride + step] = q * c[j] + p * s[j];
      }
    }
  }
}

static uint16_t to_half(float x) {
#if defined(__AVX2__)
  return (uint16_t)_mm_extract_epi16(_mm_cvtps_ph(_mm_set_ss(x), 0), 0);
#else
  __fp16 h = (__fp16)x;
  uint16_t bits;
  memcpy(&bits, &h, 2);
  return bits;
#endif
}

static uint16_t to_bfloat(float x) {
  uint32_t bits;
  memcpy(&bits, &x, 4);
  if (x != x) return (uint16_t)((bits >> 16) | 0x40);
  return (uint16_t)((bits + 0x7fff + ((bits >> 16) & 1)) >> 16);
}

// Stores `dim` numbers at stride `step` elements of the plane.
static void store(char *plane, int64_t at, int64_t step, float *scale, const float *x, int dim,
                  int type) {
  if (type == KV_F32) {
    for (int d = 0; d < dim; d++) ((float *)plane)[at + d * step] = x[d];
  } else if (type == KV_INT8) {
    float top = 0;
    for (int d = 0; d < dim; d++) top = fabsf(x[d]) > top ? fabsf(x[d]) : top;
    *scale = top / 127.f;
    for (int d = 0; d < dim; d++)
      plane[at + d * step] = *scale == 0 ? 0 : (char)(int8_t)rintf(x[d] / *scale);
  } else {
    for (int d = 0; d < dim; d++)
      ((uint16_t *)plane)[at + d * step] = type == KV_F16 ? to_half(x[d]) : to_bfloat(x[d]);
  }
}

// Stores keys and values of rows r0..r1; token r goes to slot[r] of block[r].
EXPORT void Q(kv_store)(char *cache, int type, int layer, int kv_heads, int dim, int block_size,
                        int64_t block_bytes, const float *k, int64_t ldk, const float *v,
                        int64_t ldv, const int32_t *block, const int32_t *slot, int r0, int r1) {
  for (int r = r0; r < r1; r++)
    for (int h = 0; h < kv_heads; h++) {
      int64_t plane = plane_bytes(type, dim, block_size);
      char *keys = cache + block[r] * block_bytes + (2LL * layer * kv_heads + h) * plane;
      char *values = keys + kv_heads * plane;
      int64_t scales = scale_offset(dim, block_size);
      store(keys, slot[r], block_size, (float *)(keys + scales) + slot[r], k + r * ldk + h * dim,
            dim, type);
      store(values, (int64_t)slot[r] * dim, 1, (float *)(values + scales) + slot[r],
            v + r * ldv + h * dim, dim, type);
    }
}

// Copies the first `tokens` tokens of one block to another, all layers.
EXPORT void Q(kv_copy)(char *cache, int type, int layers, int kv_heads, int dim, int block_size,
                       int64_t block_bytes, int from, int to, int tokens) {
  int64_t plane = plane_bytes(type, dim, block_size), e = element_bytes(type);
  for (int64_t i = 0; i < 2LL * layers * kv_heads; i++) {
    const char *s = cache + from * block_bytes + i * plane;
    char *d = cache + to * block_bytes + i * plane;
    if (i / kv_heads % 2 == 0) {
      for (int j = 0; j < dim; j++)
        memcpy(d + j * block_size * e, s + j * block_size * e, (size_t)(tokens * e));
    } else {
      memcpy(d, s, (size_t)(tokens * dim * e));
    }
    int64_t scales = scale_offset(dim, block_size);
    if (type == KV_INT8) memcpy(d + scales, s + scales, 4 * (size_t)tokens);
  }
}
