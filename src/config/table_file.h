/* table_file.h - a struct that a table of options describes as a JSON file. */
#ifndef TERN_CONFIG_TABLE_FILE_H
#define TERN_CONFIG_TABLE_FILE_H

#include "options.h"

/* As JSON text, for tern__free(); `name` is the file's for messages. NULL: no memory. */
char *tern__table_render(tern__fields fields, const char *name, tern_error *err);

/* The same again, of the file `path`, into the fields and the arena. Errors: SYNTAX, MODEL, MEMORY. */
tern_status tern__table_read(const char *text, size_t length, const char *path, tern__arena *arena, tern__fields fields,
                             tern_error *err);

#endif
