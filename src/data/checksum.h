/* checksum.h - of a file's bytes, as other programs make it, so that one can be compared with what a run says; and of a
 * folder. */
#ifndef TERN_DATA_CHECKSUM_H
#define TERN_DATA_CHECKSUM_H

#include <stdbool.h>
#include <stddef.h>

/* CRC-32 as gzip and zip have it, in hexadecimal, and how many bytes there are. False: it is no regular file, or can't
 * be read. */
bool tern__file_crc32(const char *path, char out[9], size_t *bytes);

/* Of the bytes of files, one behind the other; one that can't be read counts for nothing. */
void tern__files_crc32(size_t n, const char *const *paths, char out[9], size_t *bytes);

/* Of the names, sizes and bytes of all files in a folder and those below it, in the order of their names; and the sum
 * of these sizes. False: it can't be read. */
bool tern__folder_crc32(const char *path, char out[9], size_t *bytes);

#endif
