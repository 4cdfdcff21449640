/* report.h - trained runs as one page of HTML to look at. */
#ifndef TERN_REPORT_H
#define TERN_REPORT_H

#include <tern/registry.h>

TERN_BEGIN

/* How to report; zero-filled: the usual way. */
typedef struct tern_report_options {
    const tern_registry *registry; /* NULL: the built-in types */
    const char *data;  /* where the models' data paths start; NULL: where tern_dataset_open() looks by itself, and a
                          report without data where that finds nothing */
    size_t max_memory; /* as in tern_model_options */
    size_t threads;    /* 0: one for each CPU */
} tern_report_options;

enum { TERN_MAX_REPORTED = 8 };

/* Writes a page about `n` run directories, 1 to TERN_MAX_REPORTED, into the file `path`, replaced as a whole: one run
 * by itself, several laid over each other. The page needs no other file, no network and no script. It has the curves of
 * training, what the model makes of its validation and test data, its layers and settings. `options` may be NULL.
 * Errors: USAGE (n), IO, SYNTAX, MODEL, DATA, MEMORY. Warnings say what had to be left out. */
TERN_API tern_status tern_report_write(size_t n, const char *const *runs, const tern_report_options *options,
                                       const char *path, tern_error *err);

TERN_END

#endif
