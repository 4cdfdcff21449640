/* upsample - makes planes larger: each number is that of the nearest place of the input, or is interpolated between the
 * nearest two of each dimension.
 *
 *   step = 1 / scale_factor, or in / out where the size is given; align_corners: (in - 1) / (out - 1)
 *   place of output o: nearest floor(o step); else max(0, (o + 1/2) step - 1/2), align_corners: o step */
#include <tern/layer.h>
#include <math.h>
#include <string.h>

typedef struct upsample {
    tern_ints size;
    tern_reals scale_factor;
    int mode;
    bool align_corners;
    size_t in[2], out[2]; /* planned: height and width; the height of [C, L] is 1 */
    double step[2];
} upsample;

enum { NEAREST, LINEAR, BILINEAR };
enum { MOST = 1 << 24 }; /* places are kept as numbers: all of them must be exact */

static const char *const modes[] = {"nearest", "linear", "bilinear", NULL};

/* ---- plan ---- */

static tern_status check(const upsample *u, const tern_shape *in, tern_error *err) {
    char text[TERN_SHAPE_TEXT];
    size_t given = u->size.n ? u->size.n : u->scale_factor.n, dims = in->rank - 1;
    if (!u->size.n == !u->scale_factor.n)
        return tern_error_add(err, TERN_ERROR_MODEL, NULL, "takes either size or scale_factor, but has %s",
                              u->size.n ? "both" : "neither");
    if (in->rank != 2 && in->rank != 3)
        return tern_error_add(err, TERN_ERROR_MODEL, NULL,
                              "takes samples of shape [C, L] or [C, H, W], but its input is %s",
                              tern_shape_text(in, text));
    if (given > dims)
        return tern_error_add(err, TERN_ERROR_MODEL, u->size.n ? "size" : "scale_factor",
                              "has %zu numbers, but the input %s has one dimension to scale", given,
                              tern_shape_text(in, text));
    if (u->mode && (size_t)u->mode != dims)
        return tern_error_add(err, TERN_ERROR_MODEL, "mode", "is \"%s\", but for the input %s it is \"%s\"",
                              modes[u->mode], tern_shape_text(in, text), modes[dims]);
    if (u->align_corners && u->mode == NEAREST)
        return tern_error_add(err, TERN_ERROR_MODEL, "align_corners",
                              "is true, but mode \"nearest\" has nothing to align");
    for (size_t k = 1; k <= dims; k++)
        if (in->dim[k] > MOST)
            return tern_error_add(err, TERN_ERROR_MODEL, NULL,
                                  "can take at most %d numbers in a dimension, but its input is %s", MOST,
                                  tern_shape_text(in, text));
    return TERN_OK;
}

static tern_status plan_axis(upsample *u, size_t axis, size_t k, tern_error *err) {
    double in = (double)u->in[axis];
    if (u->size.n) {
        u->out[axis] = (size_t)u->size.v[u->size.n > 1 ? k : 0];
        u->step[axis] = in / (double)u->out[axis];
    } else {
        double scale = u->scale_factor.v[u->scale_factor.n > 1 ? k : 0];
        if (in * scale < 1)
            return tern_error_add(err, TERN_ERROR_MODEL, "scale_factor",
                                  "is %g, which leaves nothing of the input's %zu in dimension %zu", scale, u->in[axis],
                                  k + 2);
        u->out[axis] = (size_t)(in * scale);
        u->step[axis] = 1 / scale;
    }
    if (u->align_corners) u->step[axis] = u->out[axis] > 1 ? (in - 1) / (double)(u->out[axis] - 1) : 0;
    return TERN_OK;
}

static tern_status upsample_plan(void *self, tern_layer_spec *spec, tern_error *err) {
    upsample *u = self;
    const tern_shape *in = &spec->in[0];
    tern_status status = check(u, in, err);
    u->in[0] = u->out[0] = 1;
    spec->out = *in;
    for (size_t k = 0; !status && k + 1 < in->rank; k++) {
        size_t axis = in->rank == 2 ? 1 : k;
        u->in[axis] = in->dim[k + 1];
        status = plan_axis(u, axis, k, err);
        spec->out.dim[k + 1] = u->out[axis];
    }
    spec->scratch = 2 * u->out[1] + u->in[1];
    return status;
}

/* ---- where a number comes from ---- */

/* Between places i and `next`, part t of the way. */
typedef struct place {
    size_t i, next;
    tern_real t;
} place;

static place source(const upsample *u, size_t axis, size_t o) {
    size_t last = u->in[axis] - 1;
    if (u->mode == NEAREST) {
        size_t i = (size_t)((float)o * (float)u->step[axis]); /* as PyTorch: near a whole number the rounding decides */
        return (place){i < last ? i : last, 0, 0};
    }
    if (u->in[axis] == u->out[axis]) return (place){o, o, 0};
    double at = u->align_corners ? (double)o * u->step[axis] : fmax(((double)o + 0.5) * u->step[axis] - 0.5, 0);
    size_t i = (size_t)at < last ? (size_t)at : last;
    return (place){i, i < last ? i + 1 : last, (tern_real)(at - (double)i)};
}

/* The places of a row's numbers, once for all rows. Scratch holds column i and part t of each, then a row of the input.
 */
static void locate_columns(const upsample *u, tern_real *scratch) {
    for (size_t o = 0; o < u->out[1]; o++) {
        place at = source(u, 1, o);
        scratch[o] = (tern_real)at.i;
        scratch[u->out[1] + o] = at.t;
    }
}

/* ---- rows ---- */

static void nearest_row(const upsample *u, const tern_real *column, const tern_real *x, tern_real *y) {
    for (size_t o = 0; o < u->out[1]; o++) y[o] = x[(ptrdiff_t)column[o]];
}

static void nearest_row_gradient(const upsample *u, const tern_real *column, const tern_real *dy, tern_real *dx) {
    for (size_t o = 0; o < u->out[1]; o++) dx[(ptrdiff_t)column[o]] += dy[o];
}

/* Between two rows of the input first, then between the columns of that. */
TERN_CLONES static void linear_row(const upsample *u, tern_real *scratch, place at, const tern_real *x, tern_real *y) {
    const tern_real *column = scratch, *part = scratch + u->out[1], *top = x + at.i * u->in[1],
                    *bottom = x + at.next * u->in[1];
    tern_real *row = scratch + 2 * u->out[1];
    for (size_t i = 0; i < u->in[1]; i++) row[i] = (1 - at.t) * top[i] + at.t * bottom[i];
    for (size_t o = 0; o < u->out[1]; o++) {
        ptrdiff_t i = (ptrdiff_t)column[o];
        y[o] = (1 - part[o]) * row[i] + part[o] * row[(size_t)i + 1 < u->in[1] ? i + 1 : i];
    }
}

TERN_CLONES static void linear_row_gradient(const upsample *u, tern_real *scratch, place at, const tern_real *dy,
                                            tern_real *dx) {
    const tern_real *column = scratch, *part = scratch + u->out[1];
    tern_real *row = scratch + 2 * u->out[1], *top = dx + at.i * u->in[1], *bottom = dx + at.next * u->in[1];
    memset(row, 0, u->in[1] * sizeof *row);
    for (size_t o = 0; o < u->out[1]; o++) {
        ptrdiff_t i = (ptrdiff_t)column[o];
        row[i] += (1 - part[o]) * dy[o];
        row[(size_t)i + 1 < u->in[1] ? i + 1 : i] += part[o] * dy[o];
    }
    for (size_t i = 0; i < u->in[1]; i++) top[i] += (1 - at.t) * row[i];
    for (size_t i = 0; i < u->in[1]; i++) bottom[i] += at.t * row[i];
}

/* ---- planes ---- */

static void upsample_forward(const void *self, const tern_forward *f) {
    const upsample *u = self;
    const tern_real *x = f->x[0]->data;
    tern_real *y = f->y->data, *end = y + tern_tensor_count(f->y);
    locate_columns(u, f->scratch);
    for (; y < end; x += u->in[0] * u->in[1])
        for (size_t o = 0; o < u->out[0]; o++, y += u->out[1]) {
            place at = source(u, 0, o);
            if (u->mode != NEAREST) linear_row(u, f->scratch, at, x, y);
            else if (o && source(u, 0, o - 1).i == at.i) memcpy(y, y - u->out[1], u->out[1] * sizeof *y);
            else nearest_row(u, f->scratch, x + at.i * u->in[1], y);
        }
}

static void upsample_backward(const void *self, const tern_backward *b) {
    const upsample *u = self;
    if (!b->dx[0]) return;
    const tern_real *dy = b->dy->data, *end = dy + tern_tensor_count(b->dy);
    tern_real *dx = b->dx[0]->data;
    tern_tensor_fill(b->dx[0], 0);
    locate_columns(u, b->scratch);
    for (; dy < end; dx += u->in[0] * u->in[1])
        for (size_t o = 0; o < u->out[0]; o++, dy += u->out[1]) {
            place at = source(u, 0, o);
            if (u->mode == NEAREST) nearest_row_gradient(u, b->scratch, dy, dx + at.i * u->in[1]);
            else linear_row_gradient(u, b->scratch, at, dy, dx);
        }
}

static const tern_option options[] = {
    TERN_INTS(upsample, size, NULL, 1, 1 << 20, 1, 2, "The size of the output, or [height, width]."),
    TERN_REALS(upsample, scale_factor, NULL, 1e-3, 1e3, 1, 2, "In its place: how much larger, or [height, width]."),
    TERN_CHOICE(upsample, mode, NEAREST, modes,
                "Where a number comes from; \"linear\" is for [C, L], \"bilinear\" for [C, H, W]."),
    TERN_BOOL(upsample, align_corners, false,
              "Let the corners of input and output lie on each other; not with \"nearest\"."),
    {0},
};

static const tern_example examples[] = {
    {"{\"scale_factor\": 2}", {{3, {2, 3, 2}}}},
    {"{\"size\": [5, 3]}", {{3, {2, 3, 4}}}},
    {"{\"scale_factor\": [2, 1.5], \"mode\": \"bilinear\"}", {{3, {2, 3, 4}}}},
    {"{\"size\": 5, \"mode\": \"bilinear\", \"align_corners\": true}", {{3, {1, 3, 2}}}},
    {"{\"scale_factor\": 3, \"mode\": \"linear\"}", {{2, {2, 4}}}},
    {0},
};

static tern_operand upsample_lower(const void *self, tern_lowering *l) {
    const upsample *u = self;
    tern_shape in = tern_lower_shape(l, l->x[0]), out = in;
    out.dim[in.rank - 1] = u->out[1];
    if (in.rank == 3) out.dim[1] = u->out[0];
    return tern_lower_resize(l, l->x[0], u->mode != NEAREST, u->align_corners, u->step, out);
}

const tern_layer_type tern_layer_upsample = {
    .base = {TERN_LAYER, "upsample", NULL, "Makes planes larger, by the nearest number or by interpolation.",
             sizeof(upsample), options, examples},
    .plan = upsample_plan,
    .forward = upsample_forward,
    .backward = upsample_backward,
    .lower = upsample_lower,
};
