/* predict.h - what the files of tern predict share. */
#ifndef TERN_CLI_PREDICT_H
#define TERN_CLI_PREDICT_H

#include "commands.h"

typedef struct predict_args {
    args base;
    texts input;
    const char *output, *weights, *query, *id, *layer;
    size_t threads, forecast;
    bool probabilities, raw;
} predict_args;

/* What heads the column of the samples' names: the one that --id names, or the paths of images; NULL: there is none. */
const char *name_head(const predict_args *a, const tern_dataset *d);

/* Tells the head of names from one that stands beside it: "class" becomes "input_class". */
enum { HEAD_SIZE = 512 };
void distinguish_head(char head[HEAD_SIZE]);

/* Writes predictions as CSV: `y` [n, ...] is the network's output, or that of a layer. */
tern_status write_predictions(const predict_args *a, const tern_model *m, const tern_dataset *d, const tern_tensor *y,
                              tern_error *err);

/* What came out: a tensor for each output of the model. */
typedef struct outputs {
    size_t n;
    const char **name;
    tern_tensor *y;
} outputs;

/* Prints predictions as JSON. */
void write_predictions_json(const predict_args *a, const tern_model *m, const tern_dataset *d, const outputs *o);

#endif
