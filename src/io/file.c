/* file.c - whole files in, and whole files out; see file.h. */
#include "file.h"
#include "memory.h"
#include "retry.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

enum { MAX_PATH = 4096, BUFFER = 1 << 16, CANDIDATES = 100 };

static tern_status fail(tern_error *err, const char *verb, const char *path, int code) {
    return tern_error_add(err, TERN_ERROR_IO, NULL, "cannot %s \"%.256s\": %s", verb, path, strerror(code));
}

/* ---- in ---- */

/* Opens a regular file and tells its size. O_NONBLOCK, so that a FIFO is refused instead of waited for. */
static int open_regular(const char *path, size_t limit, size_t *size, tern_error *err) {
    int fd;
    TERN__RETRY(fd, open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK));
    if (fd < 0) return fail(err, "read", path, errno), -1;
    struct stat s;
    if (fstat(fd, &s)) fail(err, "read", path, errno);
    else if (S_ISDIR(s.st_mode)) fail(err, "read", path, EISDIR);
    else if (!S_ISREG(s.st_mode))
        tern_error_add(err, TERN_ERROR_IO, NULL, "cannot read \"%.256s\": not a regular file", path);
    else if ((uintmax_t)s.st_size > limit)
        tern_error_add(err, TERN_ERROR_IO, NULL, "cannot read \"%.256s\": it has %ju bytes; accepted are up to %zu",
                       path, (uintmax_t)s.st_size, limit);
    else return *size = (size_t)s.st_size, fd;
    close(fd);
    return -1;
}

/* Fills data[size]; false with errno set, which is 0 where the file ends early. */
static bool read_all(int fd, unsigned char *data, size_t size) {
    while (size) {
        ssize_t got = read(fd, data, size);
        if (got < 0 && errno == EINTR) continue;
        if (got <= 0) {
            if (!got) errno = 0;
            return false;
        }
        data += got, size -= (size_t)got;
    }
    return true;
}

static tern_status say_unread(const char *path, tern_error *err) {
    if (errno) return fail(err, "read", path, errno);
    return tern_error_add(err, TERN_ERROR_IO, NULL, "cannot read \"%.256s\": it became shorter meanwhile", path);
}

int tern__file_open(const char *path, size_t *size, tern_error *err) {
    return open_regular(path, SIZE_MAX - 1, size, err);
}

tern_status tern__file_next(int fd, const char *path, void *out, size_t size, tern_error *err) {
    return read_all(fd, out, size) ? TERN_OK : say_unread(path, err);
}

unsigned char *tern__file_read(const char *path, size_t limit, size_t *size, tern_error *err) {
    if (limit > SIZE_MAX - 1) limit = SIZE_MAX - 1;
    int fd = open_regular(path, limit, size, err);
    if (fd < 0) return NULL;
    unsigned char *data = tern__alloc(*size + 1, 1, err);
    if (data && !read_all(fd, data, *size)) {
        say_unread(path, err);
        tern__free(data);
        data = NULL;
    }
    close(fd);
    return data;
}

unsigned char *tern__file_map(const char *path, size_t *size) {
    int fd = open_regular(path, SIZE_MAX, size, NULL);
    if (fd < 0) return NULL;
    unsigned char *data = *size >= TERN__MAP_FROM ? tern__map(fd, *size) : NULL;
    close(fd);
    return data;
}

/* ---- paths ---- */

/* Whether a step of the path is "..". */
static bool climbs(const char *path) {
    for (const char *step = path; *step;) {
        size_t length = strcspn(step, "/");
        if (length == 2 && step[0] == '.' && step[1] == '.') return true;
        step += length + (step[length] == '/');
    }
    return false;
}

bool tern__path_inside(const char *dir, const char *path) {
    char folder[MAX_PATH], file[MAX_PATH];
    if (!realpath(dir ? dir : ".", folder) || !realpath(path, file)) return true; /* whoever opens it says why */
    size_t n = strlen(folder);
    return !strcmp(folder, "/") || (!strncmp(file, folder, n) && (!file[n] || file[n] == '/'));
}

char *tern__path_join(const char *dir, const char *path, bool safe, const char *key, tern_error *err) {
    bool absolute = path[0] == '/';
    if (!path[0]) return tern_error_add(err, TERN_ERROR_MODEL, key, "is empty; a file's path is accepted"), NULL;
    if (safe && (absolute || climbs(path))) {
        tern_error_add(err, TERN_ERROR_MODEL, key,
                       "is \"%.256s\"; in a model file, paths start at its own directory: %s", path,
                       absolute ? "an absolute path is not accepted" : "\"..\" is not accepted");
        return NULL;
    }
    size_t before = absolute || !dir ? 0 : strlen(dir), length = strlen(path);
    bool slash = before && dir[before - 1] != '/';
    if (before >= MAX_PATH || length >= MAX_PATH - before - slash) {
        tern_error_add(err, TERN_ERROR_MODEL, key, "makes a path of %zu bytes; accepted are up to %d",
                       before + slash + length, MAX_PATH - 1);
        return NULL;
    }
    char *joined = tern__alloc(before + slash + length + 1, 1, err);
    if (!joined) return NULL;
    if (before) memcpy(joined, dir, before);
    if (slash) joined[before] = '/';
    memcpy(joined + before + slash, path, length);
    if (!safe || tern__path_inside(dir, joined)) return joined;
    tern_error_add(
        err, TERN_ERROR_MODEL, key,
        "is \"%.256s\", a link out of the model file's directory; data that lies elsewhere is named by whoever "
        "uses the model (--data DIR)",
        path);
    tern__free(joined);
    return NULL;
}

/* ---- out ---- */

struct tern__replace {
    int fd, error; /* the first errno; 0: none */
    char *path, *temporary;
    size_t used;
    unsigned char buffer[BUFFER];
};

/* A temporary file is locked while it is written and the lock goes with the process: one that can be locked was left by
 * a process that was killed. Returns errno; ENOENT where another process took the file for such a one and removed it.
 */
static int lock(int fd) {
    struct stat s;
    if (flock(fd, LOCK_EX | LOCK_NB) || fstat(fd, &s)) return errno;
    return s.st_nlink ? 0 : ENOENT;
}

/* Makes the temporary file at `path`; -1 with errno, EEXIST where another process has it. Never opens what it did not
 * make. */
static int create_temporary(const char *path) {
    int left, fd;
    TERN__RETRY(left, open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK));
    if (left >= 0) {
        if (!lock(left)) unlink(path);
        close(left);
    }
    TERN__RETRY(fd, open(path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0666));
    int code = fd < 0 ? 0 : lock(fd);
    if (code != EWOULDBLOCK && code != ENOENT) return fd; /* a file system without locks will do */
    close(fd);
    errno = EEXIST;
    return -1;
}

tern__replace *tern__replace_open(const char *path, tern_error *err) {
    size_t length = strlen(path), room = length + 16;
    tern__replace *r = tern__alloc(1, sizeof *r + length + 1 + room, err);
    if (!r) return NULL;
    r->path = (char *)(r + 1);
    r->temporary = r->path + length + 1;
    memcpy(r->path, path, length);
    r->fd = -1;
    errno = EEXIST;
    for (int i = 0; i < CANDIDATES && r->fd < 0 && errno == EEXIST; i++) {
        snprintf(r->temporary, room, "%s.tmp%d", path, i);
        r->fd = create_temporary(r->temporary);
    }
    if (r->fd >= 0) return r;
    fail(err, "write", path, errno);
    tern__free(r);
    return NULL;
}

static void write_all(tern__replace *r, const unsigned char *data, size_t size) {
    while (size && !r->error) {
        ssize_t put = write(r->fd, data, size);
        if (put < 0 && errno != EINTR) r->error = errno;
        if (put > 0) data += put, size -= (size_t)put;
    }
}

static void flush(tern__replace *r) {
    write_all(r, r->buffer, r->used);
    r->used = 0;
}

void tern__replace_write(tern__replace *r, const void *data, size_t size) {
    if (size > BUFFER - r->used) flush(r);
    if (size > BUFFER) {
        write_all(r, data, size);
    } else if (size) {
        memcpy(r->buffer + r->used, data, size);
        r->used += size;
    }
}

/* Makes a rename last: fsync of the directory. Some file systems have no such thing and say EINVAL. */
static int sync_directory(char *path) {
    char *slash = strrchr(path, '/');
    char last = slash ? slash[1] : 0;
    if (slash) slash[1] = 0;
    int fd, synced = -1;
    TERN__RETRY(fd, open(slash ? path : ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    if (fd >= 0) TERN__RETRY(synced, fsync(fd));
    int code = synced && (fd < 0 || errno != EINVAL) ? errno : 0;
    if (fd >= 0) close(fd);
    if (slash) slash[1] = last;
    return code;
}

tern_status tern__replace_commit(tern__replace *r, tern_error *err) {
    int done = 0;
    flush(r);
    if (!r->error) TERN__RETRY(done, fsync(r->fd));
    if (!r->error && !done) TERN__RETRY(done, rename(r->temporary, r->path));
    if (done) r->error = errno;
    if (r->error) unlink(r->temporary);
    else r->error = sync_directory(r->path);
    close(r->fd); /* after the rename: until then the lock is needed */
    tern_status status = r->error ? fail(err, "write", r->path, r->error) : TERN_OK;
    tern__free(r);
    return status;
}

void tern__replace_abort(tern__replace *r) {
    if (!r) return;
    unlink(r->temporary);
    close(r->fd);
    tern__free(r);
}

/* ---- paths ---- */

bool tern__path_ends(const char *path, const char *ending) {
    size_t n = strlen(path), k = strlen(ending);
    return n >= k && !strcmp(path + n - k, ending);
}

bool tern__path_is_directory(const char *path) {
    struct stat s;
    return !stat(path, &s) && S_ISDIR(s.st_mode);
}
