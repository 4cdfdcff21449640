/* models.h - small models and data for tests: JSON with single quotes, numbers by a formula. */
#ifndef TERN_TEST_MODELS_H
#define TERN_TEST_MODELS_H

#include "test.h"

#include <tern/tern.h>

/* Opens a model written with ' for ". Fails the test, showing the first error, unless `err` is given. */
static inline tern_model *quick_model(const char *text, tern_error *err) {
    static tern_error own; /* large: not on the stack of every test */
    tern_error *e = err ? err : &own;
    char json[8192];
    size_t n = strlen(text);
    ck_assert_uint_lt(n, sizeof json);
    for (size_t i = 0; i <= n; i++) json[i] = text[i] == '\'' ? '"' : text[i];
    tern_error_clear(e);
    tern_model *m = tern_model_parse(json, n, "test.json", NULL, e);
    if (!m && !err) {
        char line[900];
        ck_abort_msg("%s", tern_error_line(e, 0, line, sizeof line));
    }
    return m;
}

/* Numbers between -1 and 1 that look like noise and are always the same. */
static inline void quick_numbers(size_t n, double from, tern_real *out) {
    for (size_t i = 0; i < n; i++) out[i] = (tern_real)sin(from + 1.7 * (double)i + 0.3 * sin((double)i));
}

#endif
