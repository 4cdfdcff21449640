/* draft_internal.h - a draft on its way: what was found, and the text of the model file as it grows. */
#ifndef TERN_DRAFT_INTERNAL_H
#define TERN_DRAFT_INTERNAL_H

#include "columns.h"
#include "json_writer.h"
#include "table_source.h"

#include <tern/draft.h>
#include <tern/reader.h>

typedef enum tern__task {
    TERN__TASK_UNKNOWN,
    TERN__TASK_CLASSIFICATION,
    TERN__TASK_REGRESSION,
    TERN__TASK_MULTILABEL,
    TERN__TASK_SERIES,
    TERN__TASKS
} tern__task;

extern const char *const tern__task_words[TERN__TASKS];

enum { TERN__DRAFT_NOTES = 16 };

typedef struct tern__draft {
    tern_draft shown; /* first: what the caller sees */
    tern__arena arena;
    const tern_draft_options *o;
    tern_error *err;
    const char *note[TERN__DRAFT_NOTES];
    tern__task task;
    /* Where paths in the model file start, while it is drafted; the data's path from there. */
    const char *base, *path, *targets;
    const char *reader;       /* its name */
    tern__buffer options;     /* of the reader, as a JSON object */
    tern__buffer valid, test; /* likewise where the data comes divided; empty: it does not */
    tern_object object;       /* the reader with these options */
    tern__buffer text;        /* of the model file */
    char *model;              /* the same, laid out: what the caller sees */
    tern__json_writer w;      /* to it */
    size_t outputs;           /* numbers that the network is to give */
    size_t window;            /* rows of a series that a sample has */
    const char *shares;       /* of the commonest and the rarest class, where they are far apart; else NULL */
} tern__draft;

/* ---- text (draft_text.c) ---- */

/* A text in the draft's memory; "" where there is none left, which `err` then says. */
const char *tern__draft_text(tern__draft *d, const char *format, ...) TERN_PRINTF(2, 3);

/* Adds a sentence to what is said about the draft. */
void tern__draft_note(tern__draft *d, const char *format, ...) TERN_PRINTF(2, 3);

/* Writes a comment into the model file; the key begins with "_". */
void tern__draft_comment(tern__draft *d, const char *key, const char *format, ...) TERN_PRINTF(3, 4);

/* ---- files (draft_files.c) ---- */

/* Finds where paths are to start, how the data is called from there, and the names of model and model file. */
tern_status tern__draft_place(tern__draft *d, const char *data);

/* Reads the reader's options. */
tern_status tern__draft_reader(tern__draft *d);

/* ---- each sort of data ---- */

tern_status tern__draft_csv(tern__draft *d);
tern_status tern__draft_sqlite(tern__draft *d);
tern_status tern__draft_npy(tern__draft *d);
tern_status tern__draft_npz(tern__draft *d); /* inputs and targets in one archive, if no other is named */
tern_status tern__draft_idx(tern__draft *d);
tern_status tern__draft_images(tern__draft *d);

/* ---- images ---- */

enum { TERN__IMAGES_TRAIN, TERN__IMAGES_VALID, TERN__IMAGES_TEST, TERN__IMAGES_SPLITS };

/* The folders of classes of each split, as paths that start at the draft's base; NULL: there is none. */
typedef struct tern__image_splits {
    const char *folder[TERN__IMAGES_SPLITS];
} tern__image_splits;

/* The folder of the data itself, or those in it that are called train, valid and test and hold folders in their turn
 * (draft_image_splits.c). Errors: IO, DATA, MEMORY. */
tern_status tern__draft_image_splits(tern__draft *d, tern__image_splits *out);

/* ---- tables ---- */

/* A table being looked at. */
typedef struct tern__draft_table {
    tern__table *t;
    tern_draft_column *column; /* [t->columns] */
    tern__features features;   /* of all columns, the targets among them */
    size_t *rows;              /* [t->n] all of them */
    size_t targets, *target;   /* columns */
    bool skips;                /* rows without a target are left out */
    size_t inputs, *input;
    const char **classes;    /* of the only target */
    size_t n_classes, least; /* rows of the smallest class */
} tern__draft_table;

/* Reads and describes the table of the draft's reader, then drafts a model for it. */
tern_status tern__draft_from_table(tern__draft *d);

/* Finds the targets: those that are named, or those that seem to be. Errors: USAGE, DATA. */
tern_status tern__draft_find_targets(tern__draft *d, tern__draft_table *t);

/* Whether some of its rows have no target and could be left out. */
bool tern__draft_may_skip(const tern__draft *d, const tern__draft_table *t);

/* Decides on the task. Errors: USAGE, DATA. */
tern_status tern__draft_choose(tern__draft *d, tern__draft_table *t);

/* ---- cells that a person reads otherwise (draft_cells.c) ---- */

/* What stands in all texts of a column that would be numbers without it: "a percent sign"; NULL: they are none. */
const char *tern__draft_number_like(const tern__table_column *c, char decimal);

/* Whether all texts of a column are dates both with the day first and with the month. */
bool tern__draft_doubtful_dates(const tern__table_column *c);

/* ---- series (draft_series.c) ---- */

/* The column by which the rows are moments in order and all others numbers; SIZE_MAX: it is no series. And the last
 * column of numbers beside it. */
size_t tern__draft_clock(const tern__draft_table *t);
size_t tern__draft_last_number(const tern__draft_table *t, size_t clock);

/* Says why rows with moments are no series: which gap there is, or that they are in another order. */
void tern__draft_note_gaps(tern__draft *d, const tern__draft_table *t);

/* Decides on the window. Errors: DATA. */
tern_status tern__draft_series_task(tern__draft *d, tern__draft_table *t);

/* Whether forecasts will be possible, and if not, which targets they take. */
void tern__draft_note_forecast(tern__draft *d, const tern__draft_table *t);
void tern__draft_series_layers(tern__draft *d);

/* ---- the model file (draft_model.c) ---- */

/* Begins the file; then come the keys of the input, and tern__draft_end() adds data and training for n samples. */
void tern__draft_begin(tern__draft *d);
tern_status tern__draft_end(tern__draft *d, size_t n);

/* An input of this shape, normalized by what the training rows say. */
void tern__draft_input(tern__draft *d, const tern_shape *shape, bool channels_last);

/* Hidden layers for n samples of so many numbers, and the last one; `flatten`: the samples have several dimensions. */
void tern__draft_dense_layers(tern__draft *d, size_t n, size_t width, bool flatten);

/* Layers for pictures [channels, height, width], or with the channels last. */
void tern__draft_picture_layers(tern__draft *d, const tern_shape *shape, bool channels_last);

/* How many of n samples have the commonest and the rarest class: tern__draft_loss() goes by it. */
void tern__draft_shares(tern__draft *d, size_t n, const char *commonest, size_t most, const char *rarest, size_t least);

/* Loss and metrics of the task. */
void tern__draft_loss(tern__draft *d);

#endif
