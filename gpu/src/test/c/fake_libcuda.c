/* The few driver functions that listing devices needs: two devices, or the status in FAKE_CUINIT from cuInit. */
#include <stdlib.h>
#include <string.h>
#include <stdio.h>
typedef int CUresult;
static int current = -1, retained = 0;
CUresult cuInit(unsigned flags) { const char *s = getenv("FAKE_CUINIT"); return flags ? 1 : s ? atoi(s) : 0; }
CUresult cuDriverGetVersion(int *v) { *v = 12040; return 0; }
CUresult cuDeviceGetCount(int *n) { *n = 2; return 0; }
CUresult cuDeviceGet(int *d, int ordinal) { if (ordinal > 1) return 101; *d = ordinal; return 0; }
CUresult cuDeviceGetName(char *name, int n, int d) { snprintf(name, n, "Fake %c", 'A' + d); return 0; }
CUresult cuDeviceGetAttribute(int *v, int a, int d) { *v = a == 75 ? 8 : a == 76 ? d : -1; return 0; }
CUresult cuDeviceTotalMem_v2(size_t *b, int d) { *b = (size_t)80000000000 + d; return 0; }
CUresult cuDevicePrimaryCtxRetain(void **c, int d) { retained++; *c = (void *)(long)(d + 1); return 0; }
CUresult cuDevicePrimaryCtxRelease_v2(int d) { return retained-- > 0 && current == -1 ? 0 : 201; }
CUresult cuCtxPushCurrent_v2(void *c) { current = (int)(long)c - 1; return 0; }
CUresult cuCtxPopCurrent_v2(void **c) { if (current < 0) return 201; *c = (void *)(long)(current + 1); current = -1; return 0; }
CUresult cuMemGetInfo_v2(size_t *f, size_t *t) { if (current < 0) return 201; *f = 79000000000; *t = 80000000000; return 0; }
CUresult cuGetErrorString(CUresult e, const char **s) { *s = e == 100 ? "no CUDA-capable device is detected" : 0; return *s ? 0 : 1; }
