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

enum { HEAD_SIZE = 512 };

/* What heads the column of the samples' names: the one that --id names, of a series "after_" it, as the rows that are
 * predicted follow the one that is named; or "path", of images. False: there is none. */
bool name_head(const predict_args *a, const tern_dataset *d, char head[HEAD_SIZE]);

/* Tells the head of names from one that stands beside it: "class" becomes "input_class". */
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
