/* split_trained.c - the rows that validate a trained model: those that validated in its run, or none, for others may
 * have trained. */
#include "split_samples.h"

#include "data_directory.h"
#include "digest.h"
#include "file.h"
#include "json_compare.h"
#include "provenance.h"
#include "text.h"

#include <string.h>

/* In what a model file differs from a run's. */
typedef struct differences {
    bool seeded;     /* rows are drawn by the seed */
    char split[200]; /* of what draws the rows */
    char data[200];  /* of what reads them */
} differences;

static void found(void *user, const char *pointer, const char *before, const char *after) {
    static const char *const reader[] = {"/data/train", NULL};
    differences *d = user;
    char *to = tern__json_below(pointer, tern__split_options) ? d->split
               : tern__json_below(pointer, reader)            ? d->data
                                                              : NULL;
    if (!to || (!strcmp(pointer, "/seed") && !d->seeded)) return;
    tern__text_add(to, sizeof d->split, "%s%.60s was %.40s and is %.40s", *to ? ", " : "", pointer, before, after);
}

/* What the weights' own file says, where they were taken out of their run. */
static tern_status compare_weights(const tern_model *m, bool in_time, differences *d, tern_error *err) {
    char *now = tern__provenance_split(m, in_time, err);
    tern_status status =
        now ? tern__json_compare(m->trained_split, m->weights_from, now, found, d, err) : TERN_ERROR_MEMORY;
    tern__free(now);
    return status;
}

static tern_status compare_models(const tern_model *m, const char *run, differences *d, tern_error *err) {
    size_t size;
    char *path = tern__path_join(run, "model.json", false, NULL, err), *now = path ? tern_model_render(m, err) : NULL;
    char *before = now ? (char *)tern__file_read(path, TERN__JSON_SIZE, &size, err) : NULL;
    tern_status status = before ? TERN_OK : now ? TERN_ERROR_IO : TERN_ERROR_MEMORY;
    if (!status) status = tern__json_compare(before, path, now, found, d, err);
    tern__free(before);
    tern_free(now);
    tern__free(path);
    return status;
}

/* Other numbers than those that trained and validated are told by what reads them or, where that is the same, by their
 * checksum. */
static void compare_data(const tern_dataset *d, const char *before, differences *out) {
    char now[TERN__DIGEST];
    tern__digest_text(tern__dataset_digest(d, 0), now);
    bool same = !before || !strcmp(before, now);
    if (same) *out->data = 0;
    else if (!*out->data)
        tern__text_add(out->data, sizeof out->data, "the checksum of the data was %.16s and is %s", before, now);
}

static tern_status compare(const tern_dataset *d, const tern_model *m, tern_error *err) {
    tern__arena arena = {0};
    tern__record record = {0};
    char *run;
    bool drawn = !tern__splits_in_time(m, d->overlap) && !(m->config.train.folds.given && d->group);
    differences now = {.seeded = drawn};
    tern_status status = tern__trained_run(m, &run, &arena, &record, err);
    if (!status && run) status = compare_models(m, run, &now, err);
    bool known = !run && m->weights_from && m->trained_split;
    if (!status && known) status = compare_weights(m, tern__splits_in_time(m, d->overlap), &now, err);
    if (!status && (run || known)) compare_data(d, run ? record.data.checksum : m->trained_data, &now);
    if (*now.split || *now.data)
        status = tern_error_add(err, TERN_ERROR_DATA, NULL,
                                "validation rows are not those that validated in the %s \"%.120s\", and some may have "
                                "trained: %s%s%s; accepted are the run as it is, test data, or the training rows "
                                "(--split train)",
                                run ? "run" : "training of", run ? run : m->weights_from, now.split,
                                *now.split && *now.data ? ", " : "", now.data);
    tern__free(run);
    tern__arena_free(&arena);
    return status;
}

tern_status tern_dataset_split_trained(const tern_dataset *d, const tern_model *m, tern_split *out, tern_error *err) {
    *out = (tern_split){0};
    tern_status status = compare(d, m, err);
    return status ? status : tern_dataset_split(d, m, out, err);
}
