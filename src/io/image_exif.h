/* image_exif.h - which way up a photograph is. */
#ifndef TERN_IO_IMAGE_EXIF_H
#define TERN_IO_IMAGE_EXIF_H

#include <stddef.h>

/* The orientation, 1 to 8, that a JPEG file, or the EXIF data of a PNG, says; 1 where it says none. */
int tern__exif_orientation(const unsigned char *data, size_t size);

#endif
