/* patches.c - im2col and col2im; see tern/patches.h.
 *
 * What a box sees is first copied with its zeros around it, once, where the window leaves the image. The loops over the kernel,
 * which do many times the work, then move runs of numbers and know nothing of edges. */
#include <tern/patches.h>

#include <string.h>

/* What some places see: [channels, rows, pitch] with the first `cols` of each row. */
typedef struct field {
    size_t rows, cols, pitch, plane;
} field;

/* The extent that n places in a row see along an axis. */
static size_t extent(const tern_window *w, size_t axis, size_t n) {
    return (n - 1) * w->stride[axis] + (w->kernel[axis] - 1) * w->dilation[axis] + 1;
}

static bool leaves(const tern_window *w, size_t axis) {
    return w->pad[axis] || extent(w, axis, w->out[axis]) > w->in[axis];
}

static bool leaves_image(const tern_window *w) {
    return leaves(w, 0) || leaves(w, 1);
}

static field padded_field(const tern_window *w, size_t rows, size_t cols) {
    size_t high = extent(w, 0, rows), wide = extent(w, 1, cols);
    return (field){high, wide, wide, high * wide};
}

static field image_field(const tern_window *w) {
    return (field){w->in[0], w->in[1], w->in[1], w->in[0] * w->in[1]};
}

size_t tern_window_size(const tern_window *w) {
    return w->channels * w->kernel[0] * w->kernel[1];
}

size_t tern_window_scratch(const tern_window *w, size_t rows, size_t cols) {
    return leaves_image(w) ? w->channels * padded_field(w, rows, cols).plane : 0;
}

/* ---- the zeros around the image ---- */

/* Which of `n` numbers, the first of which lies at `first` of the padded image, are of the image: from `begin` to before `end`.
 * The image's own index of number `begin` is `at`. */
typedef struct range {
    size_t begin, end, at;
} range;

static range inside(size_t first, size_t n, size_t pad, size_t in) {
    range r = {.begin = first < pad ? pad - first : 0, .end = in + pad > first ? in + pad - first : 0};
    if (r.end > n) r.end = n;
    if (r.begin > r.end) r.begin = r.end;
    r.at = first + r.begin - (r.begin < r.end ? pad : 0);
    return r;
}

static void fill_zero(tern_real *y, size_t n) {
    memset(y, 0, n * sizeof *y);
}

/* Copies what a box sees, zeros included. */
static void pad_image(const tern_window *w, const tern_box *box, const field *f, const tern_real *x, tern_real *y) {
    range rows = inside(box->row * w->stride[0], f->rows, w->pad[0], w->in[0]);
    range cols = inside(box->col * w->stride[1], f->cols, w->pad[1], w->in[1]);
    for (size_t c = 0; c < w->channels; c++, x += w->in[0] * w->in[1], y += f->plane) {
        fill_zero(y, rows.begin * f->cols);
        for (size_t r = rows.begin; r < rows.end; r++) {
            const tern_real *from = x + (rows.at + r - rows.begin) * w->in[1] + cols.at;
            tern_real *to = y + r * f->cols;
            fill_zero(to, cols.begin);
            memcpy(to + cols.begin, from, (cols.end - cols.begin) * sizeof *to);
            fill_zero(to + cols.end, f->cols - cols.end);
        }
        fill_zero(y + rows.end * f->cols, (f->rows - rows.end) * f->cols);
    }
}

/* Adds it back; what came to lie on the zeros is dropped. */
TERN_CLONES static void crop_image(const tern_window *w, const tern_box *box, const field *f, const tern_real *y, tern_real *x) {
    range rows = inside(box->row * w->stride[0], f->rows, w->pad[0], w->in[0]);
    range cols = inside(box->col * w->stride[1], f->cols, w->pad[1], w->in[1]);
    for (size_t c = 0; c < w->channels; c++, x += w->in[0] * w->in[1], y += f->plane) {
        for (size_t r = rows.begin; r < rows.end; r++) {
            const tern_real *restrict from = y + r * f->cols + cols.begin;
            tern_real *restrict to = x + (rows.at + r - rows.begin) * w->in[1] + cols.at;
            for (size_t i = 0, n = cols.end - cols.begin; i < n; i++) to[i] += from[i];
        }
    }
}

/* ---- one row of the patch matrix: rows of the image, cut ---- */

/* Copies `rows` runs of n numbers, chunk <= n, in moves of `chunk`, the last overlapping. A constant makes vector moves. */
static inline void copy_runs(size_t chunk, size_t rows, size_t n, const tern_real *x, size_t pitch, tern_real *y) {
    for (size_t r = 0; r < rows; r++, x += pitch, y += n) {
        for (size_t i = 0; i + chunk < n; i += chunk) memcpy(y + i, x + i, chunk * sizeof *y);
        memcpy(y + n - chunk, x + n - chunk, chunk * sizeof *y);
    }
}

static inline void copy_row(size_t rows, size_t n, const tern_real *x, size_t pitch, size_t step, tern_real *y) {
    if (step == 1 && n >= 16) copy_runs(16, rows, n, x, pitch, y);
    else if (step == 1 && n >= 8) copy_runs(8, rows, n, x, pitch, y);
    else if (step == 1 && n >= 4) copy_runs(4, rows, n, x, pitch, y);
    else
        for (size_t r = 0; r < rows; r++, x += pitch, y += n)
            for (size_t i = 0; i < n; i++) y[i] = x[i * step];
}

static inline void add_row(size_t rows, size_t n, const tern_real *restrict y, tern_real *restrict x, size_t pitch, size_t step) {
    for (size_t r = 0; r < rows; r++, x += pitch, y += n) {
        if (step == 1)
            for (size_t i = 0; i < n; i++) x[i] += y[i];
        else
            for (size_t i = 0; i < n; i++) x[i * step] += y[i];
    }
}

/* ---- all of them ---- */

/* The first number that element (i, j) of the kernel sees. */
static inline size_t seen_by(const tern_window *w, const field *f, size_t i, size_t j) {
    return i * w->dilation[0] * f->pitch + j * w->dilation[1];
}

TERN_CLONES static void take_patches(const tern_window *w, const tern_box *box, const field *f, const tern_real *x,
                                     tern_real *patch, size_t stride) {
    const size_t pitch = w->stride[0] * f->pitch;
    for (size_t c = 0; c < w->channels; c++, x += f->plane)
        for (size_t i = 0; i < w->kernel[0]; i++)
            for (size_t j = 0; j < w->kernel[1]; j++, patch += stride)
                copy_row(box->rows, box->cols, x + seen_by(w, f, i, j), pitch, w->stride[1], patch);
}

TERN_CLONES static void add_patches(const tern_window *w, const tern_box *box, const field *f, const tern_real *patch,
                                    size_t stride, tern_real *x) {
    const size_t pitch = w->stride[0] * f->pitch;
    for (size_t c = 0; c < w->channels; c++, x += f->plane)
        for (size_t i = 0; i < w->kernel[0]; i++)
            for (size_t j = 0; j < w->kernel[1]; j++, patch += stride)
                add_row(box->rows, box->cols, patch, x + seen_by(w, f, i, j), pitch, w->stride[1]);
}

static size_t corner(const tern_window *w, const tern_box *box) {
    return box->row * w->stride[0] * w->in[1] + box->col * w->stride[1];
}

void tern_im2col(const tern_window *w, const tern_box *box, const tern_real *x, tern_real *patch, size_t stride,
                 tern_real *scratch) {
    if (!leaves_image(w)) {
        field f = image_field(w);
        take_patches(w, box, &f, x + corner(w, box), patch, stride);
    } else {
        field f = padded_field(w, box->rows, box->cols);
        pad_image(w, box, &f, x, scratch);
        take_patches(w, box, &f, scratch, patch, stride);
    }
}

void tern_col2im(const tern_window *w, const tern_box *box, const tern_real *patch, size_t stride, tern_real *x,
                 tern_real *scratch) {
    if (!leaves_image(w)) {
        field f = image_field(w);
        add_patches(w, box, &f, patch, stride, x + corner(w, box));
    } else {
        field f = padded_field(w, box->rows, box->cols);
        fill_zero(scratch, w->channels * f.plane);
        add_patches(w, box, &f, patch, stride, scratch);
        crop_image(w, box, &f, scratch, x);
    }
}
