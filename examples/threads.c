/* threads.c - several threads predict with one model: it is const, each thread has its own run, nobody locks. */
#include <tern/tern.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>

enum { THREADS = 4, ROWS = 64 };

static const char text[] = "{\"input\": {\"shape\": [8]},"
                           " \"layers\": [{\"type\": \"dense\", \"out_features\": 32},"
                           " \"relu\", {\"type\": \"dense\", \"out_features\": 3}, \"softmax\"]}";

/* What a thread gets, and what it leaves. */
typedef struct job {
    const tern_model *model;
    tern_real sum;
    tern_error err;
} job;

static void *predict(void *arg) {
    job *j = arg;
    tern_real inputs[ROWS * 8], outputs[ROWS * 3];
    tern_tensor x = {TERN_SHAPE(ROWS, 8), inputs}, y = {TERN_SHAPE(ROWS, 3), outputs};
    for (int i = 0; i < ROWS * 8; i++) inputs[i] = (tern_real)(i % 17) / 17;

    /* One thread of its own: the run starts no others. */
    tern_predictor *run = tern_predictor_new(j->model, ROWS, 1, &j->err);
    for (int i = 0; run && i < 1000; i++) tern_predictor_forward(run, &x, &y, NULL);
    for (int i = 0; run && i < ROWS * 3; i++) j->sum += outputs[i];
    tern_predictor_free(run);
    return NULL;
}

int main(void) {
    static job jobs[THREADS];
    pthread_t thread[THREADS];
    tern_error err = {0};
    tern_model *model = tern_model_parse(text, strlen(text), "threads", NULL, &err);
    bool good = model != NULL;
    for (int i = 0; model && i < THREADS; i++) {
        jobs[i].model = model;
        if (pthread_create(&thread[i], NULL, predict, &jobs[i])) return 1;
    }
    for (int i = 0; model && i < THREADS; i++) {
        pthread_join(thread[i], NULL);
        good = good && !jobs[i].err.errors && jobs[i].sum == jobs[0].sum;
    }
    if (good)
        printf("%d threads, the same answers; probabilities of %d rows add up to %.3f\n", THREADS, ROWS,
               (double)jobs[0].sum);
    tern_model_free(model);
    return !good;
}
