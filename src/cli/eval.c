/* eval.c - tern eval: loss and metrics on a split or a labelled file; see also eval_part.c, confusion.c, eval_rows.c
 * and eval_folds.c. */
#include "confusion.h"
#include "ensemble.h"
#include "eval.h"

#include <string.h>

static void print_result(const eval_args *a, const part *p, const char *weights, const char *normalized,
                         const tern_score *score, const confusion *c) {
    char count[SHORT_TEXT], name[PATH_SIZE];
    if (!a->base.json) {
        printf("%s: %s samples  ", tern__text_safe(p->name, name, sizeof name), count_text(score->n, count));
        print_score(stdout, score);
        putchar('\n');
        if (normalized) printf("the loss is of %s targets, metrics are in the target's unit\n", normalized);
        if (c->classes) confusion_remark(stdout, c), confusion_print(c);
        return;
    }
    json j = {0};
    json_open(&j, NULL, '{');
    json_text(&j, a->input ? "input" : "split", p->name);
    json_size(&j, "samples", score->n);
    json_text(&j, "weights", weights);
    json_score(&j, "", score);
    if (normalized) json_text(&j, "loss_of", normalized);
    if (c->classes) confusion_json(&j, c);
    json_close(&j, '}');
    json_end();
}

static tern_status evaluate(const tern_model *m, const eval_args *a, const char *weights, const part *p,
                            tern_error *err) {
    confusion c;
    tern_score score;
    tern_status status = confusion_make(&c, m, p->data, err);
    if (!status)
        status = tern_evaluate_ranks(a->base.comm, m, p->data, p->rows, p->n, a->threads, &score, c.count, err);
    if (!status) print_result(a, p, weights, tern_model_describe(m).normalized, &score, &c);
    confusion_free(&c);
    return status;
}

static tern_status run_eval(session *s, const eval_args *a, tern_error *err) {
    char weights[PATH_SIZE];
    part p = {0};
    bool first = !(a->base.comm && a->base.comm->rank);
    tern_status status = open_part(s, a, a->base.operand.v[0], &p, weights, err);
    if (!status) status = evaluate(s->model, a, weights, &p, err);
    if (!status && a->output && first) status = write_rows(a, s->model, &p, err);
    close_part(&p);
    return status;
}

static tern_status check_args(const eval_args *a, tern_error *err) {
    bool known = !a->split || !strcmp(a->split, "test") || !strcmp(a->split, "valid") || !strcmp(a->split, "train");
    if (!known)
        return tern_error_add(err, TERN_ERROR_USAGE, NULL, "--split: expected test, valid or train, found \"%.60s\"",
                              a->split);
    if (a->output && !ends_in(a->output, ".csv"))
        return tern_error_add(err, TERN_ERROR_USAGE, NULL, "--output: a file ends in .csv, \"%.200s\" does not",
                              a->output);
    if (a->target && !a->input)
        return tern_error_add(err, TERN_ERROR_USAGE, NULL, "--target is the file of the targets of --input FILE");
    if (a->input && (a->split || a->data))
        return tern_error_add(err, TERN_ERROR_USAGE, NULL,
                              "--input takes the place of the model file's data; leave out --split and --data");
    return TERN_OK;
}

static int run(const void *self, tern_error *err) {
    const eval_args *a = self;
    session s = {0};
    size_t folds = 0;
    tern_status status = check_args(a, err);
    if (!status) status = ensemble_find(a->base.operand.v[0], &folds, err);
    if (!status) status = folds ? eval_folds(a, folds, err) : run_eval(&s, a, err);
    session_close(&s);
    return status ? exit_code_of(err) : EXIT_DONE;
}

static const option options[] = {
    TEXT(eval_args, split, "split", "test|valid|train", "The part of the data (default: test, else valid)."),
    TEXT(eval_args, input, "input", "FILE",
         "A file of one's own in the place of a split: with the targets, written as the training data was."),
    TEXT(eval_args, target, "target", "FILE", "The targets of --input, where they are in a file of their own."),
    TEXT(eval_args, output, "output", "FILE", "Write each row's truth, prediction, probability and loss (.csv)."),
    WEIGHTS_OPTION(eval_args),
    DATA_OPTION(eval_args),
    THREADS_OPTION(eval_args),
    MODEL_OPTIONS,
    {0},
};

const command command_eval = {
    .name = "eval",
    .operand = "MODEL|RUN",
    .least = 1,
    .most = 1,
    .ranks = true,
    .doc = "Loss and metrics on a split of the data, or on a labelled file.",
    .size = sizeof(eval_args),
    .options = options,
    .run = run,
};
