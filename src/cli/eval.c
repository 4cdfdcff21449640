/* eval.c - tern eval: loss and metrics on a split or a labelled file; see also confusion.c and eval_rows.c. */
#include "confusion.h"
#include "eval.h"
#include "output_path.h"

#include "error_scope.h"
#include "memory.h"

#include <tern/advice.h>

#include <string.h>

enum { SPLITS = 3 };
static const char *const splits[SPLITS] = {"train", "valid", "test"};

/* Whether the model file has a split. Validation data may be cut off the training data. */
static bool has_split(const tern_model_info *info, const char *split) {
    if (!strcmp(split, "train")) return info->train_data;
    if (!strcmp(split, "test")) return info->test_data;
    return info->valid_data || (info->train_data && info->validation_split > 0);
}

static tern_status no_split(const tern_model_info *info, const char *split, tern_error *err) {
    char there[40] = "";
    for (size_t i = 0; i < SPLITS; i++)
        if (has_split(info, splits[i])) {
            size_t used = strlen(there);
            snprintf(there + used, sizeof there - used, "%s%s", used ? ", " : "", splits[i]);
        }
    return tern_error_add(err, TERN_ERROR_MODEL, NULL,
                          "the model's data has no split \"%s\"; there is: %s; --input takes a file", split,
                          *there ? there : "none");
}

/* The split that is meant where none is named: the test data, else what validates, which is said. */
static const char *usual_split(const tern_model *m, const eval_args *a) {
    tern_model_info info = tern_model_describe(m);
    if (has_split(&info, "test") || !has_split(&info, "valid")) return "test";
    if (!a->base.quiet) fputs("no test data in the model file: these are the validation rows\n", stderr);
    return "valid";
}

/* What is to be evaluated: the file, or a split that is there. */
static tern_status choose_part(const tern_model *m, const eval_args *a, part *p, tern_error *err) {
    tern_model_info info = tern_model_describe(m);
    p->name = a->input ? a->input : a->split ? a->split : usual_split(m, a);
    return a->input || has_split(&info, p->name) ? TERN_OK : no_split(&info, p->name, err);
}

static tern_status open_split(const tern_model *m, const eval_args *a, part *p, tern_error *err) {
    tern_model_info info = tern_model_describe(m);
    bool cut = strcmp(p->name, "test") && !info.valid_data && info.validation_split > 0;
    p->data = tern_dataset_open(m, cut ? "train" : p->name, a->data, err);
    if (!p->data) return TERN_ERROR_DATA;
    p->n = p->data->n;
    tern_status status = tern_dataset_target(p->data, m, p->target, err);
    if (status || !cut) return status;
    bool valid = !strcmp(p->name, "valid");
    status = (valid ? tern_dataset_split_trained : tern_dataset_split)(p->data, m, &p->split, err);
    p->rows = valid ? p->split.valid : p->split.train;
    p->n = valid ? p->split.valids : p->split.trains;
    return status;
}

/* The samples of a file that the command line names. */
static tern_status open_file(const session *s, const eval_args *a, part *p, tern_error *err) {
    const tern_files files = {.input = a->input, .target = a->target, .labelled = true};
    if (tern_model_inputs(s->model) > 1)
        return tern_error_add(err, TERN_ERROR_USAGE, NULL,
                              "--input is for a model of one input; this one has %zu: name their files in the model "
                              "file, in data.test",
                              tern_model_inputs(s->model));
    p->data = read_plain(s->registry, s->model, &files, err);
    if (!p->data) return TERN_ERROR_DATA;
    p->n = p->data->n;
    tern_status status = tern_dataset_target(p->data, s->model, p->target, err);
    if (status && !p->data->targets) tern__error_append(err, ": --target names their file");
    return status;
}

/* Says which samples the model was trained on, where they are none of its training data and that can be read. */
static tern_status advise(const tern_model *m, const eval_args *a, const part *p, tern_error *err) {
    static tern_error unsaid;
    bool trains = p->rows || (!a->input && !strcmp(p->name, "train"));
    if (trains || !tern_model_describe(m).train_data) return TERN_OK;
    tern_dataset *train = tern_dataset_open(m, "train", a->data, &unsaid);
    tern_splits data = {.train = train, .shared_only = true};
    if (!a->input && !strcmp(p->name, "valid")) data.valid = p->data;
    else data.test = p->data;
    tern_status status = train ? tern_dataset_advise(m, &data, err) : TERN_OK;
    tern_dataset_free(train);
    return status;
}

static void close_part(part *p) {
    tern_dataset_free(p->data);
    tern_split_free(&p->split);
}

/* ---- the command ---- */

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
    if (!status) status = tern_evaluate(m, p->data, p->rows, p->n, a->threads, &score, c.count, err);
    if (!status) print_result(a, p, weights, tern_model_describe(m).normalized, &score, &c);
    confusion_free(&c);
    return status;
}

static tern_status run_eval(session *s, const eval_args *a, tern_error *err) {
    char weights[PATH_SIZE];
    part p = {0};
    const char *input = a->input;
    sources from = {
        .data = a->data, .weights = weights, .target = a->target, .input = {.n = input ? 1 : 0, .v = &input}};
    tern_status status = session_open_trained(s, &a->base, a->base.operand.v[0], a->weights, err);
    if (!status && !tern_model_describe(s->model).loss)
        status = tern_error_add(err, TERN_ERROR_MODEL, NULL, "the model has no loss to evaluate: give it a \"loss\"");
    if (!status) status = choose_part(s->model, a, &p, err);
    if (!status) status = load_weights(s, &a->base, a->weights, weights, err); /* they say how to read the data */
    from.model = s->model;
    if (!status) status = check_output(a->output, &from, err);
    if (!status) status = input ? open_file(s, a, &p, err) : open_split(s->model, a, &p, err);
    if (!status) status = advise(s->model, a, &p, err);
    if (!status) status = evaluate(s->model, a, weights, &p, err);
    if (!status && a->output) status = write_rows(a, s->model, &p, err);
    close_part(&p);
    return status;
}

static tern_status check_args(const eval_args *a, tern_error *err) {
    bool known = !a->split;
    for (size_t i = 0; i < SPLITS && !known; i++) known = !strcmp(a->split, splits[i]);
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
    tern_status status = check_args(a, err);
    if (!status) status = run_eval(&s, a, err);
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
    .doc = "Loss and metrics on a split of the data, or on a labelled file.",
    .size = sizeof(eval_args),
    .options = options,
    .run = run,
};
