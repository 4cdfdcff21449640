/* tokens - texts, one a line, as sequences of the numbers of their characters or words. Where a model is to write such
 * a text, it reads it with a 0 before it and is to say it with a 0 behind: at each place what comes next. */
#include "tokens.h"

#include "dataset_from_columns.h"
#include "file.h"
#include "fraction.h"
#include "memory.h"
#include "text_file.h"
#include "utf8.h"

#include <string.h>

static const char *const boundary_words[] = {"none", "start", "end", NULL};

tern__vocabulary tern__tokens_vocabulary(const tern__token_lines *o) {
    return (tern__vocabulary){.tokens = o->vocabulary, .kind = o->tokens, .unknown = o->unseen == TERN__UNSEEN_UNKNOWN};
}

/* The lines of a file, cut into texts that end in a zero. */
typedef struct text_lines {
    const tern__token_lines *o;
    const char *path;
    tern__vocabulary v;
    char *bytes;
    size_t n, first, longest; /* first: the line, from 0, that the part begins with */
    const char **text;        /* [n] */
    size_t *length;           /* [n] */
    tern_error *err;
} text_lines;

/* ---- lines ---- */

static tern_status cut(text_lines *l, size_t size) {
    size_t n = 0, end;
    for (size_t i = 0; i < size; i++) n += l->bytes[i] == '\n';
    n += size && l->bytes[size - 1] != '\n';
    if (!n) return tern_error_add(l->err, TERN_ERROR_DATA, NULL, "%s has no line", l->path);
    tern_status status = tern__fraction(l->o->from, l->o->to, n, &l->first, &end, l->err);
    if (status) return status;
    l->n = end - l->first;
    if (!(l->text = tern__alloc(l->n, sizeof *l->text, l->err))) return TERN_ERROR_MEMORY;
    char *at = l->bytes;
    for (size_t line = 0; line < end; line++) {
        char *stop = memchr(at, '\n', size - (size_t)(at - l->bytes)), *next = stop ? stop + 1 : l->bytes + size;
        if (!stop) stop = l->bytes + size;
        if (stop > at && stop[-1] == '\r') stop--;
        *stop = 0;
        if (strlen(at) != (size_t)(stop - at) || !tern__utf8_valid(at, (size_t)(stop - at)))
            return tern_error_add(l->err, TERN_ERROR_DATA, NULL, "%s: line %zu is no text in UTF-8", l->path, line + 1);
        if (line >= l->first) l->text[line - l->first] = at;
        at = next;
    }
    return TERN_OK;
}

/* How long each is, with its boundary. */
static tern_status measure(text_lines *l) {
    bool edge = l->o->boundary != TERN__BOUNDARY_NONE;
    if (!(l->length = tern__alloc(l->n, sizeof *l->length, l->err))) return TERN_ERROR_MEMORY;
    for (size_t i = 0; i < l->n; i++) {
        const char *unseen;
        size_t size, n = tern__vocabulary_encode(&l->v, l->text[i], NULL, &unseen, &size);
        if (unseen)
            return tern_error_add(l->err, TERN_ERROR_DATA, NULL,
                                  "%s: line %zu has \"%.*s\", which is not in the vocabulary; \"unseen\": \"unknown\" "
                                  "takes it",
                                  l->path, l->first + i + 1, (int)(size < 40 ? size : 40), unseen);
        if (!n && !edge)
            return tern_error_add(l->err, TERN_ERROR_DATA, NULL, "%s: line %zu is empty; a text has a token or more",
                                  l->path, l->first + i + 1);
        l->length[i] = n + edge;
        if (l->length[i] > l->longest) l->longest = l->length[i];
    }
    return TERN_OK;
}

static tern_dataset *make(text_lines *l) {
    uint32_t *x = tern__alloc(l->n, l->longest * sizeof *x, l->err);
    if (!x) return NULL;
    for (size_t i = 0; i < l->n; i++) { /* zeros stand where a text begins or ends already */
        const char *unseen;
        size_t size, at = i * l->longest + (l->o->boundary == TERN__BOUNDARY_START);
        tern__vocabulary_encode(&l->v, l->text[i], x + at, &unseen, &size);
    }
    const tern_array column = {.dtype = TERN_I32, .shape = {1, {l->longest}}, .data = x};
    static const tern_array none = {0};
    tern_dataset *d = tern__dataset_from_columns(l->n, &column, 0, &none, l->err);
    if (!d) return NULL;
    d->x->length = l->length;
    size_t *own = l->length;
    l->length = NULL;
    if (!tern__dataset_own(d, own, tern__free, l->err)) return d;
    tern_dataset_free(d);
    return NULL;
}

/* ---- the type ---- */

static tern_dataset *tokens_read(const void *self, const char *dir, bool safe, tern_error *err) {
    const tern__token_lines *o = self;
    char *path = tern__path_join(dir, o->file, safe, "file", err);
    text_lines l = {.o = o, .path = path, .v = tern__tokens_vocabulary(o), .err = err};
    size_t size;
    tern_status status = path ? tern__vocabulary_sort(&l.v, err) : TERN_ERROR_MODEL;
    size_t depth = tern_error_enter(err, "file", 0);
    if (!status && !(l.bytes = (char *)tern__text_file_read(path, &size, err))) status = TERN_ERROR_IO;
    tern_error_leave(err, depth);
    if (!status) status = cut(&l, size);
    if (!status) status = measure(&l);
    tern_dataset *d = status ? NULL : make(&l);
    tern__free(l.length);
    tern__free(l.text);
    tern__free(l.bytes);
    tern__free(l.v.sorted);
    tern__free(path);
    return d;
}

static void tokens_from_files(void *self, const tern_files *files) {
    tern__token_lines *o = self;
    o->file = files->input, o->from = 0, o->to = 1;
}

static const tern_option options[] = {
    TERN_STRING_REQUIRED(tern__token_lines, file, "The texts, a line each, in UTF-8. May be compressed: .txt.gz.",
                         .path = true),
    TERN_STRINGS(tern__token_lines, vocabulary, 1, 0,
                 "The tokens, in the order of their numbers from 1; left out: bytes, each its own number."),
    TERN_CHOICE(tern__token_lines, tokens, TERN__TOKENS_CHARACTERS, tern__tokens_words,
                "What a text is cut into: characters, or what stands between spaces."),
    TERN_CHOICE(tern__token_lines, boundary, TERN__BOUNDARY_NONE, boundary_words,
                "Where a 0 is added: at the start of what a model has written so far, at the end of what it is to "
                "write."),
    TERN_CHOICE(tern__token_lines, unseen, TERN__UNSEEN_ERROR, tern__unseen_words,
                "What is not in the vocabulary: an error, or a number of its own, the last."),
    TERN_FRACTION_OPTIONS(tern__token_lines, "lines"),
    {0},
};

static const tern_example examples[] = {
    {"{\"file\": \"dates.txt\", \"vocabulary\": [\"-\", \"0\", \"1\"], \"boundary\": \"end\"}", {{0}}},
    {0},
};

const tern_reader_type tern_reader_tokens = {
    .base = {TERN_READER, "tokens", NULL, "Texts, one a line, as sequences of the numbers of their tokens.",
             sizeof(tern__token_lines), options, examples},
    .read = tokens_read,
    .from_files = tokens_from_files,
};
