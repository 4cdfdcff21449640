/* option_write.c - writes options back as JSON, every default filled in: what `tern render` shows and a run directory
 * keeps. */
#include "options.h"

#include <cjson/cJSON.h>
#include <math.h>

/* Adds `item` to the object; false where there was no memory for either. */
static bool add(cJSON *out, const char *name, cJSON *item) {
    if (item && cJSON_AddItemToObject(out, name, item)) return true;
    cJSON_Delete(item);
    return false;
}

static bool push(cJSON *list, cJSON *item) {
    if (item && cJSON_AddItemToArray(list, item)) return true;
    cJSON_Delete(item);
    return false;
}

/* A list of `n` items that `make(from, i)` makes; NULL: no memory. */
static cJSON *make_list(size_t n, cJSON *(*make)(const void *from, size_t i), const void *from) {
    cJSON *list = cJSON_CreateArray();
    for (size_t i = 0; list && i < n; i++) {
        if (push(list, make(from, i))) continue;
        cJSON_Delete(list);
        return NULL;
    }
    return list;
}

static cJSON *make_size(const void *from, size_t i) {
    size_t size = ((const tern_shape *)from)->dim[i];
    return size ? cJSON_CreateNumber((double)size) : cJSON_CreateNull(); /* any */
}
static cJSON *make_int(const void *from, size_t i) {
    return cJSON_CreateNumber((double)((const tern_ints *)from)->v[i]);
}
static cJSON *make_real(const void *from, size_t i) { return cJSON_CreateNumber(((const tern_reals *)from)->v[i]); }
static cJSON *make_string(const void *from, size_t i) { return cJSON_CreateString(((const tern_strings *)from)->v[i]); }
static cJSON *make_object(const void *from, size_t i) {
    return tern__object_write(&((const tern_objects *)from)->item[i]);
}

static cJSON *write_block(const tern_option *row, void *self) {
    cJSON *block = cJSON_CreateObject();
    if (block && tern__options_write((tern__fields){row->options, self}, block)) return block;
    cJSON_Delete(block);
    return NULL;
}

cJSON *tern__blocks_write(const tern_option *row, const tern_blocks *blocks) {
    if (blocks->choice) return cJSON_CreateString(row->choices[blocks->choice - 1]);
    cJSON *list = cJSON_CreateArray();
    for (size_t i = 0; list && i < blocks->n; i++) {
        if (push(list, write_block(row, (char *)blocks->item + i * row->size))) continue;
        cJSON_Delete(list);
        return NULL;
    }
    return list;
}

static cJSON *write_named_reals(const tern_option *row, const tern_named_reals *named) {
    if (named->choice) return cJSON_CreateString(row->choices[named->choice - 1]);
    cJSON *out = cJSON_CreateObject();
    for (size_t i = 0; out && i < named->n; i++) {
        if (add(out, named->name[i], cJSON_CreateNumber(named->v[i]))) continue;
        cJSON_Delete(out);
        return NULL;
    }
    return out;
}

static cJSON *write_named(const tern_option *row, const tern_named *named) {
    cJSON *object = cJSON_CreateObject();
    for (size_t i = 0; object && i < named->n; i++) {
        void *item = (char *)named->item + i * row->size;
        if (add(object, named->name[i], row->options ? write_block(row, item) : tern__object_write(item))) continue;
        cJSON_Delete(object);
        return NULL;
    }
    return object;
}

/* Whether a field holds nothing that could be shown: an option without a default that was left out. */
static bool absent(const tern_option *row, const void *field) {
    switch (row->kind) {
    case TERN_OPTION_SIZE: return tern__option_unset(row) && (double)*(const size_t *)field == row->def;
    case TERN_OPTION_INT: return tern__option_unset(row) && (double)*(const int64_t *)field == row->def;
    case TERN_OPTION_REAL:
        return isnan(*(const double *)field) || (tern__option_unset(row) && *(const double *)field == row->def);
    case TERN_OPTION_CHOICE: return *(const int *)field < 0;
    case TERN_OPTION_STRING: return !*(const char *const *)field;
    case TERN_OPTION_SHAPE: return !((const tern_shape *)field)->rank;
    case TERN_OPTION_INTS: return !((const tern_ints *)field)->n && !((const tern_ints *)field)->choice;
    case TERN_OPTION_REALS: return !((const tern_reals *)field)->n;
    case TERN_OPTION_NAMED_REALS:
        return !((const tern_named_reals *)field)->n && !((const tern_named_reals *)field)->choice;
    case TERN_OPTION_STRINGS: return !((const tern_strings *)field)->n;
    case TERN_OPTION_TYPE: return !((const tern_object *)field)->type;
    case TERN_OPTION_TYPES: return !((const tern_objects *)field)->n;
    case TERN_OPTION_BLOCK: return !*(const bool *)field;
    case TERN_OPTION_BLOCKS: return !((const tern_blocks *)field)->n && !((const tern_blocks *)field)->choice;
    case TERN_OPTION_NAMED: return !((const tern_named *)field)->n;
    case TERN_OPTION_BOOL: break;
    }
    return false;
}

static cJSON *write_value(const tern_option *row, void *field) {
    const tern_ints *ints = field;
    switch (row->kind) {
    case TERN_OPTION_SIZE: return cJSON_CreateNumber((double)*(size_t *)field);
    case TERN_OPTION_INT: return cJSON_CreateNumber((double)*(int64_t *)field);
    case TERN_OPTION_REAL: return cJSON_CreateNumber(*(double *)field);
    case TERN_OPTION_BOOL: return cJSON_CreateBool(*(bool *)field);
    case TERN_OPTION_STRING: return cJSON_CreateString(*(const char **)field);
    case TERN_OPTION_CHOICE: return cJSON_CreateString(row->choices[*(int *)field]);
    case TERN_OPTION_SHAPE: return make_list(((tern_shape *)field)->rank, make_size, field);
    case TERN_OPTION_INTS:
        return ints->choice   ? cJSON_CreateString(row->choices[ints->choice - 1])
               : ints->n == 1 ? make_int(field, 0)
                              : make_list(ints->n, make_int, field);
    case TERN_OPTION_REALS:
        return ((tern_reals *)field)->n == 1 && row->least <= 1 ? make_real(field, 0)
                                                                : make_list(((tern_reals *)field)->n, make_real, field);
    case TERN_OPTION_NAMED_REALS: return write_named_reals(row, field);
    case TERN_OPTION_STRINGS: return make_list(((tern_strings *)field)->n, make_string, field);
    case TERN_OPTION_TYPE: return tern__object_write(field);
    case TERN_OPTION_TYPES: return make_list(((tern_objects *)field)->n, make_object, field);
    case TERN_OPTION_BLOCK: return write_block(row, field);
    case TERN_OPTION_BLOCKS: return tern__blocks_write(row, field);
    case TERN_OPTION_NAMED: return write_named(row, field);
    }
    return NULL;
}

bool tern__options_write(tern__fields fields, cJSON *out) {
    for (const tern_option *row = fields.table; row && row->name; row++) {
        void *field = (char *)fields.self + row->offset;
        if (!absent(row, field) && !add(out, row->name, write_value(row, field))) return false;
    }
    return true;
}

cJSON *tern__object_write(const tern_object *object) {
    cJSON *out = cJSON_CreateObject();
    bool done = out && add(out, "type", cJSON_CreateString(object->type->name)) &&
                tern__options_write((tern__fields){tern_kind_options(object->type->kind), object->common}, out) &&
                tern__options_write((tern__fields){object->type->options, object->self}, out);
    if (done) return out;
    cJSON_Delete(out);
    return NULL;
}
