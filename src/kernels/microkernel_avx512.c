/* microkernel_avx512.c - micro-kernels for AVX-512: 24 of 32 registers hold the microtile. */
#ifdef __x86_64__
#define KERNELS tern__microkernels_avx512
#define NAME    "AVX-512"
#define TARGET  __attribute__((target("avx512f,avx512bw,avx512cd,avx512dq,avx512vl,avx2,fma")))
#define BYTES   64
#define MR      8
#define NV      3
#include "microkernel_template.h"
#else
typedef int not_for_this_cpu;
#endif
