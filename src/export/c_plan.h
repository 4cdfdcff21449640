/* c_plan.h - where the numbers of an exported C file lie: constants, and an arena whose places are shared over time. */
#ifndef TERN_EXPORT_C_PLAN_H
#define TERN_EXPORT_C_PLAN_H

#include "memory.h"

#include <tern/export.h>

/* In which order a constant's numbers are written: as it has them, or as a kernel reads them. */
typedef enum tern__c_order { TERN__C_PLAIN, TERN__C_PRODUCT, TERN__C_CONV } tern__c_order;

typedef struct tern__c_constant {
    tern_operand operand;
    tern__c_order order;
    size_t groups; /* TERN__C_CONV: of filters */
} tern__c_constant;

/* Where a value lies. */
typedef enum tern__c_room { TERN__C_ARENA, TERN__C_INPUT, TERN__C_OUTPUT } tern__c_room;

typedef struct tern__c_place {
    tern__c_room room;
    size_t at; /* in the arena, or which input or output */
} tern__c_place;

typedef struct tern__c_plan {
    const tern_program *p;
    tern__arena memory;
    size_t constants;
    tern__c_constant *constant;
    tern__c_place *value; /* [values] */
    size_t *scratch;      /* [ops] in the arena */
    size_t arena;         /* numbers in all */
    size_t flash;         /* bytes of all constants */
} tern__c_plan;

/* Lays it all out. Free in any case. Errors: MEMORY. */
tern_status tern__c_plan_make(const tern_program *p, tern__c_plan *out, tern_error *err);
void tern__c_plan_free(tern__c_plan *plan);

/* The constant that an operation's operand k is written as; and its index, or that of a constant. */
tern__c_constant tern__c_constant_of(const tern__c_plan *plan, const tern_op *op, size_t k);
size_t tern__c_find(const tern__c_plan *plan, tern__c_constant c);

/* Numbers that an operation works in beside its values. */
size_t tern__c_scratch(const tern_program *p, const tern_op *op);

/* A convolution reads planes of [high, wide], which are its input's or a copy with a border. */
bool tern__c_border(const tern_conv *c, size_t *high, size_t *wide);

#endif
