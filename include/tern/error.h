/* error.h - statuses, and the record in which a caller collects what went wrong.
 *
 * The library never prints unasked and never exits: a function that can fail returns a tern_status and adds what it
 * knows to the caller's tern_error. Errors collect, so one pass can report many. Each level adds only its own
 * step of the path: a layer says `kernel_size`, the framework has already said `/layers/3`. */
#ifndef TERN_ERROR_H
#define TERN_ERROR_H

#include <tern/base.h>

#include <stdio.h>

TERN_BEGIN

/* Every status with its sentence; the enum and tern_status_text() are made from this list. */
#define TERN_STATUS_LIST(ENTRY)                                                   \
    ENTRY(TERN_OK, "no error")                                                    \
    ENTRY(TERN_ERROR_MEMORY, "not enough memory")                                 \
    ENTRY(TERN_ERROR_IO, "a file could not be read or written")                   \
    ENTRY(TERN_ERROR_SYNTAX, "a file is not well formed")                         \
    ENTRY(TERN_ERROR_MODEL, "a model file says something that is not acceptable") \
    ENTRY(TERN_ERROR_DATA, "data or weights do not fit the model")                \
    ENTRY(TERN_ERROR_DIVERGED, "training met a number that is not finite")        \
    ENTRY(TERN_ERROR_CANCELLED, "the caller asked to stop")                       \
    ENTRY(TERN_ERROR_PLUGIN, "a plugin does not fit this library")                \
    ENTRY(TERN_ERROR_USAGE, "a call or a command line is not acceptable")

typedef enum tern_status {
#define TERN_STATUS_ENTRY(name, text) name,
    TERN_STATUS_LIST(TERN_STATUS_ENTRY)
#undef TERN_STATUS_ENTRY
} tern_status;

enum { TERN_MAX_DIAGNOSTICS = 32, TERN_MAX_POINTER = 192, TERN_MAX_TEXT = 640 };

/* One error or warning. */
typedef struct tern_diagnostic {
    tern_status status;             /* TERN_OK marks a warning */
    char file[256];                 /* empty: no file is at fault */
    size_t line, column;            /* from 1; 0: unknown */
    char pointer[TERN_MAX_POINTER]; /* JSON pointer into the file; empty: the file as a whole */
    char text[TERN_MAX_TEXT];       /* what was found, what is accepted */
} tern_diagnostic;

/* A record of errors and warnings. A value: start from `tern_error err = {0};`, nothing to free. Not shared between
 * threads. What stands earlier in a file comes first. Once it is full, an error takes the place of a warning. */
typedef struct tern_error {
    size_t count;                       /* diagnostics held, warnings included */
    size_t errors;                      /* errors seen, those that found no room included */
    size_t dropped;                     /* diagnostics that found no room */
    size_t newest;                      /* place of the one added last, counted from 1; 0: it found no room */
    size_t depth;                       /* bytes of path in use */
    char file[256];                     /* the current file */
    char path[TERN_MAX_POINTER];        /* where in it: tern_error_enter() and tern_error_leave() */
    const struct tern_locator *locator; /* the library's: finds line and column of a path */
    tern_diagnostic item[TERN_MAX_DIAGNOSTICS];
} tern_error;

/* A place in a text file, both from 1; 0: unknown. */
typedef struct tern_place {
    size_t line, column;
} tern_place;

/* The sentence of a status. Never NULL; static memory. */
TERN_API const char *tern_status_text(tern_status status);

/* Adds an error and returns `status`, so that a check is one line: `return tern_error_add(err, ...)`.
 * `key` is the last step of the path (an option's name) or NULL. `err` may be NULL. */
TERN_API tern_status tern_error_add(tern_error *err, tern_status status, const char *key, const char *format, ...)
    TERN_PRINTF(4, 5);

/* As tern_error_add(), where the key itself is at fault and not its value: it is unknown, say. */
TERN_API tern_status tern_error_add_key(tern_error *err, tern_status status, const char *key, const char *format, ...)
    TERN_PRINTF(4, 5);

/* As tern_error_add(), at a place of the current file that the caller knows. */
TERN_API tern_status tern_error_at(tern_error *err, tern_status status, const char *key, tern_place place,
                                   const char *format, ...) TERN_PRINTF(5, 6);

/* Adds a warning; otherwise as tern_error_add(). */
TERN_API void tern_error_warn(tern_error *err, const char *key, const char *format, ...) TERN_PRINTF(3, 4);

/* Goes one step down the path (a key, or an index where `key` is NULL); returns what tern_error_leave() takes to go
 * back. `err` may be NULL. */
TERN_API size_t tern_error_enter(tern_error *err, const char *key, size_t index);

/* Goes back to where tern_error_enter() was called. */
TERN_API void tern_error_leave(tern_error *err, size_t depth);

/* Empties the record. */
TERN_API void tern_error_clear(tern_error *err);

/* Writes diagnostic `index` as one line, `file:line:column: error: /pointer: text`, cut to `size` bytes; returns `out`.
 */
TERN_API const char *tern_error_line(const tern_error *err, size_t index, char *out, size_t size);

/* Writes all diagnostics to a file such as stderr, one a line. */
TERN_API void tern_error_print(const tern_error *err, FILE *to);

TERN_END

#endif
