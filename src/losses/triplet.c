/* triplet - from embeddings of an anchor a, of something like it, p, and of something else, n, one behind the other, as
 * PyTorch's TripletMarginLoss (Schroff et al., "FaceNet", 2015), with the distances of tern/distance.h:
 *
 *   loss = max(0, d(a, p) - d(a, n) + margin);  swap: d(p, n) in the place of d(a, n) where it is less
 *
 * It takes no target. The divisor of the mean is the number of triplets. */
#include <tern/distance.h>
#include <tern/loss.h>
#include <math.h>

typedef struct triplet {
    double margin, p, eps;
    bool swap;
    size_t n; /* planned: numbers of an embedding */
} triplet;

static tern_status triplet_plan(void *self, tern_loss_spec *spec, tern_error *err) {
    triplet *l = self;
    size_t all = tern_shape_count(&spec->pred);
    if (all % 3)
        return tern_error_add(err, TERN_ERROR_MODEL, NULL,
                              "takes the embeddings of an anchor, a positive and a negative, one behind the other "
                              "(concat), but the output has %zu numbers, which are no three thirds",
                              all);
    l->n = all / 3;
    spec->threshold = (double)NAN;
    return TERN_OK;
}

static double triplet_weight(const void *self, const tern_shape *pred, const tern_tensor *target) {
    (void)self, (void)target;
    return (double)pred->dim[0];
}

/* da += slope times the gradient of d(a, b), whose value is d; db -= the same. */
static void add_gradient(const triplet *l, const tern_real *a, const tern_real *b, double d, double slope,
                         tern_real *da, tern_real *db) {
    for (size_t i = 0; i < l->n; i++) {
        double g = slope * tern_distance_slope((double)a[i] - (double)b[i] + l->eps, d, l->p);
        da[i] += (tern_real)g;
        db[i] -= (tern_real)g;
    }
}

static double triplet_eval(const void *self, const tern_tensor *pred, const tern_tensor *target, double norm,
                           tern_tensor *dpred) {
    const triplet *l = self;
    double sum = 0;
    (void)target;
    if (dpred) tern_tensor_fill(dpred, 0);
    for (size_t i = 0; i < pred->shape.dim[0]; i++) {
        const tern_real *a = pred->data + 3 * i * l->n, *p = a + l->n, *n = p + l->n;
        double near = tern_distance(l->n, a, p, l->p, l->eps), far = tern_distance(l->n, a, n, l->p, l->eps),
               other = l->swap ? tern_distance(l->n, p, n, l->p, l->eps) : (double)INFINITY;
        bool swapped = other < far;
        double loss = near - (swapped ? other : far) + l->margin;
        if (loss <= 0) continue; /* a NaN goes on */
        sum += loss;
        if (!dpred) continue;
        tern_real *da = dpred->data + 3 * i * l->n, *dp = da + l->n, *dn = dp + l->n;
        add_gradient(l, a, p, near, 1 / norm, da, dp);
        if (swapped) add_gradient(l, p, n, other, -1 / norm, dp, dn);
        else add_gradient(l, a, n, far, -1 / norm, da, dn);
    }
    return sum / norm;
}

static const tern_option options[] = {
    TERN_REAL(triplet, margin, 1, 0, 1e30, "By how much the negative is to be farther away than the positive."),
    TERN_REAL(triplet, p, 2, 1, 100, "The norm of distances: 2 is the straight line."),
    TERN_REAL(triplet, eps, 1e-6, 0, 1e30, "Added to each difference, so that a distance has a gradient at 0."),
    TERN_BOOL(triplet, swap, false, "Take the negative's distance from the positive where that is less."),
    {0},
};

static const tern_example examples[] = {
    {"{}", {{1, {6}}}}, {"{\"p\": 1, \"margin\": 2}", {{2, {3, 4}}}}, {"{\"swap\": true}", {{1, {9}}}}, {0}};

const tern_loss_type tern_loss_triplet = {
    .base = {TERN_LOSS, "triplet", (const char *const[]){"TripletMarginLoss", NULL},
             "Embeddings of an anchor, a positive and a negative, one behind the other: max(0, d(a, p) - d(a, n) + "
             "margin); takes no target.",
             sizeof(triplet), options, examples},
    .targets = TERN_TARGET_NONE,
    .plan = triplet_plan,
    .weight = triplet_weight,
    .eval = triplet_eval,
};
