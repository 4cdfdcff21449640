/* statistics.c - see statistics.h. */
#include "statistics.h"

#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

/* Twice over, so that what the first sum rounds off is added back. */
double tern__mean(const double *v, size_t n) {
    double sum = 0, rest = 0;
    for (size_t i = 0; i < n; i++) sum += v[i] / (double)n;
    for (size_t i = 0; i < n; i++) rest += v[i] - sum;
    return sum + rest / (double)n;
}

double tern__variance(const double *v, size_t n, double mean) {
    double squares = 0, rest = 0;
    for (size_t i = 0; i < n; i++) {
        double e = v[i] - mean;
        squares += e * e, rest += e;
    }
    return (squares - rest * rest / (double)n) / (double)n;
}

static int compare_doubles(const void *a, const void *b) {
    double x = *(const double *)a, y = *(const double *)b;
    return x < y ? -1 : x > y;
}

void tern__sort(double *v, size_t n) { qsort(v, n, sizeof *v, compare_doubles); }

double tern__quantile(const double *sorted, size_t n, double q) {
    double at = q * (double)(n - 1);
    size_t low = (size_t)at;
    double part = at - (double)low, a = sorted[low], b = sorted[low + 1 < n ? low + 1 : low];
    return part < 0.5 ? a + (b - a) * part : b - (b - a) * (1 - part);
}

double tern__scale_or_one(double scale) { return scale > 0 ? scale : 1; }

double tern__deviation(double variance, double mean, size_t n) {
    const double epsilon = 2.220446049250313e-16;
    double bound = (double)n * mean * epsilon;
    bool constant = variance <= (double)n * epsilon * variance + bound * bound;
    return constant ? 0 : sqrt(variance);
}

bool tern__all_whole(const double *v, size_t n) {
    const double exact = 9007199254740992.0; /* 2^53 */
    for (size_t i = 0; i < n; i++)
        if (v[i] != floor(v[i]) || fabs(v[i]) > exact) return false;
    return true;
}

void tern__to_integers(double *v, size_t n) {
    for (size_t i = 0; i < n; i++) {
        int64_t whole = (int64_t)v[i];
        memcpy(&v[i], &whole, sizeof whole);
    }
}
