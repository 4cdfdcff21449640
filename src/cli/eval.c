/* eval.c - tern eval: loss and metrics on a split, and for classes who was taken for whom. */
#include "eval.h"

#include "output_path.h"

#include "memory.h"

#include <math.h>
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
    return tern_error_add(err, TERN_ERROR_MODEL, NULL, "the model's data has no split \"%s\"; there is: %s", split,
                          *there ? there : "none");
}

/* The split that is meant where none is named: the test data, else what validates, which is said. */
static const char *usual_split(const tern_model *m, const eval_args *a) {
    tern_model_info info = tern_model_describe(m);
    if (has_split(&info, "test") || !has_split(&info, "valid")) return "test";
    if (!a->base.quiet) fputs("no test data in the model file: these are the validation rows\n", stderr);
    return "valid";
}

static tern_status check_split(const tern_model *m, const char *split, tern_error *err) {
    tern_model_info info = tern_model_describe(m);
    return has_split(&info, split) ? TERN_OK : no_split(&info, split, err);
}

static tern_status open_part(const tern_model *m, const eval_args *a, const char *split, part *p, tern_error *err) {
    tern_model_info info = tern_model_describe(m);
    bool cut = strcmp(split, "test") && !info.valid_data && info.validation_split > 0;
    p->data = tern_dataset_open(m, cut ? "train" : split, a->data, err);
    if (!p->data) return TERN_ERROR_DATA;
    p->n = p->data->n;
    tern_status status = tern_dataset_target(p->data, m, p->target, err);
    if (status || !cut) return status;
    status = tern_dataset_split(p->data, m, &p->split, err);
    bool valid = !strcmp(split, "valid");
    p->rows = valid ? p->split.valid : p->split.train;
    p->n = valid ? p->split.valids : p->split.trains;
    return status;
}

static void close_part(part *p) {
    tern_dataset_free(p->data);
    tern_split_free(&p->split);
}

/* ---- the confusion matrix: [true class][predicted class] ---- */

typedef struct confusion {
    size_t classes; /* 0: the targets are no classes */
    const size_t *count;
    const tern_dataset *data;
} confusion;

static const char *class_name(const confusion *c, size_t k, char out[TABLE_CELL]) {
    if (k < c->data->y->labels) tern__text_safe(c->data->y->label[k], out, TABLE_CELL);
    else snprintf(out, TABLE_CELL, "%zu", k);
    return out;
}

static size_t sum_row(const confusion *c, size_t k) {
    size_t sum = 0;
    for (size_t i = 0; i < c->classes; i++) sum += c->count[k * c->classes + i];
    return sum;
}

static size_t sum_column(const confusion *c, size_t k) {
    size_t sum = 0;
    for (size_t i = 0; i < c->classes; i++) sum += c->count[i * c->classes + k];
    return sum;
}

/* The part of a class among all that were taken for it (precision), or that are of it (recall); NAN where there are
 * none. */
static double share(const confusion *c, size_t k, size_t of) {
    return of ? (double)c->count[k * c->classes + k] / (double)of : (double)NAN;
}

static void set_share(table *t, size_t column, double share) {
    if (isnan(share)) table_set(t, column, "-");
    else table_set(t, column, "%.4f", share);
}

static void print_classes(const confusion *c) {
    table t;
    char name[TABLE_CELL];
    puts("\nclasses");
    table_begin(&t, 4, (const char *const[]){"class", ">samples", ">precision", ">recall"});
    for (size_t k = 0; k < c->classes; k++) {
        table_row(&t);
        table_set(&t, 0, "%s", class_name(c, k, name));
        table_set(&t, 1, "%zu", sum_row(c, k));
        set_share(&t, 2, share(c, k, sum_column(c, k)));
        set_share(&t, 3, share(c, k, sum_row(c, k)));
    }
    table_end(&t);
}

/* A true class, and the one that it was taken for. */
typedef struct mistake {
    size_t truth, taken, rows;
} mistake;

/* Puts a mistake into a list of the `most` largest, the largest first. */
static void keep_largest(mistake *list, size_t *n, size_t most, mistake m) {
    size_t at = *n;
    while (at && list[at - 1].rows < m.rows) at--;
    if (at == most) return;
    if (*n < most) ++*n;
    memmove(list + at + 1, list + at, (*n - at - 1) * sizeof *list);
    list[at] = m;
}

/* In the place of a matrix that is too wide for a terminal. */
static void print_mistakes(const confusion *c) {
    enum { SHOWN = 20 };
    mistake list[SHOWN];
    size_t n = 0, kinds = 0;
    table t;
    char name[TABLE_CELL];
    for (size_t i = 0; i < c->classes * c->classes; i++) {
        mistake m = {i / c->classes, i % c->classes, c->count[i]};
        if (!m.rows || m.truth == m.taken) continue;
        kinds++;
        keep_largest(list, &n, SHOWN, m);
    }
    printf("\nconfusion: the %zu largest of %zu kinds of mistakes; --json has the matrix of all %zu classes\n", n,
           kinds, c->classes);
    table_begin(&t, 4, (const char *const[]){"true class", "taken for", ">samples", ">of the class"});
    for (size_t i = 0; i < n; i++) {
        table_row(&t);
        table_set(&t, 0, "%s", class_name(c, list[i].truth, name));
        table_set(&t, 1, "%s", class_name(c, list[i].taken, name));
        table_set(&t, 2, "%zu", list[i].rows);
        table_set(&t, 3, "%.4f", (double)list[i].rows / (double)sum_row(c, list[i].truth));
    }
    table_end(&t);
}

/* Who was taken for whom. */
static void print_matrix(const confusion *c) {
    enum { WIDEST = 20 };
    char names[WIDEST + 1][TABLE_CELL] = {""};
    const char *title[WIDEST + 1] = {""};
    table t;
    if (c->classes > WIDEST) {
        print_mistakes(c);
        return;
    }
    puts("\nconfusion (a row is the true class, a column the predicted one)");
    for (size_t k = 0; k < c->classes; k++) {
        names[k + 1][0] = '>';
        class_name(c, k, names[0]);
        snprintf(names[k + 1] + 1, TABLE_CELL - 1, "%.20s", names[0]);
        title[k + 1] = names[k + 1];
    }
    table_begin(&t, c->classes + 1, title);
    for (size_t k = 0; k < c->classes; k++) {
        table_row(&t);
        table_set(&t, 0, "%s", class_name(c, k, names[0]));
        for (size_t i = 0; i < c->classes; i++) table_set(&t, i + 1, "%zu", c->count[k * c->classes + i]);
    }
    table_end(&t);
}

static void json_shares(json *j, const char *key, const confusion *c, size_t (*sum)(const confusion *c, size_t k)) {
    json_open(j, key, '[');
    for (size_t k = 0; k < c->classes; k++) json_real(j, NULL, share(c, k, sum(c, k)));
    json_close(j, ']');
}

static void json_confusion(json *j, const confusion *c) {
    char name[TABLE_CELL];
    json_open(j, "classes", '[');
    for (size_t k = 0; k < c->classes; k++)
        json_text(j, NULL, k < c->data->y->labels ? c->data->y->label[k] : class_name(c, k, name));
    json_close(j, ']');
    json_open(j, "confusion", '[');
    for (size_t k = 0; k < c->classes; k++) {
        json_open(j, NULL, '[');
        for (size_t i = 0; i < c->classes; i++) json_size(j, NULL, c->count[k * c->classes + i]);
        json_close(j, ']');
    }
    json_close(j, ']');
    json_shares(j, "precision", c, sum_column);
    json_shares(j, "recall", c, sum_row);
}

/* ---- the command ---- */

static void print_result(const eval_args *a, const char *split, const char *weights, const char *normalized,
                         const tern_score *score, const confusion *c) {
    char count[SHORT_TEXT];
    if (!a->base.json) {
        printf("%s: %s samples  ", split, count_text(score->n, count));
        print_score(stdout, score);
        putchar('\n');
        if (normalized) printf("the loss is of %s targets, metrics are in the target's unit\n", normalized);
        if (c->classes) print_classes(c), print_matrix(c);
        return;
    }
    json j = {0};
    json_open(&j, NULL, '{');
    json_text(&j, "split", split);
    json_size(&j, "samples", score->n);
    json_text(&j, "weights", weights);
    json_score(&j, "", score);
    if (normalized) json_text(&j, "loss_of", normalized);
    if (c->classes) json_confusion(&j, c);
    json_close(&j, '}');
    json_end();
}

static tern_status evaluate(const tern_model *m, const eval_args *a, const char *split, const char *weights,
                            const part *p, tern_error *err) {
    size_t n = p->target[0] == TERN_TARGET_CLASSES && tern_model_outputs(m) == 1 ? tern_model_describe(m).target.classes
                                                                                 : 0,
           *count = tern__alloc(n * n, sizeof *count, err);
    tern_score score;
    tern_status status = count ? TERN_OK : TERN_ERROR_MEMORY;
    if (!status) status = tern_evaluate(m, p->data, p->rows, p->n, a->threads, &score, n ? count : NULL, err);
    if (!status)
        print_result(a, split, weights, tern_model_describe(m).normalized, &score, &(confusion){n, count, p->data});
    tern__free(count);
    return status;
}

static tern_status run_eval(session *s, const eval_args *a, tern_error *err) {
    char weights[PATH_SIZE];
    part p = {0};
    const char *split = a->split;
    tern_status status = session_open_trained(s, &a->base, a->base.operand.v[0], a->weights, err);
    if (!status && !tern_model_describe(s->model).loss)
        status = tern_error_add(err, TERN_ERROR_MODEL, NULL, "the model has no loss to evaluate: give it a \"loss\"");
    if (!status && !split) split = usual_split(s->model, a);
    if (!status) status = check_split(s->model, split, err);
    if (!status) status = load_weights(s, &a->base, a->weights, weights, err); /* they say how to read the data */
    if (!status)
        status = check_output(a->output, &(sources){.model = s->model, .data = a->data, .weights = weights}, err);
    if (!status) status = open_part(s->model, a, split, &p, err);
    if (!status) status = evaluate(s->model, a, split, weights, &p, err);
    if (!status && a->output) status = write_rows(a, s->model, &p, err);
    close_part(&p);
    return status;
}

static int run(const void *self, tern_error *err) {
    const eval_args *a = self;
    session s = {0};
    tern_status status = a->split ? TERN_ERROR_USAGE : TERN_OK;
    for (size_t i = 0; i < SPLITS && status; i++)
        if (!strcmp(a->split, splits[i])) status = TERN_OK;
    if (status) tern_error_add(err, status, NULL, "--split: expected test, valid or train, found \"%.60s\"", a->split);
    else if (a->output && !ends_in(a->output, ".csv"))
        status = tern_error_add(err, TERN_ERROR_USAGE, NULL, "--output: a file ends in .csv, \"%.200s\" does not",
                                a->output);
    else status = run_eval(&s, a, err);
    session_close(&s);
    return status ? exit_code_of(err) : EXIT_DONE;
}

static const option options[] = {
    TEXT(eval_args, split, "split", "NAME", "test, valid or train (default: test, else valid)."),
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
    .doc = "Loss and metrics on a split of the data.",
    .size = sizeof(eval_args),
    .options = options,
    .run = run,
};
