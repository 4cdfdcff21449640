/* test_refusals.c - model files that must not be accepted, and every line that tern then says. They stand in *.txt
 * beside it:
 *
 *   ## what is wrong        begins a case; what stands before the first is a comment
 *   {"layers": []}          the file; <0x00> is that byte, <65 times [> that many of them
 *   > 1:12: error: /layers: is empty...
 *                           each line of the answer, in order, without the file's name; "..." at the end stands for the
 * rest
 *
 * A case without answers must be accepted without a word. */
#include "test.h"

#include <tern/model.h>

#include <glob.h>

enum { MOST_CASES = 512, MOST_LINES = 64 };

/* Pieces of the files' text, which stays in memory. */
typedef struct refusal {
    const char *name, *json, *end; /* the JSON is json .. end */
    const char *line[MOST_LINES];  /* what is expected */
    size_t lines;
} refusal;

static refusal cases[MOST_CASES];
static size_t n_cases;

Suite *refusals_suite(void);

/* ---- reading the cases ---- */

static char *read_file(const char *path) {
    FILE *f = fopen(path, "rb");
    if (!f) return NULL;
    static const size_t room = 1 << 20;
    char *text = calloc(room, 1);
    size_t n = text ? fread(text, 1, room - 1, f) : 0;
    fclose(f);
    if (n && n < room - 1) return text;
    free(text);
    return NULL;
}

/* Takes the text apart, line by line. */
static void add_cases(char *text) {
    refusal *c = NULL;
    for (char *line = text, *end; (end = strchr(line, '\n')); line = end + 1) {
        if (!strncmp(line, "## ", 3) && n_cases < MOST_CASES) {
            *end = 0;
            c = &cases[n_cases++];
            *c = (refusal){.name = line + 3, .json = end + 1, .end = end + 1};
        } else if (c && !strncmp(line, "> ", 2) && c->lines < MOST_LINES) {
            *end = 0;
            c->line[c->lines++] = line + 2;
        } else if (c && !c->lines && end > line) {
            c->end = end + 1;
        }
    }
}

static void find_cases(void) {
    glob_t found;
    n_cases = 0;
    if (glob(TERN_SOURCE_DIR "/tests/refusals/*.txt", 0, NULL, &found)) return;
    for (size_t i = 0; i < found.gl_pathc; i++) {
        char *text = read_file(found.gl_pathv[i]);
        if (text) add_cases(text);
    }
    globfree(&found);
}

/* ---- the text of a model file ---- */

typedef struct text {
    size_t n, room;
    char *at;
} text;

static void append(text *t, size_t times, char c) {
    while (t->n + times > t->room) {
        t->room = 2 * t->room + 4096;
        t->at = realloc(t->at, t->room);
        ck_assert_ptr_nonnull(t->at);
    }
    memset(t->at + t->n, c, times);
    t->n += times;
}

/* The JSON of a case with its <0x00> and <65 times [> replaced. */
static text expand(const refusal *c) {
    text t = {0};
    for (const char *s = c->json; s < c->end;) {
        unsigned byte, times;
        char repeated;
        int used = 0;
        if (sscanf(s, "<0x%2x>%n", &byte, &used) == 1 && used) append(&t, 1, (char)byte);
        else if ((used = 0, sscanf(s, "<%u times %c>%n", &times, &repeated, &used)) == 2 && used)
            append(&t, times, repeated);
        else append(&t, 1, *s), used = 1;
        s += used;
    }
    return t;
}

/* ---- the tests ---- */

static bool matches(const char *got, const char *want) {
    size_t n = strlen(want);
    return n >= 3 && !strcmp(want + n - 3, "...") ? !strncmp(got, want, n - 3) : !strcmp(got, want);
}

/* All that was said, a line each, for a failure. */
static const char *answer(const tern_error *err) {
    static char out[TERN_MAX_DIAGNOSTICS * 1100];
    char *at = out;
    *out = 0;
    for (size_t i = 0; i < err->count; i++) {
        char line[1100];
        at += snprintf(at, (size_t)(out + sizeof out - at), "\n> %s",
                       tern_error_line(err, i, line, sizeof line) + strlen("model:"));
    }
    return out;
}

/* `_i` is the case. */
START_TEST(model_is_refused) {
    const refusal *c = &cases[_i];
    tern_error err = {0};
    text t = expand(c);
    tern_model *m = tern_model_parse(t.at, t.n, "model", &(tern_model_options){.plan_only = true}, &err);
    free(t.at);
    ck_assert_msg(err.count == c->lines, "%s: expected %zu lines, found:%s", c->name, c->lines, answer(&err));
    for (size_t i = 0; i < c->lines; i++) {
        char line[1100], want[1100];
        snprintf(want, sizeof want, "model:%s", c->line[i]);
        ck_assert_msg(matches(tern_error_line(&err, i, line, sizeof line), want), "%s: expected\n> %s\nfound:%s",
                      c->name, c->line[i], answer(&err));
    }
    ck_assert_msg(!m == (err.errors > 0), "%s: %zu errors, but the model was %s", c->name, err.errors,
                  m ? "accepted" : "refused");
    tern_model_free(m);
}
END_TEST

START_TEST(cases_are_found) {
    ck_assert_uint_gt(n_cases, 50);
    ck_assert_uint_lt(n_cases, MOST_CASES);
    for (size_t i = 0; i < n_cases; i++)
        ck_assert_msg(cases[i].end > cases[i].json && cases[i].lines < MOST_LINES, "%s: not a whole case",
                      cases[i].name);
}
END_TEST

Suite *refusals_suite(void) {
    find_cases();
    Suite *s = suite_create("refusals");
    TCase *t = tcase_create("refusals");
    tcase_add_test(t, cases_are_found);
    tcase_add_loop_test(t, model_is_refused, 0, (int)n_cases);
    suite_add_tcase(s, t);
    return s;
}
