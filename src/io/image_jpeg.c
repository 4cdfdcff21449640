/* image_jpeg.c - JPEG by libjpeg-turbo. */
#include "image.h"

#ifdef TERN_HAVE_JPEG
#include "image_exif.h"

#include <turbojpeg.h>

static tern_status damaged(tern_error *err, tjhandle jpeg) {
    return tern_error_add(err, TERN_ERROR_SYNTAX, NULL, "is a damaged JPEG: %s", tjGetErrorStr2(jpeg));
}

/* A warning of the library (data that ends early, a bad marker) is an error here: it goes on with gray pixels. A
 * progressive file may have any number of scans, each as much work as all: those of a few hundred are refused. */
static tern_status decode(tjhandle jpeg, const unsigned char *file, size_t size, size_t most, tern__image *out,
                          tern_error *err) {
    int width, height, sampling, space;
    if (tjDecompressHeader3(jpeg, file, size, &width, &height, &sampling, &space)) return damaged(err, jpeg);
    if (space == TJCS_CMYK || space == TJCS_YCCK)
        return tern_error_add(err, TERN_ERROR_DATA, NULL, "is a JPEG in CMYK; accepted are gray and RGB");
    bool gray = space == TJCS_GRAY;
    tern_status status = tern__image_allocate(out, (size_t)width, (size_t)height, gray ? 1 : 3, most, err);
    if (status) return status;
    int flags = TJFLAG_ACCURATEDCT | TJFLAG_STOPONWARNING | TJFLAG_LIMITSCANS;
    if (tjDecompress2(jpeg, file, size, out->pixel, width, 0, height, gray ? TJPF_GRAY : TJPF_RGB, flags))
        return damaged(err, jpeg);
    return TERN_OK;
}

tern_status tern__jpeg_decode(const unsigned char *file, size_t size, size_t most, tern__image *out, int *orientation,
                              tern_error *err) {
    tjhandle jpeg = tjInitDecompress();
    if (!jpeg) return tern_error_add(err, TERN_ERROR_MEMORY, NULL, "not enough memory");
    tern_status status = decode(jpeg, file, size, most, out, err);
    if (!status) *orientation = tern__exif_orientation(file, size);
    tjDestroy(jpeg);
    return status;
}

#else

tern_status tern__jpeg_decode(const unsigned char *file, size_t size, size_t most, tern__image *out, int *orientation,
                              tern_error *err) {
    (void)file, (void)size, (void)most, (void)out, (void)orientation;
    return tern_error_add(err, TERN_ERROR_DATA, NULL, "is a JPEG, and this build has no libjpeg-turbo to read it");
}

#endif
