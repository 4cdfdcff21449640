/* plot.c - curves of dots; see plot.h. */
#include "plot.h"

#include "memory.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { LABEL = 9, ROWS = 12, LEAST_ROWS = 4, MOST_COLUMNS = 100, LEAST_COLUMNS = 20, SPARE_ROWS = 9 };

static const char *const curve_name[PLOT_CURVES] = {"training", "validation"};
static const char *const colour[PLOT_CURVES] = {"\033[34m", "\033[33m"};

plot plot_begin(const progress *bar) {
    const char *term = getenv("TERM");
    bool dumb = bar->terminal && (!term || !*term || !strcmp(term, "dumb"));
    return (plot){.to = bar->to,
                  .terminal = bar->terminal && !dumb,
                  .braille = speaks_utf8() && !dumb,
                  .coloured = bar->terminal && takes_colour(bar->to)};
}

static bool grow(plot *p) {
    if (p->n < p->capacity) return true;
    size_t capacity = p->capacity ? 2 * p->capacity : 64;
    double **array[] = {&p->epoch, &p->loss[0], &p->loss[1]};
    for (size_t i = 0; i < 3; i++) {
        double *grown = tern__realloc(*array[i], p->n, capacity, sizeof *grown, NULL);
        if (!grown) return false;
        *array[i] = grown;
    }
    p->capacity = capacity;
    return true;
}

/* ---- the canvas: a grid of dots, of which a character holds some ---- */

typedef struct canvas {
    size_t columns, rows, wide, high; /* characters; dots in each */
    unsigned char *dots, *owner;      /* [rows][columns] bits of dots, of curves */
    double low, high_end, first, last;
    bool log;
} canvas;

static double level(const canvas *c, double loss) { return c->log ? log(loss) : loss; }

static void set_dot(canvas *c, size_t x, size_t y, size_t curve) {
    /* Braille counts its dots downwards in two columns, but the last row came later. */
    static const unsigned char bit[4][2] = {{1, 8}, {2, 16}, {4, 32}, {64, 128}};
    size_t at = y / c->high * c->columns + x / c->wide;
    c->dots[at] |= c->wide == 2 ? bit[y % 4][x % 2] : 1;
    c->owner[at] |= (unsigned char)(1u << curve);
}

static double dot_x(const canvas *c, double epoch) {
    double range = c->last > c->first ? c->last - c->first : 1;
    return (epoch - c->first) / range * (double)(c->columns * c->wide - 1);
}

static double dot_y(const canvas *c, double loss) {
    double range = level(c, c->high_end) - level(c, c->low);
    double up = range > 0 ? (level(c, loss) - level(c, c->low)) / range : 0.5;
    return (1 - up) * (double)(c->rows * c->high - 1);
}

/* From one point to the next, dot by dot; training is dashed, so that curves are told apart without colours. */
static void draw_segment(canvas *c, double x0, double y0, double x1, double y1, size_t curve) {
    size_t steps = (size_t)fmax(fmax(fabs(x1 - x0), fabs(y1 - y0)), 1);
    for (size_t i = 0; i <= steps; i++) {
        double part = (double)i / (double)steps;
        size_t x = (size_t)lround(x0 + part * (x1 - x0)), y = (size_t)lround(y0 + part * (y1 - y0));
        if (curve || x / (2 * c->wide) % 2 == 0) set_dot(c, x, y, curve);
    }
}

static bool is_drawn(const canvas *c, double loss) { return isfinite(loss) && (!c->log || loss > 0); }

static void draw_curve(canvas *c, const plot *p, size_t curve) {
    const double *y = p->loss[curve];
    for (size_t i = 0; i < p->n; i++) {
        if (!is_drawn(c, y[i])) continue;
        size_t from = i && is_drawn(c, y[i - 1]) ? i - 1 : i;
        draw_segment(c, dot_x(c, p->epoch[from]), dot_y(c, y[from]), dot_x(c, p->epoch[i]), dot_y(c, y[i]), curve);
    }
}

/* Losses that fall more than tenfold are on a logarithmic axis. */
static bool fit(canvas *c, const plot *p) {
    c->low = INFINITY, c->high_end = -INFINITY;
    for (size_t k = 0; k < PLOT_CURVES; k++)
        for (size_t i = 0; i < p->n; i++) {
            if (!isfinite(p->loss[k][i])) continue;
            c->low = fmin(c->low, p->loss[k][i]);
            c->high_end = fmax(c->high_end, p->loss[k][i]);
        }
    c->log = c->low > 0 && c->high_end > 10 * c->low;
    c->first = p->epoch[0], c->last = p->epoch[p->n - 1];
    return c->low <= c->high_end;
}

/* ---- printing ---- */

static void print_cell(const plot *p, const canvas *c, size_t at) {
    static const char letter[] = {' ', 't', 'v', '*'}; /* of both */
    unsigned char owner = c->owner[at], dots = c->dots[at];
    if (!p->braille) {
        fputc(letter[owner], p->to);
        return;
    }
    /* U+2800 and the dots, as UTF-8. */
    if (p->coloured && owner) fputs(colour[owner > 1], p->to);
    if (owner) fprintf(p->to, "\xe2%c%c", 0xA0 + (dots >> 6), 0x80 + (dots & 63));
    else fputc(' ', p->to);
    if (p->coloured && owner) fputs("\033[0m", p->to);
}

static void print_rows(const plot *p, const canvas *c) {
    for (size_t r = 0; r < c->rows; r++) {
        double middle = c->log ? sqrt(c->low * c->high_end) : (c->low + c->high_end) / 2;
        bool named = r == 0 || r + 1 == c->rows || r == c->rows / 2;
        double loss = r == 0 ? c->high_end : r + 1 == c->rows ? c->low : middle;
        if (named) fprintf(p->to, "%*.3g %s", LABEL - 2, loss, p->braille ? "┤" : "|");
        else fprintf(p->to, "%*s %s", LABEL - 2, "", p->braille ? "│" : "|");
        for (size_t k = 0; k < c->columns; k++) print_cell(p, c, r * c->columns + k);
        fputc('\n', p->to);
    }
}

static void print_axis(const plot *p, const canvas *c) {
    char last[24];
    int digits = snprintf(last, sizeof last, "%.0f", c->last);
    fprintf(p->to, "%*s%s", LABEL - 1, "", p->braille ? "└" : "+");
    for (size_t k = 0; k < c->columns; k++) fputs(p->braille ? "─" : "-", p->to);
    fprintf(p->to, "\n%*s%-*.0f%s\n", LABEL, "", (int)c->columns - digits, c->first, last);
    fprintf(p->to, "%*sloss%s by epoch:", LABEL, "", c->log ? " (log scale)" : "");
    for (size_t k = 0; k < PLOT_CURVES; k++) {
        bool there = false;
        for (size_t i = 0; i < p->n; i++) there = there || isfinite(p->loss[k][i]);
        const char *mark = !p->braille ? (k ? "v" : "t") : k ? "⠒⠒⠒" : "⠒ ⠒";
        if (there)
            fprintf(p->to, "  %s%s%s %s", p->coloured ? colour[k] : "", mark, p->coloured ? "\033[0m" : "",
                    curve_name[k]);
    }
    fputc('\n', p->to);
}

static void draw(plot *p) {
    size_t width = terminal_columns(p->to), height = terminal_rows(p->to);
    canvas c = {.wide = p->braille ? 2 : 1, .high = p->braille ? 4 : 1};
    if (!p->n || !fit(&c, p) || width < LABEL + LEAST_COLUMNS || height < LEAST_ROWS + SPARE_ROWS) return;
    c.columns = width - LABEL < MOST_COLUMNS ? width - LABEL : MOST_COLUMNS;
    c.rows = height - SPARE_ROWS < ROWS ? height - SPARE_ROWS : ROWS;
    c.dots = tern__alloc(2 * c.rows, c.columns, NULL);
    if (!c.dots) return;
    c.owner = c.dots + c.rows * c.columns;
    for (size_t k = 0; k < PLOT_CURVES; k++) draw_curve(&c, p, k);
    print_rows(p, &c);
    print_axis(p, &c);
    p->lines = c.rows + 3;
    tern__free(c.dots);
}

static void add(plot *p, const tern_progress *now) {
    p->failed = p->failed || !grow(p);
    if (p->failed) return;
    p->epoch[p->n] = (double)now->epoch;
    p->loss[0][p->n] = now->train ? now->train->loss : (double)NAN;
    p->loss[1][p->n++] = now->valid ? now->valid->loss : (double)NAN;
}

void plot_epoch(plot *p, progress *bar, const tern_progress *now) {
    add(p, now);
    progress_clear(bar);
    if (p->lines) fprintf(p->to, "\r\033[%zuA\033[J", p->lines);
    p->lines = 0;
    if (p->terminal) draw(p);
    size_t lines = progress_epoch(bar, now);
    if (p->lines) p->lines += lines;
}

void plot_end(plot *p, bool show) {
    if (show && p->to && !p->terminal) draw(p);
    tern__free(p->epoch);
    tern__free(p->loss[0]);
    tern__free(p->loss[1]);
}
