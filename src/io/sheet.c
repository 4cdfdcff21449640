/* sheet.c - pictures side by side in one, for a person to look at; see tern/save.h. */
#include "image.h"
#include "memory.h"

#include <tern/save.h>

#include <math.h>
#include <string.h>

enum { MARGIN = 2, LEAST_SIDE = 64, GROUND = 96, MOST_BYTES = 1 << 28 };

/* How the sheet is laid out. */
typedef struct layout {
    size_t n, channels, height, width; /* of a sample */
    size_t columns, rows, factor;      /* each pixel becomes factor times factor */
    double least, range;               /* of all numbers that are finite */
} layout;

static void find_range(const tern_tensor *x, layout *l) {
    double most = -(double)INFINITY;
    l->least = (double)INFINITY;
    for (size_t i = 0, n = tern_tensor_count(x); i < n; i++) {
        double v = (double)x->data[i];
        if (isfinite(v)) l->least = fmin(l->least, v), most = fmax(most, v);
    }
    l->range = most > l->least ? most - l->least : 1;
}

static bool lay_out(const tern_tensor *x, layout *l) {
    size_t rank = x->shape.rank;
    const size_t *dim = x->shape.dim;
    if (rank < 3 || rank > 4) return false;
    *l = (layout){dim[0], rank == 4 ? dim[1] : 1, dim[rank - 2], dim[rank - 1], 1, 1, 1, 0, 1};
    if (!l->n || (l->channels != 1 && l->channels != 3)) return false;
    while (l->columns * l->columns < l->n) l->columns++;
    l->rows = (l->n + l->columns - 1) / l->columns;
    while (l->factor * (l->height > l->width ? l->height : l->width) < LEAST_SIDE) l->factor++;
    find_range(x, l);
    return true;
}

static void draw(const layout *l, const tern_real *x, size_t at, tern__image *sheet) {
    size_t top = MARGIN + at / l->columns * (l->height * l->factor + MARGIN),
           left = MARGIN + at % l->columns * (l->width * l->factor + MARGIN);
    for (size_t i = 0; i < l->height * l->factor; i++)
        for (size_t j = 0; j < l->width * l->factor; j++)
            for (size_t c = 0; c < l->channels; c++) {
                double v = (double)x[(c * l->height + i / l->factor) * l->width + j / l->factor];
                double shade = isfinite(v) ? (v - l->least) / l->range * 255 : 0;
                sheet->pixel[((top + i) * sheet->width + left + j) * l->channels + c] = (unsigned char)lround(shade);
            }
}

tern_status tern_sheet_save(const tern_tensor *x, const char *path, tern_error *err) {
    layout l;
    char shape[TERN_SHAPE_TEXT];
    if (!lay_out(x, &l))
        return tern_error_add(err, TERN_ERROR_USAGE, NULL,
                              "%s are no pictures; accepted are [n, height, width], and [n, 1 or 3, height, width]",
                              tern_shape_text(&x->shape, shape));
    tern__image sheet = {.width = MARGIN + l.columns * (l.width * l.factor + MARGIN),
                         .height = MARGIN + l.rows * (l.height * l.factor + MARGIN),
                         .channels = l.channels};
    if (sheet.width > MOST_BYTES / sheet.height / l.channels)
        return tern_error_add(err, TERN_ERROR_USAGE, NULL, "%zu pictures of %zu by %zu are too many for a sheet", l.n,
                              l.width, l.height);
    size_t bytes = sheet.width * sheet.height * l.channels;
    if (!(sheet.pixel = tern__alloc(bytes, 1, err))) return TERN_ERROR_MEMORY;
    memset(sheet.pixel, GROUND, bytes);
    for (size_t i = 0; i < l.n; i++) draw(&l, x->data + i * (l.channels * l.height * l.width), i, &sheet);
    tern_status status = tern__png_write(path, &sheet, err);
    tern__free(sheet.pixel);
    return status;
}
