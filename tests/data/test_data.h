/* test_data.h - what the files of the data suite share: their cases, and readers with options. */
#ifndef TERN_TEST_DATA_H
#define TERN_TEST_DATA_H

#include "test.h"

#include <tern/reader.h>

TCase *augment_case(void);
TCase *csv_case(void);
TCase *csv_files_case(void);
TCase *sqlite_case(void);
TCase *idx_case(void);
TCase *images_case(void);
TCase *normalize_case(void);
TCase *npz_case(void);
TCase *vocabulary_case(void);
TCase *image_table_case(void);
TCase *rows_case(void);
TCase *text_case(void);

extern const tern_reader_type tern_reader_idx, tern_reader_csv, tern_reader_npy, tern_reader_text, tern_reader_images;

/* The options of any reader. */
typedef union reader_options {
    max_align_t align;
    char bytes[512];
} reader_options;

/* The field of an option. */
static inline void *option_field(reader_options *o, const tern_reader_type *type, const char *name) {
    ck_assert_uint_le(type->base.size, sizeof *o);
    for (const tern_option *row = type->base.options; row->name; row++)
        if (!strcmp(row->name, name)) return o->bytes + row->offset;
    ck_abort_msg("no option %s", name);
}

#endif
