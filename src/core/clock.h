/* clock.h - seconds, and where they go: a timer of the parts of a pass, when it is profiled. */
#ifndef TERN_CORE_CLOCK_H
#define TERN_CORE_CLOCK_H

#include <stddef.h>

/* Seconds of a clock that only goes forward. */
double tern__clock(void);

/* Seconds by part, and of the products among them. Of one thread. */
typedef struct tern__timer {
    double *seconds; /* [parts] */
    double last;     /* when the last part ended */
    double product_seconds, product_flops;
} tern__timer;

/* Ends a part; does nothing without a timer (NULL). */
static inline void tern__timer_mark(tern__timer *t, size_t part) {
    if (!t) return;
    double now = tern__clock();
    t->seconds[part] += now - t->last;
    t->last = now;
}

/* From now on adds the seconds and operations of this thread's products to `t`; NULL: no longer. */
void tern__measure_products(tern__timer *t);

/* Around a product, of matrices or a convolution's. */
double tern__product_begin(void);
void tern__product_end(double begin, double flops);

#endif
