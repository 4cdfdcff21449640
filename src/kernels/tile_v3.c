/* tile_v3.c - tiles for AVX2: 12 of 16 registers are sums. */
#include "tile.h"

#ifdef __x86_64__
#define TILES   tern__tiles_v3
#define TARGET  __attribute__((target("avx2,fma")))
#define BYTES   32
#define ROWS    4
#define VECTORS 3
#include "tile_kernels.h"
#endif
