/* c_constants.c - the constants of an exported C file, in the order in which its kernels read them. */
#include "c_file.h"

enum { PER_LINE = 8 };

/* Which number of a constant comes at place i: of a matrix [n, k], whose rows lie in blocks of `block`, the rest last.
 */
static size_t blocked(size_t i, size_t n, size_t k, size_t block, bool rest_as_it_is) {
    size_t whole = n / block * block, base = i / (block * k) * block;
    if (i < whole * k) {
        size_t in = i % (block * k);
        return (base + in % block) * k + in / block;
    }
    if (rest_as_it_is) return i;
    size_t rest = n - whole, in = i - whole * k;
    return (whole + in % rest) * k + in / rest;
}

static size_t source(const tern__c_constant *c, const tern_shape *shape, size_t i) {
    size_t count = tern_shape_count(shape), n = shape->dim[0];
    if (c->order == TERN__C_PRODUCT) return blocked(i, n, count / n, 32, false);
    if (c->order == TERN__C_PLAIN) return i;
    size_t group = count / c->groups;
    return i / group * group + blocked(i % group, n / c->groups, count / n, 32, true);
}

static void add_name(tern__c_file *f, size_t index) {
    char name[TERN__C_NAME];
    const char *weight = f->p->value[f->plan->constant[index].operand].name;
    tern__c_add(f, "w%zu%s%s", index, weight ? "_" : "", weight ? tern__c_name(weight, name) : "");
}

void tern__c_add_constant(tern__c_file *f, const tern_op *op, size_t k) {
    if (k >= op->inputs) tern__c_add(f, "0");
    else add_name(f, tern__c_find(f->plan, tern__c_constant_of(f->plan, op, k)));
}

static void add_scales(tern__c_file *f, size_t op, const char *what, const double *v, size_t n) {
    tern__c_add(f, "static const double %s%zu[%zu] = {", what, op, n);
    for (size_t i = 0; i < n; i++) tern__c_add(f, "%s%.17g", !i ? "" : i % PER_LINE ? ", " : ",\n    ", v[i]);
    tern__c_add(f, "};\n");
}

void tern__c_add_constants(tern__c_file *f) {
    for (size_t i = 0; i < f->plan->constants; i++) {
        const tern__c_constant *c = &f->plan->constant[i];
        const tern_value *v = &f->p->value[c->operand];
        size_t count = tern_shape_count(&v->shape);
        tern__c_add(f, "static const float ");
        add_name(f, i);
        tern__c_add(f, "[%zu] = {\n    ", count);
        for (size_t k = 0; k < count; k++) {
            if (k) tern__c_add(f, k % PER_LINE ? ", " : ",\n    ");
            tern__c_add_float(f, (double)v->data[source(c, &v->shape, k)]);
        }
        tern__c_add(f, "};\n");
    }
    for (size_t i = 0; i < f->p->ops; i++) {
        const tern_op *op = &f->p->op[i];
        if (op->kind != TERN_OP_SCALE) continue;
        add_scales(f, i, "gain", op->as.scale.gain, op->as.scale.n);
        add_scales(f, i, "shift", op->as.scale.shift, op->as.scale.n);
    }
    tern__c_add(f, "\n");
}

void tern__c_add_sizes(tern__c_file *f) {
    for (size_t i = 0; i < f->plan->constants; i++) {
        tern__c_add(f, " + (int)sizeof ");
        add_name(f, i);
    }
    for (size_t i = 0; i < f->p->ops; i++)
        if (f->p->op[i].kind == TERN_OP_SCALE) tern__c_add(f, " + (int)sizeof gain%zu + (int)sizeof shift%zu", i, i);
}
