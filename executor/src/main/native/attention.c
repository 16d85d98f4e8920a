// Causal grouped-query attention over paged blocks, reduced in tiles of 32 keys by absolute
// position that are merged in ascending order. A query's bits depend on its own keys only: every
// operation on it is a chain over inputs or a fixed tree over lanes.
#include <math.h>

#include "kv.h"

enum { KEYS = PANEL };

typedef struct {
  const char *cache;
  int type, layer, kv_heads, head, dim, block_size;
  int64_t block_bytes;
} Source;

// Working memory of a task; see attention_scratch.
typedef struct {
  float *packed, *sums, *top, *total, *keys, *values;
  int32_t *limit;  // last key each query may see
  int width;       // dim rounded up to panels
} Work;

INLINE float element(const char *p, int64_t i, int type, float scale) {
  if (type == KV_F32) return ((const float *)p)[i];
  if (type == KV_INT8) return (float)((const int8_t *)p)[i] * scale;
  uint32_t bits = (uint32_t)((const uint16_t *)p)[i] << 16;
  float f;
  memcpy(&f, &bits, 4);
  return f;
}

// n stored numbers, contiguous, as float32. int8: numbers share `scale`, or have one each.
static void widen(float *dst, const char *src, int64_t at, int n, int type, float scale,
                  const float *scales) {
  if (type == KV_F32) {
    memcpy(dst, src + 4 * at, (size_t)n * 4);
  } else if (type == KV_F16) {
    const uint16_t *h = (const uint16_t *)src + at;
    int i = 0;
    for (; i + VL <= n; i += VL) vf_store(dst + i, VF_HALF(h + i));
    if (i < n) {
      uint16_t rest[VL] = {0};
      float f[VL];
      memcpy(rest, h + i, (size_t)(n - i) * 2);
      vf_store(f, VF_HALF(rest));
      memcpy(dst + i, f, (size_t)(n - i) * 4);
    }
  } else if (scales) {
    for (int i = 0; i < n; i++) dst[i] = element(src, at + i, type, scales[i]);
  } else {
    for (int i = 0; i < n; i++) dst[i] = element(src, at + i, type, scale);
  }
}

// Gathers `count` tokens from position `start` on: keys [dim][KEYS], values [width/32][KEYS][32].
static void gather(const Source *s, const Work *w, const int32_t *table, int start, int count) {
  int64_t plane = plane_bytes(s->type, s->dim, s->block_size);
  int64_t scales = scale_offset(s->dim, s->block_size);
  for (int t = 0; t < count;) {
    int slot = (start + t) % s->block_size;
    int n = s->block_size - slot < count - t ? s->block_size - slot : count - t;
    const char *keys = s->cache + table[(start + t) / s->block_size] * s->block_bytes +
                       (2LL * s->layer * s->kv_heads + s->head) * plane;
    const char *values = keys + s->kv_heads * plane;
    const float *ks = (const float *)(keys + scales) + slot;
    const float *vs = (const float *)(values + scales) + slot;
    for (int d = 0; d < s->dim; d++)
      widen(w->keys + d * KEYS + t, keys, (int64_t)d * s->block_size + slot, n, s->type, 0, ks);
    for (int i = 0; i < n; i++)
      for (int d = 0; d < s->dim; d += PANEL)
        widen(w->values + (int64_t)d * KEYS + (t + i) * PANEL, values,
              (int64_t)(slot + i) * s->dim + d, s->dim - d < PANEL ? s->dim - d : PANEL, s->type,
              s->type == KV_INT8 ? vs[i] : 0, 0);
    t += n;
  }
}

// Scores of one query to probabilities against the running maximum; rescales what it has so far.
INLINE void soften(float *score, float *sum, float *top, float *total, int width, float scale,
                   int visible) {
  const vf none = vf_set(-INFINITY);
  vf s[KEYS / VL], best = none;
  vi lane;
  for (int i = 0; i < VL; i++) lane[i] = i;
  for (int j = 0; j < KEYS / VL; j++) {
    vi seen = (lane + vi_set(j * VL)) < vi_set(visible);
    s[j] = vf_load(score + j * VL) * vf_set(scale);
    s[j] = (vf)((((vi)s[j]) & seen) | (((vi)none) & ~seen));
    best = VF_MAX(s[j], best);
  }
  float higher = vf_top(best);
  higher = higher > *top ? higher : *top;
  float keep = vf_exp(vf_set(*top - higher))[0];
  vf mass = {};
  for (int j = 0; j < KEYS / VL; j++) {
    vf p = vf_exp(s[j] - vf_set(higher));
    vf_store(score + j * VL, p);
    mass += p;
  }
  *total = *total * keep + vf_sum(mass);
  *top = higher;
  if (keep != 1.f)
    for (int d = 0; d < width; d += VL) vf_store(sum + d, vf_load(sum + d) * vf_set(keep));
}

INLINE void tile_block(const int mr, const Source *s, const Work *w, int q, const float *x,
                       int start, int count, float scale) {
  float score[MAX_ROWS * KEYS] __attribute__((aligned(64)));
  memset(score, 0, (size_t)mr * KEYS * 4);
  micro(mr, score, KEYS, x, 1, mr, w->keys, s->dim);
  for (int i = 0; i < mr; i++)
    soften(score + i * KEYS, w->sums + (int64_t)(q + i) * w->width, w->top + q + i,
           w->total + q + i, w->width, scale, w->limit[q + i] - start + 1);
  for (int d = 0; d < w->width; d += PANEL)
    micro(mr, w->sums + (int64_t)q * w->width + d, w->width, score, KEYS, 1,
          w->values + (int64_t)d * KEYS, count);
}

// Tiles [from, to) tokens for queries q0..q1 of the task.
static void tiles(const Source *s, const Work *w, const float *q, int64_t ldq, int group, int q0,
                  int q1, const int32_t *table, int from, int to) {
  float scale = 1.f / sqrtf((float)s->dim);
  for (int i = q0; i < q1;) {
    int mr = block_rows(q1 - i);
    float *d = w->packed + (int64_t)i * s->dim;
    for (int r = 0; r < mr; r++) {
      const float *x = q + (i + r) / group * ldq + (int64_t)(s->head * group + (i + r) % group) * s->dim;
      for (int k = 0; k < s->dim; k++) d[(int64_t)k * mr + r] = x[k];
    }
    i += mr;
  }
  for (int start = from; start < to; start += KEYS) {
    int count = to - start < KEYS ? to - start : KEYS;
    gather(s, w, table, start, count);
    for (int i = q0; i < q1;) {
      int mr = block_rows(q1 - i);
      // Rows ascend: where the last query of a block sees nothing of this tile, none does.
      if (w->limit[i + mr - 1] >= start) {
        const float *x = w->packed + (int64_t)i * s->dim;
        WITH_ROWS(mr, tile_block(MR, s, w, i, x, start, count, scale))
      }
      i += mr;
    }
  }
}

// Floats of working memory for a task of `queries` queries.
EXPORT int64_t Q(attention_scratch)(int queries, int dim) {
  int64_t width = (dim + PANEL - 1) / PANEL * PANEL;
  return queries * (dim + width + 3LL) + dim * KEYS + width * KEYS + 64;
}

// One KV head for rows r0..r1, which belong to sequences row_seq[r0]..row_seq[r1 - 1]. Sequence s
// has its block table at tables + table_start[s] and its first shared[s] tokens in common with
// s - 1: full tiles that all sequences of the task share are gathered and multiplied once.
EXPORT void Q(attention)(float *out, const float *q, int64_t ldq, const char *cache, int type,
                         int layer, int kv_heads, int dim, int block_size, int64_t block_bytes,
                         int group, int head, const int32_t *row_seq, const int32_t *row_position,
                         const int32_t *tables, const int32_t *table_start, const int32_t *shared,
                         int r0, int r1, float *scratch) {
  Source s = {cache, type, layer, kv_heads, head, dim, block_size, block_bytes};
  int queries = (r1 - r0) * group, width = (dim + PANEL - 1) / PANEL * PANEL;
  Work w;
  w.width = width;
  w.keys = scratch;
  w.values = w.keys + dim * KEYS;
  w.sums = w.values + width * KEYS;
  w.packed = w.sums + (int64_t)queries * width;
  w.top = w.packed + (int64_t)queries * dim;
  w.total = w.top + queries;
  w.limit = (int32_t *)(w.total + queries);
  memset(w.values, 0, (size_t)width * KEYS * 4);
  memset(w.sums, 0, (size_t)queries * width * 4);
  for (int i = 0; i < queries; i++) {
    w.top[i] = -INFINITY;
    w.total[i] = 0;
    w.limit[i] = row_position[r0 + i / group];
  }
  int first = row_seq[r0], last = row_seq[r1 - 1], common = 0;
  const float *qr = q + r0 * ldq;
  if (first != last) {
    common = shared[first + 1];
    for (int i = first + 2; i <= last; i++) common = shared[i] < common ? shared[i] : common;
    // Only tiles that every row sees whole: limits do not ascend across sequences.
    for (int r = r0; r < r1; r++)
      common = row_position[r] + 1 < common ? row_position[r] + 1 : common;
    common = common / KEYS * KEYS;
    tiles(&s, &w, qr, ldq, group, 0, queries, tables + table_start[first], 0, common);
  }
  for (int a = r0; a < r1;) {
    int b = a + 1;
    while (b < r1 && row_seq[b] == row_seq[a]) b++;
    tiles(&s, &w, qr, ldq, group, (a - r0) * group, (b - r0) * group,
          tables + table_start[row_seq[a]], common, row_position[b - 1] + 1);
    a = b;
  }
  for (int i = 0; i < queries; i++) {
    float *o = out + (r0 + i / group) * ldq + (int64_t)(head * group + i % group) * dim;
    for (int d = 0; d < dim; d++) o[d] = w.sums[(int64_t)i * width + d] / w.total[i];
  }
}
