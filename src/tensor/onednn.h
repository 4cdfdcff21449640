/* onednn.h - oneDNN's products, where tern is built with it (TERN_GEMM=onednn); it has none in double. */
#ifndef TERN_TENSOR_ONEDNN_H
#define TERN_TENSOR_ONEDNN_H

#include "blas.h"

#ifdef TERN_ONEDNN

/* Whether oneDNN did it. If not, it is OpenBLAS's to do. */
bool tern__onednn_product(const tern__product *p);

/* Its name, version and instruction set. Returns `text`. */
const char *tern__onednn_name(char text[TERN__GEMM_NAME]);

#else

static inline bool tern__onednn_product(const tern__product *p) {
    (void)p;
    return false;
}

static inline const char *tern__onednn_name(char text[TERN__GEMM_NAME]) {
    (void)text;
    return NULL;
}

#endif

#endif
