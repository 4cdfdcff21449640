/* snake - y = x + sin^2 x: an activation that stays monotonous and can learn what is periodic (Ziyin et al. 2020).
 *
 * The smallest layer there is: no options, no weights; what comes out has the shape of what goes in. */
#include <tern/layer.h>
#include <math.h>

/* From the shapes of the inputs and the options: the shape of the output, and what else the layer needs. Here, nothing.
 */
static tern_status snake_plan(void *self, tern_layer_spec *spec, tern_error *err) {
    (void)self, (void)err;
    spec->out = spec->in[0];
    return TERN_OK;
}

/* Writes all of y. Tensors have the batch as their first dimension; a layer that goes element by element need not look.
 */
static void snake_forward(const void *self, const tern_forward *f) {
    (void)self;
    const tern_real *x = f->x[0]->data;
    tern_real *y = f->y->data;
    for (size_t i = 0, n = tern_tensor_count(f->y); i < n; i++) {
        tern_real s = (tern_real)sin((double)x[i]);
        y[i] = x[i] + s * s;
    }
}

/* Writes all of dx = dy (1 + sin 2x), unless nobody needs it. */
static void snake_backward(const void *self, const tern_backward *b) {
    (void)self;
    if (!b->dx[0]) return;
    const tern_real *x = b->x[0]->data, *dy = b->dy->data;
    tern_real *dx = b->dx[0]->data;
    for (size_t i = 0, n = tern_tensor_count(b->dy); i < n; i++) dx[i] = dy[i] * (tern_real)(1 + sin(2 * (double)x[i]));
}

/* The options of a use, and the shape of one sample: what gradcheck tries, and what `tern types snake` shows. */
static const tern_example examples[] = {{"{}", {{1, {7}}}}, {"{}", {{3, {2, 3, 5}}}}, {0}};

/* READS_X: backward looks at x. (TERN_IN_PLACE would allow y to lie over x.) What is not declared arrives as NULL. */
const tern_layer_type tern_layer_snake = {
    .base = {TERN_LAYER, "snake", NULL, "A slope with waves: y = x + sin^2 x.", 0, NULL, examples},
    .flags = TERN_READS_X,
    .plan = snake_plan,
    .forward = snake_forward,
    .backward = snake_backward,
};

TERN_PLUGIN(&tern_layer_snake.base);
