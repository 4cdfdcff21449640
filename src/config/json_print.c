/* json_print.c - prints a tree for people: what fits on a line stands on one, the rest is indented by two. */
#include "json.h"

#include "memory.h"
#include "number.h"

#include <string.h>

enum { WIDTH = 118 };

typedef struct page {
    char *text;
    size_t length, capacity;
    tern_error *err;
    bool failed;
} page;

static void put(page *p, const char *text, size_t n) {
    if (p->failed) return;
    if (p->length + n >= p->capacity) {
        size_t capacity = 2 * (p->length + n) + 256;
        char *grown = tern__realloc(p->text, p->capacity, capacity, 1, p->err);
        if (!grown) {
            p->failed = true;
            return;
        }
        p->text = grown;
        p->capacity = capacity;
    }
    memcpy(p->text + p->length, text, n);
    p->length += n;
    p->text[p->length] = 0;
}

static void puts_page(page *p, const char *text) { put(p, text, strlen(text)); }

/* A number, word or string: cJSON knows the escapes. Its numbers may lose their last digits. */
static void put_scalar(page *p, const cJSON *value) {
    char number[TERN__NUMBER];
    if (cJSON_IsNumber(value)) {
        puts_page(p, tern__number_text(value->valuedouble, number));
        return;
    }
    char *text = cJSON_PrintUnformatted(value);
    if (text) puts_page(p, text);
    else p->failed = true;
    cJSON_free(text);
}

static void put_key(page *p, const cJSON *value) {
    if (!value->string) return;
    cJSON *key = cJSON_CreateStringReference(value->string);
    put_scalar(p, key);
    cJSON_Delete(key);
    puts_page(p, ": ");
}

static void put_inline(page *p, const cJSON *value) {
    if (!cJSON_IsObject(value) && !cJSON_IsArray(value)) {
        put_scalar(p, value);
        return;
    }
    puts_page(p, cJSON_IsObject(value) ? "{" : "[");
    const cJSON *child;
    cJSON_ArrayForEach(child, value) {
        if (child != value->child) puts_page(p, ", ");
        put_key(p, child);
        put_inline(p, child);
    }
    puts_page(p, cJSON_IsObject(value) ? "}" : "]");
}

static void put_value(page *p, const cJSON *value, size_t indent) {
    size_t start = p->length;
    put_inline(p, value);
    /* The outermost object, and a list of objects, are spread out in any case. */
    bool spread = indent == 0 || (cJSON_IsArray(value) && cJSON_IsObject(value->child));
    if (!value->child || (!spread && p->length - start + 2 * indent <= WIDTH)) return;
    p->length = start;
    puts_page(p, cJSON_IsObject(value) ? "{" : "[");
    const cJSON *child;
    cJSON_ArrayForEach(child, value) {
        puts_page(p, child == value->child ? "\n" : ",\n");
        for (size_t i = 0; i <= indent; i++) puts_page(p, "  ");
        put_key(p, child);
        put_value(p, child, indent + 1);
    }
    puts_page(p, "\n");
    for (size_t i = 0; i < indent; i++) puts_page(p, "  ");
    puts_page(p, cJSON_IsObject(value) ? "}" : "]");
}

char *tern__json_print(const cJSON *root, tern_error *err) {
    page p = {.err = err};
    put_value(&p, root, 0);
    puts_page(&p, "\n");
    if (!p.failed) return p.text;
    tern__free(p.text);
    tern_error_add(err, TERN_ERROR_MEMORY, NULL, "not enough memory");
    return NULL;
}
