// Vectors of this translation unit's instruction set, and the micro-kernel that every float32
// product is made of. Compiled with -ffp-contract=off: a fused multiply-add stands where VF_FMA is
// written and nowhere else, so that all block sizes round alike.
#ifndef QUERN_SIMD_H
#define QUERN_SIMD_H
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#define Q_CAT2(a, b) a##_##b
#define Q_CAT(a, b) Q_CAT2(a, b)
#define Q(name) Q_CAT(quern_##name, QUERN_ISA)
#define EXPORT __attribute__((visibility("default")))
#define INLINE static inline __attribute__((always_inline))

// VF_MAX(a, b) is b where a is NaN.
#if defined(__AVX512F__)
#include <immintrin.h>
enum { VL = 16, MAX_ROWS = 12 };
typedef __m512 vf;
#define VF_FMA(a, b, c) _mm512_fmadd_ps(a, b, c)
#define VF_MAX(a, b) _mm512_max_ps(a, b)
#define VF_HALF(p) _mm512_cvtph_ps(_mm256_loadu_si256((const __m256i *)(p)))
#elif defined(__AVX2__)
#include <immintrin.h>
enum { VL = 8, MAX_ROWS = 6 };
typedef __m256 vf;
#define VF_FMA(a, b, c) _mm256_fmadd_ps(a, b, c)
#define VF_MAX(a, b) _mm256_max_ps(a, b)
#define VF_HALF(p) _mm256_cvtph_ps(_mm_loadu_si128((const __m128i *)(p)))
#elif defined(__ARM_NEON)
#include <arm_neon.h>
enum { VL = 4, MAX_ROWS = 8 };
typedef float32x4_t vf;
#define VF_FMA(a, b, c) vfmaq_f32(c, a, b)
#define VF_MAX(a, b) vmaxnmq_f32(a, b)
#define VF_HALF(p) vcvt_f32_f16(vld1_f16((const __fp16 *)(p)))
#else
#error "no instruction set: see build.sh"
#endif

typedef int32_t vi __attribute__((vector_size(VL * 4)));
typedef uint32_t vu __attribute__((vector_size(VL * 4)));
typedef uint16_t vh __attribute__((vector_size(VL * 2)));
typedef int8_t vb __attribute__((vector_size(VL)));

// Outputs of a weight panel; also keys of an attention tile.
enum { PANEL = 32, SLAB = 2 * VL };
// Inputs that share an activation scale.
enum { GROUP = 128 };

INLINE vf vf_load(const float *p) {
  vf v;
  memcpy(&v, p, sizeof v);
  return v;
}
INLINE void vf_store(float *p, vf v) { memcpy(p, &v, sizeof v); }
INLINE vf vf_set(float x) { return x - (vf){}; }
INLINE vi vi_set(int32_t x) { return x - (vi){}; }

// exp(x) for x <= 88, relative error about 1e-7; 0 below -87.
INLINE vf vf_exp(vf x) {
  const vf shift = vf_set(12582912.f);  // 1.5 * 2^23: adding it rounds to an integer
  vi alive = x > vf_set(-87.f);
  x = VF_MAX(x, vf_set(-87.f));
  vf t = VF_FMA(x, vf_set(1.44269504f), shift);
  vf n = t - shift;
  vf r = VF_FMA(n, vf_set(-0.693359375f), x);
  r = VF_FMA(n, vf_set(2.12194440e-4f), r);
  vf p = vf_set(1.f / 5040);
  p = VF_FMA(p, r, vf_set(1.f / 720));
  p = VF_FMA(p, r, vf_set(1.f / 120));
  p = VF_FMA(p, r, vf_set(1.f / 24));
  p = VF_FMA(p, r, vf_set(1.f / 6));
  p = VF_FMA(p, r, vf_set(0.5f));
  p = VF_FMA(p, r, vf_set(1.f));
  p = VF_FMA(p, r, vf_set(1.f));
  return (vf)((((vi)p) + (((vi)t) << 23)) & alive);
}

// x / (1 + exp(-x)); the clamp keeps exp finite, where the quotient is 0 in float32 anyway.
INLINE vf vf_silu(vf x) { return x / (vf_set(1.f) + vf_exp(-VF_MAX(x, vf_set(-88.f)))); }

// Sums and maxima over lanes in a fixed tree.
INLINE float vf_sum(vf v) {
  float a[VL];
  vf_store(a, v);
  for (int s = VL / 2; s > 0; s /= 2)
    for (int i = 0; i < s; i++) a[i] += a[i + s];
  return a[0];
}
INLINE float vf_top(vf v) {
  float a[VL];
  vf_store(a, v);
  for (int s = VL / 2; s > 0; s /= 2)
    for (int i = 0; i < s; i++) a[i] = a[i] > a[i + s] ? a[i] : a[i + s];
  return a[0];
}

// Rows of the next block when n rows are left: activations are packed in these blocks.
INLINE int block_rows(int n) {
  if (n >= MAX_ROWS) return MAX_ROWS;
  return n >= 8 ? 8 : n >= 4 ? 4 : n >= 2 ? 2 : 1;
}

// c[mr][PANEL] += x . w over kc inputs, one fused multiply-add per output and input, inputs in
// ascending order. Element (i, k) of x is x[i * xr + k * xk]; row k of w is w[k * PANEL]. Memory from
// `ahead` on comes up meanwhile, `pace` bytes an input.
INLINE void micro(const int mr, float *c, ptrdiff_t ldc, const float *x, ptrdiff_t xr,
                  ptrdiff_t xk, const float *w, int kc, const uint8_t *ahead, ptrdiff_t pace) {
  for (int s = 0; s < PANEL; s += SLAB) {
    vf a[MAX_ROWS], b[MAX_ROWS];
#pragma GCC unroll 12
    for (int i = 0; i < mr; i++) {
      a[i] = vf_load(c + i * ldc + s);
      b[i] = vf_load(c + i * ldc + s + VL);
    }
    const float *xp = x, *wp = w + s;
    for (int k = 0; k < kc; k++, xp += xk, wp += PANEL) {
      vf w0 = vf_load(wp), w1 = vf_load(wp + VL);
      __builtin_prefetch(ahead);
      ahead += pace;
#pragma GCC unroll 12
      for (int i = 0; i < mr; i++) {
        vf v = vf_set(xp[i * xr]);
        a[i] = VF_FMA(v, w0, a[i]);
        b[i] = VF_FMA(v, w1, b[i]);
      }
    }
#pragma GCC unroll 12
    for (int i = 0; i < mr; i++) {
      vf_store(c + i * ldc + s, a[i]);
      vf_store(c + i * ldc + s + VL, b[i]);
    }
  }
}

// Runs `call` with MR a constant: the number of rows of this block.
#if defined(__AVX512F__)
#define MICRO_TOP(call) case 12: { enum { MR = 12 }; call; break; } case 8: { enum { MR = 8 }; call; break; }
#elif defined(__AVX2__)
#define MICRO_TOP(call) case 6: { enum { MR = 6 }; call; break; }
#else
#define MICRO_TOP(call) case 8: { enum { MR = 8 }; call; break; }
#endif
#define WITH_ROWS(mr, call)                          \
  switch (mr) {                                      \
    MICRO_TOP(call)                                  \
    case 4: { enum { MR = 4 }; call; break; }        \
    case 2: { enum { MR = 2 }; call; break; }        \
    default: { enum { MR = 1 }; call; break; }       \
  }
#endif
