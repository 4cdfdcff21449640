/* fold_scores.c - see fold_scores.h. */
#include "fold_scores.h"

#include "memory.h"

#include <math.h>

tern_status scores_make(scores *all, size_t folds, tern_error *err) {
    *all = (scores){.folds = folds, .value = tern__alloc(folds, SCORES * sizeof(double), err)};
    return all->value ? TERN_OK : TERN_ERROR_MEMORY;
}

void scores_free(scores *all) {
    tern__free(all->value);
    tern__free(all->together);
    *all = (scores){0};
}

static void keep(const tern_score *s, double *value) {
    value[0] = s->loss;
    for (size_t i = 0; i < s->metrics; i++) value[i + 1] = s->value[i];
}

void scores_keep(scores *all, size_t fold, const tern_score *s) {
    all->n = 1 + s->metrics;
    snprintf(all->name[0], TERN_MAX_NAME, "loss");
    for (size_t i = 0; i < s->metrics; i++) snprintf(all->name[i + 1], TERN_MAX_NAME, "%s", s->name[i]);
    keep(s, all->value + fold * SCORES);
}

tern_status scores_keep_together(scores *all, const tern_score *s, tern_error *err) {
    if (!(all->together = tern__alloc(SCORES, sizeof *all->together, err))) return TERN_ERROR_MEMORY;
    keep(s, all->together);
    return TERN_OK;
}

static double mean_of(const scores *all, size_t k) {
    double sum = 0;
    for (size_t i = 0; i < all->folds; i++) sum += all->value[i * SCORES + k];
    return sum / (double)all->folds;
}

/* The standard deviation, with divisor folds - 1. */
static double spread_of(const scores *all, size_t k) {
    double mean = mean_of(all, k), sum = 0;
    for (size_t i = 0; i < all->folds; i++) sum += pow(all->value[i * SCORES + k] - mean, 2);
    return sqrt(sum / (double)(all->folds - 1));
}

static void add_of(tern__json_writer *w, const char *key, const scores *all,
                   double (*of)(const scores *all, size_t k)) {
    tern__json_open(w, key, '{');
    for (size_t k = 0; k < all->n; k++) tern__json_add_real(w, all->name[k], of(all, k));
    tern__json_close_bracket(w, '}');
}

static void add_values(tern__json_writer *w, const char *key, const scores *all, const double *value) {
    tern__json_open(w, key, '{');
    for (size_t k = 0; k < all->n; k++) tern__json_add_real(w, all->name[k], value[k]);
    tern__json_close_bracket(w, '}');
}

void scores_json(tern__json_writer *w, const char *key, const scores *all) {
    tern__json_open(w, key, '[');
    for (size_t i = 0; i < all->folds; i++) add_values(w, NULL, all, all->value + i * SCORES);
    tern__json_close_bracket(w, ']');
    add_of(w, "mean", all, mean_of);
    add_of(w, "std", all, spread_of);
    if (all->together) add_values(w, "ensemble", all, all->together);
}

void scores_print(const scores *all) {
    char shown[TABLE_CELL];
    table t;
    table_begin(&t, all->together ? 4 : 3, (const char *const[]){"score", ">mean", ">spread", ">ensemble"});
    for (size_t k = 0; k < all->n; k++) {
        table_row(&t);
        table_set(&t, 0, "%s", tern__text_safe(all->name[k], shown, sizeof shown));
        table_set(&t, 1, "%.4f", mean_of(all, k));
        table_set(&t, 2, "%.4f", spread_of(all, k));
        if (all->together) table_set(&t, 3, "%.4f", all->together[k]);
    }
    table_end(&t);
}
