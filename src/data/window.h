/* window.h - a series as samples: some rows in order, and the rows that follow them. */
#ifndef TERN_DATA_WINDOW_H
#define TERN_DATA_WINDOW_H

#include <tern/dataset.h>
#include <tern/type.h>

/* How rows become samples: sample i reads the `window` rows from i * stride on, and its targets are those of the
 * `horizon` rows after them. window 0: a row is a sample. */
typedef struct tern__series {
    size_t window, horizon, stride;
} tern__series;

/* The options of a reader of tables; fields `window`, `horizon` and `stride` of its struct. */
#define TERN_SERIES_OPTIONS(T)                                                                                        \
    TERN_SIZE(T, window, 0, 1, 1 << 20,                                                                               \
              "For a series: this many consecutive rows are an input, [window, columns]; those after them have the "  \
              "targets."),                                                                                            \
        TERN_SIZE(T, horizon, 1, 1, 1 << 20,                                                                          \
                  "How many rows after the window are its targets: [horizon, columns], or [horizon] of one column."), \
        TERN_SIZE(T, stride, 1, 1, 1 << 20, "Rows from the start of a window to the next one's.")

/* Refuses a horizon or a stride without a window. Errors: MODEL. */
tern_status tern__series_check(const tern__series *s, tern_error *err);

/* Rows of a sample, with those of its targets if it has any; how many following samples share some of them with it; and
 * how many samples so many rows make. */
size_t tern__series_reach(const tern__series *s, bool targets);
size_t tern__series_overlap(const tern__series *s, bool targets);
size_t tern__series_samples(const tern__series *s, size_t rows, bool targets);

/* Puts the rows first .. end - 1 of `x`, and of `y` (data NULL: none), into samples and their targets; writes the
 * number of samples. window 0: the rows alone, as they are. Errors: DATA (too few rows), MEMORY; the columns are as
 * they were then. */
tern_status tern__window(const tern__series *s, size_t first, size_t end, tern_array *x, tern_array *y, size_t *n,
                         tern_error *err);

#endif
