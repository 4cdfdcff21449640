/* columns_options.c - the options of a described column, one row each; see columns.h. */
#include "columns.h"

#include "date.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

const char *const tern__feature_types[] = {"number", "category", "boolean", "date", "text", "ignore", NULL};
const char *const tern__missing_words[] = {"error",       "mean",      "median",   "zero", "value",
                                           "most_common", "indicator", "category", NULL};
const char *const tern__normalize_words[] = {"none", "zscore", "minmax", "robust", "log1p", NULL};
const char *const tern__encode_words[] = {"one_hot", "ordinal", "index", NULL};
const char *const tern__tokens_words[] = {"characters", "words", NULL};
const char *const tern__unseen_words[] = {"error", "unknown", NULL};

/* clang-format off: one row each. */
#define COLUMN_OPTIONS                                                                                                \
    TERN_STRING_REQUIRED(tern__feature, name,                                                                         \
                         "The column's name in the header; without a header, its position from 0."),                  \
        TERN_CHOICE(tern__feature, type, TERN__COLUMN_NUMBER, tern__feature_types,                                    \
                    "What its cells are: numbers, names of categories, yes or no, dates, texts (each a sequence of "  \
                    "tokens, for an embedding; no other column is read then); or nothing that is read."),             \
        TERN_CHOICE(                                                                                                  \
            tern__feature, missing, TERN__MISSING_ERROR, tern__missing_words,                                         \
            "What a blank cell becomes: an error, the mean, median or most common value of the training rows, "       \
            "zero, the `fill`, the mean with a second number that says so, or a category of its own."),               \
        TERN_CHOICE(                                                                                                  \
            tern__feature, normalize, TERN__NORMALIZE_NONE, tern__normalize_words,                                    \
            "How numbers are scaled by the training rows: to mean 0 and deviation 1, to 0 .. 1, by median and "       \
            "quartiles; log1p is ln(1 + x)."),                                                                        \
        TERN_CHOICE(tern__feature, encode, TERN__ENCODE_ONE_HOT, tern__encode_words,                                  \
                    "Categories as a number each, of which one is 1; or as one, their place in alphabetical order: "  \
                    "ordinal, a number to calculate with, or index, for an embedding behind a slice of the column."), \
        TERN_CHOICE(tern__feature, unseen, TERN__UNSEEN_ERROR, tern__unseen_words,                                    \
                    "A category that no training row has: an error, or unknown (one_hot: all zeros; ordinal: -1; "    \
                    "index and token: a number of its own, behind the known ones)."),                                 \
        TERN_SIZE(tern__feature, min_count, 1, 1, 1e9,                                                                \
                  "A category with fewer training rows is rare; those share one number, with unknown ones. Of texts " \
                  "a token that stands there fewer times."),                                                          \
        TERN_CHOICE(tern__feature, tokens, TERN__TOKENS_CHARACTERS, tern__tokens_words,                               \
                    "What a text is cut into: characters, or what stands between spaces."),                           \
        TERN_STRING(                                                                                                  \
            tern__feature, format, NULL,                                                                              \
            "How a date is written, with %Y %m %d %H %M %S, %b (Jan), %q (quarter); left out: 2024-01-31, also "      \
            "with a time after it."),                                                                                 \
        TERN_STRINGS(                                                                                                 \
            tern__feature, parts, 1, 8,                                                                               \
            "What of a date is read, a number each; left out: year, month, day, weekday, and hour where there "       \
            "is one.",                                                                                                \
            .choices = tern__date_parts),                                                                             \
        TERN_REAL(tern__feature, fill, (double)NAN, -1e308, 1e308,                                                    \
                  "What a missing number becomes; fitted, but for \"value\"."),                                       \
        TERN_STRING(tern__feature, fill_category, NULL, "What a missing category becomes; fitted, but for \"value\".")

const tern_option tern__column_options[] = {COLUMN_OPTIONS, {0}};

const tern_option tern__fitted_column_options[] = {
    COLUMN_OPTIONS,
    TERN_REALS(tern__feature, center, NULL, -1.7e308, 1.7e308, 1, 0, "What is subtracted of each number."),
    TERN_REALS(tern__feature, scale, NULL, 0, 1.7e308, 1, 0, "What each number is then divided by.", .above_min = true),
    TERN_STRINGS(tern__feature, categories, 1, 0, "The categories in the order of their numbers."),
    TERN_BOOL(tern__feature, infrequent, false, "Rare categories have a number of their own, which unseen ones share."),
    TERN_STRINGS(tern__feature, rare, 1, 0, "The rare categories."),
    {0},
};
/* clang-format on */

/* ---- do they go together? ---- */

static tern_status refuse(tern_error *err, const char *key, const char *word, const char *type, const char *accepted) {
    return tern_error_add(err, TERN_ERROR_MODEL, key, "\"%s\" is nothing for a column of type %s; accepted: %s", word,
                          type, accepted);
}

const char *tern__missing_accepted(int type) {
    static const char *const accepted[] = {
        [TERN__COLUMN_NUMBER] = "error, mean, median, zero, value, most_common, indicator",
        [TERN__COLUMN_CATEGORY] = "error, most_common, category, indicator, value",
        [TERN__COLUMN_BOOLEAN] = "error, mean, zero, value, most_common, indicator",
        [TERN__COLUMN_TEXT] = "error",
        [TERN__COLUMN_DATE] = "error, mean, median, most_common, indicator",
    };
    return type == TERN__COLUMN_IGNORE ? NULL : accepted[type];
}

static tern_status check_missing(const tern__feature *f, tern_error *err) {
    const char *list = tern__missing_accepted(f->type), *word = tern__missing_words[f->missing];
    const char *at = list ? strstr(list, word) : NULL;
    if (list && !at) return refuse(err, "missing", word, tern__feature_types[f->type], list);
    if (f->missing != TERN__MISSING_VALUE) return TERN_OK;
    bool category = f->type == TERN__COLUMN_CATEGORY;
    if (category ? f->fill_category != NULL : !isnan(f->fill)) return TERN_OK;
    return tern_error_add(err, TERN_ERROR_MODEL, "missing", "\"value\" needs \"%s\": what a blank cell becomes",
                          category ? "fill_category" : "fill");
}

static tern_status check_one(const tern__feature *f, tern_error *err) {
    tern_status status = check_missing(f, err);
    const char *type = tern__feature_types[f->type];
    bool category = f->type == TERN__COLUMN_CATEGORY, text = f->type == TERN__COLUMN_TEXT,
         ordinal = category && f->encode == TERN__ENCODE_ORDINAL;
    if (category && !ordinal && f->normalize)
        status = refuse(err, "normalize", tern__normalize_words[f->normalize], type, "none");
    if (text && f->normalize) status = refuse(err, "normalize", tern__normalize_words[f->normalize], type, "none");
    if (!category && !text && f->min_count > 1) status = refuse(err, "min_count", "more than 1", type, "1");
    if (ordinal && f->min_count > 1)
        status = tern_error_add(err, TERN_ERROR_MODEL, "min_count",
                                "gathers rare categories for one_hot and index, not ordinal");
    if (!text && f->tokens) status = refuse(err, "tokens", tern__tokens_words[f->tokens], type, "nothing");
    if (f->type != TERN__COLUMN_DATE && (f->format || f->parts.n))
        status = refuse(err, f->format ? "format" : "parts", "a part of dates", type, "nothing");
    return status;
}

const tern__feature *tern__features_text(const tern__features *f) {
    for (size_t i = 0; i < f->n; i++)
        if (f->item[i].type == TERN__COLUMN_TEXT) return &f->item[i];
    return NULL;
}

tern_status tern__features_check(const tern__features *f, tern_error *err) {
    tern_status status = TERN_OK;
    for (size_t i = 0; i < f->n; i++) {
        size_t depth = tern_error_enter(err, NULL, i);
        tern_status one = check_one(&f->item[i], err);
        for (size_t k = 0; k < i; k++)
            if (f->item[i].name && f->item[k].name && !strcmp(f->item[i].name, f->item[k].name))
                one = tern_error_add(err, TERN_ERROR_MODEL, "name", "\"%.128s\" is described twice", f->item[i].name);
        const tern__feature *text = tern__features_text(f);
        if (text && &f->item[i] != text && f->item[i].type != TERN__COLUMN_IGNORE)
            one =
                tern_error_add(err, TERN_ERROR_MODEL, "type", "is %s, but \"%.128s\" holds texts, which are read alone",
                               tern__feature_types[f->item[i].type], text->name ? text->name : "");
        tern_error_leave(err, depth);
        if (one) status = one;
    }
    return status;
}

/* ---- what they become ---- */

tern__cells tern__features_want(const tern__features *f, const char *name) {
    for (size_t i = 0; i < f->n; i++) {
        if (strcmp(f->item[i].name, name)) continue;
        if (f->item[i].type == TERN__COLUMN_IGNORE) return TERN__CELLS_SKIP;
        return f->item[i].type == TERN__COLUMN_NUMBER ? TERN__CELLS_NUMBER : TERN__CELLS_TEXT;
    }
    return TERN__CELLS_SKIP;
}

size_t tern__feature_parts(const tern__feature *f) {
    if (f->type == TERN__COLUMN_IGNORE || f->type == TERN__COLUMN_TEXT) return 0;
    if (f->type == TERN__COLUMN_DATE) return f->parts.n;
    return f->type != TERN__COLUMN_CATEGORY || f->encode == TERN__ENCODE_ORDINAL;
}

static bool is_index(const tern__feature *f) {
    return f->type == TERN__COLUMN_CATEGORY && f->encode == TERN__ENCODE_INDEX;
}

static bool tells_missing(const tern__feature *f) {
    return f->type != TERN__COLUMN_IGNORE &&
           (f->missing == TERN__MISSING_INDICATOR || f->missing == TERN__MISSING_CATEGORY);
}

size_t tern__feature_indices(const tern__feature *f) {
    bool takes_others = f->infrequent || f->unseen == TERN__UNSEEN_UNKNOWN;
    return is_index(f) ? f->categories.n + takes_others + tells_missing(f) : 0;
}

bool tern__feature_flags_missing(const tern__feature *f) { return tells_missing(f) && !is_index(f); }

size_t tern__feature_width(const tern__feature *f) {
    bool one_hot = f->type == TERN__COLUMN_CATEGORY && f->encode == TERN__ENCODE_ONE_HOT;
    return tern__feature_parts(f) + (one_hot ? f->categories.n + f->infrequent : 0) + is_index(f) +
           tern__feature_flags_missing(f);
}

size_t tern__features_width(const tern__features *f) {
    size_t width = 0;
    for (size_t i = 0; i < f->n; i++) width += tern__feature_width(&f->item[i]);
    return width;
}

const char *tern__feature_label(const tern__feature *f, size_t k, char *out, size_t size) {
    size_t parts = tern__feature_parts(f), width = tern__feature_width(f);
    bool flag = tern__feature_flags_missing(f) && k + 1 == width;
    if (flag) snprintf(out, size, "%s?", f->name);
    else if (f->type == TERN__COLUMN_DATE) snprintf(out, size, "%s.%s", f->name, f->parts.v[k]);
    else if (parts || is_index(f)) snprintf(out, size, "%s", f->name);
    else if (k < f->categories.n) snprintf(out, size, "%s=%s", f->name, f->categories.v[k]);
    else snprintf(out, size, "%s=(rare)", f->name);
    return out;
}
