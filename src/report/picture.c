/* picture.c - samples as pictures, and pictures as PNG inside of the page; see sections.h. */
#include "sections.h"

#include <math.h>
#include <string.h>
#include <zlib.h>

tern__picture tern__picture_of(const tern_array *x) {
    enum { LEAST_SIDE = 8, MOST_SIDE = 1024 };
    const tern_shape *s = &x->shape;
    tern__picture p = {1, 0, 0};
    if (s->rank == 3 && (s->dim[0] == 1 || s->dim[0] == 3)) p = (tern__picture){s->dim[0], s->dim[1], s->dim[2]};
    else if (s->rank == 2) p = (tern__picture){1, s->dim[0], s->dim[1]};
    else if (s->rank == 1 && !x->labels) { /* a square that was laid flat */
        size_t side = (size_t)lround(sqrt((double)s->dim[0]));
        if (side * side == s->dim[0]) p = (tern__picture){1, side, side};
    }
    bool fits = p.height >= LEAST_SIDE && p.width >= LEAST_SIDE && p.height <= MOST_SIDE && p.width <= MOST_SIDE;
    return fits ? p : (tern__picture){0};
}

void tern__picture_range(const tern_array *x, const size_t *row, size_t n, double *low, double *high) {
    enum { LOOKED_AT = 200 };
    size_t each = tern_shape_count(&x->shape);
    *low = INFINITY, *high = -INFINITY;
    for (size_t i = 0; i < n && i < LOOKED_AT; i++)
        for (size_t k = 0; k < each; k++) {
            double v = tern_array_get(x, row[i] * each + k);
            *low = fmin(*low, v), *high = fmax(*high, v);
        }
    if (x->dtype == TERN_U8) { /* bytes, of which some pictures use but a few */
        *low = 0;
        if (*high >= 128) *high = 255;
    }
    if (!(*low < *high)) *high = *low + 1;
}

void tern__picture_pixels(const tern__picture *p, const double *sample, double low, double high, unsigned char *rgb) {
    size_t pixels = p->height * p->width;
    for (size_t i = 0; i < pixels; i++)
        for (size_t c = 0; c < 3; c++) {
            double v = (sample[(p->channels == 3 ? c * pixels : 0) + i] - low) / (high - low);
            rgb[i * 3 + c] = (unsigned char)lround(255 * fmin(fmax(isnan(v) ? 0 : v, 0), 1));
        }
}

/* ---- PNG: three chunks, each with its length before and its checksum behind ---- */

static void add_chunk(tern__buffer *png, const char *kind, const unsigned char *data, size_t n) {
    unsigned char word[4] = {(unsigned char)(n >> 24), (unsigned char)(n >> 16), (unsigned char)(n >> 8),
                             (unsigned char)n};
    tern__buffer_write(png, (const char *)word, 4);
    tern__buffer_write(png, kind, 4);
    if (n) tern__buffer_write(png, (const char *)data, n);
    uLong sum = crc32(0, (const Bytef *)kind, 4);
    if (n) sum = crc32(sum, data, (uInt)n);
    for (int i = 0; i < 4; i++) word[i] = (unsigned char)(sum >> (24 - 8 * i));
    tern__buffer_write(png, (const char *)word, 4);
}

static void write_base64(tern__page *p, const unsigned char *data, size_t n) {
    static const char digit[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    for (size_t i = 0; i < n; i += 3) {
        unsigned v =
            (unsigned)data[i] << 16 | (i + 1 < n ? (unsigned)data[i + 1] << 8 : 0) | (i + 2 < n ? data[i + 2] : 0);
        char four[4] = {digit[v >> 18], digit[v >> 12 & 63], i + 1 < n ? digit[v >> 6 & 63] : '=',
                        i + 2 < n ? digit[v & 63] : '='};
        tern__buffer_write(&p->html, four, 4);
    }
}

/* Rows, each behind a byte that says it is not filtered, compressed. */
static unsigned char *compress_rows(size_t height, size_t width, const unsigned char *rgb, size_t *size,
                                    tern_error *err) {
    size_t line = 3 * width + 1;
    uLongf bound = compressBound((uLong)(line * height));
    unsigned char *rows = tern__alloc(line * height, 1, err), *packed = tern__alloc(bound, 1, err);
    for (size_t i = 0; rows && i < height; i++) memcpy(rows + i * line + 1, rgb + i * 3 * width, 3 * width);
    bool done = rows && packed && compress2(packed, &bound, rows, (uLong)(line * height), 9) == Z_OK;
    tern__free(rows);
    if (!done) tern__free(packed);
    *size = bound;
    return done ? packed : NULL;
}

tern_status tern__image_write(tern__page *p, size_t height, size_t width, const unsigned char *rgb, const char *alt,
                              tern_error *err) {
    size_t size;
    unsigned char *packed = compress_rows(height, width, rgb, &size, err);
    if (!packed) return TERN_ERROR_MEMORY;
    tern__buffer png = {0};
    const unsigned char head[13] = {(unsigned char)(width >> 24),
                                    (unsigned char)(width >> 16),
                                    (unsigned char)(width >> 8),
                                    (unsigned char)width,
                                    (unsigned char)(height >> 24),
                                    (unsigned char)(height >> 16),
                                    (unsigned char)(height >> 8),
                                    (unsigned char)height,
                                    8,
                                    2}; /* 8 bits, RGB */
    tern__buffer_write(&png, "\x89PNG\r\n\x1a\n", 8);
    add_chunk(&png, "IHDR", head, sizeof head);
    add_chunk(&png, "IDAT", packed, size);
    add_chunk(&png, "IEND", NULL, 0);
    tern__page_add(p, "<img width=\"%zu\" height=\"%zu\" alt=\"", width, height);
    tern__page_text(p, alt);
    tern__page_add(p, "\" src=\"data:image/png;base64,");
    if (!png.failed) write_base64(p, (const unsigned char *)png.text, png.length);
    tern__page_add(p, "\"/>");
    p->html.failed = p->html.failed || png.failed;
    tern__free(png.text);
    tern__free(packed);
    return TERN_OK;
}
