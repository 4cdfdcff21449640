/* conv.c - convolution, its adjoint and the gradient of its weight, as implicit GEMMs (implicit_gemm.h), a block of the
 * batch at a time; see tern/conv.h. */
#include "conv_blocks.h"

#include "clock.h"
#include "cpu.h"
#include "sizes.h"

static const tern__microkernels *kernels(void) { return tern__microkernels_for(tern__cpu_level()); }

/* ---- scratch ---- */

enum { LINE = 16 }; /* what scratch is divided into begins at multiples of it */

typedef struct workspace {
    tern_real *padded;  /* input of a block */
    tern_real *weight;  /* of a group: transposed for the adjoint, or its gradient, transposed */
    tern_real *product; /* scratch of the implicit GEMMs */
    size_t size;        /* of all, in elements */
} workspace;

static workspace divide(const tern__blocked_conv *c, tern_real *scratch) {
    const tern__padded image = tern__image_padded(&c->conv), map = tern__map_padded(&c->conv);
    const size_t padded = tern__max(tern__padded_count(&image, c->map_box), tern__padded_count(&map, c->image_box));
    const size_t n[] = {c->samples * padded + TERN__LANES,
                        tern_window_size(&c->conv.window) * tern__implicit_gemm_columns(kernels(), c->conv.filters),
                        tern__implicit_gemm_scratch(tern__max(c->conv.filters, c->conv.window.channels))};
    workspace s = {0};
    tern_real **begin[] = {&s.padded, &s.weight, &s.product};
    for (size_t i = 0; i < sizeof n / sizeof *n; i++) {
        *begin[i] = scratch ? scratch + s.size : NULL;
        s.size += (n[i] + LINE - 1) / LINE * LINE;
    }
    return s;
}

size_t tern__conv_scratch(const tern__blocked_conv *c) { return divide(c, NULL).size; }

/* ---- a group ---- */

static size_t image_size(const tern__blocked_conv *c) {
    return c->conv.window.channels * c->conv.window.in[0] * c->conv.window.in[1];
}

static size_t map_size(const tern__blocked_conv *c) {
    return c->conv.filters * c->conv.window.out[0] * c->conv.window.out[1];
}

static tern_real *image_at(const tern__blocked_conv *c, const tern_tensor *image, size_t sample, size_t group) {
    return image->data + (sample * c->conv.groups + group) * image_size(c);
}

static tern_real *map_at(const tern__blocked_conv *c, const tern_tensor *map, size_t sample, size_t group) {
    return map->data + (sample * c->conv.groups + group) * map_size(c);
}

static tern_real *weight_at(const tern__blocked_conv *c, const tern_tensor *w, size_t group) {
    return w->data + group * c->conv.filters * tern_window_size(&c->conv.window);
}

static const tern_real *bias_at(const tern_tensor *b, size_t rows, size_t group) {
    return b ? b->data + group * rows : NULL;
}

/* Multiplications and additions of n samples. */
static double flops(const tern__blocked_conv *c, size_t n) {
    return 2.0 * (double)n * (double)(c->conv.groups * map_size(c)) * (double)tern_window_size(&c->conv.window);
}

/* ---- the three ---- */

/* Patches of a block's images on one side, its map on the other. */
static tern__implicit_gemm map_product(const tern__blocked_conv *c, const tern__conv_block *b, const tern_tensor *image,
                                       const tern_tensor *map, size_t group, tern_real *padded) {
    const tern__padded f = tern__image_padded(&c->conv);
    const size_t *out = c->conv.window.out;
    tern__implicit_gemm g = {.kernels = kernels(), .rows = c->conv.filters, .input = padded, .stride = out[0] * out[1]};
    tern__image_grids(&c->conv, b, &g.taps, &g.positions);
    g.c = map_at(c, map, b->sample, group) + b->first[0] * out[1] + b->first[1];
    g.out = (tern__grid){{b->samples, b->n[0], b->n[1]}, {c->conv.groups * map_size(c), out[1], 1}};
    tern__pad_block(&f, b, image_at(c, image, b->sample, group), c->conv.groups * image_size(c), padded);
    return g;
}

void tern__conv_forward(const tern__blocked_conv *c, const tern_tensor *image, const tern_tensor *w,
                        const tern_tensor *b, tern_tensor *map, tern_real *scratch) {
    const double begin = tern__product_begin();
    const workspace s = divide(c, scratch);
    const size_t n = map->shape.dim[0], *out = c->conv.window.out;
    for (size_t group = 0; group < c->conv.groups; group++)
        for (size_t i = 0; i < tern__conv_block_count(c, n, out, c->map_box); i++) {
            const tern__conv_block p = tern__conv_block_at(c, n, out, c->map_box, i);
            const tern__implicit_gemm product = map_product(c, &p, image, map, group, s.padded);
            tern__implicit_gemm_multiply(&product, weight_at(c, w, group), bias_at(b, c->conv.filters, group),
                                         s.product);
        }
    tern__product_end(begin, flops(c, n));
}

/* y[rows, cols] += x^T, a few columns of y at a time: whole lines of the cache are read. */
static void add_transposed(const tern_real *x, size_t stride, size_t rows, size_t cols, tern_real *y) {
    for (size_t first = 0; first < cols; first += LINE)
        for (size_t i = 0; i < rows; i++)
            for (size_t j = first; j < tern__min(cols, first + LINE); j++) y[i * cols + j] += x[j * stride + i];
}

void tern__conv_gradient(const tern__blocked_conv *c, const tern_tensor *image, const tern_tensor *map, tern_tensor *dw,
                         tern_real *scratch) {
    const double begin = tern__product_begin();
    const workspace s = divide(c, scratch);
    const size_t n = map->shape.dim[0], *out = c->conv.window.out;
    for (size_t group = 0; group < c->conv.groups; group++) {
        for (size_t i = 0; i < tern__conv_block_count(c, n, out, c->map_box); i++) {
            const tern__conv_block p = tern__conv_block_at(c, n, out, c->map_box, i);
            const tern__implicit_gemm product = map_product(c, &p, image, map, group, s.padded);
            tern__implicit_gemm_gradient(&product, !i, s.weight, s.product);
        }
        add_transposed(s.weight, tern__implicit_gemm_columns(kernels(), c->conv.filters), c->conv.filters,
                       tern_window_size(&c->conv.window), weight_at(c, dw, group));
    }
    tern__product_end(begin, flops(c, n));
}

/* The elements of the kernel that a phase needs, as [channels, taps]. */
static void pack_weight(const tern__blocked_conv *c, const tern__phase *p, const tern_real *w, tern_real *a) {
    const size_t *kernel = c->conv.window.kernel, channels = c->conv.window.channels;
    for (size_t channel = 0; channel < channels; channel++)
        for (size_t f = 0; f < c->conv.filters; f++)
            for (size_t i = 0; i < p->taps[0]; i++)
                for (size_t j = 0; j < p->taps[1]; j++)
                    *a++ = w[((f * channels + channel) * kernel[0] + p->last[0] - i * p->back[0]) * kernel[1] +
                             p->last[1] - j * p->back[1]];
}

/* A block of the phase of the image that begins at (row, col). */
static void adjoint_block(const tern__blocked_conv *c, const tern__phase *phase, const tern__conv_block *b,
                          const tern_tensor *map, const tern_real *start, size_t group, size_t row, size_t col,
                          tern_tensor *image, const workspace *s) {
    const tern__padded f = tern__map_padded(&c->conv);
    const size_t *in = c->conv.window.in, *stride = c->conv.window.stride;
    tern__implicit_gemm g = {.kernels = kernels(), .rows = c->conv.window.channels, .stride = in[0] * in[1]};
    g.input = s->padded + tern__map_grids(&c->conv, phase, b, &g.taps, &g.positions);
    g.c =
        image_at(c, image, b->sample, group) + (row + b->first[0] * stride[0]) * in[1] + col + b->first[1] * stride[1];
    g.out =
        (tern__grid){{b->samples, b->n[0], b->n[1]}, {c->conv.groups * image_size(c), stride[0] * in[1], stride[1]}};
    tern__pad_block(&f, b, map_at(c, map, b->sample, group), c->conv.groups * map_size(c), s->padded);
    tern__implicit_gemm_multiply(&g, s->weight, start, s->product);
}

void tern__conv_adjoint(const tern__blocked_conv *c, const tern_tensor *map, const tern_tensor *w, const tern_tensor *b,
                        tern_tensor *image, tern_real *scratch) {
    const double begin = tern__product_begin();
    const workspace s = divide(c, scratch);
    const size_t n = map->shape.dim[0], *stride = c->conv.window.stride, *in = c->conv.window.in;
    for (size_t group = 0; group < c->conv.groups; group++)
        for (size_t row = 0; row < tern__min(stride[0], in[0]); row++)
            for (size_t col = 0; col < tern__min(stride[1], in[1]); col++) {
                const tern__phase phase = tern__map_phase(&c->conv, row, col);
                pack_weight(c, &phase, weight_at(c, w, group), s.weight);
                for (size_t i = 0; i < tern__conv_block_count(c, n, phase.positions, c->image_box); i++) {
                    const tern__conv_block p = tern__conv_block_at(c, n, phase.positions, c->image_box, i);
                    adjoint_block(c, &phase, &p, map, bias_at(b, c->conv.window.channels, group), group, row, col,
                                  image, &s);
                }
            }
    tern__product_end(begin, flops(c, n));
}

/* ---- cut as is best ---- */

size_t tern_conv_scratch(const tern_conv *c) {
    const tern__blocked_conv cut = tern__conv_blocked(c);
    return tern__conv_scratch(&cut);
}

void tern_conv_forward(const tern_conv *c, const tern_tensor *image, const tern_tensor *w, const tern_tensor *b,
                       tern_tensor *map, tern_real *scratch) {
    const tern__blocked_conv cut = tern__conv_blocked(c);
    tern__conv_forward(&cut, image, w, b, map, scratch);
}

void tern_conv_adjoint(const tern_conv *c, const tern_tensor *map, const tern_tensor *w, const tern_tensor *b,
                       tern_tensor *image, tern_real *scratch) {
    const tern__blocked_conv cut = tern__conv_blocked(c);
    tern__conv_adjoint(&cut, map, w, b, image, scratch);
}

void tern_conv_gradient(const tern_conv *c, const tern_tensor *image, const tern_tensor *map, tern_tensor *dw,
                        tern_real *scratch) {
    const tern__blocked_conv cut = tern__conv_blocked(c);
    tern__conv_gradient(&cut, image, map, dw, scratch);
}

/* ---- the bias ---- */

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

void tern_tensor_sum_channels(const tern_tensor *y, tern_tensor *b) {
    size_t channels = y->shape.dim[1], planes = y->shape.dim[0] * channels,
           n = planes ? tern_tensor_count(y) / planes : 0;
    for (size_t i = 0; i < planes; i++) b->data[i % channels] += sum(n, y->data + i * n);
}
