/* summary.h - a model at a glance, as data: layers, shapes, parameters, memory. */
#ifndef TERN_SUMMARY_H
#define TERN_SUMMARY_H

#include <tern/model.h>

TERN_BEGIN

/* A layer in its place. Strings belong to the model. */
typedef struct tern_layer_summary {
    const char *name, *type;
    size_t inputs;            /* 0: it reads the layer before it, or is the first and reads the input */
    const char *const *input; /* [inputs] otherwise their names, "input" for the model's */
    tern_shape out;           /* of one sample */
    const char *weights_of;   /* the layer that it shares weights with, for which they count; NULL: none */
    size_t params, states;    /* elements: trained, kept */
    size_t frozen;            /* of the params, those that training leaves as they are */
} tern_layer_summary;

/* A model at a glance. */
typedef struct tern_summary {
    size_t layers;
    const tern_layer_summary *layer; /* [layers] */
    size_t params, states, frozen;   /* elements in all */
    size_t slots;                    /* arrays that the optimizer keeps, each as large as the parameters */
    size_t batch;                    /* rows that the memory is told for: the model file's batch_size */
    size_t weight_bytes;             /* in a file */
    size_t train_bytes;              /* at most, to train, all together; 0: the model has no loss or optimizer */
    size_t pass_bytes;   /* of them for the activations of a training step, their gradients and what goes with them */
    size_t tensor_bytes; /* what those would take, each in a place of its own */
    size_t predict_bytes;
    void *memory; /* private */
} tern_summary;

/* Sums up a model, its memory for so many threads (0: one for each CPU). A model opened with plan_only will do; of one
 * that was opened unfitted only the types of its layers are known. Errors:
 * MODEL (its optimizer or schedule is refused), MEMORY (NULL). Free with tern_summary_free(), before the model. */
TERN_API tern_summary *tern_summary_new(const tern_model *m, size_t threads, tern_error *err);

/* Frees; takes NULL. */
TERN_API void tern_summary_free(tern_summary *s);

/* Refuses a model that training, or prediction where it can't be trained, would refuse as larger than its max_memory. A
 * model opened with plan_only will do. Errors: MODEL (it is too large), MEMORY. */
TERN_API tern_status tern_model_check(const tern_model *m, tern_error *err);

TERN_END

#endif
