/* generate_input.c - what tern generate goes on from: a prompt, and of a model that makes one text of another that one.
 */
#include "generate.h"

#include "memory.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* Whole numbers with spaces or commas between, added to a list. */
static tern_status read_tokens(const char *name, const char *text, size_t below, size_t *n, size_t **list,
                               tern_error *err) {
    static const char between[] = " ,\t\r\n";
    for (const char *at = text + strspn(text, between); *at; at += strspn(at, between)) {
        char *end = NULL;
        errno = 0;
        unsigned long long value = strtoull(at, &end, 10);
        if (*at < '0' || *at > '9' || errno || value >= below || !strchr(between, *end))
            return tern_error_add(err, TERN_ERROR_USAGE, NULL,
                                  "%s: \"%.40s\" is no token; accepted are numbers from 0 to %zu, with spaces between",
                                  name, at, below - 1);
        size_t *grown = tern__realloc(*list, *n, *n + 1, sizeof *grown, err);
        if (!grown) return TERN_ERROR_MEMORY;
        *list = grown;
        grown[(*n)++] = (size_t)value;
        at = end;
    }
    return TERN_OK;
}

/* What an option or the file that another names says. */
static tern_status read_text(const char *name, const char *text, const char *path, tern__buffer *out, tern_error *err) {
    bool standard = path && !strcmp(path, "-");
    if (text && path)
        return tern_error_add(err, TERN_ERROR_USAGE, NULL, "--%s and --%s-file say both the same; give one", name,
                              name);
    if (text) tern__buffer_write(out, text, strlen(text));
    FILE *file = !path ? NULL : standard ? stdin : fopen(path, "rb");
    if (path && !file)
        return tern_error_add(err, TERN_ERROR_IO, NULL, "--%s-file: \"%.200s\" can't be read: %s", name, path,
                              strerror(errno));
    char part[4096];
    for (size_t n; file && (n = fread(part, 1, sizeof part, file)) > 0;) tern__buffer_write(out, part, n);
    bool failed = file && ferror(file);
    if (file && !standard) fclose(file);
    if (failed) return tern_error_add(err, TERN_ERROR_IO, NULL, "--%s-file: \"%.200s\" can't be read", name, path);
    if (out->failed) return tern_error_add(err, TERN_ERROR_MEMORY, NULL, "not enough memory for the %s", name);
    if (out->length && strlen(out->text) != out->length)
        return tern_error_add(err, TERN_ERROR_DATA, NULL, "--%s-file: \"%.200s\" is no text: it has a byte 0", name,
                              path);
    return TERN_OK;
}

/* ---- the prompt ---- */

/* Bytes of a text in an encoding that nothing says. */
static tern_status take_bytes(generation *g, tern_error *err) {
    g->prompts = g->given.length;
    if (!(g->prompt = tern__alloc(g->prompts, sizeof *g->prompt, err))) return TERN_ERROR_MEMORY;
    for (size_t i = 0; i < g->prompts; i++) {
        g->prompt[i] = (unsigned char)g->given.text[i];
        if (g->prompt[i] >= g->info.tokens)
            return tern_error_add(err, TERN_ERROR_DATA, NULL,
                                  "byte %zu of the prompt is %zu; the model takes bytes from 0 to %zu", i + 1,
                                  g->prompt[i], g->info.tokens - 1);
    }
    return TERN_OK;
}

static tern_status take_text(generation *g, tern_error *err) {
    bool words = g->info.is.kind == TERN_TOKEN_CHARACTER || g->info.is.kind == TERN_TOKEN_WORD;
    const char *text = g->given.length ? g->given.text : "";
    g->text.stop = &g->a->stop;
    g->never[0] = g->info.is.unknown; /* 0 is no byte of a text, but may be the end of one */
    g->o.sampling.never = g->never;
    g->o.sampling.nevers = g->info.is.unknown || !g->info.is.boundary;
    return words ? tern_model_encode(g->m, g->info.input, text, &g->prompt, &g->prompts, err) : take_bytes(g, err);
}

static tern_status take_numbers(generation *g, tern_error *err) {
    const char *text = g->given.length ? g->given.text : "";
    tern_status status = read_tokens("--prompt", text, g->info.tokens, &g->prompts, &g->prompt, err);
    for (size_t k = 0; !status && k < g->a->stop.n; k++)
        status = read_tokens("--stop", g->a->stop.v[k], g->info.tokens, &g->stops, &g->stop, err);
    g->o.stop = g->stop, g->o.stops = g->stops;
    if (status || g->prompts || g->info.is.boundary) return status;
    return tern_error_add(err, TERN_ERROR_USAGE, NULL, "the prompt has no token; accepted are numbers from 0 to %zu",
                          g->info.tokens - 1);
}

static tern_status read_prompt(generation *g, tern_error *err) {
    const generate_args *a = g->a;
    bool given = a->prompt || a->prompt_file;
    const char *usual = given || g->numbers || g->info.is.boundary ? NULL : "\n";
    tern_status status = read_text("prompt", given ? a->prompt : usual, a->prompt_file, &g->given, err);
    if (status || g->given.length || g->info.is.boundary) return status;
    return tern_error_add(err, TERN_ERROR_USAGE, NULL, "the prompt is empty: the model goes on from %s",
                          g->numbers ? "a token or more: --prompt \"1 2 3\"" : "a byte or more");
}

tern_status generation_take_prompt(generation *g, tern_error *err) {
    tern_status status = read_prompt(g, err);
    if (status) return status;
    return g->numbers ? take_numbers(g, err) : take_text(g, err);
}

/* ---- what is read beside the sequence ---- */

tern_status generation_check_source(generation *g, tern_error *err) {
    const generate_args *a = g->a;
    size_t inputs = tern_model_inputs(g->m);
    bool given = a->source || a->source_file;
    if (inputs > 2)
        return tern_error_add(err, TERN_ERROR_USAGE, NULL,
                              "the model has %zu inputs; tern generate takes the sequence and one that it is made of, "
                              "tern_generate() any number",
                              inputs);
    if (inputs == 1 && given)
        return tern_error_add(err, TERN_ERROR_USAGE, NULL, "the model reads its own sequence alone, and no --source");
    if (inputs == 1) return TERN_OK;
    g->other = 1 - g->info.input;
    tern_port port = tern_model_input_at(g->m, g->other);
    if (!given || port.shape.rank != 1)
        return tern_error_add(err, TERN_ERROR_USAGE, NULL,
                              port.shape.rank == 1 ? "the model goes on by \"%s\": give it as --source TEXT, or as "
                                                     "--source-file FILE, a line each"
                                                   : "\"%s\" is no sequence of tokens, which --source could give",
                              port.name);
    g->x[g->other] =
        (tern_tensor){tern_shape_batch(&port.shape, 1), tern__alloc(port.shape.dim[0], sizeof(tern_real), err)};
    g->lengths[g->other] = port.lengths ? &g->length : NULL;
    if (!g->x[g->other].data) return TERN_ERROR_MEMORY;
    tern_status status = read_text("source", a->source, a->source_file, &g->sources, err);
    if (status || g->sources.length) return status;
    return tern_error_add(err, TERN_ERROR_USAGE, NULL, "--source-file: \"%.200s\" is empty", a->source_file);
}

tern_status generation_take_source(generation *g, tern_error *err) {
    tern_port port = tern_model_input_at(g->m, g->other);
    size_t room = port.shape.dim[0], *token = NULL, n = 0;
    tern_status status = tern_model_tokens(g->m, g->other).kind == TERN_TOKEN_NUMBER
                             ? read_tokens("--source", g->source, SIZE_MAX, &n, &token, err)
                             : tern_model_encode(g->m, g->other, g->source, &token, &n, err);
    if (!status && (!n || n > room || (n < room && !port.lengths)))
        status = tern_error_add(err, TERN_ERROR_DATA, NULL, "\"%.60s\" has %zu tokens; \"%s\" takes %s%zu", g->source,
                                n, port.name, port.lengths ? "1 to " : "", room);
    for (size_t i = 0; !status && i < n; i++) g->x[g->other].data[i] = (tern_real)token[i];
    g->length = n;
    tern__free(token);
    return status;
}
