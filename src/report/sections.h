/* sections.h - what a report is made of; each section is about all its runs. */
#ifndef TERN_REPORT_SECTIONS_H
#define TERN_REPORT_SECTIONS_H

#include "plot.h"
#include "subject.h"

typedef struct tern__report {
    tern__page page;
    size_t n; /* runs */
    tern__subject *run;
    const tern_report_options *options;
    tern__arena arena;
    tern_error *err;
} tern__report;

/* Results at a glance, and in what the runs differ (overview.c). */
tern_status tern__write_overview(tern__report *r);
tern_status tern__write_differences(tern__report *r);

/* Curves over epochs and steps (course.c). */
tern_status tern__write_course(tern__report *r);

/* What the models say of a part of their data (classes.c, numbers.c): `part` is its name, `of` the runs that have it
 * with as many classes or numbers as the first of them. */
typedef struct tern__parts {
    const char *name;
    size_t n;
    const tern__subject *run[TERN_MAX_REPORTED];
    const tern__part *part[TERN_MAX_REPORTED];
    size_t color[TERN_MAX_REPORTED];
} tern__parts;
tern_status tern__write_classes(tern__report *r, const tern__parts *p);
tern_status tern__write_numbers(tern__report *r, const tern__parts *p);

/* Samples that went worst, and what the answer leans on (samples.c, importance.c, occlusion.c). */
tern_status tern__write_samples(tern__report *r, const tern__subject *s, const tern__part *p);
tern_status tern__write_importance(tern__report *r, const tern__parts *p);
tern_status tern__write_occlusion(tern__report *r, const tern__subject *s, const tern__part *p);

/* Layers, memory, weights and settings (model_section.c). */
tern_status tern__write_model(tern__report *r);

/* Numbers and texts that live as long as the report (kept.c). */
double *tern__report_numbers(tern__report *r, size_t n);
const char *tern__report_text(tern__report *r, const char *format, ...) TERN_PRINTF(2, 3);

/* ---- samples that are pictures (picture.c) ---- */

/* How a sample lies in its numbers; height 0: it is no picture. */
typedef struct tern__picture {
    size_t channels, height, width;
} tern__picture;
tern__picture tern__picture_of(const tern_array *x);

/* The least and the largest number of an array's pictures, from some of them: 0 and 255 for bytes, unless these stay
 * small. */
void tern__picture_range(const tern_array *x, const size_t *row, size_t n, double *low, double *high);

/* Writes <img> with a PNG of pixels [height][width][3]. Errors: MEMORY. */
tern_status tern__image_write(tern__page *p, size_t height, size_t width, const unsigned char *rgb, const char *alt,
                              tern_error *err);

/* The pixels [height][width][3] of a sample. */
void tern__picture_pixels(const tern__picture *p, const double *sample, double low, double high, unsigned char *rgb);

#endif
