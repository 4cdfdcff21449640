/* clock.h - seconds, and where they go: laps that a pass is cut into when somebody measures it. */
#ifndef TERN_CORE_CLOCK_H
#define TERN_CORE_CLOCK_H

#include <stddef.h>

/* Seconds of a clock that only goes forward. */
double tern__clock(void);

/* Seconds by lap, and of the products among them. Of one thread. */
typedef struct tern__timer {
    double *seconds; /* [laps] */
    double last;     /* when the last lap ended */
    double product_seconds, product_flops;
} tern__timer;

/* Ends a lap; nothing where nobody measures (`laps` NULL). */
static inline void tern__timer_mark(tern__timer *laps, size_t lap) {
    if (!laps) return;
    double now = tern__clock();
    laps->seconds[lap] += now - laps->last;
    laps->last = now;
}

/* From now on adds the seconds and operations of this thread's products to `laps`; NULL: no longer. */
void tern__measure_products(tern__timer *laps);

/* Around a product, of matrices or a convolution's. */
double tern__product_begin(void);
void tern__product_end(double begin, double flops);

#endif
