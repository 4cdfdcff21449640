/* test_conformance.c - every registered type on its own examples: what is asked of all of them, with no list to keep.
 */
#include "conform.h"

#include <cjson/cJSON.h>
#include <stdarg.h>

Suite *conformance_suite(void);

/* ---- examples ---- */

static int count_examples(const tern_type *type) {
    int n = 0;
    while (type->examples[n].options) n++;
    return n;
}

int conform_examples(tern_kind kind) {
    int n = 0;
    for (size_t t = 0; t < tern_registry_count(NULL, kind); t++) n += count_examples(tern_registry_at(NULL, kind, t));
    return n;
}

cJSON *conform_json(const conform *c) {
    cJSON *json = cJSON_Parse(c->example->options);
    conform_assert(c, cJSON_IsObject(json), "the options are no JSON object");
    cJSON_AddStringToObject(json, "type", c->type->name);
    return json;
}

void conform_open(conform *c, tern_kind kind, int i) {
    memset(c, 0, sizeof *c);
    size_t t = 0;
    while (i >= count_examples(tern_registry_at(NULL, kind, t))) i -= count_examples(tern_registry_at(NULL, kind, t++));
    c->type = tern_registry_at(NULL, kind, t);
    c->example = &c->type->examples[i];
    snprintf(c->label, sizeof c->label, "%s \"%s\", example %d %s", tern_kind_name(kind), c->type->name, i,
             c->example->options);
    cJSON *json = conform_json(c);
    tern__outcome outcome = tern__object_read(&(tern__reading){NULL, &c->pool, &c->err}, kind, json, &c->object);
    cJSON_Delete(json);
    conform_assert(c, outcome == TERN__READ && c->err.count == 0, "%s", c->err.item[0].text);
}

void conform_close(conform *c) { tern__arena_free(&c->pool); }

const tern_target *conform_targets(const tern_type *loss) {
    static const tern_target both[] = {TERN_TARGET_CLASSES, TERN_TARGET_VALUES, 0},
                             classes[] = {TERN_TARGET_CLASSES, 0}, none[] = {TERN_TARGET_NONE, 0};
    unsigned targets = ((const tern_loss_type *)loss)->targets;
    if (targets == TERN_TARGET_NONE) return none;
    ck_assert_msg(targets >= 1 && targets <= 3, "%s says nothing of its targets", loss->name);
    return targets == TERN_TARGET_CLASSES ? classes : targets == TERN_TARGET_VALUES ? both + 1 : both;
}

void conform_fail(const conform *c, const char *condition, const char *format, ...) {
    char text[1024];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    ck_abort_msg("%s: %s (%s)", c->label, text, condition);
}

/* ---- numbers ---- */

void conform_near(const conform *c, const char *what, const tern_real *got, const tern_real *want, size_t n,
                  double tolerance) {
    for (size_t i = 0; i < n; i++)
        conform_assert(c, test_is_near((double)got[i], (double)want[i], tolerance),
                       "%s, number %zu is %.17g instead of %.17g", what, i, (double)got[i], (double)want[i]);
}

void conform_finite(const conform *c, const char *what, const tern_real *x, size_t n) {
    for (size_t i = 0; i < n; i++) conform_assert(c, isfinite(x[i]), "%s, number %zu is %g", what, i, (double)x[i]);
}

enum { ZONE = 16 }; /* before and after: a multiple of 64 bytes, so that the array is aligned as a weight is */
static const tern_real guard = (tern_real)-12345.75;

tern_real *guarded_new(size_t n) {
    tern_real *x = tern__alloc(n + 2 * ZONE, sizeof *x, NULL);
    ck_assert_ptr_nonnull(x);
    for (size_t i = 0; i < n + 2 * ZONE; i++) x[i] = i < ZONE || i >= n + ZONE ? guard : (tern_real)NAN;
    return x + ZONE;
}

bool guarded_intact(const tern_real *x, size_t n) {
    for (size_t i = 0; i < ZONE; i++)
        if (!(x[n + i] == guard) || !((x - ZONE)[i] == guard)) return false;
    return true;
}

void guarded_free(tern_real *x) {
    if (x) tern__free(x - ZONE);
}

Suite *conformance_suite(void) {
    Suite *s = suite_create("conformance");
    suite_add_tcase(s, conform_options_case());
    suite_add_tcase(s, conform_layers_case());
    suite_add_tcase(s, conform_gradients_case());
    suite_add_tcase(s, conform_outputs_case());
    suite_add_tcase(s, conform_losses_case());
    suite_add_tcase(s, conform_metrics_case());
    suite_add_tcase(s, conform_optim_case());
    suite_add_tcase(s, conform_init_case());
    return s;
}
