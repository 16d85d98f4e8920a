// Panels as float32: packing of unquantized weights, decoding for float32 activations, the embedding.
// Layouts are those of weight.h. Each decoding operation is rounded to float32 on its own.
#include "tiles.h"

// Packs panels p0..p1 of a strided matrix of 16- or 32-bit numbers.
EXPORT void Q(pack)(void *dst, int type, const void *src, int64_t row_stride, int64_t col_stride,
                    int rows, int cols, int p0, int p1) {
  for (int p = p0; p < p1; p++) {
    int n = least(rows - p * PANEL, PANEL);
    int64_t first = (int64_t)p * PANEL * row_stride, panel = (int64_t)cols * PANEL * (type == F32 ? 4 : 2);
    char *d = (char *)dst + p * panel;
    memset(d, 0, (size_t)panel);
    for (int r = 0; r < n; r++)
      for (int64_t k = 0; k < cols; k++) {
        int64_t from = first + r * row_stride + k * col_stride;
        if (type == F32) memcpy(d + 4 * (k * PANEL + r), (const char *)src + 4 * from, 4);
        else memcpy(d + 2 * (k * PANEL + r), (const char *)src + 2 * from, 2);
      }
  }
}

INLINE vf byte_at(vi quads, int j, vi bias) {
  return __builtin_convertvector((vi)((vu)quads >> (8 * j) & 255) - bias, vf);
}

// 16-bit numbers [input][32].
INLINE void decode_halves(float *dst, const uint16_t *w, int kc, int type) {
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

// Codes [quad][32][4] of inputs that share scales.
INLINE void decode_codes(float *dst, const uint8_t *codes, int n, int bias, const float *scales,
                         const float *offsets) {
  for (int k = 0; k < n; k += 4, codes += PANEL * 4)
    for (int s = 0; s < PANEL; s += VL) {
      vi q = quad_load(codes + s * 4);
      vf scale = vf_load(scales + s);
      for (int j = 0; j < least(4, n - k); j++) {
        vf v = byte_at(q, j, vi_set(bias)) * scale;
        if (offsets) v = v + vf_load(offsets + s);
        vf_store(dst + (k + j) * PANEL + s, v);
      }
    }
}

// E4M3: shifted into a float32's exponent and mantissa, 2^120 puts the bias right, subnormals included.
INLINE void decode_fp8(float *dst, const uint8_t *w, int kc, const float *scales) {
  for (int64_t i = 0; i < (int64_t)kc * PANEL; i += VL) {
    vu m = bytes_load(w + i);
    vf v = (vf)((m & 0x7f) << 20) * vf_set(0x1p120f);
    vu nan = (vu)((m & 0x7f) == 0x7f) & 0x7fc00000;
    vf_store(dst + i, (vf)((vu)v | nan | (m & 0x80) << 24) * vf_load(scales + i % PANEL));
  }
}

// kc inputs of panel p from input k0 on, a multiple of 128, at most to the next: [kc][32].
void Q(decode)(float *dst, const Weight *w, int p, int k0, int kc) {
  const uint8_t *panel = panel_at(w, p);
  if (w->kind == F32) {
    memcpy(dst, panel + (int64_t)k0 * PANEL * 4, (size_t)kc * PANEL * 4);
  } else if (w->kind == F16 || w->kind == BF16) {
    decode_halves(dst, (const uint16_t *)panel + (int64_t)k0 * PANEL, kc, w->kind);
  } else if (w->kind == FP8) {
    const float *scales = (const float *)(panel + parts((int64_t)w->cols * PANEL, 64) * 64);
    decode_fp8(dst, panel + (int64_t)k0 * PANEL, kc, scales + k0 / GROUP * PANEL);
  } else {
    Unpacked u;
    unpack_group(&u, w, panel, k0 / GROUP);
    if (w->kind == INTEGERS && w->group == 0) whole_row_scales(&u, w, panel);
    for (int k = 0; k < kc; k += u.tile)
      decode_codes(dst + (int64_t)k * PANEL, u.codes + (int64_t)k * PANEL, least(u.tile, kc - k), u.bias,
                   u.scales + k / u.tile * PANEL, w->kind == INTEGERS && w->offsets ? u.offsets + k / u.tile * PANEL : 0);
  }
}

// out[i] = row ids[i] of a packed table.
EXPORT void Q(embed)(float *out, int64_t ldo, const int32_t *ids, int r0, int r1, const Weight *w) {
  float group[GROUP * PANEL] __attribute__((aligned(64)));
  for (int r = r0; r < r1; r++) {
    int p = ids[r] / PANEL, n = ids[r] % PANEL;
    float *o = out + r * ldo;
    for (int k0 = 0; k0 < w->cols; k0 += GROUP) {
      int kc = least(GROUP, w->cols - k0);
      Q(decode)(group, w, p, k0, kc);
      for (int k = 0; k < kc; k++) o[k0 + k] = group[k * PANEL + n];
    }
  }
}
