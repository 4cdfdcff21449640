/* error_scope.c - makes the current file the one that messages name; see error_scope.h. */
#include "error_scope.h"

#include <stdio.h>
#include <string.h>

void tern__error_scope_enter(tern_error *err, const char *file, const tern_locator *locator,
                             tern__error_scope *before) {
    if (!err) return;
    before->depth = err->depth;
    before->locator = err->locator;
    memcpy(before->file, err->file, sizeof before->file);
    memcpy(before->path, err->path, sizeof before->path);
    snprintf(err->file, sizeof err->file, "%s", file);
    err->locator = locator;
    tern_error_leave(err, 0);
}

void tern__error_scope_leave(tern_error *err, const tern__error_scope *before) {
    if (!err) return;
    err->depth = before->depth;
    err->locator = before->locator;
    memcpy(err->file, before->file, sizeof err->file);
    memcpy(err->path, before->path, sizeof err->path);
}
