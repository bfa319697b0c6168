/* What a process writes may repeat the secrets it was given. */
#ifndef ULLAGE_RUNTIME_SCRUB_H
#define ULLAGE_RUNTIME_SCRUB_H

#include "core/strbuf.h"

struct exec_request;

/* A shorter value would hide harmless text everywhere and is no secret anyway. */
#define SCRUB_SECRET_MIN 4

/* Replaces each occurrence of the request's secrets, of its arguments and its environment.
 */
void scrub_secrets(struct strbuf *text, const struct exec_request *request);

#endif
