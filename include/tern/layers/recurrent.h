/* recurrent.h - what recurrent layers share: cells that step through time, stacked, in one direction or both.
 *
 * A type writes down one step of its cell, and the way back (src/layers/lstm.c). The walk through time and layers,
 * dropout between layers, and the products that take all steps at once are here. Parameters have PyTorch's names,
 * shapes and order: weight_ih_l0 [gates H, inputs], weight_hh_l0 [gates H, H], bias_ih_l0, bias_hh_l0 [gates H], then
 * ..._l0_reverse, ..._l1.
 *
 * Samples are [T, inputs]; y is [T, D], where D is H for each direction, forward first. Without return_sequences y is
 * [D]: the state after the last step of each direction, for the reverse one that of the first time (PyTorch's h_n of
 * the last layer). Sequences of any length end, and in the reverse direction begin, each at its own last step; as
 * packed sequences they cost what their own steps do. */
#ifndef TERN_LAYERS_RECURRENT_H
#define TERN_LAYERS_RECURRENT_H

#include <tern/layer.h>

TERN_BEGIN

/* The options of every recurrent layer: the first member of its struct. */
typedef struct tern_recurrent {
    size_t hidden_size, input_size, num_layers;
    bool bias, bidirectional, return_sequences;
    double dropout;
    tern_object init, recurrent_init, bias_init;
    size_t steps, features; /* planned: T and the inputs of the first layer */
    bool sequences;         /* planned: they may be shorter */
} tern_recurrent;

/* Their rows. */
#define TERN_RECURRENT_OPTIONS                                                                                     \
    TERN_SIZE_REQUIRED(tern_recurrent, hidden_size, 1, 1 << 20, "Elements of the state h, of each direction.",     \
                       .alias = "units"),                                                                          \
        TERN_SIZE(tern_recurrent, input_size, 0, 1, 1 << 24,                                                       \
                  "Features of a time step; inferred, and checked where given."),                                  \
        TERN_SIZE(tern_recurrent, num_layers, 1, 1, 16, "Layers, each reading the states of the one before."),     \
        TERN_BOOL(tern_recurrent, bidirectional, false,                                                            \
                  "Also go from the last time to the first, with weights of its own."),                            \
        TERN_BOOL(tern_recurrent, return_sequences, true,                                                          \
                  "Return the states of all times; else the final ones alone."),                                   \
        TERN_REAL(tern_recurrent, dropout, 0, 0, 1, "Probability that an element is dropped between two layers."), \
        TERN_BOOL(tern_recurrent, bias, true, "Add learned biases, one on the input and one on the state.",        \
                  .alias = "use_bias"),                                                                            \
        TERN_OBJECT(tern_recurrent, init, TERN_INITIALIZER,                                                        \
                    "How weight_ih starts; left out: uniform within 1/sqrt(hidden_size)."),                        \
        TERN_OBJECT(tern_recurrent, recurrent_init, TERN_INITIALIZER,                                              \
                    "How weight_hh starts; left out: as weight_ih."),                                              \
        TERN_OBJECT(tern_recurrent, bias_init, TERN_INITIALIZER,                                                   \
                    "How biases start; left out: uniform within 1/sqrt(hidden_size).")

/* One time step of all rows. Matrices have a row for each sample; what a cell does not use has no data. */
typedef struct tern_cell_step {
    size_t rows, hidden;
    /* [rows, gates H] in: W_ih x + b_ih, + b_hh unless separate_hidden_bias; out: what step_back wants. */
    tern_tensor a;
    tern_tensor keep;               /* [rows, keep H]  out: what else step_back wants */
    tern_tensor h, c;               /* [rows, H]       the states before */
    tern_tensor h_next, c_next;     /* [rows, H]       out: the states after */
    const tern_tensor *w_hh, *b_hh; /* b_hh NULL where there is none */
    tern_tensor dh, dc; /* [rows, H]       step_back: the gradients of the states after; out: of those before */
} tern_cell_step;

/* What one recurrent layer has that another has not. */
typedef struct tern_cell {
    size_t gates, keep;        /* rows of the weights, and elements kept of a step, in units of H */
    bool separate_hidden_bias; /* keep is W_hh h + b_hh on its own (keep = gates), and its gradient not that of a */
    bool cell_state;           /* there is a c */
    void (*step)(const void *self, tern_cell_step *s);
    void (*step_back)(
        const void *self,
        tern_cell_step *s); /* leaves the gradient of a in a; where separate_hidden_bias, of keep in keep */
} tern_cell;

/* The plan, forward and backward of a layer made of such cells. `self` begins with its tern_recurrent. Both states
 * start at 0. */
TERN_API tern_status tern_recurrent_plan(void *self, const tern_cell *cell, tern_layer_spec *spec, tern_error *err);
TERN_API void tern_recurrent_forward(const void *self, const tern_cell *cell, const tern_forward *f);
TERN_API void tern_recurrent_backward(const void *self, const tern_cell *cell, const tern_backward *b);

/* Their step: the states stay in its memory. Bidirectional ones look ahead. */
TERN_API void tern_recurrent_step(const void *self, const tern_cell *cell, const tern_layer_step *s);

/* The layer as operations, by the kind of its cell. */
TERN_API tern_operand tern_recurrent_lower(const void *self, tern_recurrence cell, tern_lowering *l);

TERN_END

#endif
