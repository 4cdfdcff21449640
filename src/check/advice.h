/* advice.h - what rules about models and rules about data share. */
#ifndef TERN_CHECK_ADVICE_H
#define TERN_CHECK_ADVICE_H

#include "graph.h"

#include <tern/advice.h>
#include <tern/schedule.h>

/* Whether a name (NULL: never) is among others; the list ends in NULL. */
bool tern__one_of(const char *name, const char *const *names);

/* Whether a schedule outlasts the training; it ticks by epochs, or, where their number in one is known, by steps. */
void tern__advise_schedule(const tern_model *m, size_t steps_per_epoch, tern_error *err);

#endif
