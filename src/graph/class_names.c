/* class_names.c - whether the names of classes that a model file lists can be meant; see fitted.h. */
#include "fitted.h"

#include "memory.h"
#include "text.h"

#include <stdlib.h>
#include <string.h>

typedef struct place {
    const char *name;
    size_t at;
} place;

static int by_name(const void *a, const void *b) {
    const place *x = a, *y = b;
    int order = strcmp(x->name, y->name);
    return order ? order : (x->at > y->at) - (x->at < y->at);
}

static tern_status check_names(const tern_strings *names, tern_error *err) {
    tern_status status = TERN_OK;
    if (names->n == 1)
        return tern_error_add(err, TERN_ERROR_MODEL, "classes",
                              "names one class, \"%.64s\": there is nothing to tell it from; two or more are accepted",
                              names->v[0]);
    if (!names->n) return TERN_OK;
    place *sorted = tern__alloc(names->n, sizeof *sorted, err);
    if (!sorted) return TERN_ERROR_MEMORY;
    for (size_t i = 0; i < names->n; i++) sorted[i] = (place){names->v[i], i};
    qsort(sorted, names->n, sizeof *sorted, by_name);
    for (size_t i = 1; i < names->n; i++)
        if (!strcmp(sorted[i - 1].name, sorted[i].name))
            status = tern_error_add(err, TERN_ERROR_MODEL, "classes",
                                    "names \"%.64s\" twice, as number %zu and number %zu (counted from 0); each "
                                    "class has one place",
                                    sorted[i].name, sorted[i - 1].at, sorted[i].at);
    tern__free(sorted);
    return status;
}

/* How many classes the outputs can tell apart; 0: any number. */
static size_t outputs_of(const tern_model *m) {
    const tern_loss_type *loss = tern__model_loss(m);
    if (m->losses != 1 || m->outputs != 1 || !loss) return 0;
    if (loss->targets & TERN_TARGET_CLASSES) return m->measured.loss[0].spec.classes;
    tern_shape out = tern__value_shape(m, m->result[0].value);
    return m->config.target.encode == TERN__TARGET_INDEX ? 0 : tern_shape_count(&out);
}

static tern_status check_count(const tern_model *m, const tern_strings *names, tern_error *err) {
    size_t outputs = names->n ? outputs_of(m) : 0;
    char list[300] = "";
    if (!outputs || outputs == names->n) return TERN_OK;
    for (size_t i = 0; i < names->n; i++) tern__text_add(list, sizeof list, "%s%.64s", i ? ", " : "", names->v[i]);
    return tern_error_add(err, TERN_ERROR_MODEL, "classes",
                          "names %zu classes (%s), but the model's output has %zu: the last layer needs one for each "
                          "class",
                          names->n, list, outputs);
}

/* The list that a reader has, or NULL. */
static const tern_strings *list_of(const tern_object *reader) {
    const tern_option *row = reader->self ? tern__option_find(reader->type->options, "classes") : NULL;
    return row && row->kind == TERN_OPTION_STRINGS ? (const void *)((const char *)reader->self + row->offset) : NULL;
}

static tern_status check_reader(const tern_model *m, const char *split, const tern_object *reader, bool planned,
                                tern_error *err) {
    const tern_strings *names = list_of(reader), *target = &m->config.target.classes;
    if (!names || !names->n) return TERN_OK;
    size_t depth = tern_error_enter(err, "data", 0);
    tern_error_enter(err, split, 0);
    tern_status status =
        planned && !strcmp(split, "train") && tern__model_loss(m) && tern__model_loss(m)->targets & TERN_TARGET_CLASSES
            ? check_count(m, names, err)
        : planned ? TERN_OK
                  : check_names(names, err);
    for (size_t i = 0; !planned && !status && target->n && i < names->n; i++)
        if (names->n != target->n || strcmp(names->v[i], target->v[i]) != 0)
            status = tern_error_add(err, TERN_ERROR_MODEL, "classes",
                                    "are not those of \"target\", the %zu from \"%.64s\" to \"%.64s\" in their order; "
                                    "leave one of the lists out",
                                    target->n, target->v[0], target->v[target->n - 1]);
    tern_error_leave(err, depth);
    return status;
}

static tern_status check_all(const tern_model *m, bool planned, tern_error *err) {
    const tern__data *d = &m->config.data;
    const tern_strings *target = &m->config.target.classes;
    size_t depth = tern_error_enter(err, "target", 0);
    tern_status status = planned ? check_count(m, target, err) : check_names(target, err);
    tern_error_leave(err, depth);
    if (!status) status = check_reader(m, "train", &d->train, planned, err);
    if (!status) status = check_reader(m, "valid", &d->valid, planned, err);
    return status ? status : check_reader(m, "test", &d->test, planned, err);
}

tern_status tern__class_names_check(const tern_model *m, tern_error *err) { return check_all(m, false, err); }
tern_status tern__class_names_count(const tern_model *m, tern_error *err) { return check_all(m, true, err); }
