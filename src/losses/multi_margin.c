/* multi_margin - the hinge loss of several classes (Crammer and Singer 2001), as PyTorch's MultiMarginLoss, of class y:
 *
 *   loss = w_y / C sum_c max(0, margin - x_y + x_c)^p, c other than y
 *
 * The divisor of the mean is the number of predictions, whatever they weigh. */
#include <tern/loss.h>
#include <assert.h>
#include <math.h>

typedef struct multi_margin {
    size_t p;
    double margin;
    tern_reals weight;
} multi_margin;

static tern_status multi_margin_plan(void *self, tern_loss_spec *spec, tern_error *err) {
    const multi_margin *l = self;
    size_t classes = spec->pred.dim[0];
    if (classes < 2)
        return tern_error_add(err, TERN_ERROR_MODEL, NULL,
                              "needs at least 2 classes in the model's output, found 1; for yes or no there is hinge");
    if (l->weight.n && l->weight.n != classes)
        return tern_error_add(err, TERN_ERROR_MODEL, "weight",
                              "has %zu numbers, but the model's output has %zu classes", l->weight.n, classes);
    spec->target = (tern_shape){.rank = spec->pred.rank - 1};
    for (size_t i = 0; i < spec->target.rank; i++) spec->target.dim[i] = spec->pred.dim[i + 1];
    spec->classes = classes;
    spec->threshold = (double)NAN;
    return TERN_OK;
}

static double multi_margin_weight(const void *self, const tern_shape *pred, const tern_tensor *target) {
    (void)self, (void)pred;
    return (double)tern_tensor_count(target);
}

/* One prediction: n scores, `stride` numbers apart, of class y; `scale` times the gradient to dx, unless it is NULL. */
static double one_loss(const multi_margin *l, size_t n, size_t stride, const tern_real *x, size_t y, double scale,
                       tern_real *dx) {
    double sum = 0, own = 0, w = (l->weight.n ? l->weight.v[y] : 1) / (double)n;
    for (size_t c = 0; c < n; c++) {
        double near = l->margin - (double)x[y * stride] + (double)x[c * stride];
        if (c == y || near <= 0) near = 0; /* a NaN stays one */
        sum += l->p == 2 ? near * near : near;
        double slope = near == 0 ? 0 : l->p == 2 ? 2 * near : 1;
        own += slope;
        if (dx) dx[c * stride] = (tern_real)(scale * w * slope);
    }
    if (dx) dx[y * stride] = (tern_real)(-scale * w * own);
    return w * sum;
}

static double multi_margin_eval(const void *self, const tern_tensor *pred, const tern_tensor *target, double norm,
                                tern_tensor *dpred) {
    size_t rows = pred->shape.dim[0], n = pred->shape.dim[1], inner = tern_tensor_count(pred) / (rows * n);
    double sum = 0;
    for (size_t i = 0; i < rows * inner; i++) {
        size_t at = i / inner * n * inner + i % inner;
        assert(target->data[i] >= 0 && (size_t)target->data[i] < n);
        sum += one_loss(self, n, inner, pred->data + at, (size_t)target->data[i], 1 / norm,
                        dpred ? dpred->data + at : NULL);
    }
    return sum / norm;
}

static const tern_option options[] = {
    TERN_SIZE(multi_margin, p, 1, 1, 2, "The power: 1, or 2 for squares."),
    TERN_REAL(multi_margin, margin, 1, 0, 1e30, "By how much the class's own score is to be the largest."),
    TERN_REALS(multi_margin, weight, NULL, 0, 1e30, 1, 0, "A weight for each class; left out: 1."),
    {0},
};

static const tern_example examples[] = {
    {"{}", {{1, {5}}}},
    {"{\"p\": 2, \"margin\": 0.5, \"weight\": [1, 2, 0.5]}", {{1, {3}}}},
    {"{}", {{3, {4, 2, 3}}}},
    {0},
};

const tern_loss_type tern_loss_multi_margin = {
    .base = {TERN_LOSS, "multi_margin", (const char *const[]){"MultiMarginLoss", NULL},
             "The hinge loss of several classes: by how much a class's own score is not the largest.",
             sizeof(multi_margin), options, examples},
    .targets = TERN_TARGET_CLASSES,
    .plan = multi_margin_plan,
    .weight = multi_margin_weight,
    .eval = multi_margin_eval,
};
