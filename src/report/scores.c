/* scores.c - classes one by one and all together, and numbers; see scores.h. */
#include "scores.h"

#include <math.h>

size_t tern__highest(size_t classes, const double *p) {
    size_t best = 0;
    for (size_t k = 1; k < classes; k++)
        if (p[k] > p[best]) best = k;
    return best;
}

/* As scikit-learn: 0 where nothing was said, or nothing is there. */
static double share(size_t part, size_t of) { return of ? (double)part / (double)of : 0; }

static void count_class(tern__class_score *c, size_t n, size_t stride, const bool *is, const bool *said) {
    for (size_t i = 0; i < n; i++) {
        c->is += is[i * stride];
        c->said += said[i * stride];
        c->right += is[i * stride] && said[i * stride];
    }
    c->precision = share(c->right, c->said);
    c->recall = share(c->right, c->is);
    c->f1 = share(2 * c->right, c->said + c->is);
}

static void average(tern__class_scores *s) {
    size_t there = 0, all = 0;
    for (size_t k = 0; k < s->classes; k++) {
        const tern__class_score *c = &s->of[k];
        double weight = (double)c->is;
        if (c->is || c->said) there++, s->precision += c->precision, s->recall += c->recall, s->f1 += c->f1;
        all += c->is;
        s->weighted_precision += weight * c->precision;
        s->weighted_recall += weight * c->recall;
        s->weighted_f1 += weight * c->f1;
    }
    double n = there ? (double)there : 1, w = all ? (double)all : 1;
    s->precision /= n, s->recall /= n, s->f1 /= n;
    s->weighted_precision /= w, s->weighted_recall /= w, s->weighted_f1 /= w;
}

/* The curves of all classes, and their mean. */
static tern_status draw_curves(tern__class_scores *s, const double *p, const bool *is, tern__arena *arena,
                               tern_error *err) {
    tern__curve *all = tern__alloc(2 * s->classes, sizeof *all, err);
    tern_status status = all ? TERN_OK : TERN_ERROR_MEMORY;
    for (size_t k = 0; !status && k < s->classes; k++) {
        tern__class_score *c = &s->of[k];
        status = tern__roc(s->n, s->classes, p + k, is + k, arena, &c->roc, err);
        if (!status) status = tern__precision_recall(s->n, s->classes, p + k, is + k, arena, &c->pr, err);
        all[k] = c->roc;
        all[s->classes + k] = c->pr;
    }
    if (!status && s->count && s->classes == 2) s->roc = s->of[s->rarer].roc, s->pr = s->of[s->rarer].pr;
    else if (!status) {
        status = tern__mean_curve(s->classes, all, false, arena, &s->roc, err);
        if (!status) status = tern__mean_curve(s->classes, all + s->classes, true, arena, &s->pr, err);
    }
    tern__free(all);
    return status;
}

static tern_status score(tern__class_scores *s, const double *p, const bool *is, const bool *said, tern__arena *arena,
                         tern_error *err) {
    s->of = tern__arena_alloc(arena, s->classes, sizeof *s->of, err);
    if (!s->of) return TERN_ERROR_MEMORY;
    for (size_t k = 0; k < s->classes; k++) count_class(&s->of[k], s->n, s->classes, is + k, said + k);
    s->rarer = s->classes == 2 && s->of[1].is <= s->of[0].is;
    average(s);
    return draw_curves(s, p, is, arena, err);
}

tern_status tern__score_classes(size_t n, size_t classes, const double *p, const size_t *truth, tern__arena *arena,
                                tern__class_scores *out, tern_error *err) {
    *out = (tern__class_scores){.n = n, .classes = classes};
    out->count = tern__arena_alloc(arena, classes * classes, sizeof *out->count, err);
    bool *is = tern__alloc(2 * n * classes + n, sizeof *is, err), *said = is ? is + n * classes : NULL,
         *right = is ? said + n * classes : NULL;
    double *top = tern__alloc(n, sizeof *top, err);
    tern_status status = is && top && out->count ? TERN_OK : TERN_ERROR_MEMORY;
    for (size_t i = 0; !status && i < n; i++) {
        size_t guess = tern__highest(classes, p + i * classes);
        is[i * classes + truth[i]] = said[i * classes + guess] = true;
        right[i] = guess == truth[i];
        top[i] = p[i * classes + guess];
        out->count[truth[i] * classes + guess]++;
        out->accuracy += right[i];
    }
    out->accuracy /= n ? (double)n : 1;
    if (!status) status = score(out, p, is, said, arena, err);
    for (size_t k = 0; !status && classes == 2 && k < 2; k++)
        tern__calibrate(n, 2, p + k, is + k, &out->of[k].calibration);
    if (!status && classes == 2) out->calibration = out->of[out->rarer].calibration;
    else if (!status) tern__calibrate(n, 1, top, right, &out->calibration);
    tern__free(top);
    tern__free(is);
    return status;
}

tern_status tern__score_labels(size_t n, size_t classes, const double *p, const bool *is, tern__arena *arena,
                               tern__class_scores *out, tern_error *err) {
    *out = (tern__class_scores){.n = n, .classes = classes};
    bool *said = tern__alloc(n * classes, sizeof *said, err);
    if (!said) return TERN_ERROR_MEMORY;
    for (size_t i = 0; i < n; i++) {
        bool right = true;
        for (size_t k = 0; k < classes; k++) {
            said[i * classes + k] = p[i * classes + k] > 0.5;
            right = right && said[i * classes + k] == is[i * classes + k];
        }
        out->accuracy += right;
    }
    out->accuracy /= n ? (double)n : 1;
    tern_status status = score(out, p, is, said, arena, err);
    tern__calibrate(n * classes, 1, p, is, &out->calibration);
    tern__free(said);
    return status;
}

tern__value_score tern__score_values(size_t n, size_t stride, const double *out, const double *target) {
    tern__value_score s = {0};
    double mean = 0, squares = 0, spread = 0;
    for (size_t i = 0; i < n; i++) mean += target[i * stride] / (double)n;
    for (size_t i = 0; i < n; i++) {
        double miss = out[i * stride] - target[i * stride], from_mean = target[i * stride] - mean;
        s.mae += fabs(miss) / (double)n;
        s.bias += miss / (double)n;
        s.worst = fmax(s.worst, fabs(miss));
        squares += miss * miss;
        spread += from_mean * from_mean;
    }
    s.rmse = sqrt(squares / (double)n);
    s.r2 = spread > 0 ? 1 - squares / spread : (double)NAN;
    return s;
}
