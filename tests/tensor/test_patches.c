/* test_patches.c - im2col against its definition, col2im against im2col, in every box. */
#include "test.h"
#include <tern/patches.h>

enum { MOST = 1024 };

static tern_real x[MOST], y[MOST], patch[MOST], scratch[MOST];

static const tern_window windows[] = {
    {.channels = 2, .in = {5, 6}, .kernel = {3, 2}, .stride = {1, 1}, .dilation = {1, 1}, .out = {3, 5}},
    {.channels = 2, .in = {5, 6}, .kernel = {2, 3}, .stride = {2, 3}, .dilation = {1, 1}, .pad = {1, 2}, .out = {3, 3}},
    {.channels = 1, .in = {4, 3}, .kernel = {2, 2}, .stride = {1, 1}, .dilation = {1, 1}, .out = {4, 3}}, /* zeros behind */
    {.channels = 1, .in = {2, 2}, .kernel = {2, 2}, .stride = {1, 1}, .dilation = {3, 2}, .pad = {4, 3}, .out = {7, 6}},
    {.channels = 1, .in = {1, 60}, .kernel = {1, 3}, .stride = {1, 1}, .dilation = {1, 4}, .pad = {0, 5}, .out = {1, 61}},
    {.channels = 3, .in = {6, 7}, .kernel = {1, 1}, .stride = {4, 3}, .dilation = {1, 1}, .out = {2, 3}},
};

/* What the window sees at place (row, col) with element (i, j) of its kernel; 0 beyond the image. */
static tern_real seen(const tern_window *w, size_t c, size_t i, size_t j, size_t row, size_t col) {
    size_t r = row * w->stride[0] + i * w->dilation[0], s = col * w->stride[1] + j * w->dilation[1];
    bool   image = r >= w->pad[0] && r - w->pad[0] < w->in[0] && s >= w->pad[1] && s - w->pad[1] < w->in[1];
    return image ? x[(c * w->in[0] + r - w->pad[0]) * w->in[1] + s - w->pad[1]] : 0;
}

static void check_take(const tern_window *w, const tern_box *b, size_t stride) {
    for (size_t k = 0; k < MOST; k++) patch[k] = scratch[k] = (tern_real)NAN;
    tern_im2col(w, b, x, patch, stride, scratch);
    size_t kernel = w->kernel[0] * w->kernel[1], n = b->rows * b->cols;
    size_t wrong = 0; /* not an assert for each: those are slow */
    for (size_t k = 0; k < tern_window_size(w); k++) {
        size_t c = k / kernel, i = k % kernel / w->kernel[1], j = k % w->kernel[1];
        for (size_t p = 0; p < n; p++)
            wrong += patch[k * stride + p] != seen(w, c, i, j, b->row + p / b->cols, b->col + p % b->cols);
        for (size_t p = n; p < stride; p++) wrong += isnan(patch[k * stride + p]) ? 0 : 1; /* what lies between is not touched */
    }
    ck_assert_uint_eq(wrong, 0);
}

/* <im2col(x), p> = <x, col2im(p)> for any p. */
static void check_add(const tern_window *w, const tern_box *b, size_t stride) {
    double a = 0, e = 0;
    size_t n = b->rows * b->cols, count = w->channels * w->in[0] * w->in[1];
    for (size_t k = 0; k < tern_window_size(w); k++)
        for (size_t p = 0; p < n; p++) {
            tern_real value = (tern_real)((k * 7 + p * 3) % 11) - 5;
            a += (double)(value * patch[k * stride + p]);
            patch[k * stride + p] = value;
        }
    for (size_t k = 0; k < MOST; k++) y[k] = 1, scratch[k] = (tern_real)NAN;
    tern_col2im(w, b, patch, stride, y, scratch);
    for (size_t k = 0; k < count; k++) e += (double)(x[k] * (y[k] - 1));
    for (size_t k = count; k < MOST; k++) a += y[k] != 1; /* nothing is written beside */
    ck_assert_msg(a == e, "%g, not %g", e, a); /* whole numbers: exact */
}

START_TEST(patches_of_every_box) {
    const tern_window *w = &windows[_i];
    tern_box b;
    for (size_t k = 0; k < MOST; k++) x[k] = (tern_real)(k % 17) + 1;
    for (b.row = 0; b.row < w->out[0]; b.row++)
        for (b.col = 0; b.col < w->out[1]; b.col += w->out[1] / 7 + 1)
            for (b.rows = 1; b.row + b.rows <= w->out[0]; b.rows++)
                for (b.cols = 1; b.col + b.cols <= w->out[1]; b.cols++) {
                    ck_assert_uint_le(tern_window_scratch(w, b.rows, b.cols), MOST);
                    check_take(w, &b, b.rows * b.cols + 3);
                    check_add(w, &b, b.rows * b.cols + 3);
                }
}
END_TEST

TCase *patches_case(void);
TCase *patches_case(void) {
    TCase *t = tcase_create("patches");
    tcase_add_loop_test(t, patches_of_every_box, 0, COUNT(windows));
    return t;
}
