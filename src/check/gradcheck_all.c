/* gradcheck_all.c - gradient checks of all layers of a model, and of all examples of a type. */
#include "gradcheck.h"

#include "graph.h"

enum { ROWS = 3 };

/* Whom to tell. */
typedef struct listener {
    void (*found)(void *user, const tern_gradcheck *check);
    void *user;
} listener;

static void tell(const listener *l, const tern_type *type, const char *name, tern_gradcheck *check) {
    check->type = type;
    check->name = name;
    check->passed = tern__gradcheck_passes(check);
    l->found(l->user, check);
}

double tern_gradcheck_bound(void) { return TERN__GRADCHECK_ERROR; }

/* ---- a model ---- */

static tern_status check_node(const listener *l, const tern_model *m, size_t i, tern_error *err) {
    const tern__node *node = &m->node[i];
    tern_shape in[TERN_MAX_INPUTS] = {{0}};
    tern_gradcheck check;
    for (size_t k = 0; k < node->inputs; k++) in[k] = tern__value_shape(m, node->input[k]);
    tern_status status = tern__gradcheck_layer(&m->config.layers.item[i], node->inputs, in, ROWS, &check, err);
    if (!status) tell(l, &node->type->base, node->name, &check);
    return status;
}

tern_status tern_gradcheck_model(const tern_model *m, void (*found)(void *user, const tern_gradcheck *check),
                                 void *user, tern_error *err) {
    const listener l = {found, user};
    tern_status status = TERN_OK;
    for (size_t i = 0; !status && i < m->nodes; i++) status = check_node(&l, m, i, err);
    tern_objects losses = tern__config_losses(&m->config);
    for (size_t k = 0; !status && k < m->losses; k++) {
        const tern_loss_spec *spec = &m->measured.loss[k].spec;
        tern_gradcheck check;
        status = tern__gradcheck_loss(&losses.item[k], &spec->pred, spec->kind, ROWS, &check, err);
        if (!status) tell(&l, losses.item[k].type, m->losses > 1 ? m->measured.loss[k].name : "loss", &check);
    }
    return status;
}

/* ---- a type on its own examples ---- */

static tern_status check_layer(const listener *l, const tern_object *layer, const tern_example *example,
                               tern_error *err) {
    size_t inputs = 0;
    while (inputs < TERN_EXAMPLE_INPUTS && example->in[inputs].rank) inputs++;
    tern_gradcheck check;
    tern_status status = tern__gradcheck_layer(layer, inputs, example->in, ROWS, &check, err);
    if (!status) tell(l, layer->type, example->options, &check);
    return status;
}

/* A loss for each kind of target that it takes; an example may suit only one of them, and then the errors of the other
 * are forgotten. */
static tern_status check_loss(const listener *l, const tern_object *loss, const tern_example *example,
                              tern_error *err) {
    unsigned targets = ((const tern_loss_type *)loss->type)->targets;
    size_t checked = 0;
    tern_error refused = {0};
    for (unsigned kind = TERN_TARGET_CLASSES; kind <= TERN_TARGET_NONE; kind <<= 1) {
        tern_gradcheck check;
        if (!(targets & kind)) continue;
        if (tern__gradcheck_loss(loss, &example->in[0], (tern_target)kind, ROWS, &check, &refused)) continue;
        tell(l, loss->type, example->options, &check);
        checked++;
    }
    if (checked) return TERN_OK;
    return tern_error_add(err, TERN_ERROR_MODEL, NULL, "%s: an example is refused: %s", loss->type->name,
                          refused.count ? refused.item[0].text : "it takes no targets");
}

static tern_status check_example(const listener *l, const tern_registry *r, const tern_type *type,
                                 const tern_example *example, tern_error *err) {
    tern__arena arena = {0};
    tern_object object;
    tern_status status = tern__example_read(r, type, example, &arena, &object, err);
    if (!status)
        status =
            type->kind == TERN_LAYER ? check_layer(l, &object, example, err) : check_loss(l, &object, example, err);
    tern__arena_free(&arena);
    return status;
}

tern_status tern_gradcheck_type(const tern_registry *r, const tern_type *type,
                                void (*found)(void *user, const tern_gradcheck *check), void *user, tern_error *err) {
    const listener l = {found, user};
    tern_status status = TERN_OK;
    if (type->kind != TERN_LAYER && type->kind != TERN_LOSS)
        return tern_error_add(err, TERN_ERROR_USAGE, NULL, "%s is no layer or loss: it has no gradient to check",
                              type->name);
    for (const tern_example *e = type->examples; !status && e && e->options; e++)
        status = check_example(&l, r, type, e, err);
    return status;
}
