/* elu - y = x > 0 ? x : alpha (e^x - 1) (Clevert et al. 2015). Its gradient at 0 is alpha. */
#include <tern/layer.h>
#include <tern/math.h>

typedef struct elu {
    double alpha;
} elu;

enum { BLOCK = 256 }; /* numbers at a time: they stay in the nearest cache from one array function to the next */

static tern_status elu_plan(void *self, tern_layer_spec *spec, tern_error *err) {
    (void)self, (void)err;
    spec->out = spec->in[0];
    return TERN_OK;
}

TERN_CLONES static void elu_forward(const void *self, const tern_forward *f) {
    const elu *e = self;
    const tern_real *x = f->x[0]->data, alpha = (tern_real)e->alpha;
    tern_real *y = f->y->data, expm1[BLOCK];
    for (size_t i = 0, n = tern_tensor_count(f->y); i < n; i += BLOCK) {
        size_t block = n - i < BLOCK ? n - i : BLOCK;
        tern_expm1(block, x + i, expm1);
        for (size_t k = 0; k < block; k++) y[i + k] = x[i + k] > 0 ? x[i + k] : alpha * expm1[k];
    }
}

/* Where x <= 0 the slope is alpha e^x = y + alpha. */
TERN_CLONES static void elu_backward(const void *self, const tern_backward *b) {
    const elu *e = self;
    if (!b->dx[0]) return;
    const tern_real *y = b->y->data, *dy = b->dy->data, alpha = (tern_real)e->alpha;
    tern_real *dx = b->dx[0]->data;
    for (size_t i = 0, n = tern_tensor_count(b->dy); i < n; i++) dx[i] = y[i] > 0 ? dy[i] : dy[i] * (y[i] + alpha);
}

static const tern_option options[] = {
    TERN_REAL(elu, alpha, 1, 0, 1e30, "How far down negative numbers go."),
    {0},
};

static const tern_example examples[] = {{"{}", {{1, {7}}}}, {"{\"alpha\": 0.5}", {{3, {2, 3, 5}}}}, {0}};

static tern_operand elu_lower(const void *self, tern_lowering *l) {
    const elu *e = self;
    return TERN_LOWER_MAP(l, "x > 0 ? x : %.9g * expm1(x)", e->alpha);
}

const tern_layer_type tern_layer_elu = {
    .base = {TERN_LAYER, "elu", NULL, "Exponential linear unit: y = x where x > 0, else alpha (e^x - 1).", sizeof(elu),
             options, examples},
    .flags = TERN_READS_Y | TERN_IN_PLACE | TERN_STEPWISE,
    .plan = elu_plan,
    .forward = elu_forward,
    .backward = elu_backward,
    .lower = elu_lower,
};
