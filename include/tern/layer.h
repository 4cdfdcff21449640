/* layer.h - what a layer is: plan, forward, backward over plain data.
 *
 * A layer owns no memory and keeps nothing. `plan` answers once, from shapes and options, what the layer needs; the
 * framework lays that out and hands it to `forward` and `backward`, which cannot fail. Several workers may run one
 * layer at a time, each on its own slice (some rows) of the batch. */
#ifndef TERN_LAYER_H
#define TERN_LAYER_H

#include <tern/lower.h>
#include <tern/random.h>
#include <tern/type.h>

TERN_BEGIN

/* How a parameter or state starts when the model file does not say. */
typedef enum tern_fill { TERN_FILL_CONSTANT, TERN_FILL_UNIFORM, TERN_FILL_NORMAL } tern_fill;

/* What a parameter is, for `decay_exclude`; there, a normalisation's "bias" is a bias, too. */
typedef enum tern_group { TERN_GROUP_WEIGHT, TERN_GROUP_BIAS, TERN_GROUP_NORM } tern_group;

/* A parameter (trained) or a state (kept and saved, not trained). */
typedef struct tern_param {
    char name[40];    /* PyTorch's: "weight", "bias", "running_mean" */
    tern_shape shape; /* PyTorch's; rank 0: absent */
    tern_fill fill;   /* CONSTANT a; UNIFORM in [a, b); NORMAL mean a, deviation b */
    double a, b;
    const tern_object *init; /* an initializer that takes the place of `fill` where its type is set; or NULL */
    tern_group group;
    bool integer;              /* a state that counts: saved as I64, a scalar ([1] here) */
    size_t fixed, fixed_count; /* numbers of it, from `fixed` on, that start at 0 and whose gradient is taken for 0 */
} tern_param;

/* A column of a described table: the numbers first .. first + count - 1 of a row. */
typedef struct tern_input_column {
    const char *name;
    size_t first, count;
    size_t indices; /* it holds whole numbers below it, which stand for categories; 0: other numbers */
    size_t same;    /* the first column that has these categories, maybe itself */
} tern_input_column;

/* What plan answers. Shapes are of one sample, except those of parameters and states. */
typedef struct tern_layer_spec {
    size_t inputs;                  /* given */
    tern_shape in[TERN_MAX_INPUTS]; /* given: ranks 1 to TERN_MAX_RANK - 1 */
    bool sequences; /* given: x[0] holds sequences of any length, up to in[0].dim[0], its first dimension; see `length`
                     */
    size_t in_indices; /* given: x[0] holds whole numbers below it, as its data say; 0: that is not known */
    size_t in_columns; /* given: of the table whose rows x[0] holds; 0: it is none */
    const tern_input_column *in_column; /* given [in_columns] */
    bool out_sequences;                 /* y holds sequences of the same lengths; TERN_STEPWISE says so, too */
    size_t out_indices;                 /* y holds whole numbers below it, taken from x[0]; 0: other numbers */
    bool within_steps; /* forward makes each step of y of the same step, whatever `steps` is, as under TERN_STEPWISE */
    tern_shape out;
    tern_param param[TERN_MAX_PARAMS]; /* the first absent one ends the list, here and below */
    tern_param state[TERN_MAX_STATES];
    tern_shape save[TERN_MAX_SAVES]; /* forward writes when training, backward reads */
    size_t accumulators;             /* doubles that go over the whole batch, see forward_accumulate */
    size_t scratch, scratch_row; /* numbers a worker may use in a call, contents undefined: fixed, and for each row */
    size_t evaluation_row;       /* further ones for each row when not training, in place of what would be saved */
    size_t indices;              /* x[0] holds whole numbers 0 .. indices - 1 and has no gradient; 0: any numbers */
    double work;                 /* multiply-adds of one sample's forward; 0: as the parameters' sizes suggest */
    /* Of a layer that has `step`: */
    bool looks_ahead;   /* with these options a step of y needs later ones: it can't be made before them */
    size_t step_axis;   /* the dimension along which the steps of y lie, where that is not the first */
    size_t step_memory; /* numbers for each row that are kept from step to step */
    size_t step_most;   /* steps one after the other that it can make; 0: any number */
} tern_layer_spec;

/* What forward gets. Every tensor has its batch dimension first: `rows` rows, those from `row` on of the batch. */
typedef struct tern_forward {
    size_t rows, row;
    const tern_tensor *const *x; /* [inputs] */
    tern_tensor *y;              /* written whole */
    const tern_tensor *param;    /* [params] */
    /* [states]; written only when training, by the slice whose row is 0; the others do not read it then */
    tern_tensor *state;
    tern_tensor *save;    /* [saves]; NULL where no backward follows */
    double *accumulators; /* forward_accumulate: of the slice, from 0; forward: the totals of the batch */
    /* [rows] the steps of each row, from 1, where x[0] holds sequences of any length; else NULL. Tensors then have
     * `steps` in the place of the planned first dimension, no less than any of them; what follows a row's own steps is
     * padding: finite numbers, which the rows' results do not depend on. */
    const size_t *length;
    size_t steps;
    const size_t *other_length; /* the same of x[1] and those after it, under TERN_CROSS */
    size_t other_steps;
    tern_real *scratch; /* NULL where none was asked for */
    bool training;      /* false also where the layer's states are frozen: it goes by them, as in evaluation */
    tern_random random; /* of this layer and step; number rows by `row` so that slices do not matter */
} tern_forward;

/* What step gets: one more step of each row's sequence. */
typedef struct tern_layer_step {
    size_t rows, at; /* which step it is, from 0 */
    /* [inputs]; where x[0] holds the sequences, so much of it: [rows, 1, ...]. Under TERN_CROSS the others are whole,
     * and at each step the same; else they are steps, too. */
    const tern_tensor *const *x;
    tern_tensor *y; /* written whole: its step or, where y is no sequence, what forward would make of those so far */
    const tern_tensor *param;
    const size_t *other_length; /* as in forward */
    size_t other_steps;
    tern_real *memory;  /* [rows step_memory] as the step before left it; undefined at step 0 */
    tern_real *scratch; /* as large as forward's when not training */
} tern_layer_step;

/* What backward gets. */
typedef struct tern_backward {
    size_t rows, row;
    const tern_tensor *const *x; /* [inputs]; all NULL unless TERN_READS_X */
    const tern_tensor *y;        /* NULL unless TERN_READS_Y */
    const tern_tensor *dy;
    const tern_tensor *param;
    /* [params]; add the gradient: +=, or with TERN_SETS_GRADIENT =. Nobody reads what is made for a frozen parameter;
     * under TERN_SKIPS_FROZEN its data is NULL */
    tern_tensor *dparam;
    const tern_tensor *state;
    tern_tensor *save;                  /* [saves]; may be overwritten */
    tern_tensor *const *dx;             /* [inputs]; write the gradient whole: =. An entry is NULL where it is unused */
    double *accumulators;               /* as in forward, of backward_accumulate */
    const double *forward_accumulators; /* the totals that forward had */
    const size_t *length;               /* as in forward; the gradients of padding are 0, dx's too */
    size_t steps;
    const size_t *other_length;
    size_t other_steps;
    tern_real *scratch;
    bool training;      /* as in forward */
    tern_random random; /* the same as in forward */
} tern_backward;

/* What a layer's backward reads, and what it allows. An undeclared tensor arrives as NULL, so that a lie shows in the
 * first test. */
enum {
    TERN_READS_X = 1, /* backward reads the inputs */
    TERN_READS_Y = 2, /* backward reads the output */
    TERN_IN_PLACE =
        4,         /* y may be the memory of x[0], and dx[0] that of dy: element by element, shapes of equal count */
    TERN_VIEW = 8, /* y is x[0] under another shape: one input, no forward, no backward, no copy */

    /* For speed alone, in a layer with large parameters: */
    TERN_SETS_GRADIENT = 16, /* backward writes dparam whole, =, where others add to it: it needn't be cleared before */
    TERN_BY_OUTPUT = 32, /* each number in the last dimension of y has its own row (first dimension) of every parameter,
                           so that some of them are the same layer with some rows: forward and backward go by the shapes
                           of the tensors they get. Workers may then share the layer in this way */
    TERN_SKIPS_FROZEN = 64, /* backward leaves out the gradient of a parameter whose dparam has no data: it is frozen */

    /* Sequences of any length are refused for a layer that says neither: */
    TERN_STEPWISE = 128,  /* each step of y comes from the same step of the inputs, and where dy is 0 so is dx: it goes
                             by the shapes of its tensors, and takes padding for steps */
    TERN_SEQUENCES = 256, /* it takes sequences of any length, and goes by `length` */
    TERN_CROSS = 512      /* and x[1] and those after it may have other lengths than x[0]: it goes by `other_length` */
};

/* A kind of layer. */
typedef struct tern_layer_type {
    tern_type base;
    unsigned flags;
    size_t least_inputs, most_inputs; /* 0: exactly one */
    bool random;                      /* draws random numbers when training */

    /* Fills in `spec` from its inputs and the options; may keep derived values in `self`. Pure: the same answer for the
     * same question, no other effect. The only function of a layer that can fail: it refuses what can't be done, with
     * tern_error_add(). */
    tern_status (*plan)(void *self, tern_layer_spec *spec, tern_error *err);

    void (*forward)(const void *self, const tern_forward *f);   /* y = ... */
    void (*backward)(const void *self, const tern_backward *b); /* dx = ..., dparam += ... (or =) */

    /* Only for a layer whose output depends on the whole batch (batch norm); else NULL. Takes this slice into its
     * accumulators; the framework adds those of all slices and then calls forward (backward) with the totals. Also
     * called when not training: it may do nothing. */
    void (*forward_accumulate)(const void *self, const tern_forward *f);
    void (*backward_accumulate)(const void *self, const tern_backward *b);

    /* How one more slice's accumulators of forward come to those of others, which start at 0; NULL: they are added. */
    void (*merge)(const void *self, double *into, const double *from);

    /* What forward makes of one further step when not training, at a cost that grows no faster than the steps before it
     * do: how sequences are generated. For a layer whose steps depend on those before them, or on where they stand;
     * others are run by forward, if they say TERN_STEPWISE or within_steps. NULL: it is neither. */
    void (*step)(const void *self, const tern_layer_step *s);

    /* What forward makes of one sample when not training, as operations that `tern export` can write elsewhere: returns
     * the last one's result. NULL: a model with such a layer can't be exported; a view needs none. */
    tern_operand (*lower)(const void *self, tern_lowering *l);
} tern_layer_type;

/* For TERN_PLUGIN(). */
#undef TERN_SIZES_LAYER
#define TERN_SIZES_LAYER                                                                               \
    {                                                                                                  \
        sizeof(tern_layer_type), sizeof(tern_layer_spec), sizeof(tern_forward), sizeof(tern_backward), \
            sizeof(tern_layer_step)                                                                    \
    }

/* The dimension of a sample that an option means by `dim`, which counts the batch as PyTorch does: 1 is the first of a
 * sample, -1 the last. Writes its index in `sample` to `axis`; refuses the batch and what is out of range, under `key`.
 * For plan. */
TERN_API tern_status tern_shape_axis(const tern_shape *sample, int64_t dim, const char *key, size_t *axis,
                                     tern_error *err);

/* The shape of a sample of which some dimensions are reduced to one number: bit k of `axes` is its dimension k. They
 * are left out, or with `keepdim` of size 1; of all, a size 1 is left. */
TERN_API tern_shape tern_shape_reduced(const tern_shape *sample, unsigned axes, bool keepdim);

/* Refuses, under `key`, a dimension along which sequences of any length have their steps, for a TERN_SEQUENCES layer
 * that works inside each step; says of any other that y holds sequences where x[0] does. For plan. */
TERN_API tern_status tern_layer_within_steps(tern_layer_spec *spec, size_t axis, const char *key, tern_error *err);

/* Refuses inputs that have not all one shape. For plan. */
TERN_API tern_status tern_layer_same_shapes(const tern_layer_spec *spec, tern_error *err);

TERN_END

#endif
