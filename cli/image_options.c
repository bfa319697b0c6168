#include "cli/image_options.h"

#include <stdio.h>

#include "core/parallel.h"

const char *const semantics_choices[] = {"spec", "overlay", NULL};

int image_arguments_read(const struct image_arguments *arguments,
                         const struct invocation *invocation, struct limits *ret_limits,
                         struct analysis_options *ret_options, struct error *err)
{
    *ret_limits = limits_default();
    for (size_t i = 0; i < arguments->limits.count; i++)
        if (limits_override(ret_limits, arguments->limits.items[i], err) < 0)
            return error_prefix(err, "--limit");
    int64_t threads = invocation->global.threads;
    *ret_options = (struct analysis_options){
        .limits = ret_limits,
        .reference = arguments->reference,
        .platform = arguments->platform,
        .semantics = arguments->semantics,
        .threads = threads ? (unsigned)threads : parallel_processors(),
        .top = 20,
        .verify = arguments->verify,
        .keep_going = arguments->keep_going,
    };
    return 0;
}

int image_status(const struct image *image)
{
    if (image->damage.code == ERROR_NONE)
        return 0;
    fprintf(stderr, "ullage: %s\n", image->damage.text);
    if (image->damage.hint)
        fprintf(stderr, "  %s\n", image->damage.hint);
    fprintf(stderr, "  the result is partial\n");
    return error_exit_status(image->damage.code);
}
