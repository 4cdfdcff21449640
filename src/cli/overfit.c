/* overfit.c - tern overfit: whether a model can learn one batch by heart. */
#include "commands.h"

#include <tern/advice.h>
#include <tern/overfit.h>

#include <math.h>
#include <string.h>

typedef struct overfit_args {
    args base;
    const char *data;
    size_t steps, samples, threads;
} overfit_args;

/* What tern check would say of the model is among the reasons. */
static void advise(const session *s, const overfit_args *a, tern_error *err) {
    tern_error ignored = {0};
    tern_model *m = session_model(s, &a->base, a->base.operand.v[0], true, &ignored);
    if (m) tern_model_advise(m, err);
    tern_model_free(m);
}

static void print_json(const tern_overfit *o, const tern_error *err) {
    json j = {0};
    json_open(&j, NULL, '{');
    json_bool(&j, "fits", o->fits);
    json_bool(&j, "diverged", o->diverged);
    json_size(&j, "samples", o->samples);
    json_size(&j, "steps", o->steps);
    json_real(&j, "first_loss", o->first);
    json_real(&j, "last_loss", o->last);
    json_real(&j, "goal", o->goal);
    json_real(&j, "other_lr", o->other_lr);
    json_open(&j, "reasons", '[');
    for (size_t i = 0; i < err->count; i++) json_text(&j, NULL, err->item[i].text);
    json_close(&j, ']');
    json_close(&j, '}');
    json_end();
}

static void print_text(const tern_overfit *o, tern_error *err) {
    printf("one batch of %zu samples, %zu steps: loss %.4g -> %.4g\n", o->samples, o->steps, o->first, o->last);
    if (o->fits) {
        puts("fits: the model can learn what the loss asks for");
        return;
    }
    if (o->diverged) puts("does not fit: training met a number that is not finite. Likely reasons:");
    else printf("does not fit: a loss of %.4g would be small enough. Likely reasons:\n", o->goal);
    for (size_t i = 0; i < err->count; i++) {
        char shown[2 * TERN_MAX_TEXT];
        printf("  - %s%s%s\n", err->item[i].pointer, *err->item[i].pointer ? ": " : "",
               tern__text_safe(err->item[i].text, shown, sizeof shown));
    }
}

static int run(const void *self, tern_error *err) {
    const overfit_args *a = self;
    session s = {0};
    tern_overfit found;
    char path[PATH_SIZE];
    tern_status status = session_open(&s, &a->base, err);
    tern_model_options options = session_options(&s, &a->base);
    tern_overfit_options how = {.data = a->data, .steps = a->steps, .samples = a->samples, .threads = a->threads};
    if (!status) status = find_run(a->base.operand.v[0], path, s.run, err);
    if (!status) status = tern_overfit_test(path, &options, &how, &found, err);
    if (!status && !found.fits) advise(&s, a, err);
    if (!status && found.fits) tern_error_clear(err);
    if (!status && a->base.json) print_json(&found, err);
    else if (!status && !a->base.quiet) print_text(&found, err);
    if (!status) tern_error_clear(err);
    session_close(&s);
    return status ? exit_code_of(err) : found.fits ? EXIT_DONE : EXIT_FAILED;
}

static const option options[] = {
    DATA_OPTION(overfit_args),
    COUNT(overfit_args, steps, "steps", "N", "Steps at most (default: 1000)."),
    COUNT(overfit_args, samples, "samples", "N", "Samples in the batch, up to the model's batch_size (the default)."),
    SEED_OPTION,
    THREADS_OPTION(overfit_args),
    MODEL_OPTIONS,
    {0},
};

const command command_overfit = {
    .name = "overfit",
    .operand = "MODEL",
    .least = 1,
    .most = 1,
    .doc = "Train one batch to zero loss, or say why that can't be: first check of a net.",
    .size = sizeof(overfit_args),
    .options = options,
    .run = run,
};
