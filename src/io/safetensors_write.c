/* safetensors_write.c - writes safetensors files; see safetensors.h. */
#include "file.h"
#include "json_writer.h"
#include "memory.h"
#include "safetensors.h"

/* "name":{"dtype":"F32","shape":[2,3],"data_offsets":[0,24]} */
static void add_entry(tern__json_writer *w, const tern__entry *e, size_t begin, size_t end) {
    static const char *const kinds[] = {[TERN_U8] = "U8",   [TERN_I8] = "I8",   [TERN_I16] = "I16", [TERN_I32] = "I32",
                                        [TERN_I64] = "I64", [TERN_F32] = "F32", [TERN_F64] = "F64"};
    tern__json_open(w, e->name, '{');
    tern__json_add_text(w, "dtype", kinds[e->dtype]);
    tern__json_open(w, "shape", '[');
    for (size_t i = 0; i < e->shape.rank; i++) tern__json_add_size(w, NULL, e->shape.dim[i]);
    tern__json_close_bracket(w, ']');
    tern__json_open(w, "data_offsets", '[');
    tern__json_add_size(w, NULL, begin);
    tern__json_add_size(w, NULL, end);
    tern__json_close_bracket(w, ']');
    tern__json_close_bracket(w, '}');
}

static size_t entry_size(const tern__entry *e) { return tern_shape_count(&e->shape) * tern_dtype_size(e->dtype); }

static void add_header(tern__buffer *b, size_t n, const tern__entry *entries, size_t n_meta, const tern__meta *meta) {
    tern__json_writer w = {.write = tern__buffer_write, .to = b, .compact = true};
    tern__json_open(&w, NULL, '{');
    tern__json_open(&w, "__metadata__", '{');
    tern__json_add_text(&w, "format", "pt");
    for (size_t i = 0; i < n_meta; i++) tern__json_add_text(&w, meta[i].key, meta[i].value);
    tern__json_close_bracket(&w, '}');
    for (size_t i = 0, at = 0; i < n; at += entry_size(&entries[i++]))
        add_entry(&w, &entries[i], at, at + entry_size(&entries[i]));
    tern__json_close_bracket(&w, '}');
    while (b->length % 8 && !b->failed) tern__buffer_write(b, " ", 1);
}

tern_status tern__safetensors_write(const char *path, size_t n, const tern__entry *entries, size_t n_meta,
                                    const tern__meta *meta, tern_error *err) {
    tern__buffer header = {0};
    add_header(&header, n, entries, n_meta, meta);
    if (header.failed) {
        tern__free(header.text);
        return tern_error_add(err, TERN_ERROR_MEMORY, NULL, "not enough memory for the header of %s", path);
    }
    tern__replace *r = tern__replace_open(path, err);
    if (r) {
        uint64_t length = header.length;
        tern__replace_write(r, &length, sizeof length);
        tern__replace_write(r, header.text, header.length);
        for (size_t i = 0; i < n; i++) tern__replace_write(r, entries[i].data, entry_size(&entries[i]));
    }
    tern__free(header.text);
    return r ? tern__replace_commit(r, err) : TERN_ERROR_IO;
}
