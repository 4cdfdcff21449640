/* dtype.c - the kinds of numbers that a column or a file holds; see tern/dataset.h. */
#include <tern/dataset.h>

static const struct {
    const char *name;
    size_t size;
    bool integer;
} kinds[] = {
    [TERN_U8] = {"uint8", 1, true},     [TERN_I8] = {"int8", 1, true},   [TERN_I16] = {"int16", 2, true},
    [TERN_I32] = {"int32", 4, true},    [TERN_I64] = {"int64", 8, true}, [TERN_F32] = {"float32", 4, false},
    [TERN_F64] = {"float64", 8, false},
};

size_t tern_dtype_size(tern_dtype dtype) { return kinds[dtype].size; }

const char *tern_dtype_name(tern_dtype dtype) { return kinds[dtype].name; }

bool tern_dtype_is_integer(tern_dtype dtype) { return kinds[dtype].integer; }
