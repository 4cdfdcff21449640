/* ranks.c - see ranks.h. Launchers say in the environment how many they started; MPI is begun only where that is more
 * than one, so that the program starts alone as one without MPI does. */
#include "ranks.h"

#include "output.h"

#include <tern/version.h>

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* What each launcher calls the count, and the number of this one. */
static const struct {
    const char *size, *rank;
} launchers[] = {
    {"OMPI_COMM_WORLD_SIZE", "OMPI_COMM_WORLD_RANK"}, /* Open MPI's mpirun */
    {"PMI_SIZE", "PMI_RANK"},                         /* MPICH's, and srun --mpi=pmi2 */
#ifdef TERN_HAVE_MPI
    {"SLURM_STEP_NUM_TASKS", "SLURM_PROCID"}, /* srun, which also starts programs that have nothing to do together */
#endif
};

typedef struct launched {
    size_t size, rank;
} launched;

static size_t number(const char *variable) {
    const char *text = getenv(variable);
    return text ? strtoul(text, NULL, 10) : 0;
}

static launched find_launched(void) {
    for (size_t i = 0; i < sizeof launchers / sizeof *launchers; i++)
        if (number(launchers[i].size) > 1) return (launched){number(launchers[i].size), number(launchers[i].rank)};
    return (launched){1, 0};
}

/* ---- with MPI ---- */

#ifdef TERN_HAVE_MPI

#include "mpi_ranks.h"

static tern_comm ranks;
static size_t local; /* of them on this machine */

static tern_status begin(const launched *l, tern_error *err) {
    tern_status status = tern__mpi_begin(&ranks, &local, err);
    if (!status && ranks.size == 1)
        status = tern_error_add(err, TERN_ERROR_USAGE, NULL,
                                "%zu processes were launched, of which this program's MPI (" TERN_HAVE_MPI
                                ") knows but one: launch them by that MPI's own mpirun, or by srun --mpi",
                                l->size);
    return status;
}

static void end(void) { tern__mpi_end(&ranks); }

#else

static tern_comm ranks;
static const size_t local = 1;

static tern_status begin(const launched *l, tern_error *err) {
    return tern_error_add(
        err, TERN_ERROR_USAGE, NULL,
        "%zu ranks were launched, but this tern was built without MPI (cmake -DTERN_MPI=ON): start it "
        "alone",
        l->size);
}

static void end(void) {}

#endif

/* ---- the command ---- */

/* One of them says what all would. */
static tern_status refuse(const launched *l, tern_status status, tern_error *err) {
    if (l->rank) tern_error_clear(err);
    return status;
}

tern_status ranks_begin(args *a, const command *c, tern_error *err) {
    launched l = find_launched();
    if (l.size == 1) return TERN_OK;
    if (!c->ranks)
        return refuse(
            &l,
            tern_error_add(err, TERN_ERROR_USAGE, NULL,
                           "tern %s goes alone, and %zu ranks of it were launched: start it without a launcher",
                           c->name, l.size),
            err);
    tern_status status = begin(&l, err);
    if (status) return refuse(&l, status, err);
    a->comm = &ranks;
    if (ranks.rank && !freopen("/dev/null", "w", stdout))
        return tern_error_add(err, TERN_ERROR_IO, NULL, "/dev/null can't be opened");
    return TERN_OK;
}

/* The CPUs that this rank is bound to or, where all of the machine's ranks are bound to none, its part of all. */
static size_t cpus(void) {
    long online = sysconf(_SC_NPROCESSORS_ONLN);
    size_t bound = tern_cpu_count(), share = online > 0 ? (size_t)online / local : 1;
    return bound < share ? bound : share ? share : 1;
}

void ranks_settle(args *a, const command *c) {
    if (!a->comm) return;
    if (a->comm->rank) a->quiet = true;
    for (const option *o = c->options; o && o->name; o++) {
        if (o->kind != OPTION_THREADS) continue;
        size_t *threads = (size_t *)(void *)((char *)a + o->offset);
        if (!*threads) *threads = cpus();
    }
}

int ranks_end(args *a, int code, tern_error *err) {
    if (!a->comm) return code;
    tern_status own = TERN_OK;
    for (size_t i = 0; code && !own && i < err->count; i++) own = err->item[i].status;
    if (code && !own) own = TERN_ERROR_CANCELLED;
    if (tern_comm_agree(a->comm, own, err) && !code) code = exit_code_of(err);
    if (a->comm->rank) tern_error_clear(err);
    report(err); /* before any of them is gone, for which a launcher may end the others */
    fflush(stdout);
    end();
    return code;
}
