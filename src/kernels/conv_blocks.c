/* conv_blocks.c - see conv_blocks.h. Along an axis with kernel k, stride s, dilation d and padding p, element y of the
 * image is seen from position o by element i of the kernel where y + p = s o + d i. */
#include "conv_blocks.h"

#include "sizes.h"

#include <string.h>

size_t tern_window_size(const tern_window *w) { return w->channels * w->kernel[0] * w->kernel[1]; }

/* ---- padded inputs ---- */

static size_t span(const tern_window *w, size_t axis) { return (w->kernel[axis] - 1) * w->dilation[axis]; }

tern__padded tern__image_padded(const tern_conv *c) {
    const tern_window *w = &c->window;
    tern__padded f = {.channels = w->channels};
    for (size_t k = 0; k < 2; k++) {
        f.in[k] = w->in[k];
        f.margin[k] = w->pad[k];
        f.stride[k] = w->stride[k];
        f.halo[k] = span(w, k);
    }
    return f;
}

/* The kernel's last element sees element 0 of the image from a position before the map, its first the last element of a
 * phase from one behind. */
tern__padded tern__map_padded(const tern_conv *c) {
    const tern_window *w = &c->window;
    tern__padded f = {.channels = c->filters};
    for (size_t k = 0; k < 2; k++) {
        f.in[k] = w->out[k];
        f.margin[k] = span(w, k) > w->pad[k] ? tern__ceil_div(span(w, k) - w->pad[k], w->stride[k]) : 0;
        f.stride[k] = 1;
        f.halo[k] = f.margin[k] + (w->pad[k] + w->stride[k] - 1) / w->stride[k];
    }
    return f;
}

/* The elements that n positions in a row see. */
static size_t extent(const tern__padded *f, size_t axis, size_t n) {
    return (n - 1) * f->stride[axis] + f->halo[axis] + 1;
}

size_t tern__padded_count(const tern__padded *f, const size_t *n) {
    return f->channels * extent(f, 0, n[0]) * extent(f, 1, n[1]);
}

/* Of the elements that positions see along an axis: how many zeros come before those of the image, and how many of the
 * image there are, from its element `at` on. */
typedef struct range {
    size_t before, inside, at;
} range;

static range see(const tern__padded *f, size_t axis, size_t first, size_t n) {
    const size_t begin = first * f->stride[axis], end = begin + extent(f, axis, n), margin = f->margin[axis],
                 behind = margin + f->in[axis];
    const size_t from = begin > margin ? begin : margin, to = tern__min(end, behind);
    if (from >= to) return (range){.before = end - begin};
    return (range){from - begin, to - from, from - margin};
}

static tern_real *fill_zero(tern_real *y, size_t n) {
    memset(y, 0, n * sizeof *y);
    return y + n;
}

void tern__pad_block(const tern__padded *f, const tern__conv_block *b, const tern_real *x, size_t stride,
                     tern_real *padded) {
    const range rows = see(f, 0, b->first[0], b->n[0]), cols = see(f, 1, b->first[1], b->n[1]);
    const size_t high = extent(f, 0, b->n[0]), wide = extent(f, 1, b->n[1]);
    for (size_t i = 0; i < b->samples; i++, x += stride)
        for (size_t c = 0; c < f->channels; c++) {
            const tern_real *from = x + (c * f->in[0] + rows.at) * f->in[1] + cols.at;
            padded = fill_zero(padded, rows.before * wide);
            if (wide == f->in[1] && cols.inside == wide) { /* whole rows */
                memcpy(padded, from, rows.inside * wide * sizeof *padded);
                padded += rows.inside * wide;
            } else
                for (size_t r = 0; r < rows.inside; r++, from += f->in[1]) {
                    padded = fill_zero(padded, cols.before);
                    memcpy(padded, from, cols.inside * sizeof *padded);
                    padded = fill_zero(padded + cols.inside, wide - cols.before - cols.inside);
                }
            padded = fill_zero(padded, (high - rows.before - rows.inside) * wide);
        }
}

/* ---- blocks ---- */

enum {
    COLUMNS = 96, /* positions from which on a product is fast */
    PADDED =
        1 << 15 /* elements of a block's input: with what is packed of it, it stays in a cache of the second level */
};

/* How many positions in a row see at most `n` elements: `least` at least. */
static size_t positions_within(const tern__padded *f, size_t axis, size_t n, size_t least) {
    return n > f->halo[axis] ? tern__max((n - f->halo[axis] - 1) / f->stride[axis] + 1, least) : least;
}

static void cut(const tern__padded *f, const size_t *positions, size_t *box) {
    const size_t line = f->channels * (f->halo[0] + 1);
    box[1] = tern__balanced_chunk(positions[1], positions_within(f, 1, PADDED / line, COLUMNS));
    const size_t rows = PADDED / tern__padded_count(f, (size_t[]){1, box[1]}) * (f->halo[0] + 1);
    box[0] = tern__balanced_chunk(positions[0], positions_within(f, 0, rows, tern__ceil_div(COLUMNS, box[1])));
}

tern__blocked_conv tern__conv_blocked(const tern_conv *c) {
    const tern__padded image = tern__image_padded(c), map = tern__map_padded(c);
    const tern__phase all = tern__map_phase(c, 0, 0); /* no other has more positions */
    const size_t positions = c->window.out[0] * c->window.out[1];
    tern__blocked_conv b = {.conv = *c, .samples = positions < COLUMNS ? COLUMNS / positions + 1 : 1};
    cut(&image, c->window.out, b.map_box);
    cut(&map, all.positions, b.image_box);
    return b;
}

size_t tern__conv_block_count(const tern__blocked_conv *c, size_t n, const size_t *positions, const size_t *box) {
    return tern__ceil_div(n, c->samples) * tern__ceil_div(positions[0], box[0]) * tern__ceil_div(positions[1], box[1]);
}

tern__conv_block tern__conv_block_at(const tern__blocked_conv *c, size_t n, const size_t *positions, const size_t *box,
                                     size_t i) {
    const size_t down = tern__ceil_div(positions[0], box[0]), across = tern__ceil_div(positions[1], box[1]);
    tern__conv_block b = {.sample = i / (down * across) * c->samples,
                          .first = {i / across % down * box[0], i % across * box[1]}};
    b.samples = tern__min(c->samples, n - b.sample);
    for (size_t k = 0; k < 2; k++) b.n[k] = tern__min(box[k], positions[k] - b.first[k]);
    return b;
}

/* ---- grids ---- */

void tern__image_grids(const tern_conv *c, const tern__conv_block *b, tern__grid *taps, tern__grid *positions) {
    const tern__padded f = tern__image_padded(c);
    const tern_window *w = &c->window;
    const size_t high = extent(&f, 0, b->n[0]), wide = extent(&f, 1, b->n[1]);
    *taps =
        (tern__grid){{w->channels, w->kernel[0], w->kernel[1]}, {high * wide, w->dilation[0] * wide, w->dilation[1]}};
    *positions =
        (tern__grid){{b->samples, b->n[0], b->n[1]}, {f.channels * high * wide, w->stride[0] * wide, w->stride[1]}};
}

tern__phase tern__map_phase(const tern_conv *c, size_t row, size_t col) {
    const tern__padded f = tern__map_padded(c);
    const tern_window *w = &c->window;
    tern__phase p = {0};
    for (size_t k = 0; k < 2; k++) {
        const size_t y = k ? col : row, s = w->stride[k], d = w->dilation[k];
        for (size_t i = 0; i < w->kernel[k]; i++) {
            if ((y + w->pad[k] + i * (s - 1) * d) % s) continue; /* y + p - d i is no multiple of s */
            if (p.taps[k]++) p.back[k] = i - p.last[k];
            p.last[k] = i;
        }
        p.positions[k] = tern__ceil_div(w->in[k] - y, s);
        p.first[k] = p.taps[k] ? (f.margin[k] * s + y + w->pad[k] - p.last[k] * d) / s : 0;
        p.step[k] = p.back[k] * d / s;
    }
    return p;
}

size_t tern__map_grids(const tern_conv *c, const tern__phase *phase, const tern__conv_block *b, tern__grid *taps,
                       tern__grid *positions) {
    const tern__padded f = tern__map_padded(c);
    const size_t high = extent(&f, 0, b->n[0]), wide = extent(&f, 1, b->n[1]);
    *taps = (tern__grid){{c->filters, phase->taps[0], phase->taps[1]},
                         {high * wide, phase->step[0] * wide, phase->step[1]}};
    *positions = (tern__grid){{b->samples, b->n[0], b->n[1]}, {f.channels * high * wide, wide, 1}};
    return phase->first[0] * wide + phase->first[1];
}
