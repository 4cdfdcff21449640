/* csv.c - tables as CSV; see csv.h. */
#include "csv.h"

#include "memory.h"
#include "text.h"

#include <tern/save.h>

#include <stdio.h>
#include <string.h>
#include <unistd.h>

csv csv_begin(const char *path) { return (csv){.path = path, .terminal = !path && isatty(STDOUT_FILENO)}; }

static void put(csv *c, const char *text, size_t n) { tern__buffer_write(&c->text, text, n); }

static void next_cell(csv *c) {
    if (c->inside) put(c, ",", 1);
    c->inside = true;
}

void csv_text(csv *c, const char *text) {
    char safe[4096];
    if (c->wanted && !strcmp(c->wanted, text)) c->found = true;
    if (c->terminal) text = tern__text_safe(text, safe, sizeof safe);
    next_cell(c);
    if (!text[strcspn(text, ",\"\r\n")]) {
        put(c, text, strlen(text));
        return;
    }
    put(c, "\"", 1);
    for (size_t n; *text; text += n) {
        n = *text == '"' ? 1 : strcspn(text, "\"");
        put(c, text, n);
        if (*text == '"') put(c, "\"", 1);
    }
    put(c, "\"", 1);
}

void csv_number(csv *c, double value) {
    char text[40];
    next_cell(c);
    put(c, text, (size_t)snprintf(text, sizeof text, "%.*g", sizeof(tern_real) == sizeof(double) ? 17 : 9, value));
}

void csv_name(csv *c, const char *name, const char *prefix, size_t k) {
    char text[160];
    snprintf(text, sizeof text, "%.120s%zu", prefix, k);
    csv_text(c, name ? name : text);
}

void csv_row(csv *c) {
    put(c, "\n", 1);
    c->inside = false;
}

tern_status csv_end(csv *c, tern_error *err) {
    tern_status status = TERN_OK;
    if (c->text.failed) status = tern_error_add(err, TERN_ERROR_MEMORY, NULL, "not enough memory for the table");
    else if (c->path) status = tern_text_save(c->text.text ? c->text.text : "", c->text.length, c->path, err);
    else fwrite(c->text.text, 1, c->text.length, stdout);
    tern__free(c->text.text);
    c->text = (tern__buffer){0};
    return status;
}
