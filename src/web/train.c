/* train.c - training for the page: the whole of it, and step by step with gradients. */
#include "web.h"

/* ---- the whole of it ---- */

/* The page's functions: given where training stands, after each epoch and each step, they say whether to go on. */
__attribute__((import_module("tern"), import_name("on_epoch"))) extern int web_on_epoch(const char *text);
__attribute__((import_module("tern"), import_name("on_step"))) extern int web_on_step(double step, double loss,
                                                                                      double lr, double grad_norm);

static bool on_epoch(void *user, const tern_progress *p) {
    (void)user;
    tern__json_writer *w = web_answer_begin('{');
    tern__json_add_size(w, "epoch", p->epoch);
    tern__json_add_size(w, "epochs", p->epochs);
    tern__json_add_size(w, "step", p->step);
    tern__json_add_size(w, "steps", p->steps);
    tern__json_add_real(w, "loss", p->loss);
    tern__json_add_real(w, "lr", p->lr);
    tern__json_add_real(w, "gradNorm", p->grad_norm);
    tern__json_add_real(w, "seconds", p->seconds);
    web_add_score(w, "train", p->train);
    web_add_score(w, "valid", p->valid);
    tern__json_add_bool(w, "best", p->best);
    return web_on_epoch(web_answer_end('}'));
}

static bool on_step(void *user, const tern_progress *p) {
    (void)user;
    return web_on_step((double)p->step, p->loss, p->lr, p->grad_norm);
}

/* `epochs` and `steps` 0: as the model file says. */
WEB_EXPORT(web_fit)
const char *web_fit(tern_model *m, const tern_dataset *train, const tern_dataset *valid, size_t epochs, size_t steps) {
    tern_fit_options options = {
        .epochs = epochs, .steps = steps, .threads = 1, .on_epoch = on_epoch, .on_step = on_step};
    tern_fit_result result = {0};
    tern_status status = tern_fit(m, train, valid, &options, &result, web_err());
    if (status && status != TERN_ERROR_CANCELLED) return NULL;
    tern__json_writer *w = web_answer_begin('{');
    tern__json_add_size(w, "steps", result.steps);
    tern__json_add_size(w, "epochs", result.epochs);
    tern__json_add_size(w, "bestEpoch", result.best_epoch);
    tern__json_add_bool(w, "stopped", status || result.stopped_early);
    web_add_score(w, "train", &result.train);
    web_add_score(w, "valid", &result.valid);
    return web_answer_end('}');
}

WEB_EXPORT(web_evaluate)
const char *web_evaluate(const tern_model *m, const tern_dataset *d) {
    tern_score score;
    if (tern_evaluate(m, d, NULL, d->n, 1, &score, NULL, web_err())) return NULL;
    tern__json_writer *w = web_answer_begin('{');
    tern__json_add_size(w, "n", score.n);
    web_add_score(w, "score", &score);
    return web_answer_end('}');
}

/* ---- step by step ---- */

/* `batch_size` 0: the model file's. */
WEB_EXPORT(web_trainer)
tern_trainer *web_trainer(tern_model *m, size_t batch_size, size_t epochs, size_t steps_per_epoch) {
    return tern_trainer_new(
        m,
        &(tern_trainer_options){
            .threads = 1, .batch_size = batch_size, .epochs = epochs, .steps_per_epoch = steps_per_epoch},
        web_err());
}

WEB_EXPORT(web_trainer_free)
void web_trainer_free(tern_trainer *t) { tern_trainer_free(t); }

/* A step on the samples `row[0 .. n - 1]` of a dataset that web_dataset_check() took. `out` holds the step's number,
 * loss, learning rate and gradient norm. */
WEB_EXPORT(web_trainer_step)
tern_status web_trainer_step(tern_trainer *t, const tern_model *m, const tern_dataset *d, const size_t *row, size_t n,
                             double *out) {
    tern_rows rows = tern_dataset_rows(d, m, row, n);
    tern_batch batch = tern_rows_batch(&rows, 0, n);
    tern_step step = {0};
    tern_status status = tern_trainer_step(t, &batch, &step, web_err());
    out[0] = (double)step.step;
    out[1] = step.loss;
    out[2] = step.lr;
    out[3] = step.grad_norm;
    return status;
}

/* Forward, loss and gradients of those samples; no weight changes. */
WEB_EXPORT(web_trainer_backward)
tern_status web_trainer_backward(tern_trainer *t, const tern_model *m, const tern_dataset *d, const size_t *row,
                                 size_t n, double *loss) {
    tern_rows rows = tern_dataset_rows(d, m, row, n);
    tern_batch batch = tern_rows_batch(&rows, 0, n);
    return tern_trainer_backward(t, &batch, loss, web_err());
}

WEB_EXPORT(web_trainer_end_epoch)
void web_trainer_end_epoch(tern_trainer *t, double loss) { tern_trainer_end_epoch(t, loss); }

WEB_EXPORT(web_gradient)
const tern_real *web_gradient(const tern_trainer *t, size_t i) { return tern_trainer_gradient(t, i).data; }

/* What training goes by: scales and names are learned from the data, which then has to fit the model. */
WEB_EXPORT(web_dataset_check)
tern_status web_dataset_check(tern_model *m, const tern_dataset *d) {
    if (tern_model_learn(m, d, web_err())) return TERN_ERROR_DATA;
    return tern_dataset_check(d, m, web_err());
}
