/* microkernel_generic.c - micro-kernels for any CPU, in the vectors of 16 bytes that x86-64 and aarch64 have. */
#define KERNELS tern__microkernels_generic
#define NAME    "generic"
#define TARGET
#define BYTES 16
#ifdef __aarch64__
#define MR 8
#else
#define MR 4
#endif
#define NV 2
#include "microkernel_template.h"
