/* axis.h - where the numbers of an axis lie, and at which round ones its ticks stand. */
#ifndef TERN_REPORT_AXIS_H
#define TERN_REPORT_AXIS_H

#include <tern/base.h>

enum { TERN__TICKS = 16, TERN__TICK_TEXT = 24 };

typedef struct tern__axis {
    const char *label;
    double least, most; /* both 0: from the data */
    bool zero;          /* the data's range is to hold 0 */
    bool whole;         /* ticks at whole numbers alone */
    bool log;           /* of base 10; tern__axis_fit() sets it where `log_helps` and the data allow it */
    bool log_helps;
    bool tight; /* ends where the data does */
} tern__axis;

/* Extends [low, high] by what is finite of n numbers; begin with INFINITY and -INFINITY. `positive` becomes false with
 * the first number that has no logarithm. */
typedef struct tern__range {
    double low, high;
    bool positive;
} tern__range;
void tern__range_add(tern__range *r, size_t n, const double *value);

/* Fills in the ends from the data's range. */
void tern__axis_fit(tern__axis *a, const tern__range *r);

/* Where a value lies: 0 .. 1. */
double tern__axis_place(const tern__axis *a, double value);

/* Round numbers from least to most, about `wanted` of them, and how they are written. */
typedef struct tern__ticks {
    size_t n;
    double at[TERN__TICKS];
    char text[TERN__TICKS][TERN__TICK_TEXT];
} tern__ticks;
void tern__axis_ticks(const tern__axis *a, size_t wanted, tern__ticks *out);

#endif
