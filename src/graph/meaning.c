/* meaning.c - what a model's outputs say; see tern/meaning.h. */
#include "graph.h"

#include <tern/meaning.h>

#include <math.h>
#include <stdio.h>
#include <string.h>

/* Of a sample or, of sequences of any length, of a step. */
static size_t output_count(const tern_model *m) {
    tern_shape out = tern_model_output(m);
    bool sequences = tern__value_lengths(m, tern__values(m) - 1) != TERN__NOWHERE;
    return tern_shape_count(&out) / (sequences ? out.dim[0] : 1);
}

/* The loss that is about the output, the last layer's; the number of losses where all are about values within. */
static size_t output_loss(const tern_model *m) {
    size_t k = 0;
    while (k < m->losses && m->loss[k].value + 1 != tern__values(m)) k++;
    return k;
}

/* A network that ends in a softmax gives probabilities whatever it is measured by. */
tern_link tern__model_link(const tern_model *m) {
    size_t k = output_loss(m);
    tern_objects losses = tern__config_losses(&m->config);
    const tern_loss_type *loss = k < m->losses ? (const tern_loss_type *)losses.item[k].type : NULL;
    const tern__node *last = m->nodes ? &m->node[m->nodes - 1] : NULL;
    bool softmax = last && !strcmp(last->type->base.name, "softmax");
    if (loss && loss->link) return loss->link;
    return softmax ? TERN_LINK_IDENTITY : TERN_LINK_NONE;
}

/* A single output that says yes or no: the probability of yes or, of a loss such as hinge, a score above its
 * threshold. */
static bool decides(const tern_model *m) {
    tern_link link = tern__model_link(m);
    size_t k = output_loss(m);
    bool scores = k < m->measured.losses && !isnan(m->measured.loss[k].spec.threshold);
    return (link == TERN_LINK_SIGMOID || link == TERN_LINK_IDENTITY || scores) && output_count(m) == 1;
}

tern_meaning tern_model_meaning(const tern_model *m) {
    static const char *const no_yes[] = {"0", "1"};
    const tern__target *t = &m->config.fitted.target;
    size_t n = output_count(m), k = output_loss(m),
           classes = k < m->measured.losses ? m->measured.loss[k].spec.classes : 0;
    tern_meaning out = {
        .count = n, .classes = classes, .places = n, .probabilities = tern__model_link(m) != TERN_LINK_NONE};
    if (!classes && t->classes.n && t->classes.n <= n) out.classes = n; /* encoded one-hot */
    if (decides(m)) out.classes = 2, out.places = 1;
    else if (out.classes) out.places = n / out.classes;
    const tern_strings *names = out.classes ? &t->classes : &t->columns;
    bool other_unit = k < m->measured.losses && m->measured.loss[k].spec.other_unit; /* so that it is another number */
    bool fit = out.classes ? names->n <= out.classes : names->n == out.places && !other_unit;
    if (names->n && fit) out.names = names->n, out.name = names->v;
    else if (decides(m)) out.names = 2, out.name = no_yes;
    return out;
}

const char *tern_meaning_name(const tern_meaning *meaning, size_t k, char text[TERN_NUMBER_TEXT]) {
    if (k < meaning->names) return meaning->name[k];
    snprintf(text, TERN_NUMBER_TEXT, "%zu", k);
    return text;
}

/* Softmax over the classes of one place, `stride` numbers apart. Logarithms of probabilities it leaves as they are, and
 * makes probabilities of those that are none. */
static void softmax(double *v, size_t classes, size_t stride) {
    double most = *v, sum = 0;
    for (size_t c = 1; c < classes; c++) most = fmax(most, v[c * stride]);
    for (size_t c = 0; c < classes; c++) sum += v[c * stride] = exp(v[c * stride] - most);
    for (size_t c = 0; c < classes; c++) v[c * stride] /= sum;
}

void tern_model_scores(const tern_model *m, const tern_real *out, double *score) {
    tern_link link = tern__model_link(m);
    size_t n = output_count(m);
    tern_meaning meaning = tern_model_meaning(m);
    bool together = meaning.classes && (link == TERN_LINK_SOFTMAX || link == TERN_LINK_EXP);
    for (size_t i = 0; i < n; i++) {
        double v = (double)out[i];
        score[i] = link == TERN_LINK_EXP && !together ? exp(v) : link == TERN_LINK_SIGMOID ? 1 / (1 + exp(-v)) : v;
    }
    if (decides(m)) score[1] = score[0], score[0] = link == TERN_LINK_NONE ? -score[1] : 1 - score[1];
    for (size_t i = 0; together && i < meaning.places; i++) softmax(score + i, meaning.classes, meaning.places);
}

double tern_model_unit(const tern_model *m, size_t k, double value) {
    const tern__target *t = &m->config.fitted.target;
    if (!tern__target_is_scaled(t, output_count(m))) return value;
    size_t column = t->scale.n ? k % t->scale.n : 0; /* of several rows ahead, each has all columns */
    return t->normalize == TERN__NORMALIZE_LOG1P ? expm1(value) : value * t->scale.v[column] + t->center.v[column];
}

double tern_model_truth(const tern_model *m, size_t k, double value) {
    return tern__target_of_array(m, output_count(m)) ? value : tern_model_unit(m, k, value);
}
