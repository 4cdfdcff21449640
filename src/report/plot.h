/* plot.h - pictures in SVG: curves, points, paths and histograms between two axes, bars, and a heat map. Each is a
 * figure of the page, with a legend, titles to hover over, and its numbers in a table below. */
#ifndef TERN_REPORT_PLOT_H
#define TERN_REPORT_PLOT_H

#include "axis.h"
#include "contour.h"
#include "page.h"

typedef enum tern__mark {
    TERN__LINE,
    TERN__POINTS,
    TERN__STAIRS, /* a line that changes at each x alone, as a precision-recall curve does */
    TERN__BINS,   /* a histogram: n bins between n + 1 edges, which are `x` */
    TERN__PATH    /* a line from point to point, each of which is seen: where something went step by step */
} tern__mark;

/* Colours that stay apart for the colour-blind, in light and in dark; further ones begin anew, dashed. Grey is for what
 * is only there to compare with. */
enum { TERN__COLORS = 8, TERN__GREY = 1 << 20 };

typedef struct tern__series {
    const char *name;
    tern__mark mark;
    size_t color; /* any number, or TERN__GREY */
    bool dashed;
    size_t n;
    const double *x, *y;
    const double *low, *high; /* [n] a band around it; NULL: none */
    const char *const *hover; /* [n] what a title says beside the numbers; NULL: nothing */
} tern__series;

typedef struct tern__plot {
    const char *title, *note;
    tern__axis x, y;
    size_t n;
    const tern__series *series;
    bool diagonal; /* a thin line from corner to corner, where y = x */
    bool zero_line;
    bool square;  /* about as high as wide */
    size_t marks; /* vertical lines, each in a colour, and what they are */
    const double *mark_at;
    const char *mark_name;
    const tern__field *field; /* its contours lie below all else; NULL: none. It reaches from end to end of both axes */
} tern__plot;

void tern__plot_write(tern__page *p, const tern__plot *plot);

/* The same as an SVG file of its own, without its numbers and titles to hover over: for pages that show it as an image.
 * Errors: IO, MEMORY. */
tern_status tern__plot_save(const tern__plot *plot, const char *path, tern_error *err);

/* Bars from 0, lying, one group of `n` for each of `rows` names; `spread` (NULL: none) is drawn as a whisker. */
typedef struct tern__bars {
    const char *title, *note, *x_label, *name_label;
    size_t rows, n;
    const char *const *name;   /* [rows] */
    const char *const *series; /* [n] */
    const double *value;       /* [n][rows] */
    const double *spread;      /* [n][rows] */
} tern__bars;
void tern__bars_write(tern__page *p, const tern__bars *bars);

/* Counts of true class (row) by predicted class (column), each coloured by its share of the row. */
typedef struct tern__heat {
    const char *title, *note;
    size_t n;
    const char *const *name; /* [n] */
    const size_t *count;     /* [n][n] */
} tern__heat;
void tern__heat_write(tern__page *p, const tern__heat *heat);

/* What a plot draws inside of an <svg> as wide as TERN__PLOT_WIDTH, and how high that is. `still`: nothing to hover
 * over. */
double tern__plot_height(const tern__plot *plot);
void tern__plot_draw(tern__page *p, const tern__plot *plot, bool still);

/* ---- what the three share ---- */

enum {
    TERN__PLOT_WIDTH = 440,
    TERN__LETTER = 8
}; /* TERN__LETTER: how wide a character is at most, about, also on a phone */

/* The class of a colour: "c3", "c3 dashed", "grey". */
const char *tern__color_class(size_t color, bool dashed, char out[16]);

/* A table's cell with a name, and the line that it is drawn with. */
void tern__key_cell(tern__page *p, const char *name, size_t color);
/* How a series is drawn in a legend, 24 wide and 12 high. */
const char *tern__legend_key(tern__mark mark);

/* A legend; nothing where there is only one name. */
void tern__legend(tern__page *p, size_t n, const tern__series *series);

/* Text cut to so many characters, with "…" where something is missing. */
enum { TERN__CUT = 160 };
const char *tern__cut_text(const char *text, size_t characters, char out[TERN__CUT]);

/* The same as the title of a column of numbers. */
const char *tern__column_title(const char *text, char out[TERN__CUT]);
size_t tern__characters(const char *text);

#endif
