// The matrix registers of AMX in C: palette 1, and for what the processor would fault on, an abort that
// says what it was. Included by amx.h under QUERN_AMX_EMULATED.
#ifndef QUERN_AMX_EMULATED_H
#define QUERN_AMX_EMULATED_H
#include <stddef.h>

void amx_configure(const AmxConfig *config);
void amx_release_registers(void);
void amx_zero(int t);
void amx_load(int t, const void *p, ptrdiff_t stride);
void amx_store(int t, void *p, ptrdiff_t stride);
void amx_dot(int c, int a, int b);

#define AMX_CONFIGURE(config) amx_configure(config)
#define AMX_RELEASE() amx_release_registers()
#define AMX_ZERO(t) amx_zero(t)
#define AMX_LOAD(t, p, stride) amx_load(t, p, stride)
#define AMX_STORE(t, p, stride) amx_store(t, p, stride)
#define AMX_DOT(c, a, b) amx_dot(c, a, b)
#endif
