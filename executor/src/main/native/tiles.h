// One activation group (128 inputs) of a quantized panel: its tiles' scales, and its codes as bytes.
#ifndef QUERN_TILES_H
#define QUERN_TILES_H
#include "weight.h"

typedef struct {
  uint8_t codes[GROUP * PANEL] __attribute__((aligned(64)));
  float scales[GROUP / 16 * PANEL] __attribute__((aligned(64)));
  float offsets[GROUP / 16 * PANEL] __attribute__((aligned(64)));
  int tile, count, inputs, bias;  // inputs of a tile, tiles, inputs of the group; codes are stored + bias
} Unpacked;

enum { WHOLE, SINGLE, GROUPED, SHIFTED };  // one scale a row; a group; a tile; a tile, and an offset

// The tiles of one panel in one activation group, as products read them.
typedef struct {
  const uint8_t *codes;
  const float *scales, *offsets;
  int64_t step;          // bytes from tile to tile
  int quads, all_quads;  // of a tile, the last may have fewer; of the group
  int bias, unbiased;    // codes are stored + (1 << bias), or + 0
} Tiles;

INLINE vi quad_load(const uint8_t *p) {
  vi v;
  memcpy(&v, p, sizeof v);
  return v;
}

typedef uint8_t vbytes __attribute__((vector_size(VL)));
INLINE vu bytes_load(const uint8_t *p) {
  vbytes b;
  memcpy(&b, p, sizeof b);
  return __builtin_convertvector(b, vu);
}

// 32 scales as float32.
INLINE void widen(float *to, const uint8_t *from, int half) {
  for (int s = 0; s < PANEL; s += VL)
    vf_store(to + s, half ? VF_HALF((const uint16_t *)from + s) : vf_load((const float *)from + s));
}

INLINE void unpack_nibbles(uint8_t *to, const uint8_t *from, int quads) {
  for (int k = 0; k < quads; k += 2, from += PANEL * 4, to += PANEL * 8)
    for (int s = 0; s < PANEL * 4; s += VL * 4) {
      vi p = quad_load(from + s), l = p & 0x0f0f0f0f, h = (p >> 4) & 0x0f0f0f0f;
      memcpy(to + s, &l, sizeof l);
      memcpy(to + PANEL * 4 + s, &h, sizeof h);
    }
}

// Bytes of 32 scales, of a whole tile, and of a tile of n inputs.
INLINE int64_t scale_bytes(const Weight *w) { return w->half ? PANEL * 2 : PANEL * 4; }
INLINE int64_t tile_bytes(const Weight *w, int64_t n) {
  return code_bytes(w->bits, n) + scale_bytes(w) * (1 + w->offsets);
}

// Where group g's codes begin. With one tile a row, scales stand behind the row.
INLINE const uint8_t *group_at(const Weight *w, const uint8_t *panel, int64_t g) {
  return w->group ? panel + g * (GROUP / w->group) * tile_bytes(w, w->group)
                  : panel + g * code_bytes(w->bits, GROUP);
}

// Scales and offsets of group g's tiles; sizes.
INLINE void group_scales(Unpacked *u, const Weight *w, const uint8_t *panel, int64_t g) {
  u->inputs = least(GROUP, w->cols - (int)g * GROUP);
  u->tile = w->group ? w->group : GROUP;
  u->count = (int)parts(u->inputs, u->tile);
  u->bias = w->bits == 8 ? 128 : w->offsets ? 0 : 8;
  if (!w->group) return;
  const uint8_t *from = group_at(w, panel, g);
  for (int k = 0; k < u->count; k++, from += tile_bytes(w, u->tile)) {
    const uint8_t *at = from + code_bytes(w->bits, least(u->tile, u->inputs - k * u->tile));
    widen(u->scales + k * PANEL, at, w->half);
    if (w->offsets) widen(u->offsets + k * PANEL, at + scale_bytes(w), w->half);
  }
}

INLINE void whole_row_scales(Unpacked *u, const Weight *w, const uint8_t *panel) {
  const uint8_t *at = panel + code_bytes(w->bits, w->cols);
  widen(u->scales, at, w->half);
  if (w->offsets) widen(u->offsets, at + scale_bytes(w), w->half);
}

// CCQ codes of n inputs: windows of 6 bits of floor(byte * scale + zero + 0.5), each operation rounded.
INLINE void unpack_ccq(uint8_t *to, const uint8_t *from, int n, const float *scale, const float *zero) {
  for (int k = 0; k < n; k += 4, from += PANEL, to += PANEL * 4)
    for (int s = 0; s < PANEL; s += VL) {
      vf y = __builtin_convertvector((vi)bytes_load(from + s), vf) * vf_load(scale + s);
      y = (y + vf_load(zero + s)) + vf_set(0.5f);
      vi d = __builtin_convertvector(y, vi);
      d += __builtin_convertvector(d, vf) > y;
      vi q = ((d >> 9) & 63) | ((d >> 6) & 63) << 8 | ((d >> 3) & 63) << 16 | (d & 63) << 24;
      memcpy(to + s * 4, &q, sizeof q);
    }
}

INLINE void ccq_group(Unpacked *u, const Weight *w, const uint8_t *panel, int64_t g) {
  u->inputs = least(GROUP, w->cols - (int)g * GROUP);
  u->tile = 64;
  u->count = (int)parts(u->inputs, 64);
  u->bias = 32;
  const uint8_t *codes = panel + g * (GROUP / 4) * PANEL;
  const float *row = (const float *)(panel + padded(w->cols) / 4 * PANEL);
  const uint8_t *local = (const uint8_t *)(row + 3 * PANEL) + g * 2 * PANEL;
  unpack_ccq(u->codes, codes, (int)padded(u->inputs), row, row + PANEL);
  for (int k = 0; k < u->count * PANEL; k += VL)
    vf_store(u->scales + k, __builtin_convertvector((vi)bytes_load(local + k), vf) *
                                vf_load(row + 2 * PANEL + k % PANEL));
}

// Codes as bytes [quad][32][4], tiles one behind the other, and scales where tiles have them.
INLINE void unpack_group(Unpacked *u, const Weight *w, const uint8_t *panel, int64_t g) {
  if (w->kind == CCQ) {
    ccq_group(u, w, panel, g);
    return;
  }
  group_scales(u, w, panel, g);
  const uint8_t *from = group_at(w, panel, g);
  for (int k = 0; k < u->count; k++, from += tile_bytes(w, u->tile)) {
    int n = least(u->tile, u->inputs - k * u->tile);
    uint8_t *to = u->codes + (int64_t)k * u->tile * PANEL;
    if (w->bits == 4) unpack_nibbles(to, from, (int)padded(n) / 4);
    else memcpy(to, from, (size_t)code_bytes(8, n));
  }
}
#endif
