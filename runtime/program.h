/* What can be told about a program's file: that it cannot be started, and why. */
#ifndef ULLAGE_RUNTIME_PROGRAM_H
#define ULLAGE_RUNTIME_PROGRAM_H

#include "core/error.h"

/* Says why starting the file at `path` in `directory` (NULL: ours) failed with this errno:
 * the folder, the file, its kind of processor, its interpreter. Returns -1. */
int program_explain_failure(const char *path, const char *directory, int number,
                            struct error *err);

#endif
