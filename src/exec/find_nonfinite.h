/* find_nonfinite.h - names the first tensor of a step that is not finite. */
#ifndef TERN_EXEC_FIND_NONFINITE_H
#define TERN_EXEC_FIND_NONFINITE_H

#include "trainer_internal.h"

/* Says which tensor of the current batch is the first that is not finite. Takes the pass once more, which may move the
 * model's states. Errors: DIVERGED, always. */
tern_status tern__find_nonfinite(tern_trainer *t, tern_error *err);

#endif
