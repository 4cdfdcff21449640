/* slice - a part of a dimension: numbers start, start + step, ... below end, as Python's x[:, start:end:step]; or
 * columns of a table by their names. */
#include <tern/layer.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

typedef struct slice {
    int64_t dim, start, end, step;
    tern_strings columns;
    size_t axis, n, inner, count, first; /* planned: numbers along the axis and inside it, those taken, the first */
} slice;

#define TO_THE_END 9e15 /* out of the option's range: left out */

/* Whether `given` (negative: from the end) is a place of n numbers or the one behind them. */
static bool place(int64_t given, size_t n, size_t *at) {
    int64_t i = given < 0 ? given + (int64_t)n : given;
    *at = (size_t)i;
    return 0 <= i && i <= (int64_t)n;
}

/* The column of a name, or `columns` after an error that lists them. */
static size_t find_column(const tern_layer_spec *spec, const char *name, tern_error *err) {
    size_t i = 0;
    while (i < spec->in_columns && strcmp(spec->in_column[i].name, name) != 0) i++;
    if (i < spec->in_columns) return i;
    char names[200] = "";
    for (size_t k = 0, used = 0; k < spec->in_columns && used + 1 < sizeof names; k++) {
        int n = snprintf(names + used, sizeof names - used, "%s%s", k ? ", " : "", spec->in_column[k].name);
        used += n > 0 ? (size_t)n : 0;
    }
    tern_error_add(err, TERN_ERROR_MODEL, "columns", "the table has no column \"%.64s\"; its columns are %s", name,
                   names);
    return i;
}

/* Indices stay what they are if all columns hold some, of the same categories: an embedding has one row for each. */
static tern_status take_indices(const tern_input_column *first, const tern_input_column *column, tern_error *err) {
    if (first->same == column->same && !first->indices == !column->indices) return TERN_OK;
    if (!first->indices && !column->indices) return TERN_OK;
    return tern_error_add(
        err, TERN_ERROR_MODEL, "columns",
        "takes \"%.64s\" with \"%.64s\", which don't have the same categories as indices: give each a "
        "slice of its own",
        first->name, column->name);
}

/* The numbers of the named columns, which lie side by side. */
static tern_status plan_columns(slice *s, tern_layer_spec *spec, tern_error *err) {
    if (s->dim != 1 || s->start || s->end != (int64_t)TO_THE_END || s->step != 1)
        return tern_error_add(err, TERN_ERROR_MODEL, "columns", "takes the place of dim, start, end and step");
    if (!spec->in_columns)
        return tern_error_add(err, TERN_ERROR_MODEL, "columns",
                              "are those of a table that \"input\" describes, which this layer does not read: give it "
                              "\"inputs\": \"input\"");
    const tern_input_column *first = NULL, *last = NULL;
    for (size_t k = 0; k < s->columns.n; k++) {
        size_t at = find_column(spec, s->columns.v[k], err);
        if (at == spec->in_columns) return TERN_ERROR_MODEL;
        const tern_input_column *c = &spec->in_column[at];
        if (last && c->first != last->first + last->count)
            return tern_error_add(
                err, TERN_ERROR_MODEL, "columns",
                "\"%.64s\" does not follow \"%.64s\" in the table's description; name columns that do, "
                "or take each by a slice of its own",
                c->name, last->name);
        if (first && take_indices(first, c, err)) return TERN_ERROR_MODEL;
        if (!first) first = c;
        last = c;
    }
    const tern_input_column *end = &spec->in_column[spec->in_columns - 1];
    s->axis = spec->in[0].rank - 1;
    if (spec->in[0].dim[s->axis] != end->first + end->count)
        return tern_error_add(err, TERN_ERROR_MODEL, "columns",
                              "need a row of the table's %zu numbers as the input's last dimension",
                              end->first + end->count);
    s->first = first->first, s->count = last->first + last->count - first->first;
    if (!s->count)
        return tern_error_add(err, TERN_ERROR_MODEL, "columns", "\"%.64s\" is ignored: nothing of it is read",
                              first->name);
    spec->out_indices = first->indices;
    return TERN_OK;
}

static tern_status plan_part(slice *s, const tern_layer_spec *spec, tern_error *err) {
    size_t end;
    tern_status status = tern_shape_axis(&spec->in[0], s->dim, "dim", &s->axis, err);
    if (status) return status;
    size_t axis = s->axis;
    s->n = end = spec->in[0].dim[axis];
    if (!place(s->start, s->n, &s->first))
        return tern_error_add(err, TERN_ERROR_MODEL, "start", "is %" PRId64 ", but the input has %zu in dimension %zu",
                              s->start, s->n, axis + 1);
    if (s->end != (int64_t)TO_THE_END && !place(s->end, s->n, &end))
        return tern_error_add(err, TERN_ERROR_MODEL, "end", "is %" PRId64 ", but the input has %zu in dimension %zu",
                              s->end, s->n, axis + 1);
    if (s->first >= end)
        return tern_error_add(err, TERN_ERROR_MODEL, NULL,
                              "takes nothing: dimension %zu from %zu to %zu, which is not included", axis + 1, s->first,
                              end);
    s->count = (end - s->first - 1) / (size_t)s->step + 1;
    return TERN_OK;
}

static tern_status slice_plan(void *self, tern_layer_spec *spec, tern_error *err) {
    slice *s = self;
    tern_status status = s->columns.n ? plan_columns(s, spec, err) : plan_part(s, spec, err);
    if (status) return status;
    s->n = spec->in[0].dim[s->axis];
    s->inner = 1;
    for (size_t i = s->axis + 1; i < spec->in[0].rank; i++) s->inner *= spec->in[0].dim[i];
    spec->out = spec->in[0];
    spec->out.dim[s->axis] = s->count;
    return TERN_OK;
}

/* Without a step, what is taken lies in one piece. */
static size_t piece(const slice *s) { return s->step == 1 ? s->count * s->inner : s->inner; }

static void slice_forward(const void *self, const tern_forward *f) {
    const slice *s = self;
    size_t n = piece(s), step = (size_t)s->step * s->inner;
    const tern_real *x = f->x[0]->data + s->first * s->inner;
    tern_real *y = f->y->data, *end = y + tern_tensor_count(f->y);
    for (; y < end; x += s->n * s->inner)
        for (size_t i = 0; i < s->count * s->inner; i += n, y += n) memcpy(y, x + i / s->inner * step, n * sizeof *y);
}

static void slice_backward(const void *self, const tern_backward *b) {
    const slice *s = self;
    if (!b->dx[0]) return;
    size_t n = piece(s), step = (size_t)s->step * s->inner;
    const tern_real *dy = b->dy->data, *end = dy + tern_tensor_count(b->dy);
    tern_real *dx = b->dx[0]->data + s->first * s->inner;
    tern_tensor_fill(b->dx[0], 0);
    for (; dy < end; dx += s->n * s->inner)
        for (size_t i = 0; i < s->count * s->inner; i += n, dy += n)
            memcpy(dx + i / s->inner * step, dy, n * sizeof *dx);
}

static const tern_option options[] = {
    TERN_INT(slice, dim, 1, -TERN_MAX_RANK, TERN_MAX_RANK - 1,
             "The dimension; 1 is the first of a sample, -1 the last.", .alias = "axis"),
    TERN_INT(slice, start, 0, -2147483647, 2147483647,
             "The first that is taken, counted from 0; negative: from the end."),
    TERN_INT(slice, end, TO_THE_END, -2147483647, 2147483647,
             "The first that is not; negative: from the end; left out: all are taken."),
    TERN_INT(slice, step, 1, 1, 2147483647, "Take each step-th."),
    TERN_STRINGS(
        slice, columns, 1, 0,
        "Of the model's input, a described table: these columns, which follow each other there, whatever numbers "
        "they become. Columns that \"encode\": \"index\" are so for an embedding."),
    {0},
};

static const tern_example examples[] = {
    {"{\"start\": 1, \"end\": 3}", {{1, {5}}}},
    {"{\"dim\": 2, \"start\": -3, \"step\": 2}", {{3, {2, 5, 3}}}},
    {"{\"dim\": -1, \"end\": -1}", {{2, {3, 4}}}},
    {0},
};

static tern_operand slice_lower(const void *self, tern_lowering *l) {
    const slice *s = self;
    return tern_lower_slice(l, l->x[0], s->axis, s->first, (size_t)s->step, s->count);
}

const tern_layer_type tern_layer_slice = {
    .base = {TERN_LAYER, "slice", NULL,
             "Takes a part of a dimension: start, start + step, ... below end; or columns of a table by name.",
             sizeof(slice), options, examples},
    .plan = slice_plan,
    .forward = slice_forward,
    .backward = slice_backward,
    .lower = slice_lower,
};
