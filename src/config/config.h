/* config.h - a model file as structs. The tables in config.c and train_options.c describe it whole: reading, checking,
 * render and schema go by them. */
#ifndef TERN_CONFIG_CONFIG_H
#define TERN_CONFIG_CONFIG_H

#include "array_fit.h"
#include "augment.h"
#include "blocks.h"
#include "json.h"
#include "options.h"
#include "target.h"

#include <tern/model.h>

typedef struct tern__input {
    bool given;
    tern_shape shape;  /* a first size of 0: sequences of any length up to ... */
    size_t max_length; /* ... this */
    double scale;
    tern_reals mean, std; /* one, or one per channel (the first dimension) */
    tern__augment augment;
    tern_blocks columns; /* of tern__feature; or "auto" */
    int normalize;       /* a tern__normalize, without log1p: learned from the data */
    int channels;        /* a tern__channels: what of a sample is normalized together */
} tern__input;

typedef struct tern__early_stopping {
    bool given;
    const char *monitor;
    size_t patience;
    double min_delta;
    bool restore_best;
} tern__early_stopping;

/* The exponential moving average of the weights. */
typedef struct tern__ema {
    bool given, warmup;
    double decay;
} tern__ema;

/* When a checkpoint is written within an epoch. */
typedef struct tern__checkpoint_every {
    bool given;
    size_t steps;   /* 0: steps don't count */
    double seconds; /* NAN: the clock doesn't */
} tern__checkpoint_every;

typedef enum tern__split_order { TERN__SPLIT_AUTO, TERN__SPLIT_RANDOM, TERN__SPLIT_TIME } tern__split_order;
extern const char *const tern__split_words[];

/* One run of a cross-validation. */
typedef struct tern__folds {
    bool given;
    size_t of, fold; /* fold: from 1 */
    const char *group;
} tern__folds;

typedef struct tern__train {
    bool given;
    size_t epochs, batch_size, accumulate;
    double validation_split;
    int split; /* tern__split_order */
    tern__folds folds;
    bool shuffle, bucket, drop_last;
    double clip_grad_norm, clip_grad_value; /* NAN: no clipping */
    tern_strings freeze;                    /* names and patterns of weights */
    tern__ema ema;
    tern__early_stopping early_stopping;
    tern__checkpoint_every checkpoint_every;
} tern__train;

typedef struct tern__data {
    bool given;
    tern_object train, valid, test;
} tern__data;

/* What training learned about the data: applied by all that uses the model. */
typedef struct tern__fitted_input {
    bool given;
    tern_strings names;     /* of the columns in the order of the input's numbers, where they are not described */
    tern_strings positions; /* instead, in a table without names */
    tern_blocks columns;    /* of tern__feature */
    int channels;           /* a tern__channels, of the two below: (x - center) / scale */
    tern_reals center, scale;
    int normalize; /* how these two were learned */
    /* What else tells the data apart: its number type, a sample's shape, the range of its numbers (NAN: not known). */
    const char *dtype;
    tern_shape shape;
    double least, most;
    double gray; /* the share of gray files among pictures; NAN: not known */
} tern__fitted_input;

/* The table of one of several inputs or targets. */
typedef struct tern__fitted_part {
    tern_strings names; /* of its columns in the order of its numbers */
} tern__fitted_part;

typedef struct tern__fitted {
    bool given;
    tern__fitted_input input;
    tern__target target;
    tern_named inputs, targets; /* of tern__fitted_part: those of several that have names */
} tern__fitted;

typedef struct tern__config {
    const char *schema, *name;
    size_t format, seed;
    tern__input input; /* the only one */
    tern_named inputs; /* or several, of tern__input */
    tern_named blocks; /* none: they are written out */
    tern_objects layers;
    tern_object loss;    /* the only one */
    tern_objects losses; /* or several */
    tern_object optimizer, schedule;
    tern_objects metrics;
    tern__train train;
    tern__data data;
    tern__target target;
    tern__fitted fitted;
} tern__config;

/* The rows of the whole file, and of its train block. */
extern const tern_option tern__config_options[], tern__train_options[];

/* The rows of its `fitted` block, which the weights' files hold, too. */
extern const tern_option tern__fitted_options[];

/* That block, or a list of described columns, as JSON text after `before`, for tern__free(), NULL: no memory; and the
 * block read again into the arena. Errors: DATA. */
char *tern__fitted_render(const tern__fitted *fitted, const char *before, tern_error *err);
char *tern__columns_render(const tern_blocks *columns, const char *before, tern_error *err);
tern_status tern__fitted_read(const tern__reading *r, const char *text, tern__fitted *out);

/* The inputs, one or several: how many, what the k-th is and what it is called. */
size_t tern__config_inputs(const tern__config *config);
const tern__input *tern__config_input(const tern__config *config, size_t k);
const char *tern__config_input_name(const tern__config *config, size_t k);

/* The losses, one or several; n 0: none. Of the k-th, the place in the file: enter it, and leave by what is returned.
 */
tern_objects tern__config_losses(const tern__config *config);
size_t tern__config_enter_loss(const tern__config *config, size_t k, tern_error *err);
size_t tern__config_enter_input(const tern__config *config, size_t k, tern_error *err);

/* Reads a whole file; all mistakes are reported. A layer or other object that is not acceptable has no `self`. Errors:
 * MODEL, MEMORY. */
tern_status tern__config_read(const tern__reading *r, const cJSON *root, tern__config *config);

/* The file as text with every default filled in. NULL: no memory. Free with tern__free(). */
char *tern__config_render(const tern__config *config, tern_error *err);

#endif
