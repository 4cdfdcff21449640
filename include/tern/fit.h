/* fit.h - the whole of training and evaluation on datasets: epochs, validation, early stopping, checkpoints, the log.
 */
#ifndef TERN_FIT_H
#define TERN_FIT_H

#include <tern/comm.h>
#include <tern/dataset.h>
#include <tern/trainer.h>

TERN_BEGIN

/* Reads a split ("train", "valid" or "test") that the model's data block names. `dir` is where relative paths start;
 * NULL: at the model file, and then absolute paths and ".." are refused. Errors: USAGE (another name), MODEL (the block
 * lacks the split), IO, DATA, MEMORY. Free with tern_dataset_free(). */
TERN_API tern_dataset *tern_dataset_open(const tern_model *m, const char *split, const char *dir, tern_error *err);

/* What the file of a table says of some samples, as it says it. */
typedef struct tern_cells {
    size_t n, columns;         /* columns 0: the data is no table, or a sample is several rows of it */
    const char *const *column; /* [columns] their names or, without these, positions */
    const char *const *cell;   /* [n][columns]; "": blank */
    const char *const *place;  /* [n] "shop.csv, line 17" */
    void *memory;              /* private */
} tern_cells;

/* Reads the cells of the samples rows[0 .. n - 1] of a dataset that tern_dataset_open() made of the same split; of a
 * series those of the row of its first target. Errors: USAGE, IO, SYNTAX, DATA, MEMORY. Free with tern_cells_free(). */
TERN_API tern_status tern_dataset_cells(const tern_dataset *d, const tern_model *m, const char *split, const char *dir,
                                        const size_t *rows, size_t n, tern_cells *out, tern_error *err);
TERN_API void tern_cells_free(tern_cells *cells);

/* Reads plain files (.npy, .csv, IDX, images, a folder of them, SQLite) by their ending or first bytes. Errors: USAGE,
 * IO, DATA, MEMORY. */
TERN_API tern_dataset *tern_dataset_read(const tern_registry *r, const tern_files *files, tern_error *err);

/* The same for a model: by the names of the columns and classes that it was trained on; a file whose name does not say
 * what it is was written as the training data. Columns that the model does not read are ignored, of unlabelled files
 * with a warning. Images of a folder or a table are called by their paths. */
TERN_API tern_dataset *tern_dataset_read_for(const tern_model *m, const tern_files *files, tern_error *err);

/* The same for a model of several inputs: `n` files, and the name of the input that each is. */
TERN_API tern_dataset *tern_dataset_read_inputs(const tern_model *m, size_t n, const char *const *name,
                                                const tern_files *files, tern_error *err);

/* Opens a model to be trained. Where its file describes columns or targets of a table, they are first fitted to the
 * training data, without the rows that will validate: the model's sizes follow from it. `dir` is where relative paths
 * of data start, as in tern_dataset_open(). Otherwise as tern_model_open(). */
TERN_API tern_model *tern_model_open_fitted(const char *path, const tern_model_options *options, const char *dir,
                                            tern_error *err);

/* Writes down what the training data says that all other data must agree with: the names of its columns and classes,
 * and, from the rows that will not validate, the numbers that its inputs are normalized by. They go with the model's
 * weights and its run; what a model knows it keeps. tern_fit() does it; call it before other data is read. Errors:
 * DATA, MEMORY. */
TERN_API tern_status tern_model_learn(tern_model *m, const tern_dataset *train, tern_error *err);

/* Whether a dataset fits a model: counts, finite inputs, labels below the number of classes, targets that the loss is
 * made for. Names the first bad row, and says so where labels seem to start at 1. Errors: DATA. */
TERN_API tern_status tern_dataset_check(const tern_dataset *d, const tern_model *m, tern_error *err);

/* tern_dataset_check() of the inputs alone: counts, finite numbers, indices. Errors: DATA. */
TERN_API tern_status tern_dataset_check_input(const tern_dataset *d, const tern_model *m, tern_error *err);

/* tern_dataset_check(), and which kind of target the dataset has for each of the model's losses: class indices where
 * both could be meant and they are integers. Errors: MODEL (it has no loss), DATA. */
TERN_API tern_status tern_dataset_target(const tern_dataset *d, const tern_model *m, tern_target kind[TERN_MAX_LOSSES],
                                         tern_error *err);

/* Rows of a dataset, from which batches come: for a training loop of one's own. */
typedef struct tern_rows {
    const tern_dataset *d;
    const size_t *row; /* [n] the caller's, in the order in which they are taken: tern_shuffle() */
    size_t n;
    /* private: the dataset's arrays in the order of the model's inputs and targets, and where the current batch begins
     */
    size_t inputs, targets, first;
    const tern_array *x[TERN_MAX_INPUTS], *y[TERN_MAX_INPUTS];
    const tern_array *w; /* weights; NULL: none */
    const tern_model *m; /* whose target may be normalized, NULL: it is not */
} tern_rows;

/* The rows `row[0 .. n - 1]` of a dataset that tern_dataset_check() has accepted, for a model: its arrays are found by
 * the names of the model's inputs and targets, or, where there is one on both sides, whatever its name. */
TERN_API tern_rows tern_dataset_rows(const tern_dataset *d, const tern_model *m, const size_t *row, size_t n);

/* The batch of the rows from `first` on, at most `most` of them, for tern_trainer_step() and its kin. It borrows `r`,
 * and is valid until the next batch of it. */
TERN_API tern_batch tern_rows_batch(tern_rows *r, size_t first, size_t most);

/* What the network sees of the first x->shape.dim[0] rows: scaled and, with `augmented`, changed at random as in the
 * first step of training where the model changes its samples. x: [n, input...], memory of the caller's; of the first
 * input. Errors: MODEL (nothing was learned that scales it), MEMORY. */
TERN_API tern_status tern_rows_view(tern_rows *r, const tern_model *m, bool augmented, tern_tensor *x, tern_error *err);

/* y = model(x) for all samples of a dataset, in evaluation mode, after tern_dataset_check_input(). y: [n, output...],
 * memory of the caller's; of several outputs an array of tensors. Takes as many samples at a time as a batch of
 * training has, on up to `threads` threads (0: one for each CPU). Errors: USAGE (shape of y), DATA (an output is not
 * finite, too), MEMORY. */
TERN_API tern_status tern_dataset_predict(const tern_dataset *d, const tern_model *m, size_t threads, tern_tensor *y,
                                          tern_error *err);

/* The shape of one sample's output of a layer within, by the layer's name. Errors: USAGE (there is none of that name).
 */
TERN_API tern_status tern_model_layer(const tern_model *m, const char *layer, tern_shape *out, tern_error *err);

/* As tern_dataset_predict(), the output of a layer within; NULL: that of the network, as it is, in no unit. */
TERN_API tern_status tern_dataset_layer(const tern_dataset *d, const tern_model *m, const char *layer, size_t threads,
                                        tern_tensor *y, tern_error *err);

/* The columns that a forecast has, those of the targets; `names` (may be NULL) then points to theirs, which the model
 * owns. 0 after an error, which says why the model can't forecast: it reads no series, its targets are classes, or an
 * input is no target. */
TERN_API size_t tern_forecast_columns(const tern_model *m, const char *const **names, tern_error *err);

/* How a series goes on after its last sample, for as many rows as y [n, columns] has: predictions take the place of the
 * rows that are not there yet, and later ones read them. In the targets' own unit. Errors: MODEL (as above), DATA,
 * USAGE (shape of y), MEMORY. */
TERN_API tern_status tern_dataset_forecast(const tern_dataset *series, const tern_model *m, size_t threads,
                                           tern_tensor *y, tern_error *err);

enum { TERN_DATE_TEXT = 32 }; /* room for a date as text */

/* What the n rows after a series are called, where the names of its samples are dates that follow one another evenly,
 * by the same time or by months: name[n], memory of the caller's. False: nothing says how they go on. Any thread. */
TERN_API bool tern_dataset_forecast_names(const tern_dataset *series, size_t n, char (*name)[TERN_DATE_TEXT]);

/* Losses and metrics over some samples; of the batches of training, without the metrics that see a whole split at once.
 * Names belong to the model. */
typedef struct tern_score {
    size_t n;    /* samples */
    double loss; /* what training makes small: the sum of all losses */
    size_t losses, metrics;
    const char *loss_name[TERN_MAX_LOSSES];
    double loss_value[TERN_MAX_LOSSES];
    const char *name[TERN_MAX_METRICS];
    double value[TERN_MAX_METRICS]; /* NAN: no value */
} tern_score;

/* Where training stands; what callbacks get. */
typedef struct tern_progress {
    size_t step, steps;                 /* updates done, and to be done in all */
    size_t epoch, epochs;               /* from 1 */
    size_t batch, batches;              /* in this epoch, done and in all */
    double loss, lr, grad_norm;         /* of the last step */
    double seconds, samples_per_second; /* of this epoch so far */
    /* Running over this epoch; valid NULL without validation, or before the epoch's end. */
    const tern_score *train, *valid;
    bool best; /* the epoch just ended is the best so far */
} tern_progress;

/* How to fit; zero-filled: the usual way. */
typedef struct tern_fit_options {
    /* Directory for model.json, run.json, weights, checkpoint and log; made if need be; NULL: nothing is written. One
     * that holds a trained run is refused (tern_run_check()), but for the two that follow. */
    const char *out;
    bool resume;      /* go on from `out`'s checkpoint */
    bool force;       /* remove the files of an earlier run first */
    bool changed;     /* resume although the model, the data or the like were changed since */
    bool no_shuffle;  /* batches in the order of the data */
    size_t epochs;    /* 0: the model file's */
    size_t until;     /* stop after this many of them, to be resumed as if nothing had been; 0: no limit */
    size_t steps;     /* stop after this many updates in all, even within an epoch; 0: no limit */
    double seconds;   /* stop once so much time has gone by, but after one update at least; 0: no limit */
    size_t log_every; /* a log line every this many steps; 0: epochs only */
    size_t threads;   /* 0: one for each CPU */
    /* What run.json says beside: the command line that the run was made by, NULL at the end; and where relative paths
     * of the model's data started (NULL: at its file). Either may be NULL. */
    const char *const *command;
    const char *data;
    /* Called once the model and the data are found good, before anything is written; or NULL. What it returns ends the
     * fit, unless that is OK. */
    tern_status (*on_begin)(void *user, tern_error *err);
    /* Called after each step and each epoch, on the caller's thread; either may be NULL. Returning false stops the fit
     * after a checkpoint, with TERN_ERROR_CANCELLED. */
    bool (*on_step)(void *user, const tern_progress *p);
    bool (*on_epoch)(void *user, const tern_progress *p);
    void *user;
    /* The ranks that train together, each of which calls tern_fit() with the same model, data and options; NULL: this
     * one is alone. Each reads its own rows of a batch, and of what validates; rank 0 alone writes to `out`, which all
     * read from to resume, and says when the time is up; any rank's callbacks stop all. A run may go on with another
     * number of ranks. What one fails at, all do (tern_comm_agree()). */
    tern_comm *comm;
} tern_fit_options;

/* What a fit came to. Its result is the best epoch where the model stops early and restores the best, else the last:
 * what the model then holds, and weights.safetensors. (best.safetensors and last.safetensors are what they are called.)
 * With "ema" in the model file's train block all of these are the averages of the weights, as are those that validate.
 */
typedef struct tern_fit_result {
    size_t steps, epochs; /* done in all */
    size_t best_epoch;    /* 0: no epoch was finished */
    double best;          /* the monitored number of that epoch */
    bool stopped_early;
    bool out_of_time;        /* there was more to do */
    bool restored_best;      /* the result is the best epoch */
    tern_score train, valid; /* of the result's epoch; n 0: none */
    size_t changes;          /* that kept the fit from resuming, each an error in the record */
} tern_fit_result;

/* Whether a new run may be written to a directory. Errors: USAGE (it holds the weights or the checkpoint of another, or
 * folds that do), IO, MEMORY. */
TERN_API tern_status tern_run_check(const char *dir, tern_error *err);

/* Whether training the model there, with data where tern_dataset_open() looks for it, would replace a file that is not
 * a run's: the model file itself, or data. Errors: USAGE, MEMORY. */
TERN_API tern_status tern_run_check_output(const tern_model *m, const char *out, const char *dir, tern_error *err);

/* Whether a file may be written: not where it is, by whatever name or link, the model's own file, one of its run, or
 * its data. Errors: USAGE, MEMORY. And whether two paths are one file. */
TERN_API tern_status tern_model_check_output(const tern_model *m, const char *path, const char *dir, tern_error *err);
TERN_API bool tern_same_file(const char *a, const char *b);

typedef struct tern__run tern_run;

/* A run directory that no other process can write to until it is closed; it is made if need be. tern_fit() opens its
 * own: this one is for what holds several. NULL: IO (another process has it), MEMORY. */
TERN_API tern_run *tern_run_open(const char *dir, tern_error *err);
TERN_API void tern_run_close(tern_run *r);

/* Makes place for a new run, or for folds: refuses as tern_run_check() does or, with `force`, removes what tern wrote
 * there, folds too. Errors: USAGE, IO (another process writes to a fold), MEMORY. */
TERN_API tern_status tern_run_clear(const tern_run *r, bool force, tern_error *err);

/* Writes a file of text into a run directory, replacing it whole or not at all. Errors: IO, MEMORY. */
TERN_API tern_status tern_run_write(const char *dir, const char *name, const char *text, tern_error *err);

/* Trains the model. `valid` may be NULL: then the file's validation_split is cut off `train`, if there is one.
 * `options` and `out` may be NULL. Weights that are not finite are never written: a fit that ends DIVERGED leaves the
 * last good files. Errors: MODEL, DATA, IO (another process writes to the directory), USAGE (it holds a run), MEMORY,
 * DIVERGED, CANCELLED. */
TERN_API tern_status tern_fit(tern_model *m, const tern_dataset *train, const tern_dataset *valid,
                              const tern_fit_options *options, tern_fit_result *out, tern_error *err);

/* The rows of a dataset that train, and those that validate; both lists are sorted. */
typedef struct tern_split {
    size_t trains, valids;
    size_t *train, *valid; /* [trains], [valids] */
} tern_split;

/* Sets the part of the rows aside for validation that the file's validation_split says (stratified where the targets
 * are classes). Depends on the seed alone. Errors: MODEL, DATA, MEMORY. Free with tern_split_free() in any case. */
TERN_API tern_status tern_dataset_split(const tern_dataset *d, const tern_model *m, tern_split *out, tern_error *err);

/* As tern_dataset_split(), for weights that were loaded from a run's directory: only for the rows that validated there.
 * Another seed, split or data than the run's is refused, as rows that trained would be among them. Errors: also IO,
 * SYNTAX (the run's files). */
TERN_API tern_status tern_dataset_split_trained(const tern_dataset *d, const tern_model *m, tern_split *out,
                                                tern_error *err);
TERN_API void tern_split_free(tern_split *s);

/* Loss and metrics of the model on rows `rows[0 .. n - 1]` (NULL: all) of a dataset, in evaluation mode. `confusion`
 * may be NULL; else classes * classes counts, [true class][predicted class], for targets that are classes. Errors:
 * MODEL, DATA (also: an output or a loss is not finite), MEMORY. */
TERN_API tern_status tern_evaluate(const tern_model *m, const tern_dataset *d, const size_t *rows, size_t n,
                                   size_t threads, tern_score *out, size_t *confusion, tern_error *err);

/* The same by several ranks, each of which takes its own part of the rows; all get the whole. All call it with the same
 * arguments; what one fails at, all do. `comm` NULL: tern_evaluate(). */
TERN_API tern_status tern_evaluate_ranks(tern_comm *comm, const tern_model *m, const tern_dataset *d,
                                         const size_t *rows, size_t n, size_t threads, tern_score *out,
                                         size_t *confusion, tern_error *err);

/* Loss and metrics of other outputs than the model's, for all rows: `outputs` [n, output...] is as
 * tern_dataset_predict() gives it, such as the mean of what several models say. For models of one output, but none for
 * each step. Errors: also USAGE. */
TERN_API tern_status tern_evaluate_outputs(const tern_model *m, const tern_dataset *d, const tern_tensor *outputs,
                                           tern_score *out, tern_error *err);

/* tern_evaluate(), row by row: `pred` [n, output...] is what tern_dataset_predict() would give, `loss` [n] each row's
 * loss as a batch of its own. Memory of the caller's. */
TERN_API tern_status tern_evaluate_rows(const tern_model *m, const tern_dataset *d, const size_t *rows, size_t n,
                                        size_t threads, tern_tensor *pred, double *loss, tern_error *err);

TERN_END

#endif
