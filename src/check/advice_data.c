/* advice_data.c - what between a model and its data seldom trains well; see tern/advice.h. */
#include "advice.h"

#include "digest.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { SOME = 1024 }; /* samples from which sizes are told: evenly from all */

static const double far_from_one = 16, thousandfold = 1000;

typedef struct judging {
    const tern_model *m;
    const tern_dataset *train, *valid, *test;
    size_t rows; /* that train */
    tern_error *err;
} judging;

/* ---- the inputs' sizes ---- */

/* The largest size of each number of an input over some samples: [count], for tern__free(); NULL: no memory. */
static double *sizes_of(const tern_array *x, size_t n, tern_error *err) {
    size_t count = tern_shape_count(&x->shape), some = n < SOME ? n : SOME;
    double *size = tern__alloc(count, sizeof *size, err);
    tern_real *sample = tern__alloc(count, sizeof *sample, err);
    for (size_t i = 0; size && sample && i < some; i++) {
        size_t row = (size_t)((double)i / (double)some * (double)n);
        tern_array_gather(x, &row, 1, sample);
        for (size_t j = 0; j < count; j++) size[j] = fmax(size[j], fabs((double)sample[j]));
    }
    tern__free(sample);
    if (sample) return size;
    tern__free(size);
    return NULL;
}

static void judge_sizes(const judging *j, const tern_array *x, const double *size) {
    size_t count = tern_shape_count(&x->shape), largest = 0, smallest = SIZE_MAX;
    for (size_t i = 0; i < count; i++) {
        if (size[i] > size[largest]) largest = i;
        if (size[i] > 0 && (smallest == SIZE_MAX || size[i] < size[smallest])) smallest = i;
    }
    if (smallest == SIZE_MAX) return;
    char name[2][160];
    for (size_t k = 0; k < 2; k++) {
        size_t i = k ? smallest : largest;
        if (x->labels == count) snprintf(name[k], sizeof name[k], "\"%.128s\"", x->label[i]);
        else snprintf(name[k], sizeof name[k], "%zu (counted from 0)", i);
    }
    if (x->shape.rank == 1 && size[largest] >= thousandfold * size[smallest])
        tern_error_warn(j->err, "input",
                        "column %s reaches %g, column %s only %g: the larger one drowns the other; "
                        "\"normalize\": \"zscore\" in the input gives each the same weight",
                        name[0], size[largest], name[1], size[smallest]);
    else if (size[largest] > far_from_one)
        tern_error_warn(j->err, "input",
                        "numbers reach %g, and nets learn best from about -1 to 1: \"normalize\": \"zscore\" in the "
                        "input%s",
                        size[largest], size[largest] == 255 ? ", or \"scale\": 0.00392156862745098 (1/255)" : "");
}

static tern_status unscaled(const judging *j) {
    const tern_model *m = j->m;
    bool scaled = m->config.input.normalize || m->config.input.columns.n || m->config.input.columns.choice;
    if (scaled || m->inputs != 1 || j->train->inputs != 1 || !tern__scaling_plain(&m->scaling[0])) return TERN_OK;
    if (tern_model_describe(m).indices) return TERN_OK; /* it names things */
    double *size = sizes_of(&j->train->x[0], j->train->n, j->err);
    if (!size) return TERN_ERROR_MEMORY;
    judge_sizes(j, &j->train->x[0], size);
    tern__free(size);
    return TERN_OK;
}

/* ---- classes ---- */

static tern_status spare_outputs(const judging *j) {
    const tern_loss_spec *spec = &j->m->measured.loss[0].spec;
    if (spec->kind != TERN_TARGET_CLASSES || spec->target.rank || j->train->targets != 1) return TERN_OK;
    const tern_array *y = &j->train->y[0];
    double last = -1;
    for (size_t i = 0; !y->labels && i < j->train->n; i++) last = fmax(last, tern_array_get(y, i));
    size_t found = y->labels ? y->labels : (size_t)(last + 1);
    if (found && found < spec->classes)
        tern_error_warn(j->err, "layers",
                        "the model's output has %zu classes, but the training data has %zu: is the "
                        "last layer's size right?",
                        spec->classes, found);
    return TERN_OK;
}

/* ---- batches ---- */

static tern_status last_of_one(const judging *j) {
    const tern__train *t = &j->m->config.train;
    if (t->drop_last || j->rows % t->batch_size != 1) return TERN_OK;
    for (size_t i = 0; i < j->m->nodes; i++) {
        if (!tern__one_of(j->m->node[i].type->base.name, (const char *const[]){"batch_norm", NULL})) continue;
        tern_error_warn(j->err, "train",
                        "%zu rows in batches of %zu leave a last batch of one row, which has no variance for "
                        "batch_norm: \"drop_last\": true leaves it out",
                        j->rows, t->batch_size);
        break;
    }
    return TERN_OK;
}

static tern_status long_schedule(const judging *j) {
    const tern__train *t = &j->m->config.train;
    size_t batches = t->drop_last ? j->rows / t->batch_size : (j->rows + t->batch_size - 1) / t->batch_size;
    size_t updates = (batches + t->accumulate - 1) / t->accumulate;
    if (updates) tern__advise_schedule(j->m, updates, j->err);
    return TERN_OK;
}

/* ---- samples that stand in two splits ---- */

/* Mixes what stands for each sample of an input into `digest`; what pads a sequence does not. */
static tern_status add_digests(const tern_array *x, size_t n, uint64_t *digest, tern_error *err) {
    size_t count = tern_shape_count(&x->shape), step = x->length ? count / x->shape.dim[0] : 0;
    tern_real *sample = tern__alloc(count, sizeof *sample, err);
    if (!sample) return TERN_ERROR_MEMORY;
    for (size_t i = 0; i < n; i++) {
        tern_array_gather(x, &i, 1, sample);
        size_t there = x->length ? x->length[i] * step : count;
        digest[i] = tern__bytes_digest(sample, there * sizeof *sample, digest[i]);
    }
    tern__free(sample);
    return TERN_OK;
}

/* A digest for each sample, all its inputs together, for tern__free(); NULL: no memory. */
static uint64_t *digests_of(const tern_dataset *d, tern_error *err) {
    uint64_t *digest = tern__alloc(d->n, sizeof *digest, err);
    tern_status status = digest ? TERN_OK : TERN_ERROR_MEMORY;
    for (size_t k = 0; !status && k < d->inputs; k++) status = add_digests(&d->x[k], d->n, digest, err);
    if (!status) return digest;
    tern__free(digest);
    return NULL;
}

static int by_value(const void *a, const void *b) {
    uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;
    return (x > y) - (x < y);
}

static bool in_memory(const tern_dataset *d) {
    for (size_t k = 0; k < d->inputs; k++)
        if (d->x[k].fetch) return false;
    return true;
}

/* How many of the sorted digests have an equal. */
static size_t twins_among(const uint64_t *digest, size_t n) {
    size_t twins = 0;
    for (size_t i = 0; i < n; i++)
        twins += (i && digest[i - 1] == digest[i]) || (i + 1 < n && digest[i + 1] == digest[i]);
    return twins;
}

/* A table of few different rows, categories alone, say, has the same ones everywhere: only what stands in both more
 * than twice as often as training rows stand beside their like was put there. */
static tern_status shared_with(const tern_dataset *other, const char *what, const uint64_t *train, size_t n,
                               tern_error *err) {
    uint64_t *digest = digests_of(other, err);
    size_t both = 0;
    for (size_t i = 0; digest && i < other->n; i++)
        both += bsearch(&digest[i], train, n, sizeof *train, by_value) != NULL;
    if ((double)both * (double)n > 2 * (double)twins_among(train, n) * (double)other->n)
        tern_error_warn(err, "data",
                        "%zu of %zu %s samples are in the training data too: their score says "
                        "what was learned by heart",
                        both, other->n, what);
    tern__free(digest);
    return digest ? TERN_OK : TERN_ERROR_MEMORY;
}

static tern_status rows_in_both(const judging *j) {
    const struct {
        const tern_dataset *d;
        const char *what;
    } other[] = {{j->valid, "validation"}, {j->test, "test"}};
    uint64_t *train = NULL;
    tern_status status = TERN_OK;
    for (size_t k = 0; !status && k < sizeof other / sizeof *other; k++) {
        const tern_dataset *d = other[k].d;
        if (!d || d->inputs != j->train->inputs || !in_memory(d) || !in_memory(j->train)) continue;
        if (!train && (train = digests_of(j->train, j->err))) qsort(train, j->train->n, sizeof *train, by_value);
        status = train ? shared_with(d, other[k].what, train, j->train->n, j->err) : TERN_ERROR_MEMORY;
    }
    tern__free(train);
    return status;
}

tern_status tern_dataset_advise(const tern_model *m, const tern_splits *data, tern_error *err) {
    static tern_status (*const rules[])(const judging *) = {unscaled, last_of_one, long_schedule};
    const tern_dataset *train = data->train;
    if (m->unfitted || !m->nodes || !m->config.loss.self || !train->n) return TERN_OK;
    judging j = {m, train, data->valid, data->test, data->rows ? data->rows : train->n, err};
    tern__error_scope before;
    tern_status status = TERN_OK;
    tern__json_enter(&m->json, err, &before);
    for (size_t i = 0; !data->wrong_only && !status && i < sizeof rules / sizeof *rules; i++) status = rules[i](&j);
    if (!status) status = spare_outputs(&j);
    if (!status) status = rows_in_both(&j);
    tern__error_scope_leave(err, &before);
    return status;
}
