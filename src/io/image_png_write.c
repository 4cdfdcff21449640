/* image_png_write.c - a picture as PNG by libspng. */
#include "file.h"
#include "image.h"

#ifdef TERN_HAVE_PNG
#include <spng.h>

static int write_bytes(spng_ctx *png, void *file, void *bytes, size_t size) {
    (void)png;
    tern__replace_write(file, bytes, size);
    return 0;
}

static int encode(spng_ctx *png, tern__replace *file, const tern__image *image) {
    struct spng_ihdr head = {.width = (uint32_t)image->width,
                             .height = (uint32_t)image->height,
                             .bit_depth = 8,
                             .color_type =
                                 image->channels == 3 ? SPNG_COLOR_TYPE_TRUECOLOR : SPNG_COLOR_TYPE_GRAYSCALE};
    int code = spng_set_png_stream(png, write_bytes, file);
    if (!code) code = spng_set_ihdr(png, &head);
    size_t size = image->width * image->height * image->channels;
    return code ? code : spng_encode_image(png, image->pixel, size, SPNG_FMT_PNG, SPNG_ENCODE_FINALIZE);
}

tern_status tern__png_write(const char *path, const tern__image *image, tern_error *err) {
    tern__replace *file = tern__replace_open(path, err);
    if (!file) return TERN_ERROR_IO;
    spng_ctx *png = spng_ctx_new(SPNG_CTX_ENCODER);
    int code = png ? encode(png, file, image) : SPNG_EMEM;
    spng_ctx_free(png);
    if (!code) return tern__replace_commit(file, err);
    tern__replace_abort(file);
    return tern_error_add(err, TERN_ERROR_IO, NULL, "\"%.256s\" can't be written: %s", path, spng_strerror(code));
}

#else

tern_status tern__png_write(const char *path, const tern__image *image, tern_error *err) {
    (void)image;
    return tern_error_add(err, TERN_ERROR_DATA, NULL, "\"%.256s\" is a PNG, and this build has no libspng to write it",
                          path);
}

#endif
