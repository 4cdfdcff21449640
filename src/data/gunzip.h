/* gunzip.h - gzip data in memory, of one member or of several (RFC 1952), unpacked piece by piece, never more than
 * asked for. */
#ifndef TERN_DATA_GUNZIP_H
#define TERN_DATA_GUNZIP_H

#include <tern/error.h>

typedef struct tern__gunzip tern__gunzip;

/* Looks at `data`, which must outlive it. Errors: MEMORY. */
tern__gunzip *tern__gunzip_new(const unsigned char *data, size_t size, tern_error *err);
void tern__gunzip_free(tern__gunzip *z); /* takes NULL */

/* Unpacks up to `size` bytes; fewer where the data end or are at fault. */
size_t tern__gunzip_read(tern__gunzip *z, unsigned char *out, size_t size);

/* What was wrong with the data so far; NULL: nothing. Static memory. */
const char *tern__gunzip_fault(const tern__gunzip *z);

/* As tern__gunzip_fault(), after all was read: there must be no more data, and the checksum right. */
const char *tern__gunzip_end(tern__gunzip *z);

/* The most that `size` bytes of gzip data can unpack to. */
size_t tern__gunzip_most(size_t size);

#endif
