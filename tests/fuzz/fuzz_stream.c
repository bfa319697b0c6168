/* The outer archive as it comes through a pipe: one pass, members in any order. */
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#include "analyzer/analysis.h"
#include "tests/fuzz/fuzz.h"
#include "tests/support/damage.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct limits limits = fuzz_limits();
    struct error error = ERROR_INIT;
    struct analysis *analysis;
    struct analysis_options options = {
        .limits = &limits, .threads = 1, .top = 5, .keep_going = true, .verify = size % 2};
    int ends[2];
    if (size > 60000 || pipe2(ends, O_CLOEXEC) < 0)
        return 0;
    if (write(ends[1], data, size) != (ssize_t)size)
        abort();
    close(ends[1]);
    dup2(ends[0], STDIN_FILENO);
    close(ends[0]);
    if (analysis_run(&analysis, "-", &options, &error) == 0) {
        if (broken_identity(analysis))
            abort();
        analysis_free(analysis);
    }
    error_release(&error);
    return 0;
}
