#include "analyzer/checks.h"

static void run_entrypoint(const struct check_run *run)
{
    (void)run;
}

const struct check check_entrypoint = {.run = run_entrypoint};
