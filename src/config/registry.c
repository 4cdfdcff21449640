/* registry.c - the built-in types, from the .def lists of their folders, and those that are added. No constructors: a
 * static library would drop them. */
#include "library.h"
#include "memory.h"
#include "registry_check.h"
#include "names.h"

#include <tern/plugin.h>
#include <tern/registry.h>

#include <string.h>

/* ---- the lists ---- */

#define TERN_TYPE(name) extern const tern_layer_type tern_layer_##name;
#include "layers.def"
#undef TERN_TYPE
#define TERN_TYPE(name) extern const tern_loss_type tern_loss_##name;
#include "losses.def"
#undef TERN_TYPE
#define TERN_TYPE(name) extern const tern_optimizer_type tern_optimizer_##name;
#include "optim.def"
#undef TERN_TYPE
#define TERN_TYPE(name) extern const tern_schedule_type tern_schedule_##name;
#include "schedules.def"
#undef TERN_TYPE
#define TERN_TYPE(name) extern const tern_initializer_type tern_initializer_##name;
#include "init.def"
#undef TERN_TYPE
#define TERN_TYPE(name) extern const tern_metric_type tern_metric_##name;
#include "metrics.def"
#undef TERN_TYPE
#define TERN_TYPE(name) extern const tern_reader_type tern_reader_##name;
#include "readers.def"
#undef TERN_TYPE

static const tern_type *const builtin[] = {
#define TERN_TYPE(name) &tern_layer_##name.base,
#include "layers.def"
#undef TERN_TYPE
#define TERN_TYPE(name) &tern_loss_##name.base,
#include "losses.def"
#undef TERN_TYPE
#define TERN_TYPE(name) &tern_optimizer_##name.base,
#include "optim.def"
#undef TERN_TYPE
#define TERN_TYPE(name) &tern_schedule_##name.base,
#include "schedules.def"
#undef TERN_TYPE
#define TERN_TYPE(name) &tern_initializer_##name.base,
#include "init.def"
#undef TERN_TYPE
#define TERN_TYPE(name) &tern_metric_##name.base,
#include "metrics.def"
#undef TERN_TYPE
#define TERN_TYPE(name) &tern_reader_##name.base,
#include "readers.def"
#undef TERN_TYPE
};
enum { BUILTINS = sizeof builtin / sizeof *builtin };

struct tern_registry {
    size_t n, libraries; /* added types, opened plugins */
    const tern_type **type;
    void **library;
};

/* ---- looking up ---- */

/* The i-th type of all kinds, NULL at the end. */
static const tern_type *type_at(const tern_registry *r, size_t i) {
    if (i < BUILTINS) return builtin[i];
    return r && i - BUILTINS < r->n ? r->type[i - BUILTINS] : NULL;
}

static bool called(const tern_type *t, const char *name) {
    if (tern__name_same(t->name, name)) return true;
    for (const char *const *alias = t->aliases; alias && *alias; alias++)
        if (tern__name_same(*alias, name)) return true;
    return false;
}

const tern_type *tern_registry_find(const tern_registry *r, tern_kind kind, const char *name) {
    const tern_type *t;
    for (size_t i = 0; (t = type_at(r, i)); i++)
        if (t->kind == kind && called(t, name)) return t;
    return NULL;
}

size_t tern_registry_count(const tern_registry *r, tern_kind kind) {
    size_t n = 0;
    const tern_type *t;
    for (size_t i = 0; (t = type_at(r, i)); i++) n += t->kind == kind;
    return n;
}

const tern_type *tern_registry_at(const tern_registry *r, tern_kind kind, size_t index) {
    const tern_type *t;
    for (size_t i = 0; (t = type_at(r, i)); i++)
        if (t->kind == kind && index-- == 0) return t;
    return NULL;
}

/* ---- adding ---- */

tern_registry *tern_registry_new(tern_error *err) { return tern__alloc(1, sizeof(tern_registry), err); }

void tern_registry_free(tern_registry *r) {
    if (!r) return;
    for (size_t i = r->libraries; i-- > 0;) tern__library_close(r->library[i]);
    tern__free(r->library);
    tern__free(r->type);
    tern__free(r);
}

tern_status tern_registry_add(tern_registry *r, const tern_type *type, tern_error *err) {
    tern_status status = tern__type_check(type, err);
    if (status) return status;
    const tern_type *taken = tern_registry_find(r, type->kind, type->name);
    for (const char *const *alias = type->aliases; !taken && alias && *alias; alias++)
        taken = tern_registry_find(r, type->kind, *alias);
    if (taken)
        return tern_error_add(err, TERN_ERROR_PLUGIN, NULL, "the name of %s \"%s\" is taken by \"%s\"",
                              tern_kind_name(type->kind), type->name, taken->name);
    const tern_type **grown = tern__realloc(r->type, r->n, r->n + 1, sizeof *grown, err);
    if (!grown) return TERN_ERROR_MEMORY;
    r->type = grown;
    r->type[r->n++] = type;
    return TERN_OK;
}

static tern_status other_headers(const char *path, tern_error *err) {
    return tern_error_add(err, TERN_ERROR_PLUGIN, NULL,
                          "plugin %s was built with other headers: its structs differ in size", path);
}

static tern_status check_sizes(const tern_plugin *p, const char *path, tern_error *err) {
    static const tern_plugin own = {TERN_PLUGIN_FIELDS};
    if (p->abi != own.abi)
        return tern_error_add(err, TERN_ERROR_PLUGIN, NULL,
                              "plugin %s was built for ABI %u, this library has %u; build it again", path,
                              (unsigned)p->abi, (unsigned)own.abi);
    if (p->real != own.real)
        return tern_error_add(
            err, TERN_ERROR_PLUGIN, NULL,
            "plugin %s was built for numbers of %u bytes, this library has %u; build it %s TERN_DOUBLE", path,
            (unsigned)p->real, (unsigned)own.real, own.real == sizeof(double) ? "with" : "without");
    if (p->option != own.option) return other_headers(path, err);
    for (size_t i = 0; i < p->n; i++) {
        tern_kind kind = p->types[i] ? p->types[i]->kind : TERN_KINDS;
        if ((unsigned)kind < TERN_KINDS && memcmp(p->size[kind], own.size[kind], sizeof own.size[kind]))
            return other_headers(path, err);
    }
    return TERN_OK;
}

static tern_status add_library(tern_registry *r, void *library, const char *path, tern_error *err) {
    const tern_plugin *p = tern__library_find(library, "tern_plugin_entry");
    if (!p) return tern_error_add(err, TERN_ERROR_PLUGIN, NULL, "%s is no plugin: it has no TERN_PLUGIN(...)", path);
    tern_status status = check_sizes(p, path, err);
    for (size_t i = 0; !status && i < p->n; i++) status = tern_registry_add(r, p->types[i], err);
    return status;
}

tern_status tern_registry_open(tern_registry *r, const char *path, tern_error *err) {
    if (!strchr(path, '/'))
        return tern_error_add(err, TERN_ERROR_PLUGIN, NULL,
                              "the path of a plugin contains a '/', \"%s\" does not: write ./%s", path, path);
    void **grown = tern__realloc(r->library, r->libraries, r->libraries + 1, sizeof *grown, err);
    if (!grown) return TERN_ERROR_MEMORY;
    r->library = grown;
    void *library = tern__library_open(path, err);
    if (!library) return TERN_ERROR_PLUGIN;
    size_t before = r->n;
    tern_status status = add_library(r, library, path, err);
    if (status) {
        r->n = before;
        tern__library_close(library);
        return status;
    }
    r->library[r->libraries++] = library;
    return TERN_OK;
}
