/* pool_window.h - what of a window lies inside the input. */
#ifndef TERN_KERNELS_POOL_WINDOW_H
#define TERN_KERNELS_POOL_WINDOW_H

#include <tern/pool.h>

typedef struct tern__pool_range {
    ptrdiff_t begin, end;
} tern__pool_range;

/* The elements of window o inside the input: from begin, below end, in steps of the dilation. */
static inline tern__pool_range tern__pool_clip(const tern_pool_axis *a, ptrdiff_t o) {
    ptrdiff_t begin = o * a->stride - a->padding, end = begin + (a->kernel - 1) * a->dilation + 1;
    while (begin < 0) begin += a->dilation;
    return (tern__pool_range){begin, end < a->in ? end : a->in};
}

/* Whether the windows are the usual 2 by 2, side by side and all inside. */
static inline bool tern__pool_is_2x2(const tern_pool *p) {
    const tern_pool_axis *axis[] = {&p->h, &p->w};
    for (int k = 0; k < 2; k++) {
        const tern_pool_axis *a = axis[k];
        if (a->kernel != 2 || a->stride != 2 || a->padding || a->dilation != 1 || 2 * a->out > a->in) return false;
    }
    return true;
}

#endif
