/* image_source.h - files of images, decoded by all CPUs when they are opened and, where they take more memory than they
 * may, again whenever the turn of one comes. */
#ifndef TERN_DATA_IMAGE_SOURCE_H
#define TERN_DATA_IMAGE_SOURCE_H

#include "image.h"
#include "image_list.h"

#include <tern/dataset.h>

enum { TERN__IMAGE_PIXELS = 1 << 28 }; /* the most that a file may have */

/* The files of a dataset, and how a row of them is made. */
typedef struct tern__image_source {
    tern__image_list list;
    const char *key;   /* of the option that names them, for messages */
    tern_shape sample; /* [height, width] or [channels, height, width] */
    tern__image_options decode;
    tern__resize resize;
    tern__scaling scaling;
    bool skip;      /* files that can't be read */
    bool named;     /* the samples are called by their files */
    size_t memory;  /* bytes that decoded images may take */
    tern_array y;   /* targets, by the files' `row`; data NULL: none. Its names are in the list's arena */
    double *weight; /* likewise; NULL: none */
} tern__image_source;

/* For images without a model: their size is that of the first file, in colour if it is. Errors: IO, SYNTAX, DATA,
 * MEMORY. */
tern_status tern__image_source_size(tern__image_source *s, tern_error *err);

/* Decodes all files, and names every bad one. Takes the source over, also after an error. */
tern_dataset *tern__image_source_read(tern__image_source *s, tern_error *err);

/* Frees one that was not taken over; takes NULL. */
void tern__image_source_free(void *memory);

#endif
