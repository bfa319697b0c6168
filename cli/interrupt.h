/* Ctrl-C while an engine is driven: the first asks the call to end and to leave nothing behind, each further
 * one goes a step further. */
#ifndef ULLAGE_CLI_INTERRUPT_H
#define ULLAGE_CLI_INTERRUPT_H

#include "runtime/cancel.h"

/* The token that SIGINT and SIGTERM use from now on; one for the program. */
int interrupt_watch(struct cancel **ret_cancel, struct error *err);

#endif
