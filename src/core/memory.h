/* memory.h - the only malloc: zeroed, aligned, checked for overflow, counted; and pools of small things freed together.
 */
#ifndef TERN_CORE_MEMORY_H
#define TERN_CORE_MEMORY_H

#include <tern/error.h>

/* n * size zeroed bytes, aligned to 64. NULL with TERN_ERROR_MEMORY in `err`, which names the amount; n * size may be
 * 0. */
void *tern__alloc(size_t n, size_t size, tern_error *err);

/* Grows `memory` (NULL: new) from `old` to `n` elements, the new ones zeroed. On failure NULL, and `memory` is as it
 * was. */
void *tern__realloc(void *memory, size_t old, size_t n, size_t size, tern_error *err);

/* A file's bytes as memory, read when first touched and written to nothing: the caller's own copy, for arrays that are
 * larger than memory. NULL where the system, or the list of mappings, refuses: then the file is to be read. Any address
 * in it may be given to tern__free(), which lets all of it go. A file that is cut short meanwhile ends the process. */
void *tern__map(int fd, size_t size);

/* Frees what tern__alloc(), tern__realloc() and tern__map() gave; takes NULL. */
void tern__free(void *memory);

/* How many allocations there were in this process: a training step must not move it. */
size_t tern__alloc_count(void);

/* For tests: the allocation that comes after `after` further ones fails, and with `onwards` all later ones do.
 * SIZE_MAX: none. */
void tern__alloc_fail(size_t after, bool onwards);

/* Many small allocations with one end. Start from a zero-filled value. */
typedef struct tern__arena {
    struct tern__chunk *chunk;
} tern__arena;

/* n * size zeroed bytes that live until tern__arena_free(). NULL with `err` filled in. */
void *tern__arena_alloc(tern__arena *arena, size_t n, size_t size, tern_error *err);

/* A copy of `length` bytes of text, closed by a zero. */
char *tern__arena_text(tern__arena *arena, const char *text, size_t length, tern_error *err);

/* Frees all of it. */
void tern__arena_free(tern__arena *arena);

#endif
