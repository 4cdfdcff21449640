/* permute - the dimensions of a sample in another order: y[i0, i1, ...] = x with index ik in dimension dims[k]. */
#include <tern/layer.h>
#include <inttypes.h>
#include <string.h>

enum { DIMS = TERN_MAX_RANK - 1 };

typedef struct permute {
    tern_ints dims;
    size_t size[DIMS],
        step[DIMS];  /* planned: of the output, and how far apart its neighbours lie in the input; 1s in front */
    size_t moved_to; /* planned: the place in `size` of the input's first dimension */
} permute;

/* Reads dims, the batch included, as dimensions of a sample. */
static tern_status read_dims(const tern_ints *dims, const tern_shape *in, size_t axis[], tern_error *err) {
    char text[TERN_SHAPE_TEXT];
    unsigned seen = 0;
    if (dims->n != in->rank + 1)
        return tern_error_add(err, TERN_ERROR_MODEL, "dims",
                              "has %zu numbers, but samples of shape %s have %zu dimensions with the batch", dims->n,
                              tern_shape_text(in, text), in->rank + 1);
    if (dims->v[0] != 0)
        return tern_error_add(err, TERN_ERROR_MODEL, "dims",
                              "begins with %" PRId64 ", but the batch, 0, stays the first", dims->v[0]);
    for (size_t k = 0; k < in->rank; k++) {
        tern_status status = tern_shape_axis(in, dims->v[k + 1], "dims", &axis[k], err);
        if (status) return status;
        if (seen & 1U << axis[k])
            return tern_error_add(err, TERN_ERROR_MODEL, "dims", "has dimension %zu twice", axis[k] + 1);
        seen |= 1U << axis[k];
    }
    return TERN_OK;
}

static tern_status permute_plan(void *self, tern_layer_spec *spec, tern_error *err) {
    permute *p = self;
    const tern_shape *in = &spec->in[0];
    size_t axis[DIMS], step[DIMS] = {0}, front = DIMS - in->rank;
    tern_status status = read_dims(&p->dims, in, axis, err);
    if (status) return status;

    step[in->rank - 1] = 1;
    for (size_t k = in->rank - 1; k > 0; k--) step[k - 1] = step[k] * in->dim[k];
    for (size_t k = 0; k < front; k++) p->size[k] = 1, p->step[k] = 0;
    spec->out.rank = in->rank;
    spec->out_sequences = true; /* whose steps have moved */
    for (size_t k = 0; k < in->rank; k++) {
        spec->out.dim[k] = p->size[front + k] = in->dim[axis[k]];
        p->step[front + k] = step[axis[k]];
        if (!axis[k]) p->moved_to = front + k, spec->step_axis = k;
    }
    return TERN_OK;
}

/* y[o] = x[at], or back: y[at] = x[o], for n numbers of the output's last dimension. */
static inline void move(size_t n, size_t step, bool back, const tern_real *restrict x, tern_real *restrict y) {
    if (step == 1) memcpy(y, x, n * sizeof *y);
    else if (back)
        for (size_t i = 0; i < n; i++) y[i * step] = x[i];
    else
        for (size_t i = 0; i < n; i++) y[i] = x[i * step];
}

static void reorder(const permute *p, size_t rows, bool back, const tern_real *x, tern_real *y) {
    const size_t *n = p->size, *step = p->step, last = DIMS - 1, count = n[0] * n[1] * n[2] * n[last];
    for (size_t r = 0; r < rows; r++, x += count, y += count)
        for (size_t i = 0, o = 0; i < n[0]; i++)
            for (size_t j = 0; j < n[1]; j++)
                for (size_t k = 0; k < n[2]; k++, o += n[last]) {
                    size_t at = i * step[0] + j * step[1] + k * step[2];
                    move(n[last], step[last], back, x + (back ? o : at), y + (back ? at : o));
                }
}

static void permute_forward(const void *self, const tern_forward *f) {
    reorder(self, f->rows, false, f->x[0]->data, f->y->data);
}

/* The same of a sample whose first dimension, that of the steps, is 1. */
static void permute_step(const void *self, const tern_layer_step *s) {
    permute one = *(const permute *)self;
    one.size[one.moved_to] = 1;
    reorder(&one, s->rows, false, s->x[0]->data, s->y->data);
}

static void permute_backward(const void *self, const tern_backward *b) {
    if (b->dx[0]) reorder(self, b->rows, true, b->dy->data, b->dx[0]->data);
}

static const tern_option options[] = {
    TERN_INTS_REQUIRED(permute, dims, -TERN_MAX_RANK, TERN_MAX_RANK - 1, 2, TERN_MAX_RANK,
                       "The dimensions in their new order, 0 (the batch) first: [0, 2, 1] transposes a matrix."),
    {0},
};

static const tern_example examples[] = {
    {"{\"dims\": [0, 2, 1]}", {{2, {3, 4}}}},
    {"{\"dims\": [0, 2, 3, 1]}", {{3, {2, 3, 4}}}},
    {"{\"dims\": [0, 2, 1, 3]}", {{3, {2, 3, 4}}}},
    {"{\"dims\": [0, -1, 2, 1, -2]}", {{4, {2, 1, 3, 2}}}},
    {0},
};

static tern_operand permute_lower(const void *self, tern_lowering *l) {
    const permute *p = self;
    tern_shape in = tern_lower_shape(l, l->x[0]);
    size_t axis[DIMS];
    read_dims(&p->dims, &in, axis, NULL);
    return tern_lower_transpose(l, l->x[0], axis);
}

const tern_layer_type tern_layer_permute = {
    .base = {TERN_LAYER, "permute", NULL, "Puts the dimensions of a sample in another order.", sizeof(permute), options,
             examples},
    .plan = permute_plan,
    .forward = permute_forward,
    .backward = permute_backward,
    .step = permute_step,
    .lower = permute_lower,
};
