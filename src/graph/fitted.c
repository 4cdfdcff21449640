/* fitted.c - what a model knows about its data; see fitted.h. */
#include "fitted.h"

#include "fitted_names.h"
#include "safetensors.h"
#include "text.h"

#include <math.h>
#include <string.h>

char *tern__fitted_text(const tern_model *m, tern_status *status, tern_error *err) {
    *status = TERN_OK;
    if (!m->config.fitted.given) return NULL;
    char *text = tern__fitted_render(&m->config.fitted, "", err);
    if (!text) *status = TERN_ERROR_MEMORY;
    return text;
}

/* All that is known of a column, as text; NULL: no memory. */
static char *column_text(const tern__feature *column, tern_error *err) {
    tern__feature copy = *column;
    tern__fitted all = {.given = true, .input = {.given = true, .columns = {.n = 1, .item = &copy}}};
    return tern__fitted_render(&all, "", err);
}

/* Whether the same was learned of two columns, to the last digit. */
static tern_status compare_column(const tern__feature *ours, const tern__feature *theirs, const char *path,
                                  tern_error *err) {
    char *x = column_text(ours, err), *y = x ? column_text(theirs, err) : NULL;
    tern_status status = y ? TERN_OK : TERN_ERROR_MEMORY;
    if (!status && strcmp(x, y) != 0)
        status =
            tern_error_add(err, TERN_ERROR_DATA, NULL,
                           "%s: was trained with a column \"%.64s\" that was fitted to other rows than the model's; "
                           "weights go with the model.json beside them",
                           path, ours->name);
    tern__free(x);
    tern__free(y);
    return status;
}

/* The same names of the same meaning, and but for a start the same that was learned of them: else that is the model's.
 */
static tern_status compare_columns(const tern_blocks *ours, const tern_blocks *theirs, bool start, const char *path,
                                   tern_error *err) {
    const tern__feature *a = ours->item, *b = theirs->item;
    if (!ours->n || !theirs->n) return TERN_OK;
    for (size_t i = 0; i < ours->n; i++)
        if (ours->n != theirs->n || strcmp(a[i].name, b[i].name) ||
            tern__feature_width(&a[i]) != tern__feature_width(&b[i]))
            return tern_error_add(err, TERN_ERROR_DATA, NULL,
                                  "%s: was trained with other columns: the model was fitted to \"%.64s\" as number %zu",
                                  path, a[i].name, i);
    tern_status status = start ? tern__fitted_compare_facets(ours, theirs, path, err) : TERN_OK;
    for (size_t i = 0; !status && !start && i < ours->n; i++) status = compare_column(&a[i], &b[i], path, err);
    return status;
}

static void take_scales(const tern__fitted_input *from, tern__fitted_input *to) {
    to->given = to->given || from->scale.n;
    to->channels = from->channels, to->normalize = from->normalize;
    to->center = from->center, to->scale = from->scale;
}

static void take_target_scales(const tern__target *from, tern__target *to) {
    to->given = true;
    to->normalize = from->normalize, to->center = from->center, to->scale = from->scale;
}

/* The same scales, to the last digit, where both have some. */
static bool same_numbers(const tern_reals *a, const tern_reals *b) {
    if (!a->n || !b->n) return true;
    return a->n == b->n && !memcmp(a->v, b->v, a->n * sizeof *a->v);
}

static tern_status compare_scales(const tern__fitted *ours, const tern__fitted *theirs, const char *path,
                                  tern_error *err) {
    const tern__fitted_input *a = &ours->input, *b = &theirs->input;
    const tern__target *t = &ours->target, *u = &theirs->target;
    bool channels = !a->scale.n || !b->scale.n || a->channels == b->channels;
    const char *what = !channels || !same_numbers(&a->scale, &b->scale) || !same_numbers(&a->center, &b->center)
                           ? "inputs"
                       : !same_numbers(&t->scale, &u->scale) || !same_numbers(&t->center, &u->center) ? "targets"
                                                                                                      : NULL;
    if (!what) return TERN_OK;
    return tern_error_add(err, TERN_ERROR_DATA, NULL,
                          "%s: was trained with %s that were normalized by other numbers than the model's", path, what);
}

tern_status tern__fitted_take(tern_model *m, const char *text, bool start, const char *path, tern_error *err) {
    tern__fitted found;
    const tern__reading reading = {m->registry, &m->arena, NULL};
    tern_status status = tern__fitted_read(&reading, text, &found);
    if (status == TERN_ERROR_MEMORY) return tern_error_add(err, status, NULL, "not enough memory for %s", path);
    if (status) return tern_error_add(err, status, NULL, "%s: its metadata \"fitted\" is not what tern writes", path);
    tern__fitted *ours = &m->config.fitted;
    status = tern__fitted_compare_names(ours, &found, path, err);
    if (!status) status = compare_columns(&ours->input.columns, &found.input.columns, start, path, err);
    if (!status && !start) status = compare_scales(ours, &found, path, err);
    if (status) return status;
    if (!ours->given) *ours = found;
    else {
        if (!ours->input.scale.n) take_scales(&found.input, &ours->input);
        if (!ours->target.class_weight.n) ours->target.class_weight = found.target.class_weight;
        if (tern__target_unknown(m)) take_target_scales(&found.target, &ours->target);
    }
    if (!start && (status = tern__fitted_agree(m, err))) return status;
    return m->scaling ? tern__scaling_make(m, err) : TERN_OK; /* else the model is on its way, and comes to it */
}

/* Says which channels are not divided. */
static void warn_flat(const tern__channel_layout *layout, const double *scale, tern_error *err) {
    enum { SHOWN = 8 };
    char list[24 * SHOWN] = "";
    size_t flat = 0;
    for (size_t c = 0; c < layout->n; c++)
        if (!(scale[c] > 0) && flat++ < SHOWN) tern__text_add(list, sizeof list, "%s%zu", *list ? ", " : "", c);
    if (flat)
        tern_error_warn(err, NULL,
                        "input: %zu of %zu channels have no spread in the training rows and are not divided "
                        "(counted from 0: %s%s)",
                        flat, layout->n, list, flat > SHOWN ? ", ..." : "");
}

void tern__array_range(const tern_array *x, size_t n, double *least, double *most) {
    enum { LOOKED_AT = 1 << 20 };
    size_t count = n * tern_shape_count(&x->shape), step = count / LOOKED_AT + 1;
    *least = *most = (double)NAN;
    for (size_t i = 0; i < count && x->data; i += step) {
        double v = tern_array_get(x, i);
        *least = fmin(*least, v), *most = fmax(*most, v);
    }
}

static void learn_numbers(size_t n, const tern_array *x, tern__fitted_input *f) {
    f->given = true;
    f->dtype = tern_dtype_name(x->dtype);
    f->shape = x->shape;
    tern__array_range(x, n, &f->least, &f->most);
}

tern_status tern__fitted_learn(tern_model *m, size_t n, const tern_array *x, const tern_array *y, tern_error *err) {
    tern__fitted f = m->config.fitted; /* weights to start from may have told the names */
    tern_status status = f.given ? TERN_OK : tern__fitted_learn_names(m, x, y, &f, err);
    f.given = true;
    if (x) learn_numbers(n, x, &f.input);
    if (!status) m->config.fitted = f;
    return status;
}

tern_status tern__fitted_scale(tern_model *m, const tern_array *x, const size_t *rows, size_t n, tern_error *err) {
    const tern__input *in = &m->config.input;
    tern__channels channels = tern__channels_settle((tern__channels)in->channels, &in->shape, x);
    tern__channel_layout layout = tern__channels_layout(&in->shape, channels);
    double *center = tern__arena_alloc(&m->arena, layout.n, sizeof *center, err);
    double *scale = tern__arena_alloc(&m->arena, layout.n, sizeof *scale, err);
    if (!center || !scale) return TERN_ERROR_MEMORY;
    tern_status status = tern__array_fit(x, &layout, rows, n, (tern__normalize)in->normalize, center, scale, err);
    if (status) return status;
    warn_flat(&layout, scale, err);
    for (size_t c = 0; c < layout.n; c++)
        if (!(scale[c] > 0)) scale[c] = 1;
    tern__fitted *f = &m->config.fitted;
    f->given = f->input.given = true;
    f->input.channels = (int)channels, f->input.normalize = in->normalize;
    f->input.center = (tern_reals){layout.n, center}, f->input.scale = (tern_reals){layout.n, scale};
    return tern__scaling_make(m, err);
}

const void *tern__reader_option(const tern_model *m, const char *name, tern_option_kind kind) {
    const tern_object *reader = &m->config.data.train;
    const tern_option *row = reader->self ? tern__option_find(reader->type->options, name) : NULL;
    return row && row->kind == kind ? (const char *)reader->self + row->offset : NULL;
}

tern_status tern__fitted_scale_target(tern_model *m, const tern_array *y, const size_t *rows, size_t n,
                                      tern_error *err) {
    const int normalize = m->config.target.normalize;
    size_t count = tern_shape_count(&y->shape);
    const tern__channel_layout layout = {1, count, 1};
    double *center = tern__arena_alloc(&m->arena, count, sizeof *center, err);
    double *scale = tern__arena_alloc(&m->arena, count, sizeof *scale, err);
    if (!center || !scale) return TERN_ERROR_MEMORY;
    tern__target *t = &m->config.fitted.target;
    tern_status status = TERN_OK;
    if (normalize != TERN__NORMALIZE_LOG1P)
        status = tern__array_fit(y, &layout, rows, n, (tern__normalize)normalize, center, scale, err);
    if (status) return status;
    for (size_t k = 0; k < count; k++)
        if (!(scale[k] > 0)) scale[k] = 1;
    m->config.fitted.given = t->given = true;
    t->normalize = normalize;
    if (normalize == TERN__NORMALIZE_LOG1P) return TERN_OK;
    t->center = (tern_reals){count, center}, t->scale = (tern_reals){count, scale};
    return TERN_OK;
}

/* ---- the input's shape ---- */

bool tern__described(const tern_model *m) {
    const tern_blocks *columns = &m->config.input.columns;
    return columns->n || columns->choice || tern__target_is_table(&m->config.target);
}

static tern_status take_from(tern_model *m, const char *path, tern_error *err) {
    tern__safetensors *file;
    tern_status status = tern__safetensors_open(path, &file, err);
    const char *text = status ? NULL : tern__safetensors_meta(file, "fitted");
    if (text) status = tern__fitted_take(m, text, false, path, err);
    tern__safetensors_free(file);
    return status;
}

/* What would change all numbers alike, the indices of categories too, is an option of each column. */
static tern_status refuse_scaling(const tern_model *m, tern_error *err) {
    const tern__input *in = &m->config.input;
    const char *key = in->normalize                         ? "normalize"
                      : in->scale != 1                      ? "scale"
                      : in->mean.n != 1 || *in->mean.v != 0 ? "mean"
                      : in->std.n != 1 || *in->std.v != 1   ? "std"
                                                            : NULL;
    if (!key) return TERN_OK;
    size_t depth = tern_error_enter(err, "input", 0);
    tern_error_add(err, TERN_ERROR_MODEL, key,
                   "would change all numbers alike, the indices of categories, too; how numbers are scaled is an "
                   "option of each of the columns: \"normalize\"");
    tern_error_leave(err, depth);
    return TERN_ERROR_MODEL;
}

static tern_status check_described(const tern_model *m, tern_error *err) {
    const tern_blocks *columns = &m->config.input.columns;
    size_t depth = tern_error_enter(err, "input", 0);
    tern_error_enter(err, "columns", 0);
    tern_status status = tern__features_check(&(tern__features){columns->n, columns->item}, err);
    tern_error_leave(err, depth);
    return status || (!columns->n && !columns->choice) ? status : refuse_scaling(m, err);
}

/* Texts are sequences of any length, whose steps are indices. */
static tern_status take_text_shape(tern_model *m, tern_error *err) {
    tern__input *in = &m->config.input;
    char shape[TERN_SHAPE_TEXT];
    const size_t *window = tern__reader_option(m, "window", TERN_OPTION_SIZE);
    if (window && *window)
        return tern_error_add(err, TERN_ERROR_MODEL, "input", "reads texts, of which there are no windows");
    if (!in->shape.rank) in->shape = (tern_shape){1, {0}};
    if (in->shape.rank == 1 && !in->shape.dim[0]) return TERN_OK;
    return tern_error_add(err, TERN_ERROR_MODEL, "input",
                          "has the shape %s, but reads texts, which are of any length: [null]",
                          tern_shape_text(&in->shape, shape));
}

tern_status tern__fitted_shape(tern_model *m, const tern_model_options *options, tern_error *err) {
    tern__input *in = &m->config.input;
    char shape[TERN_SHAPE_TEXT];
    if (!tern__described(m)) return TERN_OK;
    if (m->config.inputs.n)
        return tern_error_add(err, TERN_ERROR_MODEL, "target",
                              "describes the one table of a model with one \"input\"; with several, the readers of "
                              "\"data\" say what the targets are");
    tern_status status = check_described(m, err);
    const tern_blocks *fitted = &m->config.fitted.input.columns;
    if (!status && !fitted->n && options && options->fitted_from) status = take_from(m, options->fitted_from, err);
    if (status) return status;
    m->unfitted = !fitted->n;
    if (m->unfitted)
        return options && options->unfitted
                   ? TERN_OK
                   : tern_error_add(err, TERN_ERROR_MODEL, "input",
                                    "its columns were never fitted to data, which training does first: open the model "
                                    "of its run");
    const tern__features f = {fitted->n, fitted->item};
    if (tern__features_text(&f)) return take_text_shape(m, err);
    const size_t *window = tern__reader_option(m, "window", TERN_OPTION_SIZE);
    size_t width = tern__features_width(&f), rows = window && *window ? *window : 1;
    if (!in->shape.rank) in->shape = window && *window ? (tern_shape){2, {rows, width}} : (tern_shape){1, {width}};
    if (tern_shape_count(&in->shape) == rows * width) return TERN_OK;
    return tern_error_add(err, TERN_ERROR_MODEL, "input", "has the shape %s, but its columns become %zu numbers%s",
                          tern_shape_text(&in->shape, shape), rows * width, rows > 1 ? " in a window" : "");
}
