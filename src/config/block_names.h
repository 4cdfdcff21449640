/* block_names.h - what the layers of a block are called, use by use. */
#ifndef TERN_CONFIG_BLOCK_NAMES_H
#define TERN_CONFIG_BLOCK_NAMES_H

#include <tern/base.h>

typedef struct cJSON cJSON;

enum {
    TERN__BLOCK_NAME = 2 * TERN_MAX_NAME,
    TERN__BLOCK_MOST = 10000, /* layers, and repetitions */
    TERN__BLOCK_DEEPEST = 16  /* blocks within blocks */
};

/* A layer's text under a key; NULL: it has none. */
const char *tern__block_text(const cJSON *layer, const char *key);

/* The layers of the block that a layer uses; NULL: it is a layer of a type. */
cJSON *tern__block_layers(const cJSON *blocks, const cJSON *layer);

/* How often a use repeats its block; 0: it is there once, without a number. */
size_t tern__block_repeats(const cJSON *use);

/* A layer's own name behind a prefix; without one its index, as nn.Sequential has it. */
void tern__block_join(const char *prefix, const cJSON *layer, int index, char out[TERN__BLOCK_NAME]);

/* The prefix of the layers of repetition r of a use that is called `name`. */
void tern__block_prefix(const char *name, const cJSON *use, size_t r, char out[TERN__BLOCK_NAME]);

/* The name of the layer whose output is that of a layer, or of a use of a block. */
void tern__block_output(const cJSON *blocks, const char *prefix, const cJSON *layer, int index,
                        char out[TERN__BLOCK_NAME]);

#endif
