#include "analyzer/checks.h"

static void run_files(const struct check_run *run)
{
    (void)run;
}

const struct check check_files = {.run = run_files};
