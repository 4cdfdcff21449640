/* weights.c - reads and changes a model's weights by name, saves them, and loads them into another model.
 *
 *   usage: weights FILE.safetensors      where to save to */
#include <tern/tern.h>
#include <stdio.h>
#include <string.h>

static const char text[] = "{\"input\": {\"shape\": [2]},"
                           " \"layers\": [{\"type\": \"dense\", \"out_features\": 3},"
                           " \"relu\", {\"name\": \"last\", \"type\": \"dense\", \"out_features\": 1}]}";

int main(int argc, char **argv) {
    tern_error err = {0};
    const char *file = argc > 1 ? argv[1] : "weights.safetensors";
    tern_model *model = tern_model_parse(text, strlen(text), "weights", NULL, &err);
    tern_model *other = tern_model_parse(text, strlen(text), "other", NULL, &err);
    tern_weight w;

    for (size_t i = 0; model && i < tern_model_weight_count(model); i++) {
        char shape[TERN_SHAPE_TEXT];
        w = tern_model_weight(model, i);
        printf("%-12s %s\n", w.name, tern_shape_text(&w.tensor.shape, shape));
    }
    /* The tensor looks at the model's own numbers: to write to it is to change the model. */
    if (model && tern_model_find_weight(model, "last.bias", &w)) tern_tensor_fill(&w.tensor, (tern_real)0.25);

    if (model && other && !tern_model_save(model, file, &err) && !tern_model_load(other, file, &err) &&
        tern_model_find_weight(other, "last.bias", &w))
        printf("last.bias is now %g in both\n", (double)w.tensor.data[0]);

    tern_error_print(&err, stderr);
    tern_model_free(other);
    tern_model_free(model);
    return err.errors > 0;
}
