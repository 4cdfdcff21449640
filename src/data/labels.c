/* labels.c - are the targets classes that the model knows? See labels.h. */
#include "labels.h"

#include <math.h>
#include <stdio.h>

/* What a pass over the labels finds. */
typedef struct survey {
    size_t bad, first; /* rows, and the first of them */
    double value;      /* its label */
    double min, max;   /* of all labels but the ignored */
} survey;

static survey look(const tern_array *y, size_t n, size_t classes, bool has_ignore, double ignore) {
    survey s = {.min = (double)INFINITY, .max = -(double)INFINITY};
    size_t count = tern_shape_count(&y->shape);
    for (size_t row = 0; row < n; row++) {
        bool good = true;
        for (size_t i = row * count; i < (row + 1) * count; i++) {
            double v = tern_array_get(y, i);
            if (has_ignore && v == ignore) continue;
            s.min = fmin(s.min, v), s.max = fmax(s.max, v);
            if (v >= 0 && v < (double)classes && v == floor(v)) continue;
            if (good && !s.bad) s.first = row, s.value = v;
            good = false;
        }
        s.bad += !good;
    }
    return s;
}

tern_status tern__labels_check(const tern_array *y, size_t n, size_t classes, bool has_ignore, int64_t ignore,
                               tern_error *err) {
    survey s = look(y, n, classes, has_ignore, (double)ignore);
    if (!s.bad) return TERN_OK;
    char also[64] = "", rows[64] = "";
    if (has_ignore) snprintf(also, sizeof also, ", and %jd, which is ignored", (intmax_t)ignore);
    if (s.bad > 1) snprintf(rows, sizeof rows, "; %zu rows have such labels", s.bad);
    bool from_one = s.min == 1 && s.max == (double)classes;
    return tern_error_add(err, TERN_ERROR_DATA, NULL,
                          "row %zu of y (counted from 0) has the label %.10g; accepted are 0 to %zu%s%s%s", s.first,
                          s.value, classes - 1, also, rows, from_one ? "; the labels seem to start at 1" : "");
}
