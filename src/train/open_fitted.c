/* open_fitted.c - opens a model whose sizes follow from its training data: the columns are fitted first; see
 * tern/fit.h. */
#include "columns_data.h"

#include "data_directory.h"
#include "text.h"

#include <tern/fit.h>
#include <tern/reader.h>

#include <stdio.h>
#include <string.h>

/* What "auto" found, column by column. */
static void say_inferred(const tern__features *f, tern_error *err) {
    for (size_t i = 0; i < f->n; i++) {
        const tern__feature *c = &f->item[i];
        char text[200] = "";
        if (c->missing) tern__text_add(text, sizeof text, ", missing %s", tern__missing_words[c->missing]);
        if (c->normalize) tern__text_add(text, sizeof text, ", %s", tern__normalize_words[c->normalize]);
        if (c->min_count > 1) tern__text_add(text, sizeof text, ", rare below %zu rows", c->min_count);
        tern_error_warn(err, NULL, "column \"%.64s\" is taken for: %s%s", c->name, tern__feature_types[c->type], text);
    }
}

/* What is done to the targets without having been asked for, or is easily overlooked. */
static void say_target(const tern_model *m, const tern__target *t, tern_error *err) {
    const tern_loss_type *loss = tern__model_loss(m);
    if (t->classes.n && t->encode == TERN__TARGET_ONE_HOT && m->config.target.encode == TERN__TARGET_AUTO && loss)
        tern_error_warn(err, NULL, "%s takes no class indices: the %zu classes of \"%.64s\" are encoded one-hot",
                        loss->base.name, t->classes.n, t->columns.v[0]);
    if (t->normalize)
        tern_error_warn(err, NULL,
                        "the loss is that of the normalized targets (%s); metrics and predictions are in the target's "
                        "unit",
                        tern__normalize_words[t->normalize]);
}

static tern_status fit_to_source(const tern_model *m, const char *dir, tern__arena *arena, tern__fitted *out,
                                 tern__features *inferred, tern_error *err) {
    const tern_object *reader = &m->config.data.train;
    const tern_reader_type *type = (const tern_reader_type *)reader->type;
    if (!type)
        return tern_error_add(
            err, TERN_ERROR_MODEL, NULL,
            "the model has no training data to fit its columns to: give it \"data\": {\"train\": ...}");
    if (!type->table)
        return tern_error_add(err, TERN_ERROR_MODEL, "train", "%s holds no table with columns to describe",
                              type->base.name);
    tern__table_source s = {0};
    size_t depth = tern_error_enter(err, "data", 0);
    tern_error_enter(err, "train", 0);
    char *own = dir ? NULL : tern__data_directory(m, "train", err);
    tern_status status = dir || own ? type->table(reader->self, dir ? dir : own, !dir, &s, err) : TERN_ERROR_IO;
    tern_error_leave(err, depth);
    tern__free(own);
    if (!status) status = tern__targets_skip(m, &s, err);
    if (!status) status = tern__described_fit(m, &s, arena, out, inferred, err);
    tern__table_source_close(&s);
    return status;
}

/* The caller's changes, and those that fitting makes. */
static tern_model *open_with(const char *path, const tern_model_options *options, const char *fitted,
                             const char *columns, tern_error *err) {
    static const tern_model_options usual = {0};
    tern_model_options changed = options ? *options : usual;
    size_t n = 0;
    while (changed.set && changed.set[n]) n++;
    const char **set = tern__alloc(n + 3, sizeof *set, err);
    if (!set) return NULL;
    for (size_t i = 0; i < n; i++) set[i] = changed.set[i];
    set[n] = fitted, set[n + 1] = columns;
    changed.set = set;
    tern_model *m = tern_model_open(path, &changed, err);
    tern__free(set);
    return m;
}

static tern_model *fit_and_open(const tern_model *plain, const char *path, const tern_model_options *options,
                                const char *dir, tern_error *err) {
    tern__arena arena = {0};
    tern__fitted fitted;
    tern__features inferred;
    tern__error_scope before;
    tern__json_enter(&plain->json, err, &before);
    tern_status status = fit_to_source(plain, dir, &arena, &fitted, &inferred, err);
    tern__error_scope_leave(err, &before);
    char *text = status ? NULL : tern__fitted_render(&fitted, "fitted=", err);
    tern_blocks columns = {inferred.n, inferred.item, 0};
    char *found = text && inferred.n ? tern__columns_render(&columns, "input.columns=", err) : NULL;
    tern_model *m = text && (found || !inferred.n) ? open_with(path, options, text, found, err) : NULL;
    if (m) say_inferred(&inferred, err), say_target(plain, &fitted.target, err);
    tern__free(text);
    tern__free(found);
    tern__arena_free(&arena);
    return m;
}

tern_model *tern_model_open_fitted(const char *path, const tern_model_options *options, const char *dir,
                                   tern_error *err) {
    static const tern_model_options usual = {0};
    tern_model_options look = options ? *options : usual;
    look.plan_only = look.unfitted = true;
    tern_error *first = tern__alloc(1, sizeof *first, err); /* what it says is said again when the model is opened */
    if (!first) return NULL;
    tern_model *plain = tern_model_open(path, &look, first), *m = NULL;
    if (plain && !tern_model_fitted(plain)) m = fit_and_open(plain, path, options, dir, err);
    else if (!plain && first->item[0].status == TERN_ERROR_MEMORY) /* which may be there the next time */
        tern_error_add(err, TERN_ERROR_MEMORY, NULL, "%s", first->item[0].text);
    else m = tern_model_open(path, plain ? options : &look, err); /* a file with a mistake says that, and no more */
    tern_model_free(plain);
    tern__free(first);
    return m;
}
