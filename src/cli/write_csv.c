/* write_csv.c - numbers as CSV; see write_csv.h. */
#include "write_csv.h"

#include "file.h"

#include <stdio.h>
#include <string.h>

enum { NUMBER = 40 };

/* Enough digits to give the same number back, and what follows it: a comma, or the line's end. Returns the length. */
static size_t number_text(const tern_tensor *t, size_t i, size_t columns, char out[NUMBER]) {
    int digits = sizeof(tern_real) == sizeof(double) ? 17 : 9;
    return (size_t)snprintf(out, NUMBER, "%.*g%c", digits, (double)t->data[i], (i + 1) % columns ? ',' : '\n');
}

static size_t columns_of(const tern_tensor *t) { return t->shape.dim[0] ? tern_tensor_count(t) / t->shape.dim[0] : 1; }

void print_csv(const tern_tensor *t) {
    size_t columns = columns_of(t);
    for (size_t i = 0; i < tern_tensor_count(t); i++) {
        char text[NUMBER];
        number_text(t, i, columns, text);
        fputs(text, stdout);
    }
}

tern_status write_csv(const char *path, const tern_tensor *t, tern_error *err) {
    size_t columns = columns_of(t);
    tern__replace *file = tern__replace_open(path, err);
    if (!file) return TERN_ERROR_IO;
    for (size_t i = 0; i < tern_tensor_count(t); i++) {
        char text[NUMBER];
        tern__replace_write(file, text, number_text(t, i, columns, text));
    }
    return tern__replace_commit(file, err);
}

bool ends_in(const char *path, const char *ending) {
    size_t n = strlen(path), m = strlen(ending);
    return n >= m && !strcmp(path + n - m, ending);
}
