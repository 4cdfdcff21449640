/* commands.h - what the commands share; each is a file of its own. */
#ifndef TERN_CLI_COMMANDS_H
#define TERN_CLI_COMMANDS_H

#include "args.h"
#include "output.h"
#include "run_directory.h"

#include <tern/fit.h>

/* ---- commands.c ---- */

/* The i-th command of commands.def, NULL beyond the last; and the one of a name, or NULL. */
const command *command_at(size_t i);
const command *command_find(const char *name);

/* ---- help.c ---- */

/* Prints a command's usage, options, explanation and examples. */
void help_command(const command *c);

/* Calls back for each topic of tern help. */
void help_topics(void (*call)(void *user, const char *name, const char *doc), void *user);

/* ---- session.c ---- */

/* The types and the model of a command line. */
typedef struct session {
    tern_registry *registry; /* NULL: the built-in types alone */
    tern_model *model;
    char run[PATH_SIZE]; /* the run directory that the model was opened from; "": a model file elsewhere */
} session;

/* Loads the plugins that --plugin names. Close in any case. */
tern_status session_open(session *s, const args *a, tern_error *err);

/* Loads the plugins and opens the model, or run directory, `path` with --set and --max-memory; prints its warnings.
 * Close in any case. */
tern_status session_open_model(session *s, const args *a, const char *path, bool plan_only, tern_error *err);
void session_close(session *s);

/* A kind as a command line has it: the last word of its name, "reader" of "data reader"; and the kind of a name,
 * either way, or TERN_KINDS. */
const char *kind_word(tern_kind kind);
tern_kind kind_find(const char *name);

/* The same for a model with its weights, or those of its run where `weights` is NULL: what was fitted they say,
 * where the file does not. */
tern_status session_open_trained(session *s, const args *a, const char *path, const char *weights, tern_error *err);

/* What --set, --max-memory and --plugin say; and a model opened by it, or NULL, whose warnings are printed. */
tern_model_options session_options(const session *s, const args *a);
tern_status session_take_model(session *s, const args *a, tern_model *m, tern_error *err);

/* Opens a model, or that of a run directory, with the session's types; NULL with `err` filled in. */
tern_model *session_model(const session *s, const args *a, const char *path, bool plan_only, tern_error *err);

/* Loads the weights that --weights names (NULL: not given), else weights.safetensors of the model's run directory, else
 * of runs/NAME, and tells which on standard error. `used` holds the path then; it is "" for a model that has none. */
tern_status load_weights(session *s, const args *a, const char *weights, char used[PATH_SIZE], tern_error *err);

/* Loads the weights that --init names, a file or a run directory, for a training to start from; `partial`: those that
 * fit. */
tern_status load_start(const session *s, const args *a, const char *init, bool partial, tern_error *err);

/* Reads plain files that the command line names by what the model (or NULL) was trained on. A file that is not there is
 * an I/O error. */
tern_dataset *read_plain(const tern_registry *r, const tern_model *m, const tern_files *files, tern_error *err);

/* Reads the samples of plain files for the model, FILE, or NAME=FILE for each of several inputs; each needs the input's
 * count of numbers. `how`: what else is to be known of them. */
tern_dataset *read_inputs(const session *s, const texts *files, const tern_files *how, tern_error *err);

/* Who does the matrix products: in words, and as members of an object (version.c). */
void print_products(void);
void json_products(json *j);

/* A score as JSON members and as text: "loss", then the metrics, each behind `prefix`. */
void json_score(json *j, const char *prefix, const tern_score *score);
void print_score(FILE *to, const tern_score *score);

/* ---- progress.c ---- */

typedef struct progress {
    FILE *to;      /* NULL: quiet */
    bool terminal; /* a bar that is drawn over and over; else one line an epoch */
    double drawn;  /* when, in seconds */
} progress;

progress progress_begin(const args *a);
void progress_step(progress *bar, const tern_progress *p);
size_t progress_epoch(progress *bar, const tern_progress *p); /* returns its lines */

/* How many characters fit in a terminal's width, so that a line of them never wraps. */
size_t terminal_columns(FILE *to);
size_t terminal_rows(FILE *to);

/* Clears the bar, so that something else can be printed. */
void progress_clear(const progress *bar);

#endif
