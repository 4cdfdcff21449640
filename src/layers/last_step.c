/* last_step - the last step of a sequence: [T, F] becomes [F], as Python's x[:, -1]. */
#include <tern/layer.h>
#include <string.h>

typedef struct last_step {
    size_t whole, part; /* planned: numbers of a sequence, and of a step */
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
    s->whole = tern_shape_count(in);
    s->part = tern_shape_count(&spec->out);
    return TERN_OK;
}

static void last_step_forward(const void *self, const tern_forward *f) {
    const last_step *s = self;
    const tern_real *x = f->x[0]->data + (s->whole - s->part);
    for (size_t i = 0; i < f->rows; i++) memcpy(f->y->data + i * s->part, x + i * s->whole, s->part * sizeof *x);
}

static void last_step_backward(const void *self, const tern_backward *b) {
    const last_step *s = self;
    if (!b->dx[0]) return;
    tern_real *dx = b->dx[0]->data;
    for (size_t i = 0; i < b->rows; i++, dx += s->whole) {
        memset(dx, 0, (s->whole - s->part) * sizeof *dx);
        memcpy(dx + (s->whole - s->part), b->dy->data + i * s->part, s->part * sizeof *dx);
    }
}

static const tern_example examples[] = {{"{}", {{2, {4, 3}}}}, {"{}", {{3, {3, 2, 2}}}}, {"{}", {{2, {1, 5}}}}, {0}};

const tern_layer_type tern_layer_last_step = {
    .base = {TERN_LAYER, "last_step", NULL, "The last step of a sequence: [T, F] becomes [F].", sizeof(last_step), NULL,
             examples},
    .plan = last_step_plan,
    .forward = last_step_forward,
    .backward = last_step_backward,
};
