/* file.h - whole files in, and whole files out: replaced by temp + fsync + rename + fsync of the directory, or not at
 * all. */
#ifndef TERN_IO_FILE_H
#define TERN_IO_FILE_H

#include <tern/error.h>

/* The bytes of a regular file of at most `limit` bytes, and a zero after them. NULL with TERN_ERROR_IO (or MEMORY) in
 * `err`, which names the file and the system's reason. Free with tern__free(). */
unsigned char *tern__file_read(const char *path, size_t limit, size_t *size, tern_error *err);

/* A regular file to be read piece by piece, for close(); -1 after an error. And its next `size` bytes: IO where there
 * are not so many. */
int tern__file_open(const char *path, size_t *size, tern_error *err);
tern_status tern__file_next(int fd, const char *path, void *out, size_t size, tern_error *err);

/* As tern__file_read(), mapped and without the zero, for a file of at least TERN__MAP_FROM bytes; NULL, and nothing in
 * any record, where it is smaller or can't be mapped. */
enum { TERN__MAP_FROM = 64 << 20 };
unsigned char *tern__file_map(const char *path, size_t *size);

/* As tern__file_read(), where "-", "/dev/stdin" and "/dev/fd/N" (also a shell's <(...)) are read to their end, whatever
 * they are. */
unsigned char *tern__stream_read(const char *path, size_t limit, size_t *size, tern_error *err);
bool tern__file_is_stream(const char *path);

/* Puts what was read of a stream back, so that it can be read once more; a pipe's descriptor becomes a file's. Without
 * room for one it stays read. */
void tern__stream_put_back(const char *path, const unsigned char *data, size_t size);

/* Puts a relative path behind a directory. Where `safe`, refuses absolute paths, ".." and links that lead out of the
 * directory, with a text for option `key`. NULL dir: ".". Free with tern__free(). */
char *tern__path_join(const char *dir, const char *path, bool safe, const char *key, tern_error *err);

/* Whether a path lies in a directory, wherever its links lead; also where there is no such file. */
bool tern__path_inside(const char *dir, const char *path);

/* A file being written beside the one it will replace. */
typedef struct tern__replace tern__replace;

/* Opens a temporary file (O_EXCL, O_NOFOLLOW, mode 0666 & ~umask) in the directory of `path`. */
tern__replace *tern__replace_open(const char *path, tern_error *err);

/* Adds bytes; remembers the first failure for tern__replace_commit(). */
void tern__replace_write(tern__replace *r, const void *data, size_t size);

/* Puts the file in the place of `path` and frees `r`. On any failure the old file stays, the temporary one goes. */
tern_status tern__replace_commit(tern__replace *r, tern_error *err);

/* Gives up: removes the temporary file and frees `r`; takes NULL. */
void tern__replace_abort(tern__replace *r);

/* Whether a path ends in some text, ".csv"; and whether it is a directory. */
bool tern__path_ends(const char *path, const char *ending);
bool tern__path_is_directory(const char *path);

#endif
