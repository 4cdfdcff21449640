/* info.c - what a model file says beside its layers. */
#include "graph.h"

static const char *type_name(const tern_object *o) { return o->type ? o->type->name : NULL; }

/* The strictest of the layers that read the input as indices. Data is checked against all. */
static size_t input_indices(const tern_model *m) {
    size_t indices = 0;
    for (size_t i = 0; i < m->nodes; i++)
        if (m->node[i].indices && (!indices || m->node[i].indices < indices)) indices = m->node[i].indices;
    return indices;
}

tern_model_info tern_model_describe(const tern_model *m) {
    const tern__config *c = &m->config;
    tern_model_info info = {.seed = c->seed,
                            .loss = type_name(&c->loss),
                            .optimizer = type_name(&c->optimizer),
                            .has_train = c->train.given,
                            .epochs = c->train.epochs,
                            .batch_size = c->train.batch_size,
                            .validation_split = c->train.validation_split,
                            .train_data = c->data.train.type != NULL,
                            .valid_data = c->data.valid.type != NULL,
                            .test_data = c->data.test.type != NULL,
                            .indices = input_indices(m)};
    if (c->fitted.target.normalize) info.normalized = tern__normalize_words[c->fitted.target.normalize];
    if (m->measured.losses) info.target = m->measured.loss[0].spec;
    return info;
}
