/* image_table.h - images by the paths in a table, whose other columns are their targets. */
#ifndef TERN_DATA_IMAGE_TABLE_H
#define TERN_DATA_IMAGE_TABLE_H

#include "image_source.h"

#include <tern/reader.h>

/* Which table, and which of its columns. */
typedef struct tern__image_table {
    const char *file, *folder; /* folder NULL: paths start where the table is */
    const char *path;          /* the column of the paths */
    tern_strings y, classes;
    const char *weight; /* NULL: none */
    const char *separator, *decimal;
    bool skip; /* rows without a target */
} tern__image_table;

/* Lists the files in the order of the rows, with their targets and weights. All files that are not there are named.
 * Errors: MODEL, IO, SYNTAX, DATA, MEMORY. */
tern_status tern__image_table_read(const tern__image_table *o, const char *dir, bool safe, tern__image_source *s,
                                   tern_error *err);

/* Reads images as their reader's `read_for` does, but leaves rows without a target out. */
tern_dataset *tern__images_read_skipping(const void *self, const char *dir, bool safe, const tern_shape *sample,
                                         tern_error *err);

/* The checksum of the pictures that a reader of images finds by a table, and the sum of their sizes. False: it finds
 * them otherwise, or they are not all there, which reading them says. */
extern const tern_reader_type tern_reader_images;
bool tern__images_crc32(const void *self, const char *dir, char out[9], size_t *bytes);

#endif
