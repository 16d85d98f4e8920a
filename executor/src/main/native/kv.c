// Rotary embedding and the paged cache. Inside a block, for one layer, side and KV head:
//   keys   [head_dim][block_size]   (an attention tile reads keys as columns)
//   values [block_size][head_dim]
// and for int8 one float32 scale a token behind them, unused where scales are static.
#include "kv.h"
#include "lanes.h"

// Rotates one head of a row; cos and sin [dim / 2].
static void rotate(float *v, int dim, int half_split, const float *c, const float *s) {
  int pairs = dim / 2, step = half_split ? pairs : 1, stride = half_split ? 1 : 2, j = 0;
  for (; j + VL <= pairs; j += VL) {
    vf cos = vf_load(c + j), sin = vf_load(s + j);
    if (half_split) {
      vf p = vf_load(v + j), q = vf_load(v + j + pairs);
      vf_store(v + j, p * cos - q * sin);
      vf_store(v + j + pairs, q * cos + p * sin);
    } else {
      vf a = vf_load(v + 2 * j), b = vf_load(v + 2 * j + VL);
      vf p = SHUFFLE(a, b, EVEN), q = SHUFFLE(a, b, ODD);
      vf x = p * cos - q * sin, y = q * cos + p * sin;
      vf_store(v + 2 * j, SHUFFLE(x, y, ZIP_LOW));
      vf_store(v + 2 * j + VL, SHUFFLE(x, y, ZIP_HIGH));
    }
  }
  for (; j < pairs; j++) {
    float p = v[j * stride], q = v[j * stride + step];
    v[j * stride] = p * c[j] - q * s[j];
    v[j * stride + step] = q * c[j] + p * s[j];
  }
}

static void to_half(uint16_t *dst, const float *x, int n) {
  int i = 0;
  for (; i + VL <= n; i += VL) VF_STORE_HALF(dst + i, vf_load(x + i));
  if (i < n) {
    float rest[VL] = {0};
    uint16_t h[VL];
    memcpy(rest, x + i, (size_t)(n - i) * 4);
    VF_STORE_HALF(h, vf_load(rest));
    memcpy(dst + i, h, (size_t)(n - i) * 2);
  }
}

static void to_bfloat(uint16_t *dst, const float *x, int n) {
  for (int i = 0; i < n; i++) {
    uint32_t bits;
    memcpy(&bits, x + i, 4);
    uint32_t rounded = (bits + 0x7fff + ((bits >> 16) & 1)) >> 16;
    dst[i] = (uint16_t)((bits & 0x7fffffff) > 0x7f800000 ? (bits >> 16) | 0x40 : rounded);
  }
}

// Nearest integers of x / scale, or of x * 127 / scales[i], clamped; ties to even.
static void to_bytes(int8_t *dst, const float *x, float scale, const float *scales, int n) {
  const float shift = 12582912.f;  // 1.5 * 2^23
  for (int i = 0; i < n; i++) {
    float y = scales ? x[i] * 127.f / scales[i] : x[i] / scale;
    y = y > 127.f ? 127.f : y < -127.f ? -127.f : y;
    y = y == y ? y : 0;  // 0 / 0: nothing but zeros
    dst[i] = (int8_t)((y + shift) - shift);
  }
}

static float largest(const float *x, int n) {
  float top = 0;
  for (int i = 0; i < n; i++) {
    float a = __builtin_fabsf(x[i]);
    top = a > top ? a : top;
  }
  return top;
}

// Stores `dim` numbers at stride `step` elements of the plane; `scale` is the token's.
static void store(char *plane, int64_t at, int64_t step, float *scale, const float *scales,
                  const float *x, int dim, int type) {
  enum { MOST = 256 };
  for (int from = 0; from < dim; from += MOST) {
    int n = dim - from < MOST ? dim - from : MOST;
    int64_t to = at + from * step;
    float own[MOST];
    uint16_t h[MOST];
    int8_t b[MOST];
    switch (type) {
      case KV_F32:
        memcpy(own, x + from, (size_t)n * 4);
        for (int d = 0; d < n; d++) ((float *)plane)[to + d * step] = own[d];
        break;
      case KV_INT8:
        if (!scales && from == 0) *scale = largest(x, dim) / 127.f;
        to_bytes(b, x + from, *scale, scales ? scales + from : 0, n);
        for (int d = 0; d < n; d++) ((int8_t *)plane)[to + d * step] = b[d];
        break;
      default:
        if (type == KV_F16) to_half(h, x + from, n);
        else to_bfloat(h, x + from, n);
        if (step == 1) memcpy((uint16_t *)plane + to, h, (size_t)n * 2);
        else for (int d = 0; d < n; d++) ((uint16_t *)plane)[to + d * step] = h[d];
    }
  }
}

// KV heads h0..h1 of rows r0..r1: rotates their keys and their groups' queries in place and stores
// keys and values. q [row][ldq], k and v [row][ldk]; `group` query heads share a KV head.
EXPORT void Q(rope_store)(float *q, int64_t ldq, float *k, const float *v, int64_t ldk,
                          const Cache *c, int layer, int group, int half_split, const Step *step,
                          int h0, int h1, int r0, int r1) {
  const int dim = (int)c->dim, type = (int)c->type, block_size = (int)c->block_size;
  const int64_t values = c->kv_heads * plane_bytes(type, dim, block_size);
  const int64_t scales = scale_offset(dim, block_size);
  for (int r = r0; r < r1; r++) {
    const float *cos = step->cos + (int64_t)r * (dim / 2), *sin = step->sin + (int64_t)r * (dim / 2);
    const int slot = step->slot[r];
    for (int h = h0; h < h1; h++) {
      for (int i = 0; i < group; i++)
        rotate(q + r * ldq + (int64_t)(h * group + i) * dim, dim, half_split, cos, sin);
      float *key = k + r * ldk + h * dim;
      rotate(key, dim, half_split, cos, sin);
      char *plane = kv_plane(c, layer, h, step->block[r]);
      const int64_t channel = (layer * c->kv_heads + h) * dim;
      store(plane, slot, block_size, (float *)(plane + scales) + slot,
            c->key_scales ? c->key_scales + channel : 0, key, dim, type);
      plane += values;
      store(plane, (int64_t)slot * dim, 1, (float *)(plane + scales) + slot,
            c->value_scales ? c->value_scales + channel : 0, v + r * ldk + h * dim, dim, type);
    }
  }
}

// Copies the first `tokens` tokens of one block to another, all layers.
EXPORT void Q(kv_copy)(const Cache *c, int layers, int from, int to, int tokens) {
  const int type = (int)c->type, dim = (int)c->dim, block_size = (int)c->block_size;
  int64_t plane = plane_bytes(type, dim, block_size), e = element_bytes(type);
  for (int64_t i = 0; i < 2LL * layers * c->kv_heads; i++) {
    const char *s = c->memory + from * c->block_bytes + i * plane;
    char *d = c->memory + to * c->block_bytes + i * plane;
    if (i / c->kv_heads % 2 == 0) {
      for (int j = 0; j < dim; j++)
        memcpy(d + j * block_size * e, s + j * block_size * e, (size_t)(tokens * e));
    } else {
      memcpy(d, s, (size_t)(tokens * dim * e));
    }
    int64_t scales = scale_offset(dim, block_size);
    if (type == KV_INT8) memcpy(d + scales, s + scales, 4 * (size_t)tokens);
  }
}
