/* block_names.c - names of blocks' layers, joined as PyTorch joins those of modules; see block_names.h. */
#include "block_names.h"

#include "text.h"

#include <cjson/cJSON.h>

const char *tern__block_text(const cJSON *layer, const char *key) {
    const cJSON *value = cJSON_GetObjectItemCaseSensitive(layer, key);
    return cJSON_IsString(value) ? value->valuestring : NULL;
}

cJSON *tern__block_layers(const cJSON *blocks, const cJSON *layer) {
    const char *type = cJSON_IsString(layer) ? layer->valuestring : tern__block_text(layer, "type");
    const cJSON *block = type ? cJSON_GetObjectItemCaseSensitive(blocks, type) : NULL;
    return block ? cJSON_GetObjectItemCaseSensitive(block, "layers") : NULL;
}

size_t tern__block_repeats(const cJSON *use) {
    const cJSON *repeat = cJSON_GetObjectItemCaseSensitive(use, "repeat");
    bool good = cJSON_IsNumber(repeat) && repeat->valuedouble >= 1 && repeat->valuedouble <= TERN__BLOCK_MOST;
    return good ? (size_t)repeat->valuedouble : 0;
}

void tern__block_join(const char *prefix, const cJSON *layer, int index, char out[TERN__BLOCK_NAME]) {
    const char *name = tern__block_text(layer, "name");
    *out = 0;
    if (name) tern__text_add(out, TERN__BLOCK_NAME, "%s%s", prefix, name);
    else tern__text_add(out, TERN__BLOCK_NAME, "%s%d", prefix, index);
}

void tern__block_prefix(const char *name, const cJSON *use, size_t r, char out[TERN__BLOCK_NAME]) {
    *out = 0;
    if (tern__block_repeats(use)) tern__text_add(out, TERN__BLOCK_NAME, "%s.%zu.", name, r);
    else tern__text_add(out, TERN__BLOCK_NAME, "%s.", name);
}

void tern__block_output(const cJSON *blocks, const char *prefix, const cJSON *layer, int index,
                        char out[TERN__BLOCK_NAME]) {
    tern__block_join(prefix, layer, index, out);
    for (size_t depth = 0; depth < TERN__BLOCK_DEEPEST; depth++) {
        const cJSON *list = tern__block_layers(blocks, layer);
        if (!list) return;
        char inner[TERN__BLOCK_NAME];
        size_t n = tern__block_repeats(layer);
        tern__block_prefix(out, layer, n ? n - 1 : 0, inner);
        index = cJSON_GetArraySize(list) - 1;
        layer = cJSON_GetArrayItem(list, index);
        tern__block_join(inner, layer, index, out);
    }
}
