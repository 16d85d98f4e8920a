// Products of int8 weights with activations quantized per row and group of 64 inputs: exact
// integer sums inside a group, one fused multiply-add a group in ascending order, then the row
// scale. Weights are stored + 128, so a group's sum is corrected by 128 x the sum of its inputs.
#include <math.h>

#include "simd.h"

enum { CHUNK = 96 };

#if (defined(__AVX512VNNI__) || defined(__AVXVNNI__)) && !defined(QUERN_NO_VNNI)
#define VNNI 1
enum { WIDE = 1 };  // bytes of an activation
#else
#define VNNI 0
enum { WIDE = 2 };  // int16, a quad as (0, 2) and (1, 3)
#endif

INLINE int64_t padded(int cols) { return (cols + 3LL) / 4 * 4; }

// Bytes of one packed row of activations.
EXPORT int64_t Q(quantized_bytes)(int cols) { return padded(cols) * WIDE; }

static void quantize(int8_t *q, float *scales, int32_t *sums, int64_t step, const float *x,
                     int cols) {
  for (int g = 0; g * GROUP < cols; g++) {
    const float *s = x + g * GROUP;
    int n = cols - g * GROUP < GROUP ? cols - g * GROUP : GROUP;
    float top = 0;
    for (int k = 0; k < n; k++) top = fabsf(s[k]) > top ? fabsf(s[k]) : top;
    float inverse = top == 0 ? 0 : 127.f / top;
    int32_t sum = 0;
    for (int k = 0; k < n; k++) {
      // Adding and subtracting 1.5 * 2^23 rounds to the nearest integer, ties to even.
      int v = (int)((s[k] * inverse + 12582912.f) - 12582912.f);
      q[g * GROUP + k] = (int8_t)v;
      sum += v;
    }
    scales[g * step] = top / 127.f;
    sums[g * step] = -128 * sum;
  }
}

// Quantizes and packs rows in blocks: data [quad][block row][4], scales and sums [group][block
// row]. Parameters as pack_rows; `row` is working memory of padded(cols) bytes.
EXPORT void Q(quantize_rows)(int8_t *dst, float *scales, int32_t *sums, const float *x, int64_t ldx,
                             const int32_t *index, int rows, int cols, int r0, int r1,
                             int8_t *row) {
  int64_t quads = padded(cols) / 4, groups = (cols + GROUP - 1) / GROUP;
  memset(row, 0, (size_t)(quads * 4));
  for (int r = r0; r < r1;) {
    int mr = block_rows(rows - r);
    for (int i = 0; i < mr; i++) {
      quantize(row, scales + r * groups + i, sums + r * groups + i, mr,
               x + (index ? index[r + i] : r + i) * ldx, cols);
      char *d = (char *)dst + r * quads * 4 * WIDE;
      for (int64_t k = 0; k < quads; k++) {
        if (WIDE == 1) {
          memcpy(d + (k * mr + i) * 4, row + k * 4, 4);
        } else {
          int16_t v[4] = {row[k * 4], row[k * 4 + 2], row[k * 4 + 1], row[k * 4 + 3]};
          memcpy(d + (k * mr + i) * 8, v, 8);
        }
      }
    }
    r += mr;
  }
}

INLINE vi quad_load(const void *p) {
  vi v;
  memcpy(&v, p, sizeof v);
  return v;
}
INLINE vi bits(const void *p) {
  int32_t v;
  memcpy(&v, p, 4);
  return vi_set(v);
}

#if VNNI
enum { SPAN = 2 };
#if defined(__AVX512F__)
#define DOT(acc, u, s) (vi) _mm512_dpbusd_epi32((__m512i)(acc), (__m512i)(u), (__m512i)(s))
#else
#define DOT(acc, u, s) (vi) _mm256_dpbusd_avx_epi32((__m256i)(acc), (__m256i)(u), (__m256i)(s))
#endif
#else
enum { SPAN = 1 };
#if defined(__AVX512F__)
#define MADD(a, b) (vi) _mm512_madd_epi16((__m512i)(a), (__m512i)(b))
#elif defined(__AVX2__)
#define MADD(a, b) (vi) _mm256_madd_epi16((__m256i)(a), (__m256i)(b))
#else
INLINE vi MADD(vi a, vi b) {
  return ((a << 16) >> 16) * ((b << 16) >> 16) + (a >> 16) * (b >> 16);
}
#endif
#endif

// c[mr][PANEL] += dequantized products of one group of `quads` quads.
INLINE void group(const int mr, float *c, const char *x, const float *scale, const int32_t *sum,
                  const uint8_t *w, int quads) {
  for (int s = 0; s < PANEL; s += SPAN * VL) {
    vi acc[MAX_ROWS][SPAN];
#pragma GCC unroll 12
    for (int i = 0; i < mr; i++)
      for (int j = 0; j < SPAN; j++) acc[i][j] = vi_set(sum[i]);
    const char *xp = x;
    const uint8_t *wp = w + s * 4;
    for (int k = 0; k < quads; k++, xp += mr * 4 * WIDE, wp += PANEL * 4) {
#if VNNI
      vi w0 = quad_load(wp), w1 = quad_load(wp + VL * 4);
#pragma GCC unroll 12
      for (int i = 0; i < mr; i++) {
        vi v = bits(xp + i * 4);
        acc[i][0] = DOT(acc[i][0], w0, v);
        acc[i][1] = DOT(acc[i][1], w1, v);
      }
#else
      vi v = quad_load(wp);
      vi even = v & 0x00ff00ff, odd = (vi)((vu)v >> 8) & 0x00ff00ff;
#pragma GCC unroll 12
      for (int i = 0; i < mr; i++)
        acc[i][0] += MADD(even, bits(xp + i * 8)) + MADD(odd, bits(xp + i * 8 + 4));
#endif
    }
#pragma GCC unroll 12
    for (int i = 0; i < mr; i++)
      for (int j = 0; j < SPAN; j++) {
        float *to = c + i * PANEL + s + j * VL;
        vf_store(to, VF_FMA(__builtin_convertvector(acc[i][j], vf), vf_set(scale[i]), vf_load(to)));
      }
  }
}

static void product(float *c, const char *xq, const float *xs, const int32_t *xz, int rows,
                    int cols, const uint8_t *panel, const float *scales, int r0, int r1) {
  int64_t quads = padded(cols) / 4, groups = (cols + GROUP - 1) / GROUP;
  memset(c, 0, (size_t)(r1 - r0) * PANEL * 4);
  for (int r = r0; r < r1;) {
    int mr = block_rows(rows - r);
    float *cr = c + (r - r0) * PANEL;
    for (int64_t g = 0; g < groups; g++) {
      int64_t first = g * (GROUP / 4), n = quads - first < GROUP / 4 ? quads - first : GROUP / 4;
      const char *x = xq + (r * quads + first * mr) * 4 * WIDE;
      const float *sc = xs + r * groups + g * mr;
      const int32_t *su = xz + r * groups + g * mr;
      const uint8_t *w = panel + first * PANEL * 4;
      WITH_ROWS(mr, group(MR, cr, x, sc, su, w, (int)n))
    }
    r += mr;
  }
  for (int s = 0; s < PANEL; s += VL) {
    vf f = vf_load(scales + s);
    for (int i = 0; i < r1 - r0; i++)
      vf_store(c + i * PANEL + s, vf_load(c + i * PANEL + s) * f);
  }
}

INLINE void write_rows(float *out, int64_t ldo, const float *c, int outs, int p, int r0, int r1) {
  int n = outs - p * PANEL < PANEL ? outs - p * PANEL : PANEL;
  for (int r = r0; r < r1; r++)
    memcpy(out + r * ldo + p * PANEL, c + (r - r0) * PANEL, (size_t)n * 4);
}

// out[r0..r1, panels p0..p1] = x . w^T; r0 is a multiple of CHUNK.
EXPORT void Q(linear_int8)(float *out, int64_t ldo, const char *xq, const float *xs,
                           const int32_t *xz, int rows, int cols, const uint8_t *w,
                           const float *scales, int outs, int r0, int r1, int p0, int p1) {
  float c[CHUNK * PANEL] __attribute__((aligned(64)));
  for (int p = p0; p < p1; p++)
    for (int a = r0; a < r1; a += CHUNK) {
      int b = a + CHUNK < r1 ? a + CHUNK : r1;
      product(c, xq, xs, xz, rows, cols, w + p * padded(cols) * PANEL, scales + p * PANEL, a, b);
      write_rows(out, ldo, c, outs, p, a, b);
    }
}

// out = silu(x . gate^T) * (x . up^T), as above.
EXPORT void Q(gate_up_int8)(float *out, int64_t ldo, const char *xq, const float *xs,
                            const int32_t *xz, int rows, int cols, const uint8_t *gate,
                            const float *gscales, const uint8_t *up, const float *uscales, int outs,
                            int r0, int r1, int p0, int p1) {
  float g[CHUNK * PANEL] __attribute__((aligned(64))), u[CHUNK * PANEL] __attribute__((aligned(64)));
  for (int p = p0; p < p1; p++) {
    int64_t at = p * padded(cols) * PANEL;
    for (int a = r0; a < r1; a += CHUNK) {
      int b = a + CHUNK < r1 ? a + CHUNK : r1;
      product(g, xq, xs, xz, rows, cols, gate + at, gscales + p * PANEL, a, b);
      product(u, xq, xs, xz, rows, cols, up + at, uscales + p * PANEL, a, b);
      for (int i = 0; i < (b - a) * PANEL; i += VL)
        vf_store(g + i, vf_silu(vf_load(g + i)) * vf_load(u + i));
      write_rows(out, ldo, g, outs, p, a, b);
    }
  }
}
