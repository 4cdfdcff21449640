/* agree.h - whether data is like what the model was trained on. */
#ifndef TERN_TRAIN_AGREE_H
#define TERN_TRAIN_AGREE_H

#include "graph.h"

/* Refuses data that is not: samples of another layout, classes by name where training had numbers, numbers of another
 * type that lie in quite another range. What may be meant is a warning. Errors: DATA. */
tern_status tern__agree(const tern_model *m, const tern_dataset *d, tern_error *err);

#endif
