/* json_writer.h - writes JSON value by value to wherever text goes: a buffer, standard output. */
#ifndef TERN_CORE_JSON_WRITER_H
#define TERN_CORE_JSON_WRITER_H

#include <tern/error.h>

#include <stdarg.h>

typedef struct tern__json_writer {
    void (*write)(void *to, const char *text, size_t n);
    void *to;
    bool compact; /* no spaces after commas and colons */
    bool comma;   /* a value came before, on this level */
} tern__json_writer;

/* Values. `key` is NULL inside of a list, and for the outermost one. */
void tern__json_open(tern__json_writer *w, const char *key, char bracket);
void tern__json_close_bracket(tern__json_writer *w, char bracket);
void tern__json_add_text(tern__json_writer *w, const char *key, const char *text); /* NULL: null */
void tern__json_add_real(tern__json_writer *w, const char *key, double value);     /* not finite: null */
void tern__json_add_size(tern__json_writer *w, const char *key, size_t value);
void tern__json_add_bool(tern__json_writer *w, const char *key, bool value);

/* A string in its quotes and nothing else. What steers a terminal or is not UTF-8 is escaped. */
void tern__json_write_string(const tern__json_writer *w, const char *text);

/* A text that grows, with a zero at its end. Once memory is short it stays as it is and `failed`. Start from {0}; free
 * `text` with tern__free(). */
typedef struct tern__buffer {
    char *text;
    size_t length, capacity;
    bool failed;
} tern__buffer;

/* For `write`: appends to a tern__buffer. */
void tern__buffer_write(void *buffer, const char *text, size_t n);

/* Appends what printf() would write, up to 2,047 bytes; more sets `failed`. */
void tern__buffer_print(tern__buffer *b, const char *format, va_list arguments);

#endif
