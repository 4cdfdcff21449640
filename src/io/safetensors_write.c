/* safetensors_write.c - writes safetensors files; see safetensors.h. */
#include "file.h"
#include "memory.h"
#include "safetensors.h"

#include <stdio.h>
#include <string.h>

/* Text that grows. Once memory is missing it stays NULL, and adding does nothing. */
typedef struct text {
    char *start;
    size_t used, room;
    bool failed;
    tern_error *err;
} text;

static void add(text *t, const char *piece, size_t length) {
    if (t->failed) return;
    if (length > t->room - t->used) {
        size_t room = 2 * t->room + length + 256;
        char *grown = tern__realloc(t->start, t->room, room, 1, t->err);
        t->failed = !grown;
        if (!grown) return;
        t->start = grown, t->room = room;
    }
    memcpy(t->start + t->used, piece, length);
    t->used += length;
}

static void add_words(text *t, const char *words) { add(t, words, strlen(words)); }

static void add_number(text *t, size_t number) {
    char digits[24];
    add(t, digits, (size_t)snprintf(digits, sizeof digits, "%zu", number));
}

static void add_string(text *t, const char *s) {
    add_words(t, "\"");
    for (; *s; s++) {
        char escape[8];
        if (*s == '"' || *s == '\\') add_words(t, "\\");
        if ((unsigned char)*s >= 0x20) add(t, s, 1);
        else add(t, escape, (size_t)snprintf(escape, sizeof escape, "\\u%04x", (unsigned)*s));
    }
    add_words(t, "\"");
}

/* ,"name":{"dtype":"F32","shape":[2,3],"data_offsets":[0,24]} */
static void add_entry(text *t, const tern__entry *e, size_t begin, size_t end) {
    static const char *const kinds[] = {[TERN_U8] = "U8",   [TERN_I8] = "I8",   [TERN_I16] = "I16", [TERN_I32] = "I32",
                                        [TERN_I64] = "I64", [TERN_F32] = "F32", [TERN_F64] = "F64"};
    add_words(t, ",");
    add_string(t, e->name);
    add_words(t, ":{\"dtype\":");
    add_string(t, kinds[e->dtype]);
    add_words(t, ",\"shape\":[");
    for (size_t i = 0; i < e->shape.rank; i++) {
        if (i) add_words(t, ",");
        add_number(t, e->shape.dim[i]);
    }
    add_words(t, "],\"data_offsets\":[");
    add_number(t, begin);
    add_words(t, ",");
    add_number(t, end);
    add_words(t, "]}");
}

static size_t entry_size(const tern__entry *e) { return tern_shape_count(&e->shape) * tern_dtype_size(e->dtype); }

static void add_header(text *t, size_t n, const tern__entry *entries, size_t n_meta, const tern__meta *meta) {
    add_words(t, "{\"__metadata__\":{\"format\":\"pt\"");
    for (size_t i = 0; i < n_meta; i++) {
        add_words(t, ",");
        add_string(t, meta[i].key);
        add_words(t, ":");
        add_string(t, meta[i].value);
    }
    add_words(t, "}");
    for (size_t i = 0, at = 0; i < n; at += entry_size(&entries[i++]))
        add_entry(t, &entries[i], at, at + entry_size(&entries[i]));
    add_words(t, "}");
    while (t->used % 8 && !t->failed) add_words(t, " ");
}

tern_status tern__safetensors_write(const char *path, size_t n, const tern__entry *entries, size_t n_meta,
                                    const tern__meta *meta, tern_error *err) {
    text header = {.err = err};
    add_header(&header, n, entries, n_meta, meta);
    tern__replace *r = header.failed ? NULL : tern__replace_open(path, err);
    if (r) {
        uint64_t length = header.used;
        tern__replace_write(r, &length, sizeof length);
        tern__replace_write(r, header.start, header.used);
        for (size_t i = 0; i < n; i++) tern__replace_write(r, entries[i].data, entry_size(&entries[i]));
    }
    tern__free(header.start);
    return r ? tern__replace_commit(r, err) : header.failed ? TERN_ERROR_MEMORY : TERN_ERROR_IO;
}
