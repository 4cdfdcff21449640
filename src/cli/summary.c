/* summary.c - tern summary: layers, shapes, parameters, memory. */
#include "commands.h"

#include "error_scope.h"

#include <tern/export.h>
#include <tern/summary.h>

#include <string.h>

static void set_inputs(table *t, const tern_layer_summary *l) {
    char text[TABLE_CELL] = "", name[TERN_MAX_NAME];
    for (size_t i = 0; i < l->inputs; i++) {
        size_t used = strlen(text);
        snprintf(text + used, sizeof text - used, "%s%s", i ? ", " : "",
                 tern__text_safe(l->input[i], name, sizeof name));
    }
    table_set(t, 2, "%s", text);
}

static void print_layers(const tern_model *m, const tern_summary *s) {
    table t;
    char name[TERN_MAX_NAME], shape[TERN_SHAPE_TEXT], count[SHORT_TEXT];
    table_begin(&t, 5, (const char *const[]){"layer", "type", "inputs", "output", ">parameters"});
    for (size_t k = 0; k < tern_model_inputs(m); k++) {
        tern_port in = tern_model_input_at(m, k);
        table_row(&t);
        table_set(&t, 0, "%s", tern__text_safe(in.name, name, sizeof name));
        table_set(&t, 3, "%s", tern_shape_text(&in.shape, shape));
    }
    for (size_t i = 0; i < s->layers; i++) {
        const tern_layer_summary *l = &s->layer[i];
        table_row(&t);
        table_set(&t, 0, "%s", tern__text_safe(l->name, name, sizeof name));
        table_set(&t, 1, "%s", l->type);
        set_inputs(&t, l);
        table_set(&t, 3, "%s", tern_shape_text(&l->out, shape));
        table_set(&t, 4, "%s%s", count_text(l->params, count), l->frozen ? " frozen" : "");
        if (l->weights_of) table_set(&t, 4, "of %s", tern__text_safe(l->weights_of, name, sizeof name));
    }
    table_end(&t);
}

static void print_totals(const tern_model *m, const tern_summary *s) {
    char count[SHORT_TEXT], bytes[SHORT_TEXT];
    printf("\nparameters            %s\n", count_text(s->params, count));
    if (s->frozen) printf("of them frozen        %s\n", count_text(s->frozen, count));
    if (s->states) printf("kept, not trained     %s\n", count_text(s->states, count));
    printf("weights               %s\n", bytes_text(s->weight_bytes, bytes));
    const char *optimizer = tern_model_describe(m).optimizer;
    if (optimizer)
        printf("optimizer             %s, keeps %zu element%s a parameter\n", optimizer, s->slots,
               s->slots == 1 ? "" : "s");
    if (s->train_bytes)
        printf("memory to train       %s, batches of %zu\n", bytes_text(s->train_bytes, bytes), s->batch);
    if (s->train_bytes)
        printf("  of it activations   %s, %.0f %% of the sum of their tensors\n", bytes_text(s->pass_bytes, bytes),
               100 * (double)s->pass_bytes / (double)s->tensor_bytes);
    printf("memory to predict     %s, batches of %zu\n", bytes_text(s->predict_bytes, bytes), s->batch);
}

/* What a C file of the model will come to. */
static tern_status print_c(const tern_model *m, bool as_json, tern_error *err) {
    tern_c_cost cost;
    char bytes[SHORT_TEXT];
    tern_status status = tern_export_c_cost(m, false, &cost, err);
    if (status) return status;
    if (as_json) {
        json j = {0};
        json_open(&j, NULL, '{');
        json_text(&j, "name", tern_model_name(m));
        json_size(&j, "flash", cost.flash);
        json_size(&j, "ram", cost.ram);
        json_real(&j, "multiply_adds", cost.work);
        json_close(&j, '}');
        json_end();
        return TERN_OK;
    }
    printf("as one C file, for one sample at a time:\n\n");
    printf("flash          %zu bytes of constants, %s; code not counted\n", cost.flash, bytes_text(cost.flash, bytes));
    printf("RAM            %zu bytes, %s; input, output and stack not counted\n", cost.ram,
           bytes_text(cost.ram, bytes));
    printf("multiply-adds  %.0f, roughly\n", cost.work);
    return TERN_OK;
}

static void json_layer(json *j, const tern_layer_summary *l) {
    json_open(j, NULL, '{');
    json_text(j, "name", l->name);
    json_text(j, "type", l->type);
    if (l->inputs) {
        json_open(j, "inputs", '[');
        for (size_t i = 0; i < l->inputs; i++) json_text(j, NULL, l->input[i]);
        json_close(j, ']');
    }
    json_shape(j, "output", &l->out);
    json_size(j, "parameters", l->params);
    if (l->frozen) json_size(j, "frozen", l->frozen);
    if (l->weights_of) json_text(j, "weights_of", l->weights_of);
    if (l->states) json_size(j, "states", l->states);
    json_close(j, '}');
}

static void print_json(const tern_model *m, const tern_summary *s) {
    json j = {0};
    tern_shape in = tern_model_input(m), out = tern_model_output(m);
    json_open(&j, NULL, '{');
    json_text(&j, "name", tern_model_name(m));
    json_shape(&j, "input", &in);
    json_shape(&j, "output", &out);
    json_open(&j, "layers", '[');
    for (size_t i = 0; i < s->layers; i++) json_layer(&j, &s->layer[i]);
    json_close(&j, ']');
    json_size(&j, "parameters", s->params);
    if (s->frozen) json_size(&j, "frozen", s->frozen);
    json_size(&j, "states", s->states);
    json_size(&j, "weight_bytes", s->weight_bytes);
    json_size(&j, "slots", s->slots);
    json_size(&j, "batch_size", s->batch);
    if (s->train_bytes) {
        json_size(&j, "train_bytes", s->train_bytes);
        json_size(&j, "pass_bytes", s->pass_bytes);
        json_size(&j, "tensor_bytes", s->tensor_bytes);
    }
    json_size(&j, "predict_bytes", s->predict_bytes);
    json_close(&j, '}');
    json_end();
}

/* ---- a model without sizes ---- */

static void print_unfitted(const tern_model *m, const tern_summary *sum, bool as_json) {
    char name[TERN_MAX_NAME];
    json j = {0};
    if (as_json) {
        json_open(&j, NULL, '{');
        json_text(&j, "name", tern_model_name(m));
        json_bool(&j, "fitted", false);
        json_open(&j, "layers", '[');
        for (size_t i = 0; i < sum->layers; i++) json_text(&j, NULL, sum->layer[i].type);
        json_close(&j, ']');
        json_close(&j, '}');
        json_end();
        return;
    }
    printf("%s\n\n", tern__text_safe(tern_model_name(m), name, sizeof name));
    for (size_t i = 0; i < sum->layers; i++) printf("%zu  %s\n", i, sum->layer[i].type);
    puts("\nIts columns were never fitted to data, from which its sizes follow: training does that first.");
}

/* ---- the command ---- */

typedef struct summary_args {
    args base;
    size_t threads;
    const char *target;
} summary_args;

static int run(const void *self, tern_error *err) {
    const summary_args *a = self;
    session s;
    tern_summary *sum = NULL;
    int code = EXIT_DONE;
    if (a->target && strcmp(a->target, "c")) {
        tern_error_add(err, TERN_ERROR_USAGE, NULL, "--for %s: accepted is c", a->target);
        return exit_code_of(err);
    }
    if (session_open_model(&s, &a->base, a->base.operand.v[0], true, err) ||
        !(sum = tern_summary_new(s.model, a->threads, err))) {
        code = exit_code_of(err);
    } else if (a->target) {
        tern__error_scope before;
        tern__error_scope_enter(err, a->base.operand.v[0], NULL, &before);
        if (print_c(s.model, a->base.json, err)) code = exit_code_of(err);
        tern__error_scope_leave(err, &before);
    } else if (!tern_model_fitted(s.model)) {
        print_unfitted(s.model, sum, a->base.json);
    } else if (a->base.json) {
        print_json(s.model, sum);
    } else {
        char name[TERN_MAX_NAME];
        printf("%s\n\n", tern__text_safe(tern_model_name(s.model), name, sizeof name));
        print_layers(s.model, sum);
        print_totals(s.model, sum);
    }
    tern_summary_free(sum);
    session_close(&s);
    return code;
}

static const option options[] = {
    TEXT(summary_args, target, "for", "c", "What an export would come to: c, for flash, RAM and multiply-adds."),
    THREADS_OPTION(summary_args),
    MODEL_OPTIONS,
    {0},
};

const command command_summary = {
    .name = "summary",
    .operand = "MODEL|RUN",
    .least = 1,
    .most = 1,
    .doc = "Layers, shapes, parameters, peak memory.",
    .size = sizeof(summary_args),
    .options = options,
    .run = run,
};
