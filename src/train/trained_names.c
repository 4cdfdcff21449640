/* trained_names.c - tables by the names that training saw; see trained_names.h. */
#include "trained_names.h"

#include "text.h"

#include <string.h>

static bool has(size_t n, const char *const *names, const char *name) {
    for (size_t i = 0; i < n; i++)
        if (!strcmp(names[i], name)) return true;
    return false;
}

/* ---- targets ---- */

/* One target, which the data block names as `said`, where training had `trained`. Said by its position it is the column
 * of training's name, wherever that stands. */
static tern_status bind_target(const tern__table_source *s, const char *said, const char *trained, tern_error *err) {
    bool named = has(s->columns, s->names, said), there = has(s->columns, s->names, trained);
    if (!strcmp(said, trained) || (!named && there)) return TERN_OK;
    if (named && there)
        return tern_error_add(
            err, TERN_ERROR_DATA, "y",
            "names the column \"%.64s\", but the model was trained on \"%.64s\", which \"%.200s\" has, "
            "too",
            said, trained, s->path);
    size_t position = tern__table_source_find(s, said, "y", err);
    if (position == SIZE_MAX) return TERN_ERROR_DATA;
    return tern_error_add(err, TERN_ERROR_DATA, "y",
                          "is the column \"%.64s\" of \"%.200s\", but the model was trained on \"%.64s\": call it so",
                          s->names[position], s->path, trained);
}

static tern_status bind_targets(const tern_strings *trained, bool by_name, tern__table_source *main, tern_error *err) {
    const tern__table_source *s = main->targets ? main->targets : main;
    tern_strings *y = &main->roles.y;
    if (!trained->n || !s->named || !by_name || (!y->n && !main->targets)) return TERN_OK;
    if (y->n && y->n != trained->n)
        return tern_error_add(err, TERN_ERROR_DATA, "y", "names %zu columns, but the model was trained on %zu", y->n,
                              trained->n);
    tern_status status = TERN_OK;
    for (size_t i = 0; i < y->n && !status; i++) status = bind_target(s, y->v[i], trained->v[i], err);
    *y = *trained;
    return status;
}

/* ---- all ---- */

/* Of files without names, one that is as wide as that of training has its inputs where they were there. */
static void take_positions(const tern__fitted *f, tern__table_source *s) {
    const tern_strings *x = &f->input.positions;
    if (x->n && !s->named && !s->roles.x.n && s->columns == x->n + f->target.columns.n) s->roles.x = *x;
}

static void say_unnamed(const tern_strings *names, const tern__table_source *s, tern_error *err) {
    tern_error_warn(err, NULL,
                    "\"%.256s\" has no header, but the model was trained on named columns: its columns are taken in "
                    "their order, \"%.64s\" first",
                    s->path, names->v[0]);
}

tern_status tern__names_take(const tern_model *m, tern__table_source *s, tern_error *err) {
    const tern__fitted *f = &m->config.fitted;
    tern_status status = bind_targets(&f->target.columns, !f->input.positions.n, s, err);
    take_positions(f, s);
    if (s->named && f->input.names.n) {
        s->roles.x = f->input.names;
        s->roles.fitted = true;
    } else if (f->input.names.n) {
        say_unnamed(&f->input.names, s, err);
    }
    if (f->target.classes.n && (s->roles.y.n || s->targets)) s->roles.classes = f->target.classes;
    return status;
}

tern_status tern__names_take_part(const tern_strings *names, bool target, tern__table_source *s, tern_error *err) {
    if (target && (s->roles.y.n || s->targets)) return bind_targets(names, true, s, err);
    if (s->named) s->roles.x = *names, s->roles.fitted = true;
    else say_unnamed(names, s, err);
    return TERN_OK;
}

/* ---- what is not read ---- */

static bool reads(const tern_model *m, const tern__table_source *s, const char *name) {
    const tern__fitted *f = &m->config.fitted;
    const tern__feature *column = f->input.columns.item;
    const char *sequence = s->roles.sequence;
    if ((s->id && !strcmp(s->id, name)) || (sequence && !strcmp(sequence, name)) ||
        has(s->roles.x.n, s->roles.x.v, name))
        return true;
    for (size_t i = 0; i < f->input.columns.n; i++)
        if (!strcmp(column[i].name, name)) return true;
    return false;
}

void tern__names_say_ignored(const tern_model *m, const tern__table_source *s, tern_error *err) {
    char names[200] = "";
    size_t ignored = 0;
    if (!s->roles.x.n && !m->config.fitted.input.columns.n) return;
    for (size_t i = 0; i < s->columns; i++)
        if (!reads(m, s, s->names[i]))
            tern__text_add(names, sizeof names, "%s\"%s\"", ignored++ ? ", " : "", s->names[i]);
    if (ignored)
        tern_error_warn(err, NULL, "\"%.256s\": ignored %zu column%s that the model does not read: %s", s->path,
                        ignored, ignored == 1 ? "" : "s", names);
}
