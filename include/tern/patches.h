/* patches.h - images as matrices of patches (im2col) and back (col2im): convolution then is a matrix product.
 *
 * A window slides over an image of [channels, in[0], in[1]] and stands at out[0] by out[1] places. Column j of the patch matrix
 * holds what the window sees at place j, row by row of [channels, kernel[0], kernel[1]]. Nothing is read beyond the image: there
 * are zeros. One sample at a time, and of its places only a box, so that a matrix fits the cache. */
#ifndef TERN_PATCHES_H
#define TERN_PATCHES_H

#include <tern/base.h>

TERN_BEGIN

/* Axis 0 is the height, 1 the width. A signal has height 1. */
typedef struct tern_window {
    size_t channels, in[2];
    size_t kernel[2], stride[2], dilation[2];
    size_t pad[2]; /* before the image; behind it, as many as the last place needs */
    size_t out[2]; /* how many places there are */
} tern_window;

/* Some places of a window: rows by cols, from (row, col) on. */
typedef struct tern_box {
    size_t row, rows, col, cols;
} tern_box;

/* The rows of a patch matrix: the numbers that the window sees at one place. */
TERN_API size_t tern_window_size(const tern_window *w);

/* The numbers of scratch that a box of `rows` by `cols` places needs below; 0 where the window never leaves the image. */
TERN_API size_t tern_window_scratch(const tern_window *w, size_t rows, size_t cols);

/* patch = the patches of image x in a box: tern_window_size() rows, `stride` numbers apart, of rows * cols columns. */
TERN_API void tern_im2col(const tern_window *w, const tern_box *box, const tern_real *x, tern_real *patch, size_t stride,
                          tern_real *scratch);

/* x += the patches of a box, each number where tern_im2col() had read it: its adjoint. */
TERN_API void tern_col2im(const tern_window *w, const tern_box *box, const tern_real *patch, size_t stride, tern_real *x,
                          tern_real *scratch);

TERN_END

#endif
