/* model.h - a planned network and its weights. */
#ifndef TERN_MODEL_H
#define TERN_MODEL_H

#include <tern/loss.h>
#include <tern/registry.h>

TERN_BEGIN

/* Planned layers, options and weights. Const while runs use it: any number of threads may run one model, each with its
 * own run. A trainer changes the weights, so that nothing else may use the model during a step. */
typedef struct tern_model tern_model;

/* How to open a model; zero-filled: the usual way. */
typedef struct tern_model_options {
    const tern_registry *registry; /* NULL: the built-in types; else it must outlive the model */
    const char *const *set; /* changes to the file, "optimizer.lr=0.01": dotted path, JSON value; NULL at the end */
    const char *set_by;     /* how messages call a change, before its text; NULL: "set" */
    size_t max_memory;      /* bytes that weights, a run or a trainer may take; 0: three quarters of the machine's */
    bool plan_only;         /* without weights: to inspect, not to run */
    bool unfitted;          /* take a model whose columns were never fitted: without sizes, to look at its file alone */
    const char *fitted_from; /* weights whose `fitted` block such a model takes; or NULL */
} tern_model_options;

/* Reads a model file, plans it and gives its weights their initial values (from the file's seed). All errors and
 * warnings of the file are reported in one pass. `options` may be NULL. Errors: IO, SYNTAX, MODEL, MEMORY. Returns NULL
 * then; warnings alone do not fail. "-", "/dev/stdin" and "/dev/fd/N" are read to their end. Free with
 * tern_model_free(). */
TERN_API tern_model *tern_model_open(const char *path, const tern_model_options *options, tern_error *err);

/* As tern_model_open(), from `length` bytes of JSON text; `name` stands for the file in messages. */
TERN_API tern_model *tern_model_parse(const char *text, size_t length, const char *name,
                                      const tern_model_options *options, tern_error *err);

/* Frees; takes NULL. */
TERN_API void tern_model_free(tern_model *m);

/* The file's `name`, else the file's own name without ending. Belongs to the model. */
TERN_API const char *tern_model_name(const tern_model *m);

/* The shape of one sample that goes in, and that comes out: of the first input, and of the last layer. */
TERN_API tern_shape tern_model_input(const tern_model *m);
TERN_API tern_shape tern_model_output(const tern_model *m);

/* An input or output of a model, of one sample. The name belongs to the model. */
typedef struct tern_port {
    const char *name; /* "input" where the file has just one; outputs are called as their layers */
    tern_shape shape;
    const char
        *lengths; /* the input whose lengths its sequences have, up to shape.dim[0]; NULL: all are of its shape */
} tern_port;

/* How many inputs, and how many outputs, layers that no other reads, there are; and the k-th (zeros beyond the last),
 * in the order in which batches and predictions have them. */
TERN_API size_t tern_model_inputs(const tern_model *m);
TERN_API size_t tern_model_outputs(const tern_model *m);
TERN_API tern_port tern_model_input_at(const tern_model *m, size_t k);
TERN_API tern_port tern_model_output_at(const tern_model *m, size_t k);

/* What a model file says beside its layers. Names belong to the model. */
typedef struct tern_model_info {
    uint64_t seed;
    const char *loss, *optimizer; /* names of their types; NULL: the file has none */
    bool has_train;               /* there is a train block; else the next three are what it would default to */
    size_t epochs, batch_size;
    double validation_split;                /* part of the training data that is cut off for validation; 0: none */
    size_t fold, folds;                     /* it is that one of so many of a cross-validation, from 1; 0: of none */
    bool train_data, valid_data, test_data; /* which splits the data block names */
    size_t indices; /* the input holds whole numbers 0 .. indices - 1, as some layer reads them so; 0: any numbers */
    const char *normalized; /* how its targets are ("zscore"): the loss is of such numbers, but metrics and predictions
                               are in the target's unit; NULL: they are not */
    tern_loss_spec target;  /* what a target is: classes where the loss takes them, else values; without a loss zeros */
} tern_model_info;

/* Describes a model. Any thread. */
TERN_API tern_model_info tern_model_describe(const tern_model *m);

/* Whether its sizes are known: false in a model that was opened `unfitted` and has columns that were never fitted. */
TERN_API bool tern_model_fitted(const tern_model *m);

/* A trained or kept tensor of a model, by PyTorch's name: "0.weight", "encoder.bias". */
typedef struct tern_weight {
    const char *name;   /* belongs to the model */
    tern_tensor tensor; /* borrows the model's elements; data NULL in a model opened with plan_only */
    bool trained;       /* false: a state, kept and saved but not trained */
    bool frozen;        /* training leaves it as it is */
    bool integer;       /* a counter: saved as I64, [1] here */
} tern_weight;

/* How many there are; the i-th, in the order of the layers (zeros beyond the last); and the one of a name, or false.
 * Write to the elements only while nothing else uses the model. */
TERN_API size_t tern_model_weight_count(const tern_model *m);
TERN_API size_t tern_model_parameters(const tern_model *m); /* numbers in its trained tensors, frozen ones too */
TERN_API tern_weight tern_model_weight(const tern_model *m, size_t i);
TERN_API bool tern_model_find_weight(const tern_model *m, const char *name, tern_weight *out);

/* Reads weights from a safetensors file with PyTorch's names and layouts. Every missing, unexpected and mis-shaped
 * tensor is reported in one pass, and then nothing was changed; so is a model whose preprocessing, columns or classes
 * are others than those that the weights were trained behind. Errors: IO, SYNTAX, DATA, MEMORY. */
TERN_API tern_status tern_model_load(tern_model *m, const char *path, tern_error *err);

/* The same for a training that is to start from there, whatever the model's preprocessing is now. */
TERN_API tern_status tern_model_start(tern_model *m, const char *path, tern_error *err);

/* Reads those weights that fit by name, shape and meaning, and lists as warnings what does not: tensors of the file
 * that the model has not, or in another shape, and weights of the model that the file has not, which stay as they are;
 * so do the first layers where the file's input had other columns, and the last ones where it had other classes or
 * targets, as far as the model knows its own: call it after tern_model_learn(). `fits` may be NULL; else how many
 * fitted. Errors: IO, SYNTAX, DATA (none fits), MEMORY. */
TERN_API tern_status tern_model_load_partial(tern_model *m, const char *path, size_t *fits, tern_error *err);

/* Writes them, replacing the file as a whole or not at all. Errors: IO, MEMORY. */
TERN_API tern_status tern_model_save(const tern_model *m, const char *path, tern_error *err);

/* The model file with every default filled in, as text that ends in a newline. Errors: MEMORY (NULL). Free with
 * tern_free(). */
TERN_API char *tern_model_render(const tern_model *m, tern_error *err);

TERN_END

#endif
