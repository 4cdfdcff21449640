/* fitted_agree.c - whether a model file still describes its data as it did when it was fitted; see fitted.h. */
#include "fitted.h"

#include <string.h>

static tern_status refuse(const char *key, const char *what, const char *trained, const char *said, tern_error *err) {
    return tern_error_add(
        err, TERN_ERROR_MODEL, key,
        "%.80s%sis \"%.64s\", but the model was trained with \"%.64s\", and answers by that: leave it "
        "so, or train anew",
        what, *what ? " " : "", said, trained);
}

static tern_status compare_words(const char *key, const char *const *words, int said, int trained, tern_error *err) {
    return said == trained ? TERN_OK : refuse(key, "", words[trained], words[said], err);
}

static const char *or_none(const char *text) { return text ? text : "none"; }

static tern_status compare_texts(const char *key, const char *said, const char *trained, tern_error *err) {
    said = or_none(said), trained = or_none(trained);
    return strcmp(said, trained) != 0 ? refuse(key, "", trained, said, err) : TERN_OK;
}

/* A list that says something is the one that was trained with. */
static tern_status compare_lists(const char *key, const tern_strings *said, const tern_strings *trained,
                                 tern_error *err) {
    char what[80];
    if (!said->n) return TERN_OK;
    if (said->n != trained->n)
        return tern_error_add(
            err, TERN_ERROR_MODEL, key,
            "has %zu names, but the model was trained with %zu, and answers by those: leave it so, or "
            "train anew",
            said->n, trained->n);
    for (size_t i = 0; i < said->n; i++) {
        if (!strcmp(said->v[i], trained->v[i])) continue;
        snprintf(what, sizeof what, "number %zu (counted from 0)", i);
        return refuse(key, what, trained->v[i], said->v[i], err);
    }
    return TERN_OK;
}

/* ---- columns ---- */

/* A list of differences: the worst is kept. */
static void note(tern_status *all, tern_status one) {
    if (one) *all = one;
}

static tern_status compare_column(const tern__feature *said, const tern__feature *trained, tern_error *err) {
    tern_status status = compare_texts("name", said->name, trained->name, err);
    if (status) return status;
    note(&status, compare_words("type", tern__feature_types, said->type, trained->type, err));
    note(&status, compare_words("missing", tern__missing_words, said->missing, trained->missing, err));
    note(&status, compare_words("normalize", tern__normalize_words, said->normalize, trained->normalize, err));
    note(&status, compare_words("encode", tern__encode_words, said->encode, trained->encode, err));
    note(&status, compare_words("unseen", tern__unseen_words, said->unseen, trained->unseen, err));
    note(&status, compare_texts("format", said->format, trained->format, err));
    note(&status, compare_lists("parts", &said->parts, &trained->parts, err));
    if (said->min_count != trained->min_count)
        note(&status, tern_error_add(err, TERN_ERROR_MODEL, "min_count",
                                     "is %zu, but the model was trained with %zu, and answers by that: leave it so, or "
                                     "train anew",
                                     said->min_count, trained->min_count));
    if (said->missing != TERN__MISSING_VALUE || trained->missing != TERN__MISSING_VALUE) return status;
    if (said->type == TERN__COLUMN_CATEGORY)
        note(&status, compare_texts("fill_category", said->fill_category, trained->fill_category, err));
    else if (said->fill != trained->fill)
        note(&status, tern_error_add(err, TERN_ERROR_MODEL, "fill",
                                     "is %g, but the model was trained with %g, and answers by that: leave it so, or "
                                     "train anew",
                                     said->fill, trained->fill));
    return status;
}

static tern_status compare_columns(const tern_model *m, tern_error *err) {
    const tern_blocks *said = &m->config.input.columns, *trained = &m->config.fitted.input.columns;
    const tern__feature *a = said->item, *b = trained->item;
    tern_status status = TERN_OK;
    if (!said->n || !trained->n) return TERN_OK;
    if (said->n != trained->n)
        return tern_error_add(
            err, TERN_ERROR_MODEL, "columns",
            "has %zu columns, but the model was trained with %zu, and answers by those: leave them so, "
            "or train anew",
            said->n, trained->n);
    tern_error_enter(err, "columns", 0);
    for (size_t i = 0; i < said->n; i++) {
        size_t depth = tern_error_enter(err, NULL, i);
        note(&status, compare_column(&a[i], &b[i], err));
        tern_error_leave(err, depth);
    }
    return status;
}

/* Of a table without described columns, all are alike. */
static tern_status compare_input(const tern_model *m, tern_error *err) {
    const tern__input *said = &m->config.input;
    const tern__fitted_input *trained = &m->config.fitted.input;
    const tern__feature *column = trained->columns.item;
    if (said->columns.n || said->columns.choice) return compare_columns(m, err);
    int normalize = trained->columns.n ? column->normalize : trained->normalize;
    if (!trained->columns.n && !normalize) return TERN_OK; /* not known */
    return compare_words("normalize", tern__normalize_words, said->normalize, normalize, err);
}

/* ---- targets ---- */

static tern_status compare_target(const tern_model *m, tern_error *err) {
    const tern__target *said = &m->config.target, *trained = &m->config.fitted.target;
    tern_status status = TERN_OK;
    if (!trained->given) return TERN_OK;
    note(&status, compare_lists("columns", &said->columns, &trained->columns, err));
    note(&status, compare_lists("classes", &said->classes, &trained->classes, err));
    if (said->encode && trained->encode)
        note(&status, compare_words("encode", tern__target_encode_words, said->encode, trained->encode, err));
    if (trained->normalize || trained->columns.n)
        note(&status, compare_words("normalize", tern__normalize_words, said->normalize, trained->normalize, err));
    return status;
}

tern_status tern__fitted_agree(const tern_model *m, tern_error *err) {
    if (!m->config.fitted.given || m->config.inputs.n) return TERN_OK;
    size_t depth = tern_error_enter(err, "input", 0);
    tern_status status = compare_input(m, err);
    tern_error_leave(err, depth);
    depth = tern_error_enter(err, "target", 0);
    note(&status, compare_target(m, err));
    tern_error_leave(err, depth);
    return status;
}
