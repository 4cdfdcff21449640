/* onnx_tensor.c - the numbers of an ONNX tensor; see onnx_import.h. */
#include "onnx_import.h"

#include "bytes.h"

#include <string.h>

/* Where numbers lie: as bytes of the file, or in a list of their type. */
static size_t number_size(int type) {
    switch (type) {
    case ONNX__TENSOR_PROTO__DATA_TYPE__FLOAT:
    case ONNX__TENSOR_PROTO__DATA_TYPE__INT32: return 4;
    case ONNX__TENSOR_PROTO__DATA_TYPE__DOUBLE:
    case ONNX__TENSOR_PROTO__DATA_TYPE__INT64: return 8;
    default: return 0;
    }
}

static size_t listed(const Onnx__TensorProto *t) {
    switch (t->data_type) {
    case ONNX__TENSOR_PROTO__DATA_TYPE__FLOAT: return t->n_float_data;
    case ONNX__TENSOR_PROTO__DATA_TYPE__INT32: return t->n_int32_data;
    case ONNX__TENSOR_PROTO__DATA_TYPE__DOUBLE: return t->n_double_data;
    default: return t->n_int64_data;
    }
}

/* Number i; false: float can't hold it. */
static bool number_at(const Onnx__TensorProto *t, size_t i, float *out) {
    const uint8_t *raw = t->has_raw_data ? t->raw_data.data + i * number_size(t->data_type) : NULL;
    int64_t whole = 0;
    double real = 0;
    switch (t->data_type) {
    case ONNX__TENSOR_PROTO__DATA_TYPE__FLOAT:
        if (raw) memcpy(out, raw, sizeof *out);
        else *out = t->float_data[i];
        return true;
    case ONNX__TENSOR_PROTO__DATA_TYPE__DOUBLE:
        if (raw) memcpy(&real, raw, sizeof real);
        else real = t->double_data[i];
        *out = (float)real;
        return true;
    case ONNX__TENSOR_PROTO__DATA_TYPE__INT32: whole = raw ? (int32_t)tern__get32(raw) : t->int32_data[i]; break;
    default: whole = raw ? (int64_t)tern__get64(raw) : t->int64_data[i]; break;
    }
    if (whole > INT32_MAX) whole = INT32_MAX; /* the end of a slice that takes all */
    if (whole < -INT32_MAX) whole = -INT32_MAX;
    *out = (float)whole;
    return whole == INT32_MAX || whole == -INT32_MAX || (int64_t)*out == whole;
}

static const tern__constant *refuse(tern__import *im, const char *name, const char *why) {
    im->status = tern_error_add(im->err, TERN_ERROR_MODEL, NULL, "tensor \"%.128s\" %s", name, why);
    return NULL;
}

const tern__constant *tern__import_tensor(tern__import *im, const Onnx__TensorProto *t, const char *name) {
    tern__constant *c = tern__arena_alloc(&im->memory, 1, sizeof *c, im->err);
    if (!c) return im->status = TERN_ERROR_MEMORY, NULL;
    size_t size = number_size(t->data_type);
    if (t->n_external_data || (t->has_data_location && t->data_location != ONNX__TENSOR_PROTO__DATA_LOCATION__DEFAULT))
        return refuse(im, name, "lies in another file, which is not read: save the network as one file");
    if (!size) return refuse(im, name, "holds numbers of a type that is not read: float, double, int32 and int64 are");
    if (t->n_dims > TERN__IMPORT_RANK) return refuse(im, name, "has more dimensions than 8");
    c->rank = t->n_dims, c->count = 1;
    for (size_t k = 0; k < c->rank; k++) {
        if (t->dims[k] < 0 || (t->dims[k] && c->count > SIZE_MAX / 16 / (size_t)t->dims[k]))
            return refuse(im, name, "has a shape that no tensor has");
        c->dim[k] = (size_t)t->dims[k];
        c->count *= c->dim[k];
    }
    if (t->has_raw_data ? t->raw_data.len % size || t->raw_data.len / size != c->count : listed(t) != c->count)
        return refuse(im, name, "holds another number of numbers than its shape says: the file is damaged");
    c->number = tern__arena_alloc(&im->memory, c->count, sizeof *c->number, im->err);
    if (!c->number) return im->status = TERN_ERROR_MEMORY, NULL;
    for (size_t i = 0; i < c->count; i++)
        if (!number_at(t, i, &c->number[i])) return refuse(im, name, "holds whole numbers that float can't");
    return c;
}
