/* What can be said against a request before anything is started. */
#ifndef ULLAGE_RUNTIME_REQUEST_H
#define ULLAGE_RUNTIME_REQUEST_H

#include "runtime/exec.h"

/* Refuses a terminal where there is none, and an argument or a variable that is too long,
 * by its name. */
int request_check(const struct exec_request *request, struct error *err);

#endif
