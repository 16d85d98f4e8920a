// Attention of a few queries over a run of tiles: keys stand in lanes and are read where they are,
// also as float16. The same chains and trees as for many queries, so the same bits.
#ifndef QUERN_ATTENTION_NARROW_H
#define QUERN_ATTENTION_NARROW_H
#include "attention_wide.h"
#include "kv.h"

// A tile is two halves of 16 tokens: a block of 16 holds one. RUN tiles are multiplied together.
enum { HALF = 16, RUN = 4, HALF_VECTORS = HALF / VL };

typedef struct Tokens Tokens;
struct Tokens {
  ptrdiff_t step, row;  // elements from one input of a key to the next; from one value to the next
  const char *keys[2 * RUN], *values[2 * RUN];
  const Tokens *next;  // the run after this one, fetched meanwhile; or null
};

// score[i][half][16] = q[i] . k for `halves` halves from `from` on.
INLINE void dots(const int mr, const int halves, const int type, float *score, const float *q,
                 int dim, const Tokens *t, int from) {
  vf acc[8][2 * RUN * HALF_VECTORS] = {};
  const char *k[2 * RUN];
#pragma GCC unroll 8
  for (int h = 0; h < halves; h++) k[h] = t->keys[from + h];
  const char *const *ahead = t->next ? t->next->keys : t->keys;
  const char *f[2 * RUN];
#pragma GCC unroll 8
  for (int h = 0; h < halves; h++) f[h] = ahead[from + h];
  for (int d = 0; d < dim; d++) {
    // Two inputs of a half of 16 float16 share a cache line: half of the halves at a time.
    const ptrdiff_t line = (halves > 1 ? d & ~1 : d) * t->step * (type == KV_F16 ? 2 : 4);
#pragma GCC unroll 4
    for (int h = 0; h < (halves + 1) / 2; h++)
      __builtin_prefetch(f[halves > 1 ? 2 * h + (d & 1) : h] + line, 0, 2);
#pragma GCC unroll 8
    for (int h = 0; h < halves; h++)
#pragma GCC unroll 4
      for (int j = 0; j < HALF_VECTORS; j++) {
        vf x = kv_load(type, k[h], d * t->step + j * VL);
#pragma GCC unroll 8
        for (int i = 0; i < mr; i++)
          acc[i][h * HALF_VECTORS + j] =
              VF_FMA(vf_set(q[i * dim + d]), x, acc[i][h * HALF_VECTORS + j]);
      }
  }
#pragma GCC unroll 8
  for (int i = 0; i < mr; i++)
#pragma GCC unroll 16
    for (int j = 0; j < halves * HALF_VECTORS; j++)
      vf_store(score + i * RUN * KEYS + from * HALF + j * VL, acc[i][j]);
}

// Scores of one query and tile to probabilities against the running maximum; returns the factor
// of what was summed before.
INLINE float soften_across(float *score, int visible, float *top, float *total) {
  enum { N = KEYS / VL };
  const vf none = vf_set(-INFINITY);
  vf s[N], best = none;
#pragma GCC unroll 8
  for (int j = 0; j < N; j++) s[j] = vf_load(score + j * VL);
  if (visible < KEYS) {
    vi lane = {EACH(LANE)};
#pragma GCC unroll 8
    for (int j = 0; j < N; j++) {
      vi seen = lane + vi_set(j * VL) < vi_set(visible);
      s[j] = (vf)(((vi)s[j] & seen) | ((vi)none & ~seen));
    }
  }
#pragma GCC unroll 8
  for (int j = 0; j < N; j++) best = VF_MAX(s[j], best);
  float higher = lane_top(best);
  higher = higher > *top ? higher : *top;
  float keep = vf_exp2(vf_set(*top - higher))[0];
#pragma GCC unroll 8
  for (int j = 0; j < N; j++) {
    s[j] = vf_exp2(s[j] - vf_set(higher));
    vf_store(score + j * VL, s[j]);
  }
#pragma GCC unroll 4
  for (int n = N / 2; n > 0; n /= 2)
#pragma GCC unroll 4
    for (int j = 0; j < n; j++) s[j] += s[j + n];
  float mass = lane_sum(s[0]);
  *total = __builtin_fmaf(*total, keep, mass);
  *top = higher;
  return keep;
}

// sum[i][d..] = sum[i][d..] * keep[i] + p[i] . values over `count` tokens of the tile from `half`.
INLINE void weigh(const int mr, const int nd, const int type, float *sum, ptrdiff_t lds,
                  const float *keep, const float *p, const Tokens *t, int half, int d, int count) {
  vf acc[8][8];
#pragma GCC unroll 8
  for (int i = 0; i < mr; i++)
#pragma GCC unroll 8
    for (int j = 0; j < nd; j++) acc[i][j] = vf_load(sum + i * lds + j * VL) * vf_set(keep[i]);
  for (int h = 0; h < 2; h++) {
    const char *v = t->values[half + h], *ahead = t->next ? t->next->values[half + h] : v;
    int n = count - h * HALF < HALF ? count - h * HALF : HALF;
    for (int k = 0; k < n; k++) {
      vf x[8];
#pragma GCC unroll 8
      for (int j = 0; j < nd; j++) {
        x[j] = kv_load(type, v, k * t->row + d + j * VL);
        if (j * VL * (type == KV_F16 ? 2 : 4) % 64 == 0)
          __builtin_prefetch(ahead + (k * t->row + d + j * VL) * (type == KV_F16 ? 2 : 4), 0, 2);
      }
#pragma GCC unroll 8
      for (int i = 0; i < mr; i++) {
        vf w = vf_set(p[i * RUN * KEYS + h * HALF + k]);
#pragma GCC unroll 8
        for (int j = 0; j < nd; j++) acc[i][j] = VF_FMA(w, x[j], acc[i][j]);
      }
    }
  }
#pragma GCC unroll 8
  for (int i = 0; i < mr; i++)
#pragma GCC unroll 8
    for (int j = 0; j < nd; j++) vf_store(sum + i * lds + j * VL, acc[i][j]);
}

// mr queries over `count` tokens from `start` on. q [mr][dim], sum [mr][width], of which `depth`
// numbers count.
INLINE void narrow_run(const int mr, const int type, const float *q, float *sum, float *top,
                       float *total, const int32_t *limit, int dim, int width, int depth,
                       const Tokens *t, int start, int count) {
#if defined(__AVX512F__)
  enum { ACCUMULATORS = 16 };
#else
  enum { ACCUMULATORS = 12 };
#endif
  const int most = ACCUMULATORS / (mr * HALF_VECTORS);
  const int halves = most >= 8 ? 8 : most >= 4 ? 4 : most >= 2 ? 2 : 1;
  const int vectors = ACCUMULATORS / mr >= 8 ? 8 : ACCUMULATORS / mr >= 4 ? 4 : 2;
  float score[8 * RUN * KEYS] __attribute__((aligned(64)));
  int h = 0, need = (count + HALF - 1) / HALF;
  for (; h + halves <= need; h += halves) dots(mr, halves, type, score, q, dim, t, h);
  for (; h < need; h++) dots(mr, 1, type, score, q, dim, t, h);
  for (int at = 0; at < count; at += KEYS) {
    float keep[8];
    int n = count - at < KEYS ? count - at : KEYS;
    for (int i = 0; i < mr; i++) {
      int visible = limit[i] - start - at + 1;
      keep[i] = soften_across(score + i * RUN * KEYS + at, visible < n ? visible : n, top + i, total + i);
    }
    int d = 0;
    for (; d + vectors * VL <= depth; d += vectors * VL)
      weigh(mr, vectors, type, sum + d, width, keep, score + at, t, at / HALF, d, n);
    for (; d < depth; d += VL)
      weigh(mr, 1, type, sum + d, width, keep, score + at, t, at / HALF, d, n);
  }
}
#endif
