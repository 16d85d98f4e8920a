// check LIBRARY INSTRUCTION_SET CODE: runs every check on the kernels of one instruction set. Exit code 3
// says that this processor, going by the library itself, does not run them.
#define _GNU_SOURCE
#include <dlfcn.h>
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "kernels.h"

const int SIZES[5] = {1, 13, 64, 207, 576};

enum { ROOMS = 4096, MARK = 0xa5 };
static struct {
  char *base, *from;
  size_t bytes, total;
  int busy;
} rooms[ROOMS];
static int used, cases;
static char current[200];
static uint64_t state = 88172645463325252ull, folded = 14695981039346656037ull;

static _Noreturn void fail(const char *what, int64_t at, const char *detail) {
  printf("FAILED: %s: %s[%lld]: %s\n", current, what, (long long)at, detail);
  exit(1);
}

void start_case(const char *name, ...) {
  va_list arguments;
  va_start(arguments, name);
  vsnprintf(current, sizeof current, name, arguments);
  va_end(arguments);
  cases++;
}

// A mapping whose last page cannot be touched; those of former cases serve again, since an emulator takes
// its time over mappings.
static int mapping(size_t total, size_t page) {
  for (int i = 0; i < used; i++)
    if (!rooms[i].busy && rooms[i].total == total) return i;
  char *base = mmap(0, total, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (base == MAP_FAILED || used == ROOMS) fail("room", (int64_t)total, "no memory");
  mprotect(base + total - page, page, PROT_NONE);
  rooms[used].base = base;
  rooms[used].total = total;
  return used++;
}

void *room(size_t bytes) {
  size_t page = (size_t)sysconf(_SC_PAGESIZE), rounded = (bytes + 63) / 64 * 64;
  size_t total = (rounded + page - 1) / page * page + 2 * page;
  int i = mapping(total, page);
  char *from = rooms[i].base + total - page - rounded;
  memset(from - 64, MARK, 64);
  memset(from, 0, bytes);
  memset(from + bytes, MARK, rounded - bytes);
  rooms[i].from = from;
  rooms[i].bytes = bytes;
  rooms[i].busy = 1;
  return from;
}

void release(void) {
  for (int i = 0; i < used; i++) {
    if (!rooms[i].busy) continue;
    const unsigned char *from = (const unsigned char *)rooms[i].from;
    size_t bytes = rooms[i].bytes, rounded = (bytes + 63) / 64 * 64;
    for (int k = -64; k < 0; k++)
      if (from[k] != MARK) fail("bytes before memory", k, "changed");
    for (size_t k = bytes; k < rounded; k++)
      if (from[k] != MARK) fail("bytes behind memory", (int64_t)k, "changed");
    rooms[i].busy = 0;
  }
}

int random_below(int n) {
  state ^= state << 13;
  state ^= state >> 7;
  state ^= state << 17;
  return (int)((state >> 20) % (uint64_t)n);
}
float random_float(void) { return (float)(random_below(1 << 24) - (1 << 23)) / (1 << 23); }
void fill(float *x, int64_t n) {
  for (int64_t i = 0; i < n; i++) x[i] = random_float();
}

void expect_bits(const char *what, int64_t at, float expected, float got) {
  if (memcmp(&expected, &got, 4) == 0) return;
  char text[100];
  snprintf(text, sizeof text, "expected %.9g (%a) but got %.9g (%a)", expected, expected, got, got);
  fail(what, at, text);
}

void expect_near(const char *what, int64_t at, double expected, double got, double tolerance) {
  if (fabs(expected - got) <= tolerance) return;
  char text[100];
  snprintf(text, sizeof text, "expected %.9g within %g but got %.9g", expected, tolerance, got);
  fail(what, at, text);
}

void expect_int(const char *what, int64_t at, int64_t expected, int64_t got) {
  if (expected == got) return;
  char text[100];
  snprintf(text, sizeof text, "expected %lld but got %lld", (long long)expected, (long long)got);
  fail(what, at, text);
}

float *output(int rows, int ld) {
  float *out = room((size_t)rows * ld * 4);
  memset(out, MARK, (size_t)rows * ld * 4);
  return out;
}

void written(const float *out, int rows, int cols, int ld) {
  float mark;
  memset(&mark, MARK, 4);
  for (int r = 0; r < rows; r++)
    for (int c = cols; c < ld; c++) expect_bits("guard behind row", (int64_t)r * ld + c, mark, out[(int64_t)r * ld + c]);
}

void digest(const void *data, size_t bytes) {
  const unsigned char *p = data;
  for (size_t i = 0; i < bytes; i++) folded = (folded ^ p[i]) * 1099511628211ull;
}

float half_to_float(uint16_t h) {
  int e = h >> 10 & 31, m = h & 1023;
  double v = e == 0 ? ldexp(m, -24) : e < 31 ? ldexp(1024 + m, e - 25) : m ? NAN : INFINITY;
  return (float)(h >> 15 ? -v : v);
}

// Ties to even; numbers here are finite and below 65,504.
uint16_t float_to_half(float f) {
  double a = fabs((double)f);
  int e = a == 0 ? -14 : ilogb(a) < -14 ? -14 : ilogb(a);
  int64_t m = llrint(ldexp(a, 10 - e));  // of 2^10 steps in [2^e, 2^(e + 1)); below 2^10: subnormal
  int64_t bits = m + (int64_t)(e + 14) * 1024;
  return (uint16_t)(bits | (signbit(f) ? 0x8000 : 0));
}

float bfloat_to_float(uint16_t h) {
  uint32_t bits = (uint32_t)h << 16;
  float f;
  memcpy(&f, &bits, 4);
  return f;
}

uint16_t float_to_bfloat(float f) {
  uint32_t bits;
  memcpy(&bits, &f, 4);
  return (uint16_t)((bits + 0x7fff + (bits >> 16 & 1)) >> 16);
}

static void *bind(void *library, const char *name, const char *isa) {
  char symbol[100];
  snprintf(symbol, sizeof symbol, "quern_%s_%s", name, isa);
  for (char *c = symbol; *c; c++) *c = *c == '-' ? '_' : *c;
  void *function = dlsym(library, symbol);
  if (!function) fail(symbol, 0, "not in the library");
  return function;
}

static Kernels bind_all(void *library, const char *isa) {
  Kernels k = {.lanes = strncmp(isa, "neon", 4) == 0 ? 4 : strncmp(isa, "avx2", 4) == 0 ? 8 : 16};
#define BIND(name) *(void **)&k.name = bind(library, #name, isa);
  BIND(pack) BIND(embed) BIND(pack_rows) BIND(linear) BIND(gate_up) BIND(quantize_rows) BIND(linear_int)
  BIND(gate_up_int) BIND(rms_norm) BIND(add) BIND(combine) BIND(argmax) BIND(rope_store) BIND(kv_copy)
  BIND(attention_scratch) BIND(attention) BIND(attention_partial) BIND(attention_merge) BIND(peak_int8)
  BIND(peak_read)
  return k;
}

int main(int count, char **arguments) {
  if (count != 4) {
    fprintf(stderr, "usage: check LIBRARY INSTRUCTION_SET CODE\n");
    return 2;
  }
  start_case("binding");
  void *library = dlopen(arguments[1], RTLD_NOW);
  if (!library) fail("dlopen", 0, dlerror());
  int (*supports)(int);
  *(void **)&supports = dlsym(library, "quern_supports");
  if (!supports || !supports(atoi(arguments[3]))) return 3;
  Kernels k = bind_all(library, arguments[2]);
  cases = 0;
  check_rows(&k);
  check_products(&k);
  check_attention(&k);
  printf("%d cases passed, digest %016llx\n", cases, (unsigned long long)folded);
  return 0;
}
