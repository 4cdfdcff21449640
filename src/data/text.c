/* text - a plain text as sequences for a model of the next character: x is `length` bytes, y the byte that follows each
 * of them.
 *
 * The vocabulary is the 256 bytes themselves: any encoding, no table that files, splits and predictions would have to
 * agree on. For ASCII, 128 are enough; that a text holds nothing else than the model takes is checked before it is
 * used. */
#include <tern/reader.h>

#include "dataset_from_columns.h"
#include "file.h"
#include "memory.h"
#include "fraction.h"

#include <string.h>

typedef struct text {
    const char *file;
    size_t length, stride; /* stride 0: length */
    double from, to;
} text;

static tern_status refuse_short(const text *o, size_t bytes, tern_error *err) {
    return tern_error_add(err, TERN_ERROR_DATA, "length",
                          "is %zu, but this part of \"%.256s\" has only %zu bytes: a sequence "
                          "and the byte after it need %zu",
                          o->length, o->file, bytes, o->length + 1);
}

/* Copies n sequences, each `stride` bytes after the one before. */
static void *cut(const unsigned char *from, size_t n, size_t length, size_t stride, tern_error *err) {
    unsigned char *out = tern__alloc(n, length, err);
    for (size_t i = 0; out && i < n; i++) memcpy(out + i * length, from + i * stride, length);
    return out;
}

static tern_dataset *make_sequences(const text *o, const unsigned char *bytes, size_t size, tern_error *err) {
    size_t first, end, stride = o->stride ? o->stride : o->length;
    if (tern__fraction(o->from, o->to, size, &first, &end, err)) return NULL;
    if (end - first <= o->length) return refuse_short(o, end - first, err), NULL;
    size_t n = (end - first - 1 - o->length) / stride + 1;
    tern_array x = {.dtype = TERN_U8, .shape = {1, {o->length}}}, y = x;
    x.data = cut(bytes + first, n, o->length, stride, err);
    y.data = x.data ? cut(bytes + first + 1, n, o->length, stride, err) : NULL;
    if (!y.data) return tern__free(x.data), NULL;
    tern_dataset *d = tern__dataset_from_columns(n, &x, n, &y, err);
    if (d) d->overlap = (o->length - 1) / stride; /* the byte after a sequence may be the next one's first */
    return d;
}

static tern_dataset *text_read(const void *self, const char *dir, bool safe, tern_error *err) {
    const text *o = self;
    char *path = tern__path_join(dir, o->file, safe, "file", err);
    size_t depth = tern_error_enter(err, "file", 0), size;
    unsigned char *bytes = path ? tern__file_read(path, PTRDIFF_MAX, &size, err) : NULL;
    tern_error_leave(err, depth);
    tern_dataset *d = bytes ? make_sequences(o, bytes, size, err) : NULL;
    tern__free(bytes);
    tern__free(path);
    return d;
}

static void text_from_files(void *self, const tern_files *files) {
    text *o = self;
    o->file = files->input, o->from = 0, o->to = 1;
}

static const tern_option options[] = {
    TERN_STRING_REQUIRED(text, file,
                         "The text, in any encoding: its bytes, 0 to 255, are what the model reads and predicts.",
                         .path = true),
    TERN_SIZE_REQUIRED(text, length, 1, 1 << 24, "Bytes of a sequence."),
    TERN_SIZE(text, stride, 0, 1, 1 << 24, "Bytes from the start of a sequence to the next one's; left out: length."),
    TERN_FRACTION_OPTIONS(text, "bytes"),
    {0},
};

static const tern_example examples[] = {
    {"{\"file\": \"gospels.txt\", \"length\": 64, \"stride\": 32, \"to\": 0.9}", {{0}}},
    {"{\"file\": \"gospels.txt\", \"length\": 64, \"from\": 0.9}", {{0}}},
    {0},
};

const tern_reader_type tern_reader_text = {
    .base = {TERN_READER, "text", NULL, "A plain text as sequences of bytes, each with the byte that follows.",
             sizeof(text), options, examples},
    .read = text_read,
    .from_files = text_from_files,
};
