/* object_copy.h - an object with options of its own, for a plan to write to. */
#ifndef TERN_CONFIG_OBJECT_COPY_H
#define TERN_CONFIG_OBJECT_COPY_H

#include "memory.h"

#include <tern/type.h>

/* Copies an object and those within it. A plan may keep what it derives beside the options; so whoever plans the same
 * options anew (a trainer, an evaluator) plans a copy, and a model stays as it was opened. What never changes (texts,
 * lists of numbers, `common`) is shared with the original, which must outlive the copy. */
tern_status tern__object_copy(const tern_object *object, tern__arena *arena, tern_object *out, tern_error *err);

#endif
