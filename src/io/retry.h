/* retry.h - system calls that a signal may interrupt. */
#ifndef TERN_IO_RETRY_H
#define TERN_IO_RETRY_H

#include <errno.h>

/* result = call, again for as long as a signal interrupts it. */
#define TERN__RETRY(result, call) \
    do { (result) = (call); } while ((result) < 0 && errno == EINTR)

#endif
