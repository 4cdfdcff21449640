/* zip.h - one file out of a ZIP archive, stored or deflated, also of ZIP64. Archives are hostile: what they announce is
 * checked against their size. */
#ifndef TERN_DATA_ZIP_H
#define TERN_DATA_ZIP_H

#include <tern/error.h>

typedef struct tern__zip tern__zip;

/* Opens an archive and reads its list of files. Errors: IO, SYNTAX, MEMORY (NULL). Free with tern__zip_free(). */
tern__zip *tern__zip_open(const char *path, tern_error *err);
void tern__zip_free(tern__zip *z); /* takes NULL */

/* How many files there are, and their names, which belong to the archive. */
size_t tern__zip_count(const tern__zip *z);
const char *const *tern__zip_names(const tern__zip *z);

/* Begins file `i`, whose size is returned by `size`. Errors: SYNTAX, MEMORY. */
tern_status tern__zip_begin(tern__zip *z, size_t i, size_t *size, tern_error *err);

/* The next `size` bytes of the file that was begun last; with its last byte its checksum is compared. `self` is the
 * archive. Errors: SYNTAX. */
tern_status tern__zip_next(void *self, void *out, size_t size, tern_error *err);

#endif
