// Layout of a paged KV block, shared by the store and the attention.
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
#endif
