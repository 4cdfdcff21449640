/* error.c - the record in which a caller collects what went wrong; see tern/error.h. */
#include <tern/error.h>

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

/* ---- text that may come from a hostile file ---- */

/* Bytes of the well-formed UTF-8 character that `s` begins with and that is safe to show; 0: it has to be escaped.
 * Control characters (C0, DEL, C1) steer a terminal; bidirectional overrides make a line read as what it is not. */
static size_t printable(const unsigned char *s) {
    if (s[0] < 0x80) return s[0] >= 0x20 && s[0] != 0x7f;
    size_t length = s[0] >= 0xc2 && s[0] < 0xe0   ? 2
                    : s[0] >= 0xe0 && s[0] < 0xf0 ? 3
                    : s[0] >= 0xf0 && s[0] < 0xf5 ? 4
                                                  : 0;
    for (size_t i = 1; i < length; i++)
        if ((s[i] & 0xc0) != 0x80) return 0; /* the closing zero ends here too */
    if (s[0] == 0xc2 && s[1] < 0xa0) return 0;
    if ((s[0] == 0xe0 && s[1] < 0xa0) || (s[0] == 0xed && s[1] >= 0xa0)) return 0; /* overlong; surrogates */
    if ((s[0] == 0xf0 && s[1] < 0x90) || (s[0] == 0xf4 && s[1] >= 0x90)) return 0; /* overlong; above U+10FFFF */
    if (s[0] == 0xe2 && s[1] == 0x80 && (s[2] == 0x8e || s[2] == 0x8f || (s[2] >= 0xa8 && s[2] <= 0xae))) return 0;
    if (s[0] == 0xe2 && s[1] == 0x81 && s[2] >= 0xa6 && s[2] <= 0xa9) return 0;
    return length;
}

/* Copies text into out[size], unsafe bytes as \x1b; cut at a whole character where it does not fit. */
static void copy_printable(char *out, size_t size, const char *text) {
    size_t used = 0;
    for (const unsigned char *s = (const unsigned char *)text; *s;) {
        size_t length = printable(s);
        char escape[8];
        if (!length) snprintf(escape, sizeof escape, "\\x%02x", (unsigned)*s);
        size_t room = length ? length : 4;
        if (used + room >= size) break;
        memcpy(out + used, length ? (const char *)s : escape, room);
        used += room;
        s += length ? length : 1;
    }
    out[used] = 0;
}

/* ---- the path: steps of a JSON pointer (RFC 6901) ---- */

/* Appends "/key" to path[used ..], ~ and / in it escaped; a step that does not fit is cut. Returns the bytes then used.
 */
static size_t append_step(char path[TERN_MAX_POINTER], size_t used, const char *key) {
    char shown[TERN_MAX_POINTER];
    copy_printable(shown, sizeof shown, key);
    if (used + 1 < TERN_MAX_POINTER) path[used++] = '/';
    for (const char *s = shown; *s;) {
        size_t length = printable((const unsigned char *)s), escaped = *s == '~' || *s == '/';
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
    err->depth = append_step(err->path, err->depth, key ? key : digits);
    return before;
}

void tern_error_leave(tern_error *err, size_t depth) {
    if (!err) return;
    err->depth = depth;
    err->path[depth] = 0;
}

/* ---- the record ---- */

static void add(tern_error *err, tern_status status, const char *key, const char *format, va_list arguments) {
    if (!err) return;
    if (status != TERN_OK) err->errors++;
    if (err->count == TERN_MAX_DIAGNOSTICS) {
        err->dropped++;
        return;
    }
    tern_diagnostic *d = &err->item[err->count++];
    *d = (tern_diagnostic){.status = status};
    memcpy(d->file, err->file, sizeof d->file);
    memcpy(d->pointer, err->path, sizeof d->pointer);
    if (key) append_step(d->pointer, err->depth, key);

    char text[TERN_MAX_TEXT];
    vsnprintf(text, sizeof text, format, arguments);
    copy_printable(d->text, sizeof d->text, text);
}

tern_status tern_error_add(tern_error *err, tern_status status, const char *key, const char *format, ...) {
    va_list arguments;
    va_start(arguments, format);
    add(err, status, key, format, arguments);
    va_end(arguments);
    return status;
}

void tern_error_warn(tern_error *err, const char *key, const char *format, ...) {
    va_list arguments;
    va_start(arguments, format);
    add(err, TERN_OK, key, format, arguments);
    va_end(arguments);
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
    copy_printable(file, sizeof file, d->file);
    if (d->line && d->column) snprintf(place, sizeof place, ":%zu:%zu", d->line, d->column);
    else if (d->line) snprintf(place, sizeof place, ":%zu", d->line);
    snprintf(out, size, "%s%s%s%s: %s%s%s", file, file[0] ? place : "", file[0] ? ": " : "",
             d->status == TERN_OK ? "warning" : "error", d->pointer, d->pointer[0] ? ": " : "", d->text);
    return out;
}
