// Products against sums written the plain way, in the order that linear.c and linear_int.c state: bit for bit.
#include <math.h>
#include <string.h>

#include "kernels.h"
#include "matrix.h"
#include "rows.h"

enum { OUTS = 45, LD = OUTS + 3, PANELS = 2 };  // the last panel has 13 outputs

typedef struct {
  float *values;  // [rows][cols]
  int rows, cols;
} Input;

static Input input(int rows, int cols) {
  Input in = {room((size_t)rows * cols * 4), rows, cols};
  fill(in.values, (int64_t)rows * cols);
  return in;
}

static Rows pack_floats(const Kernels *k, const float *x, int rows, int cols) {
  Rows to = {.data = room((size_t)rows * cols * 4), .rows = rows, .cols = cols};
  k->pack_rows(&to, x, cols, 0, 0, rows);
  return to;
}

static Rows pack_integers(const Kernels *k, const float *x, int rows, int cols, int levels) {
  Rows to = packed_integers(rows, cols, levels);
  k->quantize_rows(&to, x, cols, 0, 0, 0, 0, rows);
  return to;
}

// One fused multiply-add an input, ascending.
static float chain(const float *x, const float *w, int cols) {
  float sum = 0;
  for (int c = 0; c < cols; c++) sum = fmaf(x[c], w[c], sum);
  return sum;
}

static int code_sum(const Quantized *q, const Matrix *m, int r, int o, int from, int to) {
  const int8_t *x = q->integers + r * q->width;
  const int32_t *w = m->code + (int64_t)o * m->w.cols;
  int sum = 0;
  for (int c = from; c < least(to, m->w.cols); c++) sum += x[c] * w[c];
  return sum;
}

// One scale a row: groups of activations, then the row's scale and offset.
static float whole_row(const Quantized *q, const Matrix *m, int r, int o) {
  float c = 0, all = 0;
  for (int g = 0; g < q->groups; g++) {
    float xs = q->scales[r * q->groups + g];
    c = fmaf((float)code_sum(q, m, r, o, g * GROUP, (g + 1) * GROUP), xs, c);
    all -= (float)-sum_of(q, r, g * GROUP, (g + 1) * GROUP) * xs;
  }
  return m->w.offsets ? fmaf(m->offset[o], all, c * m->scale[o]) : c * m->scale[o];
}

static float in_tiles(const Quantized *q, const Matrix *m, int r, int o) {
  float c = 0;
  for (int g = 0; g < q->groups; g++) {
    float s = 0;
    for (int at = g * GROUP; at < least((g + 1) * GROUP, m->w.cols); at += m->tile) {
      int tile = o * m->tiles + at / m->tile;
      s = fmaf((float)code_sum(q, m, r, o, at, at + m->tile), m->scale[tile], s);
      if (m->w.offsets) s = fmaf(m->offset[tile], (float)sum_of(q, r, at, at + m->tile), s);
    }
    c = fmaf(s, q->scales[r * q->groups + g], c);
  }
  return c;
}

static float integer_product(const Quantized *q, const Matrix *m, int r, int o) {
  return m->w.kind == INTEGERS && m->w.group == 0 ? whole_row(q, m, r, o) : in_tiles(q, m, r, o);
}

static int levels_of(const Weight *w) { return w->kind == CCQ ? 4 : w->group ? w->group >> 4 : 8; }

// The first, a middle and the last row alone, a panel a call, must give the batch's bits.
static void rows_alone(const Kernels *k, const Input *in, const Matrix *m, const float *out, int integers) {
  for (int i = 0; i < 3 && in->rows > 2; i++) {
    int r = i * (in->rows - 1) / 2;
    const float *x = in->values + (int64_t)r * in->cols;
    Rows alone = integers ? pack_integers(k, x, 1, in->cols, levels_of(&m->w)) : pack_floats(k, x, 1, in->cols);
    float *line = output(1, LD);
    for (int p = PANELS - 1; p >= 0; p--)
      (integers ? k->linear_int : k->linear)(line, LD, &alone, &m->w, 0, 0, 1, p, p + 1);
    for (int o = 0; o < OUTS; o++) expect_bits("row alone", r, out[r * LD + o], line[o]);
    written(line, 1, OUTS, LD);
  }
}

// Adding on top, in chunks as tasks take them.
static void added(const Kernels *k, const Rows *x, const Matrix *m, float *out, int integers) {
  float *sum = output(x->rows, LD);
  for (int i = 0; i < x->rows; i++) fill(sum + i * LD, OUTS);
  float *before = room((size_t)x->rows * LD * 4);
  memcpy(before, sum, (size_t)x->rows * LD * 4);
  for (int r = 0; r < x->rows; r += CHUNK)
    (integers ? k->linear_int : k->linear)(sum, LD, x, &m->w, 1, r, least(r + CHUNK, x->rows), 0, PANELS);
  for (int i = 0; i < x->rows * LD; i++)
    if (i % LD < OUTS) expect_bits("added", i, before[i] + out[i], sum[i]);
  written(sum, x->rows, OUTS, LD);
}

static void check_linear(const Kernels *k, const Matrix *m, int rows) {
  Input in = input(rows, m->w.cols);
  Rows x = pack_floats(k, in.values, rows, m->w.cols);
  float *out = output(rows, LD);
  k->linear(out, LD, &x, &m->w, 0, 0, rows, 0, PANELS);
  for (int r = 0; r < rows; r++)
    for (int o = 0; o < OUTS; o++)
      expect_bits("product", r * LD + o,
                  chain(in.values + (int64_t)r * m->w.cols, m->value + (int64_t)o * m->w.cols, m->w.cols),
                  out[r * LD + o]);
  written(out, rows, OUTS, LD);
  digest(out, (size_t)rows * LD * 4);
  rows_alone(k, &in, m, out, 0);
  added(k, &x, m, out, 0);
}

static void check_linear_int(const Kernels *k, const Matrix *m, int rows) {
  Input in = input(rows, m->w.cols);
  Rows x = pack_integers(k, in.values, rows, m->w.cols, levels_of(&m->w));
  Quantized q = quantize(in.values, m->w.cols, rows, m->w.cols);
  float *out = output(rows, LD);
  k->linear_int(out, LD, &x, &m->w, 0, 0, rows, 0, PANELS);
  for (int r = 0; r < rows; r++)
    for (int o = 0; o < OUTS; o++)
      expect_bits("product", r * LD + o, integer_product(&q, m, r, o), out[r * LD + o]);
  written(out, rows, OUTS, LD);
  digest(out, (size_t)rows * LD * 4);
  rows_alone(k, &in, m, out, 1);
  added(k, &x, m, out, 1);
}

// silu(gate) * up of products that the other checks have confirmed.
static void check_gate_up(const Kernels *k, const Matrix *gate, const Matrix *up, int rows, int integers) {
  int cols = gate->w.cols;
  Input in = input(rows, cols);
  for (int i = 0; i < cols; i++) in.values[i] *= 100;  // gates far from 0 too
  Rows x = integers ? pack_integers(k, in.values, rows, cols, levels_of(&gate->w) | levels_of(&up->w))
                    : pack_floats(k, in.values, rows, cols);
  float *g = output(rows, LD), *u = output(rows, LD), *out = output(rows, LD);
  (integers ? k->linear_int : k->linear)(g, LD, &x, &gate->w, 0, 0, rows, 0, PANELS);
  (integers ? k->linear_int : k->linear)(u, LD, &x, &up->w, 0, 0, rows, 0, PANELS);
  (integers ? k->gate_up_int : k->gate_up)(out, LD, &x, &gate->w, &up->w, 0, rows, 0, PANELS);
  for (int i = 0; i < rows * LD; i++) {
    if (i % LD >= OUTS) continue;
    double silu = g[i] / (1 + exp(-(double)g[i]));
    expect_near("gated", i, silu * u[i], out[i], 2e-6 * fabs(silu * u[i]) + 1e-30 * fabs(u[i]));
  }
  written(out, rows, OUTS, LD);
}

static void check_embed(const Kernels *k, const Matrix *m) {
  enum { IDS = 7 };
  int cols = m->w.cols, ld = cols + 3;
  int32_t ids[IDS] = {0, OUTS - 1, 31};
  for (int i = 3; i < IDS; i++) ids[i] = random_below(OUTS);
  float *out = output(IDS, ld);
  k->embed(out, ld, ids, 0, IDS, &m->w);
  for (int i = 0; i < IDS; i++)
    for (int c = 0; c < cols; c++)
      expect_bits("embedding", (int64_t)ids[i] * cols + c, m->value[(int64_t)ids[i] * cols + c], out[i * ld + c]);
  written(out, IDS, cols, ld);
}

// The strided source of a float matrix, transposed in memory, must become its panels.
static void check_pack(const Kernels *k, int kind, int cols) {
  start_case("pack kind=%d cols=%d", kind, cols);
  Matrix m = float_matrix(kind, OUTS, cols);
  int bytes = kind == F32 ? 4 : 2;
  uint8_t *source = room((size_t)OUTS * cols * bytes), *packed = room((size_t)m.w.panel_bytes * PANELS);
  for (int i = 0; i < OUTS * cols; i++) {
    int r = i % OUTS, c = i / OUTS;
    memcpy(source + i * bytes, m.w.data + r / PANEL * m.w.panel_bytes + (c * PANEL + r % PANEL) * bytes, (size_t)bytes);
  }
  k->pack(packed, kind, source, 1, OUTS, OUTS, cols, 0, PANELS);
  for (int64_t i = 0; i < m.w.panel_bytes * PANELS; i++) expect_int("packed byte", i, m.w.data[i], packed[i]);
  release();
}

static int rows_to_check(int cols, int i) {
  static const int FEW[] = {1, 2, 3, 4, 7, 8, 13}, MANY[] = {21, 59, 100};
  return i < 7 ? FEW[i] : cols == 207 && i < 10 ? MANY[i - 7] : 0;
}

static void check_integers(const Kernels *k, int cols, int bits, int group, int half, int offsets) {
  Matrix m = integer_matrix(OUTS, cols, bits, group, half, offsets);
  for (int i = 0, rows; (rows = rows_to_check(cols, i)) > 0; i++) {
    start_case("linear_int bits=%d group=%d half=%d offsets=%d cols=%d rows=%d", bits, group, half, offsets, cols, rows);
    check_linear_int(k, &m, rows);
  }
  start_case("embed bits=%d group=%d half=%d offsets=%d cols=%d", bits, group, half, offsets, cols);
  check_embed(k, &m);
  start_case("linear bits=%d group=%d half=%d offsets=%d cols=%d", bits, group, half, offsets, cols);
  check_linear(k, &m, 3);
  Matrix up = integer_matrix(OUTS, cols, 12 - bits, group, half, offsets);
  start_case("gate_up_int bits=%d group=%d half=%d offsets=%d cols=%d", bits, group, half, offsets, cols);
  check_gate_up(k, &m, &up, 13, 1);
  release();
}

static void check_ccq(const Kernels *k, int cols) {
  Matrix m = ccq_matrix(OUTS, cols);
  for (int i = 0, rows; (rows = rows_to_check(cols, i)) > 0; i++) {
    start_case("linear_int ccq cols=%d rows=%d", cols, rows);
    check_linear_int(k, &m, rows);
  }
  start_case("embed, linear and gate_up_int ccq cols=%d", cols);
  check_embed(k, &m);
  check_linear(k, &m, 5);
  Matrix up = ccq_matrix(OUTS, cols);
  check_gate_up(k, &m, &up, 13, 1);
  release();
}

static void check_floats(const Kernels *k, int kind, int cols) {
  Matrix m = float_matrix(kind, OUTS, cols);
  for (int i = 0, rows; (rows = rows_to_check(cols, i)) > 0; i++) {
    start_case("linear kind=%d cols=%d rows=%d", kind, cols, rows);
    check_linear(k, &m, rows);
  }
  start_case("embed and gate_up kind=%d cols=%d", kind, cols);
  check_embed(k, &m);
  Matrix up = float_matrix(kind, OUTS, cols);
  check_gate_up(k, &m, &up, 13, 0);
  release();
}

void check_products(const Kernels *k) {
  static const int FLOATS[] = {F32, F16, BF16, FP8}, GROUPS[] = {0, 16, 32, 64, 128};
  for (int i = 0; i < 5; i++) {
    int cols = SIZES[i];
    for (int j = 0; j < 3; j++) check_pack(k, FLOATS[j], cols);
    for (int j = 0; j < 4; j++) check_floats(k, FLOATS[j], cols);
    check_ccq(k, cols);
    for (int format = 0; format < 40; format++)
      check_integers(k, cols, format & 1 ? 4 : 8, GROUPS[format / 8], format >> 1 & 1, format >> 2 & 1);
  }
}
