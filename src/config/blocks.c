/* blocks.c - writes the layers of blocks out where they are used; see blocks.h. */
#include "blocks.h"

#include "block_names.h"
#include "text.h"

#include <cjson/cJSON.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

const char tern__block_again[] = "_\001again";

enum { MOST_LAYERS = TERN__BLOCK_MOST, DEEPEST = TERN__BLOCK_DEEPEST, NAME = TERN__BLOCK_NAME };

/* A list of layers on its way: the file's own, or a block's in one of its uses. */
typedef struct scope {
    const struct scope *outer; /* NULL: the file's own */
    const cJSON *list;
    const char *pointer;       /* of the list in the file */
    char prefix[NAME];         /* of the names within, with its dot; "": none */
    char input[NAME];          /* what "input" is */
    char shared[NAME];         /* the prefix of the layers whose weights these have; "": none */
    bool given, frozen, again; /* the use names its input; it is not trainable; it is not the first */
} scope;

typedef struct expansion {
    tern__json *j;
    const tern_registry *registry;
    const cJSON *blocks;
    cJSON *out;
    char last[NAME]; /* the name of the layer before */
    size_t depth;
    tern_error *err;
} expansion;

static tern_status no_memory(const expansion *x) {
    return tern_error_add(x->err, TERN_ERROR_MEMORY, NULL, "not enough memory to write the blocks out");
}

/* ---- names ---- */

/* What a name means in a scope: a layer there, or its use of a block; else it stays as it is. */
static void resolve(const expansion *x, const scope *s, const char *name, char out[NAME]) {
    int index = 0;
    *out = 0;
    for (const cJSON *layer = s->list->child; layer; layer = layer->next, index++) {
        const char *own = tern__block_text(layer, "name");
        if (!own || strcmp(own, name)) continue;
        tern__block_output(x->blocks, s->prefix, layer, index, out);
        return;
    }
    bool input = s->outer && !strcmp(name, "input");
    tern__text_add(out, NAME, "%s", input ? s->input : name);
}

/* ---- one layer ---- */

static bool put(cJSON *object, const char *key, cJSON *value) {
    cJSON_DeleteItemFromObjectCaseSensitive(object, key);
    return value && cJSON_AddItemToObject(object, key, value);
}

static cJSON *map_inputs(const expansion *x, const scope *s, const cJSON *inputs) {
    cJSON *list = cJSON_CreateArray();
    const cJSON *v = cJSON_IsArray(inputs) ? inputs->child : inputs;
    for (; list && v; v = cJSON_IsArray(inputs) ? v->next : NULL) {
        char name[NAME];
        if (cJSON_IsString(v)) resolve(x, s, v->valuestring, name);
        if (!cJSON_AddItemToArray(list, cJSON_IsString(v) ? cJSON_CreateString(name) : cJSON_Duplicate(v, true))) break;
    }
    return list;
}

/* The inputs that a layer of a scope names, or has from the use that it is the first of; NULL: the layer before it. */
static cJSON *inputs_of(const expansion *x, const scope *s, const cJSON *layer, int index) {
    const cJSON *inputs = cJSON_GetObjectItemCaseSensitive(layer, "inputs");
    if (inputs && !cJSON_IsNull(inputs)) return map_inputs(x, s, inputs);
    const char *const given[] = {s->input};
    return !index && s->given ? cJSON_CreateStringArray(given, 1) : NULL;
}

static tern_status remember(expansion *x, const scope *s, int index, const char *name) {
    tern__json *j = x->j;
    tern__json_origin *grown = tern__realloc(j->origin, j->origins, j->origins + 1, sizeof *grown, x->err);
    if (!grown) return TERN_ERROR_MEMORY;
    j->origin = grown;
    char pointer[NAME + 64] = "";
    tern__text_add(pointer, sizeof pointer, "%s/%d", s->pointer, index);
    tern__json_origin *o = &j->origin[j->origins++];
    *o = (tern__json_origin){.pointer = tern__arena_text(&j->arena, pointer, strlen(pointer), x->err)};
    if (s->outer) o->use = tern__arena_text(&j->arena, name, strlen(name), x->err);
    return o->pointer && (o->use || !s->outer) ? TERN_OK : TERN_ERROR_MEMORY;
}

static tern_status write_layer(expansion *x, const scope *s, const cJSON *layer, int index) {
    bool object = cJSON_IsObject(layer), plain = cJSON_IsString(layer);
    cJSON *own = plain ? cJSON_CreateObject() : cJSON_Duplicate(layer, true), *inputs = inputs_of(x, s, layer, index);
    char name[NAME], shared[NAME];
    tern__block_join(s->prefix, layer, index, name);
    bool done = own != NULL;
    if (plain) done = done && put(own, "type", cJSON_CreateString(layer->valuestring));
    if (plain || object) done = done && put(own, "name", cJSON_CreateString(name));
    if (inputs) done = done && put(own, "inputs", inputs);
    if (s->frozen && (plain || object)) done = done && put(own, "trainable", cJSON_CreateFalse());
    const char *of = tern__block_text(layer, "weights_of");
    if (of) resolve(x, s, of, shared);
    else if (*s->shared) tern__block_join(s->shared, layer, index, shared);
    if (of || (*s->shared && (plain || object))) done = done && put(own, "weights_of", cJSON_CreateString(shared));
    if (s->again && (plain || object)) done = done && put(own, tern__block_again, cJSON_CreateTrue());
    if (done && cJSON_AddItemToArray(x->out, own)) {
        memcpy(x->last, name, sizeof name);
        return remember(x, s, index, name);
    }
    cJSON_Delete(own);
    return no_memory(x);
}

/* ---- uses ---- */

static tern_status check_use(const expansion *x, const cJSON *use) {
    static const char *const accepted[] = {"type", "name", "inputs", "trainable", "weights_of", "repeat", NULL};
    tern_status status = TERN_OK;
    const cJSON *inputs = cJSON_GetObjectItemCaseSensitive(use, "inputs");
    for (const cJSON *value = cJSON_IsObject(use) ? use->child : NULL; value; value = value->next) {
        size_t k = 0;
        while (accepted[k] && strcmp(accepted[k], value->string)) k++;
        if (!accepted[k] && *value->string != '_')
            status = tern_error_add_key(x->err, TERN_ERROR_MODEL, value->string,
                                        "is nothing that the use of a block can have; accepted: type, name, inputs, "
                                        "trainable, weights_of, repeat");
    }
    const cJSON *repeat = cJSON_GetObjectItemCaseSensitive(use, "repeat");
    double n = cJSON_IsNumber(repeat) ? repeat->valuedouble : repeat && !cJSON_IsNull(repeat) ? 0 : 1;
    if (!(n >= 1 && n <= MOST_LAYERS && n == floor(n)))
        status =
            tern_error_add(x->err, TERN_ERROR_MODEL, "repeat", "accepted is a whole number from 1 to %d", MOST_LAYERS);
    if (cJSON_IsArray(inputs) && cJSON_GetArraySize(inputs) != 1)
        status = tern_error_add(x->err, TERN_ERROR_MODEL, "inputs", "of a block is one; this use names %d",
                                cJSON_GetArraySize(inputs));
    if (x->depth == DEEPEST)
        status = tern_error_add(x->err, TERN_ERROR_MODEL, NULL, "blocks are %d deep here: does one contain itself?",
                                DEEPEST);
    return status;
}

static tern_status write_list(expansion *x, const scope *s);

/* Writes a block's layers out; what is wrong with them is said at their place in the file. */
static tern_status write_block(expansion *x, const scope *s, const char *block) {
    char path[TERN_MAX_POINTER] = "";
    size_t depth = x->err ? x->err->depth : 0;
    if (x->err) memcpy(path, x->err->path, sizeof path);
    tern_error_leave(x->err, 0);
    tern_error_enter(x->err, "blocks", 0);
    tern_error_enter(x->err, block, 0);
    tern_error_enter(x->err, "layers", 0);
    tern_status status = write_list(x, s);
    if (x->err) memcpy(x->err->path, path, sizeof path), x->err->depth = depth;
    return status;
}

/* Where a use takes its input from. */
static void find_input(expansion *x, const scope *s, const cJSON *use, int index, scope *inner) {
    cJSON *inputs = inputs_of(x, s, use, index);
    const cJSON *first = cJSON_GetArrayItem(inputs, 0);
    inner->given = cJSON_IsString(first);
    tern__text_add(inner->input, NAME, "%s", inner->given ? first->valuestring : *x->last ? x->last : "input");
    cJSON_Delete(inputs);
}

static tern_status write_use(expansion *x, const scope *s, const cJSON *use, int index, cJSON *list) {
    tern_status status = check_use(x, use);
    char name[NAME], pointer[NAME] = "", from[NAME] = "";
    const char *of = tern__block_text(use, "weights_of");
    const cJSON *trainable = cJSON_GetObjectItemCaseSensitive(use, "trainable");
    size_t n = tern__block_repeats(use);
    tern__block_join(s->prefix, use, index, name);
    const char *block = cJSON_IsString(use) ? use->valuestring : tern__block_text(use, "type");
    tern__text_add(pointer, sizeof pointer, "/blocks/%s/layers", block);
    if (of) tern__text_add(from, sizeof from, "%s%s", s->prefix, of);
    else if (*s->shared) tern__block_join(s->shared, use, index, from);
    x->depth++;
    for (size_t r = 0; !status && r < (n ? n : 1); r++) {
        scope inner = {.outer = s, .list = list, .pointer = pointer, .again = s->again || r || list->valueint};
        inner.frozen = s->frozen || cJSON_IsFalse(trainable);
        tern__block_prefix(name, use, r, inner.prefix);
        if (*from) tern__block_prefix(from, use, r, inner.shared);
        if (!r) find_input(x, s, use, index, &inner);
        else tern__text_add(inner.input, NAME, "%s", x->last);
        status = write_block(x, &inner, block);
    }
    list->valueint = 1; /* used: what is wrong in it was said */
    x->depth--;
    return status;
}

static tern_status write_list(expansion *x, const scope *s) {
    tern_status status = TERN_OK;
    int index = 0;
    for (const cJSON *layer = s->list->child; layer && status != TERN_ERROR_MEMORY; layer = layer->next, index++) {
        cJSON *list = tern__block_layers(x->blocks, layer);
        size_t depth = tern_error_enter(x->err, NULL, (size_t)index);
        tern_status written = list ? write_use(x, s, layer, index, list) : write_layer(x, s, layer, index);
        if (written) status = written;
        tern_error_leave(x->err, depth);
        if (cJSON_GetArraySize(x->out) > MOST_LAYERS)
            return tern_error_add(x->err, TERN_ERROR_MODEL, NULL, "makes more than %d layers", MOST_LAYERS);
    }
    return status;
}

/* ---- the file ---- */

static tern_status check_block(const expansion *x, const cJSON *block) {
    const cJSON *layers = cJSON_GetObjectItemCaseSensitive(block, "layers"), *value;
    tern_status status = TERN_OK;
    size_t depth = tern_error_enter(x->err, block->string, 0);
    if (!cJSON_IsArray(layers) || !layers->child)
        status = tern_error_add(x->err, TERN_ERROR_MODEL, NULL, "expected an object with a list of \"layers\"");
    for (value = cJSON_IsObject(block) ? block->child : NULL; value; value = value->next)
        if (strcmp(value->string, "layers") && *value->string != '_')
            status = tern_error_add_key(x->err, TERN_ERROR_MODEL, value->string,
                                        "a block has no such option; accepted: layers");
    if (tern_registry_find(x->registry, TERN_LAYER, block->string))
        status = tern_error_add_key(x->err, TERN_ERROR_MODEL, NULL, "is the name of a type of layer, too");
    tern_error_leave(x->err, depth);
    return status;
}

/* What the rest of the file calls by a use's name is its last layer. */
static tern_status rename_of(const expansion *x, const scope *s, cJSON *value) {
    const char *of = tern__block_text(value, "of");
    char name[NAME];
    if (!of) return TERN_OK;
    resolve(x, s, of, name);
    return strcmp(of, name) && !put(value, "of", cJSON_CreateString(name)) ? no_memory(x) : TERN_OK;
}

static tern_status rename_all(const expansion *x, const scope *s) {
    tern_status status = rename_of(x, s, cJSON_GetObjectItemCaseSensitive(x->j->root, "loss"));
    static const char *const lists[] = {"losses", "metrics"};
    for (size_t i = 0; i < 2; i++) {
        cJSON *list = cJSON_GetObjectItemCaseSensitive(x->j->root, lists[i]);
        for (cJSON *v = cJSON_IsArray(list) ? list->child : NULL; v && !status; v = v->next)
            status = rename_of(x, s, v);
    }
    return status;
}

static void warn_unused(const expansion *x) {
    const cJSON *block;
    size_t depth = tern_error_enter(x->err, "blocks", 0);
    for (block = x->blocks->child; block; block = block->next)
        if (*block->string != '_' && !cJSON_GetObjectItemCaseSensitive(block, "layers")->valueint)
            tern_error_warn(x->err, block->string, "is used by no layer");
    tern_error_leave(x->err, depth);
}

static tern_status expand(expansion *x) {
    cJSON *root = x->j->root, *layers = cJSON_GetObjectItemCaseSensitive(root, "layers");
    scope s = {.list = layers, .pointer = "/layers"};
    if (!cJSON_IsArray(layers)) return TERN_OK; /* said by who reads it */
    if (!(x->out = cJSON_CreateArray())) return no_memory(x);
    size_t depth = tern_error_enter(x->err, "layers", 0);
    tern_status status = write_list(x, &s);
    tern_error_leave(x->err, depth);
    if (!status) status = rename_all(x, &s);
    if (!status) warn_unused(x);
    if (!status && !cJSON_ReplaceItemInObjectCaseSensitive(root, "layers", x->out)) status = no_memory(x);
    else if (status) cJSON_Delete(x->out), x->j->origins = 0;
    return status;
}

tern_status tern__blocks_expand(tern__json *j, const tern_registry *r, tern_error *err) {
    cJSON *blocks = cJSON_GetObjectItemCaseSensitive(j->root, "blocks"), *block;
    expansion x = {.j = j, .registry = r, .blocks = blocks, .err = err};
    tern_status status = TERN_OK;
    if (!blocks || cJSON_IsNull(blocks)) return TERN_OK;
    size_t depth = tern_error_enter(err, "blocks", 0);
    if (!cJSON_IsObject(blocks))
        status = tern_error_add(err, TERN_ERROR_MODEL, NULL, "expected an object: a name for each block");
    for (block = cJSON_IsObject(blocks) ? blocks->child : NULL; block; block = block->next)
        if (*block->string != '_' && check_block(&x, block)) status = TERN_ERROR_MODEL;
    tern_error_leave(err, depth);
    if (!status) status = expand(&x);
    cJSON_DeleteItemFromObjectCaseSensitive(j->root, "blocks");
    return status;
}
