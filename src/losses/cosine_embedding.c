/* cosine_embedding - from two embeddings a and b, one behind the other, for pairs that are alike or not, as PyTorch's
 * CosineEmbeddingLoss, c = a b / sqrt((a a + 1e-12) (b b + 1e-12)):
 *
 *   alike: 1 - c;  not: max(0, c - margin)
 *
 * The divisor of the mean is the number of pairs. */
#include <tern/loss.h>
#include <math.h>

typedef struct cosine_embedding {
    double margin;
    size_t n; /* planned: numbers of an embedding */
} cosine_embedding;

static const double least = 1e-12;

static tern_status cosine_embedding_plan(void *self, tern_loss_spec *spec, tern_error *err) {
    cosine_embedding *l = self;
    size_t all = tern_shape_count(&spec->pred);
    if (all % 2)
        return tern_error_add(err, TERN_ERROR_MODEL, NULL,
                              "takes two embeddings, one behind the other (concat), but the output has %zu numbers, "
                              "which are no two halves",
                              all);
    l->n = all / 2;
    spec->least = -1, spec->most = 1;
    spec->threshold = (double)NAN;
    return TERN_OK;
}

static double cosine_embedding_weight(const void *self, const tern_shape *pred, const tern_tensor *target) {
    (void)self, (void)target;
    return (double)pred->dim[0];
}

static double product(size_t n, const tern_real *a, const tern_real *b) {
    double sum = 0;
    for (size_t i = 0; i < n; i++) sum += (double)a[i] * (double)b[i];
    return sum;
}

/* da = slope (b / root - c a / square). */
static void gradient(size_t n, const tern_real *a, const tern_real *b, double slope, double root, double c_square,
                     tern_real *da) {
    for (size_t i = 0; i < n; i++) da[i] = (tern_real)(slope * ((double)b[i] / root - c_square * (double)a[i]));
}

static double cosine_embedding_eval(const void *self, const tern_tensor *pred, const tern_tensor *target, double norm,
                                    tern_tensor *dpred) {
    const cosine_embedding *l = self;
    double sum = 0;
    for (size_t i = 0; i < pred->shape.dim[0]; i++) {
        const tern_real *a = pred->data + 2 * i * l->n, *b = a + l->n;
        double aa = product(l->n, a, a) + least, bb = product(l->n, b, b) + least, root = sqrt(aa * bb),
               c = product(l->n, a, b) / root;
        bool alike = target->data[i] > 0, apart = !alike && c <= l->margin;
        sum += alike ? 1 - c : apart ? 0 : c - l->margin;
        if (!dpred) continue;
        double slope = (alike ? -1 : apart ? 0 : 1) / norm;
        gradient(l->n, a, b, slope, root, c / aa, dpred->data + 2 * i * l->n);
        gradient(l->n, b, a, slope, root, c / bb, dpred->data + (2 * i + 1) * l->n);
    }
    return sum / norm;
}

static const tern_option options[] = {
    TERN_REAL(cosine_embedding, margin, 0, -1, 1, "The cosine up to which those that are not alike cost nothing."),
    {0},
};

static const tern_example examples[] = {{"{}", {{1, {6}}}}, {"{\"margin\": 0.2}", {{2, {2, 5}}}}, {0}};

const tern_loss_type tern_loss_cosine_embedding = {
    .base = {TERN_LOSS, "cosine_embedding", (const char *const[]){"CosineEmbeddingLoss", NULL},
             "Turns two embeddings, one behind the other, to each other or away: 1 - cos where the target is above 0, "
             "else max(0, cos - margin).",
             sizeof(cosine_embedding), options, examples},
    .targets = TERN_TARGET_VALUES,
    .plan = cosine_embedding_plan,
    .weight = cosine_embedding_weight,
    .eval = cosine_embedding_eval,
};
