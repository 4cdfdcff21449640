/* reduce - the mean, sum, largest or smallest number over some dimensions; of sequences of any length over their own
 * steps. Numbers that are equally large share the gradient evenly, as PyTorch's amax and amin have it; NaN stays NaN.
 */
#include <tern/layer.h>
#include <math.h>
#include <string.h>

enum { DIMS = TERN_MAX_RANK - 1 };
enum { MEAN, SUM, MAX, MIN };

typedef struct reduce {
    int op;
    tern_ints dims;
    bool keepdim;
    unsigned axes;     /* planned: those that are reduced */
    size_t first;      /* planned: dimensions of size 1 in front, and so the place of the steps */
    size_t size[DIMS]; /* planned: of a sample, 1s in front */
    size_t to[DIMS];   /* planned: how far apart the results of neighbours lie; 0: in one place */
} reduce;

static const char *const ops[] = {"mean", "sum", "max", "min", NULL};

/* ---- plan ---- */

static tern_status read_dims(const reduce *r, const tern_shape *in, unsigned *axes, tern_error *err) {
    *axes = r->dims.n ? 0 : (1U << in->rank) - 1;
    for (size_t k = 0; k < r->dims.n; k++) {
        size_t axis;
        tern_status status = tern_shape_axis(in, r->dims.v[k], "dims", &axis, err);
        if (status) return status;
        if (*axes >> axis & 1)
            return tern_error_add(err, TERN_ERROR_MODEL, "dims", "has dimension %zu twice", axis + 1);
        *axes |= 1U << axis;
    }
    return TERN_OK;
}

static tern_status reduce_plan(void *self, tern_layer_spec *spec, tern_error *err) {
    reduce *r = self;
    const tern_shape *in = &spec->in[0];
    tern_status status = read_dims(r, in, &r->axes, err);
    if (status) return status;
    size_t front = r->first = DIMS - in->rank, step = 1;
    for (size_t k = 0; k < DIMS; k++) r->size[k] = k < front ? 1 : in->dim[k - front], r->to[k] = 0;
    for (size_t k = in->rank; k-- > 0;) {
        if (r->axes >> k & 1) continue;
        r->to[front + k] = step;
        step *= in->dim[k];
    }
    spec->out = tern_shape_reduced(in, r->axes, r->keepdim);
    spec->out_sequences = spec->sequences && !(r->axes & 1);
    spec->scratch_row = tern_shape_count(&spec->out);
    return TERN_OK;
}

/* ---- some numbers beside each other ---- */

/* Where one sample's arrays begin; what is not needed is NULL. */
typedef struct arrays {
    const tern_real *x;
    tern_real *dx;
    tern_real *y, *share; /* by result */
} arrays;

/* Takes n numbers of x (and of dx) to their result, or, where `each`, to as many results. */
typedef void take(size_t n, bool each, const arrays *a);

TERN_CLONES static void add(size_t n, bool each, const arrays *a) {
    double sum = 0;
    for (size_t i = 0; each && i < n; i++) a->y[i] += a->x[i];
    for (size_t i = 0; !each && i < n; i++) sum += (double)a->x[i];
    if (!each) *a->y += (tern_real)sum;
}

static inline tern_real largest(tern_real sign, tern_real x, tern_real y) {
    return sign * x > sign * y || x != x ? x : y;
}

TERN_CLONES static void take_max(size_t n, bool each, const arrays *a) {
    for (size_t i = 0; each && i < n; i++) a->y[i] = largest(1, a->x[i], a->y[i]);
    for (size_t i = 0; !each && i < n; i++) *a->y = largest(1, a->x[i], *a->y);
}

TERN_CLONES static void take_min(size_t n, bool each, const arrays *a) {
    for (size_t i = 0; each && i < n; i++) a->y[i] = largest(-1, a->x[i], a->y[i]);
    for (size_t i = 0; !each && i < n; i++) *a->y = largest(-1, a->x[i], *a->y);
}

/* How many numbers are equal to their result. */
TERN_CLONES static void count_equal(size_t n, bool each, const arrays *a) {
    for (size_t i = 0; i < n; i++) a->share[each ? i : 0] += a->x[i] == a->y[each ? i : 0];
}

TERN_CLONES static void spread(size_t n, bool each, const arrays *a) {
    for (size_t i = 0; i < n; i++) a->dx[i] = a->share[each ? i : 0];
}

TERN_CLONES static void spread_equal(size_t n, bool each, const arrays *a) {
    for (size_t i = 0; i < n; i++) a->dx[i] = a->x[i] == a->y[each ? i : 0] ? a->share[each ? i : 0] : 0;
}

/* ---- a sample ---- */

static arrays at(const arrays *a, size_t x, size_t y) {
    return (arrays){a->x ? a->x + x : NULL, a->dx ? a->dx + x : NULL, a->y ? a->y + y : NULL,
                    a->share ? a->share + y : NULL};
}

/* Goes over a sample, of which the dimension of steps has `steps`. */
static void walk(const reduce *r, size_t steps, const arrays *a, take *each) {
    size_t n[DIMS];
    memcpy(n, r->size, sizeof n);
    n[r->first] = steps;
    for (size_t i = 0; i < n[0]; i++)
        for (size_t j = 0; j < n[1]; j++)
            for (size_t k = 0; k < n[2]; k++) {
                size_t x = ((i * r->size[1] + j) * r->size[2] + k) * r->size[3];
                arrays here = at(a, x, i * r->to[0] + j * r->to[1] + k * r->to[2]);
                each(n[3], r->to[3] > 0, &here);
            }
}

/* The steps of row i: those of its own length where they are reduced, else all there are. */
static size_t steps_of(const reduce *r, const size_t *length, size_t steps, size_t i) {
    if (!length) return r->size[r->first];
    return r->axes & 1 ? length[i] : steps;
}

/* How many numbers go into each result. */
static double reduced(const reduce *r, size_t steps) {
    double n = 1;
    for (size_t k = r->first; k < DIMS; k++)
        if (r->axes >> (k - r->first) & 1) n *= (double)(k == r->first ? steps : r->size[k]);
    return n;
}

static void reduce_forward(const void *self, const tern_forward *f) {
    const reduce *r = self;
    size_t in = tern_tensor_count(f->x[0]) / f->rows, out = tern_tensor_count(f->y) / f->rows;
    tern_tensor_fill(f->y, r->op == MAX ? -(tern_real)INFINITY : r->op == MIN ? (tern_real)INFINITY : 0);
    for (size_t i = 0; i < f->rows; i++) {
        size_t steps = steps_of(r, f->length, f->steps, i);
        arrays a = {.x = f->x[0]->data + i * in, .y = f->y->data + i * out};
        walk(r, steps, &a, r->op == MAX ? take_max : r->op == MIN ? take_min : add);
        double n = reduced(r, steps);
        for (size_t k = 0; r->op == MEAN && k < out; k++) a.y[k] = (tern_real)((double)a.y[k] / n);
    }
}

static void reduce_backward(const void *self, const tern_backward *b) {
    const reduce *r = self;
    if (!b->dx[0]) return;
    size_t in = tern_tensor_count(b->dx[0]) / b->rows, out = tern_tensor_count(b->dy) / b->rows;
    bool extreme = r->op == MAX || r->op == MIN;
    if (b->length) tern_tensor_fill(b->dx[0], 0);
    for (size_t i = 0; i < b->rows; i++) {
        size_t steps = steps_of(r, b->length, b->steps, i);
        const tern_real *dy = b->dy->data + i * out;
        arrays a = {b->x[0]->data + i * in, b->dx[0]->data + i * in, b->y->data + i * out, b->scratch};
        double n = r->op == MEAN ? reduced(r, steps) : 1;
        memset(a.share, 0, out * sizeof *a.share);
        if (extreme) walk(r, steps, &a, count_equal);
        for (size_t k = 0; k < out; k++)
            a.share[k] = (tern_real)((double)dy[k] / (extreme ? fmax((double)a.share[k], 1) : n));
        walk(r, steps, &a, extreme ? spread_equal : spread);
    }
}

/* ---- the type ---- */

static const tern_option options[] = {
    TERN_CHOICE(reduce, op, MEAN, ops, "What becomes of the numbers."),
    TERN_INTS(reduce, dims, NULL, -TERN_MAX_RANK, TERN_MAX_RANK - 1, 1, DIMS,
              "The dimensions that are reduced; 1 is the first of a sample, -1 the last; left out: all.",
              .alias = "dim"),
    TERN_BOOL(reduce, keepdim, false, "Keep them, of size 1."),
    {0},
};

static const tern_example examples[] = {
    {"{}", {{1, {5}}}},
    {"{\"dims\": 1}", {{2, {4, 3}}}},
    {"{\"op\": \"sum\", \"dims\": [-1, 1]}", {{3, {2, 3, 5}}}},
    {"{\"op\": \"max\", \"dims\": 2, \"keepdim\": true}", {{3, {2, 3, 2}}}},
    {"{\"op\": \"min\", \"dims\": [2, 4]}", {{4, {2, 3, 2, 3}}}},
    {"{\"op\": \"max\", \"dims\": 1}", {{2, {4, 3}}}},
    {0},
};

static tern_operand reduce_lower(const void *self, tern_lowering *l) {
    const reduce *r = self;
    tern_operand x = l->x[0];
    double n = reduced(r, r->size[r->first]);
    if (r->op == MIN) x = tern_lower_formula(l, 1, &x, "-x");
    if (r->op == SUM) x = tern_lower_formula(l, 1, &x, "%.0f * x", n);
    x = tern_lower_reduce(l, x, r->axes, r->keepdim, r->op < MAX ? TERN_POOL_MEAN_INSIDE : TERN_POOL_MAX);
    return r->op == MIN ? tern_lower_formula(l, 1, &x, "-x") : x;
}

const tern_layer_type tern_layer_reduce = {
    .base = {TERN_LAYER, "reduce", NULL, "The mean, sum, largest or smallest number over some dimensions.",
             sizeof(reduce), options, examples},
    .flags = TERN_READS_X | TERN_READS_Y | TERN_SEQUENCES,
    .plan = reduce_plan,
    .forward = reduce_forward,
    .backward = reduce_backward,
    .lower = reduce_lower,
};
