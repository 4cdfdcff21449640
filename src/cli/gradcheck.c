/* gradcheck.c - tern gradcheck: gradients against central differences, of a model's layers and loss, of a type,
 * or of all. */
#include "commands.h"

#include "text.h"

#include <tern/gradcheck.h>

#include <string.h>

typedef struct gradcheck_args {
    args base;
    bool all;
} gradcheck_args;

/* The checks so far. */
typedef struct checks {
    const args *a;
    const tern_registry *registry;
    size_t done, failed;
    table t;
    json j;
} checks;

static void begin(checks *c, const args *a, const tern_registry *r) {
    *c = (checks){.a = a, .registry = r};
    table_begin(&c->t, a->json ? 0 : 7,
                (const char *const[]){"", "type", "", ">worst error", "at", ">checked", ">skipped"});
    if (a->json) json_open(&c->j, NULL, '{'), json_open(&c->j, "checks", '[');
}

static void add_json(checks *c, const tern_gradcheck *check) {
    json_open(&c->j, NULL, '{');
    json_text(&c->j, "kind", tern_kind_name(check->type->kind));
    json_text(&c->j, "type", check->type->name);
    json_text(&c->j, "name", check->name);
    json_bool(&c->j, "passed", check->passed);
    json_real(&c->j, "worst", check->worst);
    json_text(&c->j, "tensor", check->tensor);
    json_size(&c->j, "element", check->element);
    json_size(&c->j, "checked", check->checked);
    json_size(&c->j, "skipped", check->skipped);
    json_close(&c->j, '}');
}

static void add(checks *c, const tern_gradcheck *check) {
    char shown[TABLE_CELL];
    c->done++;
    c->failed += !check->passed;
    if (c->a->json) {
        add_json(c, check);
        return;
    }
    table_row(&c->t);
    table_set(&c->t, 0, "%s", check->passed ? "ok" : "FAILED");
    table_set(&c->t, 1, "%s", check->type->name);
    table_set(&c->t, 2, "%s", tern__text_safe(check->name, shown, sizeof shown));
    table_set(&c->t, 3, "%.1e", check->worst);
    if (*check->tensor) table_set(&c->t, 4, "%s, element %zu", check->tensor, check->element);
    table_set(&c->t, 5, "%zu", check->checked);
    table_set(&c->t, 6, "%zu", check->skipped);
}

static int end(checks *c) {
    if (c->a->json) {
        json_close(&c->j, ']');
        json_text(&c->j, "real", sizeof(tern_real) == sizeof(double) ? "double" : "float");
        json_real(&c->j, "bound", tern_gradcheck_bound());
        json_size(&c->j, "failed", c->failed);
        json_close(&c->j, '}');
        json_end();
    }
    table_end(&c->t);
    if (!c->a->json)
        printf("\n%zu checked, %zu failed; an error up to %g passes\n", c->done, c->failed, tern_gradcheck_bound());
    if (!c->a->json && !c->a->quiet && sizeof(tern_real) == sizeof(float))
        puts("Differences in float show gross mistakes only: tern-f64 gradcheck is the real check.");
    return c->failed ? EXIT_FAILED : EXIT_DONE;
}

/* ---- what is checked ---- */

static void found(void *user, const tern_gradcheck *check) { add(user, check); }

static tern_status check_type(checks *c, const tern_type *type, tern_error *err) {
    return tern_gradcheck_type(c->registry, type, found, c, err);
}

static tern_status check_types(checks *c, tern_kind kind, tern_error *err) {
    tern_status status = TERN_OK;
    for (size_t i = 0; !status && i < tern_registry_count(c->registry, kind); i++)
        status = check_type(c, tern_registry_at(c->registry, kind, i), err);
    return status;
}

/* A word without a dot or a slash is a type's name, and a model file is written with one: ./model. */
static bool is_type(const char *operand) { return !strpbrk(operand, "./"); }

static tern_status check_named(checks *c, const char *name, tern_error *err) {
    const tern_type *layer = tern_registry_find(c->registry, TERN_LAYER, name),
                    *loss = tern_registry_find(c->registry, TERN_LOSS, name);
    if (!layer && !loss)
        return tern_error_add(err, TERN_ERROR_USAGE, NULL,
                              "there is no layer or loss \"%.60s\"; tern types lists them, a model file is written"
                              " ./%.60s",
                              name, name);
    tern_status status = layer ? check_type(c, layer, err) : TERN_OK;
    return !status && loss ? check_type(c, loss, err) : status;
}

static tern_status check_all(checks *c, tern_error *err) {
    tern_status status = check_types(c, TERN_LAYER, err);
    return status ? status : check_types(c, TERN_LOSS, err);
}

static int run(const void *self, tern_error *err) {
    const gradcheck_args *a = self;
    session s = {0};
    checks c;
    const char *operand = a->base.operand.n ? a->base.operand.v[0] : NULL;
    if (a->all && operand) {
        tern_error_add(err, TERN_ERROR_USAGE, NULL, "gradcheck takes a model file, a type or --all, not both");
        return EXIT_USAGE;
    }
    bool model = operand && !is_type(operand);
    tern_status status = model ? session_open_model(&s, &a->base, operand, true, err) : session_open(&s, &a->base, err);
    if (!status && model && !tern_model_fitted(s.model))
        status = tern_error_add(err, TERN_ERROR_MODEL, NULL,
                                "its columns were never fitted to data: check the model of a run");
    int code = EXIT_DONE;
    if (!status) {
        begin(&c, &a->base, s.registry);
        status = model     ? tern_gradcheck_model(s.model, found, &c, err)
                 : operand ? check_named(&c, operand, err)
                           : check_all(&c, err);
        code = end(&c);
    }
    if (status) code = exit_code_of(err);
    session_close(&s);
    return code;
}

static const option options[] = {
    FLAG(gradcheck_args, all, "all", "Check every type on its own examples."),
    MODEL_OPTIONS,
    {0},
};

const command command_gradcheck = {
    .name = "gradcheck",
    .operand = "[MODEL|TYPE]",
    .most = 1,
    .doc = "Gradients of a model's layers and loss, or of types, against differences.",
    .size = sizeof(gradcheck_args),
    .options = options,
    .run = run,
};
