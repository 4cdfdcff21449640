/* json_compare.h - in what two JSON texts differ. */
#ifndef TERN_CONFIG_JSON_COMPARE_H
#define TERN_CONFIG_JSON_COMPARE_H

#include <tern/error.h>

/* Hears of a difference: its JSON pointer, and the value in each text, cut where it is long; "none" where it lacks it.
 */
typedef void tern__json_difference(void *user, const char *pointer, const char *before, const char *after);

/* Calls `found` for each value that differs, in the order of the texts; `name` stands for the first text in messages.
 * Errors: SYNTAX, MEMORY. */
tern_status tern__json_compare(const char *before, const char *name, const char *after, tern__json_difference *found,
                               void *user, tern_error *err);

/* Whether a pointer is one of these, which end with NULL, or lies below one. */
bool tern__json_below(const char *pointer, const char *const *prefixes);

#endif
