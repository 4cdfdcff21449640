/* answer.c - answers as JSON text, errors among them, and memory for the page. */
#include "memory.h"
#include "web.h"

#include <tern/schema.h>
#include <tern/version.h>

static tern_error record;
static tern__buffer buffer;
static tern__json_writer writer;

tern_error *web_err(void) { return &record; }

tern__json_writer *web_answer_begin(char bracket) {
    buffer.length = 0;
    buffer.failed = false;
    writer = (tern__json_writer){.write = tern__buffer_write, .to = &buffer, .compact = true};
    tern__json_open(&writer, NULL, bracket);
    return &writer;
}

const char *web_answer_end(char bracket) {
    tern__json_close_bracket(&writer, bracket);
    return buffer.failed ? "null" : buffer.text;
}

void web_add_shape(tern__json_writer *w, const char *key, const tern_shape *shape) {
    tern__json_open(w, key, '[');
    for (size_t i = 0; i < shape->rank; i++) tern__json_add_size(w, NULL, shape->dim[i]);
    tern__json_close_bracket(w, ']');
}

void web_add_score(tern__json_writer *w, const char *key, const tern_score *score) {
    if (!score || !score->n) {
        tern__json_add_text(w, key, NULL);
        return;
    }
    tern__json_open(w, key, '{');
    tern__json_add_real(w, "loss", score->loss);
    for (size_t i = 0; score->losses > 1 && i < score->losses; i++)
        tern__json_add_real(w, score->loss_name[i], score->loss_value[i]);
    for (size_t i = 0; i < score->metrics; i++) tern__json_add_real(w, score->name[i], score->value[i]);
    tern__json_close_bracket(w, '}');
}

/* What was recorded since the last call, as a list; the record is then empty. */
WEB_EXPORT(web_errors)
const char *web_errors(void) {
    static const char *const names[] = {
#define NAME(status, text) #status,
        TERN_STATUS_LIST(NAME)
#undef NAME
    };
    tern__json_writer *w = web_answer_begin('[');
    char line[2 * TERN_MAX_TEXT];
    for (size_t i = 0; i < record.count; i++) {
        const tern_diagnostic *d = &record.item[i];
        tern__json_open(w, NULL, '{');
        tern__json_add_text(w, "status", names[d->status]);
        tern__json_add_text(w, "file", d->file);
        tern__json_add_size(w, "line", d->line);
        tern__json_add_size(w, "column", d->column);
        tern__json_add_text(w, "pointer", d->pointer);
        tern__json_add_text(w, "text", d->text);
        tern__json_add_text(w, "message", tern_error_line(&record, i, line, sizeof line));
        tern__json_close_bracket(w, '}');
    }
    tern_error_clear(&record);
    return web_answer_end(']');
}

WEB_EXPORT(web_alloc)
void *web_alloc(size_t bytes) { return tern__alloc(bytes, 1, web_err()); }

WEB_EXPORT(web_free)
void web_free(void *memory) { tern_free(memory); }

WEB_EXPORT(web_version)
const char *web_version(void) {
    tern_build build = tern_version();
    tern__json_writer *w = web_answer_begin('{');
    tern__json_add_text(w, "version", build.version);
    tern__json_add_text(w, "real", build.real);
    tern__json_add_text(w, "compiler", build.compiler);
    return web_answer_end('}');
}

/* The types of a kind, "layer", "loss" and so on: each with its sentence, and examples: options as text, and the shapes
 * that go in. */
WEB_EXPORT(web_types)
const char *web_types(tern_kind kind) {
    tern__json_writer *w = web_answer_begin('[');
    for (size_t i = 0; i < tern_registry_count(NULL, kind); i++) {
        const tern_type *type = tern_registry_at(NULL, kind, i);
        tern__json_open(w, NULL, '{');
        tern__json_add_text(w, "name", type->name);
        tern__json_add_text(w, "doc", type->doc);
        tern__json_open(w, "examples", '[');
        for (const tern_example *e = type->examples; e && e->options; e++) {
            tern__json_open(w, NULL, '{');
            tern__json_add_text(w, "options", e->options);
            tern__json_open(w, "inputs", '[');
            for (size_t k = 0; k < TERN_EXAMPLE_INPUTS && e->in[k].rank; k++) web_add_shape(w, NULL, &e->in[k]);
            tern__json_close_bracket(w, ']');
            tern__json_close_bracket(w, '}');
        }
        tern__json_close_bracket(w, ']');
        tern__json_close_bracket(w, '}');
    }
    return web_answer_end(']');
}

/* The JSON Schema of model files; to be freed. */
WEB_EXPORT(web_schema)
char *web_schema(void) { return tern_schema(NULL, web_err()); }
