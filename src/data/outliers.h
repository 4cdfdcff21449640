/* outliers.h - numbers of a column that may not be: NaN, infinite, outside of what a loss takes, far from training's.
 */
#ifndef TERN_DATA_OUTLIERS_H
#define TERN_DATA_OUTLIERS_H

#include <tern/dataset.h>

/* The first number of n samples that is not from `least` to `most`; NaN never is. SIZE_MAX: there is none. */
size_t tern__outlier_find(const tern_array *c, size_t n, double least, double most);

/* Refuses inputs that are not finite, or not within tern_real: names the first one's row and column. Errors: DATA. */
tern_status tern__inputs_check(const tern_array *x, size_t n, tern_error *err);

/* Refuses targets that are not from `least` to `most`, which `loss` takes: names the first one's row, its value, and a
 * way out. Errors: DATA. */
tern_status tern__targets_check(const tern_array *y, size_t n, double least, double most, const char *loss,
                                tern_error *err);

/* Refuses weights of samples that are not finite numbers from 0: names the first one's row. Errors: DATA. */
tern_status tern__weights_check(const tern_array *w, size_t n, tern_error *err);

/* Whether numbers are so far from their center in training that they may be in another unit, by their distances [n]
 * from it in units of their scale there, which it reorders: the median of these, or 0. */
double tern__far(double *distance, size_t n);

/* Says so of n numbers, `what` being "column \"age\"". */
void tern__far_say(const char *what, double median, size_t n, double center, double scale, tern_error *err);

#endif
