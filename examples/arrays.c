/* arrays.c - trains on arrays in memory: tern_fit() with validation, a callback an epoch, and the score at the end. */
#include <tern/tern.h>
#include <stdio.h>
#include <string.h>

enum { ROWS = 200 };

static const char text[] =
    "{\"input\": {\"shape\": [2]},"
    " \"layers\": [{\"type\": \"dense\", \"out_features\": 16}, \"relu\", {\"type\": \"dense\", \"out_features\": 2}],"
    " \"loss\": \"cross_entropy\", \"optimizer\": {\"type\": \"adam\", \"lr\": 0.02}, \"metrics\": [\"accuracy\"],"
    " \"train\": {\"epochs\": 50, \"batch_size\": 20, \"validation_split\": 0.2}}";

/* Called after each epoch; false would stop. */
static bool show(void *user, const tern_progress *p) {
    int every = *(const int *)user;
    if (p->epoch % (size_t)every == 0)
        printf("epoch %2zu  loss %.4f  %s %.3f\n", p->epoch, p->train->loss, p->valid->name[0], p->valid->value[0]);
    return true;
}

int main(void) {
    /* Points in a square; the class says whether they are inside a circle. The numbers may be of any type, and stay
     * where they are. */
    static float point[ROWS][2];
    static uint8_t inside[ROWS];
    for (int i = 0; i < ROWS; i++) {
        float x = point[i][0] = (float)(i * 37 % 199) / 99 - 1, y = point[i][1] = (float)(i * 61 % 197) / 98 - 1;
        inside[i] = x * x + y * y < 0.6f;
    }
    tern_array x = {.dtype = TERN_F32, .shape = TERN_SHAPE(2), .data = point},
               y = {.dtype = TERN_U8, .shape = {0}, .data = inside};
    int every = 10;
    tern_fit_options options = {.on_epoch = show, .user = &every};
    tern_error err = {0};
    tern_score score;

    tern_model *model = tern_model_parse(text, strlen(text), "circle", NULL, &err);
    tern_dataset *data = tern_dataset_borrow(ROWS, &x, &y, &err);
    if (model && data && !tern_fit(model, data, NULL, &options, NULL, &err) &&
        !tern_evaluate(model, data, NULL, ROWS, 0, &score, NULL, &err))
        printf("all points: loss %.4f  %s %.3f\n", score.loss, score.name[0], score.value[0]);

    tern_error_print(&err, stderr);
    tern_dataset_free(data);
    tern_model_free(model);
    return err.errors > 0;
}
