/* weights_partial.c - those weights of a file that fit a model by name, by shape, and by what they mean: the first
 * layers read columns, the last ones tell classes apart, which may be others in a model of another task. */
#include "weights.h"

#include "fitted_names.h"
#include "text.h"

#include <stdio.h>
#include <string.h>

/* Weights being taken. */
typedef struct taking {
    tern_model *m;
    const tern__safetensors *file;
    const char *path;
    const char **other; /* [weights] what a weight of that name is about in the file, and not here; NULL: the same */
    size_t fits;
    tern_error *err;
} taking;

/* ---- what weights are about ---- */

/* Whether each number of a node's output is still about the same as that of its input. */
static bool keeps_places(const tern_model *m, const tern__node *node) {
    tern_shape in = tern__value_shape(m, node->input[0]);
    bool keeps = node->inputs == 1 && tern_shape_count(&in) == tern_shape_count(&node->out);
    for (size_t i = 0; i < node->params; i++) keeps = keeps && m->weight[node->param[i]].param.shape.rank < 2;
    return keeps;
}

static void mark_weights(const taking *t, const tern__node *node, const char *other) {
    for (size_t i = 0; i < node->params; i++) t->other[node->param[i]] = other;
    for (size_t i = 0; i < node->states; i++) t->other[node->state[i]] = other;
}

/* The weights of all layers that read input `k`, be it through others that change nothing about the columns. */
static void mark_readers(const taking *t, size_t k, const char *other) {
    const tern_model *m = t->m;
    bool *about = tern__alloc(tern__values(m), sizeof *about, NULL);
    if (about) about[k] = true;
    for (size_t i = 0; i < m->nodes; i++) {
        const tern__node *node = &m->node[i];
        bool reads = !about; /* without memory, all may */
        for (size_t j = 0; about && j < node->inputs; j++) reads = reads || about[node->input[j]];
        if (reads) mark_weights(t, node, other);
        if (about) about[tern__node_value(m, i)] = reads && keeps_places(m, node);
    }
    tern__free(about);
}

/* The weights of the layers that end in a value. */
static void mark_makers(const taking *t, size_t value, const char *other) {
    const tern__node *node;
    while ((node = tern__value_node(t->m, value))) {
        mark_weights(t, node, other);
        if (!keeps_places(t->m, node)) break;
        value = node->input[0];
    }
}

/* ---- what differs ---- */

static void add_names(char *out, size_t size, const tern_strings *names) {
    enum { SHOWN = 6 };
    for (size_t i = 0; i < names->n && i < SHOWN; i++)
        tern__text_add(out, size, "%s\"%.24s\"", i ? ", " : "", names->v[i]);
    if (names->n > SHOWN) tern__text_add(out, size, ", ... (%zu)", names->n);
}

/* Whether both sides have names and they are others, which then is said. */
static bool differ(const taking *t, const char *what, const tern_strings *ours, const tern_strings *theirs) {
    bool same = ours->n == theirs->n;
    for (size_t i = 0; same && i < ours->n; i++) same = !strcmp(ours->v[i], theirs->v[i]);
    if (same || !ours->n || !theirs->n) return false;
    char there[256] = "", here[256] = "";
    add_names(there, sizeof there, theirs);
    add_names(here, sizeof here, ours);
    tern_error_warn(t->err, NULL, "%s was trained with other %s: %s, and not %s", t->path, what, there, here);
    return true;
}

/* The names of an input's columns, described or not. */
static tern_strings column_names(const tern__fitted_input *f, tern__arena *arena, tern_error *err) {
    const tern__feature *column = f->columns.item;
    if (!f->columns.n) return f->names;
    const char **name = tern__arena_alloc(arena, f->columns.n, sizeof *name, err);
    for (size_t i = 0; name && i < f->columns.n; i++) name[i] = column[i].name;
    return (tern_strings){name ? f->columns.n : 0, name};
}

/* Of columns by the same names, whether their numbers mean something else. */
static bool facets_differ(const taking *t, const tern_blocks *ours, const tern_blocks *theirs) {
    const tern__feature *a = ours->item, *b = theirs->item;
    bool other = false;
    for (size_t i = 0; i < ours->n && i < theirs->n; i++)
        for (size_t k = 0; k < TERN__COLUMN_FACETS; k++) {
            char what[TERN__FACET_TEXT];
            const tern_strings x = tern__column_facet(&a[i], k, what), y = tern__column_facet(&b[i], k, what);
            other = differ(t, what, &x, &y) || other;
        }
    return other;
}

static void compare_inputs(const taking *t, const tern__fitted *theirs, tern__arena *arena) {
    static const char other[] = "reads other columns there";
    const tern__fitted *ours = &t->m->config.fitted;
    tern_strings here = column_names(&ours->input, arena, t->err), there = column_names(&theirs->input, arena, t->err);
    if (differ(t, "columns", &here, &there)) mark_readers(t, 0, other);
    else if (facets_differ(t, &ours->input.columns, &theirs->input.columns))
        mark_readers(t, 0, "reads columns of another meaning there");
    for (size_t k = 0; k < t->m->inputs; k++) {
        char what[80];
        const char *name = t->m->input[k].name;
        const tern_strings *a = tern__fitted_part_names(&ours->inputs, name),
                           *b = tern__fitted_part_names(&theirs->inputs, name);
        snprintf(what, sizeof what, "columns of \"%.60s\"", name);
        if (a && b && differ(t, what, a, b)) mark_readers(t, k, other);
    }
}

static void compare_targets(const taking *t, const tern__fitted *theirs) {
    const tern__target *a = &t->m->config.fitted.target, *b = &theirs->target;
    bool classes = a->classes.n && b->classes.n; /* what their column is called says nothing then */
    if (classes ? differ(t, "classes", &a->classes, &b->classes) : differ(t, "targets", &a->columns, &b->columns))
        for (size_t k = 0; k < t->m->losses; k++)
            mark_makers(t, t->m->loss[k].value,
                        classes ? "tells other classes apart there" : "is of other targets there");
    for (size_t k = 0; k < t->m->losses; k++) {
        const tern__loss_place *loss = &t->m->loss[k];
        const char *name = loss->target == TERN__NOWHERE ? "" : t->m->target[loss->target];
        const tern_strings *ours = tern__fitted_part_names(&t->m->config.fitted.targets, name),
                           *others = tern__fitted_part_names(&theirs->targets, name);
        if (ours && others && differ(t, "targets", ours, others))
            mark_makers(t, loss->value, "is of other targets there");
    }
}

/* Marks what means something else: by the names that the file was trained with, and those that the model knows. */
static tern_status compare_meaning(const taking *t) {
    const char *text = tern__safetensors_meta(t->file, "fitted");
    tern__arena arena = {0};
    const tern__reading reading = {t->m->registry, &arena, NULL};
    tern__fitted theirs = {0};
    if (!text || !t->m->config.fitted.given) return TERN_OK;
    tern_status status = tern__fitted_read(&reading, text, &theirs);
    if (status) tern_error_add(t->err, status, NULL, "%s: its metadata \"fitted\" can't be read", t->path);
    else compare_inputs(t, &theirs, &arena), compare_targets(t, &theirs);
    tern__arena_free(&arena);
    return status;
}

/* ---- taking ---- */

/* Takes what fits of one weight; else says why not. */
static bool take_one(const taking *t, size_t i) {
    const tern__weight *w = &t->m->weight[i];
    char expected[TERN_SHAPE_TEXT], found[TERN_SHAPE_TEXT];
    size_t at = tern__weight_in_file(t->m, i, t->file, "");
    tern_shape shape = at == SIZE_MAX ? (tern_shape){0} : tern__safetensors_shape(t->file, at);
    if (at == SIZE_MAX) {
        tern_error_warn(t->err, NULL, "%s lacks \"%s\", which stays as it is", t->path, w->name);
    } else if (!tern__weight_has_shape(w, &shape)) {
        tern_error_warn(t->err, NULL, "%s: \"%s\" is of shape %s, the model's is %s and stays as it is", t->path,
                        w->name, tern_shape_text(&shape, found), tern_shape_text(&w->param.shape, expected));
    } else if (t->other[i]) {
        tern_error_warn(t->err, NULL, "%s: \"%s\" %s; the model's stays as it is", t->path, w->name, t->other[i]);
    } else {
        tern__safetensors_get(t->file, at, tern__weight_tensor(t->m, w).data);
        return true;
    }
    return false;
}

static tern_status take(taking *t) {
    tern_weight w;
    tern_status status = compare_meaning(t);
    if (status) return status;
    for (size_t i = 0; i < t->m->weights; i++) t->fits += take_one(t, i);
    for (size_t i = 0; i < tern__safetensors_count(t->file); i++) {
        const char *name = tern__safetensors_name(t->file, i);
        if (!tern_model_find_weight(t->m, name, &w))
            tern_error_warn(t->err, NULL, "%s has \"%s\", which the model has not: it is left out", t->path, name);
    }
    if (t->fits) return TERN_OK;
    return tern_error_add(t->err, TERN_ERROR_DATA, NULL,
                          "%s: none of its %zu tensors fits one of the model's %zu weights by name, shape and meaning",
                          t->path, tern__safetensors_count(t->file), t->m->weights);
}

tern_status tern_model_load_partial(tern_model *m, const char *path, size_t *fits, tern_error *err) {
    tern__safetensors *file;
    taking t = {.m = m, .path = path, .err = err};
    tern_status status = tern__safetensors_open(path, &file, err);
    t.file = file;
    if (!status && !(t.other = tern__alloc(m->weights, sizeof *t.other, err))) status = TERN_ERROR_MEMORY;
    if (!status) status = take(&t);
    if (fits) *fits = t.fits;
    tern__free(t.other);
    tern__safetensors_free(file);
    return status;
}
