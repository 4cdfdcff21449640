/* libc.h - functions of the C library that wasi-libc lacks and the sources call: included before each of them. */
#ifndef TERN_WEB_LIBC_H
#define TERN_WEB_LIBC_H

#include <stddef.h>
#include <stdio.h>

char *realpath(const char *path, char *resolved);
int flock(int fd, int operation);
int madvise(void *address, size_t length, int advice);
int dup2(int from, int to);
FILE *tmpfile(void);
void qsort_r(void *base, size_t n, size_t size, int (*compare)(const void *, const void *, void *), void *arg);

#endif
