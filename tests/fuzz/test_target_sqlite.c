/* test_target_sqlite.c - the target of databases, which need a name of their own: SQLite follows links to what it
 * opens. */
#include "targets.h"

#include <tern/reader.h>

#include <stdlib.h>
#include <string.h>

extern const tern_reader_type tern_reader_sqlite;

typedef union options {
    max_align_t align;
    char bytes[512];
} options;

static void set_text(options *self, const char *name, const char *const *text) {
    for (const tern_option *row = tern_reader_sqlite.base.options; row->name; row++)
        if (!strcmp(row->name, name)) memcpy(self->bytes + row->offset, text, sizeof *text);
}

bool fuzz_sqlite(const uint8_t *data, size_t size) {
    static const char *const query = "select * from t";
    const char *path = fuzz_file("fuzz.db", data, size);
    options self = {0};
    tern_error err = {0};
    tern_reader_sqlite.from_files(&self, &(tern_files){.input = path});
    set_text(&self, "file", &path);
    set_text(&self, "query", &query);
    tern_dataset *d = tern_reader_sqlite.read(&self, NULL, false, &err);
    if (!d == !err.errors) abort(); /* a refusal has its reason */
    tern_dataset_free(d);
    return d;
}
