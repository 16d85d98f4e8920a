// Activations as int8, the plain way and as the kernels pack them.
#ifndef QUERN_CHECK_ROWS_H
#define QUERN_CHECK_ROWS_H
#include "kernels.h"

// integers [rows][width], zeros from cols on; scales [rows][groups].
typedef struct {
  int8_t *integers;
  float *scales;
  int width, groups;
} Quantized;

Quantized quantize(const float *x, int ldx, int rows, int cols);

// The sum of a row's integers of inputs from..to.
int sum_of(const Quantized *q, int r, int from, int to);

// Room for packed integers with sums for these levels.
Rows packed_integers(int rows, int cols, int levels);

// Rows of the block that starts at row r.
int block_at(int r, int rows);
#endif
