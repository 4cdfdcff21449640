/* labels.c - are the targets classes that the model knows? See labels.h. */
#include "labels.h"

#include "dataset_from_columns.h"
#include "memory.h"
#include "names.h"
#include "text.h"

#include <string.h>

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

/* Classes by name, more than the model has outputs. */
static tern_status too_many(const tern_array *y, size_t classes, tern_error *err) {
    char names[300] = "";
    for (size_t i = 0; i < y->labels; i++) tern__text_add(names, sizeof names, "%s%.64s", i ? ", " : "", y->label[i]);
    return tern_error_add(
        err, TERN_ERROR_DATA, NULL,
        "the target has %zu classes (%s), but the model's output has %zu: the last layer needs one for "
        "each class",
        y->labels, names, classes);
}

tern_status tern__labels_check(const tern_array *y, size_t n, size_t classes, bool has_ignore, int64_t ignore,
                               tern_error *err) {
    survey s = look(y, n, classes, has_ignore, (double)ignore);
    if (!s.bad) return TERN_OK;
    if (y->labels > classes) return too_many(y, classes, err);
    char also[64] = "", rows[64] = "";
    if (has_ignore) snprintf(also, sizeof also, ", and %jd, which is ignored", (intmax_t)ignore);
    if (s.bad > 1) snprintf(rows, sizeof rows, "; %zu rows have such labels", s.bad);
    bool from_one = s.min == 1 && s.max == (double)classes;
    return tern_error_add(err, TERN_ERROR_DATA, NULL,
                          "row %zu of y (counted from 0) has the label %.10g; accepted are 0 to %zu%s%s%s", s.first,
                          s.value, classes - 1, also, rows, from_one ? "; the labels seem to start at 1" : "");
}

/* The index of each class of `y` among `names`. */
static tern_status match_classes(const tern_array *y, size_t classes, const char *const *names, int64_t *index,
                                 tern_error *err) {
    for (size_t i = 0; i < y->labels; i++) {
        size_t k = 0;
        while (k < classes && strcmp(y->label[i], names[k])) k++;
        index[i] = (int64_t)k;
        if (k < classes) continue;
        char text[400] = "";
        tern__text_add_accepted(text, sizeof text, y->label[i], classes, names);
        return tern_error_add(err, TERN_ERROR_DATA, NULL,
                              "the data has the class \"%.64s\", which the model was not trained on%s", y->label[i],
                              text);
    }
    return TERN_OK;
}

tern_status tern__labels_rename(tern_dataset *d, tern_array *y, size_t classes, const char *const *names,
                                tern_error *err) {
    size_t n = d->n * tern_shape_count(&y->shape);
    int64_t *index = tern__alloc(y->labels, sizeof *index, err), *label = tern__alloc(n, sizeof *label, err);
    tern_status status = index && label ? match_classes(y, classes, names, index, err) : TERN_ERROR_MEMORY;
    for (size_t i = 0; !status && i < n; i++) {
        double old = tern_array_get(y, i);
        label[i] = old >= 0 && old < (double)y->labels ? index[(size_t)old] : (int64_t)old;
    }
    tern__free(index);
    if (status) return tern__free(label), status;
    y->dtype = TERN_I64;
    y->data = label;
    status = tern__dataset_own(d, label, tern__free, err);
    return status ? status : tern_dataset_label(d, y, classes, names, err);
}
