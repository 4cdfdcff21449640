/* process.c - starts, reads and stops a process; see process.h. */
#include "process.h"

#include "retry.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

/* ---- start ---- */

/* In the new process: nothing but system calls, as other threads' locks may be taken. */
static _Noreturn void become(const char *program, char *const *argument, pid_t parent, const int *out, const int *err) {
    int null = open("/dev/null", O_RDONLY);
    setpgid(
        0, 0); /* Ctrl-C is for the one that started it, which then asks: twice asked it would not write a checkpoint */
    bool alone = prctl(PR_SET_PDEATHSIG, SIGKILL) || getppid() != parent; /* it died before this could be asked for */
    if (!alone && null >= 0 && dup2(null, STDIN_FILENO) >= 0 && dup2(out[1], STDOUT_FILENO) >= 0 &&
        dup2(err[1], STDERR_FILENO) >= 0)
        execvp(program, argument);
    _exit(127);
}

static void close_both(const int *pipe_end) {
    close(pipe_end[0]);
    close(pipe_end[1]);
}

tern_status tern__process_start(tern__process *p, const char *program, const char *const *argument, tern_error *err) {
    int out[2], said[2];
    *p = (tern__process){.out.fd = -1, .err.fd = -1};
    if (pipe2(out, O_CLOEXEC)) return tern_error_add(err, TERN_ERROR_IO, NULL, "no pipe: %s", strerror(errno));
    if (pipe2(said, O_CLOEXEC)) {
        close_both(out);
        return tern_error_add(err, TERN_ERROR_IO, NULL, "no pipe: %s", strerror(errno));
    }
    pid_t parent = getpid(), id = fork();
    if (!id) become(program, (char *const *)(const void *)argument, parent, out, said);
    close(out[1]);
    close(said[1]);
    if (id < 0) {
        close(out[0]);
        close(said[0]);
        return tern_error_add(err, TERN_ERROR_IO, NULL, "%s can't be started: %s", program, strerror(errno));
    }
    fcntl(out[0], F_SETFL, O_NONBLOCK);
    fcntl(said[0], F_SETFL, O_NONBLOCK);
    p->id = id, p->out.fd = out[0], p->err.fd = said[0];
    return TERN_OK;
}

/* ---- read ---- */

void tern__process_wait(tern__process *const *p, size_t n, int milliseconds) {
    enum { MOST = 256 };
    struct pollfd fd[2 * MOST];
    size_t used = 0;
    for (size_t i = 0; i < n && i < MOST; i++) {
        fd[used++] = (struct pollfd){.fd = p[i]->out.fd, .events = POLLIN};
        fd[used++] = (struct pollfd){.fd = p[i]->err.fd, .events = POLLIN};
    }
    poll(fd, used, milliseconds);
}

/* A line that is too long is cut. */
static void take(tern__stream *s, const char *text, size_t n, bool error, tern__process_line *hear, void *user) {
    for (size_t i = 0; i < n; i++) {
        if (text[i] == '\n' && s->length) hear(user, s->line, error);
        if (text[i] == '\n') s->length = 0;
        else if (s->length + 1 < sizeof s->line) s->line[s->length++] = text[i];
        s->line[s->length] = 0;
    }
}

static void read_stream(tern__stream *s, bool error, tern__process_line *hear, void *user) {
    char text[4096];
    ssize_t got = 0;
    while (s->fd >= 0) {
        TERN__RETRY(got, read(s->fd, text, sizeof text));
        if (got <= 0) break;
        take(s, text, (size_t)got, error, hear, user);
    }
    if (s->fd < 0 || (got < 0 && errno == EAGAIN)) return;
    if (s->length) take(s, "\n", 1, error, hear, user);
    close(s->fd);
    s->fd = -1;
}

bool tern__process_read(tern__process *p, tern__process_line *hear, void *user, int *code) {
    int status;
    pid_t ended;
    read_stream(&p->out, false, hear, user);
    read_stream(&p->err, true, hear, user);
    if (p->out.fd >= 0 || p->err.fd >= 0) return false;
    TERN__RETRY(ended, waitpid(p->id, &status, 0));
    *code = ended != p->id ? 127 : WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
    p->id = 0;
    return true;
}

void tern__process_stop(const tern__process *p) {
    if (p->id > 0) kill(p->id, SIGTERM);
}
