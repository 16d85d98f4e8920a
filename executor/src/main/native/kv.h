// Layout of a paged KV block, shared by the store and the attention, and how its numbers are read.
#ifndef QUERN_KV_H
#define QUERN_KV_H
#include "simd.h"

enum { KV_F32 = 0, KV_F16 = 1, KV_BF16 = 2, KV_INT8 = 3 };

INLINE int64_t element_bytes(int type) { return type == KV_F32 ? 4 : type == KV_INT8 ? 1 : 2; }

// Where the scales of an int8 plane start.
INLINE int64_t scale_offset(int dim, int block_size) {
  return ((int64_t)dim * block_size + 3) / 4 * 4;
}

// One layer's keys or values of one KV head in one block, scales included, 64-byte aligned.
INLINE int64_t plane_bytes(int type, int dim, int block_size) {
  int64_t bytes = (int64_t)dim * block_size * element_bytes(type);
  if (type == KV_INT8) bytes = scale_offset(dim, block_size) + 4LL * block_size;
  return (bytes + 63) / 64 * 64;
}

// A cache, as CpuKvCache writes it down: fields of 8 bytes.
typedef struct {
  char *memory;
  int64_t type, kv_heads, dim, block_size, block_bytes;
  // Static scales of int8, [layer][kv_head][dim], or null: one a token and head behind the plane.
  const float *key_scales, *value_scales;
} Cache;

// The rows of a step, as StepRows writes them down. Row r belongs to sequence row_seq[r], stands at
// row_position[r] and is stored in slot[r] of block[r]; sequence s has its block table at tables +
// table_start[s] and its first shared[s] tokens in common with s - 1; cos and sin [row][dim / 2].
typedef struct {
  const int32_t *row_seq, *row_position, *block, *slot, *tables, *table_start, *shared;
  const float *cos, *sin;
} Step;

// One layer's keys of a KV head in one block; values stand kv_heads planes behind them.
INLINE char *kv_plane(const Cache *c, int layer, int head, int block) {
  return c->memory + block * c->block_bytes +
         (2LL * layer * c->kv_heads + head) * plane_bytes((int)c->type, (int)c->dim, (int)c->block_size);
}

// Stored number i as it stands; int8 without its scale.
INLINE float kv_element(const int type, const char *p, int64_t i) {
  if (type == KV_F32) return ((const float *)p)[i];
  if (type == KV_INT8) return (float)((const int8_t *)p)[i];
  if (type == KV_F16) {
    uint16_t h[VL] = {((const uint16_t *)p)[i]};
    return VF_HALF(h)[0];
  }
  uint32_t bits = (uint32_t)((const uint16_t *)p)[i] << 16;
  float f;
  memcpy(&f, &bits, 4);
  return f;
}

// Stored numbers i .. i + VL.
INLINE vf kv_load(const int type, const char *p, int64_t i) {
  if (type == KV_F32) return vf_load((const float *)p + i);
  if (type == KV_F16) return VF_HALF((const uint16_t *)p + i);
  if (type == KV_BF16) {
    vh h;
    memcpy(&h, (const uint16_t *)p + i, sizeof h);
    return (vf)(__builtin_convertvector(h, vu) << 16);
  }
  vb b;
  memcpy(&b, p + i, sizeof b);
  return __builtin_convertvector(__builtin_convertvector(b, vi), vf);
}
#endif
