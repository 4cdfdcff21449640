/* conv_field.c - see conv_field.h. Along an axis with kernel k, stride s, dilation d and padding p, number y of the
 * image is seen from place o by element i of the kernel where y + p = s o + d i. */
#include "conv_field.h"

#include "sizes.h"

#include <string.h>

size_t tern_window_size(const tern_window *w) { return w->channels * w->kernel[0] * w->kernel[1]; }

/* ---- fields ---- */

static size_t span(const tern_window *w, size_t axis) { return (w->kernel[axis] - 1) * w->dilation[axis]; }

tern__field tern__image_field(const tern_conv *c) {
    const tern_window *w = &c->window;
    tern__field f = {.channels = w->channels};
    for (size_t k = 0; k < 2; k++) {
        f.in[k] = w->in[k];
        f.margin[k] = w->pad[k];
        f.stride[k] = w->stride[k];
        f.halo[k] = span(w, k);
    }
    return f;
}

/* The kernel's last element sees number 0 of the image from a place before the map, its first the last number of a
 * phase from one behind. */
tern__field tern__map_field(const tern_conv *c) {
    const tern_window *w = &c->window;
    tern__field f = {.channels = c->filters};
    for (size_t k = 0; k < 2; k++) {
        f.in[k] = w->out[k];
        f.margin[k] = span(w, k) > w->pad[k] ? tern__parts(span(w, k) - w->pad[k], w->stride[k]) : 0;
        f.stride[k] = 1;
        f.halo[k] = f.margin[k] + (w->pad[k] + w->stride[k] - 1) / w->stride[k];
    }
    return f;
}

/* The numbers that n places in a row see. */
static size_t extent(const tern__field *f, size_t axis, size_t n) {
    return (n - 1) * f->stride[axis] + f->halo[axis] + 1;
}

size_t tern__field_count(const tern__field *f, const size_t *n) {
    return f->channels * extent(f, 0, n[0]) * extent(f, 1, n[1]);
}

/* Of the numbers that places see along an axis: how many zeros come before those of the image, and how many of the
 * image there are, from its number `at` on. */
typedef struct range {
    size_t before, inside, at;
} range;

static range see(const tern__field *f, size_t axis, size_t first, size_t n) {
    const size_t begin = first * f->stride[axis], end = begin + extent(f, axis, n), margin = f->margin[axis],
                 behind = margin + f->in[axis];
    const size_t from = begin > margin ? begin : margin, to = tern__at_most(end, behind);
    if (from >= to) return (range){.before = end - begin};
    return (range){from - begin, to - from, from - margin};
}

static tern_real *fill_zero(tern_real *y, size_t n) {
    memset(y, 0, n * sizeof *y);
    return y + n;
}

void tern__field_take(const tern__field *f, const tern__piece *p, const tern_real *x, size_t stride, tern_real *field) {
    const range rows = see(f, 0, p->first[0], p->n[0]), cols = see(f, 1, p->first[1], p->n[1]);
    const size_t high = extent(f, 0, p->n[0]), wide = extent(f, 1, p->n[1]);
    for (size_t i = 0; i < p->samples; i++, x += stride)
        for (size_t c = 0; c < f->channels; c++) {
            const tern_real *from = x + (c * f->in[0] + rows.at) * f->in[1] + cols.at;
            field = fill_zero(field, rows.before * wide);
            if (wide == f->in[1] && cols.inside == wide) { /* whole rows */
                memcpy(field, from, rows.inside * wide * sizeof *field);
                field += rows.inside * wide;
            } else
                for (size_t r = 0; r < rows.inside; r++, from += f->in[1]) {
                    field = fill_zero(field, cols.before);
                    memcpy(field, from, cols.inside * sizeof *field);
                    field = fill_zero(field + cols.inside, wide - cols.before - cols.inside);
                }
            field = fill_zero(field, (high - rows.before - rows.inside) * wide);
        }
}

/* ---- pieces ---- */

size_t tern__count_pieces(const tern_conv *c, size_t n, const size_t *places, const size_t *box) {
    return tern__parts(n, c->samples) * tern__parts(places[0], box[0]) * tern__parts(places[1], box[1]);
}

tern__piece tern__piece_at(const tern_conv *c, size_t n, const size_t *places, const size_t *box, size_t i) {
    const size_t down = tern__parts(places[0], box[0]), across = tern__parts(places[1], box[1]);
    tern__piece p = {.sample = i / (down * across) * c->samples,
                     .first = {i / across % down * box[0], i % across * box[1]}};
    p.samples = tern__at_most(c->samples, n - p.sample);
    for (size_t k = 0; k < 2; k++) p.n[k] = tern__at_most(box[k], places[k] - p.first[k]);
    return p;
}

/* ---- walks ---- */

void tern__image_walks(const tern_conv *c, const tern__piece *p, tern__walk *taps, tern__walk *places) {
    const tern__field f = tern__image_field(c);
    const tern_window *w = &c->window;
    const size_t high = extent(&f, 0, p->n[0]), wide = extent(&f, 1, p->n[1]);
    *taps =
        (tern__walk){{w->channels, w->kernel[0], w->kernel[1]}, {high * wide, w->dilation[0] * wide, w->dilation[1]}};
    *places =
        (tern__walk){{p->samples, p->n[0], p->n[1]}, {f.channels * high * wide, w->stride[0] * wide, w->stride[1]}};
}

tern__phase tern__map_phase(const tern_conv *c, size_t row, size_t col) {
    const tern__field f = tern__map_field(c);
    const tern_window *w = &c->window;
    tern__phase p = {0};
    for (size_t k = 0; k < 2; k++) {
        const size_t y = k ? col : row, s = w->stride[k], d = w->dilation[k];
        for (size_t i = 0; i < w->kernel[k]; i++) {
            if ((y + w->pad[k] + i * (s - 1) * d) % s) continue; /* y + p - d i is no multiple of s */
            if (p.taps[k]++) p.back[k] = i - p.last[k];
            p.last[k] = i;
        }
        p.places[k] = tern__parts(w->in[k] - y, s);
        p.first[k] = p.taps[k] ? (f.margin[k] * s + y + w->pad[k] - p.last[k] * d) / s : 0;
        p.step[k] = p.back[k] * d / s;
    }
    return p;
}

size_t tern__map_walks(const tern_conv *c, const tern__phase *phase, const tern__piece *p, tern__walk *taps,
                       tern__walk *places) {
    const tern__field f = tern__map_field(c);
    const size_t high = extent(&f, 0, p->n[0]), wide = extent(&f, 1, p->n[1]);
    *taps = (tern__walk){{c->filters, phase->taps[0], phase->taps[1]},
                         {high * wide, phase->step[0] * wide, phase->step[1]}};
    *places = (tern__walk){{p->samples, p->n[0], p->n[1]}, {f.channels * high * wide, wide, 1}};
    return phase->first[0] * wide + phase->first[1];
}
