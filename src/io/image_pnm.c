/* image_pnm.c - PGM and PPM in bytes (P5, P6): width, height and largest value in text, then the pixels. */
#include "image.h"

#include <string.h>

/* The next number of the header, behind space and comments, which go to the end of their line; 0: there is none. */
static size_t number(const unsigned char *file, size_t size, size_t *at) {
    size_t n = 0;
    while (*at < size && (strchr(" \t\r\n\v\f", file[*at]) || file[*at] == '#')) {
        if (!file[*at]) return 0;
        if (file[*at] == '#')
            while (*at < size && file[*at] != '\n') ++*at;
        else ++*at;
    }
    for (; *at < size && file[*at] >= '0' && file[*at] <= '9' && n < 1000000000; ++*at) n = 10 * n + (file[*at] - '0');
    return n;
}

tern_status tern__pnm_decode(const unsigned char *file, size_t size, size_t most, tern__image *out, int *orientation,
                             tern_error *err) {
    size_t at = 2, width = number(file, size, &at), height = number(file, size, &at), top = number(file, size, &at);
    *orientation = 1;
    if (!width || !height || !top || top > 255 || at >= size)
        return tern_error_add(err, TERN_ERROR_SYNTAX, NULL,
                              "has a header that is not acceptable: after P5 or P6 come width, height and the largest "
                              "value, 1 to 255");
    tern_status status = tern__image_allocate(out, width, height, file[1] == '6' ? 3 : 1, most, err);
    if (status) return status;
    size_t bytes = width * height * out->channels, left = size - at - 1; /* one space ends the header */
    if (left < bytes)
        return tern_error_add(err, TERN_ERROR_SYNTAX, NULL, "is cut off: %zu bytes of pixels, expected %zu", left,
                              bytes);
    for (size_t i = 0; i < bytes; i++) {
        size_t value = file[at + 1 + i] < top ? file[at + 1 + i] : top;
        out->pixel[i] = (unsigned char)((value * 255 + top / 2) / top);
    }
    return TERN_OK;
}
