/* microkernel.c - which micro-kernels a CPU gets, and what surrounds each call of one; see microkernel.h. */
#include "microkernel.h"

#include "sizes.h"

const tern__microkernels *tern__microkernels_for(int level) {
#ifdef __x86_64__
    if (level >= 4) return &tern__microkernels_avx512;
    if (level >= 3) return &tern__microkernels_avx2;
#endif
    (void)level;
    return &tern__microkernels_generic;
}

size_t tern__next_nv(const tern__microkernels *kernels, size_t left) {
    if (left <= kernels->nv) return left;
    return left == kernels->nv + 1 ? tern__ceil_div(left, 2) : kernels->nv;
}

const tern_real tern__zeros[TERN__MR];

void tern__multiply_rows(const tern__microkernels *kernels, size_t rows, size_t vectors, const tern_real *a,
                         size_t row_step, const tern_real *start, bool add, tern__microtile t) {
    const size_t mr = tern__balanced_chunk(rows, kernels->mr);
    t.next_a = mr * row_step;
    for (size_t row = 0, here; row < rows; row += (t.more + 1) * here) {
        here = tern__min(mr, rows - row);
        t.more = (rows - row) / here - 1;
        t.start = add ? NULL : start ? start + row : tern__zeros;
        t.next_start = start ? here : 0;
        for (size_t r = 0; r < here; r++) t.a[r] = a + (row + r) * row_step;
        kernels->multiply[here - 1][vectors - 1](&t);
        for (size_t v = 0; v < vectors; v++) t.c[v] += (t.more + 1) * here * t.stride;
    }
}

void tern__pack_transposed(const tern__microkernels *kernels, const tern_real *x, size_t stride, size_t cols, size_t n,
                           size_t nr, tern_real *panel) {
    const size_t lanes = kernels->lanes;
    if (n < lanes) { /* no square */
        for (size_t k = 0; k < n; k++, panel += nr)
            for (size_t j = 0; j < nr; j++) panel[j] = j < cols ? x[j * stride + k] : 0;
        return;
    }
    for (size_t j = 0; j < nr; j += lanes)
        for (size_t k = 0; k < n; k += lanes) {
            const size_t at = tern__min(k, n - lanes); /* the last square reaches back over the one before */
            kernels->transpose(x + j * stride + at, stride, cols > j ? tern__min(cols - j, lanes) : 0,
                               panel + at * nr + j, nr);
        }
}
