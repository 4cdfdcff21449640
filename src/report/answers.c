/* answers.c - outputs as probabilities or numbers; see answers.h. */
#include "answers.h"

#include "graph.h"
#include "lengths.h"

#include <tern/meaning.h>
#include <tern/predictor.h>

#include <float.h>
#include <math.h>
#include <string.h>

/* What is known of the outputs before any is made. */
typedef struct reading {
    const tern__asked *a;
    tern_link link;
    tern_target target;
    size_t outputs, targets; /* numbers of a sample */
    bool binary;             /* classes from one output */
    bool ignores;
    double ignore;
} reading;

static bool all_zero_or_one(const tern_array *y, const tern__asked *a, size_t each) {
    for (size_t i = 0; i < a->n; i++)
        for (size_t j = 0; j < each; j++) {
            double v = tern_array_get(y, a->row[i] * each + j);
            if (v != 0 && v != 1) return false;
        }
    return true;
}

static reading plan(const tern__asked *a, tern_target target, tern__answers *o) {
    enum { MANY_LABELS = 64 };
    tern_model_info info = tern_model_describe(a->m);
    tern_shape shape = tern_model_output(a->m);
    const tern_array *y = a->data->y;
    reading r = {.a = a, .link = tern__model_loss(a->m)->link, .target = target};
    r.outputs = tern_shape_count(&shape);
    r.targets = tern_shape_count(&y->shape);
    r.ignores = target == TERN_TARGET_CLASSES && info.target.has_ignore;
    r.ignore = (double)info.target.ignore;
    bool of_classes = r.link == TERN_LINK_SOFTMAX || r.link == TERN_LINK_EXP;
    *o = (tern__answers){.kind = TERN__NUMBERS, .k = r.outputs, .places = 1};
    if (of_classes || target == TERN_TARGET_CLASSES) {
        o->kind = TERN__CLASSES;
        o->k = shape.rank ? shape.dim[0] : 1;
        o->places = r.outputs / o->k;
    } else if (r.link != TERN_LINK_NONE && all_zero_or_one(y, a, r.targets)) {
        r.binary = r.outputs == 1 || r.outputs > MANY_LABELS;
        o->kind = r.binary ? TERN__CLASSES : TERN__LABELS;
        if (r.binary) o->k = 2, o->places = r.outputs;
    }
    return r;
}

/* ---- one sample ---- */

static double sigmoid(double x) { return x >= 0 ? 1 / (1 + exp(-x)) : exp(x) / (1 + exp(x)); }

static void softmax(size_t k, size_t stride, const tern_real *out, double *p) {
    double most = -INFINITY, sum = 0;
    for (size_t c = 0; c < k; c++) most = fmax(most, (double)out[c * stride]);
    for (size_t c = 0; c < k; c++) sum += p[c] = exp((double)out[c * stride] - most);
    for (size_t c = 0; c < k; c++) p[c] /= sum;
}

static double probability(tern_link l, double out) {
    return l == TERN_LINK_EXP ? exp(out) : l == TERN_LINK_SIGMOID ? sigmoid(out) : out;
}

/* The probabilities of place j. */
static void set_p(const reading *r, const tern__answers *o, const tern_real *out, size_t j, double *p) {
    if (o->kind == TERN__CLASSES && r->binary) {
        p[1] = probability(r->link, (double)out[j]);
        p[0] = 1 - p[1];
    } else if (o->kind == TERN__CLASSES && r->link == TERN_LINK_SOFTMAX) {
        softmax(o->k, o->places, out + j, p);
    } else {
        for (size_t c = 0; c < o->k; c++) p[c] = probability(r->link, (double)out[c * o->places + j]);
    }
}

/* The true class of place j; SIZE_MAX: to be ignored. */
static size_t true_class(const reading *r, const tern__answers *o, size_t row, size_t j) {
    const tern_array *y = r->a->data->y;
    if (r->binary) return tern_array_get(y, row * r->targets + j) > 0.5;
    if (r->target == TERN_TARGET_CLASSES) {
        double v = tern_array_get(y, row * r->targets + j);
        return (r->ignores && v == r->ignore) || !(v >= 0 && v < (double)o->k) ? SIZE_MAX : (size_t)v;
    }
    size_t best = 0; /* probabilities as targets: the likeliest */
    for (size_t c = 1; c < o->k; c++) {
        size_t at = row * r->targets + j;
        if (tern_array_get(y, at + c * o->places) > tern_array_get(y, at + best * o->places)) best = c;
    }
    return best;
}

static double miss(double p) { return -log(fmax(p, DBL_MIN)); }

static void take_values(const reading *r, tern__answers *o, size_t row, size_t i) {
    double *p = o->p + i * o->k;
    for (size_t c = 0; c < o->k; c++) {
        double t = tern_array_get(r->a->data->y, row * r->targets + c);
        if (o->kind == TERN__LABELS) {
            o->is[i * o->k + c] = t > 0.5;
            o->loss[i] += miss(t > 0.5 ? p[c] : 1 - p[c]) / (double)o->k;
        } else { /* in the target's own unit */
            p[c] = tern_model_unit(r->a->m, c, p[c]);
            t = tern_model_truth(r->a->m, c, t);
            o->target[i * o->k + c] = t;
            o->loss[i] += (p[c] - t) * (p[c] - t) / (double)o->k;
        }
    }
}

static void take_sample(const reading *r, tern__answers *o, size_t row, const tern_real *out) {
    for (size_t j = 0; j < o->places; j++) {
        size_t truth = o->kind == TERN__CLASSES ? true_class(r, o, row, j) : 0;
        if (truth == SIZE_MAX) continue;
        size_t i = o->n++;
        double *p = o->p + i * o->k;
        o->sample[i] = row;
        set_p(r, o, out, j, p);
        if (o->kind == TERN__CLASSES) {
            o->truth[i] = truth;
            o->loss[i] = miss(p[truth]);
        } else {
            take_values(r, o, row, i);
        }
    }
}

/* ---- all samples ---- */

static tern_status take_room(const tern__asked *a, tern__arena *arena, tern__answers *o, tern_error *err) {
    enum { MOST = 1 << 26 }; /* numbers */
    size_t each = o->k * o->places, most = MOST / each ? MOST / each : 1;
    o->asked = a->n < most ? a->n : most;
    size_t n = o->asked * o->places;
    o->p = tern__arena_alloc(arena, n * o->k, sizeof *o->p, err);
    o->loss = tern__arena_alloc(arena, n, sizeof *o->loss, err);
    o->sample = tern__arena_alloc(arena, n, sizeof *o->sample, err);
    if (!o->p || !o->loss || !o->sample) return TERN_ERROR_MEMORY;
    void *truth;
    if (o->kind == TERN__CLASSES) truth = o->truth = tern__arena_alloc(arena, n, sizeof *o->truth, err);
    else if (o->kind == TERN__LABELS) truth = o->is = tern__arena_alloc(arena, n * o->k, sizeof *o->is, err);
    else truth = o->target = tern__arena_alloc(arena, n * o->k, sizeof *o->target, err);
    return truth ? TERN_OK : TERN_ERROR_MEMORY;
}

/* Memory for some samples at a time. */
typedef struct passes {
    size_t rows, inputs;
    tern_predictor *predictor;
    tern_real *x, *y;
    size_t *length; /* of sequences of any length */
} passes;

static tern_status open_passes(passes *s, const reading *r, tern_error *err) {
    enum { ROWS = 256 };
    tern_shape in = tern_model_input(r->a->m);
    *s = (passes){.rows = r->a->n < ROWS ? r->a->n : ROWS, .inputs = tern_shape_count(&in)};
    s->predictor = tern_predictor_new(r->a->m, s->rows, r->a->threads, err);
    s->x = tern__alloc(s->rows * s->inputs, sizeof *s->x, err);
    s->y = tern__alloc(s->rows * r->outputs, sizeof *s->y, err);
    s->length = tern__alloc(s->rows, sizeof *s->length, err);
    return s->predictor && s->x && s->y && s->length ? TERN_OK : TERN_ERROR_MEMORY;
}

/* Rows as they are in the data, sequences padded to the most that the model takes. */
static void gather(const tern__asked *a, const size_t *row, size_t n, const passes *s) {
    static const double one = 1, zero = 0;
    const tern_array *x = a->data->x;
    for (size_t i = 0; i < n; i++) s->length[i] = tern__array_length(x, row[i]);
    if (!a->m->sequences) tern_array_gather(x, row, n, s->x);
    else tern__array_gather_steps(x, row, n, 1, &one, &zero, a->m->input->shape.dim[0], s->x);
}

tern_status tern__answers_make(const tern__asked *a, tern_target target, tern__arena *arena, tern__answers *out,
                               tern_error *err) {
    reading r = plan(a, target, out);
    passes s = {0};
    tern_status status = a->n ? take_room(a, arena, out, err) : TERN_OK;
    if (!status && a->n) status = open_passes(&s, &r, err);
    tern_shape in = tern_model_input(a->m), shape = tern_model_output(a->m);
    for (size_t first = 0, n; !status && first < out->asked; first += n) {
        n = out->asked - first < s.rows ? out->asked - first : s.rows;
        tern_tensor x = {tern_shape_batch(&in, n), s.x}, y = {tern_shape_batch(&shape, n), s.y};
        const size_t *length = s.length;
        gather(a, a->row + first, n, &s);
        if (a->alter) a->alter(a->user, first, n, s.x);
        status = tern_predictor_forward_sequences(s.predictor, &x, a->m->sequences ? &length : NULL, &y, err);
        for (size_t i = 0; !status && i < n; i++) take_sample(&r, out, a->row[first + i], s.y + i * r.outputs);
    }
    tern_predictor_free(s.predictor);
    tern__free(s.x);
    tern__free(s.y);
    tern__free(s.length);
    return status;
}

double tern__answers_loss(const tern__answers *o) {
    double sum = 0;
    for (size_t i = 0; i < o->n; i++) sum += o->loss[i];
    return o->n ? sum / (double)o->n : (double)NAN;
}
