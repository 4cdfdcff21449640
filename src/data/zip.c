/* zip.c - see zip.h. The list of files stands at the end: records of 46 bytes and a name, whose place the very last
 * record says; numbers that do not fit their 4 bytes stand in an extra field (ZIP64). */
#include "zip.h"

#include "bytes.h"
#include "file.h"
#include "memory.h"

#include <limits.h>
#include <string.h>
#include <zlib.h>

enum { RECORD = 46, LOCAL = 30, LAST = 22, LAST64 = 56, LOCATOR = 20, COMMENT = 65535 };

typedef struct entry {
    unsigned method, flags;
    uint32_t crc;
    uint64_t packed, size, offset;
} entry;

struct tern__zip {
    const char *path;
    unsigned char *file;
    size_t file_size, n;
    entry *entry;      /* [n] */
    const char **name; /* [n] */
    tern__arena arena;
    /* the file in hand */
    z_stream inflate;
    bool inflating;
    const unsigned char *at;
    uint64_t left, packed_left;
    uint32_t crc, wanted_crc;
    const char *wanted_name;
};

static tern_status damaged(const tern__zip *z, const char *what, tern_error *err) {
    return tern_error_add(err, TERN_ERROR_SYNTAX, NULL, "\"%.256s\" is no whole ZIP archive: %s", z->path, what);
}

/* Whether `size` bytes from `offset` on are in the file. */
static bool within(const tern__zip *z, uint64_t offset, uint64_t size) {
    return offset <= z->file_size && size <= z->file_size - offset;
}

/* ---- the list ---- */

/* Where the list is and how many files it has. */
typedef struct directory {
    uint64_t offset, size, n;
} directory;

static bool is_record(const tern__zip *z, uint64_t offset, const char *mark, size_t size) {
    return within(z, offset, size) && !memcmp(z->file + offset, mark, 4);
}

static tern_status find_directory(const tern__zip *z, directory *d, tern_error *err) {
    size_t most = z->file_size < LAST + COMMENT ? z->file_size : LAST + COMMENT, back = LAST;
    while (back <= most && !is_record(z, z->file_size - back, "PK\5\6", LAST)) back++;
    if (back > most) return damaged(z, "its end is missing", err);
    size_t end = z->file_size - back;
    const unsigned char *last = z->file + end;
    *d = (directory){tern__get32(last + 16), tern__get32(last + 12), tern__get16(last + 10)};
    if (end >= LOCATOR && is_record(z, end - LOCATOR, "PK\6\7", LOCATOR)) {
        uint64_t at = tern__get64(last - LOCATOR + 8);
        if (!is_record(z, at, "PK\6\6", LAST64)) return damaged(z, "its ZIP64 record is missing", err);
        const unsigned char *more = z->file + at;
        *d = (directory){tern__get64(more + 48), tern__get64(more + 40), tern__get64(more + 32)};
    }
    if (!within(z, d->offset, d->size) || d->n > d->size / RECORD)
        return damaged(z, "its list of files is not where it says", err);
    return TERN_OK;
}

/* The numbers that an extra field has for those that were too large. */
static void read_zip64(const unsigned char *extra, size_t size, entry *e) {
    for (size_t at = 0; size - at >= 4;) {
        size_t length = tern__get16(extra + at + 2);
        if (length > size - at - 4) return;
        if (tern__get16(extra + at) == 1) {
            const unsigned char *v = extra + at + 4, *end = v + length;
            uint64_t *wanted[] = {&e->size, &e->packed, &e->offset};
            for (size_t i = 0; i < 3; i++)
                if (*wanted[i] == UINT32_MAX && end - v >= 8) *wanted[i] = tern__get64(v), v += 8;
            return;
        }
        at += 4 + length;
    }
}

static tern_status read_entries(tern__zip *z, const directory *d, tern_error *err) {
    const unsigned char *at = z->file + d->offset, *end = at + d->size;
    z->entry = tern__arena_alloc(&z->arena, (size_t)d->n, sizeof *z->entry, err);
    z->name = tern__arena_alloc(&z->arena, (size_t)d->n, sizeof *z->name, err);
    if (!z->entry || !z->name) return TERN_ERROR_MEMORY;
    for (; z->n < d->n; z->n++) {
        if (end - at < RECORD || memcmp(at, "PK\1\2", 4)) return damaged(z, "its list of files is cut off", err);
        size_t name = tern__get16(at + 28), extra = tern__get16(at + 30), comment = tern__get16(at + 32);
        if (name + extra + comment > (size_t)(end - at) - RECORD)
            return damaged(z, "its list of files is cut off", err);
        entry *e = &z->entry[z->n];
        *e = (entry){tern__get16(at + 10), tern__get16(at + 8),  tern__get32(at + 16),
                     tern__get32(at + 20), tern__get32(at + 24), tern__get32(at + 42)};
        read_zip64(at + RECORD + name, extra, e);
        z->name[z->n] = tern__arena_text(&z->arena, (const char *)at + RECORD, name, err);
        if (!z->name[z->n]) return TERN_ERROR_MEMORY;
        at += RECORD + name + extra + comment;
    }
    return TERN_OK;
}

tern__zip *tern__zip_open(const char *path, tern_error *err) {
    directory d = {0};
    tern__zip *z = tern__alloc(1, sizeof *z, err);
    if (!z) return NULL;
    z->path = tern__arena_text(&z->arena, path, strlen(path), err);
    z->file = tern__file_map(path, &z->file_size);
    if (!z->file) z->file = tern__file_read(path, PTRDIFF_MAX, &z->file_size, err);
    if (z->path && z->file && !find_directory(z, &d, err) && !read_entries(z, &d, err)) return z;
    tern__zip_free(z);
    return NULL;
}

static void end_file(tern__zip *z) {
    if (z->inflating) inflateEnd(&z->inflate);
    z->inflating = false;
}

void tern__zip_free(tern__zip *z) {
    if (!z) return;
    end_file(z);
    tern__free(z->file);
    tern__arena_free(&z->arena);
    tern__free(z);
}

size_t tern__zip_count(const tern__zip *z) { return z->n; }
const char *const *tern__zip_names(const tern__zip *z) { return z->name; }

/* ---- a file ---- */

static tern_status refuse(const tern__zip *z, const char *what, tern_error *err) {
    return tern_error_add(err, TERN_ERROR_SYNTAX, NULL, "\"%.200s\" in \"%.256s\" %s", z->wanted_name, z->path, what);
}

tern_status tern__zip_begin(tern__zip *z, size_t i, size_t *size, tern_error *err) {
    enum { MOST_RATIO = 1032 }; /* that deflate reaches */
    const entry *e = &z->entry[i];
    end_file(z);
    z->wanted_name = z->name[i];
    if (e->flags & 1) return refuse(z, "is encrypted", err);
    if (e->method != 0 && e->method != Z_DEFLATED) return refuse(z, "is neither stored nor deflated", err);
    if (!is_record(z, e->offset, "PK\3\4", LOCAL)) return refuse(z, "is not where it should be", err);
    const unsigned char *local = z->file + e->offset;
    uint64_t start = e->offset + LOCAL + tern__get16(local + 26) + tern__get16(local + 28);
    if (!within(z, start, e->packed)) return refuse(z, "is cut off", err);
    bool fits = e->method ? e->size / MOST_RATIO <= e->packed : e->size == e->packed;
    if (!fits || e->size > PTRDIFF_MAX) return refuse(z, "can't be as large as it says", err);
    z->at = z->file + start;
    z->left = e->size, z->packed_left = e->packed;
    z->crc = 0, z->wanted_crc = e->crc;
    *size = (size_t)e->size;
    if (!e->method) return TERN_OK;
    z->inflate = (z_stream){0};
    if (inflateInit2(&z->inflate, -MAX_WBITS) != Z_OK)
        return tern_error_add(err, TERN_ERROR_MEMORY, NULL, "not enough memory to unpack \"%.256s\"", z->path);
    z->inflating = true;
    return TERN_OK;
}

/* Up to `size` bytes; 0: there are none, or they are damaged. */
static size_t unpack(tern__zip *z, unsigned char *out, size_t size) {
    if (!z->inflating) {
        size_t n = z->left < size ? (size_t)z->left : size;
        memcpy(out, z->at, n);
        z->at += n;
        return n;
    }
    z_stream *s = &z->inflate;
    uInt in = z->packed_left < UINT_MAX ? (uInt)z->packed_left : UINT_MAX,
         room = size < UINT_MAX ? (uInt)size : UINT_MAX;
    s->next_in = (Bytef *)(uintptr_t)z->at, s->avail_in = in;
    s->next_out = out, s->avail_out = room;
    int code = inflate(s, Z_NO_FLUSH);
    z->at += in - s->avail_in, z->packed_left -= in - s->avail_in;
    return code == Z_OK || code == Z_STREAM_END ? room - s->avail_out : 0;
}

tern_status tern__zip_next(void *self, void *out, size_t size, tern_error *err) {
    tern__zip *z = self;
    unsigned char *to = out;
    if (size > z->left) return refuse(z, "ends early", err);
    while (size) {
        size_t got = unpack(z, to, size);
        if (!got) return refuse(z, "is damaged", err);
        for (size_t n = got, at = 0; n;) {
            uInt part = n < UINT_MAX ? (uInt)n : UINT_MAX;
            z->crc = (uint32_t)crc32(z->crc, to + at, part);
            n -= part, at += part;
        }
        to += got, size -= got, z->left -= got;
    }
    return z->left || z->crc == z->wanted_crc ? TERN_OK : refuse(z, "is damaged: its checksum is another", err);
}
