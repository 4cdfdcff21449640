/* dropout - y = m x, m being 0 with probability p and else 1 / (1 - p) (Srivastava et al. 2014); y = x when not
 * training. */
#include <tern/layer.h>
#include <math.h>

typedef struct dropout {
    double p;
} dropout;

enum { MASK };
enum { BLOCK = 256 }; /* random numbers drawn at a time */

static tern_status dropout_plan(void *self, tern_layer_spec *spec, tern_error *err) {
    (void)self, (void)err;
    spec->out = spec->save[MASK] = spec->in[0];
    return TERN_OK;
}

/* Element k of row r has the random number r * count + k, whatever the slice. */
TERN_CLONES static void dropout_forward(const void *self, const tern_forward *f) {
    const dropout *d = self;
    if (!f->training) {
        tern_tensor_copy(f->x[0], f->y);
        return;
    }
    const tern_real keep = (tern_real)(d->p < 1 ? 1 / (1 - d->p) : 0); /* p = 1 keeps nothing */
    const uint32_t least = (uint32_t)fmin(d->p * 4294967296.0, UINT32_MAX);
    const tern_real *x = f->x[0]->data;
    tern_real *y = f->y->data, *restrict mask = f->save[MASK].data;
    uint32_t bits[BLOCK];
    uint64_t first = (uint64_t)f->row * (tern_tensor_count(f->y) / f->rows);
    for (size_t i = 0, n = tern_tensor_count(f->y); i < n; i += BLOCK) {
        size_t block = n - i < BLOCK ? n - i : BLOCK;
        tern_random_bits(&f->random, first + i, block, bits);
        for (size_t k = 0; k < block; k++) {
            mask[i + k] = bits[k] >= least ? keep : 0;
            y[i + k] = x[i + k] * mask[i + k];
        }
    }
}

TERN_CLONES static void dropout_backward(const void *self, const tern_backward *b) {
    (void)self;
    if (!b->dx[0]) return;
    const tern_real *mask = b->save[MASK].data, *dy = b->dy->data;
    tern_real *dx = b->dx[0]->data;
    for (size_t i = 0, n = tern_tensor_count(b->dy); i < n; i++) dx[i] = dy[i] * mask[i];
}

static const tern_option options[] = {
    TERN_REAL(dropout, p, 0.5, 0, 1, "Probability of a number to be dropped.", .alias = "rate"),
    {0},
};

static const tern_example examples[] = {{"{}", {{1, {7}}}}, {"{\"p\": 0.2}", {{3, {2, 3, 5}}}}, {0}};

static tern_operand dropout_lower(const void *self, tern_lowering *l) {
    (void)self;
    return l->x[0];
}

const tern_layer_type tern_layer_dropout = {
    .base = {TERN_LAYER, "dropout", NULL, "When training, sets numbers to zero at random and scales up the others.",
             sizeof(dropout), options, examples},
    .flags = TERN_IN_PLACE | TERN_STEPWISE,
    .random = true,
    .plan = dropout_plan,
    .forward = dropout_forward,
    .backward = dropout_backward,
    .lower = dropout_lower,
};
