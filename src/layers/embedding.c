/* embedding - y = W[x]: each whole number in x picks a row of the weight. */
#include <tern/layer.h>
#include <inttypes.h>
#include <math.h>
#include <string.h>

typedef struct embedding {
    size_t num_embeddings, embedding_dim;
    int64_t padding_idx;
    tern_object init;
    size_t rows, padding; /* planned: of the weight, and which of them is not trained; rows: none */
} embedding;

enum { W };
enum { NO_PADDING = 1 << 30 };

/* As many rows as the options say, or as the data have indices. */
static tern_status count_rows(embedding *e, size_t indices, tern_error *err) {
    e->rows = e->num_embeddings ? e->num_embeddings : indices;
    if (!e->rows)
        return tern_error_add(
            err, TERN_ERROR_MODEL, "num_embeddings",
            "is missing: only a described column of texts, or of categories encoded as index, says how many "
            "indices there are");
    if (e->rows >= indices) return TERN_OK;
    return tern_error_add(
        err, TERN_ERROR_MODEL, "num_embeddings",
        "is %zu, but what the model was fitted to has %zu different tokens or categories; left out, it is "
        "as many",
        e->rows, indices);
}

static tern_status embedding_plan(void *self, tern_layer_spec *spec, tern_error *err) {
    embedding *e = self;
    if (count_rows(e, spec->in_indices, err)) return TERN_ERROR_MODEL;
    int64_t rows = (int64_t)e->rows;
    if (e->padding_idx != NO_PADDING && (e->padding_idx < -rows || e->padding_idx >= rows))
        return tern_error_add(err, TERN_ERROR_MODEL, "padding_idx",
                              "is %" PRId64 ", but rows go from 0 to %" PRId64 ", or from -%" PRId64
                              " to -1 from the end",
                              e->padding_idx, rows - 1, rows);
    if (spec->in[0].rank > TERN_MAX_RANK - 2)
        return tern_error_add(err, TERN_ERROR_MODEL, NULL,
                              "adds a dimension, but the input has %zu already, the most of a "
                              "sample",
                              spec->in[0].rank);
    bool pads = e->padding_idx != NO_PADDING;
    e->padding = pads ? (size_t)(e->padding_idx < 0 ? e->padding_idx + rows : e->padding_idx) : e->rows;

    spec->out = spec->in[0];
    spec->out.dim[spec->out.rank++] = e->embedding_dim;
    spec->param[W] = (tern_param){.name = "weight",
                                  .shape = {2, {e->rows, e->embedding_dim}},
                                  .fill = TERN_FILL_NORMAL,
                                  .b = 1,
                                  .init = &e->init,
                                  .fixed = e->padding * e->embedding_dim,
                                  .fixed_count = pads ? e->embedding_dim : 0};
    spec->indices = e->rows;
    spec->work = (double)tern_shape_count(&spec->in[0]) * (double)e->embedding_dim;
    return TERN_OK;
}

/* The row that a number picks; `rows` where it is no index: those are refused where data come in, not here. */
static size_t row_of(const embedding *e, tern_real x) {
    size_t row = x >= 0 && x < (tern_real)e->rows ? (size_t)x : e->rows;
    return (tern_real)row == x ? row : e->rows;
}

static void embedding_forward(const void *self, const tern_forward *f) {
    const embedding *e = self;
    size_t E = e->embedding_dim;
    const tern_real *x = f->x[0]->data, *w = f->param[W].data;
    tern_real *y = f->y->data;
    for (size_t i = 0, n = tern_tensor_count(f->x[0]); i < n; i++, y += E) {
        size_t row = row_of(e, x[i]);
        if (row < e->rows) memcpy(y, w + row * E, E * sizeof *y);
        else
            for (size_t j = 0; j < E; j++) y[j] = (tern_real)NAN;
    }
}

TERN_CLONES static void embedding_backward(const void *self, const tern_backward *b) {
    const embedding *e = self;
    size_t E = e->embedding_dim;
    const tern_real *x = b->x[0]->data, *dy = b->dy->data;
    for (size_t i = 0, n = tern_tensor_count(b->x[0]); i < n; i++, dy += E) {
        size_t row = row_of(e, x[i]);
        if (row == e->rows || row == e->padding) continue;
        tern_real *restrict dw = b->dparam[W].data + row * E;
        for (size_t j = 0; j < E; j++) dw[j] += dy[j];
    }
}

static const tern_option options[] = {
    TERN_SIZE(embedding, num_embeddings, 0, 1, 1 << 24,
              "Rows of the weight: x is 0 to num_embeddings - 1; left out: as many as the texts have tokens, or the "
              "column has categories, that the input was fitted to.",
              .alias = "input_dim"),
    TERN_SIZE_REQUIRED(embedding, embedding_dim, 1, 1 << 24, "Numbers that stand for an index.", .alias = "output_dim"),
    TERN_INT(
        embedding, padding_idx, NO_PADDING, -(1 << 24), (1 << 24) - 1,
        "Row that starts at 0 and is not trained, for what fills up short sequences; -1 is the last; left out: none."),
    TERN_OBJECT(embedding, init, TERN_INITIALIZER, "How the weight starts; left out: normal, deviation 1."),
    {0},
};

static const tern_example examples[] = {
    {"{\"num_embeddings\": 7, \"embedding_dim\": 3}", {{1, {5}}}},
    {"{\"num_embeddings\": 4, \"embedding_dim\": 2, \"padding_idx\": -2}", {{2, {3, 4}}}},
    {0},
};

static tern_operand embedding_lower(const void *self, tern_lowering *l) {
    (void)self;
    return tern_lower_lookup(l, l->x[0], l->param[W]);
}

const tern_layer_type tern_layer_embedding = {
    .base = {TERN_LAYER, "embedding", NULL,
             "Looks up each whole number of the input in a table of learned vectors: y = W[x].", sizeof(embedding),
             options, examples},
    .flags = TERN_READS_X | TERN_STEPWISE,
    .plan = embedding_plan,
    .forward = embedding_forward,
    .backward = embedding_backward,
    .lower = embedding_lower,
};
