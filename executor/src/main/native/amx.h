// Matrix registers of AMX: eight, each of up to 16 rows of 64 bytes. Kernels reach them through these
// names alone, so that tests can compile the same kernels over a model of the registers in C
// (QUERN_AMX_EMULATED, src/test/native/amx_emulated.h) and run them on machines without AMX.
//   AMX_CONFIGURE(c)    sets all shapes and zeroes all registers
//   AMX_RELEASE()       back to no shapes: the system then saves nothing of them at a switch of threads
//   AMX_LOAD, AMX_STORE rows at p, p + stride, ..
//   AMX_DOT(c, a, b)    c[m][n] += a[m][4 k + j] * b[k][4 n + j] over all k and j < 4: int32, int8, uint8
// A register's number is a literal, or a macro that is one.
#ifndef QUERN_AMX_H
#define QUERN_AMX_H
#include <stdint.h>

#if defined(QUERN_AMX_EMULATED) || defined(__AMX_INT8__)
#define HAS_AMX 1
enum { AMX_ROWS = 16, AMX_BYTES = 64, AMX_REGISTERS = 8 };

// What LDTILECFG reads.
typedef struct {
  uint8_t palette, start_row, reserved[14];
  uint16_t bytes[16];  // of a row, by register; the second eight stay 0
  uint8_t rows[16];
} AmxConfig;
_Static_assert(sizeof(AmxConfig) == 64, "64 bytes are read");
#else
#define HAS_AMX 0
#endif

#if defined(QUERN_AMX_EMULATED)
#include "amx_emulated.h"
#elif defined(__AMX_INT8__)
#include <immintrin.h>

// gcc's intrinsics do not say that they read memory: stores before them must not be moved behind them.
#define AMX_READS(p) __asm__ volatile("" : : "r"(p) : "memory")
#define AMX_CONFIGURE(config) do { AMX_READS(config); _tile_loadconfig(config); } while (0)
#define AMX_RELEASE() _tile_release()
#define AMX_ZERO(t) _tile_zero(t)
#define AMX_LOAD(t, p, stride) do { AMX_READS(p); _tile_loadd(t, p, stride); } while (0)
#define AMX_STORE(t, p, stride) _tile_stored(t, p, stride)
#define AMX_DOT(c, a, b) _tile_dpbsud(c, a, b)
#endif
#endif
