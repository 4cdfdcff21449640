/* conv.c - convolution as products with patch matrices, a piece of the batch at a time; see tern/conv.h.
 *
 * A piece is a sample, or a box of its places where its patches would leave the cache; its map is a block of the map in memory.
 * Samples with few places go together, since a product needs some columns to be fast; their map goes through scratch. */
#include <tern/conv.h>

#include "conv_scratch.h"

#include <string.h>

/* ---- pieces ---- */

typedef struct piece {
    size_t   sample, samples;
    tern_box box;
    size_t   first, places; /* in the map of a sample */
} piece;

static size_t parts(size_t whole, size_t part) {
    return (whole + part - 1) / part;
}

static size_t at_most(size_t n, size_t most) {
    return n < most ? n : most;
}

static size_t places(const tern_conv *c) {
    return c->window.out[0] * c->window.out[1];
}

/* How many pieces `n` samples have. */
static size_t count_pieces(const tern_conv *c, size_t n) {
    return parts(n, c->samples) * parts(c->window.out[0], c->rows) * parts(c->window.out[1], c->cols);
}

static piece piece_at(const tern_conv *c, size_t n, size_t i) {
    const size_t *out = c->window.out, down = parts(out[0], c->rows), across = parts(out[1], c->cols);
    piece p = {.sample = i / (down * across) * c->samples};
    p.box.row = i / across % down * c->rows;
    p.box.col = i % across * c->cols;
    p.samples = at_most(n - p.sample, c->samples);
    p.box.rows = at_most(out[0] - p.box.row, c->rows);
    p.box.cols = at_most(out[1] - p.box.col, c->cols);
    p.first = p.box.row * out[1] + p.box.col;
    p.places = p.box.rows * p.box.cols;
    return p;
}

/* ---- the matrices of a piece: of one group ---- */

static tern_real *image_at(const tern_conv *c, const tern_tensor *image, size_t sample, size_t group) {
    return image->data + (sample * c->groups + group) * c->window.channels * c->window.in[0] * c->window.in[1];
}

static tern_real *map_at(const tern_conv *c, const tern_tensor *map, size_t sample, size_t group) {
    return map->data + (sample * c->groups + group) * c->filters * places(c);
}

static tern_block weight_at(const tern_conv *c, const tern_tensor *w, size_t group) {
    size_t size = tern_window_size(&c->window);
    return (tern_block){c->filters, size, size, w->data + group * c->filters * size};
}

/* Room for the patches; where the image is its own patch matrix, the image. */
static tern_block patch_block(const tern_conv *c, const piece *p, const tern_tensor *image, size_t group,
                              const tern__workspace *s) {
    size_t n = p->samples * p->places, size = tern_window_size(&c->window);
    return (tern_block){size, n, n, c->bare ? image_at(c, image, p->sample, group) : s->patch};
}

static tern_block take_patches(const tern_conv *c, const piece *p, const tern_tensor *image, size_t group,
                               const tern__workspace *s) {
    tern_block b = patch_block(c, p, image, group, s);
    for (size_t i = 0; !c->bare && i < p->samples; i++)
        tern_im2col(&c->window, &p->box, image_at(c, image, p->sample + i, group), b.data + i * p->places, b.stride, s->field);
    return b;
}

static void add_patches(const tern_conv *c, const piece *p, tern_block b, tern_tensor *image, size_t group,
                        const tern__workspace *s) {
    for (size_t i = 0; i < p->samples; i++)
        tern_col2im(&c->window, &p->box, b.data + i * p->places, b.stride, image_at(c, image, p->sample + i, group), s->field);
}

/* Room for the map; that of one sample is where it lies. */
static tern_block map_block(const tern_conv *c, const piece *p, const tern_tensor *map, size_t group, const tern__workspace *s) {
    size_t n = p->samples * p->places;
    if (c->samples > 1) return (tern_block){c->filters, n, n, s->map};
    return (tern_block){c->filters, n, places(c), map_at(c, map, p->sample, group) + p->first};
}

static tern_block take_map(const tern_conv *c, const piece *p, const tern_tensor *map, size_t group, const tern__workspace *s) {
    tern_block b = map_block(c, p, map, group, s);
    for (size_t i = 0; c->samples > 1 && i < p->samples; i++) {
        const tern_real *from = map_at(c, map, p->sample + i, group);
        for (size_t k = 0; k < c->filters; k++)
            memcpy(b.data + k * b.stride + i * p->places, from + k * p->places, p->places * sizeof *from);
    }
    return b;
}

static void add_map(const tern_conv *c, const piece *p, tern_block b, tern_tensor *map, size_t group) {
    for (size_t i = 0; c->samples > 1 && i < p->samples; i++) {
        tern_real *to = map_at(c, map, p->sample + i, group);
        for (size_t k = 0; k < c->filters; k++)
            for (size_t j = 0; j < p->places; j++) to[k * p->places + j] += b.data[k * b.stride + i * p->places + j];
    }
}

/* ---- the products ---- */

void tern_conv_forward(const tern_conv *c, const tern_tensor *image, const tern_tensor *w, tern_tensor *map,
                       tern_real *scratch) {
    const tern__workspace s = tern__conv_divide(c, scratch);
    const size_t n = map->shape.dim[0];
    for (size_t group = 0; group < c->groups; group++)
        for (size_t i = 0; i < count_pieces(c, n); i++) {
            const piece p = piece_at(c, n, i);
            tern_block y = map_block(c, &p, map, group, &s);
            tern_gemm_block(1, weight_at(c, w, group), TERN_N, take_patches(c, &p, image, group, &s), TERN_N, c->samples == 1, y);
            add_map(c, &p, y, map, group);
        }
}

void tern_conv_adjoint(const tern_conv *c, const tern_tensor *map, const tern_tensor *w, tern_tensor *image,
                       tern_real *scratch) {
    const tern__workspace s = tern__conv_divide(c, scratch);
    const size_t n = map->shape.dim[0];
    for (size_t group = 0; group < c->groups; group++)
        for (size_t i = 0; i < count_pieces(c, n); i++) {
            const piece p = piece_at(c, n, i);
            tern_block patches = patch_block(c, &p, image, group, &s);
            tern_gemm_block(1, weight_at(c, w, group), TERN_T, take_map(c, &p, map, group, &s), TERN_N, c->bare, patches);
            if (!c->bare) add_patches(c, &p, patches, image, group, &s);
        }
}

/* y += x^T, a few columns of y at a time: whole lines of the cache are read. */
static void add_transposed(tern_block x, tern_block y) {
    enum { FEW = 16 };
    for (size_t first = 0; first < y.cols; first += FEW)
        for (size_t i = 0; i < y.rows; i++)
            for (size_t j = first; j < at_most(y.cols, first + FEW); j++) y.data[i * y.stride + j] += x.data[j * x.stride + i];
}

/* The sum over pieces is taken of the transpose, which BLAS multiplies faster: a patch matrix has more rows than a map. */
void tern_conv_gradient(const tern_conv *c, const tern_tensor *image, const tern_tensor *map, tern_tensor *dw,
                        tern_real *scratch) {
    const tern__workspace s = tern__conv_divide(c, scratch);
    const size_t n = map->shape.dim[0];
    for (size_t group = 0; group < c->groups; group++) {
        tern_block g = weight_at(c, dw, group), sum = {g.cols, g.rows, g.rows, s.sum};
        for (size_t i = 0; i < count_pieces(c, n); i++) {
            const piece p = piece_at(c, n, i);
            tern_block patches = take_patches(c, &p, image, group, &s);
            tern_gemm_block(1, patches, TERN_N, take_map(c, &p, map, group, &s), TERN_T, i > 0, sum);
        }
        add_transposed(sum, g);
    }
}

/* ---- channels ---- */

void tern_fill_channels(const tern_tensor *b, tern_tensor *y) {
    size_t channels = y->shape.dim[1], planes = y->shape.dim[0] * channels, n = planes ? tern_tensor_count(y) / planes : 0;
    for (size_t i = 0; i < planes; i++) {
        tern_tensor plane = {{1, {n}}, y->data + i * n};
        tern_tensor_fill(&plane, b ? b->data[i % channels] : 0);
    }
}

enum { LANES = 16 }; /* partial sums, so that a sum runs in vector registers */

TERN_CLONES static tern_real sum(size_t n, const tern_real *x) {
    tern_real lane[LANES] = {0}, rest = 0;
    size_t i = 0;
    for (; i + LANES <= n; i += LANES)
        for (size_t k = 0; k < LANES; k++) lane[k] += x[i + k];
    for (; i < n; i++) rest += x[i];
    for (size_t k = 0; k < LANES; k++) rest += lane[k];
    return rest;
}

void tern_sum_channels(const tern_tensor *y, tern_tensor *b) {
    size_t channels = y->shape.dim[1], planes = y->shape.dim[0] * channels, n = planes ? tern_tensor_count(y) / planes : 0;
    for (size_t i = 0; i < planes; i++) b->data[i % channels] += sum(n, y->data + i * n);
}
