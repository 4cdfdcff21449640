/* lower.h - a layer written down as a few primitive operations, which any target of an export can write: how it leaves.
 *
 * A layer type's `lower` says in its own file, next to `forward`, what forward makes of one sample, by the functions
 * here: each adds one operation and returns its result, the shape of which it knows. The operations of all layers are a
 * program (tern/export.h). */
#ifndef TERN_LOWER_H
#define TERN_LOWER_H

#include <tern/conv.h>
#include <tern/pool.h>

TERN_BEGIN

/* A value of a program: an input, a constant, or what an operation makes. */
typedef size_t tern_operand;

#define TERN_NO_OPERAND SIZE_MAX /* a bias that is not there; a layer that was refused */

typedef enum tern_op_kind {
    TERN_OP_RESHAPE,       /* the same numbers under another shape: no operation */
    TERN_OP_FORMULA,       /* element by element, by a text */
    TERN_OP_SCALE,         /* x * gain + shift, in double: what is done to inputs and outputs, not to layers */
    TERN_OP_PRODUCT,       /* x W^T + b along the last dimension */
    TERN_OP_CONV,          /* a convolution or its adjoint */
    TERN_OP_POOL,          /* the largest or the mean of each window */
    TERN_OP_ADAPTIVE_POOL, /* means over [floor(o in / out), ceil((o + 1) in / out)) of both dimensions */
    TERN_OP_SOFTMAX,       /* along a dimension */
    TERN_OP_NORMALIZE,     /* runs of numbers by their mean and variance */
    TERN_OP_TRANSPOSE,     /* dimensions in another order */
    TERN_OP_SLICE,         /* a part of a dimension */
    TERN_OP_CONCAT,        /* one behind the other along a dimension */
    TERN_OP_PAD,           /* rows and columns around planes */
    TERN_OP_RESIZE,        /* planes made larger */
    TERN_OP_LOOKUP,        /* rows of a table, by whole numbers */
    TERN_OP_ATTENTION,     /* softmax(q k^T / sqrt d) v, for each head */
    TERN_OP_RECURRENT,     /* one layer of cells that step through time, in one direction or both */
    TERN_OPS
} tern_op_kind;

typedef enum tern_pooling { TERN_POOL_MAX, TERN_POOL_MEAN_PADDED, TERN_POOL_MEAN_INSIDE } tern_pooling;
typedef enum tern_padding { TERN_PAD_CONSTANT, TERN_PAD_REFLECT, TERN_PAD_REPLICATE } tern_padding;
typedef enum tern_recurrence { TERN_RNN_TANH, TERN_RNN_RELU, TERN_LSTM, TERN_GRU } tern_recurrence;

/* One operation; of the union the member of its kind. */
typedef struct tern_op {
    tern_op_kind kind;
    const char *layer; /* the layer that it belongs to; NULL: input or output */
    size_t inputs;
    tern_operand input[TERN_MAX_INPUTS]; /* x, then weights in the order of their functions' arguments */
    tern_operand output;
    union {
        const char *formula;
        struct {
            size_t n; /* numbers of each list; number i of x, a sample, goes by i / (count / n) */
            const double *gain, *shift;
        } scale;
        struct {
            tern_conv conv;
            bool transposed;
        } conv;
        struct {
            tern_pool pool;
            tern_pooling kind;
        } pool;
        struct {
            size_t n, inner; /* numbers along the dimension, and inside each of them */
            bool logarithm;
        } softmax;
        struct {
            size_t n, inner; /* numbers of a run; number i of the sample has weight i / inner % weights */
            double eps;
            bool centered; /* false: by the root mean square alone */
        } normalize;
        size_t axis[TERN_MAX_RANK]; /* TRANSPOSE: that of the input for each of the output; CONCAT: the first */
        struct {
            size_t axis, start, step;
        } slice;
        struct {
            tern_padding mode;
            size_t before[2];
            double value;
        } pad;
        struct {
            bool linear, align_corners;
            double step[2]; /* of the input for one of the output */
        } resize;
        struct {
            size_t heads;
            bool causal;
        } attention;
        struct {
            tern_recurrence cell;
            size_t hidden, directions;
            bool bias, sequence; /* input: x, then w_ih, w_hh (b_ih, b_hh) of each direction */
        } recurrent;
    } as;
} tern_op;

/* What `lower` gets. Operands of constants have data: tern_lower_data(). */
typedef struct tern_lowering {
    const tern_operand *x;             /* [inputs] */
    const tern_operand *param, *state; /* as in forward */
    void *program;                     /* private */
} tern_lowering;

/* The shape of an operand, without the batch; and the numbers of a constant, else NULL. */
TERN_API tern_shape tern_lower_shape(const tern_lowering *l, tern_operand x);
TERN_API const tern_real *tern_lower_data(const tern_lowering *l, tern_operand x);

/* A new constant, zeros to be written over, or NULL where there is no memory. */
TERN_API tern_real *tern_lower_constant(tern_lowering *l, tern_shape shape, tern_operand *out);

/* Says why this layer can't be exported, with all others that can't. Returns TERN_NO_OPERAND. */
TERN_API tern_operand tern_lower_refuse(tern_lowering *l, const char *why);

/* The same numbers under another shape. */
TERN_API tern_operand tern_lower_reshape(tern_lowering *l, tern_operand x, tern_shape shape);

/* A formula in the notation of C for one number, of operands called x, y and z (`n` of them): + - * /, < > ?:, numbers,
 * exp expm1 log log1p sqrt tanh erf sigmoid. Numbers may be put in as by printf: write %.9g. The first operand has the
 * result's shape; another has as many numbers or, as many as divide it, each for one channel. */
TERN_API tern_operand tern_lower_formula(tern_lowering *l, size_t n, const tern_operand *operand, const char *formula,
                                         ...) TERN_PRINTF(4, 5);

/* The same of the layer's first input. */
#define TERN_LOWER_MAP(l, ...) tern_lower_formula(l, 1, &(l)->x[0], __VA_ARGS__)

/* y = x W^T + b along the last dimension; b may be TERN_NO_OPERAND. */
TERN_API tern_operand tern_lower_product(tern_lowering *l, tern_operand x, tern_operand w, tern_operand b);

/* A convolution, or with `transposed` its adjoint; b may be TERN_NO_OPERAND. */
TERN_API tern_operand tern_lower_conv(tern_lowering *l, tern_operand x, tern_operand w, tern_operand b,
                                      const tern_conv *conv, bool transposed);

/* The largest or the mean of each window over the last dimensions. */
TERN_API tern_operand tern_lower_pool(tern_lowering *l, tern_operand x, const tern_pool *pool, tern_pooling kind);

/* One window over all of each channel: the result is [C]. */
TERN_API tern_operand tern_lower_global_pool(tern_lowering *l, tern_operand x, const tern_pool *pool,
                                             tern_pooling kind);

/* The largest or the mean over some dimensions, which tern_shape_reduced() says the result's shape of. */
TERN_API tern_operand tern_lower_reduce(tern_lowering *l, tern_operand x, unsigned axes, bool keepdim,
                                        tern_pooling kind);

/* Means over `out` windows of both dimensions of [C, H, W]. */
TERN_API tern_operand tern_lower_adaptive_pool(tern_lowering *l, tern_operand x, const size_t out[2]);

/* Softmax, or its logarithm, over n numbers that lie `inner` apart. */
TERN_API tern_operand tern_lower_softmax(tern_lowering *l, tern_operand x, size_t n, size_t inner, bool logarithm);

/* y = (x - mean) / sqrt(var + eps) w + b over runs of n numbers, w and b as tern_op says, or TERN_NO_OPERAND. */
TERN_API tern_operand tern_lower_normalize(tern_lowering *l, tern_operand x, size_t n, size_t inner, double eps,
                                           bool centered, const tern_operand w_b[2]);

/* Dimension k of the result is dimension axis[k] of x. */
TERN_API tern_operand tern_lower_transpose(tern_lowering *l, tern_operand x, const size_t *axis);

/* Numbers start, start + step, ... of a dimension, `count` of them. */
TERN_API tern_operand tern_lower_slice(tern_lowering *l, tern_operand x, size_t axis, size_t start, size_t step,
                                       size_t count);

/* n operands one behind the other along a dimension. */
TERN_API tern_operand tern_lower_concat(tern_lowering *l, size_t n, const tern_operand *x, size_t axis);

/* Rows and columns around planes [C, H, W], of `out` in all. */
TERN_API tern_operand tern_lower_pad(tern_lowering *l, tern_operand x, tern_padding mode, const size_t before[2],
                                     const size_t out[2], double value);

/* Planes as large as `out`, the nearest number or, linear, between the nearest two; see upsample. */
TERN_API tern_operand tern_lower_resize(tern_lowering *l, tern_operand x, bool linear, bool align_corners,
                                        const double step[2], tern_shape out);

/* Row x of w for each whole number x; NAN for what is none. */
TERN_API tern_operand tern_lower_lookup(tern_lowering *l, tern_operand x, tern_operand w);

/* `qkv` is [T, 3 E], the three beside each other; the result is [T, E]. */
TERN_API tern_operand tern_lower_attention(tern_lowering *l, tern_operand qkv, size_t heads, bool causal);

/* One layer of `directions` (1 or 2) over x, [T, inputs]; `param` has PyTorch's two or, with biases, four for each. */
TERN_API tern_operand tern_lower_recurrent(tern_lowering *l, tern_operand x, tern_recurrence cell, size_t directions,
                                           bool bias, bool sequence, const tern_operand *param);

TERN_END

#endif
