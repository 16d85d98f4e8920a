// How fast the integer products of one instruction set are on one thread, without the engine around them:
//
//   speed.sh ISA BITS GROUP OFFSETS INPUTS OUTPUTS ROWS..        speed.sh avx512_vnni 4 32 0 576 1536 1 8 32 96
//
// Weights are cycled through 256 MiB, so that few rows stream them from memory. GROUP 0: one scale a row.
// Prints multiply-adds, bytes of weights read, and what quantizing the activations takes beside the product.
#define _GNU_SOURCE
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <time.h>

#include "tiles.h"

void Q(linear_int)(float *, int64_t, const Rows *, const Weight *, int, int, int, int, int);
void Q(quantize_rows)(const Rows *, const float *, int64_t, const int32_t *, const float *, float, int, int);

static double seconds(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

// Zeros in large pages, as the engine has its weights.
static void *memory(int64_t bytes) {
  const int64_t page = 2 << 20;
  char *p = mmap(0, (size_t)(bytes + page), PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (p == MAP_FAILED) exit(1);
  p = (char *)(((uintptr_t)p + (uintptr_t)page - 1) & ~(uintptr_t)(page - 1));
  madvise(p, (size_t)bytes, MADV_HUGEPAGE);
  return p;
}

static uint32_t next(void) {
  static uint32_t state = 1;
  return state = state * 1664525 + 1013904223;
}

static int64_t panel_bytes(const Weight *w) {
  int64_t size = w->group ? w->group : w->cols, whole = w->cols / size, rest = w->cols - whole * size;
  int64_t scales = scale_bytes(w) * (1 + w->offsets);
  return whole * (code_bytes(w->bits, size) + scales) + (rest ? code_bytes(w->bits, rest) + scales : 0);
}

static void measure(Weight w, const char *weights, int64_t bytes, int copies, int rows) {
  float *x = memory(4LL * rows * w.cols), *out = memory(4LL * rows * w.rows);
  for (int64_t i = 0; i < (int64_t)rows * w.cols; i++) x[i] = (float)(int32_t)next() * 1e-9f;
  Rows packed = {memory((int64_t)rows * (w.cols + GROUP)), memory(4LL * rows * (w.cols / GROUP + 2)),
                 memory(4LL * rows * (w.cols / 16 + 16)), rows, w.cols, (w.group ? w.group : GROUP) >> 4, 0};
  double product = 1e9, quantize = 1e9;
  for (int run = 0; run < 7; run++) {
    int n = 0;
    double start = seconds(), time;
    do {
      w.data = (const uint8_t *)weights + n++ % copies * bytes;
      Q(linear_int)(out, w.rows, &packed, &w, 0, 0, rows, 0, w.rows / PANEL);
    } while ((time = seconds() - start) < 0.06);
    product = time / n < product ? time / n : product;
    start = seconds();
    Q(quantize_rows)(&packed, x, w.cols, 0, 0, 0, 0, rows);
    time = seconds() - start;
    quantize = time < quantize ? time : quantize;
  }
  printf("%4d rows %8.1f GMAC/s %7.2f GB/s  quantizing %4.1f%%\n", rows,
         1e-9 * rows * w.cols * w.rows / product, 1e-9 * (double)bytes / product, 100 * quantize / product);
}

int main(int count, char **given) {
  if (count < 7) return 2;
  Weight w = {.kind = INTEGERS, .rows = atoi(given[5]) / PANEL * PANEL, .cols = atoi(given[4]),
              .bits = atoi(given[1]), .group = atoi(given[2]), .half = 1, .offsets = atoi(given[3])};
  w.panel_bytes = panel_bytes(&w);
  int64_t bytes = w.panel_bytes * (w.rows / PANEL);
  int copies = (int)((256 << 20) / bytes) + 1;
  char *weights = memory(bytes * copies);
  // Any byte is a code; as halves of scales the mask leaves numbers below 1.
  for (int64_t i = 0; i < bytes * copies; i += 2) {
    uint16_t half = (next() >> 16) & 0x3bff;
    memcpy(weights + i, &half, 2);
  }
  for (int i = 6; i < count; i++) measure(w, weights, bytes, copies, atoi(given[i]));
  return 0;
}
