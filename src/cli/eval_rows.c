/* eval_rows.c - tern eval --output: each row's truth, prediction, probability and loss. */
#include "eval.h"

#include "answers.h"
#include "memory.h"

static void write_place_head(const answers *a, csv *c, const char *what, size_t i) {
    char prefix[24];
    bool alone = a->meaning.places == 1, named = !a->meaning.classes && i < a->meaning.names;
    snprintf(prefix, sizeof prefix, "%s_", what);
    if (alone) csv_text(c, what);
    else if (!named) csv_name(c, NULL, prefix, i);
    else {
        char text[TERN_MAX_NAME + 24];
        snprintf(text, sizeof text, "%s%s", prefix, a->meaning.name[i]);
        csv_text(c, text);
    }
}

static void write_head(const answers *a, csv *c) {
    csv_text(c, "row");
    for (size_t i = 0; i < a->meaning.places; i++) {
        bool yes = a->meaning.probabilities && !a->meaning.classes; /* how likely, as predict says it */
        write_place_head(a, c, "truth", i);
        write_place_head(a, c, yes ? "probability" : "prediction", i);
        if (a->meaning.classes) write_place_head(a, c, a->meaning.probabilities ? "probability" : "score", i);
    }
    csv_text(c, "loss");
    csv_row(c);
}

/* The true class at a place: an index, the largest of a number for each class, or a number that says yes. */
static size_t true_class(const answers *a, const part *p, size_t row, size_t place, bool *known) {
    const tern_array *y = p->data->y;
    if (!p->data->targets) return *known = false, 0;
    size_t count = tern_shape_count(&y->shape), places = a->meaning.places, best = 0;
    double v = tern_array_get(y, row * count + place);
    *known = true;
    if (count == places && p->target[0] == TERN_TARGET_VALUES) return v > 0.5;
    if (count == places) return *known = v >= 0 && v < (double)a->meaning.classes, *known ? (size_t)v : 0;
    for (size_t k = 1; k < a->meaning.classes; k++)
        if (tern_array_get(y, row * count + k * places + place) >
            tern_array_get(y, row * count + best * places + place))
            best = k;
    return best;
}

static void write_place(const answers *a, csv *c, const part *p, size_t row, const tern_real *pred, size_t i) {
    const tern_array *y = p->data->y;
    size_t count = p->data->targets ? tern_shape_count(&y->shape)
                                    : 0; /* of several predictions of a number each has that for its truth */
    double score;
    bool known;
    if (!a->meaning.classes) {
        if (count) csv_number(c, tern_model_truth(a->m, i, tern_array_get(y, row * count + i % count)));
        else csv_text(c, ""); /* the data have no targets */
        csv_number(c, a->meaning.probabilities ? a->score[i] : (double)pred[i]);
        return;
    }
    size_t truth = true_class(a, p, row, i, &known);
    if (known) answers_class(a, c, truth);
    else csv_text(c, ""); /* ignored by the loss */
    answers_class(a, c, answers_best(a, i, &score));
    csv_number(c, score);
}

static tern_status write(const eval_args *a, const tern_model *m, const part *p, const tern_tensor *pred,
                         const double *loss, tern_error *err) {
    answers said;
    csv c = csv_begin(a->output);
    tern_status status = answers_open(&said, m, err);
    if (!status) write_head(&said, &c);
    for (size_t i = 0; !status && i < p->n; i++) {
        size_t row = p->rows ? p->rows[i] : i;
        const tern_real *out = pred->data + i * said.meaning.count;
        answers_take(&said, out);
        csv_number(&c, (double)(p->data->row ? p->data->row[row] : row));
        for (size_t k = 0; k < said.meaning.places; k++) write_place(&said, &c, p, row, out, k);
        csv_number(&c, loss[i]);
        csv_row(&c);
    }
    answers_free(&said);
    return status ? status : csv_end(&c, err);
}

tern_status write_rows(const eval_args *a, const tern_model *m, const part *p, tern_error *err) {
    tern_shape out = tern_model_output(m);
    tern_tensor pred = {tern_shape_batch(&out, p->n), NULL};
    double *loss = tern__alloc(p->n, sizeof *loss, err);
    pred.data = loss ? tern__alloc(tern_tensor_count(&pred), sizeof *pred.data, err) : NULL;
    tern_status status = pred.data ? TERN_OK : TERN_ERROR_MEMORY;
    if (!status) status = tern_evaluate_rows(m, p->data, p->rows, p->n, a->threads, &pred, loss, err);
    if (!status) status = write(a, m, p, &pred, loss, err);
    tern__free(pred.data);
    tern__free(loss);
    return status;
}
