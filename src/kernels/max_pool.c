/* max_pool.c - the largest element of each window, and its gradient; see tern/pool.h.
 *
 * Which element is the largest is a coin toss, and a branch on it would be mispredicted half the time (ten times the
 * cost of the comparison): positions are computed from comparisons as integers, and values as the maximum of two, for
 * which there is an instruction. That instruction loses NaN, so NaN is only noticed on the way (by x - x, which is not
 * 0; infinities are noticed as well), and a plane that has any is done once more, exactly. */
#include "pool_window.h"

#include <string.h>

/* The largest of a window and its position in the plane. `exact`: NaN is the largest. */
static inline tern_real window_max(const tern_pool *p, const tern_real *x, tern__pool_range v, tern__pool_range u,
                                   bool exact, ptrdiff_t *from, int *odd) {
    ptrdiff_t at = v.begin * p->w.in + u.begin;
    tern_real max = x[at];
    for (ptrdiff_t row = v.begin; row < v.end; row += p->h.dilation)
        for (ptrdiff_t i = row * p->w.in + u.begin, end = row * p->w.in + u.end; i < end; i += p->w.dilation) {
            int larger = x[i] > max;
            *odd |= x[i] - x[i] != 0;
            if (exact && x[i] != x[i]) {
                max = x[i];
                larger = 1;
            }
            max = x[i] > max ? x[i] : max;
            at += (i - at) * larger;
        }
    *from = at;
    return max;
}

static inline int any_plane(const tern_pool *p, const tern_real *x, tern_real *y, tern_real *from, bool exact) {
    int odd = 0;
    ptrdiff_t at, to = 0;
    for (ptrdiff_t i = 0; i < p->h.out; i++) {
        tern__pool_range v = tern__pool_clip(&p->h, i);
        for (ptrdiff_t j = 0; j < p->w.out; j++, to++) {
            y[to] = window_max(p, x, v, tern__pool_clip(&p->w, j), exact, &at, &odd);
            if (from) from[to] = (tern_real)at;
        }
    }
    return odd;
}

/* One row of n windows of 2 by 2 over the rows x and z of a plane; `at` and `down` are the positions of their first
 * elements. A tournament: the larger of each row, then the larger of those. Some at a time, the last ones once more: a
 * constant makes vector code. */
static inline int halve_some(size_t some, size_t n, int at, int down, const tern_real *restrict x,
                             const tern_real *restrict z, tern_real *restrict y, tern_real *restrict from) {
    int odd = 0;
    for (size_t begin = 0; begin < n; begin += some) {
        size_t first = begin + some <= n ? begin : n - some;
        for (size_t i = first; i < first + some; i++) {
            tern_real a = x[2 * i], b = x[2 * i + 1], c = z[2 * i], d = z[2 * i + 1], sum = (a + b) + (c + d);
            tern_real top = b > a ? b : a, bottom = d > c ? d : c;
            if (from) {
                int upper = at + (b > a), lower = down + (d > c);
                from[i] = (tern_real)(2 * (int)i + upper + ((lower - upper) & -(bottom > top)));
            }
            y[i] = bottom > top ? bottom : top;
            odd |= sum - sum != 0;
        }
    }
    return odd;
}

static inline int halve_row(size_t n, int at, int down, const tern_real *x, const tern_real *z, tern_real *y,
                            tern_real *from) {
    if (n >= 16) return halve_some(16, n, at, down, x, z, y, from);
    if (n >= 8) return halve_some(8, n, at, down, x, z, y, from);
    return halve_some(n, n, at, down, x, z, y, from);
}

static inline int halve_plane(const tern_pool *p, const tern_real *x, tern_real *y, tern_real *from) {
    size_t n = (size_t)p->w.out, w = (size_t)p->w.in;
    int odd = 0;
    for (size_t i = 0; i < (size_t)p->h.out; i++) {
        size_t top = 2 * i * w, bottom = top + w;
        odd |= halve_row(n, (int)top, (int)bottom, x + top, x + bottom, y + i * n, from ? from + i * n : NULL);
    }
    return odd;
}

TERN_CLONES void tern_max_pool(const tern_pool *p, size_t planes, const tern_real *x, tern_real *y, tern_real *from) {
    size_t in = tern_pool_in(p), out = tern_pool_out(p);
    bool halves = tern__pool_is_2x2(p) && in <= INT32_MAX;
    for (size_t k = 0; k < planes; k++, x += in, y += out) {
        int odd = !halves ? any_plane(p, x, y, from, false)
                  : from  ? halve_plane(p, x, y, from)
                          : halve_plane(p, x, y, NULL);
        if (odd) any_plane(p, x, y, from, true);
        if (from) from += out;
    }
}

TERN_CLONES void tern_max_pool_gradient(const tern_pool *p, size_t planes, const tern_real *dy, const tern_real *from,
                                        tern_real *dx) {
    size_t in = tern_pool_in(p), out = tern_pool_out(p);
    for (size_t k = 0; k < planes; k++, dx += in, dy += out, from += out) {
        memset(dx, 0, in * sizeof *dx);
        for (size_t i = 0; i < out; i++) dx[(ptrdiff_t)from[i]] += dy[i];
    }
}
