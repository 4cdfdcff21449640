/* pool_window.c - how many elements a plane has before pooling and after; see tern/pool.h. */
#include "pool_window.h"

size_t tern_pool_in(const tern_pool *p) { return (size_t)(p->h.in * p->w.in); }

size_t tern_pool_out(const tern_pool *p) { return (size_t)(p->h.out * p->w.out); }
