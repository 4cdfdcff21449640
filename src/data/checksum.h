/* checksum.h - of a file's bytes, as other programs make it, so that one can be compared with what a run says. */
#ifndef TERN_DATA_CHECKSUM_H
#define TERN_DATA_CHECKSUM_H

#include <stdbool.h>
#include <stddef.h>

/* CRC-32 as gzip and zip have it, in hexadecimal, and how many bytes there are. False: it is no regular file, or can't
 * be read. */
bool tern__file_crc32(const char *path, char out[9], size_t *bytes);

#endif
