/* bench_data.c - numbers that a measurement runs on; see bench_data.h. */
#include "bench_data.h"

#include "memory.h"

#include <tern/random.h>

/* Random numbers for all that an array of n samples holds: bytes below 256, and below the indices that a layer takes;
 * classes; or numbers from 0 to 1. */
static tern_status fill(tern_array *a, size_t n, size_t below, uint32_t index, tern_error *err) {
    size_t count = n * tern_shape_count(&a->shape);
    uint32_t *bits = tern__alloc(count, sizeof *bits, err);
    if (!bits) return TERN_ERROR_MEMORY;
    tern_random random = {.seed = 1, .purpose = TERN_RANDOM_OTHER, .index = index};
    tern_random_bits(&random, 0, count, bits);
    for (size_t i = 0; i < count; i++) {
        if (a->dtype == TERN_U8) ((uint8_t *)a->data)[i] = (uint8_t)(bits[i] % below);
        else if (a->dtype == TERN_I64) ((int64_t *)a->data)[i] = (int64_t)(bits[i] % below);
        else ((float *)a->data)[i] = (float)(bits[i] >> 8) * 0x1p-24f;
    }
    tern__free(bits);
    return TERN_OK;
}

tern_dataset *bench_data(const tern_model *m, size_t n, tern_error *err) {
    tern_model_info info = tern_model_describe(m);
    const tern_loss_spec *loss = &info.target;
    bool classes = loss->kind == TERN_TARGET_CLASSES;
    tern_array x = {.dtype = TERN_U8, .shape = tern_model_input(m)},
               y = {.dtype = classes ? TERN_I64 : TERN_F32, .shape = loss->target};
    size_t below = info.indices && info.indices < 256 ? info.indices : 256;
    tern_dataset *d = tern_dataset_new(n, &x, &y, err);
    if (d && !fill(d->x, n, below, 0, err) && !fill(d->y, n, classes ? loss->classes : 1, 1, err)) return d;
    tern_dataset_free(d);
    return NULL;
}

void bench_arrays_free(bench_arrays *a) {
    for (size_t k = 0; a->x && k < a->inputs; k++) tern__free(a->x[k].data);
    for (size_t k = 0; a->y && k < a->outputs; k++) tern__free(a->y[k].data);
    tern__free(a->x);
    tern__free(a->y);
}

tern_status bench_arrays_take(bench_arrays *a, const tern_rows *rows, const tern_model *m, size_t n, tern_error *err) {
    *a = (bench_arrays){.inputs = tern_model_inputs(m), .outputs = tern_model_outputs(m)};
    a->x = tern__alloc(a->inputs, sizeof *a->x, err);
    a->y = tern__alloc(a->outputs, sizeof *a->y, err);
    for (size_t k = 0; a->x && a->y && k < a->inputs + a->outputs; k++) {
        bool input = k < a->inputs;
        tern_port port = input ? tern_model_input_at(m, k) : tern_model_output_at(m, k - a->inputs);
        tern_tensor *t = input ? &a->x[k] : &a->y[k - a->inputs];
        t->shape = tern_shape_batch(&port.shape, n);
        if (!(t->data = tern__alloc(tern_tensor_count(t), sizeof *t->data, err))) return TERN_ERROR_MEMORY;
        if (input) tern_array_gather(rows->x[k], rows->row, n, t->data);
    }
    return a->x && a->y ? TERN_OK : TERN_ERROR_MEMORY;
}

void bench_arrays_cut(const bench_arrays *a, size_t n) {
    for (size_t k = 0; k < a->inputs; k++) a->x[k].shape.dim[0] = n;
    for (size_t k = 0; k < a->outputs; k++) a->y[k].shape.dim[0] = n;
}
