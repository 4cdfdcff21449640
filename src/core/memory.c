/* memory.c - the only malloc; see memory.h. */
#include "memory.h"

#include <stdalign.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

enum {
    ALIGNMENT = 64,
    HUGE_PAGE = 2 << 20
}; /* a cache line, and the widest vector; the next size of pages on most CPUs */

/* Process-wide, for tests: the number of the next allocation, and which one is to fail. */
static atomic_size_t allocations;
static atomic_size_t fail_at = SIZE_MAX;
static atomic_bool fail_onwards;

size_t tern__alloc_count(void) { return atomic_load(&allocations); }

void tern__alloc_fail(size_t after, bool onwards) {
    atomic_store(&fail_onwards, onwards);
    atomic_store(&fail_at, after == SIZE_MAX ? SIZE_MAX : atomic_load(&allocations) + after);
}

static bool told_to_fail(size_t number) {
    size_t at = atomic_load(&fail_at);
    return number == at || (number > at && atomic_load(&fail_onwards));
}

/* No object is larger, and what is added to a size below cannot overflow. */
static const size_t LARGEST = PTRDIFF_MAX / 2;

static void too_much(size_t n, size_t size, tern_error *err) {
    tern_error_add(err, TERN_ERROR_MEMORY, NULL, "not enough memory for %zu times %zu bytes", n, size);
}

/* n * size bytes, contents undefined. */
static void *take(size_t n, size_t size, tern_error *err) {
    if (size && n > LARGEST / size) {
        too_much(n, size, err);
        return NULL;
    }
    void *memory = NULL;
    size_t bytes = n * size;
    bool refused = told_to_fail(atomic_fetch_add(&allocations, 1));
    if (refused || posix_memalign(&memory, bytes < HUGE_PAGE ? ALIGNMENT : HUGE_PAGE, bytes ? bytes : 1)) {
        tern_error_add(err, TERN_ERROR_MEMORY, NULL, "not enough memory for %zu bytes", bytes);
        return NULL;
    }
#ifdef MADV_HUGEPAGE
    /* What fills huge pages may have them: fewer to look up, above all for rows here and there in a data set. A wish:
     * it may be refused. */
    if (bytes >= HUGE_PAGE) madvise(memory, bytes / HUGE_PAGE * HUGE_PAGE, MADV_HUGEPAGE);
#endif
    return memory;
}

void *tern__alloc(size_t n, size_t size, tern_error *err) {
    void *memory = take(n, size, err);
    if (memory) memset(memory, 0, n * size);
    return memory;
}

void *tern__realloc(void *memory, size_t old, size_t n, size_t size, tern_error *err) {
    char *grown = take(n, size, err);
    if (!grown) return NULL;
    size_t kept = (old < n ? old : n) * size;
    if (kept) memcpy(grown, memory, kept);
    memset(grown + kept, 0, n * size - kept);
    tern__free(memory);
    return grown;
}

/* ---- mapped files ---- */

enum { MAPPINGS = 64 };

/* What is mapped, for tern__free() to tell. `begin` 0: a place is free; 1: it is being filled in or emptied. */
static struct {
    atomic_uintptr_t begin;
    uintptr_t size;
} mapping[MAPPINGS];
static atomic_size_t mappings;

void *tern__map(int fd, size_t size) {
    void *memory = size ? mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE, fd, 0) : MAP_FAILED;
    if (memory == MAP_FAILED) return NULL;
    for (size_t i = 0; i < MAPPINGS; i++) {
        uintptr_t none = 0;
        if (!atomic_compare_exchange_strong(&mapping[i].begin, &none, 1)) continue;
        mapping[i].size = size;
        atomic_store(&mapping[i].begin, (uintptr_t)memory);
        atomic_fetch_add(&mappings, 1);
        return memory;
    }
    munmap(memory, size);
    return NULL;
}

/* Whether the address lies in a mapping, which is then gone. */
static bool unmap(void *memory) {
    uintptr_t at = (uintptr_t)memory;
    for (size_t i = 0; i < MAPPINGS; i++) {
        uintptr_t begin = atomic_load(&mapping[i].begin);
        if (begin <= 1 || at < begin || at - begin >= mapping[i].size) continue;
        munmap((void *)begin, mapping[i].size);
        atomic_store(&mapping[i].begin, 0);
        atomic_fetch_sub(&mappings, 1);
        return true;
    }
    return false;
}

void tern__free(void *memory) {
    if (memory && atomic_load(&mappings) && unmap(memory)) return;
    free(memory);
}

void tern_free(void *memory) { tern__free(memory); }

/* ---- arenas ---- */

enum { CHUNK = 16 * 1024 };

/* A chunk serves from its front; what is larger than a chunk gets one of its own. */
typedef struct tern__chunk {
    struct tern__chunk *next;
    size_t used, size;
    alignas(max_align_t) unsigned char data[];
} chunk;

void *tern__arena_alloc(tern__arena *arena, size_t n, size_t size, tern_error *err) {
    if (size && n > LARGEST / size) {
        too_much(n, size, err);
        return NULL;
    }
    size_t bytes = (n * size + alignof(max_align_t) - 1) & ~(alignof(max_align_t) - 1);

    chunk *first = arena->chunk;
    if (!first || first->size - first->used < bytes) {
        size_t room = bytes > CHUNK ? bytes : CHUNK;
        chunk *fresh = tern__alloc(1, sizeof *fresh + room, err);
        if (!fresh) return NULL;
        fresh->size = room;
        fresh->next = first;
        arena->chunk = first = fresh;
    }
    void *memory = first->data + first->used;
    first->used += bytes;
    return memory;
}

char *tern__arena_text(tern__arena *arena, const char *text, size_t length, tern_error *err) {
    char *copy = tern__arena_alloc(arena, length + 1, 1, err);
    if (copy && length) memcpy(copy, text, length);
    return copy;
}

void tern__arena_free(tern__arena *arena) {
    for (chunk *c = arena->chunk, *next; c; c = next) {
        next = c->next;
        tern__free(c);
    }
    arena->chunk = NULL;
}
