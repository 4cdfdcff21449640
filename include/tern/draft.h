/* draft.h - a model file for data that nobody has described yet: what it holds, what it seems to be for, and a network
 * that learns it. */
#ifndef TERN_DRAFT_H
#define TERN_DRAFT_H

#include <tern/registry.h>

TERN_BEGIN

/* What is known beforehand; zero-filled: nothing. */
typedef struct tern_draft_options {
    const tern_registry *registry; /* NULL: the built-in types */
    const char *targets;           /* a second file, with the targets of arrays */
    const char *target;            /* the column of the targets, or several: "a,b" */
    const char *query;             /* which rows of an SQLite database */
    const char *task;              /* "classification", "regression", "multilabel" or "series" */
    const char *output;            /* where the model file is to stand; its data paths start there */
} tern_draft_options;

/* A column of a table, as it seems to be. */
typedef struct tern_draft_column {
    const char *name;
    const char *type; /* "number", "category", "boolean", "date"; "ignore": nothing to learn from */
    const char *why;  /* it is to be ignored: "it counts the rows"; else NULL */
    const char *most; /* the most common of its texts, and how often: "Ulm 12, Kiel 9, 3 more"; or NULL */
    bool target;
    size_t missing, distinct; /* cells without a value; different values */
    double min, mean, max;    /* NAN where it holds no numbers */
} tern_draft_column;

/* What was found. Belongs to whoever opened it. */
typedef struct tern_draft {
    const char *found; /* "iris.csv: 150 rows, 5 columns, separated by commas" */
    size_t rows;       /* samples */
    size_t columns;    /* of a table; else 0 */
    const tern_draft_column *column;
    size_t notes;
    const char *const *note; /* what was chosen, and why: a sentence each */
    const char *task;        /* NULL: none could be told */
    const char *output;      /* where the model file is to stand: as asked for, else NAME.json */
    const char *data;        /* the directory that --data is to name; NULL: paths start at the model file */
    const char *model;       /* the text of the model file; NULL: the record says why there is none */
    const char *name;        /* of the model */
    bool forecasts;          /* a series whose inputs are all targets: tern_dataset_forecast() goes on with it */
} tern_draft;

/* Looks at a table (CSV, also several files by a pattern; SQLite), at a folder of images with one folder a class, or
 * at arrays (NPY, IDX), and drafts a model file for it, which training takes as it is. Where the data can be read but
 * nothing useful be drafted, `model` is NULL and the record says why. Errors: IO, SYNTAX, DATA, USAGE, MEMORY (NULL).
 * Free with tern_draft_free(). */
TERN_API tern_draft *tern_draft_open(const char *data, const tern_draft_options *options, tern_error *err);

/* Frees; takes NULL. */
TERN_API void tern_draft_free(tern_draft *d);

TERN_END

#endif
