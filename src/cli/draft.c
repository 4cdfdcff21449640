/* draft.c - shows what tern init and tern inspect found in data; see draft.h. */
#include "draft.h"

#include <math.h>

static void add_column(table *t, const tern_draft_column *c) {
    char shown[TABLE_CELL];
    table_row(t);
    table_set(t, 0, "%s", tern__text_safe(c->name, shown, sizeof shown));
    table_set(t, 1, "%s%s", c->type, c->target ? ", target" : "");
    table_set(t, 2, "%zu", c->missing);
    table_set(t, 3, "%zu", c->distinct);
    if (!isnan(c->min)) {
        table_set(t, 4, "%.6g", c->min);
        table_set(t, 5, "%.6g", c->mean);
        table_set(t, 6, "%.6g", c->max);
    }
    const char *more = c->why && !c->target ? c->why : c->most;
    if (more) table_set(t, 7, "%s", tern__text_safe(more, shown, sizeof shown));
}

void draft_print(const tern_draft *d) {
    char shown[PATH_SIZE];
    puts(tern__text_safe(d->found, shown, sizeof shown));
    if (d->columns) {
        table t;
        putchar('\n');
        table_begin(&t, 8,
                    (const char *const[]){"column", "type", ">missing", ">distinct", ">min", ">mean", ">max", ""});
        for (size_t i = 0; i < d->columns; i++) add_column(&t, &d->column[i]);
        table_end(&t);
    }
    if (d->notes) putchar('\n');
    for (size_t i = 0; i < d->notes; i++) puts(tern__text_safe(d->note[i], shown, sizeof shown));
}

void draft_json(json *j, const tern_draft *d) {
    json_text(j, "found", d->found);
    json_text(j, "task", d->task);
    json_size(j, "samples", d->rows);
    json_open(j, "columns", '[');
    for (size_t i = 0; i < d->columns; i++) {
        const tern_draft_column *c = &d->column[i];
        json_open(j, NULL, '{');
        json_text(j, "name", c->name);
        json_text(j, "type", c->type);
        json_bool(j, "target", c->target);
        json_size(j, "missing", c->missing);
        json_size(j, "distinct", c->distinct);
        json_real(j, "min", c->min);
        json_real(j, "mean", c->mean);
        json_real(j, "max", c->max);
        if (c->why) json_text(j, "why", c->why);
        if (c->most) json_text(j, "most", c->most);
        json_close(j, '}');
    }
    json_close(j, ']');
    json_open(j, "notes", '[');
    for (size_t i = 0; i < d->notes; i++) json_text(j, NULL, d->note[i]);
    json_close(j, ']');
}
