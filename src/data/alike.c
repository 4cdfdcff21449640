/* alike.c - names that a person would take for one; see alike.h. */
#include "alike.h"

#include "memory.h"
#include "utf8.h"

#include <stdlib.h>
#include <string.h>

static bool is_blank(uint32_t c) {
    return c == ' ' || (c >= 9 && c <= 13) || c == 0xa0 || (c >= 0x2000 && c <= 0x200b) || c == 0x202f || c == 0x205f ||
           c == 0x3000 || c == 0xfeff;
}

/* The small letter of Latin, Greek and Cyrillic ones, by where Unicode has them; full-width forms are plain ones. */
static uint32_t fold(uint32_t c) {
    if (c >= 0xff01 && c <= 0xff5e) c -= 0xff01 - '!';
    if ((c >= 'A' && c <= 'Z') || (c >= 0xc0 && c <= 0xde && c != 0xd7)) return c + 0x20;
    if ((c >= 0x391 && c <= 0x3a9) || (c >= 0x410 && c <= 0x42f)) return c + 0x20;
    if (c >= 0x400 && c <= 0x40f) return c + 0x50;
    bool odd_first = (c >= 0x139 && c <= 0x148) || (c >= 0x179 && c <= 0x17e);
    if (c >= 0x100 && c <= 0x177 && c != 0x130 && c != 0x131 && c != 0x138 && !odd_first) return c | 1;
    return odd_first && c % 2 ? c + 1 : c;
}

/* A name without what is hardly seen: blanks at its ends, several in a row, case, width. */
static char *bare(tern__arena *arena, const char *name) {
    size_t length = strlen(name), used = 0;
    char *out = tern__arena_alloc(arena, 2 * length + 5, 1, NULL);
    bool blank = false;
    for (size_t i = 0, n; out && i < length; i += n) {
        uint32_t c;
        if (!(n = tern__utf8_get(name + i, length - i, &c))) n = 1, c = (unsigned char)name[i];
        if (is_blank(c)) {
            blank = used > 0;
            continue;
        }
        if (blank) out[used++] = ' ';
        blank = false;
        used += tern__utf8_put(fold(c), out + used);
    }
    return out;
}

typedef struct entry {
    const char *bare;
    const tern__name_count *name;
} entry;

static int compare(const void *a, const void *b) {
    const entry *x = a, *y = b;
    int order = strcmp(x->bare, y->bare);
    return order ? order : strcmp(x->name->name, y->name->name);
}

static void warn(const char *what, size_t n, const entry *sorted, tern_error *err) {
    enum { SHOWN = 4 };
    size_t said = 0;
    for (size_t i = 1; i < n; i++) {
        if (strcmp(sorted[i - 1].bare, sorted[i].bare) != 0 || said++ >= SHOWN) continue;
        const tern__name_count *a = sorted[i - 1].name, *b = sorted[i].name;
        tern_error_warn(
            err, NULL,
            "%s: \"%.64s\" (%zu rows) and \"%.64s\" (%zu rows) differ in nothing but case, blanks or width, "
            "and are taken for two",
            what, a->name, a->rows, b->name, b->rows);
    }
    if (said > SHOWN) tern_error_warn(err, NULL, "%s: %zu more names look like another", what, said - SHOWN);
}

void tern__names_warn_alike(const char *what, size_t n, const tern__name_count *names, tern_error *err) {
    tern__arena arena = {0};
    entry *sorted = tern__arena_alloc(&arena, n, sizeof *sorted, NULL);
    bool done = sorted;
    for (size_t i = 0; done && i < n; i++) {
        sorted[i] = (entry){bare(&arena, names[i].name), &names[i]};
        done = sorted[i].bare;
    }
    if (done) {
        qsort(sorted, n, sizeof *sorted, compare);
        warn(what, n, sorted, err);
    }
    tern__arena_free(&arena);
}
