/* image.c - from a file's bytes to an upright picture of the channels that were asked for; see image.h. */
#include "image.h"

#include <string.h>

/* ---- formats ---- */

typedef struct format {
    const char *name, *start;
    size_t length;
    tern__image_decoder *decode;
} format;

static const format formats[] = {
    {"PNG", "\x89PNG\r\n\x1a\n", 8, tern__png_decode},
    {"JPEG", "\xff\xd8\xff", 3, tern__jpeg_decode},
    {"PGM", "P2", 2, tern__pnm_decode},
    {"PPM", "P3", 2, tern__pnm_decode},
    {"PGM", "P5", 2, tern__pnm_decode},
    {"PPM", "P6", 2, tern__pnm_decode},
};

static const format *find_format(const unsigned char *file, size_t size) {
    for (size_t i = 0; i < sizeof formats / sizeof *formats; i++)
        if (size >= formats[i].length && !memcmp(file, formats[i].start, formats[i].length)) return &formats[i];
    return NULL;
}

const char *tern__image_format(const unsigned char *file, size_t size) {
    const format *f = find_format(file, size);
    return f ? f->name : NULL;
}

/* ---- channels ---- */

static unsigned char gray(const unsigned char *p) {
    return (unsigned char)((299u * p[0] + 587u * p[1] + 114u * p[2] + 500) / 1000);
}

/* What shows of a colour over another. */
static unsigned char over(unsigned front, unsigned alpha, unsigned behind) {
    return (unsigned char)((front * alpha + behind * (255 - alpha) + 127) / 255);
}

/* One pixel as red, green and blue, or in the first of them as gray. Returns whether it was gray. */
static bool convert(const unsigned char *p, size_t channels, const tern__image_options *o, unsigned char out[3]) {
    bool colour = channels >= 3, alpha = channels % 2 == 0;
    unsigned char rgb[3];
    for (size_t c = 0; c < 3; c++) {
        rgb[c] = p[colour ? c : 0];
        if (alpha) rgb[c] = over(rgb[c], p[channels - 1], o->background[c]);
    }
    /* Gray stays as it is, to the last bit; over a coloured background it is gray no more. */
    bool is_gray = rgb[0] == rgb[1] && rgb[1] == rgb[2];
    if (o->channels == 1) out[0] = is_gray ? rgb[0] : gray(rgb);
    else memcpy(out, rgb, 3);
    return is_gray;
}

/* ---- orientation ---- */

/* Where the pixel at row y, column x of the upright picture lies in the file's, which is `width` by `height`. EXIF's
 * numbers: 1 upright, 2 mirrored, 3 upside down, 4 both, 5 to 8 the same with rows and columns exchanged. */
static size_t place_of(int orientation, size_t y, size_t x, size_t width, size_t height) {
    static const struct {
        bool swap, from_right, from_bottom;
    } how[] = {{0, 0, 0}, {0, 0, 0}, {0, 1, 0}, {0, 1, 1}, {0, 0, 1}, {1, 0, 0}, {1, 0, 1}, {1, 1, 1}, {1, 1, 0}};
    size_t row = how[orientation].swap ? x : y, column = how[orientation].swap ? y : x;
    if (how[orientation].from_right) column = width - 1 - column;
    if (how[orientation].from_bottom) row = height - 1 - row;
    return row * width + column;
}

tern_status tern__image_decode(const unsigned char *file, size_t size, const tern__image_options *options,
                               tern__image *out, tern_error *err) {
    *out = (tern__image){0};
    const format *f = find_format(file, size);
    if (!size) return tern_error_add(err, TERN_ERROR_SYNTAX, NULL, "is empty");
    if (!f) return tern_error_add(err, TERN_ERROR_SYNTAX, NULL, "is no image; accepted are PNG, JPEG, PGM and PPM");
    tern__image raw = {0};
    int orientation = 1;
    tern_status status = f->decode(file, size, options->most, &raw, &orientation, err);
    if (orientation < 1 || orientation > 8) orientation = 1;
    bool swap = orientation >= 5;
    if (!status)
        status = tern__image_allocate(out, swap ? raw.height : raw.width, swap ? raw.width : raw.height,
                                      options->channels, SIZE_MAX, err);
    unsigned char *to = out->pixel;
    for (size_t y = 0; !status && y < out->height; y++)
        for (size_t x = 0; x < out->width; x++, to += out->channels) {
            unsigned char rgb[3];
            size_t at = place_of(orientation, y, x, raw.width, raw.height);
            if (!convert(raw.pixel + at * raw.channels, raw.channels, options, rgb)) out->colour = true;
            memcpy(to, rgb, out->channels);
        }
    tern__image_free(&raw);
    if (status) tern__image_free(out);
    return status;
}
