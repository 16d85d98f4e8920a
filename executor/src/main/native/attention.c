// Causal grouped-query attention over paged blocks. Keys are reduced in tiles of 32 by absolute
// position, one after another inside a segment of 512; segments start afresh and are merged in
// ascending order, so that they can be computed apart. A query's bits depend on its own keys only:
// every operation on it is a chain over inputs or a fixed tree over keys, whoever stands beside it.
#include "attention_narrow.h"

enum { SEGMENT = 512 };
// From this many queries on, queries stand in lanes.
#if defined(__AVX512F__)
enum { MANY = 9 };
#else
enum { MANY = 7 };
#endif

// A task: one KV head and the queries of some rows. See attention_scratch for the sizes.
typedef struct {
  const Cache *cache;
  const Step *step;
  int layer, head, group, r0;
  int dim, width;             // width: dim rounded up to panels
  int window_from, window_to;  // tokens that this task looks at, whole segments
  float *keys, *values;
  float *q;                   // [queries][dim], times log2(e) / sqrt(dim)
  float *sum, *top, *total;   // this segment so far; sum [queries][width]
  float *before;              // [queries][width + 2]: sum, top, total of the segments before
  int32_t *limit, *merged;    // last position each query may see; whether `before` holds something
  float *lanes;               // queries in lanes, see Queries
} Task;

INLINE int64_t padded(int64_t n) { return (n + PANEL - 1) / PANEL * PANEL; }

// Floats of one group of queries in lanes.
INLINE int64_t group_floats(int dim) { return WIDE * (2LL * padded(dim) + 3); }

// Floats of working memory for a task of `queries` queries.
EXPORT int64_t Q(attention_scratch)(int queries, int dim) {
  int64_t width = padded(dim), n = padded(queries);
  return 2 * KEYS * width + n * (padded(dim) + 2 * width + 6) + (n / WIDE + 1) * group_floats(dim) + 64;
}

// Addresses of a tile's halves in the cache; a half without tokens repeats the one before.
INLINE void point(const Task *w, Tokens *t, const int32_t *table, int start, int count) {
  const Cache *c = w->cache;
  const int type = (int)c->type, block_size = (int)c->block_size;
  const int64_t e = element_bytes(type), values = c->kv_heads * plane_bytes(type, w->dim, block_size);
  for (int h = 0; h < 2 * RUN; h++) {
    int token = start + (h * HALF < count ? h * HALF : count - 1) / HALF * HALF;
    int slot = token % block_size;
    const char *keys = kv_plane(c, w->layer, w->head, table[token / block_size]);
    t->keys[h] = keys + slot * e;
    t->values[h] = keys + values + (int64_t)slot * w->dim * e;
  }
}

// x / 127, correctly rounded: a quotient and one correction (Markstein) instead of a division.
INLINE vf over_127(vf x) {
  vf y = x * vf_set(1.f / 127);
  return VF_FMA(VF_FMA(vf_set(-127.f), y, x), vf_set(1.f / 127), y);
}

// n tokens' keys and values as float32, under static scales of the channels.
static void gather_channels(const Task *w, const char *keys, const char *values, int slot, int t,
                            int n) {
  const Cache *c = w->cache;
  const int dim = w->dim;
  const int64_t channel = (w->layer * c->kv_heads + w->head) * dim;
  for (int d = 0; d < dim; d++) {
    const int64_t from = d * c->block_size + slot;
    const float scale = c->key_scales[channel + d];
    float *to = w->keys + d * KEYS + t;
    int i = 0;
    for (; i + VL <= n; i += VL)
      vf_store(to + i, over_127(kv_load(KV_INT8, keys, from + i) * vf_set(scale)));
    for (; i < n; i++) to[i] = kv_element(KV_INT8, keys, from + i) * scale / 127.f;
  }
  for (int i = 0; i < n; i++) {
    const float *scale = c->value_scales + channel;
    const int64_t from = (int64_t)(slot + i) * dim;
    float *to = w->values + (t + i) * w->width;
    int d = 0;
    for (; d + VL <= dim; d += VL)
      vf_store(to + d, over_127(kv_load(KV_INT8, values, from + d) * vf_load(scale + d)));
    for (; d < dim; d++) to[d] = kv_element(KV_INT8, values, from + d) * scale[d] / 127.f;
  }
}

// n tokens' keys and values as float32.
INLINE void gather_part(const int type, const Task *w, const char *keys, const char *values,
                        int slot, int t, int n) {
  const int dim = w->dim, block_size = (int)w->cache->block_size;
  const int64_t scales = scale_offset(dim, block_size);
  const float *ks = (const float *)(keys + scales) + slot;
  const float *vs = (const float *)(values + scales) + slot;
  for (int d = 0; d < dim; d++) {
    float *to = w->keys + d * KEYS + t;
    int64_t from = (int64_t)d * block_size + slot;
    int i = 0;
    if (n == HALF) {  // a block of 16: no loop over its tokens
#pragma GCC unroll 4
      for (; i < HALF; i += VL) {
        vf x = kv_load(type, keys, from + i);
        if (type == KV_INT8) x *= vf_load(ks + i);
        vf_store(to + i, x);
      }
      continue;
    }
    for (; i + VL <= n; i += VL) {
      vf x = kv_load(type, keys, from + i);
      if (type == KV_INT8) x *= vf_load(ks + i);
      vf_store(to + i, x);
    }
    for (; i < n; i++) {
      float x = kv_element(type, keys, from + i);
      to[i] = type == KV_INT8 ? x * ks[i] : x;
    }
  }
  for (int i = 0; i < n; i++) {
    float *to = w->values + (t + i) * w->width;
    int64_t from = (int64_t)(slot + i) * dim;
    int d = 0;
    for (; d + VL <= dim; d += VL) {
      vf x = kv_load(type, values, from + d);
      if (type == KV_INT8) x *= vf_set(vs[i]);
      vf_store(to + d, x);
    }
    for (; d < dim; d++) {
      float x = kv_element(type, values, from + d);
      to[d] = type == KV_INT8 ? x * vs[i] : x;
    }
  }
}

// Gathers a tile of `count` tokens from position `start` on: keys [dim][KEYS], values
// [count][width].
static void gather(const Task *w, const int32_t *table, int start, int count) {
  const Cache *c = w->cache;
  const int type = (int)c->type, block_size = (int)c->block_size;
  for (int t = 0; t < count;) {
    int slot = (start + t) % block_size;
    int n = block_size - slot < count - t ? block_size - slot : count - t;
    const char *keys = kv_plane(c, w->layer, w->head, table[(start + t) / block_size]);
    const char *values = keys + c->kv_heads * plane_bytes(type, w->dim, block_size);
    switch (type) {
      case KV_F32: gather_part(KV_F32, w, keys, values, slot, t, n); break;
      case KV_F16: gather_part(KV_F16, w, keys, values, slot, t, n); break;
      case KV_BF16: gather_part(KV_BF16, w, keys, values, slot, t, n); break;
      default:
        if (c->key_scales) gather_channels(w, keys, values, slot, t, n);
        else gather_part(KV_INT8, w, keys, values, slot, t, n);
    }
    t += n;
  }
}

// Queries q0..q1 in lanes over tokens [from, to) of one segment.
static void wide(const Task *w, int q0, int q1, const int32_t *table, int from, int to) {
  Queries group[(q1 - q0 + WIDE - 1) / WIDE];
  const int dim = w->dim;
  int groups = 0;
  for (int q = q0; q < q1; q += WIDE, groups++) {
    Queries *p = group + groups;
    int count = q1 - q < WIDE ? q1 - q : WIDE;
    p->n = (count + VL - 1) / VL;
    int ld = p->n * VL;
    p->q = w->lanes + groups * group_floats(dim);
    p->sum = p->q + (int64_t)dim * ld;
    p->top = p->sum + padded(dim) * ld;
    p->total = p->top + ld;
    p->limit = (int32_t *)(p->total + ld);
    p->lowest = p->highest = w->limit[q];
    for (int i = 0; i < ld; i++) {
      int at = q + (i < count ? i : 0);  // a lane without a query repeats the first
      p->top[i] = w->top[at];
      p->total[i] = w->total[at];
      p->limit[i] = w->limit[at];
      p->lowest = p->limit[i] < p->lowest ? p->limit[i] : p->lowest;
      p->highest = p->limit[i] > p->highest ? p->limit[i] : p->highest;
    }
    for (int at = 0; at < ld; at += VL)
      to_lanes(p->q, ld, at, w->q + (int64_t)(q + at) * dim, dim, count - at, dim);
    memset(p->sum, 0, (size_t)padded(dim) * ld * 4);
    if (from % SEGMENT == 0) continue;  // nothing summed yet
    for (int at = 0; at < ld; at += VL)
      to_lanes(p->sum, ld, at, w->sum + (int64_t)(q + at) * w->width, w->width, count - at, dim);
  }
  for (int start = from; start < to; start += KEYS) {
    int count = to - start < KEYS ? to - start : KEYS;
    gather(w, table, start, count);
    for (int g = 0; g < groups; g++) {
      if (group[g].highest < start) continue;
      switch (group[g].n) {
        case 3: wide_tile(3, group + g, w->keys, w->values, w->width, dim, start, count); break;
        case 2: wide_tile(2, group + g, w->keys, w->values, w->width, dim, start, count); break;
        default: wide_tile(1, group + g, w->keys, w->values, w->width, dim, start, count);
      }
    }
  }
  for (int g = 0; g < groups; g++) {
    const Queries *p = group + g;
    int q = q0 + g * WIDE, ld = p->n * VL, count = q1 - q < WIDE ? q1 - q : WIDE;
    for (int at = 0; at < ld; at += VL)
      from_lanes(w->sum + (int64_t)(q + at) * w->width, w->width, count - at, p->sum, ld, at, dim);
    memcpy(w->top + q, p->top, (size_t)count * 4);
    memcpy(w->total + q, p->total, (size_t)count * 4);
  }
}

#define NARROW(mr, type)                                                                       \
  narrow_run(mr, type, w->q + (int64_t)i * w->dim, w->sum + (int64_t)i * w->width,      \
             w->top + i, w->total + i, w->limit + i, w->dim, w->width, depth, t, start, \
             count)
#define NARROW_ROWS(type)                               \
  for (int i = q0; i < q1;) {                           \
    int n = q1 - i;                                     \
    if (n >= 8 && VL == 16) { NARROW(8, type); i += 8; } \
    else if (n >= 4) { NARROW(4, type); i += 4; }       \
    else if (n == 3) { NARROW(3, type); i += 3; }       \
    else if (n == 2) { NARROW(2, type); i += 2; }       \
    else { NARROW(1, type); i += 1; }                   \
  }

static void narrow_half(const Task *w, int q0, int q1, int depth, const Tokens *t, int start, int count) {
  NARROW_ROWS(KV_F16)
}
static void narrow_float(const Task *w, int q0, int q1, int depth, const Tokens *t, int start, int count) {
  NARROW_ROWS(KV_F32)
}

// Queries q0..q1, keys in lanes, over tokens [from, to) of one segment.
static void narrow(const Task *w, int q0, int q1, const int32_t *table, int from, int to) {
  const int type = (int)w->cache->type, block_size = (int)w->cache->block_size;
  const int in_place =
      (type == KV_F16 || type == KV_F32) && block_size % HALF == 0 && w->dim % HALF == 0;
  if (in_place) {
    Tokens runs[2] = {{block_size, w->dim, {0}, {0}, 0}, {block_size, w->dim, {0}, {0}, 0}};
    int turn = 0;
    point(w, &runs[0], table, from, to - from < RUN * KEYS ? to - from : RUN * KEYS);
    for (int start = from; start < to; start += RUN * KEYS, turn ^= 1) {
      int rest = to - start - RUN * KEYS, count = rest < 0 ? RUN * KEYS + rest : RUN * KEYS;
      runs[turn].next = 0;
      if (rest > 0) {
        point(w, &runs[turn ^ 1], table, start + RUN * KEYS, rest < RUN * KEYS ? rest : RUN * KEYS);
        runs[turn].next = &runs[turn ^ 1];
      }
      if (type == KV_F16) narrow_half(w, q0, q1, w->dim, &runs[turn], start, count);
      else narrow_float(w, q0, q1, w->dim, &runs[turn], start, count);
    }
    return;
  }
  const char *k = (const char *)w->keys, *v = (const char *)w->values;
  const Tokens tile = {KEYS, w->width, {k, k + 4 * HALF}, {v, v + 4 * HALF * w->width}, 0};
  for (int start = from; start < to; start += KEYS) {
    int count = to - start < KEYS ? to - start : KEYS;
    gather(w, table, start, count);
    narrow_float(w, q0, q1, w->width, &tile, start, count);
  }
}

// a = a merged with the later segment b; each is [width + 2]: sum, top, total.
INLINE void merge(float *a, const float *b_sum, float b_top, float b_total, int width) {
  if (b_total == 0) return;  // b saw nothing
  float top = a[width] > b_top ? a[width] : b_top;
  vf ka = vf_exp2(vf_set(a[width] - top)), kb = vf_exp2(vf_set(b_top - top));
  for (int d = 0; d < width; d += VL)
    vf_store(a + d, VF_FMA(vf_load(b_sum + d), kb, vf_load(a + d) * ka));
  a[width + 1] = __builtin_fmaf(b_total, kb[0], a[width + 1] * ka[0]);
  a[width] = top;
}

// Moves what queries q0..q1 have of a segment to what they have of all before.
static void close_segment(const Task *w, int q0, int q1) {
  for (int i = q0; i < q1; i++) {
    float *sum = w->sum + (int64_t)i * w->width, *before = w->before + (int64_t)i * (w->width + 2);
    if (w->merged[i]) {
      merge(before, sum, w->top[i], w->total[i], w->width);
    } else {
      memcpy(before, sum, (size_t)w->width * 4);
      before[w->width] = w->top[i];
      before[w->width + 1] = w->total[i];
      w->merged[i] = 1;
    }
    memset(sum, 0, (size_t)w->width * 4);
    w->top[i] = -INFINITY;
    w->total[i] = 0;
  }
}

// Tokens [from, to), whole tiles except the last, for queries q0..q1.
static void tokens(const Task *w, int q0, int q1, const int32_t *table, int from, int to) {
  from = from > w->window_from ? from : w->window_from;
  to = to < w->window_to ? to : w->window_to;
  while (from < to) {
    if (from > w->window_from && from % SEGMENT == 0) close_segment(w, q0, q1);
    int end = (from / SEGMENT + 1) * SEGMENT;
    end = end < to ? end : to;
    if (q1 - q0 >= MANY) wide(w, q0, q1, table, from, end);
    else narrow(w, q0, q1, table, from, end);
    from = end;
  }
}

INLINE int sequence_end(const Step *m, int r, int b) {
  int e = r + 1;
  while (e < b && m->row_seq[e] == m->row_seq[r]) e++;
  return e;
}

// Rows a..b, whose sequences have the tokens before `from` in common and behind them. Tiles that
// more of them share are gathered and multiplied once for all that do.
static void descend(const Task *w, int a, int b, int from) {
  const Step *m = w->step;
  int first = m->row_seq[a], last = m->row_seq[b - 1];
  const int32_t *table = m->tables + m->table_start[first];
  int q0 = (a - w->r0) * w->group, q1 = (b - w->r0) * w->group;
  if (first == last) {
    tokens(w, q0, q1, table, from, m->row_position[b - 1] + 1);
    return;
  }
  int common = INT32_MAX;
  for (int s = first + 1; s <= last; s++) common = m->shared[s] < common ? m->shared[s] : common;
  // Only tiles that every row sees whole: shorter rows end here.
  for (int r = a; r < b; r++) common = m->row_position[r] + 1 < common ? m->row_position[r] + 1 : common;
  common = common / KEYS * KEYS;
  if (common > from) tokens(w, q0, q1, table, from, common);
  else common = from;
  // Runs of sequences that share more than this go on together.
  for (int r = a; r < b;) {
    int e = sequence_end(m, r, b), deep = m->row_position[r] + 1 >= common + KEYS;
    while (deep && e < b && m->shared[m->row_seq[e]] >= common + KEYS &&
           m->row_position[e] + 1 >= common + KEYS)
      e = sequence_end(m, e, b);
    descend(w, r, e, common);
    r = e;
  }
}

// out = sum / total of a query that is done.
INLINE void finish(float *out, const float *sum, float total, int dim) {
  const float share = 1.f / total;
  for (int d = 0; d < dim; d++) out[d] = sum[d] * share;
}

INLINE float *head_of(float *out, int64_t ldq, const Task *w, int query) {
  return out + (w->r0 + query / w->group) * ldq +
         (int64_t)(w->head * w->group + query % w->group) * w->dim;
}

// One KV head for rows r0..r1. q and out: [row][ldq]. With `partial`, only tokens of segment
// `segment` are seen, and [query][width + 2] numbers (sum, top, total) go there instead of to out.
EXPORT void Q(attention)(float *out, const float *q, int64_t ldq, const Cache *cache, int layer,
                         int group, int head, const Step *step, int r0, int r1, int segment,
                         float *partial, float *scratch) {
  const int queries = (r1 - r0) * group, dim = (int)cache->dim;
  const int64_t n = padded(queries);
  Task w = {cache, step, layer, head, group, r0, .dim = dim, .width = (int)padded(dim)};
  w.window_from = partial ? segment * SEGMENT : 0;
  w.window_to = partial ? w.window_from + SEGMENT : INT32_MAX;
  w.keys = scratch;
  w.values = w.keys + KEYS * w.width;
  w.q = w.values + KEYS * w.width;
  w.sum = w.q + n * w.width;
  w.before = w.sum + n * w.width;
  w.top = w.before + n * (w.width + 2);
  w.total = w.top + n;
  w.limit = (int32_t *)(w.total + n);
  w.merged = w.limit + n;
  w.lanes = (float *)(w.merged + n);
  if (dim < w.width) memset(w.values, 0, (size_t)KEYS * w.width * 4);
  memset(w.sum, 0, (size_t)queries * w.width * 4);
  memset(w.merged, 0, (size_t)queries * 4);
  const float scale = 1.44269504f / sqrtf((float)dim);
  for (int i = 0; i < queries; i++) {
    const float *x = head_of((float *)q, ldq, &w, i);
    for (int d = 0; d < dim; d++) w.q[(int64_t)i * dim + d] = x[d] * scale;
    w.top[i] = -INFINITY;
    w.total[i] = 0;
    w.limit[i] = step->row_position[r0 + i / group];
  }
  descend(&w, r0, r1, 0);
  for (int i = 0; i < queries; i++) {
    float *sum = w.sum + (int64_t)i * w.width;
    if (partial) {
      float *to = partial + (int64_t)i * (w.width + 2);
      memcpy(to, sum, (size_t)w.width * 4);
      to[w.width] = w.top[i];
      to[w.width + 1] = w.total[i];
    } else if (w.merged[i]) {
      float *before = w.before + (int64_t)i * (w.width + 2);
      merge(before, sum, w.top[i], w.total[i], w.width);
      finish(head_of(out, ldq, &w, i), before, before[w.width + 1], dim);
    } else {
      finish(head_of(out, ldq, &w, i), sum, w.total[i], dim);
    }
  }
}

// Floats of one query's part of a segment.
EXPORT int64_t Q(attention_partial)(int dim) { return padded(dim) + 2; }

// Merges the parts of `segments` segments, [segment][query][width + 2], of one KV head and rows
// r0..r1, in ascending order.
EXPORT void Q(attention_merge)(float *out, int64_t ldq, int dim, int group, int head, int r0,
                               int r1, int segments, float *partial) {
  const int queries = (r1 - r0) * group, width = (int)padded(dim);
  Task w = {.head = head, .group = group, .r0 = r0, .dim = dim};
  for (int i = 0; i < queries; i++) {
    float *first = partial + (int64_t)i * (width + 2);
    for (int s = 1; s < segments; s++) {
      const float *part = first + (int64_t)s * queries * (width + 2);
      merge(first, part, part[width], part[width + 1], width);
    }
    finish(head_of(out, ldq, &w, i), first, first[width + 1], dim);
  }
}
