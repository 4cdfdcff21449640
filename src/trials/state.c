/* state.c - trials.json: what is tried and how far it has come, and that --resume goes on with the same; see
 * trials_internal.h. */
#include "file.h"
#include "json_lexer.h"
#include "table_file.h"
#include "trials_internal.h"

#include <tern/fit.h>

#include <math.h>
#include <string.h>
#include <sys/stat.h>
#include <zlib.h>

typedef struct state_trial {
    const char *dir, *name, *state;
    tern_strings set;
    size_t seed, params, epochs;
    double result, seconds, samples_per_second;
} state_trial;

typedef struct state {
    const char *model, *monitor;
    tern_strings settings;
    tern_blocks trials;
} state;

static const double EXACT = 9007199254740991.0; /* 2^53 - 1 */

static const tern_option trial_options[] = {
    TERN_STRING(state_trial, dir, NULL, "The run directory, beside this file."),
    TERN_STRING(state_trial, name, NULL, "Its values."),
    TERN_STRINGS(state_trial, set, 0, 0, "The changes of the model file."),
    TERN_SIZE(state_trial, seed, 0, 0, EXACT, "Its seed."),
    TERN_STRING(state_trial, state, NULL, "waiting, done, stopped early, dropped, diverged."),
    TERN_SIZE(state_trial, params, 0, 0, EXACT, "Parameters of the model."),
    TERN_SIZE(state_trial, epochs, 0, 0, EXACT, "Done."),
    TERN_REAL(state_trial, result, (double)NAN, -1e300, 1e300, "The monitored number."),
    TERN_REAL(state_trial, seconds, (double)NAN, 0, 1e30, "Of all epochs."),
    TERN_REAL(state_trial, samples_per_second, (double)NAN, 0, 1e30, "Mean of all epochs."),
    {0},
};

static const tern_option state_options[] = {
    TERN_STRING(state, model, NULL, "What the model is called."),
    TERN_STRING(state, monitor, NULL, "The number that says what is better."),
    TERN_STRINGS(state, settings, 0, 0, "What --resume must find unchanged."),
    TERN_BLOCKS(state, trials, state_trial, trial_options, "All trials."),
    {0},
};

static const char file_name[] = "trials.json";

/* ---- the settings ---- */

/* The model by its checksum: what a trial trained is not to be compared with what another file says. */
static const char *model_text(tern__trials *t, tern_error *err) {
    size_t size;
    unsigned char *text = tern__file_read(t->model, TERN__JSON_SIZE, &size, err);
    if (!text) return NULL;
    unsigned long sum = crc32(0, text, (uInt)size);
    tern__free(text);
    return tern__arena_print(&t->arena, err, "model file %08lx", sum);
}

static tern_status make_settings(tern__trials *t, tern_error *err) {
    static const char *const searches[] = {"grid", "random", "halving"};
    size_t n = 0, sets = 0;
    while (t->open.set && t->open.set[sets]) sets++;
    const char **text = tern__arena_alloc(&t->arena, 4 + sets + t->shown.varies, sizeof *text, err);
    if (!text) return TERN_ERROR_MEMORY;
    text[n++] = model_text(t, err);
    text[n++] = tern__arena_print(&t->arena, err, "search %s", searches[t->o.search]);
    for (size_t i = 0; i < sets; i++) text[n++] = tern__arena_print(&t->arena, err, "set %s", t->open.set[i]);
    for (size_t k = 0; k < t->shown.varies; k++)
        text[n++] = tern__arena_print(&t->arena, err, "vary %s", t->vary[k].given);
    text[n++] = tern__arena_print(&t->arena, err, "epochs %zu", t->o.epochs);
    text[n++] = tern__arena_print(&t->arena, err, "trials %zu", t->shown.n);
    for (size_t i = 0; i < n; i++)
        if (!text[i]) return TERN_ERROR_IO;
    t->settings = (tern_strings){n, text};
    return TERN_OK;
}

static tern_status compare_settings(const tern__trials *t, const tern_strings *old, tern_error *err) {
    for (size_t i = 0; i < old->n || i < t->settings.n; i++) {
        const char *was = i < old->n ? old->v[i] : "nothing", *is = i < t->settings.n ? t->settings.v[i] : "nothing";
        if (strcmp(was, is))
            return tern_error_add(
                err, TERN_ERROR_USAGE, NULL,
                "--resume goes on with what was begun, but in %s it was \"%s\" where now it is \"%s\"; "
                "repeat the command as it was, or start over with --force",
                t->shown.out, was, is);
    }
    return TERN_OK;
}

/* ---- the file ---- */

static tern_status read_state(tern__trials *t, const char *path, tern_error *err) {
    size_t size;
    state s = {0};
    char *text = (char *)tern__file_read(path, TERN__JSON_SIZE, &size, err);
    if (!text) return TERN_ERROR_IO;
    tern_status status = tern__table_read(text, size, path, &t->arena, (tern__fields){state_options, &s}, err);
    tern__free(text);
    return status ? status : compare_settings(t, &s.settings, err);
}

tern_status tern__trials_open_state(tern__trials *t, tern_error *err) {
    struct stat s;
    tern_status status = make_settings(t, err);
    if (status) return status;
    if (!t->o.resume) return tern__trials_write_state(t, err);
    char *path = tern__path_join(t->shown.out, file_name, false, NULL, err);
    if (!path) return TERN_ERROR_MEMORY;
    if (stat(path, &s))
        status = tern_error_add(err, TERN_ERROR_USAGE, NULL,
                                "--resume: %s holds no trials yet, so there is nothing to go on with", t->shown.out);
    else status = read_state(t, path, err);
    tern__free(path);
    return status;
}

static state_trial as_written(const tern__trials *t, size_t i) {
    const tern_trial *trial = &t->shown.trial[i];
    size_t sets = 0;
    while (t->trial[i].set[sets]) sets++;
    const char *slash = strrchr(trial->dir, '/');
    return (state_trial){slash ? slash + 1 : trial->dir,
                         t->shown.variant[trial->variant],
                         tern_trial_state_name(trial->state),
                         {sets, t->trial[i].set},
                         (size_t)trial->seed,
                         trial->params,
                         trial->epochs,
                         trial->result,
                         trial->seconds,
                         trial->samples_per_second};
}

static char *render(const tern__trials *t, tern_error *err) {
    const tern_trials *shown = &t->shown;
    state_trial *all = tern__alloc(shown->n, sizeof *all, err);
    if (!all) return NULL;
    for (size_t i = 0; i < shown->n; i++) all[i] = as_written(t, i);
    state s = {shown->name,
               shown->monitor < shown->measures ? shown->measure[shown->monitor] : NULL,
               t->settings,
               {.n = shown->n, .item = all}};
    char *text = tern__table_render((tern__fields){state_options, &s}, file_name, err);
    tern__free(all);
    return text;
}

tern_status tern__trials_write_state(const tern__trials *t, tern_error *err) {
    char *text = render(t, err);
    tern_status status = text ? tern_run_write(t->shown.out, file_name, text, err) : TERN_ERROR_MEMORY;
    tern__free(text);
    return status;
}
