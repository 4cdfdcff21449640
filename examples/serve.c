/* serve.c - a trained run that answers over a Unix socket, from several threads, and takes up a new training of it.
 *
 *   serve RUN SOCKET
 *
 * The protocol is text. A request is a table in CSV, as `tern predict RUN --input new.csv` reads it: a head with the
 * columns' names, rows, and an empty line. The answer has a head, a row for each row, and an empty line:
 *
 *   age,city                       class,probability
 *   31,Rome                        stays,0.93
 *   58,Oslo                        leaves,0.71
 *   (empty line)                   (empty line)
 *
 * or, where a request can't be answered, lines that begin with "error: ", and an empty line. A connection brings as
 * many requests as it likes, one after the other, each up to 1 MiB; several connections are answered at once, up to 64.
 *
 * RUN/weights.safetensors is looked at five times a second. Once it is another file and can be read, requests are
 * answered by it; those in hand are finished by what they began with, which is freed after the last of them. So no
 * request is lost, refused or answered by half of each. While the new files can't be read, the old model answers on.
 * SIGTERM and SIGINT end the program after the answers that are due. */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE /* mkstemps() */
#endif
#include <tern/tern.h>

#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

enum { CONNECTIONS = 64, LONGEST = 1 << 20, PATH = 4096 };

/* ---- the model, and who uses it ---- */

/* One training of the run: freed by whoever gives it back last. */
typedef struct training {
    tern_model *model;
    struct stat file; /* its weights */
    size_t users;     /* the server itself among them */
} training;

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER; /* of `current`, all `users`, and the connections */
static training *current;
static atomic_bool stopping;

static training *take(void) {
    pthread_mutex_lock(&lock);
    training *t = current;
    t->users++;
    pthread_mutex_unlock(&lock);
    return t;
}

static void give_back(training *t) {
    pthread_mutex_lock(&lock);
    bool last = t && !--t->users;
    pthread_mutex_unlock(&lock);
    if (!last) return;
    tern_model_free(t->model);
    free(t);
}

/* Opens what the run directory holds; NULL: it is not a whole run just now, or not one that is answered for here. */
static training *load(const char *run, tern_error *err) {
    char model[PATH], weights[PATH];
    snprintf(model, sizeof model, "%s/model.json", run);
    snprintf(weights, sizeof weights, "%s/weights.safetensors", run);
    training *t = calloc(1, sizeof *t);
    if (!t) return NULL;
    t->users = 1;
    tern_status status = TERN_OK;
    if (stat(weights, &t->file))
        status = tern_error_add(err, TERN_ERROR_IO, NULL, "cannot read \"%s\": %s", weights, strerror(errno));
    if (!status && !(t->model = tern_model_open(model, NULL, err))) status = TERN_ERROR_MODEL;
    if (!status) status = tern_model_load(t->model, weights, err);
    if (!status) {
        const tern_meaning said = tern_model_meaning(t->model);
        bool plain = tern_model_inputs(t->model) == 1 && tern_model_outputs(t->model) == 1 &&
                     !tern_model_output_at(t->model, 0).lengths && (!said.classes || said.places == 1);
        if (!plain)
            status = tern_error_add(err, TERN_ERROR_USAGE, NULL, "%s: one input and one answer are served", run);
    }
    if (!status) return t;
    tern_model_free(t->model);
    free(t);
    return NULL;
}

static bool same_file(const struct stat *a, const struct stat *b) {
    return a->st_dev == b->st_dev && a->st_ino == b->st_ino && a->st_size == b->st_size &&
           a->st_mtim.tv_sec == b->st_mtim.tv_sec && a->st_mtim.tv_nsec == b->st_mtim.tv_nsec;
}

/* The thread that takes up new weights. Why they can't be read is said once for each file. */
static void *watch(void *run) {
    char weights[PATH];
    struct stat now, told = {0};
    snprintf(weights, sizeof weights, "%s/weights.safetensors", (const char *)run);
    while (!stopping) {
        nanosleep(&(struct timespec){.tv_nsec = 200000000}, NULL);
        if (stat(weights, &now) || same_file(&now, &current->file)) continue;
        tern_error err = {0};
        training *next = load(run, &err), *before = current;
        if (!next && !same_file(&now, &told)) tern_error_print(&err, stderr);
        told = now;
        if (!next) continue;
        pthread_mutex_lock(&lock);
        current = next;
        pthread_mutex_unlock(&lock);
        give_back(before);
        fprintf(stderr, "serving new weights\n");
    }
    return NULL;
}

/* ---- a request ---- */

static void print_text(FILE *to, const char *text) {
    bool quoted = strpbrk(text, ",\"\r\n");
    if (quoted) putc('"', to);
    for (; *text; text++) fprintf(to, *text == '"' ? "\"\"" : "%c", *text);
    if (quoted) putc('"', to);
}

static void print_head(FILE *to, const tern_meaning *said) {
    char text[TERN_NUMBER_TEXT];
    if (said->classes) fputs(said->probabilities ? "class,probability" : "class,score", to);
    for (size_t k = 0; !said->classes && k < said->count; k++) {
        if (k) putc(',', to);
        print_text(to, said->names ? tern_meaning_name(said, k, text) : "output");
    }
    putc('\n', to);
}

static void print_answer(FILE *to, const tern_meaning *said, const double *score) {
    char text[TERN_NUMBER_TEXT];
    size_t best = 0;
    for (size_t k = 1; k < said->classes; k++)
        if (score[k] > score[best]) best = k;
    if (said->classes) print_text(to, tern_meaning_name(said, best, text)), fprintf(to, ",%.9g", score[best]);
    for (size_t k = 0; !said->classes && k < said->count; k++) fprintf(to, "%s%.9g", k ? "," : "", score[k]);
    putc('\n', to);
}

/* Predicts all rows of a table. One thread each: requests go side by side. */
static tern_status predict(const tern_model *m, const char *file, FILE *to, tern_error *err) {
    tern_dataset *d = tern_dataset_read_for(m, &(tern_files){.input = file}, err);
    tern_status status = d ? tern_dataset_check_input(d, m, err) : TERN_ERROR_DATA;
    tern_meaning said = tern_model_meaning(m);
    tern_shape one = tern_model_output(m);
    size_t n = tern_shape_count(&one);
    tern_real *out = status ? NULL : calloc(d->n * n + 1, sizeof *out);
    double *score = calloc(said.count + 1, sizeof *score);
    if (!status && (!out || !score)) status = tern_error_add(err, TERN_ERROR_MEMORY, NULL, "not enough memory");
    if (!status) {
        tern_tensor y = {.shape = one, .data = out};
        memmove(y.shape.dim + 1, y.shape.dim, y.shape.rank++ * sizeof *y.shape.dim);
        y.shape.dim[0] = d->n;
        status = tern_dataset_predict(d, m, 1, &y, err);
    }
    if (!status) print_head(to, &said);
    for (size_t i = 0; !status && i < d->n; i++) {
        tern_model_scores(m, out + i * n, score);
        print_answer(to, &said, score);
    }
    free(score);
    free(out);
    tern_dataset_free(d);
    return status;
}

/* Answers one request. The library reads tables from files: the request becomes one for as long as that takes. */
static void answer(const char *request, size_t length, FILE *to) {
    char file[] = "/tmp/serve-XXXXXX.csv";
    tern_error err = {0};
    int fd = mkstemps(file, 4);
    bool written = fd >= 0 && write(fd, request, length) == (ssize_t)length;
    if (!written) tern_error_add(&err, TERN_ERROR_IO, NULL, "cannot write \"%s\": %s", file, strerror(errno));
    if (fd >= 0) close(fd);
    training *t = take();
    if (written) predict(t->model, file, to, &err);
    give_back(t);
    if (fd >= 0) unlink(file);
    for (size_t i = 0; i < err.count; i++)
        if (err.item[i].status) fprintf(to, "error: line %zu: %s\n", err.item[i].line, err.item[i].text);
    putc('\n', to);
    fflush(to);
}

/* Reads a line behind what a request has so far; false: there is none, or no room for it. */
static bool read_line(FILE *from, char *request, size_t *length) {
    if (!fgets(request + *length, (int)(LONGEST - *length), from)) return false;
    *length += strlen(request + *length);
    return request[*length - 1] == '\n';
}

static int connection[CONNECTIONS]; /* those that are open, each + 1; 0: free */

/* The thread of a connection. */
static void *serve(void *arg) {
    int *place = arg, fd = *place - 1;
    FILE *from = fdopen(fd, "r"), *to = fdopen(dup(fd), "w");
    char *request = malloc(LONGEST);
    size_t length = 0, before = 0;
    while (from && to && request && read_line(from, request, &length)) {
        bool empty = length - before == 1 || !strcmp(request + before, "\r\n");
        if (empty && before) answer(request, before, to);
        if (empty) length = 0;
        before = length;
    }
    if (to && length + 1 >= LONGEST) fputs("error: a request of more than 1 MiB\n\n", to);
    free(request);
    if (to) fclose(to);
    pthread_mutex_lock(&lock); /* before the number can be another connection's */
    *place = 0;
    if (from) fclose(from);
    else close(fd);
    pthread_mutex_unlock(&lock);
    return NULL;
}

/* ---- the server ---- */

static int *find_place(int fd) {
    int *found = NULL;
    pthread_mutex_lock(&lock);
    for (int i = 0; i < CONNECTIONS && !found; i++)
        if (!connection[i]) found = &connection[i], *found = fd + 1;
    pthread_mutex_unlock(&lock);
    return found;
}

static const struct timespec moment = {.tv_nsec = 20000000};

static void accept_all(int listening) {
    while (!stopping) {
        int fd = accept(listening, NULL, NULL), *place;
        pthread_t thread;
        if (fd < 0) continue;
        while (!(place = find_place(fd)) && !stopping) nanosleep(&moment, NULL); /* until one of the 64 ends */
        if (!place || pthread_create(&thread, NULL, serve, place)) close(fd);
        else pthread_detach(thread);
    }
}

/* No more requests are read; answers that are due are written. */
static void finish(void) {
    for (bool open = true; open;) {
        open = false;
        pthread_mutex_lock(&lock);
        for (int i = 0; i < CONNECTIONS; i++)
            if (connection[i]) open = true, shutdown(connection[i] - 1, SHUT_RD);
        pthread_mutex_unlock(&lock);
        if (open) nanosleep(&moment, NULL);
    }
}

static void stop(int signal) {
    (void)signal;
    stopping = true;
}

static int listen_at(const char *path) {
    struct sockaddr_un at = {.sun_family = AF_UNIX};
    if (snprintf(at.sun_path, sizeof at.sun_path, "%s", path) >= (int)sizeof at.sun_path)
        return errno = ENAMETOOLONG, -1;
    int fd = socket(AF_UNIX, SOCK_STREAM, 0);
    return fd < 0 || bind(fd, (struct sockaddr *)&at, sizeof at) || listen(fd, CONNECTIONS) ? -1 : fd;
}

int main(int argc, char **argv) {
    tern_error err = {0};
    pthread_t watcher;
    if (argc != 3) return fputs("usage: serve RUN SOCKET\n", stderr), 2;
    current = load(argv[1], &err);
    tern_error_print(&err, stderr);
    if (!current) return 1;
    /* Without SA_RESTART, so that a signal ends accept(). */
    sigaction(SIGTERM, &(struct sigaction){.sa_handler = stop}, NULL);
    sigaction(SIGINT, &(struct sigaction){.sa_handler = stop}, NULL);
    signal(SIGPIPE, SIG_IGN);
    int listening = listen_at(argv[2]);
    if (listening < 0) return perror(argv[2]), 1;
    if (pthread_create(&watcher, NULL, watch, argv[1])) return 1;
    fprintf(stderr, "serving %s at %s\n", argv[1], argv[2]);
    accept_all(listening);
    unlink(argv[2]);
    close(listening);
    finish();
    pthread_join(watcher, NULL);
    give_back(current);
    return 0;
}
