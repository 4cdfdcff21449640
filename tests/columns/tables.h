/* tables.h - what the files of the columns suite share: tables from a few lines of text, columns described and fitted.
 */
#ifndef TERN_TEST_TABLES_H
#define TERN_TEST_TABLES_H

#include "columns.h"
#include "test.h"

/* A record in static memory: it is large. */
static inline tern_error *fresh_error(void) {
    static tern_error err;
    tern_error_clear(&err);
    return &err;
}

/* A table of rows "a|b|c", the first one names; rows say that they begin at line 2. */
static inline tern__table *quick_table(const char *const *lines, size_t n, const tern__cells *want) {
    char row[16][1024];
    const char *cells[64];
    tern__table *t = NULL;
    for (size_t i = 0; i < n; i++) {
        size_t k = 0;
        ck_assert_uint_lt(n, COUNT(row));
        snprintf(row[i], sizeof row[i], "%s", lines[i]);
        for (char *at = row[i]; at; k++) {
            cells[k] = at;
            at = strchr(at, '|');
            if (at) *at++ = 0;
        }
        if (!i) {
            ck_assert_ptr_nonnull(t = tern__table_new(k, cells, want, '.', NULL));
            ck_assert_int_eq(tern__table_begin_file(t, "shop.csv", 2, NULL), TERN_OK);
            continue;
        }
        ck_assert_uint_eq(k, t->columns);
        tern__table_line(t, i + 1);
        for (size_t c = 0; c < k; c++) ck_assert_int_eq(tern__table_text(t, c, cells[c], NULL), TERN_OK);
        ck_assert_int_eq(tern__table_row(t, NULL), TERN_OK);
    }
    tern__table_done(t);
    return t;
}

#define TABLE(...) quick_table((const char *const[]){__VA_ARGS__}, COUNT(((const char *const[]){__VA_ARGS__})), NULL)

/* The rows 0 .. n - 1. */
static inline const size_t *first_rows(size_t n) {
    static size_t rows[1024];
    ck_assert_uint_le(n, COUNT(rows));
    for (size_t i = 0; i < n; i++) rows[i] = i;
    return rows;
}

/* Fits one column to the first rows of a table. */
static inline tern_status fit_column(tern__feature f, const tern__table *t, size_t n, tern__arena *arena,
                                     tern__features *out, tern_error *err) {
    if (!f.min_count) f.min_count = 1;
    if (f.missing != TERN__MISSING_VALUE) f.fill = (double)NAN;
    const tern__features described = {1, &f};
    return tern__features_fit(&described, t, first_rows(n), n, arena, out, err);
}

TCase *table_case(void);
TCase *disagree_case(void);
TCase *infer_case(void);

#endif
