/* image_exif.c - the orientation by libexif. */
#include "image_exif.h"

#ifdef TERN_HAVE_EXIF
#include "memory.h"

#include <libexif/exif-data.h>

#include <string.h>

enum { MOST = 64 << 20 };

static int read_orientation(const unsigned char *data, size_t size) {
    int orientation = 1;
    ExifData *exif = exif_data_new_from_data(data, (unsigned)size);
    ExifEntry *entry = exif ? exif_content_get_entry(exif->ifd[EXIF_IFD_0], EXIF_TAG_ORIENTATION) : NULL;
    if (entry && entry->format == EXIF_FORMAT_SHORT && entry->size >= 2)
        orientation = exif_get_short(entry->data, exif_data_get_byte_order(exif));
    if (exif) exif_data_unref(exif);
    return orientation >= 1 && orientation <= 8 ? orientation : 1;
}

int tern__exif_orientation(const unsigned char *data, size_t size) {
    static const unsigned char mark[] = {'E', 'x', 'i', 'f', 0, 0};
    if (size < 4 || size > MOST) return 1;
    if (data[0] == 0xff) return read_orientation(data, size); /* a JPEG file */
    /* A PNG has the data bare; the library knows them by JPEG's mark before them. */
    unsigned char *marked = tern__alloc(size + sizeof mark, 1, NULL);
    if (!marked) return 1;
    memcpy(marked, mark, sizeof mark);
    memcpy(marked + sizeof mark, data, size);
    int orientation = read_orientation(marked, size + sizeof mark);
    tern__free(marked);
    return orientation;
}

#else

int tern__exif_orientation(const unsigned char *data, size_t size) { return (void)data, (void)size, 1; }

#endif
