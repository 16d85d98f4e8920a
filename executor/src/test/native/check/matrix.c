#include "matrix.h"

#include <math.h>
#include <string.h>

static Matrix blank(Weight w) {
  size_t n = (size_t)w.rows * w.cols;
  return (Matrix){.w = w, .code = room(n * 4), .value = room(n * 4)};
}

// Zeroed panels, random bytes in them where the format pads.
static uint8_t *panels(Matrix *m, int64_t panel_bytes) {
  uint8_t *data = room((size_t)(panel_bytes * parts(m->w.rows, PANEL)));
  m->w.panel_bytes = panel_bytes;
  m->w.data = data;
  return data;
}

static float e4m3(int byte) {
  int e = byte >> 3 & 15, f = byte & 7;
  double v = e ? ldexp(8 + f, e - 10) : ldexp(f, -9);
  return (float)(byte & 128 ? -v : v);
}

static void put_fp8(Matrix *m) {
  int cols = m->w.cols, scales_at = parts(cols * PANEL, 64) * 64;
  uint8_t *data = panels(m, scales_at + 4 * PANEL * parts(cols, GROUP));
  for (int64_t i = 0; i < (int64_t)m->w.rows * cols; i++) {
    int r = (int)(i / cols), c = (int)(i % cols), byte = random_below(256);
    byte = (byte & 127) == 127 ? 5 : byte;
    uint8_t *panel = data + r / PANEL * m->w.panel_bytes;
    float *scale = (float *)(panel + scales_at) + c / GROUP * PANEL + r % PANEL;
    if (c % GROUP == 0) *scale = 0.01f + random_float() / 128;
    panel[c * PANEL + r % PANEL] = (uint8_t)byte;
    m->value[i] = e4m3(byte) * *scale;
  }
}

Matrix float_matrix(int kind, int rows, int cols) {
  Matrix m = blank((Weight){.kind = kind, .rows = rows, .cols = cols});
  if (kind == FP8) {
    put_fp8(&m);
    return m;
  }
  int bytes = kind == F32 ? 4 : 2;
  uint8_t *data = panels(&m, (int64_t)cols * PANEL * bytes);
  for (int64_t i = 0; i < (int64_t)rows * cols; i++) {
    int r = (int)(i / cols), c = (int)(i % cols);
    float v = random_float();
    uint16_t h = kind == F16 ? float_to_half(v) : float_to_bfloat(v);
    m.value[i] = kind == F32 ? v : kind == F16 ? half_to_float(h) : bfloat_to_float(h);
    uint8_t *to = data + r / PANEL * m.w.panel_bytes + ((int64_t)c * PANEL + r % PANEL) * bytes;
    memcpy(to, kind == F32 ? (void *)&v : (void *)&h, (size_t)bytes);
  }
  return m;
}

static int64_t code_bytes(int bits, int n) { return parts(n, bits == 8 ? 4 : 8) * 4 * PANEL; }

static float scale_of(int half, float v, uint8_t *to) {
  if (!half) {
    memcpy(to, &v, 4);
    return v;
  }
  uint16_t h = float_to_half(v);
  memcpy(to, &h, 2);
  return half_to_float(h);
}

static void put_code(uint8_t *codes, int bits, int k, int n, int stored) {
  uint8_t *to = codes + (bits == 8 ? k / 4 : k / 8) * 4 * PANEL + n * 4 + k % 4;
  *to = (uint8_t)(bits == 8 ? stored : *to | stored << (k % 8 < 4 ? 0 : 4));
}

// One output's codes, scale and offset of a tile that begins at input `from`.
static void put_tile(Matrix *m, uint8_t *codes, int r, int t, int from, int n) {
  const Weight *w = &m->w;
  int bias = w->bits == 8 ? 128 : w->offsets ? 0 : 8, each = w->half ? 2 : 4;
  uint8_t *scales = codes + code_bytes(w->bits, n) + r % PANEL * each;
  float scale = scale_of(w->half, 0.02f + random_float() / 64, scales);
  float offset = w->offsets ? scale_of(w->half, random_float() / 4, scales + PANEL * each) : 0;
  m->scale[r * m->tiles + t] = scale;
  m->offset[r * m->tiles + t] = offset;
  for (int k = 0; k < n; k++) {
    int stored = random_below(1 << w->bits), code = stored - bias;
    if (k < 3) stored = k & 1 ? 0 : (1 << w->bits) - 1, code = stored - bias;  // the extremes, always
    put_code(codes, w->bits, k, r % PANEL, stored);
    int64_t at = (int64_t)r * w->cols + from + k;
    m->code[at] = code;
    float v = (float)code * scale;
    m->value[at] = w->offsets ? v + offset : v;
  }
}

Matrix integer_matrix(int rows, int cols, int bits, int group, int half, int offsets) {
  Matrix m = blank((Weight){.kind = INTEGERS, .rows = rows, .cols = cols, .bits = bits, .group = group,
                            .half = half, .offsets = offsets});
  m.tile = group ? group : cols;
  m.tiles = parts(cols, m.tile);
  m.scale = room((size_t)rows * m.tiles * 4);
  m.offset = room((size_t)rows * m.tiles * 4);
  const int64_t vectors = PANEL * (half ? 2 : 4) * (1 + offsets), tile_bytes = code_bytes(bits, m.tile) + vectors;
  int last = cols - (m.tiles - 1) * m.tile;
  uint8_t *data = panels(&m, (m.tiles - 1) * tile_bytes + code_bytes(bits, last) + vectors);
  for (int r = 0; r < rows; r++)
    for (int t = 0; t < m.tiles; t++)
      put_tile(&m, data + r / PANEL * m.w.panel_bytes + t * tile_bytes, r, t, t * m.tile,
               t + 1 < m.tiles ? m.tile : last);
  return m;
}

Matrix ccq_matrix(int rows, int cols) {
  Matrix m = blank((Weight){.kind = CCQ, .rows = rows, .cols = cols});
  m.tile = 64;
  m.tiles = parts(cols, 64);
  m.scale = room((size_t)rows * m.tiles * 4);
  m.offset = room((size_t)rows * m.tiles * 4);
  const int64_t codes = parts(cols, 8) * 2 * PANEL;
  uint8_t *data = panels(&m, codes + 12 * PANEL + parts(m.tiles * PANEL, 64) * 64);
  for (int r = 0; r < rows; r++) {
    uint8_t *panel = data + r / PANEL * m.w.panel_bytes, *local = panel + codes + 12 * PANEL;
    float *row = (float *)(panel + codes) + r % PANEL;
    row[0] = 121 + random_float();
    row[PANEL] = 626 + random_float();
    row[2 * PANEL] = 0.001f + random_float() / 2048;
    for (int c = 0; c < cols; c++) {
      uint8_t *byte = panel + c / 4 * PANEL + r % PANEL, *l = local + c / 64 * PANEL + r % PANEL;
      if (c % 4 == 0) *byte = (uint8_t)random_below(256);
      if (c % 64 == 0) *l = (uint8_t)random_below(16);
      float y = (float)*byte * row[0];
      int d = (int)floorf((y + row[PANEL]) + 0.5f), at = r * cols + c;
      m.code[at] = (d >> (9 - 3 * (c % 4)) & 63) - 32;
      m.scale[r * m.tiles + c / 64] = (float)*l * row[2 * PANEL];
      m.value[at] = (float)m.code[at] * m.scale[r * m.tiles + c / 64];
    }
  }
  return m;
}
