/* pass.c - walks the layers of a slice: what each is given was laid out beforehand (slice.c). */
#include "pass.h"

#include "reduce.h"

#include <string.h>

void tern__pass_forward_node(tern__worker_group *g, size_t worker, size_t i) {
    tern__slice *s = &g->slice[worker];
    const tern__node *node = &s->m->node[i];
    tern__strategy *strategy = tern__worker_group_strategy(g, i);
    if (node->type->forward_accumulate) {
        tern_forward own = s->f[i];
        own.accumulators = s->accumulators + node->first_accumulator;
        memset(own.accumulators, 0, node->accumulators * sizeof *own.accumulators);
        if (s->rows) node->type->forward_accumulate(node->self, &own);
        tern__reduce_statistics(g, worker, node, false);
    }
    if (strategy) strategy->forward(strategy, g, worker);
    else if (s->rows && !(node->type->flags & TERN_VIEW)) node->type->forward(node->self, &s->f[i]);
    tern__timer_mark(s->timer, i);
}

void tern__pass_forward(tern__worker_group *g, size_t worker) {
    for (size_t i = 0; i < g->m->nodes; i++) tern__pass_forward_node(g, worker, i);
}

/* Adds the gradients that node i wrote beside those already there. */
static void add_extras(tern__slice *s, const tern__node *node) {
    for (size_t k = 0, at = node->first_read; k < node->inputs; k++, at++)
        if (s->dx[at] == &s->extra[at]) tern_tensor_add(&s->extra[at], &s->gradient[node->input[k]]);
}

/* Adds the gradients that node i made aside to those of the layers that it shares weights with. */
static void add_aside(tern__slice *s, const tern__node *node) {
    for (size_t k = 0; k < node->params; k++) {
        const tern__weight *w = &s->m->weight[node->param[k]];
        const tern_tensor *made = &s->dweight[node->first_use + k];
        tern_tensor all = {made->shape, w->gradient == TERN__NOWHERE ? NULL : s->gradients + w->gradient};
        if (w->uses > 1 && all.data && made->data != all.data) tern_tensor_add(made, &all);
    }
}

/* Clears the gradients that node i adds to, where no node before it in backward has done so. */
static void clear_gradients(tern__slice *s, size_t i) {
    const tern__node *node = &s->m->node[i];
    for (size_t k = 0; k < node->params; k++)
        if (s->m->weight[node->param[k]].last_use == i && s->b[i].dparam[k].data)
            tern_tensor_fill(&s->b[i].dparam[k], 0);
}

static void backward_node(tern__worker_group *g, size_t worker, size_t i) {
    tern__slice *s = &g->slice[worker];
    const tern__node *node = &s->m->node[i];
    tern__strategy *strategy = tern__worker_group_strategy(g, i);
    if (!strategy && (!s->rows || !(node->type->flags & TERN_SETS_GRADIENT))) clear_gradients(s, i);
    if (node->type->backward_accumulate) {
        tern_backward own = s->b[i];
        size_t first = s->m->accumulators + node->first_accumulator;
        own.accumulators = s->accumulators + first;
        memset(own.accumulators, 0, node->accumulators * sizeof *own.accumulators);
        if (s->rows) node->type->backward_accumulate(node->self, &own);
        tern__reduce_statistics(g, worker, node, true);
    }
    if (strategy) strategy->backward(strategy, g, worker);
    else if (s->rows && !(node->type->flags & TERN_VIEW)) node->type->backward(node->self, &s->b[i]);
    if (s->rows) {
        add_aside(s, node);
        add_extras(s, node);
    }
    tern__timer_mark(s->timer, s->m->nodes + i);
}

void tern__pass_backward(tern__worker_group *g, size_t worker) {
    for (size_t i = g->m->nodes; i-- > 0;)
        if (g->m->node[i].needs_backward) backward_node(g, worker, i);
}

void tern__pass_finish(tern__worker_group *g, size_t worker) {
    if (g->strategy && g->active > 1) g->strategy->finish(g->strategy, g, worker);
}
