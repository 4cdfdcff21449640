/* provenance.c - what weights were trained behind; see provenance.h. */
#include "provenance.h"

#include "digest.h"
#include "json_writer.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

static void add_list(tern__json_writer *w, const char *key, const tern_reals *v) {
    tern__json_open(w, key, '[');
    for (size_t i = 0; i < v->n; i++) tern__json_add_real(w, NULL, v->v[i]);
    tern__json_close_bracket(w, ']');
}

/* {"scale": 1, "mean": [0], "std": [1]} */
static char *preprocessing(const tern_model *m, tern__arena *arena, tern_error *err) {
    const tern__input *in = &m->config.input;
    tern__buffer text = {0};
    tern__json_writer w = {.write = tern__buffer_write, .to = &text};
    tern__json_open(&w, NULL, '{');
    tern__json_add_real(&w, "scale", in->scale);
    add_list(&w, "mean", &in->mean);
    add_list(&w, "std", &in->std);
    tern__json_close_bracket(&w, '}');
    if (text.failed) tern_error_add(err, TERN_ERROR_MEMORY, NULL, "not enough memory");
    char *out = text.failed ? NULL : tern__arena_text(arena, text.text, text.length, err);
    tern__free(text.text);
    return out;
}

static char *layers(const tern_model *m, tern__arena *arena, tern_error *err) {
    const tern__config alone = {.layers = m->config.layers};
    char *text = tern__config_render(&alone, err), digest[17];
    if (!text) return NULL;
    snprintf(digest, sizeof digest, "%016" PRIx64, tern__bytes_digest(text, strlen(text), 0));
    tern__free(text);
    return tern__arena_text(arena, digest, strlen(digest), err);
}

tern_status tern__provenance(const tern_model *m, tern__arena *arena, tern__meta out[TERN__PROVENANCE], size_t *n,
                             tern_error *err) {
    out[0] = (tern__meta){"input", preprocessing(m, arena, err)};
    out[1] = (tern__meta){"layers", layers(m, arena, err)};
    *n = 2;
    if (m->trained_split) out[(*n)++] = (tern__meta){"split", m->trained_split};
    if (m->trained_data) out[(*n)++] = (tern__meta){"data", m->trained_data};
    return out[0].value && out[1].value ? TERN_OK : TERN_ERROR_MEMORY;
}

/* ---- which rows trained ---- */

char *tern__provenance_split(const tern_model *m, bool in_time, tern_error *err) {
    const tern__train *t = &m->config.train;
    tern__buffer text = {0};
    tern__json_writer w = {.write = tern__buffer_write, .to = &text};
    tern__json_open(&w, NULL, '{');
    if (!in_time) tern__json_add_size(&w, "seed", m->config.seed);
    tern__json_open(&w, "train", '{');
    tern__json_add_real(&w, "validation_split", t->validation_split);
    tern__json_add_text(&w, "split", tern__split_words[in_time ? TERN__SPLIT_TIME : TERN__SPLIT_RANDOM]);
    if (t->folds.given) {
        tern__json_open(&w, "folds", '{');
        tern__json_add_size(&w, "of", t->folds.of);
        tern__json_add_size(&w, "fold", t->folds.fold);
        if (t->folds.group) tern__json_add_text(&w, "group", t->folds.group);
        tern__json_close_bracket(&w, '}');
    }
    tern__json_close_bracket(&w, '}');
    tern__json_close_bracket(&w, '}');
    if (!text.failed) return text.text;
    tern_error_add(err, TERN_ERROR_MEMORY, NULL, "not enough memory");
    return tern__free(text.text), NULL;
}

static tern_status keep(tern_model *m, const char *text, const char **out, tern_error *err) {
    *out = text ? tern__arena_text(&m->arena, text, strlen(text), err) : NULL;
    return *out || !text ? TERN_OK : TERN_ERROR_MEMORY;
}

tern_status tern__provenance_train(tern_model *m, bool in_time, const char *checksum, tern_error *err) {
    char *split = tern__provenance_split(m, in_time, err);
    tern_status status = split ? keep(m, split, &m->trained_split, err) : TERN_ERROR_MEMORY;
    tern__free(split);
    return status ? status : keep(m, checksum, &m->trained_data, err);
}

tern_status tern__provenance_take(tern_model *m, const tern__safetensors *file, tern_error *err) {
    tern_status status = keep(m, tern__safetensors_meta(file, "split"), &m->trained_split, err);
    return status ? status : keep(m, tern__safetensors_meta(file, "data"), &m->trained_data, err);
}

/* ---- whether it agrees ---- */

/* Whether one of the two is as the model has it; `theirs` is what the file says otherwise. */
static bool agrees(const tern__meta *own, const tern__safetensors *file, const char **theirs) {
    *theirs = tern__safetensors_meta(file, own->key);
    return !*theirs || !strcmp(*theirs, own->value);
}

tern_status tern__provenance_check(const tern_model *m, const tern__safetensors *file, const char *path,
                                   tern_error *err) {
    tern__arena arena = {0};
    const char *theirs, *value = preprocessing(m, &arena, err);
    tern_status status = value ? TERN_OK : TERN_ERROR_MEMORY;
    if (value && !agrees(&(tern__meta){"input", value}, file, &theirs))
        status =
            tern_error_add(err, TERN_ERROR_DATA, NULL,
                           "%s: was trained behind the preprocessing %.200s, but the model's \"input\" says %.200s; "
                           "the run's own model.json has the right one",
                           path, theirs, value);
    tern__arena_free(&arena);
    return status;
}

void tern__provenance_warn(const tern_model *m, const tern__safetensors *file, const char *path, tern_error *err) {
    tern__arena arena = {0};
    const char *theirs, *value = layers(m, &arena, NULL);
    if (value && !agrees(&(tern__meta){"layers", value}, file, &theirs))
        tern_error_warn(err, NULL,
                        "%s: was trained in a model whose layers had other options; the run's own model.json has them",
                        path);
    tern__arena_free(&arena);
}
