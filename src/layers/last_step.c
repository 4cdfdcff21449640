/* last_step - the last step of a sequence: [T, F] becomes [F], as Python's x[:, -1]; of sequences of any length each
 * one's own. */
#include <tern/layer.h>
#include <string.h>

typedef struct last_step {
    size_t steps, part; /* planned: steps of a sequence at most, and numbers of a step */
} last_step;

static tern_status last_step_plan(void *self, tern_layer_spec *spec, tern_error *err) {
    last_step *s = self;
    const tern_shape *in = &spec->in[0];
    char text[TERN_SHAPE_TEXT];
    if (in->rank < 2)
        return tern_error_add(err, TERN_ERROR_MODEL, NULL, "takes sequences of shape [T, F], but its input is %s",
                              tern_shape_text(in, text));
    spec->out.rank = in->rank - 1;
    for (size_t i = 1; i < in->rank; i++) spec->out.dim[i - 1] = in->dim[i];
    s->steps = in->dim[0];
    s->part = tern_shape_count(&spec->out);
    return TERN_OK;
}

static void last_step_forward(const void *self, const tern_forward *f) {
    const last_step *s = self;
    size_t steps = f->length ? f->steps : s->steps;
    const tern_real *x = f->x[0]->data;
    for (size_t i = 0; i < f->rows; i++, x += steps * s->part) {
        size_t last = (f->length ? f->length[i] : steps) - 1;
        memcpy(f->y->data + i * s->part, x + last * s->part, s->part * sizeof *x);
    }
}

/* The last one so far. */
static void last_step_step(const void *self, const tern_layer_step *s) {
    const last_step *l = self;
    memcpy(s->y->data, s->x[0]->data, s->rows * l->part * sizeof *s->y->data);
}

static void last_step_backward(const void *self, const tern_backward *b) {
    const last_step *s = self;
    if (!b->dx[0]) return;
    size_t steps = b->length ? b->steps : s->steps;
    tern_real *dx = b->dx[0]->data;
    memset(dx, 0, b->rows * steps * s->part * sizeof *dx);
    for (size_t i = 0; i < b->rows; i++, dx += steps * s->part) {
        size_t last = (b->length ? b->length[i] : steps) - 1;
        memcpy(dx + last * s->part, b->dy->data + i * s->part, s->part * sizeof *dx);
    }
}

static const tern_example examples[] = {{"{}", {{2, {4, 3}}}}, {"{}", {{3, {3, 2, 2}}}}, {"{}", {{2, {1, 5}}}}, {0}};

static tern_operand last_step_lower(const void *self, tern_lowering *l) {
    (void)self;
    tern_shape in = tern_lower_shape(l, l->x[0]), out = {.rank = in.rank - 1};
    for (size_t i = 1; i < in.rank; i++) out.dim[i - 1] = in.dim[i];
    return tern_lower_reshape(l, tern_lower_slice(l, l->x[0], 0, in.dim[0] - 1, 1, 1), out);
}

const tern_layer_type tern_layer_last_step = {
    .base = {TERN_LAYER, "last_step", NULL, "The last step of a sequence: [T, F] becomes [F].", sizeof(last_step), NULL,
             examples},
    .flags = TERN_SEQUENCES,
    .plan = last_step_plan,
    .forward = last_step_forward,
    .backward = last_step_backward,
    .step = last_step_step,
    .lower = last_step_lower,
};
