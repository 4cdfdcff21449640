/* stop.c - stopping on request; see stop.h. */
#include "stop.h"

#include <poll.h>
#include <signal.h>
#include <stdatomic.h>

static const struct {
    int number;
    const char *name;
} signals[] = {{SIGINT, "SIGINT"}, {SIGTERM, "SIGTERM"}, {SIGHUP, "SIGHUP"}, {SIGPIPE, "SIGPIPE"}};
enum { SIGNALS = sizeof signals / sizeof *signals };

static _Atomic int asked_to_stop; /* the signal; two may come at once, to different threads */

static void ask_to_stop(int number) {
    int none = 0;
    if (atomic_compare_exchange_strong(&asked_to_stop, &none, number) || number == SIGPIPE) return;
    signal(number, SIG_DFL);
    raise(number);
}

/* Under nohup a hangup stays ignored. A pipe that nobody reads any more asks once and for all; a file that grows too
 * large is an error like a full disk. No SA_RESTART: a write to a full pipe must not keep the run from ending. */
void stop_on_signals(void) {
    for (size_t i = 0; i < SIGNALS; i++) {
        struct sigaction before, action = {.sa_handler = ask_to_stop};
        sigemptyset(&action.sa_mask);
        sigaction(signals[i].number, NULL, &before);
        if (signals[i].number != SIGHUP || before.sa_handler != SIG_IGN) sigaction(signals[i].number, &action, NULL);
    }
    signal(SIGXFSZ, SIG_IGN);
}

int stop_signal(void) { return asked_to_stop; }

const char *stop_name(void) {
    for (size_t i = 0; i < SIGNALS; i++)
        if (signals[i].number == asked_to_stop) return signals[i].name;
    return "";
}

bool takes_text(FILE *to) {
    struct pollfd p = {.fd = fileno(to), .events = POLLOUT};
    return !asked_to_stop || (poll(&p, 1, 0) == 1 && !(p.revents & (POLLERR | POLLHUP)));
}
