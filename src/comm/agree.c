/* agree.c - what went wrong on one rank goes wrong on all, and is said once. */
#include <tern/comm.h>

#include "text.h"

#include <string.h>

/* Takes what another record says; the file that is the current one here stays so. */
static void take_record(tern_error *err, const tern_error *said) {
    const tern_error own = *err;
    *err = *said;
    err->depth = own.depth;
    err->locator = own.locator;
    memcpy(err->file, own.file, sizeof err->file);
    memcpy(err->path, own.path, sizeof err->path);
}

static void name_rank(const tern_comm *c, size_t rank, tern_error *err) {
    for (size_t i = 0; i < err->count; i++) {
        char text[TERN_MAX_TEXT];
        if (!err->item[i].status) continue;
        memcpy(text, err->item[i].text, sizeof text);
        err->item[i].text[0] = 0;
        tern__text_add(err->item[i].text, sizeof text, "rank %zu of %zu: %s", rank, c->size, text);
    }
}

tern_status tern_comm_agree(tern_comm *c, tern_status status, tern_error *err) {
    if (!c || c->ended) return status;
    size_t rank = c->first(c->self, status != TERN_OK);
    if (rank == c->size) return TERN_OK;
    bool all = c->first(c->self, status == TERN_OK) == c->size;
    tern_error said = {0};
    if (err) said = *err;
    c->broadcast(c->self, &status, sizeof status, rank);
    c->broadcast(c->self, &said, sizeof said, rank);
    c->ended = true;
    if (!err) return status;
    take_record(err, &said);
    if (!all) name_rank(c, rank, err);
    return status;
}
