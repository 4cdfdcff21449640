/* json_set.h - changes to a model file that was read: "optimizer.lr=0.01". */
#ifndef TERN_CONFIG_JSON_SET_H
#define TERN_CONFIG_JSON_SET_H

#include "json.h"

#include <tern/registry.h>

/* Applies PATH=VALUE. The path is dotted, of keys and indices; an option goes by its name or its alias, whichever the
 * file has, and options of a type that the file only names are added to it. VALUE is JSON where it begins as an object,
 * a list or a string, or is JSON as a whole; else a string as it stands. null takes the option out. `by` is how
 * messages call who changes ("--set"). Errors: USAGE, MODEL (a duplicate key in VALUE), MEMORY. */
tern_status tern__json_set(tern__json *j, const tern_registry *r, const char *by, const char *assignment,
                           tern_error *err);

#endif
