/* plot_file.c - a plot as an SVG file of its own: on a card, with its title, its legend and its colours; see plot.h. */
#include "file.h"
#include "memory.h"
#include "plot.h"
#include "style.h"

enum { MARGIN = 16, TITLE = 22, LINE = 20, KEY = 30, BETWEEN = 18 };

/* Names in as many lines as they need, and the height of these. */
static double add_legend(tern__page *p, const tern__plot *plot, double y) {
    char color[16];
    double x = 0, width = TERN__PLOT_WIDTH;
    size_t names = 0;
    for (size_t i = 0; i < plot->n; i++) names += plot->series[i].name != NULL;
    if (names < 2) return 0;
    double height = LINE;
    for (size_t i = 0; i < plot->n; i++) {
        const tern__series *s = &plot->series[i];
        if (!s->name) continue;
        double wide = KEY + TERN__LETTER * (double)tern__characters(s->name) + BETWEEN;
        if (x > 0 && x + wide - BETWEEN > width) x = 0, height += LINE;
        tern__page_add(p, "<g class=\"key %s\" transform=\"translate(%.1f %.1f)\">%s</g>",
                       tern__color_class(s->color, s->dashed, color), x, y + height - LINE, tern__legend_key(s->mark));
        tern__page_add(p, "<text x=\"%.1f\" y=\"%.1f\">", x + KEY, y + height - LINE + 10);
        tern__page_text(p, s->name);
        tern__page_add(p, "</text>");
        x += wide;
    }
    return height + 4;
}

static void add_picture(tern__page *p, const tern__plot *plot) {
    tern__page legend = {0};
    double legend_height = add_legend(&legend, plot, TITLE), top = TITLE + legend_height;
    double width = TERN__PLOT_WIDTH + 2 * MARGIN, height = top + tern__plot_height(plot) + 2 * MARGIN;
    tern__page_add(p,
                   "<svg xmlns=\"http://www.w3.org/2000/svg\" class=\"plot\" width=\"%.0f\" height=\"%.0f\" "
                   "viewBox=\"%d %d %.0f %.0f\" role=\"img\">\n<title>",
                   width, height, -MARGIN, -MARGIN, width, height);
    tern__page_text(p, plot->title);
    tern__page_add(p, "</title>\n<style>\n");
    tern__buffer_write(&p->html, picture_css, sizeof picture_css - 1);
    tern__page_add(p,
                   "</style>\n<rect class=\"card\" x=\"%.1f\" y=\"%.1f\" width=\"%.0f\" height=\"%.0f\" rx=\"8\"/>"
                   "<text class=\"title\" y=\"10\">",
                   0.5 - MARGIN, 0.5 - MARGIN, width - 1, height - 1);
    tern__page_text(p, plot->title);
    tern__page_add(p, "</text>");
    if (legend.html.text) tern__buffer_write(&p->html, legend.html.text, legend.html.length);
    p->html.failed |= legend.html.failed;
    tern__free(legend.html.text);
    tern__page_add(p, "\n<g transform=\"translate(0 %.0f)\">", top);
    tern__plot_draw(p, plot, true);
    tern__page_add(p, "</g></svg>\n");
}

tern_status tern__plot_save(const tern__plot *plot, const char *path, tern_error *err) {
    tern__page p = {0};
    tern__plain before = tern__plain_enter();
    add_picture(&p, plot);
    tern__plain_leave(before);
    tern__replace *file = NULL;
    tern_status status = TERN_ERROR_MEMORY;
    if (p.html.failed) tern_error_add(err, TERN_ERROR_MEMORY, NULL, "not enough memory for the picture");
    else if (!(file = tern__replace_open(path, err))) status = TERN_ERROR_IO;
    else {
        tern__replace_write(file, p.html.text, p.html.length);
        status = tern__replace_commit(file, err);
    }
    tern__free(p.html.text);
    return status;
}
