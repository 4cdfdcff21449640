/* test_graphs.c - gradients of whole graphs against differences: what shares memory must not be needed any more. */
#include "fixtures/batches.h"

static const struct {
    const char *name, *layers;
} graphs[] = {
    {"chain", "{'type':'dense','out_features':40},{'type':'relu'},{'type':'dense','out_features':40},{'type':'tanh'},"
              "{'type':'dense','out_features':3}"},
    {"activations",
     "{'type':'dense','out_features':40},{'type':'gelu'},{'type':'silu'},{'type':'dense','out_features':40},"
     "{'type':'softplus'},{'type':'sigmoid'},"
     "{'type':'elu'},{'type':'dense','out_features':3}"},
    {"residual", "{'type':'dense','out_features':40,'name':'a'},{'type':'tanh','name':'b'},"
                 "{'type':'dense','out_features':40,'name':'c'},{'type':'add','inputs':['a','b','c','input']},"
                 "{'type':'dense','out_features':3}"},
    {"shared", "{'type':'dense','out_features':40,'name':'a'},{'type':'tanh','name':'t','inputs':['a']},"
               "{'type':'sigmoid','name':'s','inputs':['a']},"
               "{'type':'relu','name':'r','inputs':['a']},{'type':'concat','inputs':['t','s','r','a','t']},"
               "{'type':'dense','out_features':3}"},
    {"twice", "{'type':'dense','out_features':40,'name':'a'},{'type':'add','inputs':['a','a']},{'type':'tanh'},"
              "{'type':'dense','out_features':3}"},
    {"views",
     "{'type':'dense','out_features':40,'name':'a'},{'type':'reshape','shape':[4,10],'name':'v'},{'type':'tanh'},"
     "{'type':'dense','out_features':10,'name':'w'},"
     "{'type':'add','inputs':['v','w']},{'type':'flatten','name':'f'},{'type':'add','inputs':['f','a']},"
     "{'type':'dense','out_features':3}"},
    {"dropout", "{'type':'dense','out_features':40},{'type':'dropout','p':0.3},{'type':'tanh','name':'t'},"
                "{'type':'dropout','p':0.5},{'type':'elu','name':'p'},{'type':'add','inputs':['t','p']},"
                "{'type':'dense','out_features':3}"},
    {"frozen head", "{'type':'flatten'},{'type':'tanh','name':'t'},{'type':'dense','out_features':40,'name':'d'},"
                    "{'type':'dense','out_features':40,'name':'e','inputs':['t']},"
                    "{'type':'add','inputs':['d','e']},{'type':'softmax'},{'type':'dense','out_features':3}"},
    {"norms",
     "{'type':'dense','out_features':40},{'type':'layer_norm'},{'type':'tanh'},{'type':'reshape','shape':[4,10]},"
     "{'type':'group_norm','num_groups':2},{'type':'instance_norm'},"
     "{'type':'flatten'},{'type':'rms_norm'},{'type':'dense','out_features':3}"},
    {"batch norm", "{'type':'dense','out_features':40},{'type':'batch_norm','name':'n'},{'type':'tanh'},"
                   "{'type':'reshape','shape':[4,10]},{'type':'batch_norm'},{'type':'flatten','name':'f'},"
                   "{'type':'add','inputs':['n','f']},{'type':'dense','out_features':3}"},
};

static tern_model *graph_model(size_t i) {
    char text[2048];
    snprintf(text, sizeof text,
             "{'seed':3,'input':{'shape':[40],'scale':0.5,'mean':0.1},'layers':[%s],'loss':{'type':'mse'},"
             "'optimizer':{'type':'sgd','lr':0.1}}",
             graphs[i].layers);
    return quick_model(text, NULL);
}

/* The gradient of some weights against differences of the loss, all through the planned memory. */
static void check_gradients(size_t graph, size_t threads) {
    tern_model *m = graph_model(graph);
    tern_trainer *t = tern_trainer_new(m, &(tern_trainer_options){.threads = threads, .batch_size = ROWS}, NULL);
    ck_assert_ptr_nonnull(t);
    batch_data d;
    make_batch(&d, m, ROWS, 0);
    double h = TOLERANCE(1e-2, 1e-5);
    for (size_t i = 0; i < tern_model_weight_count(m); i++) {
        tern_weight w = tern_model_weight(m, i);
        size_t n = tern_tensor_count(&w.tensor), stride = n / 7 + 1;
        for (size_t k = 0; w.trained && k < n; k += stride) {
            loss_of(t, &d.batch);
            double gradient = (double)tern_trainer_gradient(t, i).data[k];
            tern_real kept = w.tensor.data[k];
            w.tensor.data[k] = (tern_real)((double)kept + h);
            double above = loss_of(t, &d.batch);
            w.tensor.data[k] = (tern_real)((double)kept - h);
            double below = loss_of(t, &d.batch);
            w.tensor.data[k] = kept;
            double difference = (above - below) / (2 * h);
            ck_assert_msg(fabs(gradient - difference) < TOLERANCE(2e-3, 1e-7),
                          "%s, %zu threads: %s[%zu] has gradient %g, difference %g", graphs[graph].name, threads,
                          w.name, k, gradient, difference);
        }
    }
    free_batch(&d);
    tern_trainer_free(t);
    tern_model_free(m);
}

START_TEST(gradients_of_graphs) {
    check_gradients((size_t)_i, 1);
    check_gradients((size_t)_i, 3);
}
END_TEST

/* In evaluation mode the same network must give what it gives in training mode where nothing is random or goes by the
 * batch. */
START_TEST(run_agrees_with_training) {
    for (size_t g = 0; g < COUNT(graphs); g++) {
        if (!strcmp(graphs[g].name, "dropout") || !strcmp(graphs[g].name, "batch norm")) continue;
        tern_model *m = graph_model(g);
        batch_data d;
        make_batch(&d, m, ROWS, 0);
        tern_trainer *t = tern_trainer_new(m, &(tern_trainer_options){.threads = 1, .batch_size = ROWS}, NULL);
        double loss = loss_of(t, &d.batch);
        for (size_t threads = 1; threads <= 3; threads++) {
            tern_predictor *r = tern_predictor_new(m, ROWS, threads, NULL);
            tern_real y[ROWS * 3];
            tern_tensor ty = {d.ty.shape, y};
            double sum = 0;
            tern_predictor_forward(r, &d.tx, &ty, NULL);
            for (size_t i = 0; i < ROWS * 3; i++)
                sum += ((double)y[i] - (double)d.y[i]) * ((double)y[i] - (double)d.y[i]);
            ck_near(sum / (ROWS * 3), loss, TOLERANCE(1e-6, 1e-14));
            tern_predictor_free(r);
        }
        tern_trainer_free(t);
        free_batch(&d);
        tern_model_free(m);
    }
}
END_TEST

TCase *graphs_tcase(void);
TCase *graphs_tcase(void) {
    TCase *graphs_case = tcase_create("graphs");
    tcase_add_loop_test(graphs_case, gradients_of_graphs, 0, COUNT(graphs));
    tcase_add_test(graphs_case, run_agrees_with_training);
    return graphs_case;
}
