/* image_list.h - which image files a folder holds, and of which class each is. */
#ifndef TERN_DATA_IMAGE_LIST_H
#define TERN_DATA_IMAGE_LIST_H

#include "memory.h"

#include <tern/type.h>

typedef struct tern__image_file {
    const char *path, *name; /* name: from the folder on, or as a table has it */
    int64_t label;           /* its class; 0 where there are none */
    size_t row, origin;      /* of its targets; of the table as it was read */
} tern__image_file;

enum { TERN__OTHERS_NAMED = 3 };

/* Zero-filled: none. All of it lives in the arena. */
typedef struct tern__image_list {
    tern__arena arena;
    size_t n, classes;
    tern__image_file *file; /* [n], by class and then by name */
    const char **class_name;
    size_t others; /* what is left out: files that are no images by their names or stand beside the folders of classes,
                    * and folders in these */
    const char *other[TERN__OTHERS_NAMED]; /* the first of them */
} tern__image_list;

/* Whether a file name ends as an image's does: .png, .jpg, .jpeg, .pgm, .ppm, in any case. */
bool tern__image_name(const char *name);

/* Lists a folder: where `labelled`, one folder in it for each class, named in `classes` or, where that is empty, found
 * and sorted by name; else the images in the folder and in all folders below it (but for links to folders), or the one
 * that `path` is. Hidden files are passed over, what
 * else is left out is a warning.
 * Errors: IO, DATA (no images; folders that are not in `classes`), MEMORY. Free in any case. */
tern_status tern__image_list_make(tern__image_list *list, const char *path, bool labelled, const tern_strings *classes,
                                  tern_error *err);
void tern__image_list_free(tern__image_list *list);

#endif
