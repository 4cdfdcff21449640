/* commands.h - the commands, one file each, and what they share. */
#ifndef TERN_CLI_COMMANDS_H
#define TERN_CLI_COMMANDS_H

#include "args.h"
#include "output.h"

#include <tern/fit.h>

int command_train(const args *a, tern_error *err);
int command_eval(const args *a, tern_error *err);
int command_predict(const args *a, tern_error *err);
int command_check(const args *a, tern_error *err);
int command_summary(const args *a, tern_error *err);
int command_render(const args *a, tern_error *err);
int command_grad(const args *a, tern_error *err);
int command_gradcheck(const args *a, tern_error *err);
int command_inspect(const args *a, tern_error *err);
int command_types(const args *a, tern_error *err);
int command_schema(const args *a, tern_error *err);
int command_bench(const args *a, tern_error *err);
int command_new(const args *a, tern_error *err);
int command_version(const args *a, tern_error *err);

/* The types and the model of a command line. */
typedef struct session {
    tern_registry *registry; /* NULL: the built-in types alone */
    tern_model *model;
} session;

/* Loads the plugins that --plugin names. Close in any case. */
tern_status session_open(session *s, const args *a, tern_error *err);

/* Loads the plugins and opens the model `path` with --set and --max-memory; prints its warnings. Close in any case. */
tern_status session_open_model(session *s, const args *a, const char *path, bool plan_only, tern_error *err);
void session_close(session *s);

/* Opens a model with the session's types; NULL with `err` filled in. */
tern_model *session_model(const session *s, const args *a, const char *path, bool plan_only, tern_error *err);

/* Loads the weights that --weights names, else best.safetensors or weights.safetensors of the run directory runs/NAME,
 * and tells which on standard error. `used` holds the path then; it is "" for a model that has none. */
enum { PATH_SIZE = 4096 };
tern_status load_weights(session *s, const args *a, char used[PATH_SIZE], tern_error *err);

/* Reads plain files that the command line names; `target` may be NULL. A file that is not there is an I/O error. */
tern_dataset *read_plain(const tern_registry *r, const char *input, const char *target, tern_error *err);

/* Reads the file of --input for the model; its samples need the input's count of numbers. */
tern_dataset *read_inputs(const session *s, const args *a, tern_error *err);

/* tern predict --generate. */
tern_status generate(session *s, const args *a, tern_error *err);

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
void progress_epoch(progress *bar, const tern_progress *p);

/* Clears the bar, so that something else can be printed. */
void progress_clear(const progress *bar);

#endif
