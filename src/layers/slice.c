/* slice - a part of a dimension: numbers start, start + step, ... below end, as Python's x[:, start:end:step]. */
#include <tern/layer.h>
#include <inttypes.h>
#include <string.h>

typedef struct slice {
    int64_t dim, start, end, step;
    size_t n, inner, count, first; /* planned: numbers along the dimension and inside it, those taken, and the first */
} slice;

#define TO_THE_END 9e15 /* out of the option's range: left out */

/* Whether `given` (negative: from the end) is a place of n numbers or the one behind them. */
static bool place(int64_t given, size_t n, size_t *at) {
    int64_t i = given < 0 ? given + (int64_t)n : given;
    *at = (size_t)i;
    return 0 <= i && i <= (int64_t)n;
}

static tern_status slice_plan(void *self, tern_layer_spec *spec, tern_error *err) {
    slice *s = self;
    size_t axis, end;
    tern_status status = tern_shape_axis(&spec->in[0], s->dim, "dim", &axis, err);
    if (status) return status;

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
    s->inner = 1;
    for (size_t i = axis + 1; i < spec->in[0].rank; i++) s->inner *= spec->in[0].dim[i];
    spec->out = spec->in[0];
    spec->out.dim[axis] = s->count;
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
    tern_shape in = tern_lower_shape(l, l->x[0]);
    size_t axis = 0;
    tern_shape_axis(&in, s->dim, "dim", &axis, NULL);
    return tern_lower_slice(l, l->x[0], axis, s->first, (size_t)s->step, s->count);
}

const tern_layer_type tern_layer_slice = {
    .base = {TERN_LAYER, "slice", NULL, "Takes a part of a dimension: start, start + step, ... below end.",
             sizeof(slice), options, examples},
    .plan = slice_plan,
    .forward = slice_forward,
    .backward = slice_backward,
    .lower = slice_lower,
};
