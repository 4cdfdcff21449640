/* accumulate.c - a training loop of one's own, with two small batches for each update: the gradients of one of twice
 * the size. */
#include <tern/tern.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

enum { ROWS = 64, BATCH = 16 };

static const char text[] =
    "{\"input\": {\"shape\": [1]},"
    " \"layers\": [{\"type\": \"dense\", \"out_features\": 32}, \"tanh\", {\"type\": \"dense\", \"out_features\": 1}],"
    " \"loss\": \"mse\", \"optimizer\": {\"type\": \"adam\", \"lr\": 0.01},"
    " \"train\": {\"epochs\": 1, \"clip_grad_norm\": 5}}";

/* The rows from `first` on of an array of one number a row. */
static tern_tensor rows(tern_real *array, int first) { return (tern_tensor){TERN_SHAPE(BATCH, 1), array + first}; }

int main(void) {
    tern_real inputs[ROWS], targets[ROWS];
    for (int i = 0; i < ROWS; i++) {
        inputs[i] = (tern_real)(i * 29 % ROWS) / (ROWS / 2) - 1;
        targets[i] = (tern_real)sin(3 * (double)inputs[i]);
    }
    tern_error err = {0};
    tern_trainer_options options = {.batch_size = BATCH, .accumulates = true};
    tern_model *model = tern_model_parse(text, strlen(text), "sine", NULL, &err);
    tern_trainer *trainer = model ? tern_trainer_new(model, &options, &err) : NULL;

    for (int epoch = 1; trainer && !err.errors && epoch <= 200; epoch++) {
        double loss = 0;
        for (int first = 0; !err.errors && first < ROWS; first += BATCH) {
            tern_tensor x = rows(inputs, first), y = rows(targets, first);
            tern_batch batch = {.n = BATCH, .x = &x, .y = &y};
            tern_step step;
            if (tern_trainer_accumulate(trainer, &batch, NULL, &err)) break;
            if (first / BATCH % 2 == 0) continue;
            if (tern_trainer_update(trainer, &step, &err)) break;
            loss += step.loss / (ROWS / BATCH / 2);
        }
        tern_trainer_end_epoch(trainer, loss);
        if (epoch % 50 == 0) printf("epoch %3d  loss %.5f\n", epoch, loss);
    }

    tern_error_print(&err, stderr);
    tern_trainer_free(trainer);
    tern_model_free(model);
    return err.errors > 0;
}
