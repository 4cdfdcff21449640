/* gradcheck.h - gradients against central differences: of a model's layers and loss, or of a type on its own. */
#ifndef TERN_GRADCHECK_H
#define TERN_GRADCHECK_H

#include <tern/model.h>

TERN_BEGIN

/* What a check found. The error is |d - q| / max(1, |d|, |q|), of the derivative d and the quotient of differences q.
 */
typedef struct tern_gradcheck {
    const tern_type *type;   /* that was checked */
    const char *name;        /* a model's layer, or the options of a type's example */
    bool passed;             /* the worst error is below tern_gradcheck_bound(), and no more than a fifth was skipped */
    size_t checked, skipped; /* elements compared; left out, because a kink lies too near */
    double worst;            /* 0 where nothing was compared; infinite where a derivative is no number */
    char tensor[48];         /* where the worst error is: "x[0]", "weight", "pred" */
    size_t element;          /* and at which element of it */
    double derivative, quotient;
} tern_gradcheck;

/* The largest error that passes: differences in float show gross mistakes only; the build in double is the real check.
 */
TERN_API double tern_gradcheck_bound(void);

/* Checks each layer of a model and its loss, on their own, on fixed pseudo-random numbers in training mode; of large
 * tensors 200 elements. Calls `found` for each; a failed check is no error. A model opened with plan_only will do.
 * Errors: MODEL, MEMORY. */
TERN_API tern_status tern_gradcheck_model(const tern_model *m, void (*found)(void *user, const tern_gradcheck *check),
                                          void *user, tern_error *err);

/* Checks a layer or loss type of a registry on each of its examples, a loss for each kind of target that it takes.
 * Otherwise as tern_gradcheck_model(). Errors: USAGE (a type of another kind), MODEL (an example is refused), MEMORY.
 */
TERN_API tern_status tern_gradcheck_type(const tern_registry *r, const tern_type *type,
                                         void (*found)(void *user, const tern_gradcheck *check), void *user,
                                         tern_error *err);

TERN_END

#endif
