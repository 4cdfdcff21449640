/* predict_json.c - predictions as JSON: numbers nested as they are shaped, each sequence as long as it is. */
#include "predict.h"

#include "answers.h"

#include <tern/meaning.h>

#include <string.h>

/* Numbers nested as the shape says. */
static const tern_real *json_tensor(json *j, const char *key, const tern_shape *shape, size_t dim, const tern_real *v) {
    if (dim == shape->rank || dim == TERN_MAX_RANK) { /* the second for compilers that unroll this */
        json_real(j, key, (double)*v);
        return v + 1;
    }
    json_open(j, key, '[');
    for (size_t i = 0; i < shape->dim[dim]; i++) v = json_tensor(j, NULL, shape, dim + 1, v);
    json_close(j, ']');
    return v;
}

/* What the numbers of the only output are about, where that is known. */
static void json_names(json *j, const predict_args *a, const tern_model *m) {
    tern_meaning meaning = tern_model_meaning(m);
    if (a->layer || a->forecast || !meaning.names || tern_model_outputs(m) > 1) return;
    char text[TERN_NUMBER_TEXT];
    size_t n = meaning.classes ? meaning.classes : meaning.names;
    json_open(j, meaning.classes ? "classes" : "names", '[');
    for (size_t i = 0; i < n; i++) json_text(j, NULL, tern_meaning_name(&meaning, i, text));
    json_close(j, ']');
}

/* Each sequence as long as it is. */
static void json_sequences(json *j, const tern_model *m, size_t output, const tern_dataset *d, const tern_tensor *y) {
    tern_shape one = {.rank = y->shape.rank - 1};
    for (size_t k = 0; k < one.rank; k++) one.dim[k] = y->shape.dim[k + 1];
    size_t count = tern_shape_count(&one);
    json_open(j, "output", '[');
    for (size_t i = 0; i < d->n; i++) {
        one.dim[0] = answers_steps(m, output, d, i);
        json_tensor(j, NULL, &one, 0, y->data + i * count);
    }
    json_close(j, ']');
}

static void json_output(json *j, const predict_args *a, const tern_model *m, size_t k, const tern_dataset *d,
                        const tern_tensor *y) {
    json_shape(j, "shape", &y->shape);
    if (a->output) return;
    if (!a->layer && !a->forecast && tern_model_output_at(m, k).lengths) json_sequences(j, m, k, d, y);
    else json_tensor(j, "output", &y->shape, 0, y->data);
}

static void json_samples(json *j, const predict_args *a, const tern_dataset *d) {
    static const char *const taken[] = {"shape", "output", "classes", "names", "file"};
    char head[HEAD_SIZE];
    if (!name_head(a, d, head)) return;
    for (size_t i = 0; i < sizeof taken / sizeof *taken; i++)
        if (!strcmp(head, taken[i])) distinguish_head(head);
    json_open(j, head, '[');
    for (size_t i = 0; i < d->n; i++) json_text(j, NULL, d->id[i]);
    json_close(j, ']');
}

void write_predictions_json(const predict_args *a, const tern_model *m, const tern_dataset *d, const outputs *o) {
    json j = {0};
    json_open(&j, NULL, '{');
    if (o->n == 1) json_output(&j, a, m, 0, d, o->y);
    json_names(&j, a, m);
    json_samples(&j, a, d);
    for (size_t k = 0; o->n > 1 && k < o->n; k++) {
        json_open(&j, o->name[k], '{');
        json_output(&j, a, m, k, d, &o->y[k]);
        json_close(&j, '}');
    }
    if (a->output) json_text(&j, "file", a->output);
    json_close(&j, '}');
    json_end();
}
