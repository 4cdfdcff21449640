/* registry_check.c - what is asked of every type before it is believed. The conformance tests ask it of the built-in
 * ones. */
#include "registry_check.h"

#include "options.h"

#include <tern/plugin.h>

#include <math.h>
#include <string.h>

static tern_status bad(const tern_type *t, tern_error *err, const char *what) {
    return tern_error_add(err, TERN_ERROR_PLUGIN, NULL, "%s \"%s\" %s", tern_kind_name(t->kind), t->name, what);
}

static tern_status bad_row(const tern_type *t, const tern_option *row, tern_error *err, const char *what) {
    return tern_error_add(err, TERN_ERROR_PLUGIN, NULL, "%s \"%s\", option \"%s\" %s", tern_kind_name(t->kind), t->name,
                          row->name, what);
}

static bool plain_name(const char *name) {
    return *name && strlen(name) < TERN_MAX_NAME &&
           strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789_") == strlen(name);
}

/* How much of the struct a row of each kind fills; a block fills at least its `given`. */
static const size_t widths[] = {
    [TERN_OPTION_SIZE] = sizeof(size_t),
    [TERN_OPTION_INT] = sizeof(int64_t),
    [TERN_OPTION_REAL] = sizeof(double),
    [TERN_OPTION_BOOL] = sizeof(bool),
    [TERN_OPTION_STRING] = sizeof(char *),
    [TERN_OPTION_CHOICE] = sizeof(int),
    [TERN_OPTION_SHAPE] = sizeof(tern_shape),
    [TERN_OPTION_INTS] = sizeof(tern_ints),
    [TERN_OPTION_REALS] = sizeof(tern_reals),
    [TERN_OPTION_STRINGS] = sizeof(tern_strings),
    [TERN_OPTION_NAMED_REALS] = sizeof(tern_named_reals),
    [TERN_OPTION_TYPE] = sizeof(tern_object),
    [TERN_OPTION_TYPES] = sizeof(tern_objects),
    [TERN_OPTION_BLOCK] = sizeof(bool),
    [TERN_OPTION_BLOCKS] = sizeof(tern_blocks),
    [TERN_OPTION_NAMED] = sizeof(tern_named),
};

static tern_status check_row(const tern_type *t, const tern_option *row, tern_error *err) {
    if (!plain_name(row->name)) return bad_row(t, row, err, "has a name that is not lower snake case");
    if (!strcmp(row->name, "type")) return bad_row(t, row, err, "has the name that says the type");
    if (!row->doc || !*row->doc) return bad_row(t, row, err, "has no sentence");
    if ((unsigned)row->kind > TERN_OPTION_NAMED) return bad_row(t, row, err, "is of an unknown kind");
    if (row->offset > t->size || widths[row->kind] > t->size - row->offset)
        return bad_row(t, row, err, "lies outside the struct");
    if (row->kind == TERN_OPTION_CHOICE && (!row->choices || !*row->choices))
        return bad_row(t, row, err, "has no choices");
    if (row->kind <= TERN_OPTION_REAL && !(row->min <= row->max)) return bad_row(t, row, err, "has an empty range");
    bool blocks = row->kind == TERN_OPTION_BLOCKS;
    if ((row->kind == TERN_OPTION_BLOCK || blocks) && !row->options) return bad_row(t, row, err, "has no table");
    if ((blocks || row->kind == TERN_OPTION_NAMED) && !row->size)
        return bad_row(t, row, err, "does not say how large its elements are");
    for (const tern_option *other = t->options; other != row; other++)
        if (!strcmp(other->name, row->name)) return bad_row(t, row, err, "is a duplicate");
    for (const tern_option *common = tern_kind_options(t->kind); common->name; common++)
        if (!strcmp(common->name, row->name))
            return bad_row(t, row, err, "has the name of an option that all types of the kind have");
    return TERN_OK;
}

/* The function that a type of each kind can't do without and lacks, or NULL. */
static const char *missing_function(const tern_type *t) {
    const tern_layer_type *layer = (const tern_layer_type *)t;
    const tern_loss_type *loss = (const tern_loss_type *)t;
    const tern_optimizer_type *optimizer = (const tern_optimizer_type *)t;
    const tern_metric_type *metric = (const tern_metric_type *)t;
    switch (t->kind) {
    case TERN_LAYER:
        if (!layer->plan) return "plan";
        if (layer->flags & TERN_VIEW) return NULL;
        return !layer->forward ? "forward" : !layer->backward ? "backward" : NULL;
    case TERN_LOSS: return !loss->plan ? "plan" : !loss->eval ? "eval" : NULL;
    case TERN_OPTIMIZER: return !optimizer->plan ? "plan" : !optimizer->update ? "update" : NULL;
    case TERN_SCHEDULE: return !((const tern_schedule_type *)t)->lr ? "lr" : NULL;
    case TERN_INITIALIZER: return !((const tern_initializer_type *)t)->fill ? "fill" : NULL;
    case TERN_METRIC:
        return !metric->plan ? "plan" : metric->of_all ? NULL : !metric->add ? "add" : !metric->value ? "value" : NULL;
    case TERN_READER: return !((const tern_reader_type *)t)->read ? "read" : NULL;
    case TERN_KINDS: break;
    }
    return NULL;
}

tern_status tern__type_check(const tern_type *t, tern_error *err) {
    if (!t || (unsigned)t->kind >= TERN_KINDS)
        return tern_error_add(err, TERN_ERROR_PLUGIN, NULL, "a type of an unknown kind");
    if (!t->name || !plain_name(t->name))
        return tern_error_add(err, TERN_ERROR_PLUGIN, NULL, "a %s without a lower snake case name",
                              tern_kind_name(t->kind));
    if (!t->doc || !*t->doc) return bad(t, err, "has no sentence");
    const char *function = missing_function(t);
    if (function)
        return tern_error_add(err, TERN_ERROR_PLUGIN, NULL, "%s \"%s\" has no function `%s`", tern_kind_name(t->kind),
                              t->name, function);
    if (t->kind == TERN_LAYER && ((const tern_layer_type *)t)->most_inputs > TERN_MAX_INPUTS)
        return bad(t, err, "takes more inputs than there can be");
    if (!t->examples || !t->examples[0].options) return bad(t, err, "has no example");
    for (const tern_option *row = t->options; row && row->name; row++) {
        tern_status status = check_row(t, row, err);
        if (status) return status;
    }
    return TERN_OK;
}
