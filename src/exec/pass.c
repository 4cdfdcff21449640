/* pass.c - walks the layers of a slice: what each is given was laid out beforehand (slice.c). */
#include "pass.h"

#include <string.h>

/* After every slice has added its own sums of a layer, each puts together those of all, in the same order. `first` is
 * where they begin. */
static void total_sums(tern__worker_group *t, size_t worker, size_t first, const tern__node *node, bool forward) {
    void (*merge)(const void *self, double *into, const double *from) = forward ? node->type->merge_sums : NULL;
    tern__workers_barrier(t->workers, worker);
    double *total = t->slice[worker].totals + first;
    memset(total, 0, node->sums * sizeof *total);
    for (size_t k = 0; k < t->active; k++) {
        const double *own = t->slice[k].sums + first;
        if (merge) merge(node->self, total, own);
        for (size_t i = 0; !merge && i < node->sums; i++) total[i] += own[i];
    }
}

void tern__slice_forward_node(tern__worker_group *t, size_t worker, size_t i) {
    tern__slice *s = &t->slice[worker];
    const tern__node *node = &s->m->node[i];
    if (node->type->forward_sums) {
        tern_forward own = s->f[i];
        own.sums = s->sums + node->first_sum;
        memset(own.sums, 0, node->sums * sizeof *own.sums);
        node->type->forward_sums(node->self, &own);
        total_sums(t, worker, node->first_sum, node, true);
    }
    if (tern__output_parallel_has(t, i)) tern__output_parallel_forward(t, worker);
    else if (!(node->type->flags & TERN_VIEW)) node->type->forward(node->self, &s->f[i]);
    tern__timer_mark(s->timer, i);
}

void tern__slice_forward(tern__worker_group *t, size_t worker) {
    for (size_t i = 0; i < t->slice[worker].m->nodes; i++) tern__slice_forward_node(t, worker, i);
}

/* Adds the gradients that node i wrote beside those already there. */
static void add_extras(tern__slice *s, const tern__node *node) {
    for (size_t k = 0, at = node->first_read; k < node->inputs; k++, at++)
        if (s->dx[at] == &s->extra[at]) tern_tensor_add(&s->extra[at], &s->gradient[node->input[k]]);
}

void tern__slice_backward(tern__worker_group *t, size_t worker) {
    tern__slice *s = &t->slice[worker];
    const tern_model *m = s->m;
    for (size_t i = m->nodes; i-- > 0;) {
        const tern__node *node = &m->node[i];
        if (!node->needs_backward) continue;
        if (!(node->type->flags & TERN_SETS_GRADIENT))
            for (size_t k = 0; k < node->params; k++) tern_tensor_fill(&s->b[i].dparam[k], 0);
        if (node->type->backward_sums) {
            tern_backward own = s->b[i];
            size_t first = m->sums + node->first_sum;
            own.sums = s->sums + first;
            memset(own.sums, 0, node->sums * sizeof *own.sums);
            node->type->backward_sums(node->self, &own);
            total_sums(t, worker, first, node, false);
        }
        if (tern__output_parallel_has(t, i)) tern__output_parallel_scatter(t, worker);
        else if (!(node->type->flags & TERN_VIEW)) node->type->backward(node->self, &s->b[i]);
        add_extras(s, node);
        tern__timer_mark(s->timer, m->nodes + i);
    }
}
