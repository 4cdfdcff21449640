/* info.c - what a model file says beside its layers. */
#include "graph.h"

static const char *type_name(const tern_object *o) { return o->type ? o->type->name : NULL; }

/* Of the first input that some layer reads as indices. Data is checked against all. */
static size_t input_indices(const tern_model *m) {
    for (size_t k = 0; k < m->inputs; k++) {
        const tern__node *reader = tern__index_reader(m, k);
        if (reader) return reader->indices;
    }
    return 0;
}

/* The first loss's; of sequences of any length for all steps. */
static tern_loss_spec describe_target(const tern_model *m) {
    const tern__loss *loss = &m->measured.loss[0];
    tern_loss_spec spec = loss->spec;
    const tern__pairs one = tern__loss_pairs(loss, 1, NULL, NULL, NULL);
    spec.pred = tern__shape_step(&one.pred.shape);
    spec.target = tern__shape_step(&one.target.shape);
    return spec;
}

tern_model_info tern_model_describe(const tern_model *m) {
    const tern__config *c = &m->config;
    const tern_loss_type *loss = tern__model_loss(m);
    tern_model_info info = {.seed = c->seed,
                            .loss = loss ? loss->base.name : NULL,
                            .optimizer = type_name(&c->optimizer),
                            .has_train = c->train.given,
                            .epochs = c->train.epochs,
                            .batch_size = c->train.batch_size,
                            .validation_split =
                                c->train.folds.given ? 1 / (double)c->train.folds.of : c->train.validation_split,
                            .fold = c->train.folds.fold,
                            .folds = c->train.folds.of,
                            .train_data = c->data.train.type != NULL,
                            .valid_data = c->data.valid.type != NULL,
                            .test_data = c->data.test.type != NULL,
                            .indices = input_indices(m)};
    if (c->fitted.target.normalize) info.normalized = tern__normalize_words[c->fitted.target.normalize];
    if (m->measured.losses) info.target = describe_target(m);
    return info;
}
