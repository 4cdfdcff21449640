/* table_weights.c - how much each row of a table counts: a column of it; see table_source.h. */
#include "dataset_from_columns.h"
#include "fraction.h"
#include "table_source.h"
#include "names.h"

#include <math.h>
#include <string.h>

size_t tern__roles_find_weight(const tern__table_source *s, tern_status *status, tern_error *err) {
    char accepted[200] = "";
    *status = TERN_OK;
    if (!s->roles.weight) return SIZE_MAX;
    if (s->roles.series.window)
        *status = tern_error_add(err, TERN_ERROR_MODEL, "sample_weight", "weighs rows, but the samples are windows");
    for (size_t i = 0; !*status && i < s->columns; i++)
        if (!strcmp(s->names[i], s->roles.weight)) return i;
    if (*status) return SIZE_MAX;
    tern__text_add_accepted(accepted, sizeof accepted, s->roles.weight, s->columns, s->names);
    *status = tern_error_add(err, TERN_ERROR_MODEL, "sample_weight", "names the column \"%.128s\" of \"%.256s\"%s",
                             s->roles.weight, s->path, accepted);
    return SIZE_MAX;
}

tern_status tern__weights_column_check(const tern__table *t, const tern__table_column *c, size_t first, size_t end,
                                       tern_error *err) {
    char number[40];
    for (size_t i = first; i < end; i++) {
        double v = c->number ? c->number[i] : (double)NAN;
        if (isfinite(v) && v >= 0) continue;
        return tern__table_fail(t, c, i, TERN_ERROR_DATA, err, "%s is \"%.64s\"; a weight is a finite number from 0",
                                c->label, tern__table_show(c, i, number));
    }
    return TERN_OK;
}

tern_status tern__roles_weigh(const tern__roles *o, const tern__table *t, size_t column, tern_dataset *d,
                              tern_error *err) {
    const tern__table_column *c = &t->column[column];
    size_t first, end;
    tern_status status = tern__fraction(o->from, o->to, t->n, &first, &end, err);
    if (!status) status = tern__weights_column_check(t, c, first, end, err);
    if (status) return status;
    tern_array w = {.dtype = TERN_F64};
    if (!(w.data = tern__alloc(end - first, sizeof(double), err))) return TERN_ERROR_MEMORY;
    memcpy(w.data, c->number + first, (end - first) * sizeof(double));
    return tern__dataset_weigh(d, end - first, &w, err);
}
