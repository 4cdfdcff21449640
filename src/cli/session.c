/* session.c - what commands share: plugins, the model, its weights, samples from plain files. */
#include "commands.h"

#include "names.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

tern_status session_open(session *s, const args *a, tern_error *err) {
    *s = (session){0};
    if (!a->plugin.n) return TERN_OK;
    s->registry = tern_registry_new(err);
    tern_status status = s->registry ? TERN_OK : TERN_ERROR_MEMORY;
    for (size_t i = 0; !status && i < a->plugin.n; i++) status = tern_registry_open(s->registry, a->plugin.v[i], err);
    return status;
}

tern_model_options session_options(const session *s, const args *a) {
    return (tern_model_options){
        .registry = s->registry, .set = a->set.v, .set_by = "--set", .max_memory = a->max_memory};
}

tern_model *session_model(const session *s, const args *a, const char *path, bool plan_only, tern_error *err) {
    tern_model_options options = session_options(s, a);
    char model[PATH_SIZE], run[PATH_SIZE];
    options.plan_only = options.unfitted = plan_only;
    return find_run(path, model, run, err) ? NULL : tern_model_open(model, &options, err);
}

tern_status session_take_model(session *s, const args *a, tern_model *m, tern_error *err) {
    s->model = m;
    if (!m) return TERN_ERROR_MODEL;
    if (a->quiet) tern_error_clear(err);
    else report(err);
    return TERN_OK;
}

tern_status session_open_model(session *s, const args *a, const char *path, bool plan_only, tern_error *err) {
    tern_status status = session_open(s, a, err);
    if (status) return status;
    char model[PATH_SIZE];
    if ((status = find_run(path, model, s->run, err))) return status;
    return session_take_model(s, a, session_model(s, a, model, plan_only, err), err);
}

/* The weights that --weights names, those of the run that the operand is, or those of runs/NAME. */
static tern_status choose_weights(const session *s, const tern_model *m, const char *weights, char path[PATH_SIZE],
                                  tern_error *err) {
    if (weights || *s->run) return find_weights(weights ? weights : s->run, path, err);
    snprintf(path, PATH_SIZE, "runs/%s/weights.safetensors", tern_model_name(m));
    if (!access(path, F_OK)) return TERN_OK;
    return tern_error_add(err, TERN_ERROR_USAGE, NULL,
                          "which weights? there is no runs/%s/weights.safetensors; name a run directory in the model's "
                          "place, or name them with --weights",
                          tern_model_name(m));
}

tern_status session_open_trained(session *s, const args *a, const char *path, const char *weights, tern_error *err) {
    static tern_error ignored; /* what it holds is said again when the model is opened */
    char model[PATH_SIZE], from[PATH_SIZE];
    tern_status status = session_open(s, a, err);
    if (!status) status = find_run(path, model, s->run, err);
    if (status) return status;
    tern_error_clear(&ignored);
    tern_model *look = session_model(s, a, model, true, &ignored);
    tern_model_options options = session_options(s, a);
    if (look && !tern_model_fitted(look) && !(status = choose_weights(s, look, weights, from, err)))
        options.fitted_from = from;
    bool found = look;
    tern_model_free(look);
    if (status) return status;
    if (!found && ignored.item[0].status == TERN_ERROR_MEMORY) /* which may be there the next time */
        return tern_error_add(err, TERN_ERROR_MEMORY, NULL, "%s", ignored.item[0].text);
    tern_model *m = found ? tern_model_open(model, &options, err) : session_model(s, a, model, true, err);
    return session_take_model(s, a, m, err);
}

const char *kind_word(tern_kind kind) {
    const char *name = tern_kind_name(kind), *space = strrchr(name, ' ');
    return space ? space + 1 : name;
}

tern_kind kind_find(const char *name) {
    for (tern_kind kind = 0; kind < TERN_KINDS; kind++)
        if (tern__name_same(kind_word(kind), name) || tern__name_same(tern_kind_name(kind), name)) return kind;
    return TERN_KINDS;
}

void session_close(session *s) {
    tern_model_free(s->model);
    tern_registry_free(s->registry);
}

tern_status load_weights(session *s, const args *a, const char *weights, char used[PATH_SIZE], tern_error *err) {
    *used = 0;
    if (!tern_model_weight_count(s->model) && !weights) return TERN_OK;
    if (choose_weights(s, s->model, weights, used, err)) return TERN_ERROR_USAGE;
    if (tern_model_load(s->model, used, err)) return TERN_ERROR_DATA;
    char shown[PATH_SIZE];
    if (!weights && !a->quiet) fprintf(stderr, "weights: %s\n", tern__text_safe(used, shown, sizeof shown));
    return TERN_OK;
}

/* What does not fit is listed, and said before training begins. */
tern_status load_start(const session *s, const args *a, const char *init, bool partial, tern_error *err) {
    size_t fits;
    char path[PATH_SIZE];
    tern_status status = find_weights(init, path, err);
    if (status) return status;
    if (!partial) return tern_model_start(s->model, path, err);
    status = tern_model_load_partial(s->model, path, &fits, err);
    if (status) return status;
    char shown[PATH_SIZE];
    if (a->quiet) tern_error_clear(err);
    else report(err);
    if (!a->quiet)
        fprintf(stderr, "init: %zu of %zu weights from %s\n", fits, tern_model_weight_count(s->model),
                tern__text_safe(path, shown, sizeof shown));
    return TERN_OK;
}

static bool is_there(const char *path, tern_error *err) {
    if (!path || !strcmp(path, "-") || strpbrk(path, "*?") || !access(path, R_OK)) return true;
    tern_error_add(err, TERN_ERROR_IO, NULL, "cannot read \"%s\": %s", path, strerror(errno));
    return false;
}

/* Whether one reader takes both files: those of .npy and .csv say so by their ending, any other is IDX. */
static bool alike(const char *a, const char *b) {
    static const char *const endings[] = {".npy", ".csv"};
    for (size_t i = 0; i < 2; i++)
        if (ends_in(a, endings[i]) != ends_in(b, endings[i])) return false;
    return true;
}

/* Reads inputs and targets of different formats, and puts them together. */
static tern_dataset *read_apart(const tern_registry *r, const tern_model *m, const tern_files *files, tern_error *err) {
    const char *input = files->input, *target = files->target;
    const tern_files inputs = {.input = input, .query = files->query, .id = files->id},
                     targets = {.input = target, .target = target};
    tern_dataset *x = m ? tern_dataset_read_for(m, &inputs, err) : tern_dataset_read(r, &inputs, err), *d = NULL;
    tern_dataset *y = x ? tern_dataset_read(r, &targets, err) : NULL;
    if (y && (x->x->length || y->y->length))
        tern_error_add(err, TERN_ERROR_USAGE, NULL, "%s and %s are of two formats, which is for samples of one shape",
                       input, target);
    else if (y && x->n != y->n)
        tern_error_add(err, TERN_ERROR_DATA, NULL, "%s has %zu samples, %s has %zu targets", input, x->n, target, y->n);
    else if (y && (d = tern_dataset_new(x->n, x->x, y->y, err))) {
        memcpy(d->x->data, x->x->data, x->n * tern_shape_count(&x->x->shape) * tern_dtype_size(x->x->dtype));
        memcpy(d->y->data, y->y->data, y->n * tern_shape_count(&y->y->shape) * tern_dtype_size(y->y->dtype));
    }
    tern_dataset_free(x);
    tern_dataset_free(y);
    return d;
}

tern_dataset *read_plain(const tern_registry *r, const tern_model *m, const tern_files *files, tern_error *err) {
    if (!is_there(files->input, err) || !is_there(files->target, err)) return NULL;
    bool apart = files->target && !files->labelled && !alike(files->input, files->target);
    if (apart) return read_apart(r, m, files, err);
    return m ? tern_dataset_read_for(m, files, err) : tern_dataset_read(r, files, err);
}

static tern_dataset *read_one_input(const session *s, const char *path, const tern_files *how, tern_error *err) {
    tern_files files = *how;
    files.input = path;
    tern_dataset *d = read_plain(s->registry, s->model, &files, err);
    tern_shape in = tern_model_input(s->model);
    if (!d || tern_model_input_at(s->model, 0).lengths ||
        (d->n && tern_shape_count(&d->x->shape) == tern_shape_count(&in)))
        return d;
    char found[TERN_SHAPE_TEXT], expected[TERN_SHAPE_TEXT];
    tern_shape_text(&d->x->shape, found);
    tern_shape_text(&in, expected);
    tern_error_add(err, TERN_ERROR_DATA, NULL,
                   "%s has %zu samples of %s, %zu elements each; the model's input is %s, %zu elements", path, d->n,
                   found, tern_shape_count(&d->x->shape), expected, tern_shape_count(&in));
    tern_dataset_free(d);
    return NULL;
}

/* The input that NAME=FILE names, whose length is written; SIZE_MAX: none. */
static size_t find_input(const tern_model *m, const char *text, size_t *length) {
    for (size_t k = 0; k < tern_model_inputs(m); k++) {
        tern_port port = tern_model_input_at(m, k);
        *length = strlen(port.name);
        if (!strncmp(text, port.name, *length) && text[*length] == '=') return k;
    }
    return SIZE_MAX;
}

static tern_status refuse_inputs(const tern_model *m, const char *found, tern_error *err) {
    char names[400] = "";
    for (size_t k = 0; k < tern_model_inputs(m); k++) {
        size_t used = strlen(names);
        snprintf(names + used, sizeof names - used, "%s--input %.60s=FILE", k ? ", " : "",
                 tern_model_input_at(m, k).name);
    }
    return tern_error_add(err, TERN_ERROR_USAGE, NULL, "--input %.200s: expected each of the model's inputs once: %s",
                          found, names);
}

tern_dataset *read_inputs(const session *s, const texts *files, const tern_files *how, tern_error *err) {
    const tern_model *m = s->model;
    const char *name[TERN_MAX_INPUTS];
    tern_files file[TERN_MAX_INPUTS] = {{0}};
    size_t n = tern_model_inputs(m), length;
    if (n == 1 && files->n == 1)
        return read_one_input(s, files->v[0] + (find_input(m, files->v[0], &length) ? 0 : length + 1), how, err);
    if (how->id || how->query)
        return tern_error_add(err, TERN_ERROR_USAGE, NULL, "--id and --query are for a model of one input"), NULL;
    for (size_t i = 0; i < files->n; i++) {
        size_t k = find_input(m, files->v[i], &length);
        if (k == SIZE_MAX || file[k].input) return refuse_inputs(m, files->v[i], err), NULL;
        name[k] = tern_model_input_at(m, k).name;
        file[k].input = files->v[i] + length + 1;
        if (!is_there(file[k].input, err)) return NULL;
    }
    for (size_t k = 0; k < n; k++)
        if (!file[k].input) return refuse_inputs(m, files->v[0], err), NULL;
    return tern_dataset_read_inputs(m, n, name, file, err);
}

void json_score(json *j, const char *prefix, const tern_score *score) {
    char key[2 * TERN_MAX_NAME];
    snprintf(key, sizeof key, "%sloss", prefix);
    json_real(j, key, score->loss);
    for (size_t i = 0; score->losses > 1 && i < score->losses; i++) {
        snprintf(key, sizeof key, "%s%s", prefix, score->loss_name[i]);
        json_real(j, key, score->loss_value[i]);
    }
    for (size_t i = 0; i < score->metrics; i++) {
        snprintf(key, sizeof key, "%s%s", prefix, score->name[i]);
        json_real(j, key, score->value[i]);
    }
}

void print_score(FILE *to, const tern_score *score) {
    fprintf(to, "loss %.4g", score->loss);
    for (size_t i = 0; score->losses > 1 && i < score->losses; i++) {
        char name[TERN_MAX_NAME];
        fprintf(to, "  %s %.4g", tern__text_safe(score->loss_name[i], name, sizeof name), score->loss_value[i]);
    }
    for (size_t i = 0; i < score->metrics; i++) {
        char name[TERN_MAX_NAME];
        fprintf(to, "  %s %.4f", tern__text_safe(score->name[i], name, sizeof name), score->value[i]);
    }
}
