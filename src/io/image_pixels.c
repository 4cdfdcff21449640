/* image_pixels.c - the memory of a picture; see image.h. */
#include "image.h"

#include "memory.h"

tern_status tern__image_allocate(tern__image *out, size_t width, size_t height, size_t channels, size_t most,
                                 tern_error *err) {
    *out = (tern__image){.width = width, .height = height, .channels = channels};
    if (!width || !height) return tern_error_add(err, TERN_ERROR_SYNTAX, NULL, "is an image without pixels");
    if (width > most / height)
        return tern_error_add(err, TERN_ERROR_DATA, NULL, "is an image of %zu by %zu pixels; accepted are up to %zu",
                              width, height, most);
    out->pixel = tern__alloc(width * height, channels, err);
    return out->pixel ? TERN_OK : TERN_ERROR_MEMORY;
}

void tern__image_free(tern__image *image) {
    tern__free(image->pixel);
    *image = (tern__image){0};
}
