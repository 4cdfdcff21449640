/* image_fit.c - scales a picture to the size that a model takes: each axis by itself, as sums of weighted pixels. */
#include "image.h"

#include "memory.h"

#include <math.h>
#include <string.h>

/* The pixels of one axis that a new pixel is made of: `count` of them from `first` on, with weights that sum to 1. */
typedef struct taps {
    size_t first, count;
    float *weight;
} taps;

/* An axis: the part of the picture from `begin` on, `length` pixels (fractions are allowed), becomes `n` new ones. */
typedef struct axis {
    size_t size;          /* of the picture */
    double begin, length; /* of its part */
    size_t n;
    taps *tap; /* [n] */
} axis;

static void area_taps(const axis *a, size_t i, taps *t) {
    double step = a->length / (double)a->n, from = a->begin + (double)i * step, to = from + step;
    t->first = (size_t)from;
    t->count = 0;
    for (size_t k = t->first; k < a->size && (double)k < to - 1e-9; k++, t->count++) {
        double low = fmax(from, (double)k), high = fmin(to, (double)k + 1);
        t->weight[t->count] = (float)((high - low) / step);
    }
}

static void bilinear_taps(const axis *a, size_t i, taps *t) {
    double at = a->begin + ((double)i + 0.5) * a->length / (double)a->n - 0.5;
    at = fmin(fmax(at, 0), (double)a->size - 1);
    t->first = (size_t)at;
    t->count = t->first + 1 < a->size ? 2 : 1;
    t->weight[0] = (float)(t->count == 2 ? 1 - (at - (double)t->first) : 1);
    t->weight[1] = (float)(at - (double)t->first);
}

static tern_status plan_axis(axis *a, tern__scaling scaling, tern__arena *arena, tern_error *err) {
    bool area = scaling == TERN__SCALING_AREA && a->length > (double)a->n;
    size_t most = area ? (size_t)(a->length / (double)a->n) + 3 : 2;
    float *weight = tern__arena_alloc(arena, a->n * most, sizeof *weight, err);
    a->tap = tern__arena_alloc(arena, a->n, sizeof *a->tap, err);
    if (!weight || !a->tap) return TERN_ERROR_MEMORY;
    for (size_t i = 0; i < a->n; i++) {
        a->tap[i].weight = weight + i * most;
        if (area) area_taps(a, i, &a->tap[i]);
        else bilinear_taps(a, i, &a->tap[i]);
    }
    return TERN_OK;
}

/* Scales into out[channels][height][width], whose pixel (0, 0) is `out`: along x first, then along y. */
static void scale(const tern__image *image, const axis *x, const axis *y, float *rows, size_t width, size_t plane,
                  unsigned char *out) {
    size_t channels = image->channels;
    for (size_t r = 0; r < image->height; r++)
        for (size_t i = 0; i < x->n; i++)
            for (size_t c = 0; c < channels; c++) {
                const taps *t = &x->tap[i];
                const unsigned char *p = image->pixel + (r * image->width + t->first) * channels + c;
                float sum = 0;
                for (size_t k = 0; k < t->count; k++) sum += t->weight[k] * (float)p[k * channels];
                rows[(r * channels + c) * x->n + i] = sum;
            }
    for (size_t j = 0; j < y->n; j++)
        for (size_t c = 0; c < channels; c++)
            for (size_t i = 0; i < x->n; i++) {
                const taps *t = &y->tap[j];
                float sum = 0.5f;
                for (size_t k = 0; k < t->count; k++)
                    sum += t->weight[k] * rows[((t->first + k) * channels + c) * x->n + i];
                out[c * plane + j * width + i] = (unsigned char)(sum < 255 ? sum : 255);
            }
}

/* How many new pixels `size` old ones become when `scale` new ones go into an old one; never none. */
static size_t scaled(size_t size, double factor, size_t most) {
    size_t n = (size_t)lround((double)size * factor);
    return n < 1 ? 1 : n > most ? most : n;
}

tern_status tern__image_fit(const tern__image *image, size_t width, size_t height, tern__resize resize,
                            tern__scaling scaling, const unsigned char border[3], unsigned char *out, tern_error *err) {
    double fx = (double)width / (double)image->width, fy = (double)height / (double)image->height;
    axis x = {image->width, 0, (double)image->width, width, NULL},
         y = {image->height, 0, (double)image->height, height, NULL};
    size_t plane = width * height, left = 0, top = 0;
    if (resize == TERN__RESIZE_CROP && fx < fy) x.length = (double)width / fy;
    if (resize == TERN__RESIZE_CROP && fy < fx) y.length = (double)height / fx;
    x.begin = ((double)image->width - x.length) / 2;
    y.begin = ((double)image->height - y.length) / 2;
    if (resize == TERN__RESIZE_PAD) {
        x.n = scaled(image->width, fmin(fx, fy), width);
        y.n = scaled(image->height, fmin(fx, fy), height);
        left = (width - x.n) / 2;
        top = (height - y.n) / 2;
        for (size_t c = 0; c < image->channels; c++) memset(out + c * plane, border[c], plane);
    }
    tern__arena arena = {0};
    float *rows = tern__arena_alloc(&arena, image->height * image->channels * x.n, sizeof *rows, err);
    tern_status status = rows ? plan_axis(&x, scaling, &arena, err) : TERN_ERROR_MEMORY;
    if (!status) status = plan_axis(&y, scaling, &arena, err);
    if (!status) scale(image, &x, &y, rows, width, plane, out + top * width + left);
    tern__arena_free(&arena);
    return status;
}
