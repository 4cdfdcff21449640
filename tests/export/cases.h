/* cases.h - what exports are tested on: every example of every layer type, every model of models/, in a directory. */
#ifndef TERN_TEST_EXPORT_CASES_H
#define TERN_TEST_EXPORT_CASES_H

#include "test.h"

#include <tern/tern.h>

#include <dirent.h>
#include <unistd.h>

/* Where the files of a test are. */
static inline void begin(char dir[24]) {
    strcpy(dir, "/tmp/tern-export-XXXXXX");
    ck_assert_ptr_nonnull(mkdtemp(dir));
}

static inline void end(const char *dir) {
    char command[64];
    snprintf(command, sizeof command, "rm -r %s", dir);
    ck_assert_int_eq(system(command), 0);
}

/* Weights that no layer starts with: so that none is forgotten. */
static inline void disturb(const tern_model *m) {
    for (size_t i = 0; i < tern_model_weight_count(m); i++) {
        tern_weight w = tern_model_weight(m, i);
        size_t n = tern_tensor_count(&w.tensor);
        tern_real *noise = malloc(n * sizeof *noise);
        tern_random_uniform(&(tern_random){.seed = 7, .purpose = TERN_RANDOM_OTHER, .index = (uint32_t)i}, 0, n, noise);
        for (size_t k = 0; k < n && !w.integer; k++) w.tensor.data[k] += (tern_real)0.2 * (noise[k] - (tern_real)0.5);
        free(noise);
    }
}

/* What is done with a model, which is then freed; `refused`: why it can't be exported. */
typedef void export_use(tern_model *m, const char *refused);

static inline void example_text(const tern_type *type, const tern_example *e, size_t k, char *text, size_t size) {
    char shape[TERN_SHAPE_TEXT];
    size_t used =
        (size_t)snprintf(text, size, "{\"format\": 1, \"name\": \"%s-%zu\", \"seed\": 3, \"inputs\": {", type->name, k);
    for (size_t i = 0; i < TERN_EXAMPLE_INPUTS && e->in[i].rank; i++)
        used += (size_t)snprintf(text + used, size - used, "%s\"x%zu\": {\"shape\": %s}", i ? ", " : "", i,
                                 tern_shape_text(&e->in[i], shape));
    used += (size_t)snprintf(text + used, size - used, "}, \"layers\": [{\"type\": \"%s\", \"inputs\": [", type->name);
    for (size_t i = 0; i < TERN_EXAMPLE_INPUTS && e->in[i].rank; i++)
        used += (size_t)snprintf(text + used, size - used, "%s\"x%zu\"", i ? ", " : "", i);
    snprintf(text + used, size - used, "]%s%s]}", strlen(e->options) > 2 ? ", " : "}", e->options + 1);
    if (strlen(e->options) == 2) snprintf(text + used, size - used, "]}]}");
}

/* Why an example can't be exported, as the refusal says it: it needs other samples, or another sequence. NULL: it can.
 */
static inline const char *refusal(const char *type, const char *text) {
    if (!strcmp(type, "batch_norm") && strstr(text, "\"track_running_stats\": false")) return "batch";
    if (!strcmp(type, "multi_head_attention") && strstr(text, "\"mask\"")) return "a mask";
    if (!strcmp(type, "multi_head_attention") && strstr(text, "\"x1\"")) return "another sequence";
    if (!strcmp(type, "multi_head_attention") && strstr(text, "window")) return "a window of steps";
    return NULL;
}

static inline void each_example(export_use *use) {
    tern_error err = {0};
    tern_registry *r = tern_registry_new(&err);
    char text[2048];
    for (size_t i = 0; i < tern_registry_count(r, TERN_LAYER); i++) {
        const tern_type *type = tern_registry_at(r, TERN_LAYER, i);
        for (size_t k = 0; type->examples[k].options; k++) {
            example_text(type, &type->examples[k], k, text, sizeof text);
            tern_model *m = tern_model_parse(text, strlen(text), text, NULL, &err);
            ck_assert_msg(m != NULL, "%s", err.item[0].text);
            disturb(m);
            use(m, refusal(type->name, text));
            tern_model_free(m);
        }
    }
    tern_registry_free(r);
}

/* Why a model can't leave; NULL: it can. */
static inline const char *model_refused(const tern_model *m) {
    for (size_t k = 0; k < tern_model_inputs(m); k++)
        if (tern_model_input_at(m, k).lengths) return "holds sequences of any length, which can't be exported";
    return NULL;
}

/* Those that need their data first are for slow tests. */
static inline void each_model(export_use *use) {
    tern_error err = {0};
    DIR *folder = opendir("models");
    for (struct dirent *entry; (entry = readdir(folder));) {
        char path[300];
        if (!strstr(entry->d_name, ".json") || strstr(entry->d_name, "schema")) continue;
        snprintf(path, sizeof path, "models/%s", entry->d_name);
        tern_model *m = tern_model_open(path, &(tern_model_options){.unfitted = true}, &err);
        if (!m || tern_model_fitted(m)) {
            ck_assert_msg(m != NULL, "%s", err.item[0].text);
            disturb(m);
            use(m, model_refused(m));
        }
        tern_model_free(m);
        tern_error_clear(&err);
    }
    closedir(folder);
}

#endif
