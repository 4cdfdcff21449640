/* comm.h - several processes that train one model together: the ranks of a run. */
#ifndef TERN_COMM_H
#define TERN_COMM_H

#include <tern/error.h>

TERN_BEGIN

/* How the ranks of a run reach each other, as seen by one of them. Whoever has a transport fills in the functions; the
 * program `tern` has one over MPI. All ranks call each function in the same order, with the same sizes, on the thread
 * that made the call of the library; none returns before it is done, and none fails: a transport that can't go on ends
 * the process. Where NULL is taken in the place of one, a process is alone. */
typedef struct tern_comm {
    size_t rank, size; /* which one this is, from 0, and how many there are */
    void *self;        /* the first argument of the functions */

    /* v[0 .. n - 1] becomes the sum over all ranks: the same bytes on each of them, and in each run. */
    void (*sum)(void *self, tern_real *v, size_t n);

    /* Puts `bytes` bytes of each rank one after the other, by rank, into `all` of every one. */
    void (*gather)(void *self, const void *own, size_t bytes, void *all);

    /* Gives `bytes` bytes of rank `root` to every one. */
    void (*broadcast)(void *self, void *data, size_t bytes, size_t root);

    /* The first rank that says yes; `size` where none does. */
    size_t (*first)(void *self, bool yes);

    bool ended; /* private: a rank has failed and all know; nobody calls the functions any more */
} tern_comm;

/* Ends a part of the work in which a rank may have failed: all ranks get the status of the first that has, and its
 * record, which says which rank it was where others did not fail. Nothing goes over `c` from then on, so that each may
 * return in its own time; what else is agreed is each rank's own status. NULL: returns `status`. `err` may be NULL. */
TERN_API tern_status tern_comm_agree(tern_comm *c, tern_status status, tern_error *err);

TERN_END

#endif
