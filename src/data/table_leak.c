/* table_leak.c - inputs that hold the answer; see table_source.h. */
#include "table_source.h"

#include <string.h>

static bool among(const char *name, size_t n, const char *const *names) {
    for (size_t i = 0; i < n; i++)
        if (!strcmp(names[i], name)) return true;
    return false;
}

/* Whether all inputs are targets: that is no leak but an autoencoder. */
static bool gives_back(size_t n, const char *const *input, const tern_strings *y) {
    for (size_t i = 0; i < n; i++)
        if (!among(input[i], y->n, y->v)) return false;
    return n > 1;
}

tern_status tern__roles_check_inputs(const tern__roles *o, size_t n, const char *const *input, const tern_strings *y,
                                     const char *key, tern_error *err) {
    tern_status status = TERN_OK;
    if (o->series.window) return TERN_OK; /* its targets are those of later rows */
    bool back = gives_back(n, input, y);
    for (size_t i = 0; i < n; i++) {
        bool target = !back && among(input[i], y->n, y->v), weight = o->weight && !strcmp(o->weight, input[i]);
        if (target)
            status =
                tern_error_add(err, TERN_ERROR_MODEL, key,
                               "reads the column \"%.64s\", which is the target of the same row: the model would "
                               "read the answer; leave it out of the inputs (of a series, \"window\" makes its past "
                               "an input)",
                               input[i]);
        else if (weight)
            status = tern_error_add(
                err, TERN_ERROR_MODEL, key,
                "reads the column \"%.64s\", which is the sample_weight: leave it out of the inputs", input[i]);
    }
    return status;
}
