/* predict.h - what tern predict and its --generate share. */
#ifndef TERN_CLI_PREDICT_H
#define TERN_CLI_PREDICT_H

#include "commands.h"

typedef struct predict_args {
    args base;
    texts input;
    const char *output, *weights, *prompt, *temperature;
    size_t threads, generate, forecast;
} predict_args;

/* tern predict --generate. */
tern_status generate(session *s, const predict_args *a, tern_error *err);

#endif
