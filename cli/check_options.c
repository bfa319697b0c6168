#include "cli/check_options.h"

static int read_arguments(const struct check_arguments *arguments, struct checks *checks,
                          struct error *err)
{
    for (size_t i = 0; i < arguments->allowed.count; i++)
        if (checks_allow(checks, arguments->allowed.items[i], err) < 0)
            return error_prefix(err, "--allow-secret");
    for (size_t i = 0; i < arguments->ignored.count; i++)
        if (checks_ignore(checks, arguments->ignored.items[i], err) < 0)
            return error_prefix(err, "--ignore");
    if (arguments->as_of && checks_set_date(checks, arguments->as_of, err) < 0)
        return error_prefix(err, "--as-of");
    checks->most_days = arguments->most_days;
    return 0;
}

int check_arguments_start(const struct check_arguments *arguments, struct checks *ret_checks,
                          struct analysis_options *options, struct error *err)
{
    checks_start(ret_checks, options->limits);
    if (read_arguments(arguments, ret_checks, err) < 0) {
        checks_release(ret_checks);
        return -1;
    }
    if (arguments->on)
        options->watchers = ret_checks->watchers;
    return 0;
}

void check_arguments_run(const struct check_arguments *arguments, const struct checks *checks,
                         struct analysis *analysis)
{
    if (arguments->on)
        checks_run(checks, analysis);
}
