/* net.h - a small net with something random in it, and its fingerprint. */
#ifndef TERN_TEST_NET_H
#define TERN_TEST_NET_H

#include "../model/batches.h"

#define NET                                                                                     \
    "{'seed': 3, 'input': {'shape': [12], 'scale': 0.5},"                                       \
    " 'layers': [{'type': 'dense', 'out_features': 160}, 'relu', {'type': 'dropout', 'p': %s}," \
    " {'type': 'dense', 'out_features': 5}],"                                                   \
    " 'loss': {'type': 'cross_entropy', 'ignore_index': 4, 'reduction': '%s'},"                 \
    " 'optimizer': {'type': 'adam', 'lr': 0.01},"                                               \
    " 'metrics': ['accuracy'], 'train': {'epochs': 3, 'batch_size': 16, 'clip_grad_norm': 0.7}}"

static inline tern_model *make_net(const char *p, const char *reduction) {
    char text[1024];
    snprintf(text, sizeof text, NET, p, reduction);
    return quick_model(text, NULL);
}

static inline tern_trainer *make_trainer(tern_model *m, const tern_trainer_options *options) {
    tern_trainer *t = tern_trainer_new(m, options, NULL);
    ck_assert_ptr_nonnull(t);
    return t;
}

/* The sum of all weights, each with a factor of its own: the same for the same weights alone. */
static inline double fingerprint(const tern_model *m) {
    double sum = 0;
    for (size_t i = 0, k = 0; i < tern_model_weight_count(m); i++) {
        tern_tensor t = tern_model_weight(m, i).tensor;
        for (size_t j = 0; j < tern_tensor_count(&t); j++) sum += (double)t.data[j] * sin((double)++k);
    }
    return sum;
}

#endif
