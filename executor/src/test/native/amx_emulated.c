#include "amx.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define EXPORT __attribute__((visibility("default")))

typedef struct {
  int rows, bytes;
  uint8_t data[AMX_ROWS][AMX_BYTES];
} Register;

static _Thread_local Register registers[AMX_REGISTERS];
static _Thread_local int configured;
static _Thread_local int64_t dots;

static void require(int holds, const char *what) {
  if (holds) return;
  fprintf(stderr, "emulated AMX: %s\n", what);
  abort();
}

static Register *shaped(int t) {
  require(configured, "a register is used before AMX_CONFIGURE or behind AMX_RELEASE");
  require(t >= 0 && t < AMX_REGISTERS && registers[t].rows > 0, "a register is used that has no shape");
  return &registers[t];
}

void amx_configure(const AmxConfig *config) {
  static const uint8_t zeros[16];
  require(config->palette == 1 && config->start_row == 0, "palette must be 1, the start row 0");
  require(memcmp(config->reserved, zeros, sizeof config->reserved) == 0, "reserved bytes must be 0");
  memset(registers, 0, sizeof registers);
  for (int t = 0; t < 16; t++) {
    int rows = config->rows[t], bytes = config->bytes[t];
    require(t < AMX_REGISTERS || (rows == 0 && bytes == 0), "there are eight registers");
    require(rows <= AMX_ROWS && bytes <= AMX_BYTES, "a register has 16 rows of 64 bytes");
    require((rows == 0) == (bytes == 0), "a register needs rows and bytes, or neither");
    if (t < AMX_REGISTERS) registers[t].rows = rows, registers[t].bytes = bytes;
  }
  configured = 1;
}

void amx_release_registers(void) {
  memset(registers, 0, sizeof registers);
  configured = 0;
}

void amx_zero(int t) { memset(shaped(t)->data, 0, sizeof registers[t].data); }

void amx_load(int t, const void *p, ptrdiff_t stride) {
  Register *r = shaped(t);
  memset(r->data, 0, sizeof r->data);
  for (int i = 0; i < r->rows; i++)
    memcpy(r->data[i], (const uint8_t *)p + i * stride, (size_t)r->bytes);
}

void amx_store(int t, void *p, ptrdiff_t stride) {
  Register *r = shaped(t);
  for (int i = 0; i < r->rows; i++) memcpy((uint8_t *)p + i * stride, r->data[i], (size_t)r->bytes);
}

// c[m][n] += int8 a[m][4 k + j] * uint8 b[k][4 n + j], modulo 2^32.
void amx_dot(int c, int a, int b) {
  Register *rc = shaped(c), *ra = shaped(a), *rb = shaped(b);
  require(c != a && c != b && a != b, "the registers of a product must be three");
  require(rc->rows == ra->rows && rc->bytes == rb->bytes, "sums must have a's rows and b's columns");
  require(ra->bytes == 4 * rb->rows, "a row of a must have four bytes for each row of b");
  require(ra->bytes % 4 == 0 && rb->bytes % 4 == 0, "a register's row must be whole fours");
  for (int m = 0; m < rc->rows; m++) {
    uint32_t sum[AMX_BYTES / 4];
    memcpy(sum, rc->data[m], sizeof sum);
    for (int k = 0; k < rb->rows; k++) {
      const int8_t *x = (const int8_t *)ra->data[m] + 4 * k;
      for (int n = 0; n < rb->bytes / 4; n++) {
        const uint8_t *w = rb->data[k] + 4 * n;
        sum[n] += (uint32_t)(x[0] * w[0] + x[1] * w[1] + x[2] * w[2] + x[3] * w[3]);
      }
    }
    memcpy(rc->data[m], sum, sizeof sum);
  }
  dots++;
}

// Of this thread: whether registers have shapes, which a kernel must not leave behind.
EXPORT int quern_amx_configured(void) { return configured; }

// Products of registers that this thread has made: whether a kernel used AMX at all.
EXPORT int64_t quern_amx_dots(void) { return dots; }
