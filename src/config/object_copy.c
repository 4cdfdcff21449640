/* object_copy.c - copies an object's options, and by the rows of its table those of the objects within. */
#include "object_copy.h"

#include <string.h>

static tern_status copy_list(tern_objects *list, tern__arena *arena, tern_error *err) {
    tern_objects original = *list;
    if (!(list->item = tern__arena_alloc(arena, list->n, sizeof *list->item, err))) return TERN_ERROR_MEMORY;
    tern_status status = TERN_OK;
    for (size_t i = 0; !status && i < list->n; i++)
        status = tern__object_copy(&original.item[i], arena, &list->item[i], err);
    return status;
}

static tern_status copy_inner(const tern_option *table, char *self, tern__arena *arena, tern_error *err);

static tern_status copy_blocks(const tern_option *row, tern_blocks *blocks, tern__arena *arena, tern_error *err) {
    const void *original = blocks->item;
    char *item = tern__arena_alloc(arena, blocks->n, row->size, err);
    if (!item) return TERN_ERROR_MEMORY;
    if (blocks->n) memcpy(item, original, blocks->n * row->size);
    blocks->item = item;
    tern_status status = TERN_OK;
    for (size_t i = 0; !status && i < blocks->n; i++)
        status = copy_inner(row->options, item + i * row->size, arena, err);
    return status;
}

static tern_status copy_named(const tern_option *row, tern_named *named, tern__arena *arena, tern_error *err) {
    if (row->options) {
        tern_blocks blocks = {named->n, named->item, 0};
        tern_status status = copy_blocks(row, &blocks, arena, err);
        named->item = blocks.item;
        return status;
    }
    tern_objects objects = {named->n, named->item};
    tern_status status = copy_list(&objects, arena, err);
    named->item = objects.item;
    return status;
}

/* Gives the objects in `self`, itself a copy already, options of their own. */
static tern_status copy_inner(const tern_option *table, char *self, tern__arena *arena, tern_error *err) {
    tern_status status = TERN_OK;
    for (const tern_option *row = table; !status && row && row->name; row++) {
        void *field = self + row->offset;
        if (row->kind == TERN_OPTION_BLOCK) status = copy_inner(row->options, field, arena, err);
        if (row->kind == TERN_OPTION_BLOCKS) status = copy_blocks(row, field, arena, err);
        if (row->kind == TERN_OPTION_NAMED) status = copy_named(row, field, arena, err);
        if (row->kind == TERN_OPTION_TYPES) status = copy_list(field, arena, err);
        if (row->kind != TERN_OPTION_TYPE) continue;
        tern_object original = *(tern_object *)field;
        status = tern__object_copy(&original, arena, field, err);
    }
    return status;
}

tern_status tern__object_copy(const tern_object *object, tern__arena *arena, tern_object *out, tern_error *err) {
    *out = *object;
    if (!object->self || !object->type->size) return TERN_OK;
    if (!(out->self = tern__arena_alloc(arena, 1, object->type->size, err))) return TERN_ERROR_MEMORY;
    memcpy(out->self, object->self, object->type->size);
    return copy_inner(object->type->options, out->self, arena, err);
}
