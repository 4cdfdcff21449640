/* data.c - datasets for the page: of its arrays, and out of files that it has put there. */
#include "memory.h"
#include "web.h"

#include <tern/draft.h>

/* An array of a dataset, of the page's memory; `name` NULL: the only input or target. To be freed. */
WEB_EXPORT(web_array)
tern_array *web_array(tern_dtype dtype, size_t rank, const uint32_t *dim, void *data, const char *name) {
    tern_array *a = tern__alloc(1, sizeof *a, web_err());
    if (!a) return NULL;
    *a = (tern_array){.dtype = dtype, .shape.rank = rank, .data = data, .name = name};
    for (size_t i = 0; i < rank; i++) a->shape.dim[i] = dim[i];
    return a;
}

/* `n` samples of an input, and of a target unless `y` is NULL: the arrays' data and names must outlive it. */
WEB_EXPORT(web_dataset)
tern_dataset *web_dataset(size_t n, const tern_array *x, const tern_array *y) {
    return tern_dataset_borrow(n, x, y, web_err());
}

WEB_EXPORT(web_dataset_add_input)
tern_status web_dataset_add_input(tern_dataset *d, const tern_array *x) {
    return tern_dataset_add_input(d, x, web_err());
}

WEB_EXPORT(web_dataset_add_target)
tern_status web_dataset_add_target(tern_dataset *d, const tern_array *y) {
    return tern_dataset_add_target(d, y, web_err());
}

/* A split that the model file's data block names. */
WEB_EXPORT(web_dataset_open)
tern_dataset *web_dataset_open(const tern_model *m, const char *split) {
    return tern_dataset_open(m, split, NULL, web_err());
}

/* A file that is written as the training data was. */
WEB_EXPORT(web_dataset_read)
tern_dataset *web_dataset_read(const tern_model *m, const char *path) {
    return tern_dataset_read_for(m, &(tern_files){.input = path}, web_err());
}

WEB_EXPORT(web_dataset_free)
void web_dataset_free(tern_dataset *d) { tern_dataset_free(d); }

WEB_EXPORT(web_dataset_rows)
size_t web_dataset_rows(const tern_dataset *d) { return d->n; }

/* The order in which an epoch, from 0, takes n samples. */
WEB_EXPORT(web_shuffle)
void web_shuffle(double seed, size_t epoch, size_t n, size_t *order) { tern_shuffle((uint64_t)seed, epoch, n, order); }

/* What `tern init` says of a file, and the model file that it writes. */
WEB_EXPORT(web_draft)
const char *web_draft(const char *path, const char *target) {
    tern_draft *draft = tern_draft_open(path, &(tern_draft_options){.target = target}, web_err());
    if (!draft) return NULL;
    tern__json_writer *w = web_answer_begin('{');
    tern__json_add_text(w, "found", draft->found);
    tern__json_add_text(w, "task", draft->task);
    tern__json_add_text(w, "model", draft->model);
    tern__json_open(w, "notes", '[');
    for (size_t i = 0; i < draft->notes; i++) tern__json_add_text(w, NULL, draft->note[i]);
    tern__json_close_bracket(w, ']');
    tern__json_open(w, "columns", '[');
    for (size_t i = 0; i < draft->columns; i++) {
        const tern_draft_column *c = &draft->column[i];
        tern__json_open(w, NULL, '{');
        tern__json_add_text(w, "name", c->name);
        tern__json_add_text(w, "type", c->type);
        tern__json_add_bool(w, "target", c->target);
        tern__json_add_real(w, "min", c->min);
        tern__json_add_real(w, "max", c->max);
        tern__json_close_bracket(w, '}');
    }
    tern__json_close_bracket(w, ']');
    tern_draft_free(draft);
    return web_answer_end('}');
}
