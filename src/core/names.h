/* names.h - the names that people type: compared, and where one is unknown, the one they may have meant. */
#ifndef TERN_CORE_NAMES_H
#define TERN_CORE_NAMES_H

#include <tern/base.h>

/* Whether two names are the same, ignoring case and underscores. */
bool tern__name_same(const char *a, const char *b);

/* The candidate nearest to `name` by edit distance, or NULL where none is near. */
const char *tern__name_nearest(const char *name, size_t n, const char *const *candidates);

/* Appends `; did you mean "relu"?`, or just the semicolon where no candidate is near. */
void tern__text_add_nearest(char *out, size_t size, const char *name, size_t n, const char *const *candidates);

/* The same, and all candidates after it: `; did you mean "relu"? accepted: relu, elu`. */
void tern__text_add_accepted(char *out, size_t size, const char *name, size_t n, const char *const *candidates);

#endif
