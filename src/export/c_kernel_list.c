/* c_kernel_list.c - which functions of src/export/c an exported file is made of; see c_file.h. */
#include "c_file.h"

#include "c_kernels.h"

#include <string.h>

static void need(bool *needed, const tern_op *op) {
    static const tern__c_kernel kernel[TERN_OPS] = {[TERN_OP_RESHAPE] = TERN__C_KERNELS,
                                                    [TERN_OP_FORMULA] = TERN__C_KERNELS,
                                                    [TERN_OP_SCALE] = TERN__C_SCALE,
                                                    [TERN_OP_PRODUCT] = TERN__C_PRODUCT_KERNEL,
                                                    [TERN_OP_CONV] = TERN__C_WINDOW,
                                                    [TERN_OP_POOL] = TERN__C_POOL,
                                                    [TERN_OP_ADAPTIVE_POOL] = TERN__C_ADAPTIVE,
                                                    [TERN_OP_SOFTMAX] = TERN__C_SOFTMAX,
                                                    [TERN_OP_NORMALIZE] = TERN__C_NORMALIZE,
                                                    [TERN_OP_TRANSPOSE] = TERN__C_REARRANGE,
                                                    [TERN_OP_SLICE] = TERN__C_REARRANGE,
                                                    [TERN_OP_CONCAT] = TERN__C_JOIN,
                                                    [TERN_OP_PAD] = TERN__C_PAD,
                                                    [TERN_OP_RESIZE] = TERN__C_RESIZE,
                                                    [TERN_OP_LOOKUP] = TERN__C_LOOKUP,
                                                    [TERN_OP_ATTENTION] = TERN__C_ATTENTION,
                                                    [TERN_OP_RECURRENT] = TERN__C_RECURRENT};
    size_t high, wide;
    if (kernel[op->kind] < TERN__C_KERNELS) needed[kernel[op->kind]] = true;
    if (op->kind == TERN_OP_FORMULA && tern__c_formula_calls(op->as.formula, "sigmoid")) needed[TERN__C_SIGMOID] = true;
    if (op->kind == TERN_OP_RECURRENT) needed[TERN__C_SIGMOID] = needed[TERN__C_PRODUCT_KERNEL] = true;
    if (op->kind != TERN_OP_CONV) return;
    needed[op->as.conv.transposed ? TERN__C_ADJOINT : TERN__C_CONV_KERNEL] = true;
    if (!op->as.conv.transposed && tern__c_border(&op->as.conv.conv, &high, &wide)) needed[TERN__C_BORDER] = true;
}

void tern__c_add_kernels(tern__c_file *f) {
    static const char *const text[TERN__C_KERNELS] = {
        sigmoid_kernel, scale_kernel, product_kernel,  window_kernel,  conv_kernel,      border_kernel,
        adjoint_kernel, pool_kernel,  adaptive_kernel, softmax_kernel, normalize_kernel, rearrange_kernel,
        join_kernel,    pad_kernel,   resize_kernel,   lookup_kernel,  attention_kernel, recurrent_kernel};
    bool needed[TERN__C_KERNELS] = {false};
    for (size_t i = 0; i < f->p->ops; i++) need(needed, &f->p->op[i]);
    for (size_t k = 0; k < TERN__C_KERNELS; k++)
        if (needed[k]) tern__buffer_write(&f->text, text[k], strlen(text[k]));
}
