/* blocks.h - layers under a name of their own, which a model file uses as a type of layer: written out, use by use,
 * before anything reads them. */
#ifndef TERN_CONFIG_BLOCKS_H
#define TERN_CONFIG_BLOCKS_H

#include "json.h"

#include <tern/registry.h>
#include <tern/type.h>

/* A block as the schema has it; in the tree it is gone before it is read. */
typedef struct tern__block {
    tern_objects layers;
} tern__block;

/* Marks a layer that stands for one whose mistakes were said at its first use. */
extern const char tern__block_again[];

/* Puts the layers of blocks in the place of their uses, and takes the blocks out: names are joined as PyTorch's modules
 * are, "blocks.0.norm1", and messages point into the block and say which use. Errors: MODEL, MEMORY. */
tern_status tern__blocks_expand(tern__json *j, const tern_registry *r, tern_error *err);

#endif
