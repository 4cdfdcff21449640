/* microkernel_avx2.c - micro-kernels for AVX2: 12 of 16 registers hold the microtile. */
#ifdef __x86_64__
#define KERNELS tern__microkernels_avx2
#define NAME    "AVX2"
#define TARGET  __attribute__((target("avx2,fma")))
#define BYTES   32
#define MR      4
#define NV      3
#include "microkernel_template.h"
#else
typedef int not_for_this_cpu;
#endif
