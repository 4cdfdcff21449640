/* scale_input.c - the preprocessing of inputs; see scale_input.h. */
#include "scale_input.h"

#include <string.h>

TERN_CLONES static void scale(const tern_real *x, size_t n, double gain, double shift, tern_real *out) {
    for (size_t i = 0; i < n; i++) out[i] = (tern_real)((double)x[i] * gain + shift);
}

TERN_CLONES static void scale_each(const tern_real *x, size_t n, const double *gain, const double *shift,
                                   tern_real *out) {
    for (size_t i = 0; i < n; i++) out[i] = (tern_real)((double)x[i] * gain[i] + shift[i]);
}

/* Numbers of a sequence: all alike, or each channel of a step. */
static void scale_steps(const tern_scaling *s, const tern_real *x, size_t n, tern_real *out) {
    if (s->channels == 1) scale(x, n, *s->gain, *s->shift, out);
    else scale_each(x, n, s->gain, s->shift, out);
}

static void scale_sequences(const tern_model *m, size_t k, const tern_real *x, const tern__rows *rows, tern_real *out) {
    const tern_shape *sample = &m->input[k].shape;
    size_t count = tern_shape_count(sample), step = count / sample->dim[0], room = rows->steps * step;
    const tern_real *from = x + rows->first * count;
    for (size_t i = 0; i < rows->n; i++, from += count, out += room) {
        size_t n = rows->length[i] * step;
        scale_steps(&m->scaling[k], from, n, out);
        memset(out + n, 0, (room - n) * sizeof *out);
    }
}

static void scale_rows(const tern_model *m, size_t k, const tern_real *x, const tern__rows *rows, tern_real *out) {
    const tern_scaling *scaling = &m->scaling[k];
    size_t channels = scaling->channels, inner = tern_shape_count(&m->input[k].shape) / channels;
    const tern_real *from = x + rows->first * channels * inner;
    for (size_t i = 0; inner == 1 && i < rows->n; i++)
        scale_each(from + i * channels, channels, scaling->gain, scaling->shift, out + i * channels);
    for (size_t i = 0; inner > 1 && i < rows->n * channels; i++)
        scale(from + i * inner, inner, scaling->gain[i % channels], scaling->shift[i % channels], out + i * inner);
}

void tern__scale_input(const tern_model *m, size_t k, const tern_real *x, const tern__rows *rows, tern_real *out) {
    if (m->input[k].sequences) scale_sequences(m, k, x, rows, out);
    else scale_rows(m, k, x, rows, out);
}

void tern__scale_step(const tern_model *m, size_t k, size_t n, const tern_real *x, tern_real *out) {
    const tern_shape *sample = &m->input[k].shape;
    size_t step = tern_shape_count(sample) / sample->dim[0];
    for (size_t i = 0; i < n; i++) scale_steps(&m->scaling[k], x + i * step, step, out + i * step);
}
