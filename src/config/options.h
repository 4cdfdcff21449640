/* options.h - the one place that reads, defaults, checks and writes options: everything goes by the rows of a table. */
#ifndef TERN_CONFIG_OPTIONS_H
#define TERN_CONFIG_OPTIONS_H

#include "memory.h"

#include <tern/schema.h>

/* The tree of JSON that cJSON makes: known to src/config alone. */
typedef struct cJSON cJSON;

/* What reading needs. What it makes lives in the arena. */
typedef struct tern__reading {
    const tern_registry *registry;
    tern__arena *arena;
    tern_error *err;
} tern__reading;

/* A table and the struct that it fills. */
typedef struct tern__fields {
    const tern_option *table; /* NULL: none */
    void *self;
} tern__fields;

/* How reading went. A mistake that can't change a shape (an unknown key, a bad real number) is SLIGHT: the layer can
 * still be planned, so that what does not fit after it is reported in the same pass. */
typedef enum tern__outcome { TERN__READ, TERN__SLIGHT, TERN__WRONG, TERN__OUT_OF_MEMORY } tern__outcome;

/* Sets every field to its default. */
tern__outcome tern__options_default(const tern__reading *r, tern__fields fields);

/* The row of a table whose name or alias a key is; NULL: none. */
const tern_option *tern__option_find(const tern_option *table, const char *key);

/* Reads the keys of `object` into the fields of up to two tables, defaults first. `what` names the owner in messages
 * ("dense"). Where `typed`, the key "type" is somebody else's. An option that is null is left out. All mistakes are
 * reported. */
tern__outcome tern__options_read(const tern__reading *r, const cJSON *object, const char *what, bool typed,
                                 tern__fields own, tern__fields common);

/* Reads {"type": NAME, ...}, or just NAME, of a kind. Where it is WRONG, `out->self` is NULL, but `out->type` is set if
 * the name was known, and `out->common` has what could be read. */
tern__outcome tern__object_read(const tern__reading *r, tern_kind kind, const cJSON *value, tern_object *out);

/* The fields as JSON, every default filled in, added to `out`. False: no memory. */
bool tern__options_write(tern__fields fields, cJSON *out);

/* A list of blocks, or its word, as JSON; NULL: no memory. */
cJSON *tern__blocks_write(const tern_option *row, const tern_blocks *blocks);

/* An object as JSON, "type" first; NULL: no memory. */
cJSON *tern__object_write(const tern_object *object);

/* Whether a row's default lies outside its range: it may be left out and stays unset. */
bool tern__option_unset(const tern_option *row);

/* Reads an example's options into the arena: the type as a model file would name it. Errors: MODEL, MEMORY. */
tern_status tern__example_read(const tern_registry *r, const tern_type *type, const tern_example *example,
                               tern__arena *arena, tern_object *out, tern_error *err);

/* What the options of a kind are kept in, and its size: `common` of a tern_object. */
size_t tern__kind_size(tern_kind kind);

/* ---- the option structs that all types of a kind share: tern_kind_options() ---- */

typedef struct tern__layer_common {
    const char *name;
    tern_strings inputs;
    bool trainable;
    const char *weights_of; /* a layer before it */
} tern__layer_common;

typedef enum tern__reduction { TERN__MEAN, TERN__SUM, TERN__BATCHMEAN } tern__reduction;

typedef struct tern__loss_common {
    int reduction;
    tern_named_reals class_weight;  /* or "balanced" */
    const char *of, *target, *name; /* a layer; a target, or an input; what the log calls it */
    double loss_weight;
} tern__loss_common;

/* Weights with options of their own; NAN: the optimizer's. */
typedef struct tern__weight_group {
    tern_strings weights; /* names and patterns */
    double lr, weight_decay;
} tern__weight_group;

typedef struct tern__optimizer_common {
    tern_strings decay_exclude;
    tern_blocks groups; /* of tern__weight_group */
} tern__optimizer_common;

typedef enum tern__interval { TERN__EPOCH, TERN__STEP } tern__interval;

typedef struct tern__schedule_common {
    int interval; /* tern__interval; -1: the type's own */
    size_t warmup_epochs, warmup_steps;
    double warmup_start;
} tern__schedule_common;

typedef struct tern__metric_common {
    const char *name, *of;
} tern__metric_common;

#endif
