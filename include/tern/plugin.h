/* plugin.h - all that a file outside the tree may see of types, whatever their kind. With
 * TERN_PLUGIN(&tern_layer_swish.base) as its last line it is a plugin; a file with types of one kind can do with that
 * kind's header. */
#ifndef TERN_PLUGIN_H
#define TERN_PLUGIN_H

#include <tern/initializer.h>
#include <tern/layer.h>
#include <tern/loss.h>
#include <tern/math.h>
#include <tern/metric.h>
#include <tern/optimizer.h>
#include <tern/reader.h>
#include <tern/schedule.h>

#endif
