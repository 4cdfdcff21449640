/* image_png.c - PNG by libspng. */
#include "image.h"

#ifdef TERN_HAVE_PNG
#include "image_exif.h"

#include <spng.h>

enum { CHUNK = 8 << 20 }; /* a profile or a text of more bytes is no picture's */

static tern_status damaged(tern_error *err, int code) {
    return tern_error_add(err, TERN_ERROR_SYNTAX, NULL, "is a damaged PNG: %s", spng_strerror(code));
}

/* The format to decode to, and its channels: 16 bits are cut to 8, palettes become colours, alpha is kept. */
static int wanted(const struct spng_ihdr *head, bool transparent, size_t *channels) {
    bool alpha = head->color_type & 4 || transparent;
    bool plain = head->color_type == SPNG_COLOR_TYPE_GRAYSCALE && head->bit_depth <= 8;
    if (plain && !alpha) return *channels = 1, SPNG_FMT_G8;
    return *channels = alpha ? 4 : 3, alpha ? SPNG_FMT_RGBA8 : SPNG_FMT_RGB8;
}

/* What stands before the pixels. */
static int read_head(spng_ctx *png, struct spng_ihdr *head, bool *transparent, int *orientation) {
    struct spng_trns trns;
    struct spng_exif exif;
    int code = spng_get_ihdr(png, head);
    if (code) return code;
    code = spng_get_trns(png, &trns);
    *transparent = !code;
    if (code && code != SPNG_ECHUNKAVAIL) return code;
    code = spng_get_exif(png, &exif);
    *orientation = code ? 1 : tern__exif_orientation((const unsigned char *)exif.data, exif.length);
    return code == SPNG_ECHUNKAVAIL ? 0 : code;
}

static tern_status decode(spng_ctx *png, size_t most, tern__image *out, int *orientation, tern_error *err) {
    struct spng_ihdr head;
    bool transparent;
    size_t channels, bytes;
    int code = read_head(png, &head, &transparent, orientation);
    if (code) return damaged(err, code);
    int format = wanted(&head, transparent, &channels);
    tern_status status = tern__image_allocate(out, head.width, head.height, channels, most, err);
    if (status) return status;
    code = spng_decoded_image_size(png, format, &bytes);
    if (!code && bytes != (size_t)head.width * head.height * channels) code = SPNG_EINTERNAL;
    if (!code) code = spng_decode_image(png, out->pixel, bytes, format, SPNG_DECODE_TRNS);
    return code ? damaged(err, code) : TERN_OK;
}

tern_status tern__png_decode(const unsigned char *file, size_t size, size_t most, tern__image *out, int *orientation,
                             tern_error *err) {
    spng_ctx *png = spng_ctx_new(0);
    if (!png) return tern_error_add(err, TERN_ERROR_MEMORY, NULL, "not enough memory");
    int code = spng_set_chunk_limits(png, CHUNK, CHUNK);
    if (!code) code = spng_set_png_buffer(png, file, size);
    tern_status status = code ? damaged(err, code) : decode(png, most, out, orientation, err);
    spng_ctx_free(png);
    return status;
}

#else

tern_status tern__png_decode(const unsigned char *file, size_t size, size_t most, tern__image *out, int *orientation,
                             tern_error *err) {
    (void)file, (void)size, (void)most, (void)out, (void)orientation;
    return tern_error_add(err, TERN_ERROR_DATA, NULL, "is a PNG, and this build has no libspng to read it");
}

#endif
