/* fitted_columns.c - what layers are told of fitted columns: where each lies, and which hold indices; see fitted.h. */
#include "fitted.h"

#include <string.h>

size_t tern__fitted_indices(const tern_model *m, size_t value) {
    const tern_blocks *columns = &m->config.fitted.input.columns;
    const tern__feature *text = tern__features_text(&(tern__features){columns->n, columns->item});
    size_t from = tern__value_seen(m, value);
    const tern__node *maker = tern__value_node(m, from);
    if (maker) return maker->out_indices;
    return text && !from ? tern__text_indices(text) : 0;
}

/* Whether the numbers of one column mean the same in another. */
static bool same_categories(const tern__feature *a, const tern__feature *b) {
    bool same = a->categories.n == b->categories.n && tern__feature_indices(a) == tern__feature_indices(b) &&
                a->missing == b->missing;
    for (size_t i = 0; same && i < a->categories.n; i++) same = !strcmp(a->categories.v[i], b->categories.v[i]);
    return same;
}

const tern_input_column *tern__fitted_columns(tern_model *m, size_t *n, tern_error *err) {
    const tern_blocks *fitted = &m->config.fitted.input.columns;
    const tern__feature *f = fitted->item;
    tern_input_column *column = tern__arena_alloc(&m->arena, fitted->n, sizeof *column, err);
    size_t first = 0;
    *n = column && !tern__features_text(&(tern__features){fitted->n, fitted->item}) ? fitted->n : 0;
    for (size_t i = 0; i < *n; i++) {
        column[i] = (tern_input_column){.name = f[i].name,
                                        .first = first,
                                        .count = tern__feature_width(&f[i]),
                                        .indices = tern__feature_indices(&f[i])};
        while (column[i].same < i && !same_categories(&f[column[i].same], &f[i])) column[i].same++;
        first += column[i].count;
    }
    return column;
}
