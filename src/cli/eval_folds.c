/* eval_folds.c - tern eval of a cross-validation: what its folds score, in the mean, and what the mean of their answers
 * does. */
#include "ensemble.h"
#include "eval.h"
#include "fold_scores.h"

#include "memory.h"

#include <string.h>

/* The folds being scored on one part of the data. */
typedef struct folds {
    const eval_args *a; /* with the part named */
    size_t n;
    bool own; /* each has rows of its own there, so that no mean of answers can be */
    scores all;
    size_t samples; /* of the last fold */
    ensemble together;
    tern_tensor y; /* what the first says, then the mean */
    const char *name, *normalized;
} folds;

/* Adds what a fold answers to those before it. */
static tern_status add_answers(folds *f, const session *s, const part *p, tern_error *err) {
    tern_shape out = tern_model_output(s->model);
    tern_tensor y = {tern_shape_batch(&out, p->n), NULL};
    y.data = tern__alloc(tern_tensor_count(&y), sizeof *y.data, err);
    tern_status status = y.data ? tern_dataset_predict(p->data, s->model, f->a->threads, &y, err) : TERN_ERROR_MEMORY;
    if (!status) status = ensemble_add(&f->together, s->model, &y, err);
    if (f->y.data) tern__free(y.data);
    else f->y = y;
    return status;
}

/* What the first fold warns of is said of all, and is said once. */
static tern_status score_fold(folds *f, size_t fold, session *s, part *p, tern_error *err) {
    static tern_error said;
    char run[PATH_SIZE + 32], weights[PATH_SIZE];
    eval_args one = *f->a;
    tern_score score;
    snprintf(run, sizeof run, "%s/fold-%zu", f->a->base.operand.v[0], fold + 1);
    one.base.quiet |= fold > 0;
    said = *err;
    tern_status status = open_part(s, &one, run, p, weights, err);
    if (!status) status = tern_evaluate(s->model, p->data, p->rows, p->n, f->a->threads, &score, NULL, err);
    if (status) return status;
    scores_keep(&f->all, fold, &score);
    f->samples = score.n;
    f->normalized = tern_model_describe(s->model).normalized;
    bool one_answer = tern_model_outputs(s->model) == 1 && !tern_model_output_at(s->model, 0).lengths;
    if (!f->own && one_answer) status = add_answers(f, s, p, err);
    if (!status && fold) *err = said;
    return status;
}

/* The first fold's model and data stay open: by them the mean is scored. */
static tern_status score_folds(folds *f, tern_error *err) {
    session first = {0};
    part of_first = {0};
    tern_score score;
    tern_status status = scores_make(&f->all, f->n, err);
    for (size_t k = 0; !status && k < f->n; k++) {
        session other = {0};
        part more = {0};
        status = score_fold(f, k, k ? &other : &first, k ? &more : &of_first, err);
        close_part(&more);
        session_close(&other);
    }
    if (!status && f->together.models) {
        ensemble_mean(&f->together, &f->y);
        status = tern_evaluate_outputs(first.model, of_first.data, &f->y, &score, err);
        if (!status) status = scores_keep_together(&f->all, &score, err);
    }
    ensemble_free(&f->together);
    tern__free(f->y.data);
    close_part(&of_first);
    session_close(&first);
    return status;
}

static void print_part(const folds *f, json *j) {
    char name[PATH_SIZE], count[SHORT_TEXT];
    if (f->a->base.json) {
        json_open(j, NULL, '{');
        json_text(j, f->a->input ? "input" : "split", f->name);
        scores_json(&j->writer, "scores", &f->all);
        json_close(j, '}');
        return;
    }
    printf("%s: %zu folds", tern__text_safe(f->name, name, sizeof name), f->n);
    if (f->own)
        printf(", each on the samples that %s\n", strcmp(f->name, "train") ? "it did not train on" : "it trained on");
    else
        printf(" on %s samples%s\n", count_text(f->samples, count),
               f->all.together ? "; the ensemble is the mean of their answers" : "");
    scores_print(&f->all);
    if (f->normalized) printf("the loss is of %s targets, by each fold's own scale\n", f->normalized);
}

static tern_status eval_part(const eval_args *a, size_t n, const char *split, json *j, tern_error *err) {
    eval_args one = *a;
    if (split) one.split = split;
    folds f = {.a = &one, .n = n, .own = split && strcmp(split, "test"), .name = split ? split : a->input};
    tern_status status = score_folds(&f, err);
    if (!status) print_part(&f, j);
    scores_free(&f.all);
    return status;
}

/* Whether the model has test data, by its first fold. */
static tern_status find_test(const eval_args *a, bool *test, tern_error *err) {
    session s = {0};
    char run[PATH_SIZE + 32];
    snprintf(run, sizeof run, "%s/fold-1", a->base.operand.v[0]);
    tern_status status = session_open_trained(&s, &a->base, run, NULL, err);
    *test = !status && has_split(s.model, "test");
    session_close(&s);
    tern_error_clear(status ? NULL : err); /* warnings are said again */
    return status;
}

tern_status eval_folds(const eval_args *a, size_t n, tern_error *err) {
    bool test = false, named = a->split || a->input;
    json j = {0};
    if (a->weights || a->output)
        return tern_error_add(err, TERN_ERROR_USAGE, NULL, "--%s is for one model: name a fold, %.200s/fold-1",
                              a->weights ? "weights" : "output", a->base.operand.v[0]);
    if (a->input && !strcmp(a->input, "-"))
        return tern_error_add(err, TERN_ERROR_USAGE, NULL, "standard input can't be read by %zu folds; name a file", n);
    tern_status status = named ? TERN_OK : find_test(a, &test, err);
    if (status) return status;
    if (a->base.json) json_open(&j, NULL, '{'), json_size(&j, "folds", n), json_open(&j, "parts", '[');
    status = eval_part(a, n, a->input ? NULL : a->split ? a->split : "valid", &j, err);
    if (!status && test) status = eval_part(a, n, "test", &j, err);
    if (a->base.json) json_close(&j, ']'), json_close(&j, '}'), json_end();
    return status;
}
