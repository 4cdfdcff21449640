/* test_target_checkpoint.c - the target of checkpoints: a run is made once, and resumed with its checkpoint changed.
 * Each number of it is either refused or goes into files and messages as it is. */
#include "targets.h"

#include <tern/fit.h>
#include <tern/model.h>

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MOST = 1 << 16, SAMPLES = 40, FEATURES = 3 };

/* All that has a state: momentum, running averages, a schedule, a best epoch. */
static const char text[] =
    "{\"input\": {\"shape\": [3]}, \"layers\": [{\"type\": \"dense\", \"out_features\": 2}, \"batch_norm\"],"
    " \"loss\": \"cross_entropy\", \"metrics\": [\"accuracy\"], \"optimizer\": {\"type\": \"adam\", \"lr\": 0.01},"
    " \"schedule\": {\"type\": \"plateau\", \"patience\": 0},"
    " \"train\": {\"epochs\": 2, \"batch_size\": 8, \"validation_split\": 0.2, \"early_stopping\": {\"patience\": 9}}}";

typedef struct file {
    const char *name;
    size_t size;
    unsigned char bytes[MOST];
} file;

static file checkpoint = {.name = "checkpoint.safetensors"}, history = {.name = "log.jsonl"};

static void keep(file *f) {
    char path[256];
    snprintf(path, sizeof path, "%s/%s", fuzz_directory(), f->name);
    FILE *in = fopen(path, "rb");
    if (!in || !(f->size = fread(f->bytes, 1, sizeof f->bytes, in)) || f->size == sizeof f->bytes) abort();
    fclose(in);
}

static tern_status train(bool resume, tern_error *err) {
    static float x[SAMPLES * FEATURES];
    static int64_t y[SAMPLES];
    for (size_t i = 0; i < SAMPLES; i++) {
        y[i] = (int64_t)(i % 2);
        for (size_t k = 0; k < FEATURES; k++) x[i * FEATURES + k] = (float)sin((double)(i * 7 + k)) + (float)y[i];
    }
    tern_array cx = {.dtype = TERN_F32, .shape = {1, {FEATURES}}, .data = x}, cy = {.dtype = TERN_I64, .data = y};
    tern_fit_options options = {.out = fuzz_directory(), .threads = 1, .resume = resume, .changed = resume};
    tern_fit_result result;
    tern_model *m = tern_model_parse(text, strlen(text), "fuzz", NULL, err);
    tern_dataset *d = m ? tern_dataset_borrow(SAMPLES, &cx, &cy, err) : NULL;
    tern_status status = d ? tern_fit(m, d, NULL, &options, &result, err) : TERN_ERROR_MEMORY;
    tern_dataset_free(d);
    tern_model_free(m);
    return status;
}

bool fuzz_checkpoint(const uint8_t *data, size_t size) {
    static unsigned char changed[MOST];
    static tern_error err; /* large */
    tern_error_clear(&err);
    if (!checkpoint.size) {
        if (train(false, &err)) abort();
        keep(&checkpoint);
        keep(&history);
    }
    memcpy(changed, checkpoint.bytes, sizeof changed);
    for (; size >= 12; data += 12, size -= 12) {
        uint32_t at;
        memcpy(&at, data, sizeof at);
        memcpy(changed + at % (checkpoint.size - 7), data + 4, 8);
    }
    fuzz_file(checkpoint.name, changed, size ? checkpoint.size * data[0] / 255 : checkpoint.size);
    fuzz_file(history.name, history.bytes, history.size);
    tern_error_clear(&err);
    tern_status status = train(true, &err);
    if (!status != !err.errors) abort(); /* a refusal has its reason */
    return !status;
}
