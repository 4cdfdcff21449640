/* json_writer.c - writes JSON; see json_writer.h. */
#include "json_writer.h"

#include "memory.h"
#include "text.h"
#include "utf8.h"

#include <stdio.h>
#include <string.h>

static void write_text(const tern__json_writer *w, const char *text) { w->write(w->to, text, strlen(text)); }

/* ---- strings ---- */

/* A character that is not written as it is; all of them are below U+10000. */
static void write_escape(const tern__json_writer *w, uint32_t code) {
    static const char letters[] = "\"\\bfnrt", meanings[] = "\"\\\b\f\n\r\t";
    char escape[8];
    const char *letter = code && code < 0x80 ? strchr(meanings, (int)code) : NULL;
    if (letter) snprintf(escape, sizeof escape, "\\%c", letters[letter - meanings]);
    else snprintf(escape, sizeof escape, "\\u%04x", (unsigned)code);
    write_text(w, escape);
}

void tern__json_write_string(const tern__json_writer *w, const char *text) {
    const char *plain = text; /* what needs no escape is written in one piece */
    write_text(w, "\"");
    while (*text) {
        uint32_t code;
        size_t n = tern__utf8_get(text, strnlen(text, 4), &code);
        bool escape = !n || tern__utf8_steers(code) || code == '"' || code == '\\';
        if (escape && text > plain) w->write(w->to, plain, (size_t)(text - plain));
        if (escape) write_escape(w, n ? code : (unsigned char)*text);
        text += n ? n : 1;
        if (escape) plain = text;
    }
    if (text > plain) w->write(w->to, plain, (size_t)(text - plain));
    write_text(w, "\"");
}

/* ---- values ---- */

/* What stands before a value: a comma and its key. */
static void begin_value(tern__json_writer *w, const char *key) {
    if (w->comma) write_text(w, w->compact ? "," : ", ");
    w->comma = true;
    if (!key) return;
    tern__json_write_string(w, key);
    write_text(w, w->compact ? ":" : ": ");
}

void tern__json_open(tern__json_writer *w, const char *key, char bracket) {
    begin_value(w, key);
    w->write(w->to, &bracket, 1);
    w->comma = false;
}

void tern__json_close_bracket(tern__json_writer *w, char bracket) {
    w->write(w->to, &bracket, 1);
    w->comma = true;
}

void tern__json_add_text(tern__json_writer *w, const char *key, const char *text) {
    begin_value(w, key);
    if (text) tern__json_write_string(w, text);
    else write_text(w, "null");
}

void tern__json_add_real(tern__json_writer *w, const char *key, double value) {
    char number[TERN__NUMBER];
    begin_value(w, key);
    write_text(w, tern__number_text(value, number));
}

void tern__json_add_size(tern__json_writer *w, const char *key, size_t value) {
    char digits[24];
    begin_value(w, key);
    snprintf(digits, sizeof digits, "%zu", value);
    write_text(w, digits);
}

void tern__json_add_bool(tern__json_writer *w, const char *key, bool value) {
    begin_value(w, key);
    write_text(w, value ? "true" : "false");
}

/* ---- a buffer ---- */

void tern__buffer_write(void *buffer, const char *text, size_t n) {
    tern__buffer *b = buffer;
    if (b->failed) return;
    if (b->length + n >= b->capacity) {
        size_t capacity = 2 * (b->length + n) + 256;
        char *grown = tern__realloc(b->text, b->capacity, capacity, 1, NULL);
        if (!grown) {
            b->failed = true;
            return;
        }
        b->text = grown;
        b->capacity = capacity;
    }
    if (n) memcpy(b->text + b->length, text, n); /* of nothing, `text` may be NULL */
    b->length += n;
    b->text[b->length] = 0;
}

void tern__buffer_print(tern__buffer *b, const char *format, va_list arguments) {
    char text[2048];
    int n = vsnprintf(text, sizeof text, format, arguments);
    if (n >= (int)sizeof text) b->failed = true;
    else if (n > 0) tern__buffer_write(b, text, (size_t)n);
}
