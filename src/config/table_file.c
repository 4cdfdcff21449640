/* table_file.c - a struct that a table of options describes as a JSON file; see table_file.h. */
#include "table_file.h"

#include "json.h"

#include <cjson/cJSON.h>
#include <string.h>

char *tern__table_render(tern__fields fields, const char *name, tern_error *err) {
    cJSON *root = cJSON_CreateObject();
    bool done = root && tern__options_write(fields, root);
    char *text = done ? tern__json_print(root, err) : NULL;
    if (!done) tern_error_add(err, TERN_ERROR_MEMORY, NULL, "not enough memory for %s", name);
    cJSON_Delete(root);
    return text;
}

tern_status tern__table_read(const char *text, size_t length, const char *path, tern__arena *arena, tern__fields fields,
                             tern_error *err) {
    const tern__reading reading = {NULL, arena, err};
    const char *slash = strrchr(path, '/');
    tern__json json;
    tern__error_scope before;
    tern_status status = tern__json_parse(&json, text, length, path, err);
    if (!status) {
        tern__json_enter(&json, err, &before);
        tern__outcome outcome =
            tern__options_read(&reading, json.root, slash ? slash + 1 : path, false, fields, (tern__fields){0});
        if (outcome) status = outcome == TERN__OUT_OF_MEMORY ? TERN_ERROR_MEMORY : TERN_ERROR_MODEL;
        tern__error_scope_leave(err, &before);
    }
    tern__json_close(&json);
    return status;
}
