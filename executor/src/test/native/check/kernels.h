// What the checks share: the kernels of one instruction set out of the library, bound by name as Java binds
// them; deterministic inputs; memory whose bounds are watched. The structs are written down once more, so
// that a change of layout in src/main/native fails here.
#ifndef QUERN_CHECK_KERNELS_H
#define QUERN_CHECK_KERNELS_H
#include <stddef.h>
#include <stdint.h>

enum { F32 = 0, F16 = 1, BF16 = 2, INTEGERS = 3, FP8 = 4, CCQ = 5 };
enum { KV_F32 = 0, KV_F16 = 1, KV_BF16 = 2, KV_INT8 = 3 };
enum { PANEL = 32, GROUP = 128, BLOCK = 12, CHUNK = 96 };

typedef struct {
  const uint8_t *data;
  int64_t panel_bytes;
  int32_t kind, rows, cols, bits, group, half, offsets;
} Weight;

typedef struct {
  void *data;
  float *scales;
  int32_t *sums;
  int32_t rows, cols, levels, unused;
} Rows;

typedef struct {
  char *memory;
  int64_t type, kv_heads, dim, block_size, block_bytes;
  const float *key_scales, *value_scales;
} Cache;

typedef struct {
  const int32_t *row_seq, *row_position, *block, *slot, *tables, *table_start, *shared;
  const float *cos, *sin;
} Step;

typedef struct {
  int lanes;  // float32 numbers of a vector: fixes the tree that sums squares
  void (*pack)(void *, int, const void *, int64_t, int64_t, int, int, int, int);
  void (*embed)(float *, int64_t, const int32_t *, int, int, const Weight *);
  void (*pack_rows)(const Rows *, const float *, int64_t, const int32_t *, int, int);
  void (*linear)(float *, int64_t, const Rows *, const Weight *, int, int, int, int, int);
  void (*gate_up)(float *, int64_t, const Rows *, const Weight *, const Weight *, int, int, int, int);
  void (*quantize_rows)(const Rows *, const float *, int64_t, const int32_t *, const float *, float, int, int);
  void (*linear_int)(float *, int64_t, const Rows *, const Weight *, int, int, int, int, int);
  void (*gate_up_int)(float *, int64_t, const Rows *, const Weight *, const Weight *, int, int, int, int);
  void (*rms_norm)(float *, int64_t, const float *, int64_t, const float *, float, int, int, int);
  void (*add)(float *, const float *, int64_t);
  void (*combine)(float *, int64_t, const float *, int, const int32_t *, const float *, int, int, int);
  int32_t (*argmax)(const float *, int, int);
  void (*rope_store)(float *, int64_t, float *, const float *, int64_t, const Cache *, int, int, int,
                     const Step *, int, int, int, int);
  void (*kv_copy)(const Cache *, int, int, int, int);
  int64_t (*attention_scratch)(int, int);
  void (*attention)(float *, const float *, int64_t, const Cache *, int, int, int, const Step *, int, int,
                    int, float *, float *);
  int64_t (*attention_partial)(int);
  void (*attention_merge)(float *, int64_t, int, int, int, int, int, int, float *);
  int64_t (*peak_int8)(int64_t);
  int64_t (*peak_read)(const void *, int64_t, int);
} Kernels;

// Zeroed memory that ends, up to 63 bytes, at a page nobody may touch; release() takes all of it back and fails
// where a byte around it has changed.
void *room(size_t bytes);
void release(void);

// Reproducible numbers in [0, n), and in [-1, 1).
int random_below(int n);
float random_float(void);
void fill(float *x, int64_t n);

// Ends the process with the case's name and what was expected where. `name` is a printf format.
__attribute__((format(printf, 1, 2))) void start_case(const char *name, ...);
void expect_bits(const char *what, int64_t at, float expected, float got);
void expect_near(const char *what, int64_t at, double expected, double got, double tolerance);
void expect_int(const char *what, int64_t at, int64_t expected, int64_t got);

// An output [rows][ld] full of a mark; written() fails where something but the first `cols` of a row changed.
float *output(int rows, int ld);
void written(const float *out, int rows, int cols, int ld);

// Results that all instruction sets must agree on, folded into one number.
void digest(const void *data, size_t bytes);

float half_to_float(uint16_t h);
uint16_t float_to_half(float f);
float bfloat_to_float(uint16_t h);
uint16_t float_to_bfloat(float f);

static inline int parts(int n, int size) { return (n + size - 1) / size; }
static inline int least(int a, int b) { return a < b ? a : b; }

extern const int SIZES[5];  // 1, 13, 64, 207, 576

void check_products(const Kernels *k);
void check_rows(const Kernels *k);
void check_attention(const Kernels *k);
#endif
