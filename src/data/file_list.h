/* file_list.h - the files of a reader that takes several. */
#ifndef TERN_DATA_FILE_LIST_H
#define TERN_DATA_FILE_LIST_H

#include "memory.h"

#include <tern/type.h>

/* Paths in an arena. */
typedef struct tern__file_list {
    size_t n;
    const char **path; /* [n] */
    size_t *from;      /* [n] the path or pattern that each is of */
} tern__file_list;

/* All files that the paths and patterns of the option `key` stand for, one after the other. They start at `dir` and,
 * where `safe`, stay in it, as in tern__path_join(). Errors: MODEL (they don't, or a file is named twice), IO, MEMORY.
 */
tern_status tern__file_list_make(const tern_strings *option, const char *key, const char *dir, bool safe,
                                 tern__arena *arena, tern__file_list *out, tern_error *err);

#endif
