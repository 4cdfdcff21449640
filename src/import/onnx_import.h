/* onnx_import.h - a network out of another program's file on its way to layers and weights of ours. */
#ifndef TERN_IMPORT_ONNX_IMPORT_H
#define TERN_IMPORT_ONNX_IMPORT_H

#include "json_writer.h"
#include "memory.h"
#include "onnx.pb-c.h"

#include <tern/model.h>

enum { TERN__IMPORT_RANK = 8, TERN__IMPORT_NODES = 4096, TERN__IMPORT_VALUES = 1 << 14 };

/* A constant of a file, in float; whole numbers that float can't hold are refused. */
typedef struct tern__constant {
    size_t rank, dim[TERN__IMPORT_RANK], count;
    float *number;
} tern__constant;

/* What a name of the file stands for: a constant, or what a layer (or an input) of ours gives. */
typedef struct tern__imported {
    const char *name;               /* the file's */
    const tern__constant *constant; /* NULL: it is not known beforehand */
    const char *layer;              /* ours; NULL: it was refused, and so is in silence what reads it */
    size_t readers;
} tern__imported;

/* Numbers of a layer, by the name that they have in it. */
typedef struct tern__import_weight {
    const char *name;
    const float *number;
    size_t count;
} tern__import_weight;

typedef struct tern__import_layer {
    const char *type, *name;
    const char *input[TERN_MAX_INPUTS]; /* [inputs] */
    size_t maker[TERN_MAX_INPUTS];      /* the layers that make them; SIZE_MAX: the model's own */
    bool shown;                         /* in the model file that is written */
    size_t inputs, weights;
    tern__import_weight weight[4];
    tern__buffer options; /* ", \"key\": value" for each */
} tern__import_layer;

typedef struct tern__import_port {
    const char *layer; /* what ours call it */
    tern_shape shape;
} tern__import_port;

typedef struct tern__import {
    const Onnx__GraphProto *graph;
    int64_t opset;
    tern__arena memory;
    const char *name; /* of the model */
    size_t inputs, values, layers;
    tern__import_port input[TERN_MAX_INPUTS]; /* [inputs] */
    int64_t batch;                            /* that the file is made for; 0: any */
    tern__imported *value;                    /* [values] */
    tern__import_layer *layer;                /* [layers] */
    const Onnx__NodeProto *node;              /* in hand */
    tern_status status;
    tern_error *err;
} tern__import;

/* What tern_import_onnx() does where this build has ONNX. */
tern_status tern__import_onnx(const char *path, const char *dir, tern_error *err);

/* ---- files ---- */

/* Reads an ONNX file, which may be hostile: its structure is checked before anything is allocated, and how much is.
 * NULL with IO, SYNTAX or MEMORY in `err`. */
Onnx__ModelProto *tern__onnx_read(const char *path, tern_error *err);
void tern__onnx_free(Onnx__ModelProto *model);

/* A tensor's numbers; NULL and an error about `name` where its size is not what its shape says, or its type none of
 * float, double, int32 and int64, which become float. */
const tern__constant *tern__import_tensor(tern__import *im, const Onnx__TensorProto *t, const char *name);

/* ---- the node in hand ---- */

/* Says why it can't be imported. Returns false. */
bool tern__import_refuse(tern__import *im, const char *format, ...) TERN_PRINTF(2, 3);

/* Its k-th input: NULL where there is none. And as a constant; NULL: it is none. */
tern__imported *tern__import_input(const tern__import *im, size_t k);
const tern__constant *tern__import_constant(const tern__import *im, size_t k);

/* Its attributes; `usual` where one is not given. Of a list: how many numbers it has, at most TERN__IMPORT_RANK.
 * Whether one is this text. The tensor of one, or NULL. */
int64_t tern__import_int(const tern__import *im, const char *name, int64_t usual);
double tern__import_real(const tern__import *im, const char *name, double usual);
size_t tern__import_ints(const tern__import *im, const char *name, int64_t out[TERN__IMPORT_RANK]);
bool tern__import_has(const tern__import *im, const char *name);
bool tern__import_says(const tern__import *im, const char *name, const char *text);
const Onnx__TensorProto *tern__import_held(const tern__import *im, const char *name);

/* What its first output stands for, from now on. */
bool tern__import_give(tern__import *im, const tern__constant *constant, const char *layer);

/* ---- layers ---- */

/* Adds a layer that reads `n` of the node's inputs from the given one on, and gives its first output. NULL: no memory,
 * or an input that was refused. */
tern__import_layer *tern__import_layer_of(tern__import *im, const char *type, size_t first, size_t n);

/* Adds to a layer: an option, as by printf after its key; the numbers of a weight. */
void tern__import_option(tern__import *im, tern__import_layer *l, const char *key, const char *format, ...)
    TERN_PRINTF(4, 5);
void tern__import_weigh(tern__import *im, tern__import_layer *l, const char *name, const float *number, size_t count);

/* The layer that makes a value, or NULL. */
tern__import_layer *tern__import_maker(const tern__import *im, const tern__imported *v);

/* The shape of a sample of a value, as our layers have it; false after an error. */
bool tern__import_shape(tern__import *im, const tern__imported *v, tern_shape *out);

/* Whether a layer that is shown reads an input of the model. */
bool tern__import_reads(const tern__import *im, const char *input);

/* The model file of all layers; or of those that lead to `last`, which one more gives as "..". */
void tern__import_render(tern__import *im, const tern__imported *last, tern__buffer *out);

/* Imports the node in hand by its type. */
void tern__import_node(tern__import *im);

/* Computes it, where all its inputs are constants and its type is known; false: not so. */
bool tern__import_fold(tern__import *im);

/* What takes some lines. */
bool tern__import_conv(tern__import *im), tern__import_conv_transpose(tern__import *im),
    tern__import_pool(tern__import *im), tern__import_gemm(tern__import *im), tern__import_matmul(tern__import *im),
    tern__import_batch_norm(tern__import *im), tern__import_arithmetic(tern__import *im),
    tern__import_reshape(tern__import *im);

#endif
