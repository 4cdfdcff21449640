/* reader_for.c - which reader a plain file is for; see reader_for.h. */
#include "reader_for.h"

#include "file.h"

#include <tern/reader.h>

#include <stdio.h>
#include <string.h>

static bool is_database(const char *path) {
    static const char magic[] = "SQLite format 3";
    char start[sizeof magic] = "";
    FILE *file = tern__path_is_directory(path) || tern__file_is_stream(path) ? NULL : fopen(path, "rb");
    size_t got = file ? fread(start, 1, sizeof start, file) : 0;
    if (file) fclose(file);
    return got == sizeof start && !memcmp(start, magic, sizeof magic);
}

/* The reader whose endings a file has. */
static const tern_type *reader_by_ending(const tern_registry *r, const char *path) {
    const tern_type *found = NULL;
    size_t longest = 0; /* .csv.gz says more than .gz */
    for (size_t i = 0; i < tern_registry_count(r, TERN_READER); i++) {
        const tern_reader_type *type = (const tern_reader_type *)tern_registry_at(r, TERN_READER, i);
        for (const char *const *ending = type->endings; ending && *ending; ending++)
            if (tern__path_ends(path, *ending) && strlen(*ending) > longest)
                longest = strlen(*ending), found = &type->base;
    }
    return found;
}

/* What a path is, or how it is called, says more than what the model was trained on; but that images are listed in a
 * table only the model says. */
const tern_type *tern__reader_for(const tern_registry *r, const tern_type *trained, const char *path) {
    if (tern__path_is_directory(path)) return tern_registry_find(r, TERN_READER, "images");
    if (is_database(path)) return tern_registry_find(r, TERN_READER, "sqlite");
    bool lines = trained && !strcmp(trained->name, "lines");
    const tern_type *csv = lines ? trained : tern_registry_find(r, TERN_READER, "csv"),
                    *found = tern__file_is_stream(path) ? csv : reader_by_ending(r, path);
    bool images = trained && !strcmp(trained->name, "images");
    return found && (found != csv || !images) ? found : trained;
}
