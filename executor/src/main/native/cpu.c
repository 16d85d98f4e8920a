// Which of the compiled instruction sets this processor (and its operating system) runs.
#define _GNU_SOURCE
#include <sched.h>
#include <stdint.h>
#include <sys/mman.h>

#if defined(QUERN_HAS_AMX) && defined(__linux__)
#include <cpuid.h>
#include <sys/syscall.h>
#include <unistd.h>
#endif

#define EXPORT __attribute__((visibility("default")))

enum {
  AVX2 = 0, AVX2_VNNI = 1, AVX512 = 2, AVX512_VNNI = 3, AMX_INT8 = 4, NEON = 5, NEON_DOTPROD = 6, NEON_I8MM = 7
};

#if defined(__aarch64__) && defined(__linux__)
#include <sys/auxv.h>
// Bits of the kernel's arch/arm64/include/uapi/asm/hwcap.h, where the C library's headers are older.
enum { HAS_DOTPROD = 1 << 20, HAS_I8MM = 1 << 13 };
static int has_dotprod(void) { return (getauxval(AT_HWCAP) & HAS_DOTPROD) != 0; }
static int has_i8mm(void) { return (getauxval(AT_HWCAP2) & HAS_I8MM) != 0; }
#elif defined(__aarch64__) && defined(__APPLE__)
#include <sys/sysctl.h>
static int has(const char *name) {
  int value = 0;
  size_t size = sizeof value;
  return sysctlbyname(name, &value, &size, 0, 0) == 0 && value != 0;
}
static int has_dotprod(void) { return has("hw.optional.arm.FEAT_DotProd"); }
static int has_i8mm(void) { return has("hw.optional.arm.FEAT_I8MM"); }
#elif defined(__aarch64__)
static int has_dotprod(void) { return 0; }
static int has_i8mm(void) { return 0; }
#endif

#if defined(QUERN_HAS_AMX) && defined(__linux__)
// Registers of 8 KiB are the first state that Linux gives a process only when it asks, since signal frames
// grow by it. The permission is the process's: threads that run already have it, those created later
// inherit it, so asking once here serves every worker. It is refused, and AMX not used, where the system
// forbids it or a thread's alternative signal stack is too small for such a frame. Asking again is
// harmless.
static int amx_permitted(void) {
  enum { ARCH_REQ_XCOMP_PERM = 0x1023, XTILEDATA = 18 };
  return syscall(SYS_arch_prctl, ARCH_REQ_XCOMP_PERM, XTILEDATA) == 0;
}

// Bits 24 and 25 of EDX: AMX-TILE and AMX-INT8; bits 17 and 18 of XCR0: the system keeps shapes and data of
// the registers. XGETBV is there where AVX-512 is.
static int amx_int8(void) {
  unsigned a, b, c, d, low, high;
  if (!__get_cpuid_count(7, 0, &a, &b, &c, &d) || (d >> 24 & 3) != 3) return 0;
  __asm__ volatile("xgetbv" : "=a"(low), "=d"(high) : "c"(0));
  return (low >> 17 & 3) == 3 && amx_permitted();
}
#else
static inline int amx_int8(void) { return 0; }
#endif

EXPORT int quern_supports(int isa) {
#if defined(__x86_64__)
  __builtin_cpu_init();
  int avx2 = __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma") &&
             __builtin_cpu_supports("f16c");
  int avx512 = avx2 && __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
               __builtin_cpu_supports("avx512vl") && __builtin_cpu_supports("avx512dq");
  switch (isa) {
    case AVX2: return avx2;
    case AVX2_VNNI: return avx2 && __builtin_cpu_supports("avxvnni");
    case AVX512: return avx512;
    case AVX512_VNNI: return avx512 && __builtin_cpu_supports("avx512vnni");
    case AMX_INT8: return avx512 && __builtin_cpu_supports("avx512vnni") && amx_int8();
    default: return 0;
  }
#elif defined(__aarch64__)
  switch (isa) {
    case NEON: return 1;
    case NEON_DOTPROD: return has_dotprod();
    case NEON_I8MM: return has_dotprod() && has_i8mm();
    default: return 0;
  }
#else
  return 0;
#endif
}

// Zeroed memory in pages of 2 MiB where the system gives them: a product of one row streams its
// weights, and large pages save it most address translations. Null when there is no memory.
EXPORT void *quern_map(int64_t bytes) {
  void *p = mmap(0, (size_t)bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (p == MAP_FAILED) return 0;
#ifdef MADV_HUGEPAGE
  madvise(p, (size_t)bytes, MADV_HUGEPAGE);
#endif
  return p;
}

EXPORT void quern_unmap(void *p, int64_t bytes) { munmap(p, (size_t)bytes); }

// Begins to bring up memory from p on; no more than the 4 KiB that products fetch ahead themselves (AHEAD).
EXPORT void quern_fetch(const char *p, int64_t bytes) {
  for (int64_t i = 0; i < (bytes < 4096 ? bytes : 4096); i += 64) __builtin_prefetch(p + i);
}

// Binds the calling thread to the n-th of the `of` processors that it may run on; 0 where these are not so
// many, or it was not possible.
EXPORT int quern_pin(int n, int of) {
#if defined(__linux__)
  cpu_set_t allowed, one;
  if (sched_getaffinity(0, sizeof allowed, &allowed) != 0 || CPU_COUNT(&allowed) != of) return 0;
  for (int cpu = 0; cpu < CPU_SETSIZE; cpu++)
    if (CPU_ISSET(cpu, &allowed) && n-- == 0) {
      CPU_ZERO(&one);
      CPU_SET(cpu, &one);
      return sched_setaffinity(0, sizeof one, &one) == 0;
    }
#else
  (void)n;
  (void)of;
#endif
  return 0;
}
