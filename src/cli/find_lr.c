/* find_lr.c - tern find-lr: which learning rate a model trains fastest with. */
#include "output_path.h"

#include <tern/lr_range.h>

#include <math.h>
#include <string.h>

typedef struct find_lr_args {
    args base;
    const char *data, *output;
    size_t steps, threads;
} find_lr_args;

static void print_result(const find_lr_args *a, const tern_lr_range *r, const char *output) {
    char shown[PATH_SIZE];
    if (a->base.json) {
        json j = {0};
        json_open(&j, NULL, '{');
        json_real(&j, "suggested", r->suggested);
        json_bool(&j, "diverged", r->diverged);
        json_size(&j, "steps", r->n);
        json_text(&j, "output", output);
        json_close(&j, '}');
        json_end();
        return;
    }
    size_t last = r->n - 1;
    printf("%zu steps, learning rates from %.3g to %.3g%s\n", r->n, r->lr[0], r->lr[last],
           r->diverged ? ", where the loss left all bounds" : "");
    if (isnan(r->suggested))
        puts("suggested: none, as the loss never fell clearly; more --steps, or what tern check says of the model?");
    else printf("suggested: --set optimizer.lr=%g\n", r->suggested);
    printf("written to %s\n", tern__text_safe(output, shown, sizeof shown));
}

static int run(const void *self, tern_error *err) {
    const find_lr_args *a = self;
    session s = {0};
    tern_lr_range range = {0};
    const char *path = a->base.operand.v[0], *output = a->output ? a->output : "find-lr.html";
    const char *file = strrchr(path, '/') ? strrchr(path, '/') + 1 : path;
    tern_status status = session_open(&s, &a->base, err);
    tern_model_options options = session_options(&s, &a->base);
    tern_lr_range_options test = {.data = a->data, .steps = a->steps, .threads = a->threads};
    if (!status) status = check_page(&s, &a->base, path, a->data, output, err);
    if (!status) status = tern_lr_range_test(path, &options, &test, &range, err);
    if (!status) status = tern_lr_range_write(&range, file, output, err);
    if (!status) print_result(a, &range, output);
    tern_lr_range_free(&range);
    session_close(&s);
    return status ? exit_code_of(err) : EXIT_DONE;
}

static const option options[] = {
    DATA_OPTION(find_lr_args),
    COUNT(find_lr_args, steps, "steps", "N", "Steps at most, each with a larger rate (default: 300)."),
    TEXT(find_lr_args, output, "output", "FILE", "The page with the picture (default: find-lr.html)."),
    THREADS_OPTION(find_lr_args),
    MODEL_OPTIONS,
    {0},
};

const command command_find_lr = {
    .name = "find-lr",
    .operand = "MODEL",
    .least = 1,
    .most = 1,
    .doc = "A range test: with which learning rate the loss falls fastest.",
    .size = sizeof(find_lr_args),
    .options = options,
    .run = run,
};
