/* occlusion.c - what of a picture the answer leans on: how much less likely its class becomes as a patch hides part of
 * it (Zeiler and Fergus, "Visualizing and understanding convolutional networks", 2014); see sections.h. */
#include "sections.h"

#include "statistics.h"

#include <math.h>
#include <string.h>

enum { SHOWN = 10, STEPS = 14 };

/* Patches on one sample, one after the other. */
typedef struct patches {
    tern__picture pic;
    size_t side, step, rows, columns; /* how many patches */
    tern_real fill[3];                /* of a channel: its median, which is what lies around */
} patches;

static void hide(void *user, size_t first, size_t n, tern_real *x) {
    const patches *s = user;
    size_t pixels = s->pic.height * s->pic.width;
    for (size_t i = 0; i < n; i++) {
        size_t top = (first + i) / s->columns * s->step, left = (first + i) % s->columns * s->step;
        for (size_t c = 0; c < s->pic.channels; c++)
            for (size_t y = top; y < top + s->side && y < s->pic.height; y++)
                for (size_t k = left; k < left + s->side && k < s->pic.width; k++)
                    x[(i * s->pic.channels + c) * pixels + y * s->pic.width + k] = s->fill[c];
    }
}

static patches plan(const tern__picture *pic, double *sample) {
    size_t longest = pic->height > pic->width ? pic->height : pic->width, pixels = pic->height * pic->width;
    patches s = {.pic = *pic, .step = (longest + STEPS - 1) / STEPS};
    s.side = 2 * s.step > 3 ? 2 * s.step : 3;
    s.rows = (pic->height + s.step - 1) / s.step;
    s.columns = (pic->width + s.step - 1) / s.step;
    for (size_t c = 0; c < pic->channels; c++) {
        tern__sort(sample + c * pixels, pixels);
        s.fill[c] = (tern_real)sample[c * pixels + pixels / 2];
    }
    return s;
}

/* How much each pixel's patches took from the probability, on average, per patch that hides it. */
static tern_status weigh(tern__report *r, const tern__subject *subject, const tern__part *p, size_t i, patches *s,
                         double *heat) {
    const tern__answers *o = &p->answers;
    size_t n = s->rows * s->columns, said = tern__highest(o->k, o->p + i * o->k), pixels = s->pic.height * s->pic.width;
    size_t *row = tern__alloc(n, sizeof *row, r->err);
    double *count = tern__alloc(pixels, sizeof *count, r->err);
    tern__arena arena = {0};
    tern__answers hidden = {0};
    tern_status status = row && count ? TERN_OK : TERN_ERROR_MEMORY;
    for (size_t k = 0; !status && k < n; k++) row[k] = o->sample[i];
    tern__asked a = {.m = subject->model,
                     .data = p->data,
                     .row = row,
                     .n = n,
                     .threads = r->options->threads,
                     .alter = hide,
                     .user = s};
    if (!status) status = tern__answers_make(&a, p->target, &arena, &hidden, r->err);
    memset(heat, 0, pixels * sizeof *heat);
    for (size_t k = 0; !status && k < hidden.n; k++) {
        double drop = o->p[i * o->k + said] - hidden.p[k * o->k + said];
        size_t top = k / s->columns * s->step, left = k % s->columns * s->step;
        for (size_t y = top; y < top + s->side && y < s->pic.height; y++)
            for (size_t c = left; c < left + s->side && c < s->pic.width; c++) {
                heat[y * s->pic.width + c] += fmax(drop, 0);
                count[y * s->pic.width + c]++;
            }
    }
    for (size_t k = 0; !status && k < pixels; k++) heat[k] /= fmax(count[k], 1);
    tern__arena_free(&arena);
    tern__free(count);
    tern__free(row);
    return status;
}

/* The picture in grey, half as bright, and over it the heat in orange. Returns the largest drop. */
static double paint(const tern__picture *pic, const double *heat, unsigned char *rgb) {
    static const double color[3] = {255, 140, 40};
    double most = 1e-12;
    for (size_t k = 0; k < pic->height * pic->width; k++) most = fmax(most, heat[k]);
    for (size_t k = 0; k < pic->height * pic->width; k++) {
        double grey = (rgb[3 * k] + rgb[3 * k + 1] + rgb[3 * k + 2]) / 3.0 * 0.55, part = 0.85 * heat[k] / most;
        for (size_t c = 0; c < 3; c++) rgb[3 * k + c] = (unsigned char)lround(grey + part * (color[c] - grey));
    }
    return most;
}

static tern_status write_sample(tern__report *r, const tern__subject *subject, const tern__part *p, size_t i,
                                const tern__picture *pic) {
    const tern__answers *o = &p->answers;
    const tern_array *x = p->data->x;
    size_t each = tern_shape_count(&x->shape), pixels = pic->height * pic->width;
    double low, high, *sample = tern__report_numbers(r, each), *heat = tern__report_numbers(r, pixels);
    unsigned char *rgb = tern__arena_alloc(&r->arena, pixels, 3, r->err);
    if (!sample || !heat || !rgb) return TERN_ERROR_MEMORY;
    for (size_t k = 0; k < each; k++) sample[k] = tern_array_get(x, o->sample[i] * each + k);
    tern__picture_range(x, p->row, p->n, &low, &high);
    tern__picture_pixels(pic, sample, low, high, rgb);
    patches s = plan(pic, sample);
    tern_status status = weigh(r, subject, p, i, &s, heat);
    if (status) return status;
    double most = paint(pic, heat, rgb), before = o->p[i * o->k + tern__highest(o->k, o->p + i * o->k)];
    tern__page_add(&r->page, "<li>");
    status = tern__image_write(&r->page, pic->height, pic->width, rgb,
                               tern__report_text(r, "row %zu, what it leans on", o->sample[i] + 1), r->err);
    tern__page_add(&r->page, "<div><strong>");
    tern__page_text(&r->page, p->class_name[o->truth[i]]);
    tern__page_add(&r->page, "</strong>, %.1f %%<br/>at most %.1f points less</div></li>\n", 100 * before, 100 * most);
    return status;
}

/* For each class the first sample that is right, and not all too sure. */
static size_t choose(const tern__answers *o, size_t *list) {
    size_t n = 0;
    for (size_t k = 0; k < o->k && n < SHOWN; k++)
        for (size_t i = 0; i < o->n; i++)
            if (o->truth[i] == k && tern__highest(o->k, o->p + i * o->k) == k && o->p[i * o->k + k] < 0.9999) {
                list[n++] = i;
                break;
            }
    return n;
}

tern_status tern__write_occlusion(tern__report *r, const tern__subject *s, const tern__part *p) {
    size_t list[SHOWN];
    tern__picture pic = tern__picture_of(p->data->x);
    if (!pic.height || p->answers.kind != TERN__CLASSES || p->answers.places > 1 || !p->answers.n) return TERN_OK;
    size_t n = choose(&p->answers, list);
    if (!n) return TERN_OK;
    tern__page_section(&r->page, "What the answer leans on",
                       tern__report_text(r,
                                         "One sample of each class that is right. The deeper the orange, the more its "
                                         "probability falls when a patch hides that place (%s data).",
                                         p->name));
    tern__page_card(&r->page, "Occlusion", NULL);
    tern__page_add(&r->page, "<ul class=\"samples\">\n");
    tern_status status = TERN_OK;
    for (size_t i = 0; !status && i < n; i++) status = write_sample(r, s, p, list[i], &pic);
    tern__page_add(&r->page, "</ul>\n");
    tern__page_card_end(&r->page);
    tern__page_section_end(&r->page);
    return status;
}
