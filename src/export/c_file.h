/* c_file.h - an exported C file while it is written. */
#ifndef TERN_EXPORT_C_FILE_H
#define TERN_EXPORT_C_FILE_H

#include "c_plan.h"
#include "json_writer.h"

/* Kernels, in the order in which they may need each other; src/export/c/NAME.c.in. */
typedef enum tern__c_kernel {
    TERN__C_SIGMOID,
    TERN__C_SCALE,
    TERN__C_PRODUCT_KERNEL,
    TERN__C_WINDOW,
    TERN__C_CONV_KERNEL,
    TERN__C_BORDER,
    TERN__C_ADJOINT,
    TERN__C_POOL,
    TERN__C_ADAPTIVE,
    TERN__C_SOFTMAX,
    TERN__C_NORMALIZE,
    TERN__C_REARRANGE,
    TERN__C_JOIN,
    TERN__C_PAD,
    TERN__C_RESIZE,
    TERN__C_LOOKUP,
    TERN__C_ATTENTION,
    TERN__C_RECURRENT,
    TERN__C_KERNELS
} tern__c_kernel;

enum { TERN__C_NAME = 160 };

typedef struct tern__c_file {
    tern__buffer text;
    const tern__c_plan *plan;
    const tern_program *p;
    const char *name;  /* as C takes it */
    const char *upper; /* the same in upper case */
} tern__c_file;

/* Adds text, as by printf, at most 2047 bytes at a time. */
void tern__c_add(tern__c_file *f, const char *format, ...) TERN_PRINTF(2, 3);

/* A name as C takes it: other characters become _, a leading digit and a keyword get one. Returns `out`. */
const char *tern__c_name(const char *name, char out[TERN__C_NAME]);

/* A number as C's float, so that it is read back to the bit; and a string as a literal. */
void tern__c_add_float(tern__c_file *f, double value);
void tern__c_add_string(tern__c_file *f, const char *text);

/* A formula in float; whether it calls a function of that name. */
void tern__c_add_formula(tern__c_file *f, const char *formula);
bool tern__c_formula_calls(const char *formula, const char *function);

/* The kernels that a program needs; its constants; what a value, constant or scratch is called. */
void tern__c_add_kernels(tern__c_file *f);
void tern__c_add_constants(tern__c_file *f);
void tern__c_add_sizes(tern__c_file *f); /* " + (int)sizeof w0 ..." of all constants */
void tern__c_add_value(tern__c_file *f, tern_operand v);
void tern__c_add_constant(tern__c_file *f, const tern_op *op, size_t k);

/* Parameters of NAME_predict: "const float *in, float *out"; how the k-th input, or output, is called. */
void tern__c_add_parameters(tern__c_file *f);
const char *tern__c_port(const tern_program *p, bool output, size_t k, char out[TERN__C_NAME]);

/* All operations, in order. */
void tern__c_add_ops(tern__c_file *f);

#endif
