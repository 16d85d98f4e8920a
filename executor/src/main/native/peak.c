// The machine's limits, measured in the same run as the model: a register-only loop of the
// instruction set's exact int8 multiply-add, and a plain read of memory. quern bench prints its
// figures beside them.
#include "amx.h"
#include "simd.h"

// Runs `rounds` rounds and returns the multiply-adds made. The empty assembly makes an operand
// unknown to the compiler, so that no product is computed once for several places.
#if defined(__AMX_INT8__)
EXPORT int64_t Q(peak_int8)(int64_t rounds) {
  enum { CHAINS = 6 };  // registers 0 to 5: more than the latency of an instruction holds
  AmxConfig config = {.palette = 1};
  uint8_t operand[AMX_ROWS * AMX_BYTES];
  memset(operand, 3, sizeof operand);
  for (int t = 0; t < AMX_REGISTERS; t++) {
    config.rows[t] = AMX_ROWS;
    config.bytes[t] = AMX_BYTES;
  }
  AMX_CONFIGURE(&config);
  AMX_LOAD(6, operand, AMX_BYTES);
  AMX_LOAD(7, operand, AMX_BYTES);
  for (int64_t r = 0; r < rounds; r++) {
    AMX_DOT(0, 6, 7);
    AMX_DOT(1, 6, 7);
    AMX_DOT(2, 6, 7);
    AMX_DOT(3, 6, 7);
    AMX_DOT(4, 6, 7);
    AMX_DOT(5, 6, 7);
  }
  AMX_RELEASE();
  return rounds * CHAINS * AMX_ROWS * AMX_BYTES * (AMX_BYTES / 4);
}
#elif defined(__AVX512VNNI__)
EXPORT int64_t Q(peak_int8)(int64_t rounds) {
  enum { CHAINS = 16 };
  __m512i x = _mm512_set1_epi8(3), y = _mm512_set1_epi8(5), c[CHAINS];
#pragma GCC unroll 16
  for (int i = 0; i < CHAINS; i++) c[i] = _mm512_set1_epi32(i);
  for (int64_t r = 0; r < rounds; r++) {
#pragma GCC unroll 16
    for (int i = 0; i < CHAINS; i++) {
      c[i] = _mm512_dpbusd_epi32(c[i], x, y);
      __asm__ volatile("" : "+v"(c[i]));
    }
  }
  return rounds * CHAINS * 64;
}
#elif defined(__AVX512F__)
EXPORT int64_t Q(peak_int8)(int64_t rounds) {
  enum { CHAINS = 8 };
  __m512i x = _mm512_set1_epi8(3), y = _mm512_set1_epi8(5), one = _mm512_set1_epi16(1), c[CHAINS];
#pragma GCC unroll 8
  for (int i = 0; i < CHAINS; i++) c[i] = _mm512_set1_epi32(i);
  for (int64_t r = 0; r < rounds; r++) {
#pragma GCC unroll 8
    for (int i = 0; i < CHAINS; i++) {
      __asm__ volatile("" : "+v"(x));
      c[i] = _mm512_add_epi32(c[i], _mm512_madd_epi16(_mm512_maddubs_epi16(x, y), one));
      __asm__ volatile("" : "+v"(c[i]));
    }
  }
  return rounds * CHAINS * 64;
}
#elif defined(__AVXVNNI__)
EXPORT int64_t Q(peak_int8)(int64_t rounds) {
  enum { CHAINS = 12 };
  __m256i x = _mm256_set1_epi8(3), y = _mm256_set1_epi8(5), c[CHAINS];
#pragma GCC unroll 12
  for (int i = 0; i < CHAINS; i++) c[i] = _mm256_set1_epi32(i);
  for (int64_t r = 0; r < rounds; r++) {
#pragma GCC unroll 12
    for (int i = 0; i < CHAINS; i++) {
      c[i] = _mm256_dpbusd_avx_epi32(c[i], x, y);
      __asm__ volatile("" : "+x"(c[i]));
    }
  }
  return rounds * CHAINS * 32;
}
#elif defined(__AVX2__)
EXPORT int64_t Q(peak_int8)(int64_t rounds) {
  enum { CHAINS = 8 };
  __m256i x = _mm256_set1_epi8(3), y = _mm256_set1_epi8(5), one = _mm256_set1_epi16(1), c[CHAINS];
#pragma GCC unroll 8
  for (int i = 0; i < CHAINS; i++) c[i] = _mm256_set1_epi32(i);
  for (int64_t r = 0; r < rounds; r++) {
#pragma GCC unroll 8
    for (int i = 0; i < CHAINS; i++) {
      __asm__ volatile("" : "+x"(x));
      c[i] = _mm256_add_epi32(c[i], _mm256_madd_epi16(_mm256_maddubs_epi16(x, y), one));
      __asm__ volatile("" : "+x"(c[i]));
    }
  }
  return rounds * CHAINS * 32;
}
#elif defined(__ARM_FEATURE_MATMUL_INT8)
EXPORT int64_t Q(peak_int8)(int64_t rounds) {
  enum { CHAINS = 16 };
  int8x16_t x = vdupq_n_s8(3), y = vdupq_n_s8(5);
  int32x4_t c[CHAINS];
#pragma GCC unroll 16
  for (int i = 0; i < CHAINS; i++) c[i] = vdupq_n_s32(i);
  for (int64_t r = 0; r < rounds; r++) {
#pragma GCC unroll 16
    for (int i = 0; i < CHAINS; i++) {
      c[i] = vmmlaq_s32(c[i], x, y);
      __asm__ volatile("" : "+w"(c[i]));
    }
  }
  return rounds * CHAINS * 32;
}
#elif defined(__ARM_FEATURE_DOTPROD)
EXPORT int64_t Q(peak_int8)(int64_t rounds) {
  enum { CHAINS = 16 };
  int8x16_t x = vdupq_n_s8(3), y = vdupq_n_s8(5);
  int32x4_t c[CHAINS];
#pragma GCC unroll 16
  for (int i = 0; i < CHAINS; i++) c[i] = vdupq_n_s32(i);
  for (int64_t r = 0; r < rounds; r++) {
#pragma GCC unroll 16
    for (int i = 0; i < CHAINS; i++) {
      c[i] = vdotq_s32(c[i], x, y);
      __asm__ volatile("" : "+w"(c[i]));
    }
  }
  return rounds * CHAINS * 16;
}
#else
// Widening products in 16 bits, added in pairs to 32.
EXPORT int64_t Q(peak_int8)(int64_t rounds) {
  enum { CHAINS = 16 };
  int8x8_t x = vdup_n_s8(3), y = vdup_n_s8(5);
  int32x4_t c[CHAINS];
#pragma GCC unroll 16
  for (int i = 0; i < CHAINS; i++) c[i] = vdupq_n_s32(i);
  for (int64_t r = 0; r < rounds; r++) {
#pragma GCC unroll 16
    for (int i = 0; i < CHAINS; i++) {
      __asm__ volatile("" : "+w"(x));
      c[i] = vpadalq_s16(c[i], vmull_s8(x, y));
      __asm__ volatile("" : "+w"(c[i]));
    }
  }
  return rounds * CHAINS * 8;
}
#endif

enum { LINE = 64 };

// Adds up `bytes` bytes as `streams` streams side by side, each `ahead` bytes of prefetch ahead of
// its reads (0: none). bytes is a multiple of streams x 4 x 64.
INLINE int64_t read_streams(const char *p, int64_t bytes, const int streams, const int ahead) {
  int64_t part = bytes / streams;
  vi sum[8] = {{0}};
  for (int64_t at = 0; at < part; at += 2 * LINE) {
#pragma GCC unroll 8
    for (int s = 0; s < streams; s++) {
      const char *q = p + s * part + at;
      if (ahead) {
        __builtin_prefetch(q + ahead);
        __builtin_prefetch(q + ahead + LINE);
      }
#pragma GCC unroll 8
      for (int i = 0; i < 2 * LINE; i += (int)sizeof(vi)) {
        vi v;
        memcpy(&v, q + i, sizeof v);
        sum[(s * 2 + i / (int)sizeof(vi)) % 8] += v;
      }
    }
  }
  vi all = sum[0];
  for (int i = 1; i < 8; i++) all += sum[i];
  int64_t total = 0;
  for (int i = 0; i < VL; i++) total += all[i];
  return total;
}

// Ways of reading, 0 to READ_WAYS - 1; which is fastest depends on the machine's prefetchers.
EXPORT int64_t Q(peak_read)(const void *p, int64_t bytes, int way) {
  switch (way) {
    case 0: return read_streams(p, bytes, 1, 0);
    case 1: return read_streams(p, bytes, 1, 2048);
    case 2: return read_streams(p, bytes, 2, 0);
    case 3: return read_streams(p, bytes, 4, 0);
    case 4: return read_streams(p, bytes, 4, 1024);
    default: return read_streams(p, bytes, 8, 0);
  }
}
