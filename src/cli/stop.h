/* stop.h - stopping on request: the first signal asks, and a second one ends the program at once. */
#ifndef TERN_CLI_STOP_H
#define TERN_CLI_STOP_H

#include <stdbool.h>
#include <stdio.h>

/* From now on SIGINT, SIGTERM, SIGHUP and SIGPIPE ask to stop. */
void stop_on_signals(void);

/* The signal that asked, and its name; 0 and "": none. */
int stop_signal(void);
const char *stop_name(void);

/* Whether a stream takes some text without waiting. Once there was a signal nothing waits for a pipe that nobody reads.
 */
bool takes_text(FILE *to);

#endif
