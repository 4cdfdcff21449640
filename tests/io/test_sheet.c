/* test_sheet.c - pictures side by side in one PNG, read again. */
#include "fixtures/scratch.h"
#include "image.h"
#include "test_io.h"

#include "file.h"
#include "memory.h"
#include "test.h"

#include <tern/save.h>

static tern_error err;

static tern__image read_back(const char *path, size_t channels) {
    size_t size;
    tern__image image;
    const tern__image_options options = {.channels = channels, .most = 1 << 20};
    unsigned char *file = tern__file_read(path, 1 << 20, &size, NULL);
    ck_assert_ptr_nonnull(file);
    ck_assert_int_eq(tern__image_decode(file, size, &options, &image, &err), TERN_OK);
    tern__free(file);
    return image;
}

/* False where this build can't write any. */
static bool save(const tern_tensor *t, const char *path) {
    tern_error_clear(&err);
    tern_status status = tern_sheet_save(t, path, &err);
    if (strstr(err.item[0].text, "no libspng")) return false;
    ck_assert_msg(!status, "%s", err.item[0].text);
    return true;
}

/* Three pictures of 1 by 2 pixels: two columns, each pixel 32 by 32, black to white over all of them. */
START_TEST(test_gray) {
    tern_real x[] = {-1, 0, 1, 3, NAN, -1};
    const tern_tensor t = {TERN_SHAPE(3, 1, 2), x};
    const char *path = scratch_path("sheet.png");
    if (!save(&t, path)) return;
    tern__image image = read_back(path, 1);
    ck_assert(image.width == 2 + 2 * 66 && image.height == 2 + 2 * 34);
    const unsigned char *p = image.pixel;
    ck_assert(p[0] == 96 && p[2 * image.width + 2] == 0 && p[33 * image.width + 33] == 0);
    ck_assert(p[2 * image.width + 2 + 32] == 64 && p[2 * image.width + 2 + 64] == 96);
    ck_assert(p[2 * image.width + 68] == 128 && p[2 * image.width + 68 + 63] == 255);
    ck_assert(p[36 * image.width + 2] == 0); /* what is no number is black */
    ck_assert(p[36 * image.width + 68] == 96);
    tern__image_free(&image);
}
END_TEST

START_TEST(test_colour) {
    tern_real x[3 * 64] = {0};
    const tern_tensor t = {TERN_SHAPE(1, 3, 8, 8), x};
    const char *path = scratch_path("sheet.png");
    for (size_t i = 0; i < 64; i++) x[64 + i] = 2;
    if (!save(&t, path)) return;
    tern__image image = read_back(path, 3);
    const unsigned char *p = image.pixel + 3 * (10 * image.width + 10);
    ck_assert(p[0] == 0 && p[1] == 255 && p[2] == 0);
    tern__image_free(&image);
}
END_TEST

START_TEST(test_refused) {
    tern_real x[8] = {0};
    static const tern_shape bad[] = {{2, {2, 4}}, {4, {1, 2, 2, 2}}, {1, {8}}};
    const tern_tensor t = {bad[_i], x};
    tern_error_clear(&err);
    ck_assert_int_eq(tern_sheet_save(&t, scratch_path("sheet.png"), &err), TERN_ERROR_USAGE);
    ck_contains(err.item[0].text, "are no pictures");
}
END_TEST

TCase *sheet_case(void) {
    TCase *c = tcase_create("sheet");
    tcase_add_test(c, test_gray);
    tcase_add_test(c, test_colour);
    tcase_add_loop_test(c, test_refused, 0, 3);
    return c;
}
