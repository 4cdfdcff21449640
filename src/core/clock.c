/* clock.c - the one clock. */
#include "clock.h"

#include <time.h>

double tern__clock(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

/* Who measures the products of this thread. */
static _Thread_local tern__timer *measure;

void tern__measure_products(tern__timer *t) { measure = t; }

double tern__product_begin(void) { return measure ? tern__clock() : 0; }

void tern__product_end(double begin, double flops) {
    if (!measure) return;
    measure->product_seconds += tern__clock() - begin;
    measure->product_flops += flops;
}
