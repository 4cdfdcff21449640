/* onnx_graph.c - an ONNX graph while it grows; see onnx_graph.h. */
#include "onnx_graph.h"

#include <stdio.h>
#include <string.h>

enum { ATTRIBUTES = 6, OUTPUTS = 3 }; /* of one node, at most */

static char nothing[1]; /* a name where there is no memory */

static void *take(tern__onnx *g, size_t n, size_t size) {
    void *memory = g->failed ? NULL : tern__arena_alloc(&g->memory, n, size, g->err);
    if (!memory) g->failed = true;
    return memory;
}

static void append(tern__onnx *g, tern__onnx_list *list, void *item) {
    if (list->n == list->room) {
        void **grown = take(g, 2 * list->room + 16, sizeof *grown);
        if (!grown) return;
        if (list->n) memcpy(grown, list->item, list->n * sizeof *grown);
        list->item = grown;
        list->room = 2 * list->room + 16;
    }
    list->item[list->n++] = item;
}

/* ---- names ---- */

char *tern__onnx_text(tern__onnx *g, const char *text) {
    char *copy = g->failed ? NULL : tern__arena_text(&g->memory, text, strlen(text), g->err);
    if (!copy) g->failed = true;
    return copy ? copy : nothing;
}

/* A slash, which no layer, input or weight has in its name, keeps these apart from them. */
static char *new_name(tern__onnx *g, const char *what) {
    char name[TERN_MAX_NAME + 80];
    snprintf(name, sizeof name, "%s/%s_%zu", g->layer ? g->layer : "", what, g->names++);
    return tern__onnx_text(g, name + (g->layer ? 0 : 1));
}

static char *cast(tern__onnx *g, char *x, int type) {
    x = TERN__ONNX(g, "Cast", x);
    tern__onnx_int(g, "to", (size_t)type);
    return x;
}

char *tern__onnx_value(tern__onnx *g, tern_operand v) {
    if (!g->value[v] && g->p->value[v].data) g->value[v] = tern__onnx_weight(g, v, g->p->value[v].shape);
    char *name = g->value[v] ? g->value[v] : nothing;
    return g->whole[v] ? cast(g, name, ONNX__TENSOR_PROTO__DATA_TYPE__FLOAT) : name;
}

char *tern__onnx_indices(tern__onnx *g, tern_operand v) {
    if (g->whole[v]) return g->value[v];
    return cast(g, tern__onnx_value(g, v), ONNX__TENSOR_PROTO__DATA_TYPE__INT64);
}

char *tern__onnx_x(tern__onnx *g, const tern_op *op) { return tern__onnx_value(g, op->input[0]); }

/* ---- nodes ---- */

char *tern__onnx_node(tern__onnx *g, const char *type, size_t n, char *const *input) {
    Onnx__NodeProto *node = take(g, 1, sizeof *node);
    char **names = take(g, n + OUTPUTS, sizeof *names);
    Onnx__AttributeProto **attributes = take(g, ATTRIBUTES, sizeof *attributes);
    if (!node || !names || !attributes) return nothing;
    onnx__node_proto__init(node);
    memcpy(names, input, n * sizeof *names);
    node->name = new_name(g, type);
    node->op_type = tern__onnx_text(g, type);
    node->n_input = n, node->input = names;
    node->n_output = 1, node->output = names + n;
    node->attribute = attributes;
    append(g, &g->nodes, node);
    return node->output[0] = node->name;
}

static Onnx__NodeProto *last_node(tern__onnx *g) { return g->failed ? NULL : g->nodes.item[g->nodes.n - 1]; }

char *tern__onnx_output(tern__onnx *g) {
    Onnx__NodeProto *node = last_node(g);
    if (!node) return nothing;
    return node->output[node->n_output++] = new_name(g, node->op_type);
}

void tern__onnx_domain(tern__onnx *g, const char *domain) {
    Onnx__NodeProto *node = last_node(g);
    if (node) node->domain = tern__onnx_text(g, domain);
}

Onnx__NodeProto *tern__onnx_maker(const tern__onnx *g, const char *name) {
    for (size_t i = g->nodes.n; i-- > 0;) {
        Onnx__NodeProto *node = g->nodes.item[i];
        for (size_t k = 0; k < node->n_output; k++)
            if (!strcmp(node->output[k], name)) return node;
    }
    return NULL;
}

/* ---- attributes ---- */

static Onnx__AttributeProto *attribute(tern__onnx *g, const char *name, Onnx__AttributeProto__AttributeType type) {
    Onnx__NodeProto *node = last_node(g);
    Onnx__AttributeProto *a = take(g, 1, sizeof *a);
    if (!node || !a) return NULL;
    onnx__attribute_proto__init(a);
    a->name = tern__onnx_text(g, name);
    a->has_type = true, a->type = type;
    return node->attribute[node->n_attribute++] = a;
}

void tern__onnx_int(tern__onnx *g, const char *name, size_t value) {
    Onnx__AttributeProto *a = attribute(g, name, ONNX__ATTRIBUTE_PROTO__ATTRIBUTE_TYPE__INT);
    if (a) a->has_i = true, a->i = (int64_t)value;
}

void tern__onnx_ints(tern__onnx *g, const char *name, size_t n, const size_t *value) {
    Onnx__AttributeProto *a = attribute(g, name, ONNX__ATTRIBUTE_PROTO__ATTRIBUTE_TYPE__INTS);
    int64_t *list = take(g, n, sizeof *list);
    if (!a || !list) return;
    for (size_t i = 0; i < n; i++) list[i] = (int64_t)value[i];
    a->n_ints = n, a->ints = list;
}

void tern__onnx_real(tern__onnx *g, const char *name, double value) {
    Onnx__AttributeProto *a = attribute(g, name, ONNX__ATTRIBUTE_PROTO__ATTRIBUTE_TYPE__FLOAT);
    if (a) a->has_f = true, a->f = (float)value;
}

static ProtobufCBinaryData bytes(tern__onnx *g, const char *text) {
    return (ProtobufCBinaryData){strlen(text), (uint8_t *)tern__onnx_text(g, text)};
}

void tern__onnx_string(tern__onnx *g, const char *name, const char *value) {
    Onnx__AttributeProto *a = attribute(g, name, ONNX__ATTRIBUTE_PROTO__ATTRIBUTE_TYPE__STRING);
    if (a) a->has_s = true, a->s = bytes(g, value);
}

void tern__onnx_strings(tern__onnx *g, const char *name, size_t n, const char *const *value) {
    Onnx__AttributeProto *a = attribute(g, name, ONNX__ATTRIBUTE_PROTO__ATTRIBUTE_TYPE__STRINGS);
    ProtobufCBinaryData *list = take(g, n, sizeof *list);
    if (!a || !list) return;
    for (size_t i = 0; i < n; i++) list[i] = bytes(g, value[i]);
    a->n_strings = n, a->strings = list;
}

/* ---- constants ---- */

static Onnx__TensorProto *new_tensor(tern__onnx *g, const char *name, size_t rank, int type, void *data, size_t size) {
    Onnx__TensorProto *t = take(g, 1, sizeof *t);
    int64_t *dims = take(g, rank, sizeof *dims);
    if (!t || !dims) return NULL;
    onnx__tensor_proto__init(t);
    t->name = name ? tern__onnx_text(g, name) : new_name(g, "constant");
    t->n_dims = rank, t->dims = dims;
    t->has_data_type = true, t->data_type = type;
    t->has_raw_data = true, t->raw_data = (ProtobufCBinaryData){size, data};
    append(g, &g->constants, t);
    return t;
}

float *tern__onnx_constant(tern__onnx *g, const char *name, tern_shape shape, char **out) {
    size_t n = tern_shape_count(&shape);
    float *data = take(g, n, sizeof *data);
    Onnx__TensorProto *t =
        new_tensor(g, name, shape.rank, ONNX__TENSOR_PROTO__DATA_TYPE__FLOAT, data, n * sizeof *data);
    *out = t ? t->name : nothing;
    for (size_t k = 0; t && k < shape.rank; k++) t->dims[k] = (int64_t)shape.dim[k];
    return t ? data : NULL;
}

/* The constant that has been given this name, or NULL. */
static Onnx__TensorProto *known(const tern__onnx *g, const char *name) {
    for (size_t i = 0; name && i < g->constants.n; i++) {
        Onnx__TensorProto *t = g->constants.item[i];
        if (!strcmp(t->name, name)) return t;
    }
    return NULL;
}

static bool has_shape(const Onnx__TensorProto *t, const tern_shape *shape) {
    bool same = t->n_dims == shape->rank;
    for (size_t k = 0; same && k < shape->rank; k++) same = t->dims[k] == (int64_t)shape->dim[k];
    return same;
}

char *tern__onnx_weight(tern__onnx *g, tern_operand v, tern_shape shape) {
    const tern_value *from = &g->p->value[v];
    const Onnx__TensorProto *same = known(g, from->name);
    if (same && has_shape(same, &shape)) return same->name;
    char *name;
    float *data = tern__onnx_constant(g, same ? NULL : from->name, shape, &name);
    for (size_t i = 0, n = data ? tern_shape_count(&shape) : 0; i < n; i++) data[i] = (float)from->data[i];
    return name;
}

char *tern__onnx_number(tern__onnx *g, double value) {
    char text[48], *name;
    snprintf(text, sizeof text, "constant/%.9g", value);
    const Onnx__TensorProto *same = known(g, text);
    if (same) return same->name;
    float *data = tern__onnx_constant(g, text, (tern_shape){0}, &name);
    if (data) *data = (float)value;
    return name;
}

char *tern__onnx_int_list(tern__onnx *g, size_t n, const int64_t *value) {
    char text[120];
    size_t used = (size_t)snprintf(text, sizeof text, "constant/");
    for (size_t i = 0; i < n && used < sizeof text; i++)
        used += (size_t)snprintf(text + used, sizeof text - used, "%s%lld", i ? "," : "[", (long long)value[i]);
    if (used < sizeof text) used += (size_t)snprintf(text + used, sizeof text - used, "]");
    const Onnx__TensorProto *same = used < sizeof text ? known(g, text) : NULL;
    if (same) return same->name;
    int64_t *data = take(g, n, sizeof *data);
    Onnx__TensorProto *t = new_tensor(g, used < sizeof text ? text : NULL, 1, ONNX__TENSOR_PROTO__DATA_TYPE__INT64,
                                      data, n * sizeof *data);
    if (!t) return nothing;
    memcpy(data, value, n * sizeof *data);
    t->dims[0] = (int64_t)n;
    return t->name;
}

/* ---- shapes ---- */

char *tern__onnx_reshape(tern__onnx *g, char *x, tern_shape shape) {
    int64_t to[TERN_MAX_RANK + 1] = {-1};
    for (size_t k = 0; k < shape.rank; k++) to[k + 1] = (int64_t)shape.dim[k];
    return TERN__ONNX(g, "Reshape", x, tern__onnx_int_list(g, shape.rank + 1, to));
}

char *tern__onnx_transpose(tern__onnx *g, char *x, size_t n, const size_t *axis) {
    x = TERN__ONNX(g, "Transpose", x);
    tern__onnx_ints(g, "perm", n, axis);
    return x;
}

/* Dimensions [first, last) of the sample that hold n numbers `each` apart; false where it is not divided so. */
static bool find_dims(const tern_shape *s, size_t n, size_t each, size_t *first, size_t *last) {
    size_t inner = 1;
    for (*last = s->rank; *last > 0 && inner < each; --*last) inner *= s->dim[*last - 1];
    if (inner != each) return false;
    for (*first = *last; *first > 0 && inner < n * each; --*first) inner *= s->dim[*first - 1];
    return inner == n * each;
}

char *tern__onnx_spread(tern__onnx *g, tern_operand v, tern_shape sample, size_t each) {
    const tern_value *from = &g->p->value[v];
    size_t n = tern_shape_count(&from->shape), first = 0, last = 0;
    tern_shape shape = sample;
    bool whole = find_dims(&sample, n, each, &first, &last);
    if (!whole && !from->data) {
        g->refuse = "has numbers for channels that its shape doesn't show, which ONNX can't spread over the others";
        return nothing;
    }
    for (size_t k = 0; whole && k < sample.rank; k++)
        if (k < first || k >= last) shape.dim[k] = 1;
    if (!from->data)
        return tern_shape_equal(&from->shape, &shape) ? tern__onnx_value(g, v)
                                                      : tern__onnx_reshape(g, tern__onnx_value(g, v), shape);
    for (; whole && shape.rank && first; first--, shape.rank--) /* sizes of 1 in front need not be said */
        memmove(shape.dim, shape.dim + 1, (shape.rank - 1) * sizeof *shape.dim);
    if (whole) return tern__onnx_weight(g, v, shape);
    char *name;
    float *data = tern__onnx_constant(g, NULL, shape, &name);
    for (size_t i = 0; data && i < tern_shape_count(&shape); i++) data[i] = (float)from->data[i / each % n];
    return name;
}

Onnx__ValueInfoProto *tern__onnx_port(tern__onnx *g, char *name, const tern_shape *shape, int elem_type) {
    Onnx__ValueInfoProto *port = take(g, 1, sizeof *port);
    Onnx__TypeProto *type = take(g, 1, sizeof *type);
    Onnx__TypeProto__Tensor *tensor = take(g, 1, sizeof *tensor);
    Onnx__TensorShapeProto *sizes = take(g, 1, sizeof *sizes);
    Onnx__TensorShapeProto__Dimension *dim = take(g, shape->rank + 1, sizeof *dim);
    Onnx__TensorShapeProto__Dimension **dims = take(g, shape->rank + 1, sizeof *dims);
    if (g->failed) return NULL;
    onnx__value_info_proto__init(port);
    onnx__type_proto__init(type);
    onnx__type_proto__tensor__init(tensor);
    onnx__tensor_shape_proto__init(sizes);
    for (size_t k = 0; k <= shape->rank; k++) {
        onnx__tensor_shape_proto__dimension__init(dims[k] = &dim[k]);
        dim[k].value_case = ONNX__TENSOR_SHAPE_PROTO__DIMENSION__VALUE_DIM_VALUE;
        dim[k].dim_value = (int64_t)(k ? shape->dim[k - 1] : g->batch);
    }
    if (!g->batch) {
        dim->value_case = ONNX__TENSOR_SHAPE_PROTO__DIMENSION__VALUE_DIM_PARAM;
        dim->dim_param = tern__onnx_text(g, "batch");
    }
    sizes->n_dim = shape->rank + 1, sizes->dim = dims;
    tensor->has_elem_type = true, tensor->elem_type = elem_type, tensor->shape = sizes;
    type->value_case = ONNX__TYPE_PROTO__VALUE_TENSOR_TYPE, type->tensor_type = tensor;
    port->name = name, port->type = type;
    return port;
}
