/* loss_weights.h - what classes count for in a loss. */
#ifndef TERN_GRAPH_LOSS_WEIGHTS_H
#define TERN_GRAPH_LOSS_WEIGHTS_H

#include "graph.h"

/* Gives a loss that weighs classes their weights, where these are known: as the type's own option "weight" or, where it
 * has none, for its rows. `object` is the loss in hand. Errors: MODEL (both kinds are given). */
tern_status tern__loss_weigh_classes(const tern_model *m, tern__loss *loss, const tern_object *object, tern_error *err);

/* Whether a target of numbers is yes, no or a share of yes: from 0 to 1, or of two signs, from -1 to 1; and that share.
 */
static inline bool tern__says_yes(const tern_loss_spec *spec) {
    return spec->kind == TERN_TARGET_VALUES && (spec->least == 0 || spec->least == -1) && spec->most == 1;
}
static inline double tern__yes(const tern_loss_spec *spec, double v) { return spec->least < 0 ? v > 0 : v; }

/* Whether the loss weighs classes by what is not known yet. */
bool tern__class_weight_unknown(const tern_model *m);

/* Refuses such a model. Errors: MODEL. */
tern_status tern__class_weight_check(const tern_model *m, tern_error *err);

/* Learns the weights: `count` [classes] says how much of each the training rows have, `names` (NULL: their indices)
 * what they are called. Errors: MODEL (a class that there is not, nothing that counts), MEMORY. */
tern_status tern__class_weight_learn(tern_model *m, size_t classes, const double *count, const char *const *names,
                                     tern_error *err);

#endif
