/* confusion.h - who was taken for whom: [true class][predicted class], for a terminal and as JSON. */
#ifndef TERN_CLI_CONFUSION_H
#define TERN_CLI_CONFUSION_H

#include "commands.h"

typedef struct confusion {
    size_t classes; /* 0: the targets are no classes */
    size_t *count;  /* [classes][classes], for tern_evaluate() to fill in; NULL without classes */
    const tern_dataset *data;
} confusion;

/* Of a dataset whose targets may be classes. Free in any case. */
tern_status confusion_make(confusion *c, const tern_model *m, const tern_dataset *d, tern_error *err);
void confusion_free(confusion *c);

/* Precision and recall of each class, and the matrix. */
void confusion_print(const confusion *c);
void confusion_json(json *j, const confusion *c);

/* A line each where some class of the samples is never the answer, and where always the commonest one would be right as
 * often. */
void confusion_remark(FILE *to, const confusion *c);

#endif
