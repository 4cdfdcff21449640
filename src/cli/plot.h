/* plot.h - curves of the losses in a terminal: in braille characters, or in plain ones where those can't be shown. */
#ifndef TERN_CLI_PLOT_H
#define TERN_CLI_PLOT_H

#include "commands.h"

enum { PLOT_CURVES = 2 }; /* training and validation */

typedef struct plot {
    FILE *to;      /* NULL: quiet */
    bool terminal; /* drawn over and over; else once, at the end */
    bool braille, coloured;
    size_t lines; /* drawn at the moment */
    size_t n, capacity;
    double *epoch, *loss[PLOT_CURVES]; /* [n] validation: NAN where there is none */
    bool failed;                       /* memory was short: what came since is not drawn */
} plot;

/* A plot of what `bar` tells of. */
plot plot_begin(const progress *bar);

/* Adds an epoch, and prints its line. On a terminal the picture and the line before go, and these stand in their place.
 */
void plot_epoch(plot *p, progress *bar, const tern_progress *now);

/* Elsewhere draws the picture, if it is to be shown; frees in any case. */
void plot_end(plot *p, bool show);

#endif
