/* onnx_nodes.c - ONNX operators as layers of ours, one row each; see onnx_import.h. */
#include "onnx_import.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

/* ---- those that are a layer and little else ---- */

static tern__import_layer *one(tern__import *im, const char *type) { return tern__import_layer_of(im, type, 0, 1); }

static bool relu(tern__import *im) { return one(im, "relu"); }
static bool sigmoid(tern__import *im) { return one(im, "sigmoid"); }
static bool hyperbolic(tern__import *im) { return one(im, "tanh"); }
static bool softplus(tern__import *im) { return one(im, "softplus"); }
static bool hard_swish(tern__import *im) { return one(im, "hard_swish"); }
static bool mish(tern__import *im) { return one(im, "mish"); }

static bool with_alpha(tern__import *im, const char *type, const char *key, double usual) {
    tern__import_layer *l = one(im, type);
    if (l) tern__import_option(im, l, key, "%.9g", tern__import_real(im, "alpha", usual));
    return l;
}

static bool elu(tern__import *im) { return with_alpha(im, "elu", "alpha", 1); }
static bool leaky_relu(tern__import *im) { return with_alpha(im, "leaky_relu", "negative_slope", 0.01); }

static bool near(double a, double b) { return fabs(a - b) <= 1e-6 * fabs(b); }

static bool selu(tern__import *im) {
    if (near(tern__import_real(im, "alpha", 1.67326319), 1.67326319) &&
        near(tern__import_real(im, "gamma", 1.05070102), 1.05070102))
        return one(im, "selu");
    return tern__import_refuse(im, "has an alpha or gamma of its own; selu has 1.67326 and 1.0507");
}

static bool hard_sigmoid(tern__import *im) {
    if (near(tern__import_real(im, "alpha", 0.2), 1.0 / 6) && near(tern__import_real(im, "beta", 0.5), 0.5))
        return one(im, "hard_sigmoid");
    return tern__import_refuse(im, "has an alpha of %g and a beta of %g; hard_sigmoid has 1/6 and 1/2",
                               tern__import_real(im, "alpha", 0.2), tern__import_real(im, "beta", 0.5));
}

/* It goes on by the name that it reads. */
static bool identity(tern__import *im) {
    const tern__imported *v = tern__import_input(im, 0);
    return v && tern__import_give(im, v->constant, v->layer);
}

/* Numbers stay what they are, as float; indices, which are whole, as int64. */
static bool cast(tern__import *im) {
    const tern__imported *v = tern__import_input(im, 0);
    int64_t to = tern__import_int(im, "to", 0);
    bool real = to == ONNX__TENSOR_PROTO__DATA_TYPE__FLOAT || to == ONNX__TENSOR_PROTO__DATA_TYPE__DOUBLE,
         whole = to == ONNX__TENSOR_PROTO__DATA_TYPE__INT64 || to == ONNX__TENSOR_PROTO__DATA_TYPE__INT32;
    if (real || (whole && (!v || v->constant || !tern__import_maker(im, v)))) return identity(im);
    return tern__import_refuse(im, "makes numbers of another type, which no layer does");
}

static bool dropout(tern__import *im) {
    const tern__constant *given = tern__import_constant(im, 1);
    double p = given && given->count == 1 ? (double)*given->number : tern__import_real(im, "ratio", 0.5);
    tern__import_layer *l = one(im, "dropout");
    if (l) tern__import_option(im, l, "p", "%.9g", p);
    return l;
}

/* Before operator set 13 the softmax of a matrix, which all dimensions from the axis on are the columns of. */
static bool softmax_of(tern__import *im, const char *type) {
    int64_t axis = tern__import_int(im, "axis", im->opset < 13 ? 1 : -1);
    tern_shape shape;
    if (axis == 0) return tern__import_refuse(im, "goes along the batch");
    if (im->opset < 13) {
        if (!tern__import_shape(im, tern__import_input(im, 0), &shape)) return false;
        if (axis != -1 && axis != (int64_t)shape.rank)
            return tern__import_refuse(im, "takes several dimensions together, which no softmax of ours does");
    }
    tern__import_layer *l = one(im, type);
    if (l) tern__import_option(im, l, "dim", "%lld", (long long)axis);
    return l;
}

static bool softmax(tern__import *im) { return softmax_of(im, "softmax"); }
static bool log_softmax(tern__import *im) { return softmax_of(im, "log_softmax"); }

/* ---- shapes ---- */

static bool flatten(tern__import *im) {
    if (tern__import_int(im, "axis", 1) != 1) return tern__import_refuse(im, "flattens from another axis than 1");
    return one(im, "flatten");
}

static bool transpose(tern__import *im) {
    int64_t perm[TERN__IMPORT_RANK];
    size_t n = tern__import_ints(im, "perm", perm);
    char dims[TERN__IMPORT_RANK * 24] = "[";
    if (!n || perm[0]) return tern__import_refuse(im, "moves the batch from its place in front");
    for (size_t k = 0; k < n; k++)
        snprintf(dims + strlen(dims), sizeof dims - strlen(dims), "%s%lld%s", k ? ", " : "", (long long)perm[k],
                 k + 1 < n ? "" : "]");
    tern__import_layer *l = one(im, "permute");
    if (l) tern__import_option(im, l, "dims", "%s", dims);
    return l;
}

static bool concat(tern__import *im) {
    int64_t axis = tern__import_int(im, "axis", 1);
    if (!axis) return tern__import_refuse(im, "joins along the batch");
    if (im->node->n_input > TERN_MAX_INPUTS)
        return tern__import_refuse(im, "joins more than %d inputs", (int)TERN_MAX_INPUTS);
    tern__import_layer *l = tern__import_layer_of(im, "concat", 0, im->node->n_input);
    if (l) tern__import_option(im, l, "dim", "%lld", (long long)axis);
    return l;
}

/* [C, ...] to [C, 1, ...], or to [C] where the dimensions go. */
static bool global(tern__import *im, const char *type, bool keep) {
    const tern__imported *x = tern__import_input(im, 0);
    tern_shape shape;
    if (!tern__import_shape(im, x, &shape)) return false;
    if (shape.rank < 2) return tern__import_refuse(im, "has no planes to go over");
    tern__import_layer *l = one(im, type), *r;
    if (!l || !keep) return l;
    if (!(r = one(im, "reshape"))) return false;
    r->input[0] = l->name, r->maker[0] = (size_t)(l - im->layer);
    for (size_t k = 1; k < shape.rank; k++) shape.dim[k] = 1;
    char text[TERN_SHAPE_TEXT];
    tern__import_option(im, r, "shape", "%s", tern_shape_text(&shape, text));
    return true;
}

static bool global_average(tern__import *im) { return global(im, "global_avg_pool", true); }
static bool global_max(tern__import *im) { return global(im, "global_max_pool", true); }

/* Over all dimensions behind the channels. */
static bool reduce(tern__import *im, const char *type) {
    int64_t axes[TERN__IMPORT_RANK];
    size_t n = tern__import_ints(im, "axes", axes);
    tern_shape shape;
    if (!tern__import_shape(im, tern__import_input(im, 0), &shape)) return false;
    bool all = n && n + 1 == shape.rank;
    for (size_t k = 0; k < n; k++)
        all = all && (axes[k] < 0 ? axes[k] + (int64_t)shape.rank + 1 : axes[k]) == (int64_t)k + 2;
    if (!all) return tern__import_refuse(im, "goes over other dimensions than all behind the channels");
    return global(im, type, tern__import_int(im, "keepdims", 1));
}

static bool reduce_mean(tern__import *im) { return reduce(im, "global_avg_pool"); }
static bool reduce_max(tern__import *im) { return reduce(im, "global_max_pool"); }

/* ---- weights ---- */

static bool prelu(tern__import *im) {
    const tern__constant *slope = tern__import_constant(im, 1);
    tern_shape shape;
    if (!slope) return tern__import_refuse(im, "has slopes that are computed");
    if (!tern__import_shape(im, tern__import_input(im, 0), &shape)) return false;
    bool channels = slope->rank == shape.rank && slope->dim[0] == slope->count && slope->count == shape.dim[0];
    if (slope->count != 1 && !channels)
        return tern__import_refuse(im, "has other slopes than one, or one for each channel");
    tern__import_layer *l = one(im, "prelu");
    if (!l) return false;
    tern__import_option(im, l, "num_parameters", "%zu", slope->count);
    tern__import_weigh(im, l, "weight", slope->number, slope->count);
    return true;
}

static bool gather(tern__import *im) {
    const tern__constant *table = tern__import_constant(im, 0);
    if (!table || table->rank != 2 || tern__import_int(im, "axis", 0))
        return tern__import_refuse(im, "picks by something else than whole numbers from the rows of a matrix");
    tern__import_layer *l = tern__import_layer_of(im, "embedding", 1, 1);
    if (!l) return false;
    tern__import_option(im, l, "num_embeddings", "%zu", table->dim[0]);
    tern__import_option(im, l, "embedding_dim", "%zu", table->dim[1]);
    tern__import_weigh(im, l, "weight", table->number, table->count);
    return true;
}

/* ---- all of them ---- */

/* What becomes of an operator, and the attributes that it takes into account: no other may be there. */
static const struct {
    const char *type, *attributes;
    bool (*import)(tern__import *im);
} operators[] = {
    {"Add", " broadcast ", tern__import_arithmetic},
    {"AveragePool", " auto_pad ceil_mode count_include_pad kernel_shape pads strides ", tern__import_pool},
    {"BatchNormalization", " epsilon momentum is_test spatial training_mode ", tern__import_batch_norm},
    {"Cast", " to ", cast},
    {"Concat", " axis ", concat},
    {"Conv", " auto_pad dilations group kernel_shape pads strides ", tern__import_conv},
    {"ConvTranspose", " auto_pad dilations group kernel_shape output_padding pads strides ",
     tern__import_conv_transpose},
    {"Div", " broadcast ", tern__import_arithmetic},
    {"Dropout", " is_test ratio seed ", dropout},
    {"Elu", " alpha ", elu},
    {"Flatten", " axis ", flatten},
    {"Gather", " axis ", gather},
    {"Gemm", " alpha beta broadcast transA transB ", tern__import_gemm},
    {"GlobalAveragePool", "", global_average},
    {"GlobalMaxPool", "", global_max},
    {"HardSigmoid", " alpha beta ", hard_sigmoid},
    {"HardSwish", "", hard_swish},
    {"Identity", "", identity},
    {"LeakyRelu", " alpha ", leaky_relu},
    {"LogSoftmax", " axis ", log_softmax},
    {"MatMul", "", tern__import_matmul},
    {"MaxPool", " auto_pad ceil_mode dilations kernel_shape pads storage_order strides ", tern__import_pool},
    {"Mish", "", mish},
    {"Mul", " broadcast ", tern__import_arithmetic},
    {"PRelu", "", prelu},
    {"ReduceMax", " axes keepdims ", reduce_max},
    {"ReduceMean", " axes keepdims ", reduce_mean},
    {"Relu", "", relu},
    {"Reshape", " allowzero ", tern__import_reshape},
    {"Selu", " alpha gamma ", selu},
    {"Sigmoid", "", sigmoid},
    {"Softmax", " axis ", softmax},
    {"Softplus", "", softplus},
    {"Sub", " broadcast ", tern__import_arithmetic},
    {"Tanh", "", hyperbolic},
    {"Transpose", " perm ", transpose}};

static bool knows_attributes(tern__import *im, const char *known) {
    for (size_t i = 0; i < im->node->n_attribute; i++) {
        const char *name = im->node->attribute[i]->name;
        char word[80];
        if (snprintf(word, sizeof word, " %s ", name ? name : "") >= (int)sizeof word || !strstr(known, word))
            return tern__import_refuse(im, "has an attribute \"%.64s\", which is not known", name ? name : "");
    }
    return true;
}

void tern__import_node(tern__import *im) {
    const Onnx__NodeProto *node = im->node;
    for (size_t k = 0; k < node->n_input; k++) {
        const tern__imported *v = tern__import_input(im, k);
        if (*node->input[k] && !v) {
            tern__import_refuse(im, "reads \"%.128s\", which nothing before it makes", node->input[k]);
            return;
        }
        if (v && !v->constant && !v->layer) return; /* it was refused */
    }
    if (tern__import_fold(im)) return;
    bool standard = !node->domain || !*node->domain || !strcmp(node->domain, "ai.onnx");
    for (size_t i = 0; standard && i < sizeof operators / sizeof *operators; i++)
        if (!strcmp(operators[i].type, node->op_type)) {
            if (knows_attributes(im, operators[i].attributes)) operators[i].import(im);
            return;
        }
    tern__import_refuse(im, "is of a type that no layer does");
}
