// Activations for integer weights: an optional RMS norm, then int8 with one scale for each 128
// inputs of a row, packed in blocks of rows.
#include <math.h>

#include "weight.h"

typedef int8_t vb __attribute__((vector_size(VL)));

INLINE vf vf_abs(vf v) { return (vf)((vi)v & 0x7fffffff); }

INLINE float most_of(vf v) {
#if defined(__AVX512F__)
  return _mm512_reduce_max_ps(v);
#elif defined(__AVX2__)
  __m128 h = _mm_max_ps(_mm256_castps256_ps128(v), _mm256_extractf128_ps(v, 1));
  h = _mm_max_ps(h, _mm_movehl_ps(h, h));
  return _mm_cvtss_f32(_mm_max_ss(h, _mm_movehdup_ps(h)));
#else
  return vmaxnmvq_f32(v);
#endif
}

typedef int32_t Four __attribute__((vector_size(16)));
#if defined(__clang__)
#define FOUR(a, b, i, j, k, l) __builtin_shufflevector(a, b, i, j, k, l)
#else
#define FOUR(a, b, i, j, k, l) __builtin_shuffle(a, b, (Four){i, j, k, l})
#endif

INLINE int32_t total(vi v) {
#if defined(__AVX512F__)
  return _mm512_reduce_add_epi32((__m512i)v);
#else
  int32_t sum = 0;
  for (int i = 0; i < VL; i++) sum += v[i];
  return sum;
#endif
}

// Sums of four consecutive bytes, VL of them.
INLINE vi quad_sums(const int8_t *q) {
#if defined(__AVX512F__)
  __m512i ones = _mm512_set1_epi8(1), v = _mm512_loadu_si512(q);
  return (vi)_mm512_madd_epi16(_mm512_maddubs_epi16(ones, v), _mm512_set1_epi16(1));
#elif defined(__AVX2__)
  __m256i ones = _mm256_set1_epi8(1), v = _mm256_loadu_si256((const __m256i *)q);
  return (vi)_mm256_madd_epi16(_mm256_maddubs_epi16(ones, v), _mm256_set1_epi16(1));
#else
  return vpaddlq_s16(vpaddlq_s8(vld1q_s8(q)));
#endif
}

// Integers of one group of at most 128 inputs into q, zeros behind them; returns the scale.
INLINE float quantize_group(int8_t *q, const float *s, int n) {
  float line[GROUP] __attribute__((aligned(64)));
  if (n < GROUP) {
    memset(line, 0, sizeof line);
    memcpy(line, s, (size_t)n * 4);
    s = line;
  }
  vf top[4] = {};
#pragma GCC unroll 4
  for (int k = 0; k < GROUP; k += 4 * VL)
#pragma GCC unroll 4
    for (int j = 0; j < 4; j++) top[j] = VF_MAX(top[j], vf_abs(vf_load(s + k + j * VL)));
  float most = most_of(VF_MAX(VF_MAX(top[0], top[1]), VF_MAX(top[2], top[3])));
  vf inverse = vf_set(most == 0 ? 0 : 127.f / most);
  for (int k = 0; k < GROUP; k += VL) {
    // Adding 1.5 * 2^23 rounds to the nearest integer, ties to even, and leaves it in the low bits.
    vf t = vf_load(s + k) * inverse + vf_set(12582912.f);
    vb b = __builtin_convertvector((vi)t - 0x4b400000, vb);
    memcpy(q + k, &b, sizeof b);
  }
  return most / 127.f;
}

// minus the sums of the group's integers by 16, 32, 64 and 128, at 0, 8, 12 and 14 of `sums`; only the
// last where that is all that `levels` asks for.
INLINE void sum_group(int32_t *sums, const int8_t *q, int levels) {
  vi all = {};
  int32_t quads[GROUP / 4];
  for (int k = 0; k < GROUP; k += VL * 4) {
    vi v = -quad_sums(q + k);
    memcpy(quads + k / 4, &v, sizeof v);
    all += v;
  }
  if (levels == 8) {
    sums[14] = total(all);
    return;
  }
  for (int k = 0; k < 8; k++)
    sums[k] = (quads[4 * k] + quads[4 * k + 1]) + (quads[4 * k + 2] + quads[4 * k + 3]);
  for (int k = 0; k < 7; k++) sums[8 + k] = sums[2 * k] + sums[2 * k + 1];
}

// One group of n <= 4 rows into their block: q [quad][mr][4] of `quads` quads. Four rows go together, 16
// bytes a quad.
INLINE void scatter(int8_t *to, int8_t q[][GROUP], int n, int quads, int mr) {
  int k = 0;
  for (; n == 4 && k + 4 <= quads; k += 4, to += mr * 16) {
    Four a, b, c, d;
    memcpy(&a, q[0] + k * 4, 16);
    memcpy(&b, q[1] + k * 4, 16);
    memcpy(&c, q[2] + k * 4, 16);
    memcpy(&d, q[3] + k * 4, 16);
    Four ab = FOUR(a, b, 0, 4, 1, 5), cd = FOUR(c, d, 0, 4, 1, 5);
    Four ef = FOUR(a, b, 2, 6, 3, 7), gh = FOUR(c, d, 2, 6, 3, 7);
    Four line[4] = {FOUR(ab, cd, 0, 1, 4, 5), FOUR(ab, cd, 2, 3, 6, 7), FOUR(ef, gh, 0, 1, 4, 5),
                    FOUR(ef, gh, 2, 3, 6, 7)};
#pragma GCC unroll 4
    for (int j = 0; j < 4; j++) memcpy(to + j * mr * 4, line + j, 16);
  }
  for (; k < quads; k++, to += mr * 4)
    for (int i = 0; i < n; i++) memcpy(to + i * 4, q[i] + k * 4, 4);
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

// Quantizes rows [r0, r1) of x (those that `index` names, or 0..rows); both are the first row of a block
// or a multiple of four rows behind it. With a gain each row is first normed as rms_norm does.
EXPORT void Q(quantize_rows)(const Rows *to, const float *x, int64_t ldx, const int32_t *index,
                             const float *gain, float eps, int r0, int r1) {
  int cols = to->cols;
  int64_t width = row_bytes(cols), groups = parts(cols, GROUP), base[4];
  for (int l = 0; l < 4; l++) base[l] = sums_at(to, l);
  float line[GROUP] __attribute__((aligned(64)));
  int8_t q[4][GROUP] __attribute__((aligned(64)));
  int32_t sums[16];
  for (int r = r0 / CHUNK * CHUNK, mr; r < r1; r += mr) {
    mr = rows_at(r, to->rows);
    for (int i0 = r0 > r ? r0 - r : 0; i0 < mr && r + i0 < r1; i0 += 4) {
      // A chunk on AMX is one block, and a call may end inside it.
      const int some = least(4, least(mr, r1 - r) - i0);
      const float *s[4];
      float scale[4];
      for (int i = 0; i < some; i++) {
        s[i] = x + (index ? index[r + i0 + i] : r + i0 + i) * ldx;
        scale[i] = gain ? row_scale(s[i], eps, cols) : 1;
      }
      for (int g = 0; g < groups; g++) {
        int n = least(GROUP, cols - g * GROUP);
        for (int i = 0; i < some; i++) {
          const float *from = s[i] + g * GROUP;
          if (gain) {
            for (int k = 0; k < n; k++) line[k] = from[k] * scale[i] * gain[g * GROUP + k];
            from = line;
          }
          to->scales[r * groups + g * mr + i0 + i] = quantize_group(q[i], from, n);
          sum_group(sums, q[i], to->levels);
          const int32_t *sum = sums;
          for (int l = 0, most = 8; l < 4; l++, sum += most, most /= 2) {
            if (!(to->levels >> l & 1)) continue;
            int size = 16 << l, count = (int)parts(n, size);
            int32_t *d = to->sums + base[l] + r * parts(cols, size) + (int64_t)g * most * mr + i0 + i;
            for (int k = 0; k < count; k++) d[k * mr] = sum[k];
          }
        }
        int8_t *block = (int8_t *)to->data + r * width + (int64_t)g * GROUP * mr;
        if (on_amx(r, to->rows)) memcpy(block + i0 * GROUP, q, (size_t)some * GROUP);
        else scatter(block + i0 * 4, q, some, (int)(padded(n) / 4), mr);
      }
    }
  }
}
