/* columns.h - what a table's columns mean: described in a model file, fitted to the training rows, applied to any
 * table.
 *
 * Fitting and applying are pure: (descriptions, table, training rows) -> fitted descriptions; (these, table) ->
 * numbers. A fitted description says all that applying needs, and stands in the model file. */
#ifndef TERN_DATA_COLUMNS_H
#define TERN_DATA_COLUMNS_H

#include "table.h"

#include <tern/dataset.h>
#include <tern/type.h>

/* clang-format off: tables. */
typedef enum tern__feature_type {
    TERN__COLUMN_NUMBER,
    TERN__COLUMN_CATEGORY,
    TERN__COLUMN_BOOLEAN,
    TERN__COLUMN_DATE,
    TERN__COLUMN_TEXT,
    TERN__COLUMN_IGNORE
} tern__feature_type;

typedef enum tern__missing {
    TERN__MISSING_ERROR,
    TERN__MISSING_MEAN,
    TERN__MISSING_MEDIAN,
    TERN__MISSING_ZERO,
    TERN__MISSING_VALUE,
    TERN__MISSING_MOST_COMMON,
    TERN__MISSING_INDICATOR,
    TERN__MISSING_CATEGORY
} tern__missing;

typedef enum tern__normalize {
    TERN__NORMALIZE_NONE,
    TERN__NORMALIZE_ZSCORE,
    TERN__NORMALIZE_MINMAX,
    TERN__NORMALIZE_ROBUST,
    TERN__NORMALIZE_LOG1P
} tern__normalize;

typedef enum tern__encode { TERN__ENCODE_ONE_HOT, TERN__ENCODE_ORDINAL, TERN__ENCODE_INDEX } tern__encode;

typedef enum tern__tokens { TERN__TOKENS_CHARACTERS, TERN__TOKENS_WORDS } tern__tokens;

typedef enum tern__unseen { TERN__UNSEEN_ERROR, TERN__UNSEEN_UNKNOWN } tern__unseen;
/* clang-format on */

extern const char *const tern__feature_types[], *const tern__missing_words[], *const tern__normalize_words[],
                                                                                  *const tern__encode_words[],
                                                                                      *const tern__unseen_words[],
                                                                                          *const tern__tokens_words[];

/* A column of a table: what it means, and what was learned of it. */
typedef struct tern__feature {
    const char *name;
    int type, missing, normalize, encode, unseen, tokens;
    size_t min_count;
    const char *format; /* of a date */
    tern_strings parts; /* of a date */
    /* What the training rows said; `fill` and `fill_category` may also be given, with "missing": "value". */
    double fill; /* NAN: none */
    const char *fill_category;
    tern_reals center, scale; /* of each number that the column becomes: (x - center) / scale; n 0: as it is */
    tern_strings categories;  /* in the order of their numbers; of texts the tokens */
    bool target;              /* it is a target: an unseen category is an error that speaks of classes */
    bool infrequent;          /* rare categories have an output of their own, which unknown ones share */
    tern_strings rare;        /* which those are: they are known, unlike what no training row has */
} tern__feature;

typedef struct tern__features {
    size_t n;
    tern__feature *item;
} tern__features;

/* What "missing" may be for a column of that type: "error, mean, ..."; NULL: nothing. */
const char *tern__missing_accepted(int type);

/* The rows of a description, and of a fitted one. */
extern const tern_option tern__column_options[], tern__fitted_column_options[];

/* Describes every column of a table that no name in `except` has, from the rows[0 .. n - 1]. Errors: MEMORY. */
tern_status tern__features_infer(const tern__table *t, const size_t *rows, size_t n, const tern_strings *except,
                                 tern__arena *arena, tern__features *out, tern_error *err);

/* Whether descriptions make sense by themselves: "missing": "mean" of a category does not. Errors: MODEL. */
tern_status tern__features_check(const tern__features *f, tern_error *err);

/* What is to be kept of a column of that name. */
tern__cells tern__features_want(const tern__features *f, const char *name);

/* Makes numbers of those columns that were kept as texts because another use wants them so. Errors: MEMORY. */
tern_status tern__features_take_numbers(const tern__features *f, tern__table *t, tern_error *err);

/* Learns from the rows[0 .. n - 1] (sorted) alone. `out` lives in the arena and shares the names of `f`.
 * Errors: DATA (a column that is not there, or has no value), MEMORY. */
tern_status tern__features_fit(const tern__features *f, const tern__table *t, const size_t *rows, size_t n,
                               tern__arena *arena, tern__features *out, tern_error *err);

/* Numbers that a fitted column becomes, and all of them together. */
size_t tern__feature_width(const tern__feature *f);
size_t tern__features_width(const tern__features *f);

/* How many indices a column of categories has that becomes one: the known ones, then one for all others where these are
 * taken, then one for what is missing where that is a category; 0: it becomes none. */
size_t tern__feature_indices(const tern__feature *f);

/* The name of number `k` that a fitted column becomes: "age", "city=Bonn", "day.month". Returns `out`. */
const char *tern__feature_label(const tern__feature *f, size_t k, char *out, size_t size);

/* Fills x[t->n, width] from a table by the columns' names. Every disagreement of every column is reported: a column
 * that is not there, a cell that is no number, an unseen category. What is taken all the same is a warning. Errors:
 * DATA. */
tern_status tern__features_apply(const tern__features *f, const tern__table *t, double *x, tern_error *err);

/* ---- texts: a column that becomes a sequence of tokens, each a number; see columns_text.c ---- */

/* The column of texts, which is then the only one that is read; NULL: there is none. */
const tern__feature *tern__features_text(const tern__features *f);

/* The next token at `*at`, which moves behind it; returns its bytes, 0 at the end. */
size_t tern__token_next(tern__tokens kind, const char **at, const char **token);

/* How many numbers a token may be: one for each that is known, and one for all others where these are taken. */
size_t tern__text_indices(const tern__feature *f);

/* Learns the tokens of the rows[0 .. n - 1]: all that stand there `min_count` times, in the order of their bytes.
 * Errors: DATA (there is none), MEMORY. */
tern_status tern__text_fit(tern__feature *f, const tern__table_column *c, const size_t *rows, size_t n,
                           tern__arena *arena, tern_error *err);

/* Writes the sequences of a table's rows, padded to the longest; data and `length` are for tern__free(). Errors: DATA
 * (an empty text, an unknown token), MEMORY. */
tern_status tern__text_apply(const tern__feature *f, const tern__table *t, tern_array *out, size_t **length,
                             tern_error *err);

/* ---- parts that fitting and applying share ---- */

/* The column of a described one; SIZE_MAX after an error that names what there is. */
size_t tern__feature_find(const tern__feature *f, const tern__table *t, tern_error *err);

/* The values of a column for `rows` (NULL: all): numbers, 0 and 1, seconds since 1970, the index of a category; NAN
 * where the cell is missing, INFINITY where it is none of these, -1 for an unseen category, -2 for a rare
 * one. Errors: MEMORY. */
tern_status tern__feature_values(const tern__feature *f, const tern__table_column *c, const size_t *rows, size_t count,
                                 double *out, tern_error *err);

/* The words that a boolean cell may say, in lower case: no (even places) and yes; NULL at the end. */
extern const char *const tern__boolean_words[];

/* What takes the place of a missing value, as tern__feature_values() would give it. */
double tern__feature_fill(const tern__feature *f);

/* Part `k` of a value, with log1p where that is asked for. */
double tern__feature_part(const tern__feature *f, size_t k, double value);

/* The numbers that a value becomes, as tern__feature_values() gives it: not one-hot ones, nor what says that it is
 * missing. */
void tern__feature_put(const tern__feature *f, double value, double *out);

/* All the numbers that it becomes, `fill` being tern__feature_fill(): NAN is filled in, INFINITY counts as 0; `out`
 * holds zeros. */
void tern__feature_cell(const tern__feature *f, double value, double fill, double *out);

/* How many numbers are scaled apart: the parts of a date, 1 of what is a number, 0 of one-hot categories and indices.
 */
size_t tern__feature_parts(const tern__feature *f);

/* Whether a last number says that the cell was missing. */
bool tern__feature_flags_missing(const tern__feature *f);

#endif
