/* plot.c - curves, points, paths and histograms between two axes; see plot.h. */
#include "plot.h"

#include <math.h>
#include <string.h>

enum { HEIGHT = 280, SQUARE = 420, TOP = 26, BOTTOM = 46, HOVERS = 60, VERTICES = 500, POINTS = 1500, ROWS = 250 };

/* A plot being drawn: the box of its axes. */
typedef struct frame {
    tern__page *p;
    tern__axis x, y;
    tern__ticks x_ticks, y_ticks;
    double left, right, top, bottom, height;
    bool still;
} frame;

static double px(const frame *f, double x) { return f->left + tern__axis_place(&f->x, x) * (f->right - f->left); }
static double py(const frame *f, double y) { return f->bottom - tern__axis_place(&f->y, y) * (f->bottom - f->top); }

static bool inside(const frame *f, double x, double y) {
    double a = tern__axis_place(&f->x, x), b = tern__axis_place(&f->y, y);
    return a >= -1e-6 && a <= 1 + 1e-6 && b >= -1e-6 && b <= 1 + 1e-6;
}

/* ---- axes ---- */

double tern__plot_height(const tern__plot *plot) { return plot->square ? SQUARE : HEIGHT; }

static void fit_axes(frame *f, const tern__plot *plot) {
    tern__range x = {INFINITY, -INFINITY, true}, y = x;
    for (size_t i = 0; i < plot->n; i++) {
        const tern__series *s = &plot->series[i];
        tern__range_add(&x, s->n + (s->mark == TERN__BINS && s->n), s->x);
        tern__range_add(&y, s->n, s->y);
        if (s->low) tern__range_add(&y, s->n, s->low), tern__range_add(&y, s->n, s->high);
    }
    f->x = plot->x, f->y = plot->y;
    tern__axis_fit(&f->x, &x);
    tern__axis_fit(&f->y, &y);
    tern__axis_ticks(&f->x, 6, &f->x_ticks);
    tern__axis_ticks(&f->y, 5, &f->y_ticks);
    size_t widest = 1;
    for (size_t i = 0; i < f->y_ticks.n; i++) widest = (size_t)fmax((double)widest, (double)strlen(f->y_ticks.text[i]));
    f->left = 12 + TERN__LETTER * (double)widest;
    f->right = TERN__PLOT_WIDTH - 16;
    f->height = tern__plot_height(plot);
    f->top = TOP, f->bottom = f->height - BOTTOM;
}

static void draw_axes(const frame *f, const tern__plot *plot) {
    tern__page *p = f->p;
    tern__page_add(p, "<g class=\"grid-lines\">");
    for (size_t i = 0; i < f->y_ticks.n; i++)
        tern__page_add(p, "<path d=\"M%.1f %.1fH%.1f\"/>", f->left, py(f, f->y_ticks.at[i]), f->right);
    tern__page_add(p, "</g><path class=\"axis\" d=\"M%.1f %.1fH%.1f\"/>", f->left, f->bottom, f->right);
    if (plot->zero_line && inside(f, f->x.least, 0))
        tern__page_add(p, "<path class=\"axis\" d=\"M%.1f %.1fH%.1f\"/>", f->left, py(f, 0), f->right);
    for (size_t i = 0; i < f->y_ticks.n; i++)
        tern__page_add(p, "<text class=\"y-tick\" x=\"%.1f\" y=\"%.1f\">%s</text>", f->left - 6,
                       py(f, f->y_ticks.at[i]) + 4, f->y_ticks.text[i]);
    double free_from = -INFINITY; /* where the label before ends */
    for (size_t i = 0; i < f->x_ticks.n; i++) {
        double at = px(f, f->x_ticks.at[i]), half = TERN__LETTER * (double)strlen(f->x_ticks.text[i]) / 2;
        tern__page_add(p, "<path class=\"axis\" d=\"M%.1f %.1fv4\"/>", at, f->bottom);
        if (at - half < free_from + 4 || at + half > TERN__PLOT_WIDTH) continue;
        free_from = at + half;
        tern__page_add(p, "<text class=\"x-tick\" x=\"%.1f\" y=\"%.1f\">%s</text>", at, f->bottom + 18,
                       f->x_ticks.text[i]);
    }
    tern__page_add(p, "<text class=\"y-label\" x=\"0\" y=\"13\">");
    tern__page_text(p, f->y.label);
    tern__page_add(p, "%s</text><text class=\"x-label\" x=\"%.1f\" y=\"%.1f\">", f->y.log ? " (log scale)" : "",
                   (f->left + f->right) / 2, f->height - 7);
    tern__page_text(p, f->x.label);
    tern__page_add(p, "%s</text>", f->x.log ? " (log scale)" : "");
}

static void draw_marks(const frame *f, const tern__plot *plot) {
    char color[16];
    size_t drawn = 0;
    for (size_t i = 0; i < plot->marks; i++) {
        if (isnan(plot->mark_at[i])) continue;
        drawn++;
        tern__page_add(f->p, "<path class=\"mark %s\" d=\"M%.1f %.1fV%.1f\"/>",
                       plot->marks > 1 ? tern__color_class(i, false, color) : "", px(f, plot->mark_at[i]), f->top,
                       f->bottom);
    }
    if (!drawn) return;
    tern__page_add(f->p, "<text class=\"mark-name\" x=\"%.1f\" y=\"13\">", f->right);
    tern__page_text(f->p, plot->mark_name);
    tern__page_add(f->p, "</text>");
}

static void draw_piece(void *to, const double from[2], const double end[2]) {
    const frame *f = to;
    double width = f->right - f->left, height = f->bottom - f->top;
    tern__page_add(f->p, "M%.1f %.1fL%.1f %.1f", f->left + from[0] * width, f->bottom - from[1] * height,
                   f->left + end[0] * width, f->bottom - end[1] * height);
}

/* The lower a contour, the stronger its line. */
static void draw_contours(frame *f, const tern__field *field) {
    for (size_t i = 0; i < field->levels; i++) {
        double strength = 1 - 0.7 * (double)i / (double)field->levels;
        tern__page_add(f->p, "<path class=\"contour\" stroke-opacity=\"%.2f\" d=\"", strength);
        tern__contour(field, field->level[i], draw_piece, f);
        tern__page_add(f->p, "\"/>");
    }
}

/* ---- series ---- */

/* A curve of more points than can be seen goes through the least and the largest of as many stretches. */
static void draw_line(const frame *f, const tern__series *s) {
    bool pen = false;
    size_t step = s->n > VERTICES ? 2 * s->n / VERTICES : 1;
    for (size_t begin = 0; begin < s->n; begin += step) {
        size_t end = begin + step < s->n ? begin + step : s->n, low = begin, high = begin;
        for (size_t i = begin; i < end; i++) {
            if (s->y[i] < s->y[low] || isnan(s->y[low])) low = i;
            if (s->y[i] > s->y[high] || isnan(s->y[high])) high = i;
        }
        size_t at[2] = {low < high ? low : high, low < high ? high : low};
        for (size_t k = 0; k < (at[0] == at[1] ? 1 : 2); k++) {
            double x = s->x[at[k]], y = s->y[at[k]];
            bool there = isfinite(x) && isfinite(y) && inside(f, x, y);
            if (there && pen && s->mark == TERN__STAIRS) tern__page_add(f->p, "V%.1fH%.1f", py(f, y), px(f, x));
            else if (there) tern__page_add(f->p, "%s%.1f %.1f", pen ? "L" : "M", px(f, x), py(f, y));
            pen = there;
        }
    }
}

/* Between the two edges, as far as both are there. */
static void draw_band(const frame *f, const tern__series *s) {
    for (size_t begin = 0, end; begin < s->n; begin = end + 1) {
        for (end = begin; end < s->n && isfinite(s->low[end]) && isfinite(s->high[end]);) end++;
        if (end < begin + 2) continue;
        tern__page_add(f->p, "<path class=\"band\" d=\"");
        for (size_t i = begin; i < end; i++)
            tern__page_add(f->p, "%s%.1f %.1f", i > begin ? "L" : "M", px(f, s->x[i]), py(f, s->high[i]));
        for (size_t i = end; i-- > begin;) tern__page_add(f->p, "L%.1f %.1f", px(f, s->x[i]), py(f, s->low[i]));
        tern__page_add(f->p, "Z\"/>");
    }
}

static void draw_bins(const frame *f, const tern__series *s) {
    double floor = f->y.log ? f->bottom : py(f, fmax(f->y.least, 0));
    tern__page_add(f->p, "M%.1f %.1f", px(f, s->x[0]), floor);
    for (size_t i = 0; i < s->n; i++)
        tern__page_add(f->p, "V%.1fH%.1f", f->y.log && s->y[i] <= 0 ? floor : py(f, s->y[i]), px(f, s->x[i + 1]));
    tern__page_add(f->p, "V%.1f", floor);
}

static void hover_title(const frame *f, const tern__series *s, size_t i) {
    char x[TERN__SHORT_NUMBER], x2[TERN__SHORT_NUMBER], y[TERN__SHORT_NUMBER];
    tern__page_add(f->p, "<title>");
    if (s->name) {
        tern__page_text(f->p, s->name);
        tern__page_add(f->p, "\n");
    }
    if (s->hover) {
        tern__page_text(f->p, s->hover[i]);
        tern__page_add(f->p, "\n");
    }
    tern__page_text(f->p, f->x.label);
    tern__page_add(f->p, " %s", tern__short_number(s->x[i], 5, x));
    if (s->mark == TERN__BINS) tern__page_add(f->p, " to %s", tern__short_number(s->x[i + 1], 5, x2));
    tern__page_add(f->p, ", ");
    tern__page_text(f->p, f->y.label);
    tern__page_add(f->p, " %s</title>", tern__short_number(s->y[i], 5, y));
}

/* What is hovered over: the points themselves, or places on a curve that show when the pointer comes near. */
static void draw_hovers(const frame *f, const tern__series *s) {
    bool points = s->mark == TERN__POINTS || s->mark == TERN__PATH;
    if (f->still && !points) return;
    size_t most = points ? POINTS : HOVERS, step = (s->n + most - 1) / most;
    for (size_t i = 0; i < s->n; i += step ? step : 1) {
        if (!isfinite(s->y[i]) || !isfinite(s->x[i]) || !inside(f, s->x[i], s->y[i])) continue;
        if (s->mark == TERN__BINS) {
            double from = px(f, s->x[i]), to = px(f, s->x[i + 1]);
            tern__page_add(f->p, "<rect class=\"hover\" x=\"%.1f\" y=\"%.1f\" width=\"%.1f\" height=\"%.1f\">", from,
                           f->top, to - from, f->bottom - f->top);
        } else {
            tern__page_add(f->p, "<circle%s cx=\"%.1f\" cy=\"%.1f\" r=\"%s\">", points ? "" : " class=\"hover\"",
                           px(f, s->x[i]), py(f, s->y[i]), points ? "2.6" : "5");
        }
        if (!f->still) hover_title(f, s, i);
        tern__page_add(f->p, "</%s>", s->mark == TERN__BINS ? "rect" : "circle");
    }
}

static void draw_series(const frame *f, const tern__series *s) {
    static const char *const kind[] = {"line", "points", "line", "bins", "line path"};
    char color[16];
    size_t there = 0, one = 0;
    for (size_t i = 0; i < s->n; i++)
        if (isfinite(s->y[i])) there++, one = i;
    if (!there) return;
    tern__page_add(f->p, "<g class=\"%s %s\">", kind[s->mark], tern__color_class(s->color, s->dashed, color));
    if (s->low) draw_band(f, s);
    if (s->mark != TERN__POINTS) {
        tern__page_add(f->p, "<path class=\"drawn\" d=\"");
        if (s->mark == TERN__BINS) draw_bins(f, s);
        else draw_line(f, s);
        tern__page_add(f->p, "\"/>");
    }
    if (there == 1 && s->mark == TERN__LINE) /* a line of one point is none */
        tern__page_add(f->p, "<circle class=\"alone\" cx=\"%.1f\" cy=\"%.1f\" r=\"3\"/>", px(f, s->x[one]),
                       py(f, s->y[one]));
    draw_hovers(f, s);
    tern__page_add(f->p, "</g>");
}

/* ---- the numbers ---- */

static bool one_x(const tern__plot *plot) {
    for (size_t i = 1; i < plot->n; i++)
        if (plot->series[i].x != plot->series[0].x || plot->series[i].n != plot->series[0].n) return false;
    return plot->n > 0;
}

/* One row for each x where all series share it. */
static void write_wide(tern__page *p, const tern__plot *plot) {
    enum { COLUMNS = 24 };
    char title[COLUMNS][TERN__CUT];
    const char *titles[COLUMNS + 1];
    size_t n = plot->n < COLUMNS ? plot->n : COLUMNS, rows = plot->series[0].n, step = (rows + ROWS - 1) / ROWS;
    bool bins = plot->series[0].mark == TERN__BINS;
    titles[0] = plot->x.label;
    for (size_t i = 0; i < n; i++) {
        const char *name = plot->series[i].name ? plot->series[i].name : plot->y.label;
        titles[i + 1] = tern__column_title(name, title[i]);
    }
    tern__page_numbers(p, n + 1, titles);
    for (size_t r = 0; r < rows; r += step) {
        tern__page_row(p);
        tern__page_add(p, "<td>");
        tern__page_number(p, plot->series[0].x[r], 5);
        if (bins) tern__page_add(p, " to "), tern__page_number(p, plot->series[0].x[r + 1], 5);
        tern__page_add(p, "</td>");
        for (size_t i = 0; i < n; i++) tern__page_cell_number(p, plot->series[i].y[r], 5);
    }
}

static void write_long(tern__page *p, const tern__plot *plot) {
    char x[TERN__CUT], y[TERN__CUT];
    tern__page_numbers(
        p, 3, (const char *const[]){"", tern__column_title(plot->x.label, x), tern__column_title(plot->y.label, y)});
    size_t most = plot->n ? ROWS / plot->n + 1 : 1;
    for (size_t i = 0; i < plot->n; i++) {
        const tern__series *s = &plot->series[i];
        size_t step = (s->n + most - 1) / most;
        for (size_t r = 0; r < s->n; r += step) {
            tern__page_row(p);
            tern__page_cell(p, s->hover ? s->hover[r] : s->name ? s->name : "");
            tern__page_cell_number(p, s->x[r], 5);
            tern__page_cell_number(p, s->y[r], 5);
        }
    }
}

void tern__plot_draw(tern__page *p, const tern__plot *plot, bool still) {
    frame f = {.p = p, .still = still};
    fit_axes(&f, plot);
    draw_axes(&f, plot);
    if (plot->diagonal) {
        double low = fmax(f.x.least, f.y.least), high = fmin(f.x.most, f.y.most);
        tern__page_add(p, "<path class=\"diagonal\" d=\"M%.1f %.1fL%.1f %.1f\"/>", px(&f, low), py(&f, low),
                       px(&f, high), py(&f, high));
    }
    if (plot->field) draw_contours(&f, plot->field);
    draw_marks(&f, plot);
    for (size_t i = 0; i < plot->n; i++) draw_series(&f, &plot->series[i]);
}

void tern__plot_write(tern__page *p, const tern__plot *plot) {
    tern__page_figure(p, plot->title, plot->note);
    tern__legend(p, plot->n, plot->series);
    tern__page_add(p, "<svg class=\"plot\" viewBox=\"0 0 %d %.0f\" role=\"img\" aria-label=\"", TERN__PLOT_WIDTH,
                   tern__plot_height(plot));
    tern__page_text(p, plot->title);
    tern__page_add(p, "\">");
    tern__plot_draw(p, plot, false);
    tern__page_add(p, "</svg>\n");
    if (one_x(plot)) write_wide(p, plot);
    else write_long(p, plot);
    tern__page_figure_end(p);
}
