/* statistics.h - of numbers in a row: means, quantiles, scales. */
#ifndef TERN_DATA_STATISTICS_H
#define TERN_DATA_STATISTICS_H

#include <stdbool.h>
#include <stddef.h>

double tern__mean(const double *v, size_t n);
double tern__variance(const double *v, size_t n, double mean);

void tern__sort(double *v, size_t n);

/* Of sorted numbers, between two by their distance. */
double tern__quantile(const double *sorted, size_t n, double q);

/* What differences are divided by: the scale, or 1 where it is 0. */
double tern__scale_or_one(double scale);

/* The deviation of n numbers; 0 where they don't differ but for rounding, as scikit-learn has it. */
double tern__deviation(double variance, double mean, size_t n);

/* Whether all are whole numbers that a double holds exactly; and such numbers put into int64, in place. */
bool tern__all_whole(const double *v, size_t n);
void tern__to_integers(double *v, size_t n);

#endif
