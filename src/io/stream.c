/* stream.c - what comes by a descriptor: standard input, a shell's <(...); see file.h. */
#include "file.h"
#include "memory.h"
#include "retry.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

/* The descriptor that a path stands for: "-", "/dev/stdin", "/dev/fd/63" (a shell's <(...)); -1: none. Read as it
 * is: opened anew, a socket would be refused. */
static int stream_of(const char *path) {
    static const char *const folders[] = {"/dev/fd/", "/proc/self/fd/"};
    int fd = -1, used = 0;
    if (!strcmp(path, "-") || !strcmp(path, "/dev/stdin")) return STDIN_FILENO;
    for (size_t i = 0; i < 2; i++) {
        size_t length = strlen(folders[i]);
        if (strncmp(path, folders[i], length) || path[length] < '0' || path[length] > '9') continue;
        if (sscanf(path + length, "%9d%n", &fd, &used) == 1 && !path[length + (size_t)used]) return fd;
    }
    return -1;
}

bool tern__file_is_stream(const char *path) { return stream_of(path) >= 0; }

/* Reads to the end, making room as it comes; NULL with errno set, EFBIG where there is more than `limit`. */
static unsigned char *read_stream(int fd, size_t limit, size_t *size, tern_error *err) {
    size_t room = 1 << 16;
    unsigned char *data = tern__alloc(room, 1, err);
    errno = 0;
    for (*size = 0; data;) {
        ssize_t got;
        TERN__RETRY(got, read(fd, data + *size, room - 1 - *size)); /* a zero after the last byte */
        if (got == 0) return data;
        if (got > 0) *size += (size_t)got;
        if (got < 0 || *size > limit) {
            if (got > 0) errno = EFBIG;
            break;
        }
        if (*size < room - 1) continue;
        unsigned char *more = tern__realloc(data, room, 2 * room, 1, err);
        if (!more) {
            errno = 0; /* said already */
            break;
        }
        data = more, room *= 2;
    }
    tern__free(data);
    return NULL;
}

unsigned char *tern__stream_read(const char *path, size_t limit, size_t *size, tern_error *err) {
    int fd = stream_of(path);
    if (fd < 0) return tern__file_read(path, limit, size, err);
    unsigned char *data = read_stream(fd, limit, size, err);
    if (!data && errno) tern_error_add(err, TERN_ERROR_IO, NULL, "cannot read \"%.256s\": %s", path, strerror(errno));
    return data;
}

void tern__stream_put_back(const char *path, const unsigned char *data, size_t size) {
    int fd = stream_of(path);
    if (fd < 0 || lseek(fd, -(off_t)size, SEEK_CUR) >= 0) return;
    FILE *kept = tmpfile();
    if (!kept) return;
    if (fwrite(data, 1, size, kept) == size && !fflush(kept)) {
        rewind(kept);
        dup2(fileno(kept), fd);
    }
    fclose(kept);
}
