/* inspect_table.c - tern inspect on what a model could be drafted for: its columns, and what would be learned. */
#include "draft.h"
#include "inspect.h"

static void show_text(const tern_draft *d, const char *problem) {
    char shown[PATH_SIZE];
    draft_print(d);
    if (problem) printf("\ntern init would refuse it: %s\n", tern__text_safe(problem, shown, sizeof shown));
}

static void show_json(const tern_draft *d, const char *problem) {
    json j = {0};
    json_open(&j, NULL, '{');
    draft_json(&j, d);
    json_text(&j, "problem", problem);
    json_close(&j, '}');
    json_end();
}

tern_status inspect_table(const args *a, const char *target, const char *query, tern_error *err) {
    session s = {0};
    tern_status status = session_open(&s, a, err);
    const tern_draft_options options = {.registry = s.registry, .target = target, .query = query};
    tern_draft *d = status ? NULL : tern_draft_open(a->operand.v[0], &options, err);
    if (d && !d->model && err->item[0].status == TERN_ERROR_MEMORY) {
        status = TERN_ERROR_MEMORY;
    } else if (d) {
        const char *problem = d->model ? NULL : err->item[0].text;
        if (a->json) show_json(d, problem);
        else show_text(d, problem);
        if (problem) tern_error_clear(err);
    } else {
        status = TERN_ERROR_DATA;
    }
    tern_draft_free(d);
    session_close(&s);
    return status;
}
