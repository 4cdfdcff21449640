/* describe.h - what can be said of a model or a type, as data: for `tern summary` and `tern types`. */
#ifndef TERN_MODEL_DESCRIBE_H
#define TERN_MODEL_DESCRIBE_H

#include "model_internal.h"

typedef struct tern__layer_summary {
    const char  *name, *type;
    size_t       inputs;  /* 0: it reads the layer before it, or is the first and reads the input */
    const char **input;   /* their names, else */
    tern_shape   out;
    size_t       params, states; /* numbers: trained, kept */
} tern__layer_summary;

/* A model at a glance. What it points to belongs to it and to the model. */
typedef struct tern__summary {
    size_t               layers;
    tern__layer_summary *layer;
    size_t               params, states; /* numbers in all */
    size_t               slots;          /* arrays that the optimizer keeps, each as large as the parameters */
    size_t               batch;          /* rows that the memory is told for */
    size_t               weight_bytes;   /* in a file */
    size_t               train_bytes;    /* at most, to train, all together; 0: the model has no loss or optimizer */
    size_t               pass_bytes;     /* of them for the activations of a training step, their gradients and what goes with them */
    size_t               tensor_bytes;   /* what those would take, each in a place of its own */
    size_t               run_bytes;      /* and to predict */
    tern__pool           pool;
} tern__summary;

/* Sums a model up, its memory for so many threads (0: one for each CPU). Errors: MODEL, MEMORY. For tern__summary_free()
 * in any case. */
tern_status tern__summary_make(const tern_model *m, size_t threads, tern__summary *out, tern_error *err);
void tern__summary_free(tern__summary *s);

/* Reads an example's options into the pool: the type as a model file would name it. Errors: MODEL, MEMORY. */
tern_status tern__example_read(const tern_registry *r, const tern_type *type, const tern_example *example, tern__pool *pool,
                               tern_object *out, tern_error *err);

/* The rows of a block of the model file, "train" or "early_stopping", searched for in a table and the blocks below; NULL:
 * none. */
const tern_option *tern__block_find(const tern_option *table, const char *name);

#endif
