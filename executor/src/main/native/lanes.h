// Operations over the lanes of a vector that attention needs: exp2, sums and maxima over a tile's
// keys, transposition.
#ifndef QUERN_LANES_H
#define QUERN_LANES_H
#include "simd.h"

#if defined(__AVX512F__)
#define VF_STORE_HALF(p, v) \
  _mm256_storeu_si256((__m256i *)(p), _mm512_cvtps_ph(v, _MM_FROUND_TO_NEAREST_INT))
#elif defined(__AVX2__)
#define VF_STORE_HALF(p, v) \
  _mm_storeu_si128((__m128i *)(p), _mm256_cvtps_ph(v, _MM_FROUND_TO_NEAREST_INT))
#elif defined(__ARM_NEON)
#define VF_STORE_HALF(p, v) vst1_f16((__fp16 *)(p), vcvt_f16_f32(v))
#endif

// 2^x for x <= 126: minimax polynomial of degree 5 on [-1/2, 1/2] (Remez), 1 at 0, relative error
// under 2e-7. From -127 on down, and for NaN, exactly 0: there the exponent bits come out as 0.
INLINE vf vf_exp2(vf x) {
  const vf shift = vf_set(12582912.f);  // 1.5 * 2^23: adding it rounds to an integer
  x = VF_MAX(x, vf_set(-127.f));
  vf t = x + shift;
  vf r = x - (t - shift);
  vf p = vf_set(0.0013276472454890609f);
  p = VF_FMA(p, r, vf_set(0.009675540961325169f));
  p = VF_FMA(p, r, vf_set(0.05550713092088699f));
  p = VF_FMA(p, r, vf_set(0.24022120237350464f));
  p = VF_FMA(p, r, vf_set(0.6931469440460205f));
  p = VF_FMA(p, r, vf_set(1.f));
  return (vf)((vi)p + ((vi)t << 23));
}

#if defined(__AVX512F__)
#define VF_LANES 16
#define EACH(f)                                                                           \
  f(0), f(1), f(2), f(3), f(4), f(5), f(6), f(7), f(8), f(9), f(10), f(11), f(12), f(13), \
      f(14), f(15)
#elif defined(__AVX2__)
#define VF_LANES 8
#define EACH(f) f(0), f(1), f(2), f(3), f(4), f(5), f(6), f(7)
#else
#define VF_LANES 4
#define EACH(f) f(0), f(1), f(2), f(3)
#endif
#define LANE(i) (i)
// Lane i of the result is lane f(i) of a, or lane f(i) - VL of b.
#if defined(__clang__)
#define SHUFFLE(a, b, f) __builtin_shufflevector(a, b, EACH(f))
#else
#define SHUFFLE(a, b, f) __builtin_shuffle(a, b, (vi){EACH(f)})
#endif

#define EVEN(i) (2 * (i))
#define ODD(i) (2 * (i) + 1)
#define ZIP_LOW(i) ((i) / 2 + (i) % 2 * VL)
#define ZIP_HIGH(i) ((i) / 2 + VL / 2 + (i) % 2 * VL)
#define HALF_8(i) (((i) + 8) % VL)
#define HALF_4(i) (((i) + 4) % VL)
#define HALF_2(i) (((i) + 2) % VL)
#define HALF_1(i) (((i) + 1) % VL)

// The sum over lanes as a tree that adds lanes i and i + VL / 2 first.
INLINE float lane_sum(vf v) {
#if VF_LANES == 16
  v += SHUFFLE(v, v, HALF_8);
#endif
#if VF_LANES >= 8
  v += SHUFFLE(v, v, HALF_4);
#endif
  v += SHUFFLE(v, v, HALF_2);
  v += SHUFFLE(v, v, HALF_1);
  return v[0];
}

INLINE float lane_top(vf v) {
#if VF_LANES == 16
  v = VF_MAX(v, SHUFFLE(v, v, HALF_8));
#endif
#if VF_LANES >= 8
  v = VF_MAX(v, SHUFFLE(v, v, HALF_4));
#endif
  v = VF_MAX(v, SHUFFLE(v, v, HALF_2));
  v = VF_MAX(v, SHUFFLE(v, v, HALF_1));
  return v[0];
}

// Transposes VL x VL numbers in registers, one bit of the index at a time.
INLINE void transpose(vf *v) {
#define LOW_1(i) ((i) & 1 ? (i) - 1 + VL : (i))
#define HIGH_1(i) ((i) & 1 ? (i) + VL : (i) + 1)
#define LOW_2(i) ((i) & 2 ? (i) - 2 + VL : (i))
#define HIGH_2(i) ((i) & 2 ? (i) + VL : (i) + 2)
#define LOW_4(i) ((i) & 4 ? (i) - 4 + VL : (i))
#define HIGH_4(i) ((i) & 4 ? (i) + VL : (i) + 4)
#define LOW_8(i) ((i) & 8 ? (i) - 8 + VL : (i))
#define HIGH_8(i) ((i) & 8 ? (i) + VL : (i) + 8)
#define TRANSPOSE_BIT(s)                                              \
  _Pragma("GCC unroll 16") for (int i = 0; i < VL; i++) if (!(i & s)) { \
    vf a = v[i], b = v[i + s];                                        \
    v[i] = SHUFFLE(a, b, LOW_##s);                   \
    v[i + s] = SHUFFLE(a, b, HIGH_##s);              \
  }
  TRANSPOSE_BIT(1)
  TRANSPOSE_BIT(2)
#if VF_LANES >= 8
  TRANSPOSE_BIT(4)
#endif
#if VF_LANES == 16
  TRANSPOSE_BIT(8)
#endif
}
#endif
