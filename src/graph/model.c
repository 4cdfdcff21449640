/* model.c - opening a model: text to tree to options to plan to weights; and what can be asked of it. */
#include "graph.h"

#include "file.h"
#include "fitted.h"
#include "json_set.h"
#include "text.h"

#include <math.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

/* ---- weights ---- */

static size_t memory_limit(const tern_model_options *options) {
    if (options && options->max_memory) return options->max_memory;
    long pages = sysconf(_SC_PHYS_PAGES), size = sysconf(_SC_PAGESIZE);
    return pages > 0 && size > 0 ? (size_t)pages * (size_t)size / 4 * 3 : SIZE_MAX / 2;
}

tern_status tern__model_check_memory(const tern_model *m, tern_error *err) {
    size_t bytes = (m->params + m->states) * sizeof(tern_real);
    if (bytes <= m->max_memory) return TERN_OK;
    return tern_error_add(err, TERN_ERROR_MEMORY, NULL, "the weights take %zu bytes, more than max_memory allows, %zu",
                          bytes, m->max_memory);
}

static tern_status allocate_weights(tern_model *m, tern_error *err) {
    tern_status status = tern__model_check_memory(m, err);
    if (status) return status;
    m->param = tern__alloc(m->params, sizeof *m->param, err);
    m->state = tern__alloc(m->states, sizeof *m->state, err);
    return m->param && m->state ? TERN_OK : TERN_ERROR_MEMORY;
}

tern_tensor tern__weight_tensor(const tern_model *m, const tern__weight *w) {
    tern_real *flat = w->trained ? m->param : m->state;
    return (tern_tensor){w->param.shape, flat ? flat + w->offset : NULL};
}

static void start(const tern_param *p, const tern_random *random, tern_tensor *t) {
    size_t n = tern_tensor_count(t);
    if (p->init && p->init->type) {
        ((const tern_initializer_type *)p->init->type)->fill(p->init->self, random, t);
        return;
    }
    switch (p->fill) {
    case TERN_FILL_CONSTANT: tern_tensor_fill(t, (tern_real)p->a); return;
    case TERN_FILL_UNIFORM:
        tern_random_uniform(random, 0, n, t->data);
        for (size_t i = 0; i < n; i++) t->data[i] = (tern_real)(p->a + (p->b - p->a) * (double)t->data[i]);
        return;
    case TERN_FILL_NORMAL:
        tern_random_normal(random, 0, n, t->data);
        for (size_t i = 0; i < n; i++) t->data[i] = (tern_real)(p->a + p->b * (double)t->data[i]);
        return;
    }
}

static void fill(const tern_param *p, const tern_random *random, tern_tensor *t) {
    start(p, random, t);
    for (size_t i = 0; i < p->fixed_count; i++) t->data[p->fixed + i] = 0;
}

void tern__model_initialize(tern_model *m) {
    for (size_t i = 0; i < m->weights; i++) {
        tern_random random = {.seed = m->config.seed, .purpose = TERN_RANDOM_INIT, .index = (uint32_t)i};
        tern_tensor t = tern__weight_tensor(m, &m->weight[i]);
        fill(&m->weight[i].param, &random, &t);
    }
}

/* ---- opening ---- */

/* A name is also that of a directory, and shown on terminals. */
static tern_status check_name(const char *name, tern_error *err) {
    bool plain = *name && strlen(name) < TERN_MAX_NAME && !strchr(name, '/') && strcmp(name, "..") &&
                 strcmp(name, ".") && tern__text_is_safe(name);
    return plain ? TERN_OK
                 : tern_error_add(err, TERN_ERROR_MODEL, "name",
                                  "is \"%.60s\"; a name is at most %d bytes, without '/' and control characters", name,
                                  TERN_MAX_NAME - 1);
}

/* A model is called what its file says, else what its file is called. */
static tern_status name_model(tern_model *m, tern_error *err) {
    m->name = m->config.name;
    if (m->name) return check_name(m->name, err);
    const char *slash = strrchr(m->json.name, '/'), *base = slash ? slash + 1 : m->json.name, *dot = strrchr(base, '.');
    m->name = tern__arena_text(&m->arena, base, dot && dot != base ? (size_t)(dot - base) : strlen(base), err);
    if (!m->name) return TERN_ERROR_MEMORY;
    if (tern__text_is_safe(m->name)) return TERN_OK;
    return tern_error_add(err, TERN_ERROR_MODEL, "name",
                          "is missing, and the file's own name holds control characters or is not UTF-8");
}

/* What is most likely a mistake before a loss: a layer; NULL: any with weights, whose outputs are any numbers. */
static const struct {
    const char *loss, *layer, *text;
} doubtful[] = {
    {"cross_entropy", "softmax",
     "cross_entropy takes logits; a softmax before it is applied twice: take the last layer out, or use \"nll\" after "
     "log_softmax"},
    {"cross_entropy", "log_softmax",
     "cross_entropy takes logits; a log_softmax before it is applied twice: take the last layer out, or use \"nll\" "
     "after log_softmax"},
    {"bce_with_logits", "sigmoid",
     "bce_with_logits takes logits; a sigmoid before it is applied twice: take the last layer out, or use \"bce\""},
    {"nll", "softmax", "nll takes the logarithms of probabilities, which a log_softmax in the place of softmax gives"},
    {"nll", NULL,
     "nll takes the logarithms of probabilities, but this layer gives any numbers: add a log_softmax, or use "
     "\"cross_entropy\""},
    {"bce", NULL,
     "bce takes probabilities, but this layer gives any numbers: add a sigmoid, or use \"bce_with_logits\""},
};

static void warn_last_layer(const tern_model *m, const tern__loss_place *place, const tern_object *loss,
                            tern_error *err) {
    const tern__node *maker = tern__value_node(m, place->value);
    for (size_t i = 0; i < sizeof doubtful / sizeof *doubtful; i++) {
        const char *layer = doubtful[i].layer;
        bool is = layer ? !strcmp(layer, maker->type->base.name) : maker->params > 0;
        if (!is || strcmp(doubtful[i].loss, loss->type->name)) continue;
        size_t depth = tern_error_enter(err, "layers", 0);
        tern_error_enter(err, NULL, (size_t)(maker - m->node));
        tern_error_warn(err, NULL, "%s", doubtful[i].text);
        tern_error_leave(err, depth);
    }
}

/* What is planned once the layers are: the losses and metrics, which weights learn. */
static tern_status plan_learning(tern_model *m, tern_error *err) {
    tern_status status = tern__indices_check(m, err), applied = tern__model_apply_patterns(m, err);
    tern_objects losses = tern__config_losses(&m->config);
    if (!status) status = applied;
    if (!m->losses) return status;
    tern_status targets = tern__targets_make(m, NULL, &m->arena, &m->measured, err);
    for (size_t k = 0; k < m->losses; k++) warn_last_layer(m, &m->loss[k], &losses.item[k], err);
    return status ? status : targets;
}

static tern_status plan(tern_model *m, const tern_model_options *options, tern_error *err) {
    tern__reading reading = {m->registry, &m->arena, err};
    tern_status written = tern__blocks_expand(&m->json, m->registry, err);
    if (written) return written;
    tern_status status = tern__config_read(&reading, m->json.root, &m->config);
    if (status == TERN_ERROR_MEMORY) return status;
    tern_status named = name_model(m, err), shaped = tern__fitted_shape(m, options, err),
                classes = tern__class_names_check(m, err);
    if (!shaped) shaped = tern__fitted_agree(m, err);
    if (!status) status = classes;
    if (shaped || named || m->unfitted) return status ? status : named ? named : shaped;
    tern_status input = tern__inputs_plan(m, err), built = tern__model_build(m, err);
    if (!status) status = named ? named : input ? input : built;
    tern_status learning = !built && !input ? plan_learning(m, err) : TERN_OK;
    if (!status) status = learning;
    return status ? status : tern__class_names_count(m, err);
}

/* Does all of opening after the text was taken in; on failure the caller frees. */
static tern_status open_parsed(tern_model *m, const tern_model_options *options, tern_error *err) {
    const char *by = options && options->set_by ? options->set_by : "set";
    for (const char *const *set = options ? options->set : NULL; set && *set; set++) {
        tern_status status = tern__json_set(&m->json, m->registry, by, *set, err);
        if (status) return status;
    }
    tern__error_scope before;
    tern__json_enter(&m->json, err, &before);
    tern_status status = plan(m, options, err);
    bool whole = !m->unfitted && !(options && options->plan_only);
    if (!status && whole) status = allocate_weights(m, err);
    if (!status && m->param) tern__model_initialize(m);
    tern__error_scope_leave(err, &before);
    return status;
}

tern_model *tern_model_parse(const char *text, size_t length, const char *name, const tern_model_options *options,
                             tern_error *err) {
    tern_model *m = tern__alloc(1, sizeof *m, err);
    if (!m) return NULL;
    m->registry = options ? options->registry : NULL;
    m->max_memory = memory_limit(options);
    m->path = "";
    tern_status status = tern__json_parse(&m->json, text, length, name, err);
    if (m->json.root) {
        tern_status opened = open_parsed(m, options, err);
        if (!status) status = opened;
    }
    if (!status) return m;
    tern_model_free(m);
    return NULL;
}

tern_model *tern_model_open(const char *path, const tern_model_options *options, tern_error *err) {
    size_t size;
    unsigned char *text = tern__stream_read(path, TERN__JSON_SIZE, &size, err);
    if (!text) return NULL;
    tern__stream_put_back(path, text, size);        /* whoever opens a model may look at it first */
    if (tern__file_is_stream(path)) path = "stdin"; /* in messages, as a name; its folder is the current one */
    tern_model *m = tern_model_parse((const char *)text, size, path, options, err);
    tern__free(text);
    if (m && !(m->path = tern__arena_text(&m->arena, path, strlen(path), err))) {
        tern_model_free(m);
        return NULL;
    }
    return m;
}

void tern_model_free(tern_model *m) {
    if (!m) return;
    tern__json_close(&m->json);
    tern__free(m->param);
    tern__free(m->state);
    tern__free(m->weights_from);
    tern__free(m->weight);
    tern__arena_free(&m->arena);
    tern__free(m);
}

/* ---- questions ---- */

const char *tern_model_name(const tern_model *m) { return m->name; }
bool tern_model_fitted(const tern_model *m) { return !m->unfitted; }
tern_shape tern_model_input(const tern_model *m) { return m->inputs ? m->input[0].shape : m->config.input.shape; }
tern_shape tern_model_output(const tern_model *m) { return m->nodes ? m->node[m->nodes - 1].out : (tern_shape){0}; }
size_t tern_model_inputs(const tern_model *m) { return m->inputs; }
size_t tern_model_outputs(const tern_model *m) { return m->outputs; }

static tern_port port_of(const tern_model *m, const char *name, size_t value) {
    size_t lengths = tern__value_lengths(m, value);
    return (tern_port){name, tern__value_shape(m, value), lengths != TERN__NOWHERE ? m->input[lengths].name : NULL};
}

tern_port tern_model_input_at(const tern_model *m, size_t k) {
    return k < m->inputs ? port_of(m, m->input[k].name, k) : (tern_port){0};
}

tern_port tern_model_output_at(const tern_model *m, size_t k) {
    return k < m->outputs ? port_of(m, m->result[k].name, m->result[k].value) : (tern_port){0};
}

size_t tern_model_weight_count(const tern_model *m) { return m->weights; }

size_t tern_model_parameters(const tern_model *m) {
    size_t n = 0;
    for (size_t i = 0; i < m->weights; i++)
        if (m->weight[i].trained) n += m->weight[i].count;
    return n;
}

tern_weight tern_model_weight(const tern_model *m, size_t i) {
    if (i >= m->weights) return (tern_weight){0};
    const tern__weight *w = &m->weight[i];
    return (tern_weight){.name = w->name,
                         .tensor = tern__weight_tensor(m, w),
                         .trained = w->trained,
                         .frozen = w->frozen,
                         .integer = w->param.integer};
}

bool tern_model_find_weight(const tern_model *m, const char *name, tern_weight *out) {
    size_t i = 0;
    while (i < m->weights && strcmp(m->weight[i].name, name)) i++;
    for (const tern__alias *alias = m->alias; i == m->weights && alias; alias = alias->next)
        if (!strcmp(alias->name, name)) i = alias->weight;
    if (i < m->weights) *out = tern_model_weight(m, i);
    return i < m->weights;
}

char *tern_model_render(const tern_model *m, tern_error *err) { return tern__config_render(&m->config, err); }
