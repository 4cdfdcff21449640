/* tile_v4.c - tiles for AVX-512: 24 of 32 registers are sums. */
#include "tile.h"

#ifdef __x86_64__
#define TILES   tern__tiles_v4
#define TARGET  __attribute__((target("avx512f,avx512bw,avx512cd,avx512dq,avx512vl,avx2,fma")))
#define BYTES   64
#define ROWS    8
#define VECTORS 3
#include "tile_kernels.h"
#endif
