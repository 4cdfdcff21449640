/* output.c - messages, safe text and JSON. */
#include "output.h"

#include "run_directory.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* ---- messages ---- */

int exit_code(tern_status status) {
    switch (status) {
    case TERN_OK: return EXIT_DONE;
    case TERN_ERROR_USAGE: return EXIT_USAGE;
    case TERN_ERROR_SYNTAX:
    case TERN_ERROR_MODEL:
    case TERN_ERROR_DATA:
    case TERN_ERROR_PLUGIN: return EXIT_UNACCEPTABLE;
    case TERN_ERROR_MEMORY:
    case TERN_ERROR_IO:
    case TERN_ERROR_DIVERGED:
    case TERN_ERROR_CANCELLED: break;
    }
    return EXIT_FAILED;
}

int exit_code_of(const tern_error *err) {
    for (size_t i = 0; i < err->count; i++)
        if (err->item[i].status) return exit_code(err->item[i].status);
    return EXIT_FAILED;
}

bool takes_colour(FILE *to) {
    const char *no = getenv("NO_COLOR"), *term = getenv("TERM");
    return isatty(fileno(to)) && !(no && *no) && !(term && !strcmp(term, "dumb"));
}

/* The first variable that says something decides, as for setlocale(). */
bool speaks_utf8(void) {
    static const char *const variables[] = {"LC_ALL", "LC_CTYPE", "LANG"};
    for (size_t i = 0; i < 3; i++) {
        const char *locale = getenv(variables[i]);
        if (locale && *locale) return strcasestr(locale, "utf-8") || strcasestr(locale, "utf8");
    }
    return false;
}

static void print_line(const char *line, bool warning, bool colour) {
    const char *word = warning ? "warning:" : "error:", *at = colour ? strstr(line, word) : NULL;
    if (!at) fprintf(stderr, "%s\n", line);
    else
        fprintf(stderr, "%.*s\033[1;%sm%s\033[0m%s\n", (int)(at - line), line, warning ? "35" : "31", word,
                at + strlen(word));
}

/* Which option helps: the library doesn't know that there are any. */
static const char *hint(const tern_diagnostic *d) {
    if (d->status == TERN_ERROR_MEMORY && strstr(d->text, "max_memory")) return " (--max-memory SIZE)";
    if (d->status == TERN_ERROR_MODEL && !strncmp(d->text, "unknown ", 8) && strstr(d->text, "there are "))
        return " (tern types lists them; --plugin FILE loads others)";
    if (d->status && !strncmp(d->pointer, "/data/", 6) &&
        (d->status == TERN_ERROR_IO || strstr(d->text, "paths start at") || strstr(d->text, "when the run was made")))
        return " (--data DIR names where its paths start)";
    return "";
}

void report(tern_error *err) {
    bool colour = takes_colour(stderr);
    fflush(stdout);
    for (size_t i = 0; i < err->count; i++) {
        char line[TERN_MAX_TEXT + TERN_MAX_POINTER + 5 * 256];
        size_t used = strlen(tern_error_line(err, i, line, sizeof line - 256));
        snprintf(line + used, sizeof line - used, "%s", hint(&err->item[i]));
        print_line(line, !err->item[i].status, colour);
    }
    if (err->dropped) fprintf(stderr, "... and %zu more\n", err->dropped);
    tern_error_clear(err);
}

void say_written(const char *path) {
    char shown[PATH_SIZE];
    fprintf(stderr, "%s is written\n", tern__text_safe(path, shown, sizeof shown));
}

/* ---- text ---- */

const char *count_text(size_t n, char *out) {
    char digits[24];
    size_t length = (size_t)snprintf(digits, sizeof digits, "%zu", n), used = 0;
    for (size_t i = 0; i < length; i++) {
        if (i && (length - i) % 3 == 0) out[used++] = ',';
        out[used++] = digits[i];
    }
    out[used] = 0;
    return out;
}

const char *bytes_text(size_t n, char *out) {
    static const char *const units[] = {"B", "KiB", "MiB", "GiB", "TiB"};
    double size = (double)n;
    size_t unit = 0;
    for (; size >= 1024 && unit < 4; unit++) size /= 1024;
    snprintf(out, SHORT_TEXT, unit ? "%.1f %s" : "%.0f %s", size, units[unit]);
    return out;
}

bool ends_in(const char *path, const char *ending) {
    size_t n = strlen(path), m = strlen(ending);
    return n >= m && !strcmp(path + n - m, ending);
}

void print_csv(const tern_tensor *t) {
    int digits = sizeof(tern_real) == sizeof(double) ? 17 : 9; /* enough to read back the same value */
    size_t n = tern_tensor_count(t), columns = t->shape.dim[0] ? n / t->shape.dim[0] : 1;
    for (size_t i = 0; i < n; i++) printf("%.*g%c", digits, (double)t->data[i], (i + 1) % columns ? ',' : '\n');
}

/* ---- JSON ---- */

static void print(void *to, const char *text, size_t n) { fwrite(text, 1, n, to); }

/* The writer of a zero-filled `json`. */
static tern__json_writer *writer(json *j) {
    j->writer.write = print;
    j->writer.to = stdout;
    return &j->writer;
}

void json_open(json *j, const char *key, char bracket) { tern__json_open(writer(j), key, bracket); }
void json_close(json *j, char bracket) { tern__json_close_bracket(writer(j), bracket); }
void json_text(json *j, const char *key, const char *text) { tern__json_add_text(writer(j), key, text); }
void json_real(json *j, const char *key, double value) { tern__json_add_real(writer(j), key, value); }
void json_size(json *j, const char *key, size_t value) { tern__json_add_size(writer(j), key, value); }
void json_bool(json *j, const char *key, bool value) { tern__json_add_bool(writer(j), key, value); }

void json_shape(json *j, const char *key, const tern_shape *shape) {
    json_open(j, key, '[');
    for (size_t i = 0; i < shape->rank; i++) json_size(j, NULL, shape->dim[i]);
    json_close(j, ']');
}

void json_end(void) { putchar('\n'); }
