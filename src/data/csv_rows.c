/* csv_rows.c - a CSV file (RFC 4180) row by row; see csv_rows.h. */
#include "csv_rows.h"
#include "error_scope.h"
#include "memory.h"
#include "text_file.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MAX_LINE = 1 << 20, MAX_COLUMNS = 65536 };

/* Adds an error at a byte of the file; at NULL: about the file as a whole. */
static tern_status fail_at(const tern__csv *c, const char *at, tern_status status, tern_error *err, const char *text) {
    tern__error_scope before;
    char hint[TERN__CSV_HINT];
    tern_place place = {at ? c->line : 0, at ? (size_t)(at - c->row) + 1 : 0};
    tern__error_scope_enter(err, c->path, NULL, &before);
    tern_error_at(err, status, NULL, place, "%s%s", text, tern__csv_hint(c, hint));
    tern__error_scope_leave(err, &before);
    return status;
}

tern_status tern__csv_fail(const tern__csv *c, size_t i, tern_status status, tern_error *err, const char *format, ...) {
    char text[TERN_MAX_TEXT];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    return fail_at(c, c->field[i], status, err, text);
}

const char *tern__csv_hint(const tern__csv *c, char out[TERN__CSV_HINT]) {
    const char tab[] = "tab", one[] = {c->other, 0}, *name = c->other == '\t' ? tab : one;
    snprintf(out, TERN__CSV_HINT,
             "; the first row has \"%s\": is that the separator? Then say \"separator\": \"%s\" (of a file on the "
             "command line: --set 'data.train.separator=%s')",
             name, name, name);
    return c->other ? out : "";
}

/* ---- open ---- */

/* Fields of the first row, were they separated so. */
static size_t count_fields(const tern__csv *c, char separator) {
    size_t n = 1;
    bool quoted = false;
    for (const char *s = c->at; *s && (quoted || *s != '\n'); s++) {
        if (*s == '"') quoted = !quoted;
        else if (!quoted && *s == separator) n++;
    }
    return n;
}

/* Whether there is nothing but spaces up to the end of the line; `end` is where the next one starts. */
static bool blank_line(const tern__csv *c, char **end) {
    char *at = c->at;
    while ((*at == ' ' || *at == '\t' || *at == '\r') && *at != c->separator) at++;
    bool blank = *at == '\n' || (!*at && at > c->at);
    *end = at + (*at == '\n');
    return blank;
}

static char find_other(const tern__csv *c) {
    for (const char *s = ";\t,|"; c->columns == 1 && *s; s++)
        if (count_fields(c, *s) > 1) return *s;
    return 0;
}

/* Adds an error at the first byte that is no UTF-8. */
static tern_status refuse_byte(tern__csv *c, size_t fault, tern_error *err) {
    char text[TERN_MAX_TEXT];
    c->line = 1;
    for (char *s = c->text; s < c->text + fault; s++)
        if (*s == '\n') c->line++, c->row = s + 1;
    return fail_at(c, c->text + fault, TERN_ERROR_SYNTAX, err,
                   tern__encoding_advice(c->text, c->size, fault, c->path, text));
}

/* Makes UTF-8 of what is written otherwise, and refuses what is neither. */
static tern_status decode(tern__csv *c, tern__encoding encoding, tern_error *err) {
    char text[TERN_MAX_TEXT];
    const char *utf16 = tern__encoding_utf16(c->text, c->size);
    if (utf16) {
        snprintf(text, sizeof text, "is UTF-16; UTF-8 is accepted: iconv -f %s -t UTF-8 '%.200s' >utf8.csv", utf16,
                 c->path);
        return fail_at(c, NULL, TERN_ERROR_SYNTAX, err, text);
    }
    if (memchr(c->text, 0, c->size))
        return fail_at(c, NULL, TERN_ERROR_SYNTAX, err, "has zero bytes, so it is not a text file");
    size_t fault = tern__encoding_fault(c->text, c->size);
    if (fault == c->size) return TERN_OK; /* what is UTF-8 is not Latin-1 by chance */
    if (encoding == TERN__ENCODING_UTF8 || !tern__encoding_is_latin1(c->text, c->size))
        return refuse_byte(c, fault, err);
    char *utf8 = tern__encoding_from_latin1(c->text, &c->size, err);
    if (!utf8) return TERN_ERROR_MEMORY;
    tern__free(c->text);
    c->text = c->at = c->row = utf8;
    return TERN_OK;
}

/* Passes over a first line "sep=;", by which Excel is told the separator. */
static void take_separator(tern__csv *c) {
    bool there = !strncmp(c->at, "sep=", 4) && c->at[4] && !strchr("\r\n\"", c->at[4]);
    char *end = there ? c->at + 5 + (c->at[5] == '\r') : c->at;
    if (!there || *end != '\n') return;
    c->separator = c->at[4];
    c->row = c->at = end + 1;
    c->lines = 1;
}

static tern_status check_text(tern__csv *c, tern__encoding encoding, tern_error *err) {
    char text[64];
    if (!c->size) return fail_at(c, NULL, TERN_ERROR_SYNTAX, err, "is empty");
    if (c->size >= 3 && !memcmp(c->text, "\xef\xbb\xbf", 3)) c->at = c->row += 3;
    tern_status status = decode(c, encoding, err);
    if (status) return status;
    if (!strchr(c->at, '\n') && strchr(c->at, '\r'))
        return fail_at(c, NULL, TERN_ERROR_SYNTAX, err,
                       "its lines end with CR alone; LF and CR LF are accepted: tr '\\r' '\\n' writes it so");
    take_separator(c);
    c->columns = count_fields(c, c->separator);
    c->other = find_other(c);
    if (c->columns <= MAX_COLUMNS) return TERN_OK;
    snprintf(text, sizeof text, "has %zu columns; accepted are up to %d", c->columns, MAX_COLUMNS);
    return fail_at(c, NULL, TERN_ERROR_SYNTAX, err, text);
}

tern_status tern__csv_open(tern__csv *c, const char *path, char separator, tern__encoding encoding, tern_error *err) {
    *c = (tern__csv){.path = path, .separator = separator};
    c->text = (char *)tern__text_file_read(path, &c->size, err);
    if (!c->text) return TERN_ERROR_IO;
    c->at = c->row = c->text;
    tern_status status = check_text(c, encoding, err);
    if (!status) {
        c->field = tern__alloc(c->columns, sizeof *c->field, err);
        c->plain = newlocale(LC_ALL_MASK, "C", (locale_t)0);
        if (!c->field || !c->plain) status = TERN_ERROR_MEMORY;
        if (c->field && !c->plain) tern_error_add(err, status, NULL, "not enough memory for a locale");
    }
    if (status) tern__csv_close(c);
    return status;
}

void tern__csv_close(tern__csv *c) {
    if (c->plain) freelocale(c->plain);
    tern__free(c->field);
    tern__free(c->text);
    *c = (tern__csv){0};
}

size_t tern__csv_most(const tern__csv *c) {
    size_t ends = 0, room = (size_t)(c->text + c->size - c->at) / c->columns;
    for (const char *s = c->at; (s = strchr(s, '\n')) != NULL; s++) ends++;
    return (ends < room ? ends : room) + 1 + c->held;
}

/* ---- rows ---- */

/* Whether a field may end at `at`. */
static bool ends(const tern__csv *c, const char *at) {
    return !*at || *at == '\n' || *at == c->separator || (*at == '\r' && (at[1] == '\n' || !at[1]));
}

/* Takes the quotes off the field at c->at, doubled ones becoming one. */
static tern_status read_quoted(tern__csv *c, size_t i, tern_error *err) {
    char *begin = c->at++, *to = c->at;
    c->field[i] = to;
    for (; *c->at; *to++ = *c->at++) {
        c->lines += *c->at == '\n';
        if (*c->at != '"' || *++c->at == '"') continue;
        *to = 0;
        return ends(c, c->at) ? TERN_OK
                              : fail_at(c, c->at, TERN_ERROR_SYNTAX, err, "text follows the closing quote of a field");
    }
    return fail_at(c, begin, TERN_ERROR_SYNTAX, err, "the quoted field that starts here does not end");
}

/* Splits off the field at c->at; `last`: no separator follows. */
static tern_status read_field(tern__csv *c, size_t i, bool *last, tern_error *err) {
    char *end = NULL;
    if (*c->at == '"') {
        tern_status status = read_quoted(c, i, err);
        if (status) return status;
    } else {
        c->field[i] = c->at;
        while (!ends(c, c->at) && *c->at != '"') c->at++;
        if (*c->at == '"')
            return fail_at(c, c->at, TERN_ERROR_SYNTAX, err,
                           "a quote inside a field; a field that has quotes is to be quoted whole");
        end = c->at;
    }
    c->at += *c->at == '\r';
    *last = *c->at != c->separator;
    c->lines += *c->at == '\n';
    c->at += *c->at != 0;
    if (end) *end = 0;
    return TERN_OK;
}

static tern_status read_row(tern__csv *c, tern_error *err) {
    char text[128], *next;
    size_t n = 0;
    c->row = c->at;
    c->line = c->lines + 1;
    if ((c->columns > 1 || !c->lines) && blank_line(c, &next))
        return fail_at(c, c->at, TERN_ERROR_SYNTAX, err, "the line is blank; only at the end may lines be so");
    for (bool last = false; !last; n++) {
        if (n == c->columns) {
            snprintf(text, sizeof text, "the row has more than the %zu fields of the first row", c->columns);
            return fail_at(c, c->at, TERN_ERROR_SYNTAX, err, text);
        }
        tern_status status = read_field(c, n, &last, err);
        if (status) return status;
    }
    if (c->at - c->row > MAX_LINE) {
        snprintf(text, sizeof text, "the row has %td bytes; accepted are up to %d", c->at - c->row, MAX_LINE);
        return fail_at(c, c->row, TERN_ERROR_SYNTAX, err, text);
    }
    if (n == c->columns) return TERN_OK;
    snprintf(text, sizeof text, "the row has %zu %s, but the first row has %zu", n, n == 1 ? "field" : "fields",
             c->columns);
    return fail_at(c, c->row, TERN_ERROR_SYNTAX, err, text);
}

/* Whether nothing follows but blank lines. */
static bool at_end(const tern__csv *c) {
    tern__csv rest = *c;
    for (char *next; *rest.at; rest.at = next)
        if (!blank_line(&rest, &next)) return false;
    return true;
}

bool tern__csv_next(tern__csv *c, tern_status *status, tern_error *err) {
    *status = TERN_OK;
    if (c->held) return c->held = false, true;
    if (at_end(c)) return false;
    *status = read_row(c, err);
    return !*status;
}

bool tern__csv_number(const tern__csv *c, const char *text, double *out) {
    text += strspn(text, " \t");
    size_t length = strspn(text, "0123456789.eE+-"); /* strtod() also knows hexadecimal, infinity and nan */
    char *end;
    *out = strtod_l(text, &end, c->plain);
    return length && end == text + length && !end[strspn(end, " \t")] && isfinite(*out);
}
