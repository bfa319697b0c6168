/* A fuzz target is libFuzzer's entry point in a file of its own: fuzz_NAME.c, with a few
 * seeds in seeds/NAME/ and what once crashed it in crashes/NAME-WHAT. Without libFuzzer the
 * same file is linked with standalone.c, which replays files and folders, so that every
 * build runs the seeds. */
#ifndef TESTS_FUZZ_FUZZ_H
#define TESTS_FUZZ_FUZZ_H

#include <stddef.h>
#include <stdint.h>

#include "analyzer/limits.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Limits small enough that a bomb costs milliseconds. */
struct limits fuzz_limits(void);

/* Analyzes the file and verifies it, and aborts where a figure breaks an identity or an
 * error does not say what failed. */
void fuzz_image(const void *data, size_t size);

#endif
