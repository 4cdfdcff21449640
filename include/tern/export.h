/* export.h - a trained model taken elsewhere: walked as a program of primitive operations, and written by it. */
#ifndef TERN_EXPORT_H
#define TERN_EXPORT_H

#include <tern/lower.h>
#include <tern/model.h>

TERN_BEGIN

/* What an operation reads or makes, of one sample. Strings belong to the program. */
typedef struct tern_value {
    tern_shape shape;
    const tern_real *data; /* the numbers of a constant (zeros in a model that was only planned); else NULL */
    const char *name;      /* of an input or a weight; else NULL */
} tern_value;

/* A table's column as an input: a number, NAN where it is missing, or a code for what a cell says. */
typedef struct tern_column {
    size_t texts;            /* 0: a number */
    const size_t *code;      /* [texts] */
    const char *const *text; /* [texts] */
    size_t other;            /* the code of any other text */
} tern_column;

/* An output, and what it is called. */
typedef struct tern_result {
    const char *name;
    tern_operand value;
} tern_result;

/* A model as operations in the order in which they can be done: inputs as the data have them, preprocessing, layers,
 * and, unless `raw`, what makes probabilities, or numbers in the target's unit, of a model's one output. */
typedef struct tern_program {
    size_t values, ops, inputs, outputs;
    const tern_value *value;   /* [values] the first `inputs` are the model's */
    const tern_column *column; /* [inputs] what they are in a model that reads a table's columns; else NULL */
    const tern_op *op;         /* [ops] */
    const tern_result *output; /* [outputs] */
    double work;               /* multiply-adds, roughly */
} tern_program;

/* Lowers a model: any target of an export goes through this. Errors: MODEL (every layer that can't be exported, by
 * name), MEMORY (NULL). Free with tern_program_free(), before the model. */
TERN_API tern_program *tern_program_new(const tern_model *m, bool raw, tern_error *err);

/* Frees; takes NULL. */
TERN_API void tern_program_free(tern_program *p);

/* What a C file comes to, in bytes: its constants, and the memory that it works in. */
typedef struct tern_c_cost {
    size_t flash, ram;
    double work; /* multiply-adds of one sample, roughly */
} tern_c_cost;

/* Tells it of a model, trained or not; one opened with plan_only will do. Errors: MODEL, MEMORY. */
TERN_API tern_status tern_export_c_cost(const tern_model *m, bool raw, tern_c_cost *out, tern_error *err);

/* How to write C. Zero-filled: the usual way. */
typedef struct tern_export_c_options {
    bool raw; /* the network's outputs as they are, without names; preprocessing stays */
    const tern_tensor
        *x; /* [inputs] samples for the self-test, [n, input...] as predict takes them; NULL: random ones */
} tern_export_c_options;

/* Writes NAME.c and NAME.h into a directory, which is made if need be: a function NAME_predict() that needs nothing but
 * math.h. Characters of the model's name that C does not take become _. Errors: MODEL, IO, MEMORY. */
TERN_API tern_status tern_export_c(const tern_model *m, const char *dir, const tern_export_c_options *options,
                                   tern_error *err);

/* How to write ONNX. Zero-filled: the usual way. */
typedef struct tern_export_onnx_options {
    bool raw;     /* the network's outputs as they are, without names; preprocessing stays */
    size_t batch; /* samples of each run; 0: any number */
} tern_export_onnx_options;

/* Writes an ONNX file (operator set 17, IR version 8), replacing `path` whole or not at all. Inputs and outputs have
 * the model's names and its samples' shapes behind the batch, in float32; inputs of indices are int64. Class names, or
 * those of the targets, are a list in JSON in the metadata, "classes" or "targets". Errors: MODEL (also where this
 * build has no ONNX), IO, MEMORY. */
TERN_API tern_status tern_export_onnx(const tern_model *m, const char *path, const tern_export_onnx_options *options,
                                      tern_error *err);

TERN_END

#endif
