/* test_fuzz.c - replays the corpus of every fuzz target: files called ok-* are accepted, all others refused. */
#include "targets.h"
#include "test.h"

#include <dirent.h>

static const struct {
    const char *name;
    bool (*run)(const uint8_t *data, size_t size);
} targets[] = {{"safetensors", fuzz_safetensors},
               {"idx", fuzz_idx},
               {"csv", fuzz_csv},
               {"npy", fuzz_npy},
               {"npz", fuzz_npz},
               {"image", fuzz_image},
               {"sqlite", fuzz_sqlite},
               {"checkpoint", fuzz_checkpoint},
               {"model", fuzz_model}};

static void replay(const char *path, const char *name, bool (*run)(const uint8_t *data, size_t size)) {
    static uint8_t data[1 << 20];
    FILE *file = fopen(path, "rb");
    ck_assert_msg(file != NULL, "%s", path);
    size_t size = fread(data, 1, sizeof data, file);
    fclose(file);
    bool wanted = !strncmp(name, "ok-", 3);
    ck_assert_msg(run(data, size) == wanted, "%s was %s", path, wanted ? "refused" : "accepted");
}

START_TEST(test_corpus) {
    char directory[512], path[1024];
    snprintf(directory, sizeof directory, "%s/tests/fuzz/corpus/%s", TERN_SOURCE_DIR, targets[_i].name);
    DIR *files = opendir(directory);
    ck_assert_msg(files != NULL, "%s", directory);
    int replayed = 0;
    for (struct dirent *entry; (entry = readdir(files)) != NULL;) {
        if (entry->d_name[0] == '.') continue;
        snprintf(path, sizeof path, "%s/%s", directory, entry->d_name);
        replay(path, entry->d_name, targets[_i].run);
        replayed++;
    }
    closedir(files);
    ck_assert_int_gt(replayed, 0);
}
END_TEST

Suite *fuzz_suite(void);
Suite *fuzz_suite(void) {
    Suite *s = suite_create("fuzz");
    TCase *c = tcase_create("corpus");
    tcase_add_loop_test(c, test_corpus, 0, (int)COUNT(targets));
    suite_add_tcase(s, c);
    return s;
}
