/* schema.h - the JSON Schema of model files, from the tables of options. */
#ifndef TERN_CONFIG_SCHEMA_H
#define TERN_CONFIG_SCHEMA_H

#include <tern/registry.h>

/* A schema (draft 2020-12) that accepts what the tables accept, as text that ends in a newline: every registered type
 * with its names, keys, ranges and defaults. NULL: no memory. Free with tern__free(). */
char *tern__schema_text(const tern_registry *r, tern_error *err);

#endif
