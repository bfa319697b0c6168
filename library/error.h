/* The library's own errors as callers see them. Inside, a struct error is on the stack of
 * the public function; where it was set, it becomes the caller's. */
#ifndef ULLAGE_LIBRARY_ERROR_H
#define ULLAGE_LIBRARY_ERROR_H

#include <ullage/error.h>

#include "core/error.h"

/* Gives the error to the caller if he wants it, releases it else, and returns -1. */
int error_give(struct error *err, struct ullage_error **ret_error);

/* Lends the texts of `err`, which must live longer. */
struct ullage_error error_lend(const struct error *err);

#endif
