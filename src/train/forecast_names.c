/* forecast_names.c - how the dates by which a series' rows are called go on; see tern/fit.h. */
#include "date.h"

#include <tern/fit.h>

#include <string.h>

enum { LOOKED_AT = 24 }; /* of the last names */

/* The moments of the last names by a format, in which they can be written again as they are. */
static bool read_last(const tern_dataset *series, const char *format, size_t n, double *moment) {
    char again[TERN_DATE_TEXT];
    for (size_t i = 0; i < n; i++) {
        const char *text = series->id[series->n - n + i];
        if (!tern__date_read(text, format, &moment[i])) return false;
        tern__date_write(moment[i], format, again, sizeof again);
        if (strcmp(text, again) != 0) return false;
    }
    return true;
}

/* By the first format that goes on evenly. */
static bool go_on(const tern_dataset *series, const char *format, size_t n, char (*name)[TERN_DATE_TEXT]) {
    double moment[LOOKED_AT], next;
    size_t last = series->n < LOOKED_AT ? series->n : LOOKED_AT;
    if (!read_last(series, format, last, moment)) return false;
    for (size_t i = 0; i < n; i++) {
        if (!tern__date_next(moment, last, &next)) return false;
        memmove(moment, moment + 1, (last - 1) * sizeof *moment);
        moment[last - 1] = next;
        tern__date_write(next, format, name[i], sizeof name[i]);
    }
    return true;
}

bool tern_dataset_forecast_names(const tern_dataset *series, size_t n, char (*name)[TERN_DATE_TEXT]) {
    static const char *const iso[] = {"%Y-%m-%d", "%Y-%m-%dT%H:%M", "%Y-%m-%d %H:%M", "%Y-%m-%dT%H:%M:%S",
                                      "%Y-%m-%d %H:%M:%S"};
    if (!series->id) return false;
    for (size_t k = 0; k < sizeof iso / sizeof *iso; k++)
        if (go_on(series, iso[k], n, name)) return true;
    for (const char *const *format = tern__date_formats; *format; format++)
        if (go_on(series, *format, n, name)) return true;
    return false;
}
