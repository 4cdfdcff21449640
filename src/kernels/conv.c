/* conv.c - convolution, its adjoint and the gradient of its weight, as products with patches that are walked over
 * (walked.h), a piece of the batch at a time; see tern/layers/conv.h. */
#include "conv_field.h"

#include "clock.h"
#include "cpu.h"
#include "sizes.h"

static const tern__tiles *tiles(void) { return tern__tiles_of(tern__cpu_level()); }

/* ---- scratch ---- */

enum { LINE = 16 }; /* parts of scratch begin at multiples of it */

typedef struct workspace {
    tern_real *field;  /* of a piece */
    tern_real *weight; /* of a group: turned for the adjoint, or its gradient, transposed */
    tern_real *walked; /* what the products need */
    size_t size;       /* of all, in numbers */
} workspace;

static workspace divide(const tern_conv *c, tern_real *scratch) {
    const tern__field image = tern__image_field(c), map = tern__map_field(c);
    const size_t field = tern__at_least(tern__field_count(&image, c->box), tern__field_count(&map, c->adjoint_box));
    const size_t n[] = {c->samples * field + TERN__LANES,
                        tern_window_size(&c->window) * tern__walked_columns(tiles(), c->filters),
                        tern__walked_scratch(tern__at_least(c->filters, c->window.channels))};
    workspace s = {0};
    tern_real **part[] = {&s.field, &s.weight, &s.walked};
    for (size_t i = 0; i < sizeof n / sizeof *n; i++) {
        *part[i] = scratch ? scratch + s.size : NULL;
        s.size += (n[i] + LINE - 1) / LINE * LINE;
    }
    return s;
}

/* ---- pieces ---- */

enum {
    COLUMNS = 96,   /* places from which on a product is fast */
    FIELD = 1 << 15 /* numbers of a piece's field: with what is copied of it, it stays in a cache of the second level */
};

/* How many places in a row see at most `n` numbers: `least` at least. */
static size_t places_within(const tern__field *f, size_t axis, size_t n, size_t least) {
    return n > f->halo[axis] ? tern__at_least((n - f->halo[axis] - 1) / f->stride[axis] + 1, least) : least;
}

static void cut(const tern__field *f, const size_t *places, size_t *box) {
    const size_t line = f->channels * (f->halo[0] + 1);
    box[1] = tern__balanced_chunk(places[1], places_within(f, 1, FIELD / line, COLUMNS));
    const size_t rows = FIELD / tern__field_count(f, (size_t[]){1, box[1]}) * (f->halo[0] + 1);
    box[0] = tern__balanced_chunk(places[0], places_within(f, 0, rows, tern__parts(COLUMNS, box[1])));
}

size_t tern__conv_cut(tern_conv *c) {
    const tern_window *w = &c->window;
    const tern__field image = tern__image_field(c), map = tern__map_field(c);
    const tern__phase all = tern__map_phase(c, 0, 0); /* no other has more places */
    const size_t places = w->out[0] * w->out[1];
    c->samples = places < COLUMNS ? COLUMNS / places + 1 : 1;
    cut(&image, w->out, c->box);
    cut(&map, all.places, c->adjoint_box);
    return divide(c, NULL).size;
}

/* ---- a group ---- */

static size_t image_size(const tern_conv *c) { return c->window.channels * c->window.in[0] * c->window.in[1]; }

static size_t map_size(const tern_conv *c) { return c->filters * c->window.out[0] * c->window.out[1]; }

static tern_real *image_at(const tern_conv *c, const tern_tensor *image, size_t sample, size_t group) {
    return image->data + (sample * c->groups + group) * image_size(c);
}

static tern_real *map_at(const tern_conv *c, const tern_tensor *map, size_t sample, size_t group) {
    return map->data + (sample * c->groups + group) * map_size(c);
}

static tern_real *weight_at(const tern_conv *c, const tern_tensor *w, size_t group) {
    return w->data + group * c->filters * tern_window_size(&c->window);
}

static const tern_real *bias_at(const tern_tensor *b, size_t rows, size_t group) {
    return b ? b->data + group * rows : NULL;
}

/* Multiplications and additions of n samples. */
static double flops(const tern_conv *c, size_t n) {
    return 2.0 * (double)n * (double)(c->groups * map_size(c)) * (double)tern_window_size(&c->window);
}

/* ---- the three ---- */

/* Patches of a piece's images on one side, its map on the other. */
static tern__walked map_product(const tern_conv *c, const tern__piece *p, const tern_tensor *image,
                                const tern_tensor *map, size_t group, tern_real *field) {
    const tern__field f = tern__image_field(c);
    const size_t *out = c->window.out;
    tern__walked w = {.tiles = tiles(), .rows = c->filters, .field = field, .stride = out[0] * out[1]};
    tern__image_walks(c, p, &w.taps, &w.places);
    w.c = map_at(c, map, p->sample, group) + p->first[0] * out[1] + p->first[1];
    w.to = (tern__walk){{p->samples, p->n[0], p->n[1]}, {c->groups * map_size(c), out[1], 1}};
    tern__field_take(&f, p, image_at(c, image, p->sample, group), c->groups * image_size(c), field);
    return w;
}

void tern_conv_forward(const tern_conv *c, const tern_tensor *image, const tern_tensor *w, const tern_tensor *b,
                       tern_tensor *map, tern_real *scratch) {
    const double begin = tern__product_begin();
    const workspace s = divide(c, scratch);
    const size_t n = map->shape.dim[0], *out = c->window.out;
    for (size_t group = 0; group < c->groups; group++)
        for (size_t i = 0; i < tern__count_pieces(c, n, out, c->box); i++) {
            const tern__piece p = tern__piece_at(c, n, out, c->box, i);
            const tern__walked product = map_product(c, &p, image, map, group, s.field);
            tern__walked_product(&product, weight_at(c, w, group), bias_at(b, c->filters, group), s.walked);
        }
    tern__product_end(begin, flops(c, n));
}

/* y[rows, cols] += x^T, a few columns of y at a time: whole lines of the cache are read. */
static void add_transposed(const tern_real *x, size_t stride, size_t rows, size_t cols, tern_real *y) {
    for (size_t first = 0; first < cols; first += LINE)
        for (size_t i = 0; i < rows; i++)
            for (size_t j = first; j < tern__at_most(cols, first + LINE); j++) y[i * cols + j] += x[j * stride + i];
}

void tern_conv_gradient(const tern_conv *c, const tern_tensor *image, const tern_tensor *map, tern_tensor *dw,
                        tern_real *scratch) {
    const double begin = tern__product_begin();
    const workspace s = divide(c, scratch);
    const size_t n = map->shape.dim[0], *out = c->window.out;
    for (size_t group = 0; group < c->groups; group++) {
        for (size_t i = 0; i < tern__count_pieces(c, n, out, c->box); i++) {
            const tern__piece p = tern__piece_at(c, n, out, c->box, i);
            const tern__walked product = map_product(c, &p, image, map, group, s.field);
            tern__walked_gradient(&product, !i, s.weight, s.walked);
        }
        add_transposed(s.weight, tern__walked_columns(tiles(), c->filters), c->filters, tern_window_size(&c->window),
                       weight_at(c, dw, group));
    }
    tern__product_end(begin, flops(c, n));
}

/* The elements of the kernel that a phase needs, as [channels, taps]. */
static void take_weight(const tern_conv *c, const tern__phase *p, const tern_real *w, tern_real *a) {
    const size_t *kernel = c->window.kernel, channels = c->window.channels;
    for (size_t channel = 0; channel < channels; channel++)
        for (size_t f = 0; f < c->filters; f++)
            for (size_t i = 0; i < p->taps[0]; i++)
                for (size_t j = 0; j < p->taps[1]; j++)
                    *a++ = w[((f * channels + channel) * kernel[0] + p->last[0] - i * p->back[0]) * kernel[1] +
                             p->last[1] - j * p->back[1]];
}

/* A piece of the phase of the image that begins at (row, col). */
static void adjoint_piece(const tern_conv *c, const tern__phase *phase, const tern__piece *p, const tern_tensor *map,
                          const tern_real *start, size_t group, size_t row, size_t col, tern_tensor *image,
                          const workspace *s) {
    const tern__field f = tern__map_field(c);
    const size_t *in = c->window.in, *stride = c->window.stride;
    tern__walked w = {.tiles = tiles(), .rows = c->window.channels, .stride = in[0] * in[1]};
    w.field = s->field + tern__map_walks(c, phase, p, &w.taps, &w.places);
    w.c =
        image_at(c, image, p->sample, group) + (row + p->first[0] * stride[0]) * in[1] + col + p->first[1] * stride[1];
    w.to = (tern__walk){{p->samples, p->n[0], p->n[1]}, {c->groups * image_size(c), stride[0] * in[1], stride[1]}};
    tern__field_take(&f, p, map_at(c, map, p->sample, group), c->groups * map_size(c), s->field);
    tern__walked_product(&w, s->weight, start, s->walked);
}

void tern_conv_adjoint(const tern_conv *c, const tern_tensor *map, const tern_tensor *w, const tern_tensor *b,
                       tern_tensor *image, tern_real *scratch) {
    const double begin = tern__product_begin();
    const workspace s = divide(c, scratch);
    const size_t n = map->shape.dim[0], *stride = c->window.stride, *in = c->window.in;
    for (size_t group = 0; group < c->groups; group++)
        for (size_t row = 0; row < tern__at_most(stride[0], in[0]); row++)
            for (size_t col = 0; col < tern__at_most(stride[1], in[1]); col++) {
                const tern__phase phase = tern__map_phase(c, row, col);
                take_weight(c, &phase, weight_at(c, w, group), s.weight);
                for (size_t i = 0; i < tern__count_pieces(c, n, phase.places, c->adjoint_box); i++) {
                    const tern__piece p = tern__piece_at(c, n, phase.places, c->adjoint_box, i);
                    adjoint_piece(c, &phase, &p, map, bias_at(b, c->window.channels, group), group, row, col, image,
                                  &s);
                }
            }
    tern__product_end(begin, flops(c, n));
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
