/* schema_names.h - the names of types as a schema takes them. */
#ifndef TERN_CONFIG_SCHEMA_NAMES_H
#define TERN_CONFIG_SCHEMA_NAMES_H

#include "options.h"

/* The regular expression that a type's names match, however they are written; NULL: no memory. */
cJSON *tern__schema_type_pattern(const tern_type *type);

#endif
