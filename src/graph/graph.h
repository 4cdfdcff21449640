/* graph.h - what a planned model is made of. Made by build.c, const afterwards but for the weights' numbers. */
#ifndef TERN_GRAPH_GRAPH_H
#define TERN_GRAPH_GRAPH_H

#include "config.h"
#include "targets.h"

#include <tern/initializer.h>
#include <tern/layer.h>
#include <tern/trainer.h>

/* Every tensor in the flat arrays begins at a multiple of this many numbers: 64 bytes in float. */
enum { TERN__ALIGN = 16 };

#define TERN__NOWHERE SIZE_MAX /* no place in the memory in question */

/* A parameter or state, and its places in flat arrays. Layers refer to weights by their index, so that two can share
 * one. */
typedef struct tern__weight {
    char *name; /* "encoder.weight" */
    tern_param param;
    bool trained;         /* a parameter, else a state */
    bool frozen;          /* it stays as it is */
    bool reached;         /* a loss depends on it */
    size_t group;         /* of the optimizer's, from 1; 0: in none */
    size_t offset, count; /* in the model's flat parameters, or states */
    size_t gradient;      /* in flat gradients; NOWHERE: a state, or a parameter that stays as it is */
    size_t owner, uses;   /* the first node that refers to it, whose name it has; and how many do */
    size_t last_use;      /* of those, the first to go backward */
} tern__weight;

/* Another name of a weight that layers share: what it would be called if the later layer had it alone. */
typedef struct tern__alias {
    const char *name;
    size_t weight;
    struct tern__alias *next;
} tern__alias;

/* A named input, which a batch brings: value k of the graph for input k. */
typedef struct tern__graph_input {
    const char *name;
    tern_shape shape;
    bool sequences; /* of any length, up to the first size */
} tern__graph_input;

/* What a loss of the file is about. */
typedef struct tern__loss_place {
    const char *name;     /* among several: the file's, else the layer's */
    size_t value, result; /* the prediction: of the graph, and among a pass's results */
    size_t target;        /* which of a batch's targets; NOWHERE: */
    size_t input;         /* it is to make this input again, ... */
    size_t input_result;  /* ... which then is among the results */
} tern__loss_place;

/* A value that a pass in evaluation gives. */
typedef struct tern__result {
    const char *name;
    size_t value;
} tern__result;

/* A layer in its place. The values of the graph are the inputs, and then the outputs of the nodes. */
typedef struct tern__node {
    const tern_layer_type *type;
    void *self;
    const char *name;      /* the file's, else the index */
    size_t inputs, *input; /* values it reads */
    tern_shape out;
    /* The inputs of the model whose lengths the first value has, those after it, and the output; NOWHERE */
    size_t lengths_read, other_lengths, lengths;
    size_t params, states, saves, accumulators, scratch, scratch_row, evaluation_row;
    size_t indices, out_indices; /* the numbers of the first value, and those of the output, are below it; 0: any */
    const size_t *param, *state; /* [params], [states] in model->weight */
    size_t first_read, first_use, first_save, first_accumulator; /* in the lists of a slice */
    tern_shape *save;
    bool needs_backward; /* it, or a layer before it, has something to train */
    bool keeps_states;   /* they are frozen: it goes by them in training, too */
} tern__node;

struct tern_model {
    tern__arena arena;
    tern__json json;
    tern__config config;
    const tern_registry *registry;
    size_t max_memory;
    bool unfitted;           /* its columns were never fitted: nothing is planned */
    bool unscaled;           /* its input is to be normalized, by what was never learned: nothing can run */
    const char *name, *path; /* path: where the file is; "" for a text in memory */

    size_t nodes;
    tern__node *node;
    size_t reads, uses, saves, accumulators; /* of all nodes together: inputs, parameters and states, and so on */
    size_t weights;                          /* parameters and states, in the order of the layers */
    tern__weight *weight;
    tern__alias *alias;       /* NULL: no weight is shared */
    size_t params, states;    /* numbers in the flat arrays, gaps included */
    size_t gradients;         /* likewise, of the parameters that have a gradient */
    double work;              /* multiply-adds of one sample's forward, roughly */
    tern_real *param, *state; /* NULL in a model that was only planned */
    char *weights_from;       /* the file that they are of, as they are; NULL: none */

    /* What drew the rows that trained its weights, and the checksum of their data; NULL: not known. */
    const char *trained_split, *trained_data;

    size_t inputs, targets; /* what a batch brings, in this order */
    bool sequences;         /* some input holds sequences of any length */
    tern__graph_input *input;
    tern_scaling *scaling;     /* [inputs] their preprocessing */
    const char *const *target; /* their names */
    /* [targets] the inputs whose lengths their sequences have, and how many steps these have at most; NOWHERE and 0:
     * they are none */
    size_t *target_lengths, *target_steps;

    size_t losses;
    tern__loss_place *loss;
    size_t outputs,
        results; /* the outputs, what no layer reads, are the first results; the others only losses are about */
    tern__result *result;

    tern__targets measured; /* losses and metrics for the first kinds of targets that they take; none: no loss */
};

/* ---- values ---- */

static inline size_t tern__values(const tern_model *m) { return m->inputs + m->nodes; }
static inline size_t tern__node_value(const tern_model *m, size_t node) { return m->inputs + node; }

/* The node that makes a value; NULL: it is an input. */
static inline const tern__node *tern__value_node(const tern_model *m, size_t value) {
    return value < m->inputs ? NULL : &m->node[value - m->inputs];
}

/* The shape of one sample. */
static inline tern_shape tern__value_shape(const tern_model *m, size_t value) {
    return value < m->inputs ? m->input[value].shape : m->node[value - m->inputs].out;
}

/* The input of the model whose lengths the sequences of a value have; NOWHERE: it holds none of any length. */
static inline size_t tern__value_lengths(const tern_model *m, size_t value) {
    if (value < m->inputs) return m->input[value].sequences ? value : TERN__NOWHERE;
    return m->node[value - m->inputs].lengths;
}

/* The value whose memory a value is, through views. */
static inline size_t tern__value_seen(const tern_model *m, size_t value) {
    const tern__node *maker = tern__value_node(m, value);
    while (maker && maker->type->flags & TERN_VIEW) maker = tern__value_node(m, value = maker->input[0]);
    return value;
}

/* ---- making: what tern_model_open() does, in this order ---- */

/* Plans the inputs and their preprocessing. Errors: MODEL, MEMORY. */
tern_status tern__inputs_plan(tern_model *m, tern_error *err);

/* Whether a name is one that a layer or input may have; and an error where it is not. */
bool tern__name_good(const char *name);
tern_status tern__name_refuse(const char *name, tern_error *err);

/* Plans the layers, their connections and weights into `m` from its config: those layers that could be read. */
tern_status tern__model_build(tern_model *m, tern_error *err);

/* Finds out which lengths the sequences have that a layer reads. Errors: MODEL (it can't leave the padding out). */
tern_status tern__lengths_plan(const tern_model *m, tern__node *node, tern_layer_spec *spec, tern_error *err);

/* Finds what the losses are about, once all layers are planned. */
tern_status tern__losses_place(tern_model *m, tern_error *err);

/* Lists what a pass gives, and refuses values that nothing reads; `read` [values]. */
tern_status tern__results_plan(tern_model *m, const bool *read, tern_error *err);

/* Marks the nodes [nodes] whose output reaches a loss: all, where the file has none. */
void tern__losses_reach(const tern_model *m, bool *reached);

/* Refuses layers that read as indices what holds other numbers; and the strictest one that reads input `k` so, or NULL.
 */
tern_status tern__indices_check(const tern_model *m, tern_error *err);
const tern__node *tern__index_reader(const tern_model *m, size_t k);

/* Refuses weights that take more than the model's max_memory. Errors: MEMORY. */
tern_status tern__model_check_memory(const tern_model *m, tern_error *err);

/* Freezes the weights of layers and patterns that the file says, and forms the optimizer's groups. Errors: MODEL (a
 * pattern means no weight, a weight is in two groups). */
tern_status tern__model_apply_patterns(tern_model *m, tern_error *err);

/* Gives every weight its first value, from the file's seed. */
void tern__model_initialize(tern_model *m);

/* Plans the preprocessing: by the file's numbers, or by what was learned from the data. Errors: MODEL, MEMORY. */
tern_status tern__scaling_make(tern_model *m, tern_error *err);

/* What the target of an array, of `count` numbers, is normalized by where batches are made of it; NULL: it is not. That
 * of a described table was normalized as it was read. */
const tern__target *tern__target_of_array(const tern_model *m, size_t count);

/* Whether an array's targets are to be normalized by what was never learned. */
bool tern__target_unknown(const tern_model *m);

/* Refuses a model whose input or target is to be normalized by what was never learned. Errors: MODEL. */
tern_status tern__scaling_check(const tern_model *m, tern_error *err);

/* What makes probabilities of the outputs. */
tern_link tern__model_link(const tern_model *m);

/* Whether preprocessing changes nothing. */
bool tern__scaling_plain(const tern_scaling *s);

/* Whether a tensor of a model is a plain number in the flat arrays. */
tern_tensor tern__weight_tensor(const tern_model *m, const tern__weight *w);

#endif
