#include "analyzer/checks.h"

static void run_accounts(const struct check_run *run)
{
    (void)run;
}

const struct check check_accounts = {.run = run_accounts};
