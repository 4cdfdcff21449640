/* eval_part.c - what tern eval is to score: a split of the model's data, or a labelled file. */
#include "eval.h"
#include "output_path.h"

#include "error_scope.h"

#include <tern/advice.h>

#include <string.h>

enum { SPLITS = 3 };
static const char *const splits[SPLITS] = {"train", "valid", "test"};

bool has_split(const tern_model *m, const char *split) {
    tern_model_info info = tern_model_describe(m);
    if (!strcmp(split, "train")) return info.train_data;
    if (!strcmp(split, "test")) return info.test_data;
    return info.valid_data || (info.train_data && info.validation_split > 0);
}

static tern_status no_split(const tern_model *m, const char *split, tern_error *err) {
    char there[40] = "";
    for (size_t i = 0; i < SPLITS; i++)
        if (has_split(m, splits[i])) {
            size_t used = strlen(there);
            snprintf(there + used, sizeof there - used, "%s%s", used ? ", " : "", splits[i]);
        }
    return tern_error_add(err, TERN_ERROR_MODEL, NULL,
                          "the model's data has no split \"%s\"; there is: %s; --input takes a file", split,
                          *there ? there : "none");
}

/* The split that is meant where none is named: the test data, else what validates, which is said. */
static const char *usual_split(const tern_model *m, const eval_args *a) {
    if (has_split(m, "test") || !has_split(m, "valid")) return "test";
    if (!a->base.quiet) fputs("no test data in the model file: these are the validation rows\n", stderr);
    return "valid";
}

/* What is to be evaluated: the file, or a split that is there. */
static tern_status choose_part(const tern_model *m, const eval_args *a, part *p, tern_error *err) {
    p->name = a->input ? a->input : a->split ? a->split : usual_split(m, a);
    return a->input || has_split(m, p->name) ? TERN_OK : no_split(m, p->name, err);
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
    if (trains || !has_split(m, "train")) return TERN_OK;
    tern_dataset *train = tern_dataset_open(m, "train", a->data, &unsaid);
    tern_splits data = {.train = train, .wrong_only = true};
    if (!a->input && !strcmp(p->name, "valid")) data.valid = p->data;
    else data.test = p->data;
    tern_status status = train ? tern_dataset_advise(m, &data, err) : TERN_OK;
    tern_dataset_free(train);
    return status;
}

void close_part(part *p) {
    tern_dataset_free(p->data);
    tern_split_free(&p->split);
}

tern_status open_part(session *s, const eval_args *a, const char *model, part *p, char weights[PATH_SIZE],
                      tern_error *err) {
    const char *input = a->input;
    sources from = {
        .data = a->data, .weights = weights, .target = a->target, .input = {.n = input ? 1 : 0, .v = &input}};
    tern_status status = session_open_trained(s, &a->base, model, a->weights, err);
    if (!status && !tern_model_describe(s->model).loss)
        status = tern_error_add(err, TERN_ERROR_MODEL, NULL, "the model has no loss to evaluate: give it a \"loss\"");
    if (!status) status = choose_part(s->model, a, p, err);
    if (!status) status = load_weights(s, &a->base, a->weights, weights, err); /* they say how to read the data */
    from.model = s->model;
    if (!status) status = check_output(a->output, &from, err);
    if (!status) status = input ? open_file(s, a, p, err) : open_split(s->model, a, p, err);
    return status ? status : advise(s->model, a, p, err);
}
