// Attention of many queries over one tile: queries stand in lanes, so that maximum, exponential
// and sum run down the lanes; keys and values are broadcast.
#ifndef QUERN_ATTENTION_WIDE_H
#define QUERN_ATTENTION_WIDE_H
#include <math.h>

#include "lanes.h"

enum { KEYS = PANEL, BANK = 3, WIDE = BANK * VL };
#if defined(__AVX2__) && !defined(__AVX512F__)
enum { STRIP = 4 };
#else
enum { STRIP = 8 };
#endif
// Rows of an outer product: STRIP * BANK accumulators fit in the registers, and fewer than 8 would
// wait for one another.
#define ROWS(n) ((n) == 1 ? 8 : STRIP)

// n * VL queries, n <= BANK, and what they have so far of this segment.
typedef struct {
  float *q;        // [dim][n * VL]
  float *sum;      // [dim rounded up to ROWS][n * VL]
  float *top;      // [n * VL]
  float *total;    // [n * VL]
  int32_t *limit;  // [n * VL]: last position each may see
  int n, lowest, highest;
} Queries;

// acc[r][v] += a[k][r] * b[k][v] over k ascending, one chain an accumulator. Fetches kc cache lines
// from `ahead` on: what the next loops read does not fit in the first-level cache beside this.
INLINE void outer(const int n, vf (*acc)[BANK], const float *a, ptrdiff_t lda, const float *b,
                  int kc, const float *ahead) {
  for (int k = 0; k < kc; k++, a += lda, b += n * VL) {
    vf y[BANK];
    __builtin_prefetch(ahead + 16 * k);
#pragma GCC unroll 3
    for (int v = 0; v < n; v++) y[v] = vf_load(b + v * VL);
#pragma GCC unroll 8
    for (int r = 0; r < ROWS(n); r++) {
      vf x = vf_set(a[r]);
#pragma GCC unroll 3
      for (int v = 0; v < n; v++) acc[r][v] = VF_FMA(x, y[v], acc[r][v]);
    }
  }
}

// Scores [KEYS][ld] of VL queries to probabilities against the running maximum. The sum over keys
// is the tree of lane_sum: keys j and j + 16 first, then 8, 4, 2, 1 apart.
INLINE vf soften_down(float *s, int ld, float *top, float *total) {
  vf old = vf_load(top), best = old;
  for (int j = 0; j < KEYS; j += 4)
    for (int i = 0; i < 4; i++) best = VF_MAX(vf_load(s + (j + i) * ld), best);
  vf keep = vf_exp2(old - best), t[8];
  for (int j = 0; j < 8; j++) {
    vf p[4];
#pragma GCC unroll 4
    for (int i = 0; i < 4; i++) {
      p[i] = vf_exp2(vf_load(s + (j + 8 * i) * ld) - best);
      vf_store(s + (j + 8 * i) * ld, p[i]);
    }
    t[j] = (p[0] + p[2]) + (p[1] + p[3]);
  }
  vf mass = ((t[0] + t[4]) + (t[2] + t[6])) + ((t[1] + t[5]) + (t[3] + t[7]));
  vf_store(top, best);
  vf_store(total, VF_FMA(vf_load(total), keep, mass));
  return keep;
}

// keys [dim][KEYS], values [count][width], token `start` first; `next`: queries that come after.
INLINE void wide_tile(const int n, const Queries *p, const Queries *next, const float *keys,
                      const float *values, int width, int dim, int start, int count) {
  const int ld = n * VL;
  float score[KEYS * WIDE] __attribute__((aligned(64)));
  int seen = p->highest - start + 1 < count ? p->highest - start + 1 : count;
  int rows = (seen + ROWS(n) - 1) / ROWS(n) * ROWS(n);
  for (int j = 0; j < rows; j += ROWS(n)) {
    vf acc[8][BANK] = {};
    outer(n, acc, keys + j, KEYS, p->q, dim, p->sum + j / ROWS(n) * dim * 16);
#pragma GCC unroll 8
    for (int r = 0; r < ROWS(n); r++)
#pragma GCC unroll 3
      for (int v = 0; v < n; v++) vf_store(score + (j + r) * ld + v * VL, acc[r][v]);
  }
  if (p->lowest < start + KEYS - 1 || seen < KEYS) {
    const vf none = vf_set(-INFINITY);
    for (int v = 0; v < n; v++) {
      vi limit;
      memcpy(&limit, p->limit + v * VL, sizeof limit);
      for (int j = 0; j < KEYS; j++) {
        float *s = score + j * ld + v * VL;
        vi visible = limit >= vi_set(j < seen ? start + j : INT32_MAX);
        vf x = j < rows ? vf_load(s) : none;
        vf_store(s, (vf)(((vi)x & visible) | ((vi)none & ~visible)));
      }
    }
  }
  vf keep[BANK];
#pragma GCC unroll 3
  for (int v = 0; v < n; v++)
    keep[v] = soften_down(score + v * VL, ld, p->top + v * VL, p->total + v * VL);
  for (int d = 0; d < dim; d += ROWS(n)) {
    // In registers over this loop, the factors would push operands of the inner one out to the stack.
    __asm__ volatile("" : "+m"(keep));
    vf acc[8][BANK];
    float *o = p->sum + (int64_t)d * ld;
#pragma GCC unroll 8
    for (int r = 0; r < ROWS(n); r++)
#pragma GCC unroll 3
      for (int v = 0; v < n; v++) acc[r][v] = vf_load(o + r * ld + v * VL) * keep[v];
    outer(n, acc, values + d, width, score, seen, next->q + d / ROWS(n) * seen * 16);
#pragma GCC unroll 8
    for (int r = 0; r < ROWS(n); r++)
#pragma GCC unroll 3
      for (int v = 0; v < n; v++) vf_store(o + r * ld + v * VL, acc[r][v]);
  }
}

// Columns `at`.. of dst [dim][ld] from `count` rows of src [count][lds]; other lanes become 0.
INLINE void to_lanes(float *dst, int ld, int at, const float *src, ptrdiff_t lds, int count,
                     int dim) {
  int d = 0;
  for (; d + VL <= dim; d += VL) {
    vf v[VL];
    for (int i = 0; i < VL; i++) v[i] = i < count ? vf_load(src + i * lds + d) : vf_set(0);
    transpose(v);
    for (int i = 0; i < VL; i++) vf_store(dst + (d + i) * ld + at, v[i]);
  }
  for (; d < dim; d++)
    for (int i = 0; i < VL; i++) dst[d * ld + at + i] = i < count ? src[i * lds + d] : 0;
}

// The way back.
INLINE void from_lanes(float *dst, ptrdiff_t ldd, int count, const float *src, int ld, int at,
                       int dim) {
  int d = 0;
  for (; d + VL <= dim; d += VL) {
    vf v[VL];
    for (int i = 0; i < VL; i++) v[i] = vf_load(src + (d + i) * ld + at);
    transpose(v);
    for (int i = 0; i < count && i < VL; i++) vf_store(dst + i * ldd + d, v[i]);
  }
  for (; d < dim; d++)
    for (int i = 0; i < count && i < VL; i++) dst[i * ldd + d] = src[d * ld + at + i];
}
#endif
