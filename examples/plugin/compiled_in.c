/* compiled_in.c - types of one's own in a program of one's own: the files of the plugins, linked in and added to a
 * registry. */
#include <tern/tern.h>
#include <stdio.h>
#include <string.h>

extern const tern_layer_type tern_layer_snake, tern_layer_centered_add;
extern const tern_loss_type tern_loss_quantile_huber;

static const char text[] = "{\"input\": {\"shape\": [1]},"
                           " \"layers\": [{\"name\": \"up\", \"type\": \"dense\", \"out_features\": 8},"
                           " {\"name\": \"wave\", \"type\": \"snake\"},"
                           " {\"type\": \"centered_add\", \"inputs\": [\"wave\", \"up\"]},"
                           " {\"type\": \"dense\", \"out_features\": 1}],"
                           " \"loss\": {\"type\": \"quantile_huber\", \"q\": 0.9, \"delta\": 0.1},"
                           " \"optimizer\": {\"type\": \"adam\", \"lr\": 0.05},"
                           " \"train\": {\"epochs\": 1, \"batch_size\": 32}}";

int main(void) {
    const tern_type *const own[] = {&tern_layer_snake.base, &tern_layer_centered_add.base,
                                    &tern_loss_quantile_huber.base};
    tern_error err = {0};
    tern_registry *registry = tern_registry_new(&err);
    for (size_t i = 0; registry && !err.errors && i < 3; i++) tern_registry_add(registry, own[i], &err);

    tern_model_options options = {.registry = registry};
    tern_model *model = err.errors ? NULL : tern_model_parse(text, strlen(text), "wave", &options, &err);
    tern_trainer *trainer = model ? tern_trainer_new(model, NULL, &err) : NULL;

    tern_real inputs[32], targets[32];
    for (int i = 0; i < 32; i++) inputs[i] = (tern_real)(i - 16) / 4, targets[i] = inputs[i] * inputs[i] / 4;
    tern_tensor x = {TERN_SHAPE(32, 1), inputs}, t = {TERN_SHAPE(32, 1), targets};
    tern_batch batch = {.n = 32, .x = &x, .y = &t};
    tern_step step = {0};
    for (int i = 0; trainer && !err.errors && i < 300; i++) tern_trainer_step(trainer, &batch, &step, &err);
    if (!err.errors) printf("after %zu steps the loss is %.3f\n", step.step, step.loss);

    tern_error_print(&err, stderr);
    tern_trainer_free(trainer);
    tern_model_free(model);
    tern_registry_free(registry);
    return err.errors > 0;
}
