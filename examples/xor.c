/* xor.c - tern in thirty lines: a model from JSON text, two hundred training steps, four predictions. */
#include <tern/tern.h>
#include <stdio.h>
#include <string.h>

static const char text[] =
    "{\"input\": {\"shape\": [2]},"
    " \"layers\": [{\"type\": \"dense\", \"out_features\": 8}, \"tanh\", {\"type\": \"dense\", \"out_features\": 1}],"
    " \"loss\": \"mse\", \"optimizer\": {\"type\": \"adam\", \"lr\": 0.05},"
    " \"train\": {\"epochs\": 1, \"batch_size\": 4}}";

int main(void) {
    tern_real inputs[] = {0, 0, 0, 1, 1, 0, 1, 1}, targets[] = {0, 1, 1, 0}, outputs[4];
    tern_tensor x = {TERN_SHAPE(4, 2), inputs}, t = {TERN_SHAPE(4, 1), targets}, y = {TERN_SHAPE(4, 1), outputs};
    tern_batch batch = {.n = 4, .x = &x, .y = &t};
    tern_error err = {0};

    tern_model *model = tern_model_parse(text, strlen(text), "xor", NULL, &err);
    tern_trainer *trainer = model ? tern_trainer_new(model, NULL, &err) : NULL;
    for (int i = 0; trainer && i < 200; i++) {
        tern_step step;
        if (tern_trainer_step(trainer, &batch, &step, &err)) break;
        if (step.step % 50 == 0) printf("step %3zu  loss %.6f\n", step.step, step.loss);
    }
    if (!err.errors && !tern_predict(model, &x, &y, &err))
        for (int i = 0; i < 4; i++)
            printf("%g xor %g = %.3f\n", (double)inputs[2 * i], (double)inputs[2 * i + 1], (double)outputs[i]);

    tern_error_print(&err, stderr);
    tern_trainer_free(trainer);
    tern_model_free(model);
    return err.errors > 0;
}
