/* ensemble.c - the models of a cross-validation as one: the mean of their probabilities, or of their values; see
 * ensemble.h. */
#include "ensemble.h"

#include "memory.h"

#include <tern/meaning.h>

#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* ---- a directory ---- */

static bool holds(const char *path, size_t fold, const char *name) {
    char file[PATH_SIZE];
    int length = fold ? snprintf(file, sizeof file, "%s/fold-%zu/%s", path, fold, name)
                      : snprintf(file, sizeof file, "%s/%s", path, name);
    return length > 0 && (size_t)length < sizeof file && !access(file, F_OK);
}

/* How many there are to be, as train wrote it down; 0: that can't be read. */
static size_t read_count(const char *path) {
    char file[PATH_SIZE], text[64] = "";
    snprintf(file, sizeof file, "%s/folds.json", path);
    FILE *f = fopen(file, "rb");
    size_t got = f ? fread(text, 1, sizeof text - 1, f) : 0;
    if (f) fclose(f);
    const char *key = "\"folds\": ", *at = got ? strstr(text, key) : NULL;
    return at ? strtoul(at + strlen(key), NULL, 10) : 0;
}

tern_status ensemble_find(const char *path, size_t *folds, tern_error *err) {
    bool summary = holds(path, 0, "folds.json");
    *folds = 0;
    if (holds(path, 0, "model.json") || (!summary && !holds(path, 1, "model.json"))) return TERN_OK;
    if (!summary)
        return tern_error_add(err, TERN_ERROR_USAGE, NULL,
                              "the folds in %s are not finished: tern train MODEL --folds K --resume goes on with them",
                              path);
    size_t n = read_count(path);
    if (n < 2)
        return tern_error_add(err, TERN_ERROR_DATA, NULL, "%s/folds.json does not say how many folds there are", path);
    for (size_t fold = 1; fold <= n; fold++) {
        const char *lacks = !holds(path, fold, "model.json")            ? "model.json"
                            : !holds(path, fold, "weights.safetensors") ? "weights.safetensors"
                                                                        : NULL;
        if (lacks)
            return tern_error_add(err, TERN_ERROR_USAGE, NULL,
                                  "%s has %zu folds, but there is no %s/fold-%zu/%s: bring it back, or train it again "
                                  "(tern train MODEL --folds %zu --resume)",
                                  path, n, path, fold, lacks, n);
    }
    *folds = n;
    return TERN_OK;
}

/* ---- the mean ---- */

static tern_link link_of(const tern_model *m) {
    tern_model_info info = tern_model_describe(m);
    const tern_type *loss = info.loss ? tern_registry_find(NULL, TERN_LOSS, info.loss) : NULL;
    return loss ? ((const tern_loss_type *)loss)->link : TERN_LINK_NONE;
}

/* Of classes that all decide together, the model knows best how they become probabilities. */
static void add_together(ensemble *e, const tern_model *m, const tern_tensor *y, size_t n, double *score) {
    for (size_t first = 0; first < tern_tensor_count(y); first += n) {
        tern_model_scores(m, y->data + first, score);
        for (size_t i = 0; i < n; i++) e->sum[first + i] += score[i];
    }
}

static void add_each(ensemble *e, tern_link link, const tern_tensor *y) {
    for (size_t i = 0; i < tern_tensor_count(y); i++) {
        double v = (double)y->data[i];
        e->sum[i] += link == TERN_LINK_SIGMOID ? 1 / (1 + exp(-v)) : v;
    }
}

/* Each model is the next fold of the cross-validation that the first is of. */
static tern_status check_fold(const ensemble *e, const tern_model *m, tern_error *err) {
    tern_model_info first = tern_model_describe(e->first), info = tern_model_describe(m);
    const char *name = tern_model_name(m), *expected = tern_model_name(e->first);
    size_t fold = e->models + 1;
    if (info.fold == fold && info.folds == first.folds && info.seed == first.seed && !strcmp(name, expected))
        return TERN_OK;
    return tern_error_add(err, TERN_ERROR_DATA, NULL,
                          "fold-%zu holds fold %zu of %zu of \"%.64s\", seed %" PRIu64
                          ", where fold %zu of %zu of \"%.64s\", seed %" PRIu64
                          ", belongs: the mean is over the folds of one cross-validation",
                          fold, info.fold, info.folds, name, info.seed, fold, first.folds, expected, first.seed);
}

static tern_status check_same(const ensemble *e, const tern_model *m, tern_error *err) {
    tern_meaning a = tern_model_meaning(e->first), b = tern_model_meaning(m);
    bool same = a.classes == b.classes && a.places == b.places && a.names == b.names;
    for (size_t i = 0; same && i < a.names; i++) same = !strcmp(a.name[i], b.name[i]);
    if (same) return check_fold(e, m, err);
    if (!a.classes || !b.classes)
        return tern_error_add(err, TERN_ERROR_DATA, NULL,
                              "fold-%zu predicts other targets than fold-1: the mean is over the folds of one "
                              "cross-validation",
                              e->models + 1);
    return tern_error_add(err, TERN_ERROR_DATA, NULL,
                          "the folds know different classes, as the training rows of some lack one: list them as "
                          "\"classes\" in \"target\", and train again");
}

tern_status ensemble_add(ensemble *e, const tern_model *m, const tern_tensor *y, tern_error *err) {
    size_t count = tern_tensor_count(y), n = tern_model_meaning(m).count;
    tern_link link = link_of(m);
    if (!e->first) {
        e->first = m;
        if (!(e->sum = tern__alloc(count, sizeof *e->sum, err))) return TERN_ERROR_MEMORY;
    }
    tern_status status = check_same(e, m, err);
    double *score = status ? NULL : tern__alloc(n, sizeof *score, err);
    if (!score) return status ? status : TERN_ERROR_MEMORY;
    if (link == TERN_LINK_SOFTMAX || link == TERN_LINK_EXP) add_together(e, m, y, n, score);
    else add_each(e, link, y);
    e->models++;
    tern__free(score);
    return TERN_OK;
}

void ensemble_mean(const ensemble *e, tern_tensor *y) {
    const double least = 1e-30; /* the logarithm of none */
    tern_link link = link_of(e->first);
    for (size_t i = 0; i < tern_tensor_count(y); i++) {
        double p = e->sum[i] / (double)e->models;
        bool logs = link == TERN_LINK_SOFTMAX || link == TERN_LINK_EXP;
        if (logs) p = log(fmax(p, least));
        else if (link == TERN_LINK_SIGMOID) p = log(fmax(p, least)) - log(fmax(1 - p, least));
        y->data[i] = (tern_real)p;
    }
}

void ensemble_free(ensemble *e) {
    tern__free(e->sum);
    *e = (ensemble){0};
}
