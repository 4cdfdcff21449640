/* predict_csv.c - predictions as CSV: classes by name with their probabilities, numbers by the targets' names. */
#include "predict.h"

#include "answers.h"
#include "memory.h"

#include <string.h>

/* The numbers of a sample as they are. */
static void write_numbers(csv *c, const tern_real *y, size_t n) {
    for (size_t i = 0; i < n; i++) csv_number(c, (double)y[i]);
    csv_row(c);
}

static void write_layer_head(csv *c, const char *layer, size_t n) {
    char prefix[TERN_MAX_NAME + 1];
    snprintf(prefix, sizeof prefix, "%s.", layer);
    for (size_t i = 0; i < n; i++) csv_name(c, NULL, prefix, i);
    csv_row(c);
}

bool name_head(const predict_args *a, const tern_dataset *d, char head[HEAD_SIZE]) {
    bool after = d->series && !a->forecast;
    if (!a->id && (!d->id || a->raw)) return false;
    snprintf(head, HEAD_SIZE, a->id && after ? "after_%s" : "%s", a->id ? a->id : "path");
    return true;
}

void distinguish_head(char head[HEAD_SIZE]) {
    char text[HEAD_SIZE];
    snprintf(text, sizeof text, "input_%.*s", HEAD_SIZE - 7, head);
    memcpy(head, text, sizeof text);
}

/* What heads the predictions of a sample, n numbers; `steps`: of one of its steps. */
static void write_predictions_head(const predict_args *a, const answers *said, bool steps, csv *c, size_t n) {
    if (steps) csv_text(c, "step");
    if (a->layer) write_layer_head(c, a->layer, n);
    else if (a->probabilities) answers_scores_head(said, c);
    else answers_head(said, c);
}

static bool heads_predictions(const predict_args *a, const answers *said, bool steps, size_t n, const char *head) {
    csv probe = {.wanted = head};
    write_predictions_head(a, said, steps, &probe, n);
    tern__free(probe.text.text);
    return probe.found;
}

/* The names of samples are headed as none of their predictions are. False: they have none. */
static bool write_name_head(const predict_args *a, const tern_dataset *d, const answers *said, bool steps, csv *c,
                            size_t n) {
    char head[HEAD_SIZE];
    if (!name_head(a, d, head)) return false;
    while (heads_predictions(a, said, steps, n, head)) distinguish_head(head);
    csv_text(c, head);
    return true;
}

/* Whether the samples have names. */
static bool write_head(const predict_args *a, const tern_dataset *d, const answers *said, csv *c, size_t n) {
    char head[HEAD_SIZE];
    if (a->raw) return name_head(a, d, head);
    bool named = write_name_head(a, d, said, false, c, n);
    write_predictions_head(a, said, false, c, n);
    return named;
}

static void write_row(const predict_args *a, answers *said, csv *c, const tern_real *y, size_t n) {
    if (a->raw || a->layer || !(said->meaning.classes || said->meaning.probabilities)) {
        write_numbers(c, y, n);
        return;
    }
    answers_take(said, y);
    if (a->probabilities) answers_scores_row(said, c);
    else answers_row(said, c);
}

/* What the rows of a forecast are called: the dates of --id go on, or else steps are counted, which is said. For
 * tern__free(). */
static char (*name_rows(const predict_args *a, const tern_dataset *d, tern_error *err))[TERN_DATE_TEXT] {
    char(*name)[TERN_DATE_TEXT] = tern__alloc(a->forecast, sizeof *name, err);
    if (!name || tern_dataset_forecast_names(d, a->forecast, name)) return name;
    for (size_t i = 0; i < a->forecast; i++) snprintf(name[i], sizeof name[i], "%zu", i + 1);
    tern_error_warn(err, NULL,
                    "the column \"%.64s\" holds no dates that follow one another evenly: the rows of the forecast are "
                    "numbered, from 1",
                    a->id);
    return name;
}

static tern_status write_forecast(const predict_args *a, const tern_model *m, const tern_dataset *d,
                                  const tern_tensor *y, csv *c, tern_error *err) {
    const char *const *names;
    char head[HEAD_SIZE];
    size_t n = tern_forecast_columns(m, &names, NULL);
    char(*row)[TERN_DATE_TEXT] = a->id ? name_rows(a, d, err) : NULL;
    if (a->id && !row) return TERN_ERROR_MEMORY;
    snprintf(head, sizeof head, "%s", a->id ? a->id : "");
    for (size_t i = 0; i < n; i++)
        if (!strcmp(head, names[i])) distinguish_head(head);
    if (row) csv_text(c, head);
    for (size_t i = 0; i < n; i++) csv_text(c, names[i]);
    csv_row(c);
    for (size_t i = 0; i < y->shape.dim[0]; i++) {
        if (row) csv_text(c, row[i]);
        write_numbers(c, y->data + i * n, n);
    }
    tern__free(row);
    return TERN_OK;
}

/* A line for each step of each sequence. */
static void write_steps(const predict_args *a, const tern_dataset *d, const tern_tensor *y, answers *said, csv *c) {
    size_t room = y->shape.dim[1], n = tern_tensor_count(y) / d->n / room;
    bool named = write_name_head(a, d, said, true, c, n);
    if (!named) csv_text(c, "row");
    write_predictions_head(a, said, true, c, n);
    for (size_t i = 0; i < d->n; i++)
        for (size_t t = 0; t < answers_steps(said->m, 0, d, i); t++) {
            if (named) csv_text(c, d->id[i]);
            else csv_number(c, (double)i);
            csv_number(c, (double)t);
            write_row(a, said, c, y->data + (i * room + t) * n, n);
        }
}

static void write_samples(const predict_args *a, const tern_dataset *d, const tern_tensor *y, answers *said, csv *c) {
    size_t n = tern_tensor_count(y) / d->n;
    bool named = write_head(a, d, said, c, n);
    for (size_t i = 0; i < d->n; i++) {
        if (named) csv_text(c, d->id[i]);
        write_row(a, said, c, y->data + i * n, n);
    }
}

tern_status write_predictions(const predict_args *a, const tern_model *m, const tern_dataset *d, const tern_tensor *y,
                              tern_error *err) {
    answers said;
    csv c = csv_begin(a->output);
    tern_status status = answers_open(&said, m, err);
    if (!status && a->probabilities && !said.meaning.classes)
        status = tern_error_add(err, TERN_ERROR_USAGE, NULL,
                                "--probabilities is for classes; the model's outputs are numbers");
    else if (!status && a->probabilities && !said.meaning.probabilities)
        status = tern_error_add(err, TERN_ERROR_USAGE, NULL,
                                "--probabilities: the model's outputs are none, and its loss (%s) makes none of them; "
                                "--raw shows them as they are",
                                tern_model_describe(m).loss);
    if (!status) {
        bool steps = tern_model_output_at(m, 0).lengths && !a->layer && !a->raw;
        if (a->forecast) status = write_forecast(a, m, d, y, &c, err);
        else if (steps) write_steps(a, d, y, &said, &c);
        else write_samples(a, d, y, &said, &c);
        tern_status written = csv_end(&c, err);
        if (!status) status = written;
    }
    answers_free(&said);
    return status;
}
