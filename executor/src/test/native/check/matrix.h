// A random weight: packed as weight.h lays it out, and as plain numbers beside it.
#ifndef QUERN_CHECK_MATRIX_H
#define QUERN_CHECK_MATRIX_H
#include "kernels.h"

// code [rows][cols] signed as products see them; scale and offset [rows][tiles] of `tile` inputs; value
// [rows][cols]: what the weight is in float32, each operation rounded.
typedef struct {
  Weight w;
  int32_t *code;
  float *scale, *offset, *value;
  int tile, tiles;
} Matrix;

// F32, F16, BF16 or FP8.
Matrix float_matrix(int kind, int rows, int cols);
// Codes of 4 or 8 bits; group 0: one scale a row.
Matrix integer_matrix(int rows, int cols, int bits, int group, int half, int offsets);
Matrix ccq_matrix(int rows, int cols);
#endif
