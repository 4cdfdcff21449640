/* summary.h - a model at a glance, as data: for `tern summary`. */
#ifndef TERN_GRAPH_SUMMARY_H
#define TERN_GRAPH_SUMMARY_H

#include "graph.h"

typedef struct tern__layer_summary {
    const char *name, *type;
    size_t inputs;      /* 0: it reads the layer before it, or is the first and reads the input */
    const char **input; /* their names, else */
    tern_shape out;
    size_t params, states; /* numbers: trained, kept */
} tern__layer_summary;

/* A model at a glance. What it points to belongs to it and to the model. */
typedef struct tern__summary {
    size_t layers;
    tern__layer_summary *layer;
    size_t params, states; /* numbers in all */
    size_t slots;          /* arrays that the optimizer keeps, each as large as the parameters */
    size_t batch;          /* rows that the memory is told for */
    size_t weight_bytes;   /* in a file */
    size_t train_bytes;    /* at most, to train, all together; 0: the model has no loss or optimizer */
    size_t pass_bytes;     /* of them for the activations of a training step, their gradients and what goes with them */
    size_t tensor_bytes;   /* what those would take, each in a place of its own */
    size_t run_bytes;      /* and to predict */
    tern__arena arena;
} tern__summary;

/* Sums a model up, its memory for so many threads (0: one for each CPU). Errors: MODEL, MEMORY. For
 * tern__summary_free() in any case. */
tern_status tern__summary_make(const tern_model *m, size_t threads, tern__summary *out, tern_error *err);

/* Refuses a model that training, or prediction where it can't be trained, would refuse as larger than its max_memory.
 * Errors: MEMORY. */
tern_status tern__summary_check(const tern_model *m, tern_error *err);
void tern__summary_free(tern__summary *s);

#endif
