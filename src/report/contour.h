/* contour.h - lines along which numbers over a plane have one value, as on a map. */
#ifndef TERN_REPORT_CONTOUR_H
#define TERN_REPORT_CONTOUR_H

#include <tern/base.h>

/* Numbers over a plane, on the points of a grid whose outermost lie on the plane's borders. */
typedef struct tern__field {
    size_t columns, rows; /* 2 or more of each */
    const double *value;  /* [rows][columns], the lowest row first; NAN: nothing is drawn beside it */
    size_t levels;
    const double *level; /* [levels] at which there are lines, rising */
} tern__field;

/* Calls `piece` with each straight piece of a level's lines: (x, y) of both ends, 0 .. 1 from border to border. */
void tern__contour(const tern__field *f, double level,
                   void (*piece)(void *to, const double from[2], const double end[2]), void *to);

#endif
