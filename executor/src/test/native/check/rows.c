// Norms, quantization, sums, the greedy choice, and that the measuring loops run.
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "kernels.h"
#include "rows.h"

// 1 / sqrt(mean(x^2) + eps) with squares summed in 4 vectors of lanes, then as a tree: the order that
// rms_norm and quantize_rows state.
static float row_scale(const float *x, float eps, int cols, int lanes) {
  float s[4][16] = {{0}}, a[16];
  int k = 0;
  for (; k + 4 * lanes <= cols; k += 4 * lanes)
    for (int j = 0; j < 4 * lanes; j++) {
      float v = x[k + j], *to = &s[j / lanes][j % lanes];
      *to = fmaf(v, v, *to);
    }
  for (int i = 0; i < lanes; i++) a[i] = (s[0][i] + s[1][i]) + (s[2][i] + s[3][i]);
  for (int half = lanes / 2; half > 0; half /= 2)
    for (int i = 0; i < half; i++) a[i] += a[i + half];
  for (; k < cols; k++) a[0] += x[k] * x[k];
  return 1.f / sqrtf(a[0] / (float)cols + eps);
}

int block_at(int r, int rows) {
  int left = least((r / CHUNK + 1) * CHUNK, rows) - r;
  return left >= 2 * BLOCK ? BLOCK : left > BLOCK ? (left + 1) / 2 : left;
}

Rows packed_integers(int rows, int cols, int levels) {
  int sums = 0;
  for (int l = 0; l < 4; l++)
    if (levels >> l & 1) sums += parts(cols, 16 << l);
  return (Rows){.data = room((size_t)rows * parts(cols, 8) * 8),
                .scales = room((size_t)rows * parts(cols, GROUP) * 4),
                .sums = room((size_t)rows * sums * 4),
                .rows = rows, .cols = cols, .levels = levels};
}

Quantized quantize(const float *x, int ldx, int rows, int cols) {
  int groups = parts(cols, GROUP), width = parts(cols, 8) * 8;
  Quantized q = {room((size_t)rows * width), room((size_t)rows * groups * 4), width, groups};
  for (int r = 0; r < rows; r++)
    for (int g = 0; g < groups; g++) {
      int end = least(cols, (g + 1) * GROUP);
      float most = 0;
      for (int c = g * GROUP; c < end; c++) most = fmaxf(most, fabsf(x[r * ldx + c]));
      float inverse = most == 0 ? 0 : 127.f / most;
      for (int c = g * GROUP; c < end; c++) q.integers[r * width + c] = (int8_t)rintf(x[r * ldx + c] * inverse);
      q.scales[r * groups + g] = most / 127.f;
    }
  return q;
}

int sum_of(const Quantized *q, int r, int from, int to) {
  int sum = 0;
  for (int c = from; c < least(to, q->width); c++) sum += q->integers[r * q->width + c];
  return sum;
}

static void compare_sums(const Rows *x, const Quantized *q, int r, int first, int mr) {
  const int32_t *base = x->sums;
  for (int l = 0; l < 4; l++) {
    if (!(x->levels >> l & 1)) continue;
    int size = 16 << l, count = parts(x->cols, size);
    for (int t = 0; t < count; t++)
      expect_int("sum", r, -sum_of(q, r, t * size, (t + 1) * size), base[first * count + t * mr + r - first]);
    base += (int64_t)count * x->rows;
  }
}

static void compare_packed(const Rows *x, const Quantized *q) {
  for (int first = 0, mr; first < x->rows; first += mr) {
    mr = block_at(first, x->rows);
    for (int r = first; r < first + mr; r++) {
      const int8_t *data = (const int8_t *)x->data + (int64_t)first * q->width;
      for (int c = 0; c < q->width; c++)
        expect_int("integer", (int64_t)r * q->width + c, q->integers[r * q->width + c],
                   data[c / 4 * mr * 4 + (r - first) * 4 + c % 4]);
      for (int g = 0; g < q->groups; g++)
        expect_bits("scale", r, q->scales[r * q->groups + g], x->scales[first * q->groups + g * mr + r - first]);
      compare_sums(x, q, r, first, mr);
    }
  }
}

static void check_quantize(const Kernels *k, int rows, int cols, int normed, int levels) {
  start_case("quantize_rows rows=%d cols=%d normed=%d levels=%d", rows, cols, normed, levels);
  int ldx = cols + 5;
  float *x = room((size_t)rows * ldx * 4), *gain = room((size_t)cols * 4), *line = room((size_t)rows * cols * 4);
  int32_t *index = room((size_t)rows * 4);
  fill(x, (int64_t)rows * ldx);
  fill(gain, cols);
  if (rows > 2) memset(x + 2 * ldx, 0, (size_t)cols * 4);  // nothing but zeros: scale 0
  for (int r = 0; r < rows; r++) {
    index[r] = rows - 1 - r;
    const float *from = x + index[r] * ldx;
    float scale = normed ? row_scale(from, 1e-6f, cols, k->lanes) : 1;
    for (int c = 0; c < cols; c++) line[r * cols + c] = normed ? from[c] * scale * gain[c] : from[c];
  }
  Rows packed = packed_integers(rows, cols, levels);
  int middle = block_at(0, rows);  // two calls, as two threads make them
  k->quantize_rows(&packed, x, ldx, index, normed ? gain : 0, 1e-6f, 0, middle);
  k->quantize_rows(&packed, x, ldx, index, normed ? gain : 0, 1e-6f, middle, rows);
  Quantized q = quantize(line, cols, rows, cols);
  compare_packed(&packed, &q);
  release();
}

static void check_norm(const Kernels *k, int rows, int cols) {
  start_case("rms_norm rows=%d cols=%d", rows, cols);
  int ld = cols + 3;
  float *x = room((size_t)rows * ld * 4), *gain = room((size_t)cols * 4), *out = output(rows, ld), *alone = output(1, ld);
  fill(x, (int64_t)rows * ld);
  fill(gain, cols);
  k->rms_norm(out, ld, x, ld, gain, 1e-5f, cols, 0, rows);
  for (int r = 0; r < rows; r++) {
    float scale = row_scale(x + r * ld, 1e-5f, cols, k->lanes);
    k->rms_norm(alone, ld, x + r * ld, ld, gain, 1e-5f, cols, 0, 1);
    for (int c = 0; c < cols; c++) {
      expect_bits("normed", r * ld + c, x[r * ld + c] * scale * gain[c], out[r * ld + c]);
      expect_bits("row alone", c, out[r * ld + c], alone[c]);
    }
  }
  written(out, rows, cols, ld);
  release();
}

static void check_sums(const Kernels *k, int cols) {
  enum { ROWS = 3, TOP = 2, SLOTS = 5 };
  start_case("add and combine cols=%d", cols);
  int ld = cols + 2;
  float *y = room((size_t)SLOTS * cols * 4), *out = output(ROWS, ld), *total = room((size_t)cols * 4);
  float weights[ROWS * TOP];
  int32_t slot[ROWS * TOP];
  fill(y, (int64_t)SLOTS * cols);
  fill(weights, ROWS * TOP);
  fill(total, cols);
  for (int i = 0; i < ROWS * TOP; i++) slot[i] = random_below(SLOTS);
  k->combine(out, ld, y, cols, slot, weights, TOP, 0, ROWS);
  for (int i = 0; i < ROWS * cols; i++) {
    int r = i / cols, c = i % cols;
    float sum = 0;
    for (int j = 0; j < TOP; j++) sum += weights[r * TOP + j] * y[slot[r * TOP + j] * cols + c];
    expect_bits("combined", i, sum, out[r * ld + c]);
  }
  written(out, ROWS, cols, ld);
  float *before = room((size_t)cols * 4);
  memcpy(before, total, (size_t)cols * 4);
  k->add(total, y, cols);
  for (int c = 0; c < cols; c++) expect_bits("added", c, before[c] + y[c], total[c]);
  release();
}

static int lowest_of_largest(const float *x, int from, int to) {
  int best = -1;
  for (int i = from; i < to; i++) {
    if (!(x[i] < INFINITY)) return -2;
    if (x[i] > (best < 0 ? -INFINITY : x[best])) best = i;
  }
  return best;
}

static void check_argmax(const Kernels *k, int count) {
  static const float SPECIAL[] = {2, -INFINITY, INFINITY, NAN};
  start_case("argmax count=%d", count);
  float *x = room((size_t)count * 4);
  for (int special = 0; special < 4; special++)
    for (int turn = 0; turn < 6; turn++) {
      for (int i = 0; i < count; i++) x[i] = (float)random_below(50) / 50;  // with ties
      x[random_below(count)] = SPECIAL[special];
      int from = turn % 2 ? random_below(count) : 0;
      expect_int("argmax", special, lowest_of_largest(x, from, count), k->argmax(x, from, count));
    }
  for (int i = 0; i < count; i++) x[i] = -INFINITY;
  expect_int("argmax of nothing", 0, -1, k->argmax(x, 0, count));
  release();
}

static void check_peaks(const Kernels *k) {
  start_case("measuring loops");
  int64_t bytes = 8 * 4 * 64 * 4;
  void *p = room((size_t)bytes);
  expect_int("multiply-adds", 0, 1, k->peak_int8(10) > 0);
  for (int way = 0; way < 6; way++) expect_int("sum of zeros", way, 0, k->peak_read(p, bytes, way));
  release();
}

void check_rows(const Kernels *k) {
  static const int ROWS[] = {1, 2, 5, 12, 13, 29, 100};
  for (int i = 0; i < 5; i++) {
    int cols = SIZES[i];
    for (int j = 0; j < 7; j++)
      for (int levels = 1; levels < 16; levels = levels * 2 + 1) check_quantize(k, ROWS[j], cols, j % 2, levels);
    check_quantize(k, 13, cols, 0, 8);
    check_quantize(k, 13, cols, 1, 8);
    check_norm(k, 5, cols);
    check_sums(k, cols);
    check_argmax(k, cols);
  }
  check_argmax(k, 4098);
  check_peaks(k);
}
