/* output_parallel.h - the strategy for a first layer that the workers share by its outputs, and not by rows. */
#ifndef TERN_EXEC_OUTPUT_PARALLEL_H
#define TERN_EXEC_OUTPUT_PARALLEL_H

#include "partition.h"
#include "strategy.h"

/* For the layer that the partition chose. The input of a batch is then to be gathered into one array, where `cut` binds
 * the slices' inputs. NULL: no memory. */
tern__strategy *tern__output_parallel_new(const tern_model *m, const tern__partition *p, tern_error *err);

#endif
