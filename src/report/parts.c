/* parts.c - the splits of a run's data, and what its model says of them; see subject.h. */
#include "subject.h"

#include <tern/meaning.h>

#include <stdio.h>
#include <string.h>

/* The rows of a split, and which they are. */
static tern_status open_rows(tern__part *p, const tern_model *m, const char *split, const char *dir, tern__arena *arena,
                             tern_error *err) {
    tern_model_info info = tern_model_describe(m);
    tern_target target[TERN_MAX_LOSSES];
    bool cut = strcmp(split, "test") && !info.valid_data && info.validation_split > 0;
    p->source = cut ? "train" : split;
    p->data = tern_dataset_open(m, p->source, dir, err);
    if (!p->data) return TERN_ERROR_DATA;
    tern_status status = tern_dataset_target(p->data, m, target, err);
    if (status) return status;
    p->target = target[0];
    if (cut) status = tern_dataset_split_trained(p->data, m, &p->split, err);
    p->n = cut ? p->split.valids : p->data->n;
    p->row = cut ? p->split.valid : tern__arena_alloc(arena, p->n, sizeof *p->row, err);
    if (status || !p->row) return status ? status : TERN_ERROR_MEMORY;
    for (size_t i = 0; !cut && i < p->n; i++) p->row[i] = i;
    return TERN_OK;
}

static tern_status name_classes(tern__part *p, const tern_model *m, tern__arena *arena, tern_error *err) {
    const tern_array *y = p->data->y;
    tern_meaning meaning = tern_model_meaning(m);
    size_t k = p->answers.k;
    const char **name = tern__arena_alloc(arena, k, sizeof *name, err);
    for (size_t i = 0; name && i < k; i++) {
        char text[TERN_NUMBER_TEXT];
        const char *called = i < y->labels ? y->label[i] : tern_meaning_name(&meaning, i, text);
        name[i] = called == text ? tern__arena_text(arena, text, strlen(text), err) : called;
        if (!name[i]) name = NULL;
    }
    p->class_name = name;
    return name ? TERN_OK : TERN_ERROR_MEMORY;
}

static tern_status score(tern__part *p, tern__arena *arena, tern_error *err) {
    const tern__answers *o = &p->answers;
    if (o->kind == TERN__CLASSES) return tern__score_classes(o->n, o->k, o->p, o->truth, arena, &p->classes, err);
    if (o->kind == TERN__LABELS) return tern__score_labels(o->n, o->k, o->p, o->is, arena, &p->classes, err);
    p->value = tern__arena_alloc(arena, o->k, sizeof *p->value, err);
    for (size_t k = 0; p->value && k < o->k; k++) p->value[k] = tern__score_values(o->n, o->k, o->p + k, o->target + k);
    return p->value ? TERN_OK : TERN_ERROR_MEMORY;
}

static tern_status read_part(tern__subject *s, const char *name, const char *split, const tern_report_options *o,
                             tern_error *err) {
    tern__part *p = &s->part[s->parts];
    tern_status status = open_rows(p, s->model, split, o->data, &s->arena, err);
    if (!status) status = tern_evaluate(s->model, p->data, p->row, p->n, o->threads, &p->score, NULL, err);
    if (status) return status;
    tern_shape out = tern_model_output(s->model);
    bool single = p->data->inputs == 1 && p->data->targets == 1 && tern_model_outputs(s->model) == 1;
    bool steps = tern_model_output_at(s->model, 0).lengths != NULL;
    bool alike =
        p->target == TERN_TARGET_CLASSES || (single && tern_shape_count(&p->data->y->shape) == tern_shape_count(&out));
    bool pictures = single && alike && !steps;
    if (!pictures)
        snprintf(s->no_data, sizeof s->no_data, "It has %s, of which no pictures are made.",
                 !single ? "several inputs or outputs"
                 : steps ? "an answer for each step of a sequence"
                         : "other numbers of outputs and targets");
    if (pictures) {
        tern__asked asked = {.m = s->model, .data = p->data, .row = p->row, .n = p->n, .threads = o->threads};
        status = tern__answers_make(&asked, p->target, &s->arena, &p->answers, err);
        if (!status) status = name_classes(p, s->model, &s->arena, err);
        if (!status && p->answers.n) status = score(p, &s->arena, err);
    }
    if (status) return status;
    p->name = name;
    s->parts++;
    return TERN_OK;
}

/* Test data says most; without either of both, the training data has to do. */
static tern_status read_all(tern__subject *s, const tern_report_options *o, tern_error *err) {
    tern_model_info info = tern_model_describe(s->model);
    bool valid = info.valid_data || (info.train_data && info.validation_split > 0);
    tern_status status = TERN_OK;
    if (info.test_data) status = read_part(s, "Test", "test", o, err);
    if (!status && valid) status = read_part(s, "Validation", "valid", o, err);
    if (!status && !s->parts && info.train_data) status = read_part(s, "Training", "train", o, err);
    if (!status && !s->parts) snprintf(s->no_data, sizeof s->no_data, "The model file names no data.");
    return status;
}

tern_status tern__subject_read_parts(tern__subject *s, const tern_report_options *o, tern_error *err) {
    if (!tern_model_describe(s->model).loss) {
        snprintf(s->no_data, sizeof s->no_data, "The model has no loss, so nothing can be said of its data.");
        return TERN_OK;
    }
    if (o->data) return read_all(s, o, err);
    tern_error *own = tern__alloc(1, sizeof *own, err); /* data that can't be found is no reason to fail */
    if (!own) return TERN_ERROR_MEMORY;
    tern_status status = read_all(s, o, own);
    for (size_t i = 0; i < own->count; i++)
        if (!own->item[i].status) tern_error_warn(err, NULL, "%s", own->item[i].text);
    if (status) {
        const char *why = own->item[own->newest ? own->newest - 1 : 0].text;
        if (!s->parts) snprintf(s->no_data, sizeof s->no_data, "%s", why);
        tern_error_warn(err, NULL, "the report on %.200s is without %s data: %.300s", s->dir,
                        s->parts ? "its validation" : "its", why);
    }
    tern__free(own);
    return status == TERN_ERROR_MEMORY ? status : TERN_OK;
}
