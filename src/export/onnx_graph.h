/* onnx_graph.h - an ONNX graph while it grows: nodes, constants, and what values are called. */
#ifndef TERN_EXPORT_ONNX_GRAPH_H
#define TERN_EXPORT_ONNX_GRAPH_H

#include "memory.h"
#include "onnx.pb-c.h"

#include <tern/export.h>

enum { TERN__ONNX_RANK = TERN_MAX_RANK + 2 }; /* sizes of a tensor in between, the batch included */

/* Pointers to what the arena holds. */
typedef struct tern__onnx_list {
    void **item;
    size_t n, room;
} tern__onnx_list;

typedef struct tern__onnx {
    const tern_program *p;
    size_t batch; /* 0: any number of samples */
    tern__arena memory;
    tern__onnx_list nodes, constants;
    char **value;       /* [values] what they are called, once they are there */
    bool *whole;        /* [values] of type int64: indices */
    const char *layer;  /* that nodes now belong to; NULL: none */
    size_t names;       /* given so far */
    const char *refuse; /* why, once an operation has no form in ONNX */
    bool failed;        /* no memory: what follows is nonsense, but touches nothing that is not there */
    tern_error *err;
} tern__onnx;

/* ---- names: they belong to the graph, and are never NULL ---- */

/* A copy. */
char *tern__onnx_text(tern__onnx *g, const char *text);

/* What a value of the program is called as numbers in float, or as indices in int64. */
char *tern__onnx_value(tern__onnx *g, tern_operand v);
char *tern__onnx_indices(tern__onnx *g, tern_operand v);

/* The first input of an operation, as float. */
char *tern__onnx_x(tern__onnx *g, const tern_op *op);

/* ---- nodes ---- */

/* Adds a node with one output, whose name is returned. TERN__ONNX(g, "Add", x, y) */
char *tern__onnx_node(tern__onnx *g, const char *type, size_t n, char *const *input);
#define TERN__ONNX(g, type, ...) \
    tern__onnx_node(g, type, sizeof((char *[]){__VA_ARGS__}) / sizeof(char *), (char *[]){__VA_ARGS__})

/* Adds to the node that was added last: another output, a domain, an attribute of each type. */
char *tern__onnx_output(tern__onnx *g);
void tern__onnx_domain(tern__onnx *g, const char *domain);
void tern__onnx_int(tern__onnx *g, const char *name, size_t value);
void tern__onnx_ints(tern__onnx *g, const char *name, size_t n, const size_t *value);
void tern__onnx_real(tern__onnx *g, const char *name, double value);
void tern__onnx_string(tern__onnx *g, const char *name, const char *value);
void tern__onnx_strings(tern__onnx *g, const char *name, size_t n, const char *const *value);

/* The node that makes a value, or NULL. */
Onnx__NodeProto *tern__onnx_maker(const tern__onnx *g, const char *name);

/* The same numbers under another shape of the sample, the batch in front. */
char *tern__onnx_reshape(tern__onnx *g, char *x, tern_shape shape);

/* Dimensions in another order, that of the batch counted. */
char *tern__onnx_transpose(tern__onnx *g, char *x, size_t n, const size_t *axis);

/* ---- constants ---- */

/* A new one in float, zeros to be written over; NULL where there is no memory. NULL name: a running one. */
float *tern__onnx_constant(tern__onnx *g, const char *name, tern_shape shape, char **out);

/* A constant of the program as it is, or under another shape of as many numbers. */
char *tern__onnx_weight(tern__onnx *g, tern_operand v, tern_shape shape);

/* A single number, and a list of whole ones; equal ones are one. */
char *tern__onnx_number(tern__onnx *g, double value);
char *tern__onnx_int_list(tern__onnx *g, size_t n, const int64_t *value);

/* What weighs a sample of that shape, number i by entry i / each % n, so that it can be added or multiplied: a
 * constant, or of a value its `n` numbers, `each` apart. */
char *tern__onnx_spread(tern__onnx *g, tern_operand v, tern_shape sample, size_t each);

/* ---- files ---- */

/* A value of the graph as inputs and outputs are described; elem_type: of TensorProto. */
Onnx__ValueInfoProto *tern__onnx_port(tern__onnx *g, char *name, const tern_shape *shape, int elem_type);

/* Writes a node for each operation, in order. */
void tern__onnx_add_ops(tern__onnx *g);

/* One operation: its nodes are added, and what it makes is returned. Those that take more than a few lines. */
typedef char *tern__onnx_writer(tern__onnx *g, const tern_op *op);
tern__onnx_writer tern__onnx_formula, tern__onnx_conv, tern__onnx_pool, tern__onnx_adaptive_pool, tern__onnx_resize,
    tern__onnx_pad, tern__onnx_normalize, tern__onnx_attention, tern__onnx_recurrent;

/* The shape of a value in a sample. */
static inline tern_shape tern__onnx_shape(const tern__onnx *g, tern_operand v) { return g->p->value[v].shape; }

#endif
