/* error_scope.h - what the library does with a record besides adding to it: makes a file the current one, finds places
 * in it, completes a message. `err` may be NULL everywhere. */
#ifndef TERN_CORE_ERROR_SCOPE_H
#define TERN_CORE_ERROR_SCOPE_H

#include <tern/error.h>

/* Who knows where in the current file a path stands: begins a struct that holds what it needs. */
typedef struct tern_locator {
    /* Fills in line and column of `d`, whose pointer and file are set; it may also correct these. */
    void (*locate)(const struct tern_locator *self, tern_diagnostic *d, bool at_key);
} tern_locator;

/* What the record said before. */
typedef struct tern__error_scope {
    size_t depth;
    char file[256], path[TERN_MAX_POINTER];
    const tern_locator *locator;
} tern__error_scope;

/* From here on messages name `file`, paths start at its root, and `locator` (NULL: nobody) finds them. */
void tern__error_scope_enter(tern_error *err, const char *file, const tern_locator *locator, tern__error_scope *before);

/* Goes back to the file that was the current one before. */
void tern__error_scope_leave(tern_error *err, const tern__error_scope *before);

/* Whether one more diagnostic would be kept: a costly message need not be made where it is not. */
bool tern__error_keeps(const tern_error *err, tern_status status);

/* Adds to the text of the diagnostic that was added last. */
void tern__error_append(tern_error *err, const char *format, ...) TERN_PRINTF(2, 3);

/* Appends "/key" to path[used ..], made safe to show, ~ and / in it escaped; a step that does not fit is cut. Returns
 * the bytes then used. */
size_t tern__pointer_add(char path[TERN_MAX_POINTER], size_t used, const char *key);

#endif
