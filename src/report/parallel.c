/* parallel.c - parallel coordinates: an axis for each option that was searched and one for the result, a line for each
 * trial; see trials_page.h. */
#include "text.h"
#include "trials_page.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

enum { VALUES = 12, FEW = 6, LINE = 15, HEIGHT = 300, TOP = 44, BOTTOM = 284, FIRST = 14, LAST_ROOM = 62 };

/* An option's values from the bottom up, or their range. */
typedef struct scale {
    const char *name;
    bool numbers;
    tern__axis axis;
    size_t n;
    const char *value[VALUES]; /* words; further ones share the last place */
    double x;
} scale;

typedef struct drawing {
    tern__trials_page *p;
    size_t axes; /* the last is the result */
    scale scale[TERN__PARALLEL + 1];
    size_t letters; /* that fit between two axes */
} drawing;

static double number_of(const char *text) {
    bool number = *text && strspn(text, "+-.0123456789eE") == strlen(text);
    return number ? tern__number_value(text, strlen(text)) : (double)NAN;
}

static size_t find_word(const scale *s, const char *word) {
    size_t i = 0;
    while (i < s->n && strcmp(s->value[i], word)) i++;
    return i;
}

static const char *value_at(const tern_trials *t, size_t trial, size_t k) {
    return t->value[t->trial[trial].variant * t->varies + k];
}

static void fit(scale *s, const tern__range *r, bool log_helps) {
    s->axis = (tern__axis){.label = s->name, .tight = true, .log_helps = log_helps};
    tern__axis_fit(&s->axis, r);
}

static scale fit_option(const tern_trials *t, size_t k, const size_t *order, size_t n) {
    const char *dot = strrchr(t->path[k], '.');
    scale s = {.name = dot ? dot + 1 : t->path[k], .numbers = true};
    tern__range range = {INFINITY, -INFINITY, true};
    for (size_t i = 0; i < n; i++) {
        const char *text = value_at(t, order[i], k);
        double value = number_of(text);
        s.numbers = s.numbers && isfinite(value);
        tern__range_add(&range, 1, &value);
        if (find_word(&s, text) == s.n && s.n < VALUES) s.value[s.n++] = text;
    }
    if (s.numbers) fit(&s, &range, range.high > 100 * range.low); /* sizes from 8 to 128 are better seen as they are */
    return s;
}

static scale fit_result(const tern_trials *t, const size_t *order, size_t n) {
    scale s = {.name = t->measure[t->monitor], .numbers = true};
    tern__range range = {INFINITY, -INFINITY, true};
    for (size_t i = 0; i < n; i++) tern__range_add(&range, 1, &t->trial[order[i]].result);
    fit(&s, &range, true);
    return s;
}

static double height(double place) { return BOTTOM - place * (BOTTOM - TOP); }

static double word_place(const scale *s, size_t i) { return s->n > 1 ? (double)i / (double)(s->n - 1) : 0.5; }

static double y_of(const drawing *d, size_t a, size_t trial) {
    const tern_trials *t = d->p->t;
    const scale *s = &d->scale[a];
    if (a + 1 == d->axes) return height(tern__axis_place(&s->axis, t->trial[trial].result));
    const char *text = value_at(t, trial, a);
    if (s->numbers) return height(tern__axis_place(&s->axis, number_of(text)));
    size_t at = find_word(s, text);
    return height(word_place(s, at < s->n ? at : s->n - 1));
}

/* ---- drawing ---- */

static void write_text(const drawing *d, const scale *s, double y, const char *text) {
    char cut[TERN__CUT];
    tern__page_add(&d->p->r.page, "<text class=\"on-line\" x=\"%.1f\" y=\"%.1f\">", s->x + 5, y + 4);
    tern__page_text(&d->p->r.page, tern__cut_text(text, d->letters, cut));
    tern__page_add(&d->p->r.page, "</text>");
}

static void write_label(const drawing *d, const scale *s, double value, const char *text) {
    write_text(d, s, height(tern__axis_place(&s->axis, value)), text);
}

/* Words, or a few numbers where they are, as far as none lies over another. */
static void write_values(const drawing *d, const scale *s) {
    double written[VALUES];
    size_t n = 0;
    for (size_t i = 0; i < s->n; i++) {
        double y = height(s->numbers ? tern__axis_place(&s->axis, number_of(s->value[i])) : word_place(s, i));
        bool room = true;
        for (size_t k = 0; k < n; k++) room = room && fabs(written[k] - y) >= LINE;
        if (!room) continue;
        written[n++] = y;
        write_text(d, s, y, s->value[i]);
    }
}

static void draw_axis(const drawing *d, size_t a) {
    const scale *s = &d->scale[a];
    tern__page *p = &d->p->r.page;
    char cut[TERN__CUT];
    tern__page_add(p, "<path class=\"axis\" d=\"M%.1f %dV%d\"/>", s->x, TOP, BOTTOM);
    tern__page_add(p, "<text class=\"%s\" x=\"%.1f\" y=\"%d\">", a + 1 == d->axes ? "heading y-tick" : "heading",
                   a + 1 == d->axes ? TERN__PLOT_WIDTH - 2.0 : s->x - 8, a % 2 ? 28 : 12);
    tern__page_text(p, tern__cut_text(s->name, 2 * d->letters, cut));
    tern__page_add(p, "</text>");
    if (s->numbers && (!s->n || s->n > FEW)) {
        tern__ticks ticks;
        tern__axis_ticks(&s->axis, 4, &ticks);
        for (size_t i = 0; i < ticks.n; i++) write_label(d, s, ticks.at[i], ticks.text[i]);
    } else {
        write_values(d, s);
    }
}

/* The best stands out, the best quarter has a colour, the others are grey. */
static void draw_trial(const drawing *d, size_t trial, size_t rank, size_t n) {
    const tern_trials *t = d->p->t;
    tern__page *p = &d->p->r.page;
    const char *kind = !rank ? "c1 best" : 4 * rank < n ? "c0" : "grey";
    tern__page_add(p, "<g class=\"line trial %s\"><path class=\"drawn\" d=\"", kind);
    for (size_t a = 0; a < d->axes; a++)
        tern__page_add(p, "%s%.1f %.1f", a ? "L" : "M", d->scale[a].x, y_of(d, a, trial));
    tern__page_add(p, "\"><title>trial %zu\n", trial + 1);
    tern__page_text(p, t->variant[t->trial[trial].variant]);
    tern__page_add(p, "\n");
    tern__page_text(p, t->measure[t->monitor]);
    tern__page_add(p, " ");
    tern__page_number(p, t->trial[trial].result, 5);
    tern__page_add(p, "</title></path></g>");
}

void tern__write_parallel(tern__trials_page *p, const size_t *order, size_t n) {
    const tern_trials *t = p->t;
    size_t options = t->varies < TERN__PARALLEL ? t->varies : TERN__PARALLEL;
    drawing d = {.p = p, .axes = options + 1};
    double gap = (TERN__PLOT_WIDTH - FIRST - LAST_ROOM) / (double)options;
    d.letters = (size_t)((gap - 12) / TERN__LETTER);
    for (size_t a = 0; a < options; a++) d.scale[a] = fit_option(t, a, order, n);
    d.scale[options] = fit_result(t, order, n);
    for (size_t a = 0; a < d.axes; a++) d.scale[a].x = FIRST + gap * (double)a;
    tern__page_add(&p->r.page,
                   "<svg class=\"plot\" viewBox=\"0 0 %d %d\" role=\"img\" aria-label=\"parallel coordinates\">",
                   TERN__PLOT_WIDTH, HEIGHT);
    for (size_t i = n; i-- > 0;) draw_trial(&d, order[i], i, n);
    for (size_t a = 0; a < d.axes; a++) draw_axis(&d, a);
    tern__page_add(&p->r.page, "</svg>\n");
}
