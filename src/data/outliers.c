/* outliers.c - numbers of a column that may not be; see outliers.h. */
#include "outliers.h"

#include "dtypes.h"
#include "statistics.h"

#include <float.h>
#include <math.h>
#include <stdio.h>

enum { BLOCK = 1024 };

size_t tern__outlier_find(const tern_array *c, size_t n, double least, double most) {
    const double int64 = 0x1p63;
    size_t count = n * tern_shape_count(&c->shape);
    if (tern_dtype_is_integer(c->dtype) && least <= -int64 && most >= int64) return SIZE_MAX;
    for (size_t first = 0; first < count; first += BLOCK) {
        size_t more = count - first < BLOCK ? count - first : BLOCK;
        if (!tern__dtypes[c->dtype].any_outside(c->data, first, more, least, most)) continue;
        while (!tern__dtypes[c->dtype].any_outside(c->data, first, 1, least, most)) first++; /* the very one */
        return first;
    }
    return SIZE_MAX;
}

/* What float cannot hold is infinite to a model. */
static const double LARGEST = sizeof(tern_real) == sizeof(float) ? (double)FLT_MAX : DBL_MAX;

/* ", column 3," of samples that have several, with its name where it is known. */
static const char *show_column(size_t columns, size_t at, const char *const *names, char out[192]) {
    *out = 0;
    if (names) snprintf(out, 192, ", column %zu (\"%.128s\"),", at % columns, names[at % columns]);
    else if (columns > 1) snprintf(out, 192, ", column %zu,", at % columns);
    return out;
}

tern_status tern__inputs_check(const tern_array *x, size_t n, tern_error *err) {
    size_t at = tern__outlier_find(x, n, -LARGEST, LARGEST), count = tern_shape_count(&x->shape);
    if (at == SIZE_MAX) return TERN_OK;
    char column[192];
    return tern_error_add(
        err, TERN_ERROR_DATA, NULL,
        "row %zu%s of x (counted from 0) holds %g; accepted are finite numbers, up to %.3g in size: fill "
        "it in, or leave the row out",
        at / count, show_column(x->labels ? x->labels : count, at, x->label, column), tern_array_get(x, at), LARGEST);
}

static bool only(const tern_array *y, size_t n, double low, double high) {
    for (size_t i = 0, count = n * tern_shape_count(&y->shape); i < count; i++) {
        double v = tern_array_get(y, i);
        if (v != low && v != high) return false;
    }
    return true;
}

/* What targets outside of 0 to 1 may have meant. */
static const char *explain(const tern_array *y, size_t n) {
    if (only(y, n, 1, 2)) return "; instead of 1 and 2, give the two classes as 0 and 1";
    if (only(y, n, -1, 1)) return "; instead of -1 and 1, give the two classes as 0 and 1";
    return "; probabilities are meant; for any numbers there is mse";
}

tern_status tern__targets_check(const tern_array *y, size_t n, double least, double most, const char *loss,
                                tern_error *err) {
    bool probability = least == 0 && most == 1;
    double slack = isfinite(most) && most <= 1 ? 1e-6 : 0; /* a probability that another program rounded */
    size_t at = tern__outlier_find(y, n, least - slack, most + slack), count = tern_shape_count(&y->shape);
    if (at == SIZE_MAX) return TERN_OK;
    char column[192], accepted[96];
    if (least > -LARGEST) snprintf(accepted, sizeof accepted, "numbers from %g to %g", least, most);
    else if (most < LARGEST) snprintf(accepted, sizeof accepted, "numbers up to %g", most);
    else snprintf(accepted, sizeof accepted, "finite numbers, up to %.3g in size", LARGEST);
    return tern_error_add(err, TERN_ERROR_DATA, NULL, "row %zu%s of y (counted from 0) holds %g; %s accepts %s%s",
                          at / count, show_column(count, at, NULL, column), tern_array_get(y, at), loss, accepted,
                          probability ? explain(y, n) : "");
}

tern_status tern__weights_check(const tern_array *w, size_t n, tern_error *err) {
    size_t at = tern__outlier_find(w, n, 0, LARGEST);
    if (at == SIZE_MAX) return TERN_OK;
    return tern_error_add(err, TERN_ERROR_DATA, NULL,
                          "row %zu of %s (counted from 0) holds %g; accepted are finite numbers from 0", at,
                          w->name ? w->name : "the weights", tern_array_get(w, at));
}

/* ---- another unit ---- */

/* The median, as a wrong unit moves every number: of whatever training saw, at least half lies within 1.5 scales of the
 * center. 20 leave room for data that drifts; and in fewer rows than ten, which may all be rare ones (a flag that one
 * row of a thousand has lies 30 scales away), it takes as many times more, up to 200 in one. */
double tern__far(double *distance, size_t n) {
    enum { LOOKED_AT = 1 << 16, FAR = 20, MANY = 10 };
    size_t step = n / LOOKED_AT + 1, looked = 0;
    for (size_t i = 0; i < n; i += step) distance[looked++] = distance[i];
    if (!looked) return 0;
    tern__sort(distance, looked);
    double median = tern__quantile(distance, looked, 0.5);
    return median * (double)(looked < MANY ? looked : MANY) > FAR * MANY ? median : 0;
}

void tern__far_say(const char *what, double median, size_t n, double center, double scale, tern_error *err) {
    tern_error_warn(
        err, NULL,
        "%s lies far outside of what training saw: half of its %zu numbers are %.3g or more away from %.6g, "
        "the center in training, where its scale was %.3g: is it in the same unit?",
        what, n, median * scale, center, scale);
}
