/* trials.c - trials from their making to the best of them; see tern/trials.h. */
#include "file.h"
#include "run.h"
#include "trials_internal.h"

#include <tern/version.h>

#include <string.h>
#include <sys/stat.h>

enum { MOST_AT_ONCE = 128 };

static tern__trials *inner(tern_trials *t) { return t->memory; }

/* ---- making ---- */

/* As the CPUs and the memory allow. */
static size_t at_once(const tern__trials *t) {
    size_t threads = t->o.threads ? t->o.threads : 1, n = tern_cpu_count() / threads;
    if (t->bytes && t->memory / t->bytes < n) n = t->memory / t->bytes;
    if (n > t->shown.n) n = t->shown.n;
    return n < 1 ? 1 : n < MOST_AT_ONCE ? n : MOST_AT_ONCE;
}

static tern_status make(tern__trials *t, tern_error *err) {
    if (!strcmp(t->model, "-"))
        return tern_error_add(err, TERN_ERROR_USAGE, NULL,
                              "trials read the model file each for itself: it can't be \"-\"");
    tern_status status = tern__trials_look(t, err);
    if (status) return status;
    t->shown.out = t->o.out ? t->o.out : tern__arena_print(&t->arena, err, "runs/%s-trials", t->shown.name);
    if (!t->shown.out) return TERN_ERROR_MEMORY;
    status = tern__trials_plan(t, err);
    if (!status) status = tern__trials_check(t, err);
    t->shown.at_once = at_once(t);
    return status;
}

tern_trials *tern_trials_new(const char *model, const tern_model_options *open, const tern_trials_options *options,
                             tern_error *err) {
    tern__trials *t = tern__alloc(1, sizeof *t, err);
    if (!t) return NULL;
    t->model = model;
    if (open) t->open = *open;
    t->o = *options;
    t->shown.memory = t;
    t->shown.search = options->best;
    if (!make(t, err)) return &t->shown;
    tern_trials_free(&t->shown);
    return NULL;
}

void tern_trials_free(tern_trials *trials) {
    if (!trials) return;
    tern__trials *t = inner(trials);
    for (size_t i = 0; t->trial && i < t->shown.n; i++) tern__history_free(&t->trial[i].history);
    tern__arena_free(&t->arena);
    tern__arena_free(&t->collected);
    tern__free(t->better);
    tern__free(t);
}

/* ---- the best of a search ---- */

static tern_status copy_file(const char *from, const char *to, const char *name, tern_error *err) {
    struct stat s;
    size_t size;
    char *source = tern__path_join(from, name, false, NULL, err), *target = tern__path_join(to, name, false, NULL, err);
    tern_status status = source && target ? TERN_OK : TERN_ERROR_MEMORY;
    bool there = !status && !stat(source, &s);
    unsigned char *bytes = there ? tern__file_read(source, SIZE_MAX / 2, &size, err) : NULL;
    tern__replace *file = bytes ? tern__replace_open(target, err) : NULL;
    if (file) {
        tern__replace_write(file, bytes, size);
        status = tern__replace_commit(file, err);
    } else if (there) {
        status = TERN_ERROR_IO;
    }
    tern__free(bytes);
    tern__free(source);
    tern__free(target);
    return status;
}

/* As deep as the run itself, so that its data is found as before. */
static tern_status copy_best(tern__trials *t, tern_error *err) {
    size_t *order = tern__alloc(t->shown.n, sizeof *order, err);
    if (!order) return TERN_ERROR_MEMORY;
    size_t n = tern_trials_rank(&t->shown, order);
    const char *from = n ? t->shown.trial[*order].dir : NULL;
    tern__free(order);
    if (!from) return tern_error_add(err, TERN_ERROR_DIVERGED, NULL, "no trial came to a result");
    char *best = tern__path_join(t->shown.out, "best", false, NULL, err);
    tern__run run = {.lock = -1};
    tern_status status = best ? tern__run_open(&run, best, err) : TERN_ERROR_MEMORY;
    if (!status) status = tern__run_clear(&run, true, err);
    for (size_t i = 0; !status && tern__run_files[i]; i++) status = copy_file(from, best, tern__run_files[i], err);
    if (best) tern__run_close(&run);
    tern__free(best);
    return status;
}

/* ---- training ---- */

static tern_status train(tern__trials *t, tern_error *err) {
    if (t->o.search == TERN_SEARCH_HALVING) return tern__trials_halve(t, err);
    size_t *all = tern__alloc(t->shown.n, sizeof *all, err);
    if (!all) return TERN_ERROR_MEMORY;
    for (size_t i = 0; i < t->shown.n; i++) all[i] = i;
    tern_status status = tern__trials_train(t, t->shown.n, all, t->shown.epochs, err);
    tern__free(all);
    return status;
}

tern_status tern_trials_run(tern_trials *trials, tern_error *err) {
    tern__trials *t = inner(trials);
    tern_run *run = tern_run_open(trials->out, err);
    if (!run) return TERN_ERROR_IO;
    tern_status status = t->o.resume ? TERN_OK : tern_run_clear(run, t->o.force, err);
    if (!status) status = tern__trials_open_state(t, err);
    for (size_t i = 0; i < trials->n; i++) t->trial[i].begun = t->o.resume;
    if (!status) status = train(t, err);
    if (!status && t->o.best) status = copy_best(t, err);
    tern_run_close(run);
    return status;
}
