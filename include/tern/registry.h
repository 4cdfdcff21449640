/* registry.h - the types that JSON can name: the built-in ones, and those that a program or a plugin adds. */
#ifndef TERN_REGISTRY_H
#define TERN_REGISTRY_H

#include <tern/type.h>

TERN_BEGIN

/* A set of types. Wherever one is asked for, NULL means: the built-in types alone. Read by any number of threads;
 * adding is for one. */
typedef struct tern_registry tern_registry;

/* Makes a registry that holds the built-in types. Errors: MEMORY. Free with tern_registry_free(), after the models that
 * use it. */
TERN_API tern_registry *tern_registry_new(tern_error *err);

/* Frees, and unloads the plugins it opened; takes NULL. */
TERN_API void tern_registry_free(tern_registry *r);

/* Adds a type, which must outlive the registry. Refuses a taken name, a missing function, a bad option table. */
TERN_API tern_status tern_registry_add(tern_registry *r, const tern_type *type, tern_error *err);

/* Loads a plugin made with TERN_PLUGIN() and adds its types. `path` must contain a '/': nothing is searched for. */
TERN_API tern_status tern_registry_open(tern_registry *r, const char *path, tern_error *err);

/* The type of that name or alias, ignoring case and underscores; NULL where there is none. */
TERN_API const tern_type *tern_registry_find(const tern_registry *r, tern_kind kind, const char *name);

/* How many types of a kind there are, and the i-th: built-ins in their list's order, then the added ones. */
TERN_API size_t tern_registry_count(const tern_registry *r, tern_kind kind);
TERN_API const tern_type *tern_registry_at(const tern_registry *r, tern_kind kind, size_t i);

/* "layer", "loss", "optimizer", ... Static memory. */
TERN_API const char *tern_kind_name(tern_kind kind);

/* The options that all types of a kind share (a layer's `name` and `inputs`, a loss's `reduction`); never NULL. */
TERN_API const tern_option *tern_kind_options(tern_kind kind);

TERN_END

#endif
