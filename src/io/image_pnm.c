/* image_pnm.c - PGM and PPM: width, height and largest value in text, then the pixels, in bytes (P5, P6) or as text,
 * too (P2, P3). */
#include "image.h"

#include <string.h>

/* The next number, behind space and comments, which go to the end of their line; false: there is none. */
static bool number(const unsigned char *file, size_t size, size_t *at, size_t *n) {
    while (*at < size && file[*at] && (strchr(" \t\r\n\v\f", file[*at]) || file[*at] == '#')) {
        if (file[*at] == '#')
            while (*at < size && file[*at] != '\n') ++*at;
        else ++*at;
    }
    size_t first = *at;
    *n = 0;
    for (; *at < size && file[*at] >= '0' && file[*at] <= '9' && *n < 1000000000; ++*at)
        *n = 10 * *n + (file[*at] - '0');
    return *at > first;
}

static unsigned char scaled(size_t value, size_t top) { return (unsigned char)((value * 255 + top / 2) / top); }

static tern_status read_text(const unsigned char *file, size_t size, size_t at, size_t top, tern__image *out,
                             size_t count, tern_error *err) {
    for (size_t i = 0; i < count; i++) {
        size_t value;
        if (!number(file, size, &at, &value))
            return tern_error_add(err, TERN_ERROR_SYNTAX, NULL,
                                  at < size ? "has something else than a number for pixel value %zu of %zu"
                                            : "is cut off: %zu numbers for its pixels, expected %zu",
                                  i, count);
        if (value > top)
            return tern_error_add(err, TERN_ERROR_SYNTAX, NULL,
                                  "has %zu for pixel value %zu (counted from 0), but says that %zu is the largest",
                                  value, i, top);
        out->pixel[i] = scaled(value, top);
    }
    return TERN_OK;
}

tern_status tern__pnm_decode(const unsigned char *file, size_t size, size_t most, tern__image *out, int *orientation,
                             tern_error *err) {
    size_t at = 2, width, height, top;
    bool text = file[1] <= '3', colour = file[1] == '3' || file[1] == '6';
    bool header = number(file, size, &at, &width) && number(file, size, &at, &height) && number(file, size, &at, &top);
    *orientation = 1;
    if (!header || !width || !height || !top || top > 255 || at >= size)
        return tern_error_add(err, TERN_ERROR_SYNTAX, NULL,
                              "has a header that is not acceptable: after P2, P3, P5 or P6 come width, height and the "
                              "largest value, 1 to 255");
    tern_status status = tern__image_allocate(out, width, height, colour ? 3 : 1, most, err);
    if (status) return status;
    size_t count = width * height * out->channels, left = size - at - 1; /* one space ends the header */
    if (text) return read_text(file, size, at, top, out, count, err);
    if (left < count)
        return tern_error_add(err, TERN_ERROR_SYNTAX, NULL, "is cut off: %zu bytes of pixels, expected %zu", left,
                              count);
    for (size_t i = 0; i < count; i++) {
        size_t value = file[at + 1 + i];
        out->pixel[i] = scaled(value < top ? value : top, top);
    }
    return TERN_OK;
}
