/* blame.c - makes the file in hand the one that messages name; see blame.h. */
#include "blame.h"

#include <stdio.h>
#include <string.h>

void tern__blame_file(tern_error *err, const char *file, tern__blame *before) {
    if (!err) return;
    before->depth = err->depth;
    memcpy(before->file, err->file, sizeof before->file);
    memcpy(before->path, err->path, sizeof before->path);
    snprintf(err->file, sizeof err->file, "%s", file);
    tern_error_leave(err, 0);
}

void tern__blame_back(tern_error *err, const tern__blame *before) {
    if (!err) return;
    err->depth = before->depth;
    memcpy(err->file, before->file, sizeof err->file);
    memcpy(err->path, before->path, sizeof err->path);
}
