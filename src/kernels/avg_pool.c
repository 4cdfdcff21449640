/* avg_pool.c - the mean of each window, and its gradient; see tern/pool.h. Sums are kept in double. */
#include "pool_window.h"

#include <string.h>

/* What window o counts along a dimension. */
static ptrdiff_t count_along(const tern_pool_axis *a, tern_pool_count count, ptrdiff_t o) {
    tern__pool_range inside = tern__pool_clip(a, o);
    if (count == TERN_COUNT_INSIDE) return inside.end - inside.begin;
    ptrdiff_t begin = o * a->stride - a->padding, end = begin + a->kernel, last = a->in + a->padding;
    return (end < last ? end : last) - begin;
}

static double window_sum(const tern_pool *p, const tern_real *x, tern__pool_range v, tern__pool_range u) {
    double sum = 0;
    for (ptrdiff_t row = v.begin; row < v.end; row++)
        for (ptrdiff_t i = u.begin; i < u.end; i++) sum += (double)x[row * p->w.in + i];
    return sum;
}

static void any_plane(const tern_pool *p, tern_pool_count count, const tern_real *x, tern_real *y) {
    for (ptrdiff_t i = 0; i < p->h.out; i++) {
        tern__pool_range v = tern__pool_clip(&p->h, i);
        ptrdiff_t high = count_along(&p->h, count, i);
        for (ptrdiff_t j = 0; j < p->w.out; j++)
            *y++ = (tern_real)(window_sum(p, x, v, tern__pool_clip(&p->w, j)) /
                               (double)(high * count_along(&p->w, count, j)));
    }
}

/* The usual 2 by 2, a row at a time. */
static inline void halve_plane(const tern_pool *p, const tern_real *x, tern_real *y) {
    size_t n = (size_t)p->w.out, w = (size_t)p->w.in;
    for (size_t i = 0; i < (size_t)p->h.out; i++) {
        const tern_real *restrict top = x + 2 * i * w, *restrict bottom = top + w;
        tern_real *restrict to = y + i * n;
        for (size_t j = 0; j < n; j++)
            to[j] = ((top[2 * j] + top[2 * j + 1]) + (bottom[2 * j] + bottom[2 * j + 1])) * (tern_real)0.25;
    }
}

TERN_CLONES void tern_avg_pool(const tern_pool *p, tern_pool_count count, size_t planes, const tern_real *x,
                               tern_real *y) {
    size_t in = tern_pool_in(p), out = tern_pool_out(p);
    bool halves = tern__pool_is_2x2(p);
    for (size_t k = 0; k < planes; k++, x += in, y += out) {
        if (halves) halve_plane(p, x, y);
        else any_plane(p, count, x, y);
    }
}

/* ---- the gradient ---- */

static void spread(const tern_pool *p, tern_real g, tern__pool_range v, tern__pool_range u, tern_real *dx) {
    for (ptrdiff_t row = v.begin; row < v.end; row++)
        for (ptrdiff_t i = u.begin; i < u.end; i++) dx[row * p->w.in + i] += g;
}

static void any_plane_gradient(const tern_pool *p, tern_pool_count count, const tern_real *dy, tern_real *dx) {
    for (ptrdiff_t i = 0; i < p->h.out; i++) {
        tern__pool_range v = tern__pool_clip(&p->h, i);
        ptrdiff_t high = count_along(&p->h, count, i);
        for (ptrdiff_t j = 0; j < p->w.out; j++)
            spread(p, *dy++ / (tern_real)(high * count_along(&p->w, count, j)), v, tern__pool_clip(&p->w, j), dx);
    }
}

static inline void halve_plane_gradient(const tern_pool *p, const tern_real *dy, tern_real *dx) {
    size_t n = (size_t)p->w.out, w = (size_t)p->w.in;
    for (size_t i = 0; i < (size_t)p->h.out; i++) {
        const tern_real *restrict g = dy + i * n;
        tern_real *restrict top = dx + 2 * i * w;
        for (size_t j = 0; j < n; j++) top[2 * j] = top[2 * j + 1] = g[j] * (tern_real)0.25;
        memcpy(top + w, top, 2 * n * sizeof *top);
    }
}

TERN_CLONES void tern_avg_pool_gradient(const tern_pool *p, tern_pool_count count, size_t planes, const tern_real *dy,
                                        tern_real *dx) {
    size_t in = tern_pool_in(p), out = tern_pool_out(p);
    bool halves = tern__pool_is_2x2(p);
    for (size_t k = 0; k < planes; k++, dx += in, dy += out) {
        if (!halves || 4 * out < in) memset(dx, 0, in * sizeof *dx); /* an odd row or column is in no window */
        if (halves) halve_plane_gradient(p, dy, dx);
        else any_plane_gradient(p, count, dy, dx);
    }
}
