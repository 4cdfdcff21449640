/* output.c - messages, safe text and JSON. */
#include "output.h"

#include "utf8.h"

#include <math.h>
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

/* Colour is for people at a terminal who have not declined it (no-color.org). */
static bool coloured(void) {
    const char *no = getenv("NO_COLOR"), *term = getenv("TERM");
    return isatty(STDERR_FILENO) && !(no && *no) && !(term && !strcmp(term, "dumb"));
}

static void print_line(const char *line, bool warning, bool colour) {
    const char *word = warning ? "warning:" : "error:", *at = colour ? strstr(line, word) : NULL;
    if (!at) fprintf(stderr, "%s\n", line);
    else
        fprintf(stderr, "%.*s\033[1;%sm%s\033[0m%s\n", (int)(at - line), line, warning ? "35" : "31", word,
                at + strlen(word));
}

void report(tern_error *err) {
    bool colour = coloured();
    fflush(stdout);
    for (size_t i = 0; i < err->count; i++) {
        char line[TERN_MAX_TEXT + TERN_MAX_POINTER + 4 * 256];
        print_line(tern_error_line(err, i, line, sizeof line), !err->item[i].status, colour);
    }
    if (err->dropped) fprintf(stderr, "... and %zu more\n", err->dropped);
    tern_error_clear(err);
}

/* ---- text ---- */

/* Whether the well-formed character at `s` steers a terminal (C0, DEL, C1) or the direction of reading. */
static bool steers(const unsigned char *s) {
    if (*s < 0x20 || *s == 0x7f) return true;
    if (*s == 0xc2 && s[1] < 0xa0) return true;
    if (*s == 0xe2 && s[1] == 0x80) return s[2] == 0x8e || s[2] == 0x8f || (s[2] >= 0xa8 && s[2] <= 0xae);
    return *s == 0xe2 && s[1] == 0x81 && s[2] >= 0xa6 && s[2] <= 0xa9;
}

const char *safe_text(const char *text, char *out, size_t size) {
    const unsigned char *s = (const unsigned char *)text;
    bool utf8 = tern__utf8_valid(s, strlen(text));
    size_t used = 0;
    while (*s) {
        size_t length = *s < 0x80 || !utf8 ? 1 : *s < 0xe0 ? 2 : *s < 0xf0 ? 3 : 4;
        bool escape = utf8 ? steers(s) : *s >= 0x7f || *s < 0x20;
        if (used + (escape ? 4 * length : length) >= size) break;
        for (size_t i = 0; i < length; i++)
            used += (size_t)snprintf(out + used, size - used, escape ? "\\x%02x" : "%c", s[i]);
        s += length;
    }
    out[used] = 0;
    return out;
}

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

/* ---- JSON ---- */

static void put_string(const char *text) {
    bool utf8 = tern__utf8_valid((const unsigned char *)text, strlen(text));
    putchar('"');
    for (const unsigned char *s = (const unsigned char *)text; *s; s++) {
        if (*s == '"' || *s == '\\') printf("\\%c", *s);
        else if (*s < 0x20 || *s == 0x7f || (*s >= 0x80 && !utf8)) printf("\\u%04x", *s);
        else putchar(*s);
    }
    putchar('"');
}

/* What stands before a value: a comma and its key. */
static void put_key(json *j, const char *key) {
    if (j->comma) fputs(", ", stdout);
    j->comma = true;
    if (!key) return;
    put_string(key);
    fputs(": ", stdout);
}

void json_open(json *j, const char *key, char bracket) {
    put_key(j, key);
    putchar(bracket);
    j->comma = false;
}

void json_close(json *j, char bracket) {
    putchar(bracket);
    j->comma = true;
}

void json_text(json *j, const char *key, const char *text) {
    put_key(j, key);
    if (text) put_string(text);
    else fputs("null", stdout);
}

/* The fewest digits that give the same number back. */
void json_real(json *j, const char *key, double value) {
    char text[40];
    put_key(j, key);
    for (int digits = 15; digits <= 17; digits++) {
        snprintf(text, sizeof text, "%.*g", digits, value);
        if (strtod(text, NULL) == value) break;
    }
    fputs(isfinite(value) ? text : "null", stdout);
}

void json_size(json *j, const char *key, size_t value) {
    put_key(j, key);
    printf("%zu", value);
}

void json_bool(json *j, const char *key, bool value) {
    put_key(j, key);
    fputs(value ? "true" : "false", stdout);
}

void json_shape(json *j, const char *key, const tern_shape *shape) {
    json_open(j, key, '[');
    for (size_t i = 0; i < shape->rank; i++) json_size(j, NULL, shape->dim[i]);
    json_close(j, ']');
}

void json_end(void) { putchar('\n'); }
