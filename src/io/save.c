/* save.c - tensors as .npy, .csv and .safetensors files; texts. */
#include "file.h"
#include "memory.h"
#include "npy.h"
#include "safetensors.h"

#include <tern/save.h>

#include <locale.h>
#include <stdio.h>
#include <string.h>

enum { NUMBER = 40 };

static void write_rows(tern__replace *file, const tern_tensor *t) {
    size_t n = tern_tensor_count(t), columns = t->shape.rank && t->shape.dim[0] ? n / t->shape.dim[0] : n;
    int digits = sizeof(tern_real) == sizeof(double) ? 17 : 9;
    for (size_t i = 0; i < n; i++) {
        char text[NUMBER];
        int length = snprintf(text, sizeof text, "%.*g%c", digits, (double)t->data[i], (i + 1) % columns ? ',' : '\n');
        tern__replace_write(file, text, (size_t)length);
    }
}

/* Numbers have a point in every locale. */
static tern_status save_csv(const tern_tensor *t, const char *path, tern_error *err) {
    locale_t plain = newlocale(LC_ALL_MASK, "C", (locale_t)0);
    if (!plain) return tern_error_add(err, TERN_ERROR_MEMORY, NULL, "not enough memory for a locale");
    tern_status status = TERN_ERROR_IO;
    tern__replace *file = tern__replace_open(path, err);
    if (file) {
        locale_t before = uselocale(plain);
        write_rows(file, t);
        uselocale(before);
        status = tern__replace_commit(file, err);
    }
    freelocale(plain);
    return status;
}

tern_status tern_tensor_save(const tern_tensor *t, const char *path, tern_error *err) {
    if (tern__path_ends(path, ".npy")) return tern__npy_write(path, t, err);
    if (tern__path_ends(path, ".csv")) return save_csv(t, path, err);
    return tern_error_add(err, TERN_ERROR_USAGE, NULL, "a tensor is saved as .npy or .csv, and \"%.200s\" is neither",
                          path);
}

tern_status tern_text_save(const char *text, size_t size, const char *path, tern_error *err) {
    tern__replace *file = tern__replace_open(path, err);
    if (!file) return TERN_ERROR_IO;
    tern__replace_write(file, text, size);
    return tern__replace_commit(file, err);
}

tern_status tern_tensors_save(size_t n, const char *const *names, const tern_tensor *tensors, const char *path,
                              tern_error *err) {
    tern__entry *entry = tern__alloc(n, sizeof *entry, err);
    if (!entry) return TERN_ERROR_MEMORY;
    tern_dtype dtype = sizeof(tern_real) == sizeof(double) ? TERN_F64 : TERN_F32;
    for (size_t i = 0; i < n; i++) entry[i] = (tern__entry){names[i], dtype, tensors[i].shape, tensors[i].data};
    tern_status status = tern__safetensors_write(path, n, entry, 0, NULL, err);
    tern__free(entry);
    return status;
}
