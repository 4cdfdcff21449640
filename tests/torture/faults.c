/* faults.c - system calls and allocations that fail when they are told to: preloaded into a program by the scripts
 * beside this file.
 *
 * FAULT_CALL=write FAULT_AT=3 FAULT_KIND=ENOSPC: the third write fails (from 1; with FAULT_ONWARDS all later ones do).
 * Kinds are errors by name, SHORT (half of the bytes) and KILL (the process ends before the call). FAULT_COUNTS=FILE:
 * how many calls of each there were is written there at the end. FAULT_FROM=TEXT: nothing is counted before a path with
 * that text was opened. */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

typedef enum call {
    OPEN,
    READ,
    WRITE,
    PREAD,
    PWRITE,
    FSYNC,
    RENAME,
    CLOSE,
    FTRUNCATE,
    FLOCK,
    UNLINK,
    MKDIR,
    MMAP,
    ALLOC,
    CALLS
} call;

static const char *const names[CALLS] = {"open",  "read",      "write", "pread",  "pwrite", "fsync", "rename",
                                         "close", "ftruncate", "flock", "unlink", "mkdir",  "mmap",  "alloc"};

static const struct {
    const char *name;
    int code;
} kinds[] = {{"EINTR", EINTR}, {"ENOSPC", ENOSPC}, {"EIO", EIO}, {"EMFILE", EMFILE}, {"ENOMEM", ENOMEM}};

enum { SHORT = -1, KILL = -2 };

static atomic_size_t count[CALLS];
static size_t struck_at;
static int struck_call = CALLS, struck_kind;
static bool onwards;
static atomic_bool counting;
static const char *counts_file, *from;

static int kind_of(const char *name) {
    if (!strcmp(name, "SHORT")) return SHORT;
    if (!strcmp(name, "KILL")) return KILL;
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
        if (!strcmp(kinds[i].name, name)) return kinds[i].code;
    return 0;
}

__attribute__((constructor)) static void begin(void) {
    const char *what = getenv("FAULT_CALL"), *at = getenv("FAULT_AT"), *kind = getenv("FAULT_KIND");
    counts_file = getenv("FAULT_COUNTS"), from = getenv("FAULT_FROM"), onwards = getenv("FAULT_ONWARDS");
    for (int i = 0; what && i < CALLS; i++)
        if (!strcmp(names[i], what)) struck_call = i;
    if (at) struck_at = strtoul(at, NULL, 10);
    if (kind) struck_kind = kind_of(kind);
    atomic_store(&counting, !from);
}

__attribute__((destructor)) static void end(void) {
    char text[512];
    int used = 0;
    atomic_store(&counting, false);
    if (!counts_file) return;
    for (int i = 0; i < CALLS; i++)
        used += snprintf(text + used, sizeof text - (size_t)used, "%s %zu\n", names[i], atomic_load(&count[i]));
    long fd = syscall(SYS_openat, AT_FDCWD, counts_file, O_WRONLY | O_CREAT | O_TRUNC, 0666);
    if (syscall(SYS_write, fd, text, (size_t)used) != used) _exit(99);
    syscall(SYS_close, fd);
}

/* What happens to this call: 0, an error, or SHORT. */
static int struck(call c) {
    if (!atomic_load(&counting)) return 0;
    size_t n = atomic_fetch_add(&count[c], 1) + 1;
    if ((int)c != struck_call || (onwards ? n < struck_at : n != struck_at)) return 0;
    if (struck_kind == KILL) syscall(SYS_kill, getpid(), SIGKILL);
    return struck_kind;
}

static bool fails(call c) {
    int kind = struck(c);
    if (kind > 0) errno = kind;
    return kind > 0;
}

/* ---- system calls ---- */

int open(const char *path, int flags, ...) {
    va_list arguments;
    va_start(arguments, flags);
    mode_t mode = flags & O_CREAT ? va_arg(arguments, mode_t) : 0;
    va_end(arguments);
    if (from && !atomic_load(&counting) && strstr(path, from)) atomic_store(&counting, true);
    return fails(OPEN) ? -1 : (int)syscall(SYS_openat, AT_FDCWD, path, flags, mode);
}

static size_t shorten(int kind, size_t n) { return kind == SHORT && n > 1 ? n / 2 : n; }

ssize_t read(int fd, void *data, size_t n) {
    int kind = struck(READ);
    if (kind > 0) return errno = kind, -1;
    return syscall(SYS_read, fd, data, shorten(kind, n));
}

ssize_t write(int fd, const void *data, size_t n) {
    int kind = struck(WRITE);
    if (kind > 0) return errno = kind, -1;
    return syscall(SYS_write, fd, data, shorten(kind, n));
}

ssize_t pread(int fd, void *data, size_t n, off_t at) {
    return fails(PREAD) ? -1 : syscall(SYS_pread64, fd, data, n, at);
}

ssize_t pwrite(int fd, const void *data, size_t n, off_t at) {
    return fails(PWRITE) ? -1 : syscall(SYS_pwrite64, fd, data, n, at);
}

int fsync(int fd) { return fails(FSYNC) ? -1 : (int)syscall(SYS_fsync, fd); }

int rename(const char *old, const char *new) {
    return fails(RENAME) ? -1 : (int)syscall(SYS_renameat2, AT_FDCWD, old, AT_FDCWD, new, 0);
}

/* The descriptor is gone whatever the answer, as Linux has it. */
int close(int fd) {
    bool failed = fails(CLOSE);
    int code = errno;
    if (!failed) return (int)syscall(SYS_close, fd);
    syscall(SYS_close, fd);
    errno = code;
    return -1;
}

int ftruncate(int fd, off_t size) { return fails(FTRUNCATE) ? -1 : (int)syscall(SYS_ftruncate, fd, size); }

int flock(int fd, int operation) { return fails(FLOCK) ? -1 : (int)syscall(SYS_flock, fd, operation); }

int unlink(const char *path) { return fails(UNLINK) ? -1 : (int)syscall(SYS_unlinkat, AT_FDCWD, path, 0); }

int mkdir(const char *path, mode_t mode) { return fails(MKDIR) ? -1 : (int)syscall(SYS_mkdirat, AT_FDCWD, path, mode); }

void *mmap(void *at, size_t size, int protection, int flags, int fd, off_t offset) {
    if (fails(MMAP)) return MAP_FAILED;
    /* NOLINTNEXTLINE(performance-no-int-to-ptr): what a system call answers */
    return (void *)syscall(SYS_mmap, at, size, protection, flags, fd, offset);
}

/* ---- allocations ---- */

/* NOLINTBEGIN(bugprone-reserved-identifier,cert-dcl37-c,cert-dcl51-cpp): glibc's own */
void *__libc_malloc(size_t size);
void *__libc_calloc(size_t n, size_t size);
void *__libc_realloc(void *memory, size_t size);
void *__libc_memalign(size_t alignment, size_t size);
/* NOLINTEND(bugprone-reserved-identifier,cert-dcl37-c,cert-dcl51-cpp) */

void *malloc(size_t size) { return fails(ALLOC) ? NULL : __libc_malloc(size); }

void *calloc(size_t n, size_t size) { return fails(ALLOC) ? NULL : __libc_calloc(n, size); }

void *realloc(void *memory, size_t size) { return fails(ALLOC) ? NULL : __libc_realloc(memory, size); }

void *aligned_alloc(size_t alignment, size_t size) { return fails(ALLOC) ? NULL : __libc_memalign(alignment, size); }

int posix_memalign(void **out, size_t alignment, size_t size) {
    if (struck(ALLOC) > 0) return ENOMEM;
    *out = __libc_memalign(alignment, size);
    return *out ? 0 : ENOMEM;
}
