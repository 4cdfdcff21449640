/* answers.c - what a model says of each sample; see answers.h. */
#include "answers.h"

#include "memory.h"

#include <stdio.h>
#include <string.h>

tern_status answers_open(answers *a, const tern_model *m, tern_error *err) {
    *a = (answers){.m = m, .meaning = tern_model_meaning(m)};
    a->score = tern__alloc(a->meaning.count + 1, sizeof *a->score, err);
    return a->score ? TERN_OK : TERN_ERROR_MEMORY;
}

void answers_free(answers *a) { tern__free(a->score); }

void answers_take(answers *a, const tern_real *out) { tern_model_scores(a->m, out, a->score); }

size_t answers_best(const answers *a, size_t place, double *score) {
    const double *s = a->score + place;
    size_t best = 0, places = a->meaning.places;
    for (size_t c = 1; c < a->meaning.classes; c++)
        if (s[c * places] > s[best * places]) best = c;
    *score = s[best * places];
    return best;
}

static const char *name(const answers *a, size_t k) { return k < a->meaning.names ? a->meaning.name[k] : NULL; }

void answers_class(const answers *a, csv *c, size_t k) { csv_name(c, name(a, k), "", k); }

void answers_head(const answers *a, csv *c) {
    const char *score = a->meaning.probabilities ? "probability" : "score";
    size_t places = a->meaning.places;
    for (size_t i = 0; i < places; i++) {
        char prefix[24];
        snprintf(prefix, sizeof prefix, "%s_", score);
        if (!a->meaning.classes) csv_name(c, places == 1 && !name(a, 0) ? "output" : name(a, i), "output_", i);
        else csv_name(c, places == 1 ? "class" : NULL, "class_", i), csv_name(c, places == 1 ? score : NULL, prefix, i);
    }
    csv_row(c);
}

void answers_row(const answers *a, csv *c) {
    for (size_t i = 0; i < a->meaning.places; i++) {
        double score = a->score[i];
        if (a->meaning.classes) answers_class(a, c, answers_best(a, i, &score));
        csv_number(c, score);
    }
    csv_row(c);
}

void answers_scores_head(const answers *a, csv *c) {
    for (size_t i = 0; i < a->meaning.places; i++)
        for (size_t k = 0; k < a->meaning.classes; k++) answers_class(a, c, k);
    csv_row(c);
}

void answers_scores_row(const answers *a, csv *c) {
    for (size_t i = 0; i < a->meaning.places; i++)
        for (size_t k = 0; k < a->meaning.classes; k++) csv_number(c, a->score[k * a->meaning.places + i]);
    csv_row(c);
}

size_t answers_steps(const tern_model *m, size_t output, const tern_dataset *d, size_t row) {
    const char *name = tern_model_output_at(m, output).lengths;
    const tern_array *x = d->x;
    for (size_t k = 0; d->inputs > 1 && k < d->inputs; k++)
        if (d->x[k].name && !strcmp(d->x[k].name, name)) x = &d->x[k];
    return x->length ? x->length[row] : x->shape.dim[0];
}
