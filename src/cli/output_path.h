/* output_path.h - an output never replaces what the command reads. */
#ifndef TERN_CLI_OUTPUT_PATH_H
#define TERN_CLI_OUTPUT_PATH_H

#include "commands.h"

/* What a command reads; any may be NULL. */
typedef struct sources {
    const tern_model *model;
    const char *data, *weights, *target;
    texts input; /* FILE or NAME=FILE */
} sources;

/* Refuses an output that is one of the sources, or in a run beside the weights, by whatever name or link; a NULL output
 * is fine. */
tern_status check_output(const char *output, const sources *s, tern_error *err);

/* The same of a page about a model or a run that is not opened yet. */
tern_status check_page(const session *s, const args *a, const char *path, const char *data, const char *output,
                       tern_error *err);

#endif
