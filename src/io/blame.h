/* blame.h - makes the file in hand the one that messages name, for as long as it is read. */
#ifndef TERN_IO_BLAME_H
#define TERN_IO_BLAME_H

#include <tern/error.h>

/* What the record said before. */
typedef struct tern__blame {
    size_t depth;
    char   file[256], path[TERN_MAX_POINTER];
} tern__blame;

/* From here on messages name `file` and paths start at its root. `err` may be NULL. */
void tern__blame_file(tern_error *err, const char *file, tern__blame *before);

/* Goes back to the file that was in hand before. */
void tern__blame_back(tern_error *err, const tern__blame *before);

#endif
