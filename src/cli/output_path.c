/* output_path.c - an output never replaces what the command reads; see output_path.h. */
#include "output_path.h"

#include <string.h>

static tern_status refuse(const char *output, const char *what, tern_error *err) {
    char shown[PATH_SIZE];
    return tern_error_add(err, TERN_ERROR_USAGE, NULL,
                          "--output: \"%.200s\" is %s, which would be lost: write to a file of another name",
                          tern__text_safe(output, shown, sizeof shown), what);
}

/* FILE, or what NAME=FILE names. */
static bool is_input(const char *output, const char *input) {
    const char *equals = strchr(input, '=');
    return tern_same_file(output, input) || (equals && tern_same_file(output, equals + 1));
}

tern_status check_output(const char *output, const sources *s, tern_error *err) {
    char weights[PATH_SIZE];
    if (!output) return TERN_OK;
    for (size_t i = 0; i < s->input.n; i++)
        if (is_input(output, s->input.v[i])) return refuse(output, "what --input reads", err);
    if (tern_same_file(output, s->target)) return refuse(output, "what --target reads", err);
    if (s->weights && *s->weights && !find_weights(s->weights, weights, NULL) && tern_same_file(output, weights))
        return refuse(output, "the weights", err);
    return s->model ? tern_model_check_output(s->model, output, s->data, err) : TERN_OK;
}

tern_status check_page(const session *s, const args *a, const char *path, const char *data, const char *output,
                       tern_error *err) {
    static tern_error ignored; /* whoever opens the model next says it */
    tern_error_clear(&ignored);
    tern_model *m = session_model(s, a, path, true, &ignored);
    tern_status status = m ? check_output(output, &(sources){.model = m, .data = data}, err)
                         : tern_same_file(output, path) ? refuse(output, "what is reported", err)
                                                        : TERN_OK;
    tern_model_free(m);
    return status;
}
