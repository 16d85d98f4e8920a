// Rotation, the paged store and attention. Stored numbers must match bit for bit; attention is compared with
// a softmax in double over the numbers stored, and with itself: a row alone, and segment by segment.
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "kernels.h"

enum { LAYERS = 2, LAYER = 1, KV_HEADS = 2, SHARE = 3, HEADS = KV_HEADS * SHARE, SEQUENCES = 5, SEGMENT = 512 };

// A KV type; `statics`: int8 with a scale a channel instead of one a token.
typedef struct {
  const char *name;
  int type, statics;
} Store;

// A sequence: tokens in common with the one before, tokens in all, and how many of the last are rows.
typedef struct {
  int shared, length, rows;
} Sequence;

typedef struct {
  Cache cache;
  Store store;
  int dim, block_size, half_split, sequences, blocks;
  Sequence sequence[SEQUENCES];
  int32_t *tables, *table_start, *shared;
  float *key[SEQUENCES], *value[SEQUENCES];  // [token][KV_HEADS * dim], keys before rotation
} World;

// Rows of one call and what belongs to them.
typedef struct {
  Step step;
  int rows;
  int32_t *row_seq, *position, *block, *slot;
  float *cos, *sin, *q, *rotated, *k, *v;
} Batch;

static int element_bytes(int type) { return type == KV_F32 ? 4 : type == KV_INT8 ? 1 : 2; }
static int scales_at(const World *w) { return parts(w->dim * w->block_size, 4) * 4; }
static int64_t plane_bytes(const World *w) {
  int64_t bytes = (int64_t)w->dim * w->block_size * element_bytes(w->store.type);
  if (w->store.type == KV_INT8) bytes = scales_at(w) + 4 * w->block_size;
  return (bytes + 63) / 64 * 64;
}
static char *plane_at(const World *w, int block, int values, int head) {
  return w->cache.memory + block * w->cache.block_bytes + ((LAYER * 2 + values) * KV_HEADS + head) * plane_bytes(w);
}

static void make_tables(World *w) {
  int size = w->block_size, longest = 0;
  for (int s = 0; s < w->sequences; s++) longest += parts(w->sequence[s].length, size);
  w->tables = room((size_t)longest * 4);
  w->table_start = room((size_t)w->sequences * 4);
  w->shared = room((size_t)w->sequences * 4);
  w->blocks = longest;
  for (int s = 0, at = 0, block = longest; s < w->sequences; s++) {
    w->table_start[s] = at;
    w->shared[s] = w->sequence[s].shared;
    for (int b = 0; b < parts(w->sequence[s].length, size); b++, at++)
      w->tables[at] = (b + 1) * size <= w->shared[s] ? w->tables[w->table_start[s - 1] + b] : --block;
  }
}

// Tokens that a sequence shares have the keys and values of the one before.
static void make_tokens(World *w) {
  size_t width = (size_t)KV_HEADS * w->dim;
  for (int s = 0; s < w->sequences; s++) {
    size_t n = w->sequence[s].length * width, same = w->sequence[s].shared * width;
    w->key[s] = room(n * 4);
    w->value[s] = room(n * 4);
    fill(w->key[s], (int64_t)n);
    fill(w->value[s], (int64_t)n);
    if (s == 0) continue;
    memcpy(w->key[s], w->key[s - 1], same * 4);
    memcpy(w->value[s], w->value[s - 1], same * 4);
  }
}

static void make_cache(World *w) {
  int channels = LAYERS * KV_HEADS * w->dim;
  int64_t bytes = 2 * LAYERS * KV_HEADS * plane_bytes(w);
  w->cache = (Cache){room((size_t)(w->blocks * bytes)), w->store.type, KV_HEADS, w->dim, w->block_size, bytes, 0, 0};
  if (!w->store.statics) return;
  float *keys = room((size_t)channels * 4), *values = room((size_t)channels * 4);
  for (int i = 0; i < channels; i++) keys[i] = 1 + random_float() / 2, values[i] = 1 + random_float() / 2;
  w->cache.key_scales = keys;
  w->cache.value_scales = values;
}

// The last `last` tokens of each sequence, all of them where that is 0.
static Batch batch_of(const World *w, int all) {
  Batch b = {.rows = 0};
  for (int s = 0; s < w->sequences; s++) b.rows += all ? w->sequence[s].length : w->sequence[s].rows;
  size_t n = (size_t)b.rows, width = (size_t)KV_HEADS * w->dim;
  b.row_seq = room(n * 4), b.position = room(n * 4), b.block = room(n * 4), b.slot = room(n * 4);
  b.cos = room(n * w->dim / 2 * 4), b.sin = room(n * w->dim / 2 * 4);
  b.q = room(n * width * SHARE * 4), b.rotated = room(n * width * SHARE * 4);
  b.k = room(n * width * 4), b.v = room(n * width * 4);
  int r = 0;
  for (int s = 0; s < w->sequences; s++)
    for (int t = all ? 0 : w->sequence[s].length - w->sequence[s].rows; t < w->sequence[s].length; t++, r++) {
      b.row_seq[r] = s, b.position[r] = t, b.slot[r] = t % w->block_size;
      b.block[r] = w->tables[w->table_start[s] + t / w->block_size];
      for (int d = 0; d < w->dim / 2; d++) {
        double angle = t * pow(10000, -2.0 * d / w->dim);
        b.cos[r * (w->dim / 2) + d] = (float)cos(angle), b.sin[r * (w->dim / 2) + d] = (float)sin(angle);
      }
      memcpy(b.k + r * width, w->key[s] + t * width, width * 4);
      memcpy(b.v + r * width, w->value[s] + t * width, width * 4);
    }
  fill(b.q, (int64_t)(n * width * SHARE));
  memcpy(b.rotated, b.q, n * width * SHARE * 4);
  b.step = (Step){b.row_seq, b.position, b.block, b.slot, w->tables, w->table_start, w->shared, b.cos, b.sin};
  return b;
}

static void rotate(const World *w, float *x, const float *cosine, const float *sine) {
  int pairs = w->dim / 2;
  for (int j = 0; j < pairs; j++) {
    float *a = x + (w->half_split ? j : 2 * j), *b = x + (w->half_split ? j + pairs : 2 * j + 1);
    float p = *a, q = *b;
    *a = p * cosine[j] - q * sine[j];
    *b = q * cosine[j] + p * sine[j];
  }
}

// The number as stored (int8: the integer), and in *real what attention makes of it.
static float stored(const Store *s, float x, float scale, float channel, float *real) {
  if (s->type == KV_INT8) {
    float y = s->statics ? x * 127.f / channel : x / scale;
    float n = rintf(fminf(fmaxf(y, -127.f), 127.f));
    n = scale == 0 && !s->statics ? 0 : n + 0.f;  // no -0
    *real = s->statics ? n * channel / 127.f : n * scale;
    return n;
  }
  *real = s->type == KV_F32 ? x : s->type == KV_F16 ? half_to_float(float_to_half(x)) : bfloat_to_float(float_to_bfloat(x));
  return *real;
}

static float element(const Store *s, const char *plane, int i) {
  if (s->type == KV_F32) return ((const float *)plane)[i];
  if (s->type == KV_INT8) return ((const int8_t *)plane)[i];
  uint16_t h = ((const uint16_t *)plane)[i];
  return s->type == KV_F16 ? half_to_float(h) : bfloat_to_float(h);
}

// One token's key or value of a head against its plane; x becomes what attention reads.
static void compare_stored(const World *w, float *x, int block, int slot, int values, int head) {
  const char *plane = plane_at(w, block, values, head);
  const float *channels = values ? w->cache.value_scales : w->cache.key_scales;
  float most = 0;
  for (int d = 0; d < w->dim; d++) most = fmaxf(most, fabsf(x[d]));
  float scale = most / 127.f;
  if (w->store.type == KV_INT8 && !w->store.statics)
    expect_bits("token's scale", slot, scale, ((const float *)(plane + scales_at(w)))[slot]);
  for (int d = 0; d < w->dim; d++) {
    float channel = channels ? channels[(LAYER * KV_HEADS + head) * w->dim + d] : 0;
    float expected = stored(&w->store, x[d], scale, channel, &x[d]);
    expect_bits(values ? "stored value" : "stored key", d, expected,
                element(&w->store, plane, values ? slot * w->dim + d : d * w->block_size + slot));
  }
}

// Stores the batch and checks it; queries end up rotated. `check`: keys and values of the world become what
// attention reads of them.
static void store(const Kernels *k, World *w, Batch *b, int check) {
  const int width = KV_HEADS * w->dim;
  for (int h = 0; h < KV_HEADS; h++)
    k->rope_store(b->rotated, width * SHARE, b->k, b->v, width, &w->cache, LAYER, SHARE, w->half_split, &b->step, h,
                  h + 1, 0, b->rows);
  for (int r = 0; r < b->rows; r++) {
    const float *c = b->cos + r * (w->dim / 2), *s = b->sin + r * (w->dim / 2);
    for (int h = 0; h < HEADS; h++) {
      float *q = b->q + ((int64_t)r * HEADS + h) * w->dim;
      rotate(w, q, c, s);
      for (int d = 0; d < w->dim; d++) expect_bits("rotated query", d, q[d], b->rotated[((int64_t)r * HEADS + h) * w->dim + d]);
    }
    if (!check) continue;
    for (int h = 0; h < KV_HEADS; h++) {
      int64_t at = (int64_t)b->position[r] * width + h * w->dim;
      float *key = w->key[b->row_seq[r]] + at, *value = w->value[b->row_seq[r]] + at;
      rotate(w, key, c, s);
      compare_stored(w, key, b->block[r], b->slot[r], 0, h);
      compare_stored(w, value, b->block[r], b->slot[r], 1, h);
    }
  }
}

// One query over the tokens up to its own.
static void softmax(const World *w, const Batch *b, int r, int head, double *out) {
  static double p[2048];
  int tokens = b->position[r] + 1, width = KV_HEADS * w->dim;
  const float *q = b->q + ((int64_t)r * HEADS + head) * w->dim;
  const float *key = w->key[b->row_seq[r]] + head / SHARE * w->dim, *value = w->value[b->row_seq[r]] + head / SHARE * w->dim;
  double top = -INFINITY, total = 0;
  for (int t = 0; t < tokens; t++) {
    p[t] = 0;
    for (int d = 0; d < w->dim; d++) p[t] += (double)q[d] * key[(int64_t)t * width + d];
    p[t] /= sqrt(w->dim);
    top = fmax(top, p[t]);
  }
  for (int t = 0; t < tokens; t++) total += p[t] = exp(p[t] - top);
  for (int d = 0; d < w->dim; d++) out[d] = 0;
  for (int t = 0; t < tokens; t++)
    for (int d = 0; d < w->dim; d++) out[d] += p[t] / total * value[(int64_t)t * width + d];
}

static void attend(const Kernels *k, const World *w, const Batch *b, int head, int r0, int r1, int segment, float *out,
                   float *partial) {
  float *scratch = room((size_t)k->attention_scratch((r1 - r0) * SHARE, w->dim) * 4);
  k->attention(out, b->rotated, HEADS * w->dim, &w->cache, LAYER, SHARE, head, &b->step, r0, r1, segment, partial, scratch);
}

static void compare_alone(const Kernels *k, const World *w, const Batch *b, const float *out) {
  int ld = HEADS * w->dim;
  for (int i = 0; i < 3; i++) {
    int r = i * (b->rows - 1) / 2;
    float *alone = output(b->rows, ld);
    for (int h = 0; h < KV_HEADS; h++) attend(k, w, b, h, r, r + 1, 0, alone, 0);
    for (int c = 0; c < ld; c++) expect_bits("row alone", c, out[r * ld + c], alone[r * ld + c]);
    for (int other = 0; other < b->rows; other++)
      if (other != r) written(alone + other * ld, 1, 0, ld);
  }
}

static void compare_segments(const Kernels *k, const World *w, const Batch *b, const float *out) {
  int ld = HEADS * w->dim, longest = 0;
  for (int r = 0; r < b->rows; r++) longest = b->position[r] + 1 > longest ? b->position[r] + 1 : longest;
  int segments = parts(longest, SEGMENT);
  int64_t part = k->attention_partial(w->dim) * b->rows * SHARE;
  float *partial = room((size_t)(part * segments) * 4), *merged = output(b->rows, ld);
  for (int h = 0; h < KV_HEADS; h++) {
    for (int s = segments - 1; s >= 0; s--) attend(k, w, b, h, 0, b->rows, s, 0, partial + s * part);
    k->attention_merge(merged, ld, w->dim, SHARE, h, 0, b->rows, segments, partial);
  }
  for (int i = 0; i < b->rows * ld; i++) expect_bits("merged", i, out[i], merged[i]);
}

static void check_copy(const Kernels *k, const World *w) {
  char *from = plane_at(w, 0, 0, 0), *to = plane_at(w, w->blocks - 1, 0, 0);
  if (w->blocks < 2) return;
  int tokens = w->block_size / 2 + 1, e = element_bytes(w->store.type);
  k->kv_copy(&w->cache, LAYERS, 0, w->blocks - 1, tokens);
  for (int d = 0; d < w->dim; d++)
    for (int i = 0; i < tokens * e; i++)
      expect_int("copied key", d, from[d * w->block_size * e + i], to[d * w->block_size * e + i]);
  from = plane_at(w, 0, 1, KV_HEADS - 1), to = plane_at(w, w->blocks - 1, 1, KV_HEADS - 1);
  for (int i = 0; i < tokens * w->dim * e; i++) expect_int("copied value", i, from[i], to[i]);
  if (w->store.type != KV_INT8) return;
  for (int i = 0; i < tokens * 4; i++) expect_int("copied scale", i, from[scales_at(w) + i], to[scales_at(w) + i]);
}

static void check_world(const Kernels *k, World *w) {
  start_case("attention %s dim=%d block=%d split=%d sequences=%d tokens=%d rows=%d", w->store.name, w->dim, w->block_size,
             w->half_split, w->sequences, w->sequence[w->sequences - 1].length, w->sequence[0].rows);
  make_tables(w);
  make_tokens(w);
  make_cache(w);
  Batch all = batch_of(w, 1), b = batch_of(w, 0);  // before the keys of the world are rotated
  store(k, w, &all, 1);
  store(k, w, &b, 0);
  int ld = HEADS * w->dim;
  float *out = output(b.rows, ld);
  for (int h = 0; h < KV_HEADS; h++) attend(k, w, &b, h, 0, b.rows, 0, out, 0);
  double expected[256];
  for (int r = 0; r < b.rows; r++)
    for (int h = 0; h < HEADS; h++) {
      softmax(w, &b, r, h, expected);
      for (int d = 0; d < w->dim; d++) expect_near("attention", d, expected[d], out[r * ld + h * w->dim + d], 3e-6);
    }
  compare_alone(k, w, &b, out);
  compare_segments(k, w, &b, out);
  check_copy(k, w);
  release();
}

void check_attention(const Kernels *k) {
  static const Store STORES[] = {
      {"f32", KV_F32, 0}, {"f16", KV_F16, 0}, {"bf16", KV_BF16, 0}, {"int8", KV_INT8, 0}, {"int8 by channel", KV_INT8, 1}};
  static const int SHAPES[][2] = {{64, 16}, {20, 5}, {128, 32}};  // head dimension, block; read in place or gathered
  for (int s = 0; s < 5; s++)
    for (int shape = 0; shape < 3; shape++) {
      int dim = SHAPES[shape][0], block = SHAPES[shape][1], common = 192 / block * block;
      World w = {.store = STORES[s], .dim = dim, .block_size = block, .half_split = (s + shape) % 2, .sequences = 1};
      for (int i = 0; i < 5; i++)
        for (int many = 0; many < 2; many++) {
          if (shape > 0 && many && SIZES[i] > 64) continue;
          w.sequence[0] = (Sequence){0, SIZES[i], many ? least(SIZES[i], 20) : 1};
          check_world(k, &w);
        }
      // Five rows that share a prefix, two of them more than others.
      w.sequences = SEQUENCES;
      int lengths[SEQUENCES] = {207, 300, 300, 576, 193};
      for (int i = 0; i < SEQUENCES; i++)
        w.sequence[i] = (Sequence){i == 0 ? 0 : i == 2 ? common + block : i == 4 ? 64 / block * block : common, lengths[i], i == 3 ? 2 : 1};
      check_world(k, &w);
    }
}
