/* pixel_shuffle - channels become places, r in each direction (Shi et al., "Real-time single image and video
 * super-resolution", 2016); and pixel_unshuffle, the way back:
 *
 *   [C r r, H, W] <-> [C, H r, W r],  fine[c, h r + i, w r + j] = coarse[(c r + i) r + j, h, w] */
#include <tern/layer.h>

typedef struct shuffle {
    size_t upscale_factor, downscale_factor;
    size_t r, channels, height, width; /* planned: channels of the fine planes, places of the coarse ones */
} shuffle;

static tern_status check_rank(const tern_shape *in, tern_error *err) {
    char text[TERN_SHAPE_TEXT];
    if (in->rank == 3) return TERN_OK;
    return tern_error_add(err, TERN_ERROR_MODEL, NULL, "takes samples of shape [C, H, W], but its input is %s",
                          tern_shape_text(in, text));
}

static tern_status pixel_shuffle_plan(void *self, tern_layer_spec *spec, tern_error *err) {
    shuffle *s = self;
    const tern_shape *in = &spec->in[0];
    size_t r = s->r = s->upscale_factor;
    tern_status status = check_rank(in, err);
    if (status) return status;
    if (in->dim[0] % (r * r))
        return tern_error_add(err, TERN_ERROR_MODEL, "upscale_factor",
                              "is %zu, whose square does not divide the %zu channels of the input", r, in->dim[0]);
    s->channels = in->dim[0] / (r * r), s->height = in->dim[1], s->width = in->dim[2];
    spec->out = TERN_SHAPE(s->channels, s->height * r, s->width * r);
    return TERN_OK;
}

static tern_status pixel_unshuffle_plan(void *self, tern_layer_spec *spec, tern_error *err) {
    shuffle *s = self;
    const tern_shape *in = &spec->in[0];
    size_t r = s->r = s->downscale_factor;
    char text[TERN_SHAPE_TEXT];
    tern_status status = check_rank(in, err);
    if (status) return status;
    if (in->dim[1] % r || in->dim[2] % r)
        return tern_error_add(err, TERN_ERROR_MODEL, "downscale_factor",
                              "is %zu, which does not divide height and width of the input %s", r,
                              tern_shape_text(in, text));
    s->channels = in->dim[0], s->height = in->dim[1] / r, s->width = in->dim[2] / r;
    spec->out = TERN_SHAPE(s->channels * r * r, s->height, s->width);
    return TERN_OK;
}

/* One line of a coarse plane to its places in a line of the fine one, or back. */
static inline void spread(size_t n, size_t r, const tern_real *coarse, tern_real *fine) {
    for (size_t w = 0; w < n; w++) fine[w * r] = coarse[w];
}

static inline void gather(size_t n, size_t r, const tern_real *fine, tern_real *coarse) {
    for (size_t w = 0; w < n; w++) coarse[w] = fine[w * r];
}

/* Where line h of coarse plane i begins among the fine numbers. */
static size_t fine_line(const shuffle *s, size_t i, size_t h) {
    size_t r = s->r, c = i / (r * r);
    return ((c * s->height + h) * r + i / r % r) * s->width * r + i % r;
}

static void to_fine(const shuffle *s, size_t rows, const tern_real *x, tern_real *y) {
    size_t planes = rows * s->channels * s->r * s->r;
    for (size_t i = 0; i < planes; i++)
        for (size_t h = 0; h < s->height; h++, x += s->width) spread(s->width, s->r, x, y + fine_line(s, i, h));
}

static void to_coarse(const shuffle *s, size_t rows, const tern_real *x, tern_real *y) {
    size_t planes = rows * s->channels * s->r * s->r;
    for (size_t i = 0; i < planes; i++)
        for (size_t h = 0; h < s->height; h++, y += s->width) gather(s->width, s->r, x + fine_line(s, i, h), y);
}

static void pixel_shuffle_forward(const void *self, const tern_forward *f) {
    to_fine(self, f->rows, f->x[0]->data, f->y->data);
}

static void pixel_shuffle_backward(const void *self, const tern_backward *b) {
    if (b->dx[0]) to_coarse(self, b->rows, b->dy->data, b->dx[0]->data);
}

static void pixel_unshuffle_forward(const void *self, const tern_forward *f) {
    to_coarse(self, f->rows, f->x[0]->data, f->y->data);
}

static void pixel_unshuffle_backward(const void *self, const tern_backward *b) {
    if (b->dx[0]) to_fine(self, b->rows, b->dy->data, b->dx[0]->data);
}

/* ---- lowering: two transpositions, so that four dimensions are enough ---- */

static tern_operand pixel_shuffle_lower(const void *self, tern_lowering *l) {
    const shuffle *s = self;
    size_t r = s->r, c = s->channels, h = s->height, w = s->width;
    tern_operand x = tern_lower_reshape(l, l->x[0], TERN_SHAPE(c * r, r, h, w));
    x = tern_lower_transpose(l, x, (const size_t[]){0, 2, 3, 1});
    x = tern_lower_reshape(l, x, TERN_SHAPE(c, r, h, w * r));
    x = tern_lower_transpose(l, x, (const size_t[]){0, 2, 1, 3});
    return tern_lower_reshape(l, x, TERN_SHAPE(c, h * r, w * r));
}

static tern_operand pixel_unshuffle_lower(const void *self, tern_lowering *l) {
    const shuffle *s = self;
    size_t r = s->r, c = s->channels, h = s->height, w = s->width;
    tern_operand x = tern_lower_reshape(l, l->x[0], TERN_SHAPE(c, h, r, w * r));
    x = tern_lower_transpose(l, x, (const size_t[]){0, 2, 1, 3});
    x = tern_lower_reshape(l, x, TERN_SHAPE(c * r, h, w, r));
    x = tern_lower_transpose(l, x, (const size_t[]){0, 3, 1, 2});
    return tern_lower_reshape(l, x, TERN_SHAPE(c * r * r, h, w));
}

/* ---- types ---- */

static const tern_option shuffle_options[] = {
    TERN_SIZE_REQUIRED(shuffle, upscale_factor, 1, 1 << 10, "How much higher and wider the output is."),
    {0},
};

static const tern_option unshuffle_options[] = {
    TERN_SIZE_REQUIRED(shuffle, downscale_factor, 1, 1 << 10, "How much lower and narrower the output is."),
    {0},
};

static const tern_example shuffle_examples[] = {
    {"{\"upscale_factor\": 2}", {{3, {8, 3, 2}}}}, {"{\"upscale_factor\": 3}", {{3, {9, 1, 5}}}}, {0}};

static const tern_example unshuffle_examples[] = {
    {"{\"downscale_factor\": 2}", {{3, {2, 6, 4}}}}, {"{\"downscale_factor\": 3}", {{3, {1, 3, 9}}}}, {0}};

const tern_layer_type tern_layer_pixel_shuffle = {
    .base = {TERN_LAYER, "pixel_shuffle", NULL, "Channels become places: [C r r, H, W] becomes [C, H r, W r].",
             sizeof(shuffle), shuffle_options, shuffle_examples},
    .plan = pixel_shuffle_plan,
    .forward = pixel_shuffle_forward,
    .backward = pixel_shuffle_backward,
    .lower = pixel_shuffle_lower,
};

const tern_layer_type tern_layer_pixel_unshuffle = {
    .base = {TERN_LAYER, "pixel_unshuffle", NULL, "Places become channels: [C, H r, W r] becomes [C r r, H, W].",
             sizeof(shuffle), unshuffle_options, unshuffle_examples},
    .plan = pixel_unshuffle_plan,
    .forward = pixel_unshuffle_forward,
    .backward = pixel_unshuffle_backward,
    .lower = pixel_unshuffle_lower,
};
