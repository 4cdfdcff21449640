/* contour.c - contour lines by marching triangles: each cell of the grid is two triangles, and a line crosses a
 * triangle along one straight piece or not at all, so that no case is ambiguous. */
#include "contour.h"

#include <math.h>

typedef struct corner {
    double at[2], value;
} corner;

static corner corner_of(const tern__field *f, size_t row, size_t column) {
    return (corner){{(double)column / (double)(f->columns - 1), (double)row / (double)(f->rows - 1)},
                    f->value[row * f->columns + column]};
}

/* Where the level lies between two corners; false: not between them. */
static bool crossing(const corner *a, const corner *b, double level, double out[2]) {
    if ((a->value < level) == (b->value < level)) return false;
    double t = (level - a->value) / (b->value - a->value);
    for (size_t i = 0; i < 2; i++) out[i] = a->at[i] + t * (b->at[i] - a->at[i]);
    return true;
}

void tern__contour(const tern__field *f, double level,
                   void (*piece)(void *to, const double from[2], const double end[2]), void *to) {
    for (size_t row = 0; row + 1 < f->rows; row++)
        for (size_t column = 0; column + 1 < f->columns; column++)
            for (size_t half = 0; half < 2; half++) { /* below the diagonal, above it */
                corner of[3] = {corner_of(f, row, column), corner_of(f, row + 1, column + 1),
                                corner_of(f, row + half, column + 1 - half)};
                double ends[2][2];
                size_t n = 0;
                if (!isfinite(of[0].value) || !isfinite(of[1].value) || !isfinite(of[2].value)) continue;
                for (size_t i = 0; i < 3 && n < 2; i++) n += crossing(&of[i], &of[(i + 1) % 3], level, ends[n]);
                if (n == 2) piece(to, ends[0], ends[1]);
            }
}
