/* error.c - the record in which a caller collects what went wrong; see tern/error.h. */
#include "error_scope.h"
#include "text.h"
#include "utf8.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

const char *tern_status_text(tern_status status) {
    static const char *const text[] = {
#define TERN_STATUS_ENTRY(name, sentence) [name] = sentence,
        TERN_STATUS_LIST(TERN_STATUS_ENTRY)
#undef TERN_STATUS_ENTRY
    };
    return (size_t)status < sizeof text / sizeof text[0] ? text[status] : "an unknown status";
}

/* ---- the path: steps of a JSON pointer (RFC 6901) ---- */

size_t tern__pointer_add(char path[TERN_MAX_POINTER], size_t used, const char *key) {
    char shown[TERN_MAX_POINTER];
    tern__text_safe(key, shown, sizeof shown);
    if (used + 1 < TERN_MAX_POINTER) path[used++] = '/';
    for (const char *s = shown; *s;) {
        uint32_t code;
        size_t length = tern__utf8_get(s, strlen(s), &code), escaped = *s == '~' || *s == '/';
        if (used + length + escaped >= TERN_MAX_POINTER) break;
        if (escaped) memcpy(path + used, *s == '~' ? "~0" : "~1", 2);
        else memcpy(path + used, s, length);
        used += length + escaped;
        s += length;
    }
    path[used] = 0;
    return used;
}

size_t tern_error_enter(tern_error *err, const char *key, size_t index) {
    if (!err) return 0;
    size_t before = err->depth;
    char digits[24];
    if (!key) snprintf(digits, sizeof digits, "%zu", index);
    err->depth = tern__pointer_add(err->path, err->depth, key ? key : digits);
    return before;
}

void tern_error_leave(tern_error *err, size_t depth) {
    if (!err) return;
    err->depth = depth;
    err->path[depth] = 0;
}

/* ---- the record ---- */

static bool stands_before(const tern_diagnostic *a, const tern_diagnostic *b) {
    return a->line && !strcmp(a->file, b->file) && (a->line < b->line || (a->line == b->line && a->column < b->column));
}

/* The last warning; `count`: there is none. */
static size_t last_warning(const tern_error *err) {
    for (size_t i = err->count; i-- > 0;)
        if (!err->item[i].status) return i;
    return err->count;
}

bool tern__error_keeps(const tern_error *err, tern_status status) {
    if (!err) return false;
    return err->count < TERN_MAX_DIAGNOSTICS || (status && last_warning(err) < err->count);
}

/* Puts a diagnostic before those that stand after it in the same file; they are nearly in order. */
static void insert(tern_error *err, const tern_diagnostic *d) {
    if (err->count == TERN_MAX_DIAGNOSTICS) {
        size_t i = last_warning(err);
        memmove(&err->item[i], &err->item[i + 1], (err->count - i - 1) * sizeof *err->item);
        err->count--;
        err->dropped++;
    }
    size_t at = err->count++;
    for (; at && stands_before(d, &err->item[at - 1]); at--) err->item[at] = err->item[at - 1];
    err->item[at] = *d;
    err->newest = at + 1;
}

/* What is added besides the text. */
typedef struct occasion {
    tern_status status;
    const char *key;
    bool at_key;
    tern_place place; /* of line 0: for the locator to find */
} occasion;

static void add(tern_error *err, occasion o, const char *format, va_list arguments) {
    if (!err) return;
    if (o.status) err->errors++;
    if (!tern__error_keeps(err, o.status)) {
        err->dropped++;
        err->newest = 0;
        return;
    }
    tern_diagnostic d = {.status = o.status, .line = o.place.line, .column = o.place.column};
    memcpy(d.file, err->file, sizeof d.file);
    memcpy(d.pointer, err->path, sizeof d.pointer);
    if (o.key) tern__pointer_add(d.pointer, err->depth, o.key);
    char text[TERN_MAX_TEXT];
    vsnprintf(text, sizeof text, format, arguments);
    tern__text_safe(text, d.text, sizeof d.text);
    if (!d.line && err->locator) err->locator->locate(err->locator, &d, o.at_key); /* which may add to the text */
    insert(err, &d);
}

tern_status tern_error_add(tern_error *err, tern_status status, const char *key, const char *format, ...) {
    va_list arguments;
    va_start(arguments, format);
    add(err, (occasion){.status = status, .key = key}, format, arguments);
    va_end(arguments);
    return status;
}

tern_status tern_error_add_key(tern_error *err, tern_status status, const char *key, const char *format, ...) {
    va_list arguments;
    va_start(arguments, format);
    add(err, (occasion){.status = status, .key = key, .at_key = true}, format, arguments);
    va_end(arguments);
    return status;
}

tern_status tern_error_at(tern_error *err, tern_status status, const char *key, tern_place place, const char *format,
                          ...) {
    va_list arguments;
    va_start(arguments, format);
    add(err, (occasion){.status = status, .key = key, .place = place}, format, arguments);
    va_end(arguments);
    return status;
}

void tern_error_warn(tern_error *err, const char *key, const char *format, ...) {
    va_list arguments;
    va_start(arguments, format);
    add(err, (occasion){.key = key}, format, arguments);
    va_end(arguments);
}

void tern__error_append(tern_error *err, const char *format, ...) {
    if (!err || !err->newest) return;
    tern_diagnostic *d = &err->item[err->newest - 1];
    char text[TERN_MAX_TEXT];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    size_t used = strlen(d->text);
    tern__text_safe(text, d->text + used, sizeof d->text - used);
}

void tern_error_clear(tern_error *err) {
    if (err) *err = (tern_error){0};
}

const char *tern_error_line(const tern_error *err, size_t index, char *out, size_t size) {
    if (!size) return out;
    out[0] = 0;
    if (index >= err->count) return out;
    const tern_diagnostic *d = &err->item[index];
    char file[sizeof d->file], place[64] = "";
    tern__text_safe(d->file, file, sizeof file);
    if (d->line && d->column) snprintf(place, sizeof place, ":%zu:%zu", d->line, d->column);
    else if (d->line) snprintf(place, sizeof place, ":%zu", d->line);
    snprintf(out, size, "%s%s%s%s: %s%s%s", file, file[0] ? place : "", file[0] ? ": " : "",
             d->status == TERN_OK ? "warning" : "error", d->pointer, d->pointer[0] ? ": " : "", d->text);
    return out;
}
