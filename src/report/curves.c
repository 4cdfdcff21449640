/* curves.c - receiver operating characteristic, precision and recall, calibration; see scores.h. */
#include "scores.h"

#include <math.h>
#include <stdlib.h>

typedef struct scored {
    double score;
    bool positive;
} scored;

static int by_falling_score(const void *a, const void *b) {
    const scored *x = a, *y = b;
    return (x->score < y->score) - (x->score > y->score);
}

/* What is above each distinct threshold, from the highest down. */
typedef struct steps {
    size_t n, all, positives;
    double *above, *right; /* [n] how many; and how many of them are positive */
} steps;

static tern_status make_steps(size_t n, size_t stride, const double *score, const bool *positive, steps *s,
                              tern_error *err) {
    *s = (steps){.all = n};
    scored *item = tern__alloc(n, sizeof *item, err);
    s->above = tern__alloc(2 * n, sizeof *s->above, err);
    if (!item || !s->above) {
        tern__free(item);
        return TERN_ERROR_MEMORY;
    }
    s->right = s->above + n;
    for (size_t i = 0; i < n; i++) item[i] = (scored){score[i * stride], positive[i * stride]};
    qsort(item, n, sizeof *item, by_falling_score);
    for (size_t i = 0; i < n; i++) {
        s->positives += item[i].positive;
        if (i + 1 < n && item[i + 1].score == item[i].score) continue;
        s->above[s->n] = (double)(i + 1);
        s->right[s->n++] = (double)s->positives;
    }
    tern__free(item);
    return TERN_OK;
}

static tern_status make_curve(size_t n, tern__arena *arena, tern__curve *out, tern_error *err) {
    double *x = tern__arena_alloc(arena, 2 * n, sizeof *x, err);
    *out = (tern__curve){.n = n, .x = x, .y = x ? x + n : NULL, .area = (double)NAN};
    return x ? TERN_OK : TERN_ERROR_MEMORY;
}

tern_status tern__roc(size_t n, size_t stride, const double *score, const bool *positive, tern__arena *arena,
                      tern__curve *out, tern_error *err) {
    steps s;
    *out = (tern__curve){.area = (double)NAN};
    tern_status status = make_steps(n, stride, score, positive, &s, err);
    double p = (double)s.positives, q = (double)(s.all - s.positives);
    if (!status && p > 0 && q > 0) status = make_curve(s.n + 1, arena, out, err);
    if (!status && out->n) {
        out->area = 0;
        for (size_t i = 0; i < s.n; i++) {
            out->x[i + 1] = (s.above[i] - s.right[i]) / q;
            out->y[i + 1] = s.right[i] / p;
            out->area += (out->x[i + 1] - out->x[i]) * (out->y[i + 1] + out->y[i]) / 2;
        }
    }
    tern__free(s.above);
    return status;
}

tern_status tern__precision_recall(size_t n, size_t stride, const double *score, const bool *positive,
                                   tern__arena *arena, tern__curve *out, tern_error *err) {
    steps s;
    *out = (tern__curve){.area = (double)NAN};
    tern_status status = make_steps(n, stride, score, positive, &s, err);
    if (!status && s.positives) status = make_curve(s.n + 1, arena, out, err);
    if (!status && out->n) {
        out->area = 0;
        out->y[0] = 1;
        for (size_t i = 0; i < s.n; i++) {
            out->x[i + 1] = s.right[i] / (double)s.positives;
            out->y[i + 1] = s.right[i] / s.above[i];
            out->area += (out->x[i + 1] - out->x[i]) * out->y[i + 1];
        }
    }
    tern__free(s.above);
    return status;
}

/* A curve's height at x: the highest of what stands at that very x. */
static double height(const tern__curve *c, bool stairs, double x) {
    size_t low = 0, high = c->n; /* the first point beyond x */
    while (low < high) {
        size_t middle = (low + high) / 2;
        if (c->x[middle] > x + 1e-12) high = middle;
        else low = middle + 1;
    }
    if (low == c->n) return c->y[c->n - 1];
    if (!low) return c->y[0];
    if (stairs && x < 1e-12 && c->n > 1) return c->y[1]; /* the first threshold, not what precision is called at none */
    if (stairs) { /* the precision of the first threshold that reaches this recall */
        while (low > 1 && c->x[low - 1] >= x - 1e-12 && c->x[low - 2] >= x - 1e-12) low--;
        return c->x[low - 1] >= x - 1e-12 ? c->y[low - 1] : c->y[low];
    }
    double part = (x - c->x[low - 1]) / (c->x[low] - c->x[low - 1]);
    return c->y[low - 1] + part * (c->y[low] - c->y[low - 1]);
}

tern_status tern__mean_curve(size_t n, const tern__curve *curve, bool stairs, tern__arena *arena, tern__curve *out,
                             tern_error *err) {
    enum { PLACES = 101 };
    size_t there = 0;
    tern_status status = make_curve(PLACES, arena, out, err);
    double area = 0;
    for (size_t k = 0; !status && k < n; k++) {
        if (isnan(curve[k].area)) continue;
        there++;
        area += curve[k].area;
        for (size_t i = 0; i < PLACES; i++) out->y[i] += height(&curve[k], stairs, (double)i / (PLACES - 1));
    }
    if (status || !there) {
        out->n = 0;
        return status;
    }
    for (size_t i = 0; i < PLACES; i++) {
        out->x[i] = (double)i / (PLACES - 1);
        out->y[i] /= (double)there;
    }
    out->area = area / (double)there;
    return status;
}

void tern__calibrate(size_t n, size_t stride, const double *probability, const bool *is, tern__calibration *out) {
    size_t count[TERN__BELIEF_BINS] = {0}, true_ones[TERN__BELIEF_BINS] = {0};
    double sum[TERN__BELIEF_BINS] = {0};
    *out = (tern__calibration){0};
    for (size_t i = 0; i < n; i++) {
        double p = probability[i * stride];
        size_t bin = 0; /* a bin holds its upper end */
        while (bin + 1 < TERN__BELIEF_BINS && p > (double)(bin + 1) / TERN__BELIEF_BINS) bin++;
        count[bin]++;
        sum[bin] += p;
        true_ones[bin] += is[i * stride];
    }
    for (size_t bin = 0; bin < TERN__BELIEF_BINS; bin++) {
        if (!count[bin]) continue;
        size_t k = out->bins++;
        out->count[k] = count[bin];
        out->said[k] = sum[bin] / (double)count[bin];
        out->is[k] = (double)true_ones[bin] / (double)count[bin];
        out->error += fabs(out->said[k] - out->is[k]) * (double)count[bin] / (double)n;
    }
}
