/* json_print.c - prints a tree for people: what fits on a line stands on one, the rest is indented by two. */
#include "json.h"

#include "json_writer.h"
#include "text.h"

#include <cjson/cJSON.h>
#include <string.h>

enum { WIDTH = 118 };

typedef struct page {
    tern__buffer buffer;
    tern__json_writer writer; /* of strings, to the buffer */
} page;

static void put(page *p, const char *text) { tern__buffer_write(&p->buffer, text, strlen(text)); }

static void put_scalar(page *p, const cJSON *value) {
    char number[TERN__NUMBER];
    if (cJSON_IsString(value)) tern__json_write_string(&p->writer, value->valuestring);
    else if (cJSON_IsNumber(value)) put(p, tern__number_text(value->valuedouble, number));
    else if (cJSON_IsBool(value)) put(p, cJSON_IsTrue(value) ? "true" : "false");
    else put(p, "null");
}

static void put_key(page *p, const cJSON *value) {
    if (!value->string) return;
    tern__json_write_string(&p->writer, value->string);
    put(p, ": ");
}

static void put_inline(page *p, const cJSON *value) {
    if (!cJSON_IsObject(value) && !cJSON_IsArray(value)) {
        put_scalar(p, value);
        return;
    }
    put(p, cJSON_IsObject(value) ? "{" : "[");
    const cJSON *child;
    cJSON_ArrayForEach(child, value) {
        if (child != value->child) put(p, ", ");
        put_key(p, child);
        put_inline(p, child);
    }
    put(p, cJSON_IsObject(value) ? "}" : "]");
}

static void put_value(page *p, const cJSON *value, size_t indent) {
    size_t start = p->buffer.length;
    put_inline(p, value);
    /* The outermost object, and a list of objects, are spread out in any case. */
    bool spread = indent == 0 || (cJSON_IsArray(value) && cJSON_IsObject(value->child));
    if (!value->child || (!spread && p->buffer.length - start + 2 * indent <= WIDTH)) return;
    p->buffer.length = start;
    put(p, cJSON_IsObject(value) ? "{" : "[");
    const cJSON *child;
    cJSON_ArrayForEach(child, value) {
        put(p, child == value->child ? "\n" : ",\n");
        for (size_t i = 0; i <= indent; i++) put(p, "  ");
        put_key(p, child);
        put_value(p, child, indent + 1);
    }
    put(p, "\n");
    for (size_t i = 0; i < indent; i++) put(p, "  ");
    put(p, cJSON_IsObject(value) ? "}" : "]");
}

char *tern__json_print(const cJSON *root, tern_error *err) {
    page p = {.writer = {.write = tern__buffer_write}};
    p.writer.to = &p.buffer;
    put_value(&p, root, 0);
    put(&p, "\n");
    if (!p.buffer.failed) return p.buffer.text;
    tern__free(p.buffer.text);
    tern_error_add(err, TERN_ERROR_MEMORY, NULL, "not enough memory for the text of a model file");
    return NULL;
}

char *tern__json_pretty(const char *text, tern_error *err) {
    tern_status status;
    cJSON *root = tern__json_tree(text, &status, err);
    char *out = root ? tern__json_print(root, err) : NULL;
    cJSON_Delete(root);
    return out;
}
