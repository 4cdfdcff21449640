/* vary.h - what trials differ in: an option's path and the values it takes, "optimizer=sgd,momentum,adam". */
#ifndef TERN_TRIALS_VARY_H
#define TERN_TRIALS_VARY_H

#include "memory.h"

#include <tern/error.h>

/* A value: what a change of the model file sets, and what people call it. */
typedef struct tern__value {
    const char *set, *name;
} tern__value;

/* Numbers between two ends, both included. */
typedef struct tern__span {
    bool log, whole;
    double low, high;
} tern__span;

typedef struct tern__vary {
    const char *given, *path;
    size_t n; /* 0: it is a range */
    tern__value *value;
    tern__span span;
} tern__vary;

/* Reads PATH=V1,V2,...; commas within quotes and brackets of JSON don't divide. Ranges are taken where `spans`. Errors:
 * USAGE, MEMORY. */
tern_status tern__vary_read(tern__vary *v, const char *text, bool spans, tern__arena *arena, tern_error *err);

/* The value at a place from 0 up to 1: of a list one of its values, of a range a number. NULL: MEMORY. */
const tern__value *tern__vary_at(const tern__vary *v, double place, tern__arena *arena, tern_error *err);

/* Whether a change of `path` is lost where `later` is set after it: it is the same, or within. */
bool tern__path_covers(const char *later, const char *path, size_t length);

#endif
