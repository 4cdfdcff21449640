/* augment.c - a sample is warped (flip, shift, crop, rotate and zoom are one map of its pixels), then its values change
 * (brightness, contrast, noise), then a square is cut out. */
#include "augment.h"

#include <math.h>
#include <string.h>

#define PI 3.14159265358979323846

static const char *const flips[] = {"none", "horizontal", "vertical", "both", NULL};

const tern_option tern__augment_options[] = {
    TERN_CHOICE(tern__augment, flip, TERN__FLIP_NONE, flips, "Mirror half of the pictures, in this direction."),
    TERN_REAL(tern__augment, shift, 0, 0, 1, "Move by up to this share of the size, in whole pixels.",
              .below_max = true),
    TERN_SIZE(tern__augment, crop, 0, 0, 4096, "Pad by this many pixels on each side and cut the size out somewhere."),
    TERN_REAL(tern__augment, rotate, 0, 0, 180, "Turn by up to this many degrees, either way."),
    TERN_REAL(tern__augment, zoom, 0, 0, 1, "Enlarge or shrink by up to this share.", .below_max = true),
    TERN_REAL(tern__augment, brightness, 0, 0, 1, "Multiply by a factor within 1 - this and 1 + this."),
    TERN_REAL(tern__augment, contrast, 0, 0, 1, "Scale the distance from the sample's mean by such a factor."),
    TERN_REAL(tern__augment, noise, 0, 0, 1e30, "Add normal noise of this deviation, in the data's own units."),
    TERN_SIZE(tern__augment, cutout, 0, 0, 4096, "Blank a square of this side somewhere."),
    TERN_REAL(tern__augment, fill, 0, -1e30, 1e30, "What stands where a picture ends, or is blanked."),
    TERN_REAL(tern__augment, mixup, 0, 0, 100, "Mix pairs of samples and of targets; shares from Beta(this, this)."),
    {0},
};

static bool warps(const tern__augment *a) { return a->flip || a->shift > 0 || a->crop || a->rotate > 0 || a->zoom > 0; }

tern_status tern__augment_check(const tern__augment *a, const tern_shape *sample, tern_error *err) {
    char shape[TERN_SHAPE_TEXT];
    if ((!warps(a) && !a->cutout) || sample->rank == 2 || sample->rank == 3) return TERN_OK;
    return tern_error_add(err, TERN_ERROR_MODEL, "augment",
                          "flips, moves or cuts pictures of [height, width] or [channels, height, width]; the input is "
                          "%s; brightness, contrast, noise and mixup take any shape",
                          tern_shape_text(sample, shape));
}

/* ---- the draws of a sample ---- */

enum { FLIP_X, FLIP_Y, SHIFT_X, SHIFT_Y, CROP_X, CROP_Y, ROTATE, ZOOM, BRIGHTNESS, CONTRAST, CUT_X, CUT_Y, DRAWS = 16 };

/* From -1 to 1. */
static double both_ways(tern_real draw) { return 2 * (double)draw - 1; }

/* ---- one map of the pixels ---- */

/* A pixel (x, y) of the new picture comes from (ax x + bx y + cx, ay x + by y + cy) of the old one. */
typedef struct map {
    double ax, bx, cx, ay, by, cy;
} map;

/* One of the whole numbers from -most to most, each as likely as any. */
static double whole(size_t most, tern_real draw) { return floor((double)draw * (2 * (double)most + 1)) - (double)most; }

static double move(const tern__augment *a, size_t size, tern_real shift, tern_real crop) {
    return whole((size_t)(a->shift * (double)size), shift) + whole(a->crop, crop);
}

static map draw_map(const tern__augment *a, size_t height, size_t width, const tern_real *draw) {
    double middle_x = ((double)width - 1) / 2, middle_y = ((double)height - 1) / 2;
    double angle = a->rotate * both_ways(draw[ROTATE]) * PI / 180, zoom = 1 + a->zoom * both_ways(draw[ZOOM]);
    double c = cos(angle) / zoom, s = sin(angle) / zoom;
    double move_x = move(a, width, draw[SHIFT_X], draw[CROP_X]);
    double move_y = move(a, height, draw[SHIFT_Y], draw[CROP_Y]);
    double sx = a->flip & TERN__FLIP_HORIZONTAL && draw[FLIP_X] < (tern_real)0.5 ? -1 : 1;
    double sy = a->flip & TERN__FLIP_VERTICAL && draw[FLIP_Y] < (tern_real)0.5 ? -1 : 1;
    map m = {sx * c, sx * s, 0, -sy * s, sy * c, 0};
    m.cx = middle_x + move_x - m.ax * middle_x - m.bx * middle_y;
    m.cy = middle_y + move_y - m.ay * middle_x - m.by * middle_y;
    return m;
}

/* The value between the four pixels around a place; beyond the picture stands `fill`. */
static tern_real sample_at(const tern_real *x, size_t height, size_t width, double at_x, double at_y, double fill) {
    double left = floor(at_x), top = floor(at_y), sum = 0;
    for (int k = 0; k < 4; k++) {
        double px = left + k % 2, py = top + k / 2;
        double weight = (1 - fabs(at_x - px)) * (1 - fabs(at_y - py));
        bool inside = px >= 0 && py >= 0 && px < (double)width && py < (double)height;
        if (weight > 0) sum += weight * (inside ? (double)x[(size_t)py * width + (size_t)px] : fill);
    }
    return (tern_real)sum;
}

static void warp(const map *m, const tern_shape *sample, double fill, const tern_real *x, tern_real *y) {
    size_t width = sample->dim[sample->rank - 1], height = sample->dim[sample->rank - 2];
    size_t channels = tern_shape_count(sample) / (width * height);
    for (size_t c = 0; c < channels; c++, x += width * height)
        for (size_t i = 0; i < height; i++)
            for (size_t j = 0; j < width; j++) {
                double at_x = m->ax * (double)j + m->bx * (double)i + m->cx;
                double at_y = m->ay * (double)j + m->by * (double)i + m->cy;
                *y++ = sample_at(x, height, width, at_x, at_y, fill);
            }
}

/* ---- values ---- */

static void change_values(const tern__augment *a, const tern_real *draw, size_t n, tern_real *y) {
    double factor = 1 + a->brightness * both_ways(draw[BRIGHTNESS]),
           spread = 1 + a->contrast * both_ways(draw[CONTRAST]);
    double mean = 0;
    for (size_t i = 0; i < n; i++) mean += (double)y[i] / (double)n;
    for (size_t i = 0; i < n; i++) y[i] = (tern_real)((((double)y[i] - mean) * spread + mean) * factor);
}

static void add_noise(double deviation, const tern_random *random, size_t row, size_t n, tern_real *y) {
    enum { PIECE = 64 };
    tern_random stream = *random;
    tern_real noise[PIECE];
    stream.index++;
    for (size_t i = 0; i < n; i += PIECE) {
        size_t count = n - i < PIECE ? n - i : PIECE;
        tern_random_normal(&stream, (uint64_t)row * ((n + PIECE - 1) / PIECE * PIECE) + i, count, noise);
        for (size_t k = 0; k < count; k++) y[i + k] += (tern_real)deviation * noise[k];
    }
}

/* A square whose middle is anywhere in the picture, so that near the border less of it is cut. */
static void cut_out(const tern__augment *a, const tern_shape *sample, const tern_real *draw, tern_real *y) {
    size_t width = sample->dim[sample->rank - 1], height = sample->dim[sample->rank - 2], half = a->cutout / 2;
    size_t channels = tern_shape_count(sample) / (width * height);
    size_t at_x = (size_t)((double)draw[CUT_X] * (double)width), at_y = (size_t)((double)draw[CUT_Y] * (double)height);
    for (size_t c = 0; c < channels; c++)
        for (size_t i = at_y > half ? at_y - half : 0; i < height && i + half < at_y + a->cutout; i++)
            for (size_t j = at_x > half ? at_x - half : 0; j < width && j + half < at_x + a->cutout; j++)
                y[(c * height + i) * width + j] = (tern_real)a->fill;
}

void tern__augment_sample(const tern__augment *a, const tern_shape *sample, const tern_random *random, size_t row,
                          const tern_real *x, tern_real *y) {
    tern_real draw[DRAWS];
    size_t n = tern_shape_count(sample);
    tern_random_uniform(random, (uint64_t)row * DRAWS, DRAWS, draw);
    if (warps(a)) {
        map m = draw_map(a, sample->dim[sample->rank - 2], sample->dim[sample->rank - 1], draw);
        warp(&m, sample, a->fill, x, y);
    } else memcpy(y, x, n * sizeof *y);
    if (a->brightness > 0 || a->contrast > 0) change_values(a, draw, n, y);
    if (a->noise > 0) add_noise(a->noise, random, row, n, y);
    if (a->cutout) cut_out(a, sample, draw, y);
}

/* ---- mixup ---- */

/* Gamma(shape) by Marsaglia and Tsang, "A simple method for generating gamma variables", 2000; below 1 by their boost.
 * Draws its own numbers of the stream, 3 a try. */
static double gamma_draw(double shape, const tern_random *random, uint64_t *at) {
    double k = shape < 1 ? shape + 1 : shape, d = k - 1.0 / 3, c = 1 / sqrt(9 * d), u[2];
    for (;;) {
        tern_real normal[2], uniform[2];
        tern_random_normal(random, *at, 2, normal);
        tern_random_uniform(random, *at + 2, 2, uniform);
        *at += 4;
        double v = pow(1 + c * (double)normal[0], 3);
        u[0] = (double)uniform[0], u[1] = (double)uniform[1];
        if (v <= 0 || log(u[0]) >= 0.5 * (double)normal[0] * (double)normal[0] + d - d * v + d * log(v)) continue;
        return shape < 1 ? d * v * pow(1 - u[1], 1 / shape) : d * v;
    }
}

double tern__augment_mix(const tern__augment *a, const tern_random *random, size_t row, size_t rows, size_t *partner) {
    tern_random stream = *random;
    uint64_t at = (uint64_t)row << 16;
    tern_real draw;
    stream.index += 2;
    tern_random_uniform(&stream, at, 1, &draw);
    *partner = (size_t)((double)draw * (double)rows);
    at += 4;
    double own = gamma_draw(a->mixup, &stream, &at), other = gamma_draw(a->mixup, &stream, &at);
    return own + other > 0 ? own / (own + other) : 0.5;
}
