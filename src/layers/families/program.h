/* program.h - the list of operations that layers are lowered to while it grows; see tern/lower.h. */
#ifndef TERN_FAMILIES_PROGRAM_H
#define TERN_FAMILIES_PROGRAM_H

#include <tern/lower.h>

#include "memory.h"

#include <tern/error.h>

/* A value: what is known of it. */
typedef struct tern__operand {
    tern_shape shape;
    const tern_real *data; /* a constant's numbers; else NULL */
    const char *name;      /* of a weight, an input; or NULL */
} tern__operand;

typedef struct tern__program {
    tern__arena arena;
    size_t values, ops, value_room, op_room;
    tern__operand *value;
    tern_op *op;
    const char *layer;   /* that operations now belong to */
    const char *refused; /* why, once a layer was */
    bool failed;         /* no memory: what follows is nonsense, but touches nothing that is not there */
    tern_op nowhere;     /* what is then written to */
    tern_error *err;
} tern__program;

/* Adds a value. */
tern_operand tern__program_value(tern__program *p, tern__operand value);

/* Adds an operation of `n` inputs, the absent ones left out, and gives its result the shape. Returns NULL where there
 * is no memory; else what is to be filled in. */
tern_op *tern__program_op(tern__program *p, tern_op_kind kind, size_t n, const tern_operand *input, tern_shape out);

/* x * gain + shift; the lists, of n numbers, live as long as the program. */
tern_operand tern__program_scale(tern__program *p, tern_operand x, size_t n, const double *gain, const double *shift);

/* Frees what it holds. */
void tern__program_free(tern__program *p);

#endif
