/* test_image.c - pictures: each format and kind of pixel, hostile files, orientation, and fitting to a size. */
#include "image.h"
#include "memory.h"
#include "test.h"
#include "test_io.h"

#ifdef TERN_HAVE_PNG
#include <spng.h>
#endif
#ifdef TERN_HAVE_JPEG
#include <turbojpeg.h>
#endif

static tern__image_options usual(size_t channels) {
    return (tern__image_options){.channels = channels, .most = 1 << 20, .background = {255, 255, 255}};
}

static tern__image decode(const void *file, size_t size, tern__image_options options) {
    tern_error err = {0};
    tern__image image;
    tern_status status = tern__image_decode(file, size, &options, &image, &err);
    ck_assert_msg(!status, "%s", err.item[0].text);
    return image;
}

static void refuse(const void *file, size_t size, tern__image_options options, tern_status status, const char *part) {
    tern_error err = {0};
    tern__image image;
    ck_assert_int_eq(tern__image_decode(file, size, &options, &image, &err), status);
    ck_assert_ptr_null(image.pixel);
    ck_contains(err.item[0].text, part);
    tern__image_free(&image);
}

static void expect(tern__image *image, size_t width, size_t height, size_t channels, const unsigned char *pixel) {
    ck_assert_uint_eq(image->width, width);
    ck_assert_uint_eq(image->height, height);
    ck_assert_uint_eq(image->channels, channels);
    ck_assert_mem_eq(image->pixel, pixel, width * height * channels);
    tern__image_free(image);
}

/* ---- PGM and PPM ---- */

START_TEST(test_pnm) {
    const char pgm[] = "P5 # a comment\n2 2\n#another\n255\n\x00\x40\x80\xff";
    tern__image image = decode(pgm, sizeof pgm - 1, usual(1));
    expect(&image, 2, 2, 1, (const unsigned char *)"\x00\x40\x80\xff");
    const char low[] = "P5 2 1 15\n\x00\x0f"; /* the largest value is white */
    image = decode(low, sizeof low - 1, usual(1));
    expect(&image, 2, 1, 1, (const unsigned char *)"\x00\xff");
    const char ppm[] = "P6 1 2 255 \xff\x00\x00\x10\x10\x10";
    image = decode(ppm, sizeof ppm - 1, usual(3));
    expect(&image, 1, 2, 3, (const unsigned char *)"\xff\x00\x00\x10\x10\x10");
    image = decode(ppm, sizeof ppm - 1, usual(1)); /* 0.299 of 255, and gray stays what it is */
    expect(&image, 1, 2, 1, (const unsigned char *)"\x4c\x10");
    const char plain[] = "P2 2 2\n# a comment\n15\n0 5\n15# another\n10";
    image = decode(plain, sizeof plain - 1, usual(1));
    expect(&image, 2, 2, 1, (const unsigned char *)"\x00\x55\xff\xaa");
    const char plain_colour[] = "P3\n1 2\n255\n255 0 0\n16 16 16\n";
    image = decode(plain_colour, sizeof plain_colour - 1, usual(3));
    expect(&image, 1, 2, 3, (const unsigned char *)"\xff\x00\x00\x10\x10\x10");
    image = decode(pgm, sizeof pgm - 1, usual(3));
    expect(&image, 2, 2, 3, (const unsigned char *)"\x00\x00\x00\x40\x40\x40\x80\x80\x80\xff\xff\xff");
}
END_TEST

START_TEST(test_pnm_refused) {
    const char cut[] = "P5 2 2 255\n\x00\x40\x80";
    refuse(cut, sizeof cut - 1, usual(1), TERN_ERROR_SYNTAX, "cut off: 3 bytes of pixels, expected 4");
    refuse("P5 0 2 255\n", 11, usual(1), TERN_ERROR_SYNTAX, "header");
    refuse("P5 2 2 65535\n", 13, usual(1), TERN_ERROR_SYNTAX, "1 to 255");
    refuse("P5 99999 99999 255\n", 19, usual(1), TERN_ERROR_DATA, "99999 by 99999 pixels; accepted are up to 1048576");
    refuse("P5", 2, usual(1), TERN_ERROR_SYNTAX, "header");
    refuse("P5 2\0 2 255\n", 12, usual(1), TERN_ERROR_SYNTAX, "header");
    refuse("P2 2 2 255\n0 1 2", 16, usual(1), TERN_ERROR_SYNTAX, "cut off: 3 numbers for its pixels, expected 4");
    refuse("P2 2 1 255\n0 x1", 15, usual(1), TERN_ERROR_SYNTAX, "something else than a number for pixel value 1 of 2");
    refuse("P2 2 1 15\n0 16", 14, usual(1), TERN_ERROR_SYNTAX,
           "has 16 for pixel value 1 (counted from 0), but says that 15");
    refuse("P3 2 1 15\n0 0", 13, usual(1), TERN_ERROR_SYNTAX, "cut off: 2 numbers for its pixels, expected 6");
    refuse("P2 2 1 65535\n0 0", 16, usual(1), TERN_ERROR_SYNTAX, "1 to 255");
    refuse("GIF89a", 6, usual(1), TERN_ERROR_SYNTAX, "is no image; accepted are PNG, JPEG, PGM and PPM");
    refuse("", 0, usual(1), TERN_ERROR_SYNTAX, "is empty");
}
END_TEST

/* ---- PNG ---- */

#ifdef TERN_HAVE_PNG
static unsigned char *make_png(struct spng_ihdr head, const void *pixels, size_t bytes, struct spng_trns *trns,
                               size_t *size) {
    spng_ctx *png = spng_ctx_new(SPNG_CTX_ENCODER);
    int code;
    spng_set_option(png, SPNG_ENCODE_TO_BUFFER, 1);
    ck_assert_int_eq(spng_set_ihdr(png, &head), 0);
    if (head.color_type == SPNG_COLOR_TYPE_INDEXED) {
        struct spng_plte plte = {.n_entries = 2, .entries = {{10, 20, 30, 0}, {40, 50, 60, 0}}};
        ck_assert_int_eq(spng_set_plte(png, &plte), 0);
    }
    if (trns) ck_assert_int_eq(spng_set_trns(png, trns), 0);
    ck_assert_int_eq(spng_encode_image(png, pixels, bytes, SPNG_FMT_PNG, SPNG_ENCODE_FINALIZE), 0);
    unsigned char *file = spng_get_png_buffer(png, size, &code);
    ck_assert_int_eq(code, 0);
    spng_ctx_free(png);
    return file;
}

static void check_png(uint8_t type, uint8_t depth, const void *pixels, size_t bytes, size_t channels,
                      const char *want) {
    size_t size;
    struct spng_ihdr head = {.width = 2, .height = 1, .bit_depth = depth, .color_type = type};
    unsigned char *file = make_png(head, pixels, bytes, NULL, &size);
    ck_assert_str_eq(tern__image_format(file, size), "PNG");
    tern__image image = decode(file, size, usual(channels));
    expect(&image, 2, 1, channels, (const unsigned char *)want);
    free(file);
}

START_TEST(test_png) {
    check_png(SPNG_COLOR_TYPE_GRAYSCALE, 8, "\x05\xf0", 2, 1, "\x05\xf0");
    check_png(SPNG_COLOR_TYPE_GRAYSCALE, 1, "\x40", 1, 1, "\x00\xff");
    check_png(SPNG_COLOR_TYPE_GRAYSCALE, 16, "\x34\x12\xff\xff", 4, 1, "\x12\xff"); /* host order in, high byte out */
    check_png(SPNG_COLOR_TYPE_TRUECOLOR, 8, "\x01\x02\x03\xff\xfe\xfd", 6, 3, "\x01\x02\x03\xff\xfe\xfd");
    check_png(SPNG_COLOR_TYPE_INDEXED, 8, "\x01\x00", 2, 3, "\x28\x32\x3c\x0a\x14\x1e");
    check_png(SPNG_COLOR_TYPE_GRAYSCALE_ALPHA, 8, "\x00\x00\x00\xff", 4, 1, "\xff\x00"); /* white shows through */
    check_png(SPNG_COLOR_TYPE_TRUECOLOR_ALPHA, 8, "\x00\x64\xff\x80\x01\x02\x03\xff", 8, 3, "\x7f\xb1\xff\x01\x02\x03");
}
END_TEST

START_TEST(test_png_transparent_colour) {
    size_t size;
    struct spng_trns trns = {.gray = 5};
    struct spng_ihdr head = {.width = 2, .height = 1, .bit_depth = 8, .color_type = SPNG_COLOR_TYPE_GRAYSCALE};
    unsigned char *file = make_png(head, "\x05\x06", 2, &trns, &size);
    tern__image_options green = {.channels = 3, .most = 100, .background = {0, 200, 0}};
    tern__image image = decode(file, size, green);
    expect(&image, 2, 1, 3, (const unsigned char *)"\x00\xc8\x00\x06\x06\x06");
    free(file);
}
END_TEST

/* Every cut, and every flipped byte, is an error or a picture; never a crash (the sanitizers watch). */
START_TEST(test_png_damaged) {
    size_t size, refused = 0;
    struct spng_ihdr head = {.width = 2, .height = 1, .bit_depth = 8, .color_type = SPNG_COLOR_TYPE_TRUECOLOR};
    unsigned char *file = make_png(head, "\x01\x02\x03\xff\xfe\xfd", 6, NULL, &size);
    refuse(file, size - 20, usual(3), TERN_ERROR_SYNTAX, "is a damaged PNG");
    tern__image_options small = usual(3);
    small.most = 1;
    refuse(file, size, small, TERN_ERROR_DATA, "2 by 1 pixels; accepted are up to 1");
    for (size_t i = 0; i < 2 * size; i++) {
        tern__image image;
        tern__image_options o = usual(3);
        unsigned char kept = file[i % size];
        if (i < size) file[i] ^= 0x55;
        refused += tern__image_decode(file, i < size ? size : i - size, &o, &image, NULL) != TERN_OK;
        tern__image_free(&image);
        file[i % size] = kept;
    }
    ck_assert_uint_gt(refused, size);
    free(file);
}
END_TEST
#endif

/* ---- JPEG ---- */

#ifdef TERN_HAVE_JPEG
enum { SIDE = 16 };

/* A picture whose left upper quarter is white, the rest black, with EXIF data of that orientation (0: none). */
static unsigned char *make_jpeg(int format, int orientation, size_t *size) {
    unsigned char pixels[SIDE * SIDE * 3] = {0}, *jpeg = NULL, *out;
    unsigned long bytes = 0;
    size_t channels = format == TJPF_GRAY ? 1 : 3;
    for (size_t y = 0; y < SIDE / 2; y++) memset(pixels + y * SIDE * channels, 255, SIDE / 2 * channels);
    tjhandle handle = tjInitCompress();
    ck_assert_int_eq(tjCompress2(handle, pixels, SIDE, 0, SIDE, format, &jpeg, &bytes,
                                 format == TJPF_GRAY ? TJSAMP_GRAY : TJSAMP_444, 100, 0),
                     0);
    unsigned char exif[] = {0xff, 0xe1, 0, 34, 'E', 'x', 'i',  'f', 0, 0, 'M', 'M', 0, 42, 0,
                            0,    0,    8, 0,  1,   1,   0x12, 0,   3, 0, 0,   0,   1, 0,  (unsigned char)orientation,
                            0,    0,    0, 0,  0,   0};
    size_t extra = orientation ? sizeof exif : 0;
    out = malloc(bytes + extra);
    ck_assert_ptr_nonnull(out);
    memcpy(out, jpeg, 2);
    if (extra) memcpy(out + 2, exif, extra);
    memcpy(out + 2 + extra, jpeg + 2, bytes - 2);
    *size = bytes + extra;
    tjFree(jpeg);
    tjDestroy(handle);
    return out;
}

/* Which quarter is white: 0 left upper, 1 right upper, 2 left lower, 3 right lower. */
static size_t white_quarter(const tern__image *image) {
    size_t found = 4, channels = image->channels;
    for (size_t q = 0; q < 4; q++) {
        size_t y = q / 2 ? SIDE * 3 / 4 : SIDE / 4, x = q % 2 ? SIDE * 3 / 4 : SIDE / 4;
        if (image->pixel[(y * SIDE + x) * channels] < 200) continue;
        ck_assert_uint_eq(found, 4);
        found = q;
    }
    return found;
}

START_TEST(test_jpeg) {
    size_t size;
    unsigned char *file = make_jpeg(TJPF_RGB, 0, &size);
    ck_assert_str_eq(tern__image_format(file, size), "JPEG");
    tern__image image = decode(file, size, usual(3));
    ck_assert_uint_eq(image.width * image.height * image.channels, SIDE * SIDE * 3);
    ck_assert_uint_eq(white_quarter(&image), 0);
    tern__image_free(&image);
    free(file);
    file = make_jpeg(TJPF_GRAY, 0, &size);
    image = decode(file, size, usual(1));
    ck_assert_uint_eq(white_quarter(&image), 0);
    tern__image_free(&image);
    refuse(file, size / 2, usual(1), TERN_ERROR_SYNTAX, "is a damaged JPEG");
    tern__image_options small = usual(1);
    small.most = SIDE;
    refuse(file, size, small, TERN_ERROR_DATA, "16 by 16 pixels; accepted are up to 16");
    free(file);
}
END_TEST

#ifdef TERN_HAVE_EXIF
/* Where the quarter that is white in the file is seen, by EXIF: rows and columns of the file as sides of the scene. */
START_TEST(test_jpeg_orientation) {
    static const size_t seen[] = {0, 0, 1, 3, 2, 0, 1, 3, 2};
    for (int orientation = 1; orientation <= 8; orientation++) {
        size_t size;
        unsigned char *file = make_jpeg(TJPF_RGB, orientation, &size);
        tern__image image = decode(file, size, usual(3));
        ck_assert_msg(white_quarter(&image) == seen[orientation], "orientation %d: quarter %zu", orientation,
                      white_quarter(&image));
        tern__image_free(&image);
        free(file);
    }
}
END_TEST
#endif
#endif

/* ---- fitting ---- */

static void check_fit(const char *pixels, size_t width, size_t height, tern__resize resize, tern__scaling scaling,
                      size_t w, size_t h, const char *want) {
    tern_error err = {0};
    tern__image image = {width, height, 1, (unsigned char *)(uintptr_t)pixels, false};
    unsigned char out[64], border[3] = {9, 9, 9};
    ck_assert_int_eq(tern__image_fit(&image, w, h, resize, scaling, border, out, &err), TERN_OK);
    ck_assert_mem_eq(out, want, w * h);
}

START_TEST(test_fit) {
    const char four[] = {10, 20, 30, 40, 50, 60, 70, 80, 90, 100, 110, 120, (char)130, (char)140, (char)150, (char)160};
    check_fit(four, 4, 4, TERN__RESIZE_STRETCH, TERN__SCALING_AREA, 4, 4, four);
    check_fit(four, 4, 4, TERN__RESIZE_STRETCH, TERN__SCALING_BILINEAR, 4, 4, four);
    check_fit(four, 4, 4, TERN__RESIZE_STRETCH, TERN__SCALING_AREA, 2, 2, "\x23\x37\x73\x87");
    /* Of three pixels into two: one and a half each. */
    check_fit("\x00\x1e\x3c", 3, 1, TERN__RESIZE_STRETCH, TERN__SCALING_AREA, 2, 1, "\x0a\x32");
    /* PyTorch's interpolate(mode="bilinear", align_corners=False) of 0, 100 to four: 0, 25, 75, 100. */
    check_fit("\x00\x64", 2, 1, TERN__RESIZE_STRETCH, TERN__SCALING_BILINEAR, 4, 1, "\x00\x19\x4b\x64");
    check_fit("\x00\x64", 2, 1, TERN__RESIZE_STRETCH, TERN__SCALING_AREA, 4, 1, "\x00\x19\x4b\x64");
    /* Of a wide picture the middle; or all of it between borders. */
    check_fit("\x01\x02\x03\x04\x05\x06\x07\x08", 4, 2, TERN__RESIZE_CROP, TERN__SCALING_AREA, 2, 2,
              "\x02\x03\x06\x07");
    check_fit("\x02\x02\x04\x04\x06\x06\x08\x08", 4, 2, TERN__RESIZE_PAD, TERN__SCALING_AREA, 2, 2, "\x04\x06\x09\x09");
    check_fit("\x07", 1, 1, TERN__RESIZE_PAD, TERN__SCALING_BILINEAR, 3, 1, "\x09\x07\x09");
}
END_TEST

START_TEST(test_fit_channels) {
    unsigned char pixels[] = {1, 2, 3, 4, 5, 6}, border[3] = {0, 0, 0}, out[6];
    tern__image image = {2, 1, 3, pixels, false};
    ck_assert_int_eq(tern__image_fit(&image, 2, 1, TERN__RESIZE_CROP, TERN__SCALING_AREA, border, out, NULL), TERN_OK);
    ck_assert_mem_eq(out, "\x01\x04\x02\x05\x03\x06", 6); /* channel by channel */
}
END_TEST

TCase *image_case(void) {
    TCase *c = tcase_create("images");
    tcase_add_test(c, test_pnm);
    tcase_add_test(c, test_pnm_refused);
#ifdef TERN_HAVE_PNG
    tcase_add_test(c, test_png);
    tcase_add_test(c, test_png_transparent_colour);
    tcase_add_test(c, test_png_damaged);
#endif
#ifdef TERN_HAVE_JPEG
    tcase_add_test(c, test_jpeg);
#ifdef TERN_HAVE_EXIF
    tcase_add_test(c, test_jpeg_orientation);
#endif
#endif
    tcase_add_test(c, test_fit);
    tcase_add_test(c, test_fit_channels);
    return c;
}
