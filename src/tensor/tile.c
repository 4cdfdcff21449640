/* tile.c - tiles for any CPU, in the vectors of 16 bytes that x86-64 and aarch64 have, and which to take; see tile.h. */
#define TILES tern__tiles_any
#define TARGET
#define BYTES 16
#ifdef __aarch64__
#define ROWS 8
#else
#define ROWS 4
#endif
#define VECTORS 2
#include "tile_kernels.h"

const tern__tiles *tern__tiles_of(int level) {
#ifdef __x86_64__
    if (level >= 4) return &tern__tiles_v4;
    if (level >= 3) return &tern__tiles_v3;
#endif
    (void)level;
    return &tern__tiles_any;
}
