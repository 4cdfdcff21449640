/* plugin.h - how a file outside the tree hands over its types: TERN_PLUGIN(&tern_layer_swish.base) as its last line. */
#ifndef TERN_PLUGIN_H
#define TERN_PLUGIN_H

#include <tern/initializer.h>
#include <tern/layer.h>
#include <tern/loss.h>
#include <tern/metric.h>
#include <tern/optimizer.h>
#include <tern/reader.h>
#include <tern/schedule.h>

TERN_BEGIN

/* What a plugin exports as `tern_plugin_entry`. The sizes are compared with the library's own, so that a plugin built for other
 * headers, or for the other number type, is refused instead of misread. */
typedef struct tern_plugin {
    uint32_t                abi, real;
    uint32_t                option, layer_spec, forward, backward, update;
    size_t                  n;
    const tern_type *const *types;
} tern_plugin;

#define TERN_PLUGIN_SIZES                                                                                       \
    .abi = TERN_ABI, .real = sizeof(tern_real), .option = sizeof(tern_option), .layer_spec = sizeof(tern_layer_spec), \
    .forward = sizeof(tern_forward), .backward = sizeof(tern_backward), .update = sizeof(tern_update)

/* Exports the types whose `base` addresses are given. */
#define TERN_PLUGIN(...)                                                                   \
    static const tern_type *const tern_plugin_types[] = {__VA_ARGS__};                     \
    TERN_API extern const tern_plugin tern_plugin_entry;                                   \
    const tern_plugin tern_plugin_entry = {TERN_PLUGIN_SIZES, .types = tern_plugin_types,  \
                                           .n = sizeof tern_plugin_types / sizeof *tern_plugin_types}

TERN_END

#endif
