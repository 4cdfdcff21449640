/* plan.c - which trials there are: the combinations of all values, or some that are drawn; see trials_internal.h. */
#include "json_writer.h"
#include "text.h"
#include "trials_internal.h"

#include <tern/random.h>

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

enum { MOST_TRIALS = 10000, USUAL_TRIALS = 20, DRAWS = 100 };

char *tern__arena_print(tern__arena *arena, tern_error *err, const char *format, ...) {
    tern__buffer b = {0};
    va_list arguments;
    va_start(arguments, format);
    tern__buffer_print(&b, format, arguments);
    va_end(arguments);
    char *text = b.failed ? NULL : tern__arena_text(arena, b.text ? b.text : "", b.length, err);
    if (b.failed) tern_error_add(err, TERN_ERROR_MEMORY, NULL, "not enough memory for a text");
    tern__free(b.text);
    return text;
}

/* ---- what is varied ---- */

/* A change that a later one replaces would be lost in silence. */
static tern_status check_order(const tern__trials *t, size_t k, tern_error *err) {
    const tern__vary *v = &t->vary[k];
    for (const char *const *set = t->open.set; set && *set; set++)
        if (tern__path_covers(v->path, *set, strcspn(*set, "=")))
            return tern_error_add(err, TERN_ERROR_USAGE, NULL,
                                  "--vary %s would replace what --set %s says; leave that out, or make it part of the "
                                  "values",
                                  v->given, *set);
    for (size_t i = 0; i < k; i++)
        if (tern__path_covers(v->path, t->vary[i].path, strlen(t->vary[i].path)))
            return tern_error_add(err, TERN_ERROR_USAGE, NULL, "--vary %s would replace what --vary %s says%s",
                                  v->given, t->vary[i].given,
                                  strcmp(v->path, t->vary[i].path) ? "; put it before" : "");
    if (t->o.epochs && tern__path_covers(v->path, "train.epochs", 12))
        return tern_error_add(err, TERN_ERROR_USAGE, NULL, "--epochs and --vary %s both say how long to train",
                              v->given);
    return TERN_OK;
}

static tern_status read_varies(tern__trials *t, tern_error *err) {
    const char *const *vary = t->o.vary;
    size_t n = 0;
    while (vary && vary[n]) n++;
    if (!n)
        return tern_error_add(err, TERN_ERROR_USAGE, NULL,
                              "there is nothing to vary: name an option and its values, optimizer=sgd,momentum,adam");
    const char **path = tern__arena_alloc(&t->arena, n, sizeof *path, err);
    t->vary = tern__arena_alloc(&t->arena, n, sizeof *t->vary, err);
    tern_status status = path && t->vary ? TERN_OK : TERN_ERROR_MEMORY;
    for (size_t k = 0; !status && k < n; k++) {
        status = tern__vary_read(&t->vary[k], vary[k], t->o.search != TERN_SEARCH_GRID, &t->arena, err);
        if (!status) status = check_order(t, k, err);
        if (!status) path[k] = t->vary[k].path;
    }
    t->shown.varies = n;
    t->shown.path = path;
    return status;
}

/* ---- variants ---- */

/* How many combinations there are; 0: without end. */
static tern_status count_combinations(const tern__trials *t, size_t *n, tern_error *err) {
    *n = 1;
    for (size_t k = 0; k < t->shown.varies; k++) {
        *n *= t->vary[k].n;
        if (*n > MOST_TRIALS)
            return tern_error_add(err, TERN_ERROR_USAGE, NULL, "there are more than %d combinations of all values",
                                  MOST_TRIALS);
    }
    return TERN_OK;
}

/* Combination `i` of all, the last option changing fastest. */
static void combine(const tern__trials *t, size_t i, const tern__value **value) {
    for (size_t k = t->shown.varies; k-- > 0; i /= t->vary[k].n) value[k] = &t->vary[k].value[i % t->vary[k].n];
}

/* Numbers that depend on the seed, the option and the trial alone. */
static tern_status draw(tern__trials *t, size_t i, size_t attempt, const tern__value **value, tern_error *err) {
    for (size_t k = 0; k < t->shown.varies; k++) {
        const tern_random random = {t->seed, TERN_RANDOM_OTHER, (uint32_t)k, (uint32_t)i};
        uint32_t bits;
        tern_random_bits(&random, attempt, 1, &bits);
        value[k] = tern__vary_at(&t->vary[k], (double)bits / 4294967296.0, &t->arena, err);
        if (!value[k]) return TERN_ERROR_MEMORY;
    }
    return TERN_OK;
}

static bool drawn_before(size_t varies, const tern__value *const *all, size_t n, const tern__value *const *one) {
    for (size_t i = 0; i < n; i++) {
        bool same = true;
        for (size_t k = 0; same && k < varies; k++) same = !strcmp(all[i * varies + k]->set, one[k]->set);
        if (same) return true;
    }
    return false;
}

/* No combination twice; where none is new any more, there are fewer. */
static tern_status draw_all(tern__trials *t, const tern__value **value, size_t *n, tern_error *err) {
    size_t varies = t->shown.varies, wanted = *n;
    for (*n = 0; *n < wanted; (*n)++) {
        const tern__value **one = value + *n * varies;
        size_t attempt = 0;
        do
            if (draw(t, *n, attempt, one, err)) return TERN_ERROR_MEMORY;
        while (drawn_before(varies, value, *n, one) && ++attempt < DRAWS);
        if (attempt == DRAWS) break;
    }
    if (*n < wanted) tern_error_warn(err, NULL, "only %zu trials, as there are no more that differ", *n);
    return TERN_OK;
}

/* "adam, lr 0.01": words speak for themselves, numbers by their option. */
static char *variant_name(tern__trials *t, const tern__value *const *value, tern_error *err) {
    char name[400] = "";
    for (size_t k = 0; k < t->shown.varies; k++) {
        const char *path = t->shown.path[k], *last = strrchr(path, '.'), *text = value[k]->name;
        bool word =
            (*text >= 'a' && *text <= 'z') && strcmp(text, "true") && strcmp(text, "false") && strcmp(text, "null");
        if (k) tern__text_add(name, sizeof name, ", ");
        if (!word) tern__text_add(name, sizeof name, "%s ", last ? last + 1 : path);
        tern__text_add(name, sizeof name, "%.100s", text);
    }
    return tern__arena_text(&t->arena, name, strlen(name), err);
}

static tern_status name_variants(tern__trials *t, const tern__value *const *value, tern_error *err) {
    tern_trials *s = &t->shown;
    size_t n = s->variants, each = s->varies;
    const char **name = tern__arena_alloc(&t->arena, n, sizeof *name, err),
               **text = tern__arena_alloc(&t->arena, 2 * n * each, sizeof *text, err);
    if (!name || !text) return TERN_ERROR_MEMORY;
    for (size_t i = 0; i < n * each; i++) text[i] = value[i]->name, text[n * each + i] = value[i]->set;
    for (size_t i = 0; i < n; i++)
        if (!(name[i] = variant_name(t, value + i * each, err))) return TERN_ERROR_MEMORY;
    s->variant = name, s->value = text, s->set = text + n * each;
    return TERN_OK;
}

static tern_status make_variants(tern__trials *t, tern_error *err) {
    bool grid = t->o.search == TERN_SEARCH_GRID;
    size_t n;
    tern_status status = grid ? count_combinations(t, &n, err) : TERN_OK;
    if (!grid) n = t->o.trials ? t->o.trials : USUAL_TRIALS;
    if (status) return status;
    if (n > MOST_TRIALS)
        return tern_error_add(err, TERN_ERROR_USAGE, NULL, "%zu trials; at most %d are accepted", n, MOST_TRIALS);
    const tern__value **value = tern__arena_alloc(&t->arena, n * t->shown.varies, sizeof *value, err);
    if (!value) return TERN_ERROR_MEMORY;
    for (size_t i = 0; grid && i < n; i++) combine(t, i, value + i * t->shown.varies);
    if (!grid) status = draw_all(t, value, &n, err);
    t->shown.variants = n;
    return status ? status : name_variants(t, value, err);
}

/* ---- trials ---- */

/* The model's changes, those of the variant, and the seed where it is not the model's. */
static const char *const *make_set(tern__trials *t, const tern_trial *trial, tern_error *err) {
    size_t n = 0, varies = t->shown.varies;
    while (t->open.set && t->open.set[n]) n++;
    const char **set = tern__arena_alloc(&t->arena, n + varies + 2, sizeof *set, err);
    if (!set) return NULL;
    for (size_t i = 0; i < n; i++) set[i] = t->open.set[i];
    for (size_t k = 0; k < varies; k++) set[n++] = t->shown.set[trial->variant * varies + k];
    if (trial->seed == t->seed) return set;
    set[n] = tern__arena_print(&t->arena, err, "seed=%llu", (unsigned long long)trial->seed);
    return set[n] ? set : NULL;
}

static tern_status make_trials(tern__trials *t, tern_error *err) {
    tern_trials *s = &t->shown;
    s->seeds = t->o.search == TERN_SEARCH_GRID && t->o.seeds ? t->o.seeds : 1;
    for (size_t k = 0; s->seeds > 1 && k < s->varies; k++)
        if (!strcmp(s->path[k], "seed"))
            return tern_error_add(err, TERN_ERROR_USAGE, NULL, "--seeds and --vary %s both say which seeds",
                                  t->vary[k].given);
    if (s->seeds > MOST_TRIALS / s->variants)
        return tern_error_add(err, TERN_ERROR_USAGE, NULL,
                              "%zu variants with %zu seeds; at most %d trials are accepted", s->variants, s->seeds,
                              MOST_TRIALS);
    s->n = s->variants * s->seeds;
    s->trial = tern__arena_alloc(&t->arena, s->n, sizeof *s->trial, err);
    t->trial = tern__arena_alloc(&t->arena, s->n, sizeof *t->trial, err);
    if (!s->trial || !t->trial) return TERN_ERROR_MEMORY;
    for (size_t i = 0; i < s->n; i++) {
        tern_trial *trial = &s->trial[i];
        *trial = (tern_trial){.variant = i / s->seeds, .seed = t->seed + i % s->seeds};
        trial->dir = tern__arena_print(&t->arena, err, "%s/trial-%zu", s->out, i + 1);
        t->trial[i].set = make_set(t, trial, err);
        if (!trial->dir || !t->trial[i].set) return TERN_ERROR_MEMORY;
    }
    return TERN_OK;
}

tern_status tern__trials_plan(tern__trials *t, tern_error *err) {
    tern_status status = read_varies(t, err);
    if (!status) status = make_variants(t, err);
    return status ? status : make_trials(t, err);
}
