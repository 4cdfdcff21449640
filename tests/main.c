/* main.c - runs the suites: all of them, or those named on the command line. Exit status 0 where every test passed. */
#include <check.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* suites.def is made by tests/CMakeLists.txt: TERN_SUITE(core), one for every tests/core/test_core.c. */
#define TERN_SUITE(name) Suite *name##_suite(void);
#include "suites.def"
#undef TERN_SUITE

static const struct {
    const char *name;
    Suite *(*make)(void);
} suites[] = {
#define TERN_SUITE(name) {#name, name##_suite},
#include "suites.def"
#undef TERN_SUITE
};
enum { SUITES = sizeof suites / sizeof *suites };

static Suite *find(const char *name) {
    for (size_t i = 0; i < SUITES; i++)
        if (!strcmp(suites[i].name, name)) return suites[i].make();
    return NULL;
}

int main(int argc, char **argv) {
    setenv("CK_DEFAULT_TIMEOUT", "60", 0); /* seconds; check's own 4 are few on a busy machine or under a sanitizer */
    SRunner *runner = srunner_create(NULL);
    for (int i = 1; i < argc; i++) {
        Suite *suite = find(argv[i]);
        if (!suite) {
            fprintf(stderr, "tests: no suite is called %s; there are:", argv[i]);
            for (size_t k = 0; k < SUITES; k++) fprintf(stderr, " %s", suites[k].name);
            fprintf(stderr, "\n");
            srunner_free(runner);
            return 2;
        }
        srunner_add_suite(runner, suite);
    }
    for (size_t i = 0; argc == 1 && i < SUITES; i++) srunner_add_suite(runner, suites[i].make());
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner), run = srunner_ntests_run(runner);
    srunner_free(runner);
    if (!run) fprintf(stderr, "tests: nothing was run\n");
    return failed || !run;
}
