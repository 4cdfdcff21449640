/* error_scope.h - makes the file in hand the one that messages name, for as long as it is read. */
#ifndef TERN_IO_ERROR_SCOPE_H
#define TERN_IO_ERROR_SCOPE_H

#include <tern/error.h>

/* What the record said before. */
typedef struct tern__error_scope {
    size_t depth;
    char file[256], path[TERN_MAX_POINTER];
} tern__error_scope;

/* From here on messages name `file` and paths start at its root. `err` may be NULL. */
void tern__error_scope_enter(tern_error *err, const char *file, tern__error_scope *before);

/* Goes back to the file that was in hand before. */
void tern__error_scope_leave(tern_error *err, const tern__error_scope *before);

#endif
