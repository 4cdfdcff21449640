/* library.h - shared libraries that are opened as the program runs: plugins. */
#ifndef TERN_CORE_LIBRARY_H
#define TERN_CORE_LIBRARY_H

#include <tern/error.h>

/* Opens a file; NULL after an error, which says why. Free with tern__library_close(). */
void *tern__library_open(const char *path, tern_error *err);

/* What it exports under a name, or NULL. */
const void *tern__library_find(void *library, const char *name);

void tern__library_close(void *library);

#endif
