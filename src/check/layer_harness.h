/* layer_harness.h - a layer on its own, with memory of its own, for checks: of its gradients, and of how it treats its
 * memory. */
#ifndef TERN_CHECK_LAYER_HARNESS_H
#define TERN_CHECK_LAYER_HARNESS_H

#include "memory.h"

#include <tern/layer.h>

/* How many numbers stand between two tensors of a probe. They hold TERN__GUARD, which no layer may touch. */
enum { TERN__GUARDS = 16 };
#define TERN__GUARD ((tern_real)-12345.75)

/* A tensor of a probe, for loops over all of them: "x[0]", "weight", "d weight", "save[1]". */
typedef struct tern__harness_tensor {
    char name[48];
    tern_tensor *tensor;
    bool constant_forward, constant_backward; /* read only */
} tern__harness_tensor;

typedef struct tern__harness {
    const tern_layer_type *type;
    void *self; /* a copy of the layer's options, planned */
    tern_layer_spec spec;
    size_t rows, row; /* of the batch those from `row` on; set it to play a later slice */
    size_t params, states, saves;
    tern_tensor x[TERN_MAX_INPUTS], dx[TERN_MAX_INPUTS], y, dy;
    tern_tensor param[TERN_MAX_PARAMS], dparam[TERN_MAX_PARAMS], state[TERN_MAX_STATES], save[TERN_MAX_SAVES], scratch;
    bool unwanted[TERN_MAX_INPUTS];     /* whose dx is unused: at first that of indices */
    bool frozen[TERN_MAX_PARAMS];       /* whose gradient is unused */
    bool keeps_states;                  /* they are frozen */
    tern_tensor asked[TERN_MAX_PARAMS]; /* what backward gets for dparam */
    double *accumulators;               /* [2][spec.accumulators]: of the current step, and those that forward had */
    size_t *length, *other_length;      /* [rows] of sequences of any length; NULL: each has all steps */
    tern_random random;
    size_t n; /* all tensors: [n] */
    tern__harness_tensor *tensor;
    tern__arena arena;
    size_t count; /* numbers in `memory` */
    tern_real *memory;
} tern__harness;

/* Plans a layer, with a copy of its options, for these inputs (shapes of one sample) and gives it memory for `rows`
 * rows, all numbers NaN. Errors: MODEL (its plan's), MEMORY. Close in any case. */
tern_status tern__harness_open(tern__harness *p, const tern_object *layer, size_t inputs, const tern_shape *in,
                               size_t rows, tern_error *err);

/* The same where x[0], and what has its shape, holds sequences of any length: those of the rows differ. */
tern_status tern__harness_open_sequences(tern__harness *p, const tern_object *layer, size_t inputs,
                                         const tern_shape *in, size_t rows, tern_error *err);
void tern__harness_close(tern__harness *p);

/* Lets y lie over x[0] and dx[0] over dy, where the layer's flags allow it: as a plan does. */
void tern__harness_in_place(tern__harness *p);

/* Fills x, dy, parameters and states with numbers that are fit for a check: the same every time. */
void tern__harness_fill(tern__harness *p);

/* The steps of the framework, in this order; what the layer did not declare it gets as NULL. The two ..._sums() set
 * `accumulators` to those of the probe's own rows (where it plays one of several slices, add up theirs before going
 * on), or do nothing. */
void tern__harness_forward_accumulate(tern__harness *p, bool training);
void tern__harness_forward(tern__harness *p, bool training);
void tern__harness_backward_accumulate(tern__harness *p);
void tern__harness_backward(tern__harness *p);

/* The name of a tensor beside which something was written, or NULL. */
const char *tern__harness_damage(const tern__harness *p);

#endif
