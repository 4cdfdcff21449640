/* model.c - models for the page: opened, described, run, and their weights. */
#include "web.h"

#include <tern/meaning.h>
#include <tern/predictor.h>
#include <tern/summary.h>

WEB_EXPORT(web_model_parse)
tern_model *web_model_parse(const char *text, size_t length, const char *name) {
    return tern_model_parse(text, length, name, NULL, web_err());
}

/* A model whose columns are fitted to its training data, from files that the page has put there. */
WEB_EXPORT(web_model_open)
tern_model *web_model_open(const char *path) { return tern_model_open_fitted(path, NULL, NULL, web_err()); }

WEB_EXPORT(web_model_free)
void web_model_free(tern_model *m) { tern_model_free(m); }

WEB_EXPORT(web_model_render)
char *web_model_render(const tern_model *m) { return tern_model_render(m, web_err()); }

WEB_EXPORT(web_model_load)
tern_status web_model_load(tern_model *m, const char *path) { return tern_model_load(m, path, web_err()); }

WEB_EXPORT(web_model_save)
tern_status web_model_save(const tern_model *m, const char *path) { return tern_model_save(m, path, web_err()); }

/* ---- what it is ---- */

static void add_ports(tern__json_writer *w, const tern_model *m, const char *key, size_t n,
                      tern_port (*at)(const tern_model *m, size_t k)) {
    tern__json_open(w, key, '[');
    for (size_t k = 0; k < n; k++) {
        tern_port port = at(m, k);
        tern__json_open(w, NULL, '{');
        tern__json_add_text(w, "name", port.name);
        web_add_shape(w, "shape", &port.shape);
        tern__json_close_bracket(w, '}');
    }
    tern__json_close_bracket(w, ']');
}

static void add_layers(tern__json_writer *w, const tern_summary *s) {
    tern__json_open(w, "layers", '[');
    for (size_t i = 0; i < s->layers; i++) {
        tern__json_open(w, NULL, '{');
        tern__json_add_text(w, "name", s->layer[i].name);
        tern__json_add_text(w, "type", s->layer[i].type);
        web_add_shape(w, "shape", &s->layer[i].out);
        tern__json_add_size(w, "parameters", s->layer[i].params);
        tern__json_close_bracket(w, '}');
    }
    tern__json_close_bracket(w, ']');
}

static void add_weights(tern__json_writer *w, const tern_model *m) {
    tern__json_open(w, "weights", '[');
    for (size_t i = 0; i < tern_model_weight_count(m); i++) {
        tern_weight weight = tern_model_weight(m, i);
        tern__json_open(w, NULL, '{');
        tern__json_add_text(w, "name", weight.name);
        web_add_shape(w, "shape", &weight.tensor.shape);
        tern__json_add_bool(w, "trained", weight.trained && !weight.frozen);
        tern__json_close_bracket(w, '}');
    }
    tern__json_close_bracket(w, ']');
}

/* Classes and names are learned as it trains: asked for again after each fit. */
static void add_meaning(tern__json_writer *w, const tern_model *m) {
    tern_meaning meaning = tern_model_meaning(m);
    tern__json_open(w, "meaning", '{');
    tern__json_add_size(w, "classes", meaning.classes);
    tern__json_add_size(w, "places", meaning.places);
    tern__json_add_bool(w, "probabilities", meaning.probabilities);
    tern__json_open(w, "names", '[');
    for (size_t i = 0; i < meaning.names; i++) tern__json_add_text(w, NULL, meaning.name[i]);
    tern__json_close_bracket(w, ']');
    tern__json_close_bracket(w, '}');
}

WEB_EXPORT(web_model_describe)
const char *web_model_describe(const tern_model *m) {
    tern_summary *s = tern_summary_new(m, 1, web_err());
    if (!s) return NULL;
    tern_model_info info = tern_model_describe(m);
    tern__json_writer *w = web_answer_begin('{');
    tern__json_add_text(w, "name", tern_model_name(m));
    tern__json_add_real(w, "seed", (double)info.seed);
    tern__json_add_text(w, "loss", info.loss);
    tern__json_add_text(w, "optimizer", info.optimizer);
    tern__json_add_size(w, "epochs", info.epochs);
    tern__json_add_size(w, "batchSize", info.batch_size);
    tern__json_add_size(w, "parameters", s->params);
    add_ports(w, m, "inputs", tern_model_inputs(m), tern_model_input_at);
    add_ports(w, m, "outputs", tern_model_outputs(m), tern_model_output_at);
    add_layers(w, s);
    add_weights(w, m);
    add_meaning(w, m);
    tern_summary_free(s);
    return web_answer_end('}');
}

/* ---- what it says ---- */

/* How many numbers come out of a layer for one sample; NULL: of the model's first output. 0 after an error. */
WEB_EXPORT(web_layer_count)
size_t web_layer_count(const tern_model *m, const char *layer) {
    tern_shape shape = tern_model_output_at(m, 0).shape;
    if (layer && tern_model_layer(m, layer, &shape, web_err())) return 0;
    return tern_shape_count(&shape);
}

/* All samples of a dataset; `layer` NULL: what the model predicts, in its unit, else what comes out of that layer. Of
 * several outputs `y` holds one behind the other. */
WEB_EXPORT(web_predict)
tern_status web_predict(const tern_model *m, const tern_dataset *d, const char *layer, tern_real *y) {
    tern_tensor to[TERN_MAX_INPUTS];
    tern_shape shape;
    if (layer) {
        tern_status status = tern_model_layer(m, layer, &shape, web_err());
        to[0] = (tern_tensor){tern_shape_batch(&shape, d->n), y};
        return status ? status : tern_dataset_layer(d, m, layer, 1, to, web_err());
    }
    if (tern_dataset_check_input(d, m, web_err())) return TERN_ERROR_DATA;
    for (size_t k = 0; k < tern_model_outputs(m) && k < TERN_MAX_INPUTS; k++) {
        shape = tern_model_output_at(m, k).shape;
        to[k] = (tern_tensor){tern_shape_batch(&shape, d->n), y};
        y += d->n * tern_shape_count(&shape);
    }
    return tern_dataset_predict(d, m, 1, to, web_err());
}

WEB_EXPORT(web_scores)
void web_scores(const tern_model *m, const tern_real *out, double *score) { tern_model_scores(m, out, score); }

/* ---- its weights ---- */

WEB_EXPORT(web_weight)
tern_real *web_weight(const tern_model *m, size_t i) { return tern_model_weight(m, i).tensor.data; }
