/* image.h - pictures out of PNG, JPEG and PGM/PPM files: 8 bits a channel, top row first, upright.
 *
 * Files are hostile: width, height and the memory they ask for are checked before anything is decoded. Which formats
 * there are depends on the libraries that were found when tern was built. */
#ifndef TERN_IO_IMAGE_H
#define TERN_IO_IMAGE_H

#include <tern/error.h>

/* A picture: pixel[height][width][channels]. Zero-filled: none. */
typedef struct tern__image {
    size_t width, height, channels; /* channels 1: gray; 3: red, green, blue */
    unsigned char *pixel;
    bool colour; /* of tern__image_decode(): whether a pixel of the file was not gray */
} tern__image;

/* What is asked of a file. */
typedef struct tern__image_options {
    size_t channels;             /* 1 or 3; a file in colour becomes gray by the weights of BT.601 */
    size_t most;                 /* pixels, width times height, that are accepted */
    unsigned char background[3]; /* what shows through where a PNG is transparent */
} tern__image_options;

/* Whether the bytes begin as one of the formats does, and what it is called ("PNG"); NULL: none of them. */
const char *tern__image_format(const unsigned char *file, size_t size);

/* Decodes a file of `size` bytes. Errors, without the file's name: SYNTAX (no such format, damaged, cut off), DATA (too
 * large, or a format that this build has no library for), MEMORY; `out` is then empty. For tern__image_free() in any
 * case. Any thread. */
tern_status tern__image_decode(const unsigned char *file, size_t size, const tern__image_options *options,
                               tern__image *out, tern_error *err);

/* Frees the pixels. */
void tern__image_free(tern__image *image);

/* How a picture of another shape than wanted is made to fit. */
typedef enum tern__resize {
    TERN__RESIZE_CROP,   /* scaled to cover, then cut evenly at both ends */
    TERN__RESIZE_PAD,    /* scaled to fit in, then bordered by `border` */
    TERN__RESIZE_STRETCH /* scaled, whatever becomes of its proportions */
} tern__resize;

/* How pixels are scaled: the mean of the area that each new pixel covers, or between the four nearest (PyTorch's
 * bilinear interpolation with align_corners false). Enlarging, area is bilinear. */
typedef enum tern__scaling { TERN__SCALING_AREA, TERN__SCALING_BILINEAR } tern__scaling;

/* Writes `image` as [channels][height][width] to `out`. Errors: MEMORY. Any thread. */
tern_status tern__image_fit(const tern__image *image, size_t width, size_t height, tern__resize resize,
                            tern__scaling scaling, const unsigned char border[3], unsigned char *out, tern_error *err);

/* ---- the formats, one file each ---- */

/* Decodes, checking the size against `most` first. 8 bits a channel, 1 to 4 channels (the even ones with alpha), not
 * yet turned upright: `orientation` is EXIF's 1 to 8. */
typedef tern_status tern__image_decoder(const unsigned char *file, size_t size, size_t most, tern__image *out,
                                        int *orientation, tern_error *err);
tern__image_decoder tern__png_decode, tern__jpeg_decode, tern__pnm_decode;

/* Refuses what has no pixels or more than `most`, else takes memory for it. */
tern_status tern__image_allocate(tern__image *out, size_t width, size_t height, size_t channels, size_t most,
                                 tern_error *err);

/* ---- and out ---- */

/* Writes a picture as PNG, replacing `path` as a whole or not at all. Errors: IO, MEMORY, DATA (a build without
 * libspng). */
tern_status tern__png_write(const char *path, const tern__image *image, tern_error *err);

#endif
