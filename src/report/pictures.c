/* pictures.c - legends, bars and heat maps; see plot.h. */
#include "plot.h"

#include "memory.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

const char *tern__color_class(size_t color, bool dashed, char out[16]) {
    if (color == TERN__GREY) return strcpy(out, dashed ? "grey dashed" : "grey");
    snprintf(out, 16, "c%zu%s", color % TERN__COLORS, dashed || color / TERN__COLORS % 2 ? " dashed" : "");
    return out;
}

size_t tern__characters(const char *text) {
    size_t n = 0;
    for (; *text; text++) n += ((unsigned char)*text & 0xC0) != 0x80;
    return n;
}

const char *tern__cut_text(const char *text, size_t characters, char out[TERN__CUT]) {
    size_t used = 0, n = 0;
    bool cut = tern__characters(text) > characters;
    for (const char *c = text; *c; c++) {
        bool begins = ((unsigned char)*c & 0xC0) != 0x80;
        if ((begins && cut && n + 1 >= characters) || (begins && used + 8 > TERN__CUT)) break;
        n += begins;
        if (used + 8 <= TERN__CUT) out[used++] = *c;
    }
    strcpy(out + used, cut ? "…" : "");
    return out;
}

const char *tern__column_title(const char *text, char out[TERN__CUT]) {
    char cut[TERN__CUT];
    tern__cut_text(text, 36, cut);
    snprintf(out, TERN__CUT, ">%.*s", TERN__CUT - 2, cut);
    return out;
}

const char *tern__legend_key(tern__mark mark) {
    static const char *const drawn[] = {"<path d=\"M1 6H23\"/>", "<circle cx=\"12\" cy=\"6\" r=\"4\"/>",
                                        "<path d=\"M1 6H23\"/>", "<path class=\"box\" d=\"M3 11V1H21V11Z\"/>",
                                        "<path d=\"M1 6H23\"/><circle cx=\"12\" cy=\"6\" r=\"3\"/>"};
    return drawn[mark];
}

void tern__legend(tern__page *p, size_t n, const tern__series *series) {
    char color[16];
    size_t names = 0;
    for (size_t i = 0; i < n; i++) names += series[i].name != NULL;
    if (names < 2) return;
    tern__page_add(p, "<ul class=\"legend\">");
    for (size_t i = 0; i < n; i++) {
        const tern__series *s = &series[i];
        if (!s->name) continue;
        tern__page_add(p, "<li><svg class=\"key %s\" viewBox=\"0 0 24 12\" aria-hidden=\"true\">%s</svg>",
                       tern__color_class(s->color, s->dashed, color), tern__legend_key(s->mark));
        tern__page_text(p, s->name);
        tern__page_add(p, "</li>");
    }
    tern__page_add(p, "</ul>\n");
}

void tern__key_cell(tern__page *p, const char *name, size_t color) {
    char class[16];
    tern__page_add(p, "<td class=\"named\"><svg class=\"key %s\" viewBox=\"0 0 24 12\" aria-hidden=\"true\">",
                   tern__color_class(color, false, class));
    tern__page_add(p, "<path d=\"M1 6H23\"/></svg> ");
    tern__page_text(p, name);
    tern__page_add(p, "</td>");
}

/* ---- bars ---- */

enum { BAR = 13, GAP = 9, BARS_TOP = 6, BARS_BOTTOM = 46 };

typedef struct bar_frame {
    tern__axis axis;
    double left, right, height;
    size_t letters; /* of a name that there is room for */
} bar_frame;

static double bar_x(const bar_frame *f, double value) {
    return f->left + tern__axis_place(&f->axis, value) * (f->right - f->left);
}

static bar_frame fit_bars(const tern__bars *b) {
    bar_frame f = {.axis = {.zero = true}, .right = TERN__PLOT_WIDTH - 22, .letters = 1};
    tern__range range = {INFINITY, -INFINITY, true};
    size_t n = b->n * b->rows;
    tern__range_add(&range, n, b->value);
    for (size_t i = 0; b->spread && i < n; i++) {
        double ends[2] = {b->value[i] - b->spread[i], b->value[i] + b->spread[i]};
        tern__range_add(&range, 2, ends);
    }
    tern__axis_fit(&f.axis, &range);
    for (size_t i = 0; i < b->rows; i++) {
        size_t letters = tern__characters(b->name[i]);
        if (letters > f.letters) f.letters = letters;
    }
    if (f.letters > 20) f.letters = 20;
    f.left = 10 + TERN__LETTER * (double)f.letters;
    f.height = BARS_TOP + (double)b->rows * (double)(b->n * BAR + GAP);
    return f;
}

static void draw_bar(tern__page *p, const tern__bars *b, const bar_frame *f, size_t row, size_t k) {
    char color[16], number[TERN__SHORT_NUMBER];
    double value = b->value[k * b->rows + row], spread = b->spread ? b->spread[k * b->rows + row] : 0;
    double top = BARS_TOP + (double)(row * (b->n * BAR + GAP) + k * BAR) + GAP / 2.0;
    double from = fmin(bar_x(f, 0), bar_x(f, value)), wide = fabs(bar_x(f, value) - bar_x(f, 0));
    if (!isfinite(value)) return;
    tern__page_add(p, "<g class=\"bar %s\"><rect x=\"%.1f\" y=\"%.1f\" width=\"%.1f\" height=\"%d\"><title>",
                   tern__color_class(k, false, color), from, top, wide, BAR - 2);
    tern__page_text(p, b->name[row]);
    if (b->n > 1) tern__page_add(p, "\n"), tern__page_text(p, b->series[k]);
    tern__page_add(p, "\n");
    tern__page_text(p, b->x_label);
    tern__page_add(p, " %s", tern__short_number(value, 4, number));
    if (b->spread) tern__page_add(p, " ± %s", tern__short_number(spread, 2, number));
    tern__page_add(p, "</title></rect>");
    if (b->spread)
        tern__page_add(p, "<path class=\"whisker\" d=\"M%.1f %.1fH%.1f\"/>", bar_x(f, value - spread),
                       top + (BAR - 2) / 2.0, bar_x(f, value + spread));
    tern__page_add(p, "</g>");
}

static void draw_bar_axis(tern__page *p, const tern__bars *b, const bar_frame *f) {
    tern__ticks ticks;
    tern__axis_ticks(&f->axis, 5, &ticks);
    double free_from = 0;
    for (size_t i = 0; i < ticks.n; i++) {
        double at = bar_x(f, ticks.at[i]), half = TERN__LETTER * (double)strlen(ticks.text[i]) / 2;
        tern__page_add(p, "<path class=\"%s\" d=\"M%.1f %dV%.1f\"/>", ticks.at[i] == 0 ? "axis" : "line-of-grid", at,
                       BARS_TOP, f->height);
        if (at - half < free_from + 4 || at + half > TERN__PLOT_WIDTH) continue;
        free_from = at + half;
        tern__page_add(p, "<text class=\"x-tick\" x=\"%.1f\" y=\"%.1f\">%s</text>", at, f->height + 17, ticks.text[i]);
    }
    tern__page_add(p, "<text class=\"x-label\" x=\"%.1f\" y=\"%.1f\">", (f->left + f->right) / 2,
                   f->height + BARS_BOTTOM - 7);
    tern__page_text(p, b->x_label);
    tern__page_add(p, "</text>");
}

static void bar_numbers(tern__page *p, const tern__bars *b) {
    enum { COLUMNS = 32 };
    char title[COLUMNS][TERN__CUT];
    const char *titles[COLUMNS + 1] = {b->name_label};
    size_t each = b->spread ? 2 : 1, n = b->n * each <= COLUMNS ? b->n : COLUMNS / each;
    for (size_t k = 0; k < n * each; k++) {
        const char *name = b->n > 1 ? b->series[k / each] : b->x_label;
        titles[k + 1] = tern__column_title(k % each ? "±" : name, title[k]);
    }
    tern__page_numbers(p, n * each + 1, titles);
    for (size_t i = 0; i < b->rows; i++) {
        tern__page_row(p);
        tern__page_cell(p, b->name[i]);
        for (size_t k = 0; k < n; k++) {
            tern__page_cell_number(p, b->value[k * b->rows + i], 5);
            if (b->spread) tern__page_cell_number(p, b->spread[k * b->rows + i], 3);
        }
    }
}

void tern__bars_write(tern__page *p, const tern__bars *b) {
    bar_frame f = fit_bars(b);
    tern__series key[16] = {0};
    char name[TERN__CUT];
    for (size_t k = 0; k < b->n && k < 16; k++)
        key[k] = (tern__series){.name = b->series[k], .mark = TERN__BINS, .color = k};
    tern__page_figure(p, b->title, b->note);
    tern__legend(p, b->n < 16 ? b->n : 16, key);
    tern__page_add(p, "<svg class=\"plot\" viewBox=\"0 0 %d %.0f\" role=\"img\" aria-label=\"", TERN__PLOT_WIDTH,
                   f.height + BARS_BOTTOM);
    tern__page_text(p, b->title);
    tern__page_add(p, "\">");
    draw_bar_axis(p, b, &f);
    for (size_t i = 0; i < b->rows; i++) {
        double middle = BARS_TOP + ((double)i + 0.5) * (double)(b->n * BAR + GAP) + 4;
        tern__page_add(p, "<text class=\"y-tick\" x=\"%.1f\" y=\"%.1f\">", f.left - 6, middle);
        tern__page_text(p, tern__cut_text(b->name[i], f.letters, name));
        tern__page_add(p, "</text>");
        for (size_t k = 0; k < b->n; k++) draw_bar(p, b, &f, i, k);
    }
    tern__page_add(p, "</svg>\n");
    bar_numbers(p, b);
    tern__page_figure_end(p);
}

/* ---- a heat map ---- */

typedef struct heat_frame {
    double left, top, cell;
    size_t letters;
    bool counts; /* all fit into their cells */
} heat_frame;

static size_t row_sum(const tern__heat *h, size_t row) {
    size_t sum = 0;
    for (size_t k = 0; k < h->n; k++) sum += h->count[row * h->n + k];
    return sum;
}

static void draw_cell(tern__page *p, const tern__heat *h, const heat_frame *f, size_t row, size_t column) {
    size_t count = h->count[row * h->n + column], sum = row_sum(h, row);
    double share = sum ? (double)count / (double)sum : 0, x = f->left + (double)column * f->cell,
           y = f->top + (double)row * f->cell;
    char number[TERN__SHORT_NUMBER];
    tern__page_add(p, "<rect class=\"%s\" x=\"%.1f\" y=\"%.1f\" width=\"%.1f\" height=\"%.1f\" fill-opacity=\"%.3f\">",
                   row == column ? "right" : "wrong", x + 0.5, y + 0.5, f->cell - 1, f->cell - 1,
                   count ? 0.06 + 0.94 * sqrt(share) : 0);
    tern__page_add(p, "<title>");
    tern__page_text(p, h->name[row]);
    tern__page_add(p, row == column ? " taken for what it is: " : " taken for ");
    if (row != column) tern__page_text(p, h->name[column]), tern__page_add(p, ": ");
    tern__page_add(p, "%s of %zu, %.1f %%</title></rect>", tern__count_number(count, number), sum, 100 * share);
    if (!count || !f->counts) return;
    tern__page_add(p, "<text class=\"cell%s\" x=\"%.1f\" y=\"%.1f\">%zu</text>",
                   0.06 + 0.94 * sqrt(share) > 0.55 ? " on" : "", x + f->cell / 2, y + f->cell / 2 + 4, count);
}

/* A name below a column: as it is where all fit, else standing. */
static void draw_names(tern__page *p, const tern__heat *h, const heat_frame *f) {
    char name[TERN__CUT];
    bool flat = (double)f->letters * TERN__LETTER < f->cell - 2;
    double below = f->top + (double)h->n * f->cell;
    size_t every = f->cell < 12 ? (size_t)ceil(12 / f->cell) : 1;
    for (size_t k = 0; k < h->n; k += every) {
        double middle = ((double)k + 0.5) * f->cell, x = f->left + middle;
        tern__cut_text(h->name[k], f->letters, name);
        tern__page_add(p, "<text class=\"y-tick\" x=\"%.1f\" y=\"%.1f\">", f->left - 6, f->top + middle + 4);
        tern__page_text(p, name);
        if (flat) tern__page_add(p, "</text><text class=\"x-tick\" x=\"%.1f\" y=\"%.1f\">", x, below + 16);
        else
            tern__page_add(p,
                           "</text><text class=\"y-tick\" x=\"%.1f\" y=\"%.1f\" transform=\"rotate(-90 %.1f %.1f)\">",
                           x + 4, below + 6, x + 4, below + 6);
        tern__page_text(p, name);
        tern__page_add(p, "</text>");
    }
}

static void heat_numbers(tern__page *p, const tern__heat *h) {
    tern__page_numbers(p, 5, (const char *const[]){"true", "predicted", ">count", ">of the true class", ">of all"});
    size_t all = 0, shown = 0;
    for (size_t i = 0; i < h->n * h->n; i++) all += h->count[i];
    for (size_t i = 0; i < h->n * h->n && shown < 1000; i++) {
        size_t sum = row_sum(h, i / h->n);
        if (!h->count[i]) continue;
        shown++;
        tern__page_row(p);
        tern__page_cell(p, h->name[i / h->n]);
        tern__page_cell(p, h->name[i % h->n]);
        tern__page_cell_count(p, h->count[i]);
        tern__page_add(p, "<td class=\"n\">%.1f %%</td>", 100 * (double)h->count[i] / (double)sum);
        tern__page_add(p, "<td class=\"n\">%.1f %%</td>", 100 * (double)h->count[i] / (double)all);
    }
}

enum { HEAT_SIDE = 340 };

void tern__heat_write(tern__page *p, const tern__heat *h) {
    heat_frame f = {.top = 22, .letters = 1};
    for (size_t i = 0; i < h->n; i++) {
        size_t letters = tern__characters(h->name[i]);
        if (letters > f.letters) f.letters = letters;
    }
    if (f.letters > 12) f.letters = 12;
    double names = 12 + TERN__LETTER * (double)f.letters;
    f.left = names;
    f.cell = fmin(HEAT_SIDE, TERN__PLOT_WIDTH - names - 6) / (double)h->n; /* as high as the curves beside it */
    f.left += (TERN__PLOT_WIDTH - names - 6 - f.cell * (double)h->n) / 2;
    size_t most = 0;
    char number[TERN__SHORT_NUMBER];
    for (size_t i = 0; i < h->n * h->n; i++) most = h->count[i] > most ? h->count[i] : most;
    f.counts = snprintf(number, sizeof number, "%zu", most) * (double)TERN__LETTER < f.cell - 1;
    bool flat = (double)f.letters * TERN__LETTER < f.cell - 2;
    double height = f.top + f.cell * (double)h->n + (flat ? 22 : names) + 22;
    tern__page_figure(p, h->title, h->note);
    tern__page_add(p, "<svg class=\"plot\" viewBox=\"0 0 %d %.0f\" role=\"img\" aria-label=\"", TERN__PLOT_WIDTH,
                   height);
    tern__page_text(p, h->title);
    tern__page_add(p,
                   "\"><text class=\"y-label\" x=\"0\" y=\"13\">true class</text>"
                   "<text class=\"x-label\" x=\"%.1f\" y=\"%.1f\">predicted class</text>",
                   f.left + f.cell * (double)h->n / 2, height - 6);
    for (size_t i = 0; i < h->n; i++)
        for (size_t k = 0; k < h->n; k++) draw_cell(p, h, &f, i, k);
    draw_names(p, h, &f);
    tern__page_add(p, "</svg>\n");
    heat_numbers(p, h);
    tern__page_figure_end(p);
}
