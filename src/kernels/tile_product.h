/* tile_product.h - matrix products by our own tiles. */
#ifndef TERN_KERNELS_TILE_PRODUCT_H
#define TERN_KERNELS_TILE_PRODUCT_H

#include "blas.h"
#include "tile.h"

/* Does a product that tiles are good at; false, having done nothing, where a BLAS is better or has to: see
 * tile_product.c. */
bool tern__tile_product(const tern__tiles *tiles, const tern__product *p);

#endif
