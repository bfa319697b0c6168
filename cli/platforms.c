#include "cli/platforms.h"

#include <stdio.h>
#include <string.h>

#include "core/strbuf.h"

#define PLATFORM_MARK "{platform}"

const char *platform_file(struct strvec *names, const char *name, const char *platform)
{
    const char *mark = name ? strstr(name, PLATFORM_MARK) : NULL;
    cleanup_strbuf struct strbuf out = STRBUF_INIT;
    if (!mark)
        return name;
    strbuf_add(&out, name, (size_t)(mark - name));
    for (const char *c = platform ? platform : "unknown"; *c; c++)
        strbuf_add_char(&out, *c == '/' ? '-' : *c);
    strbuf_add_text(&out, mark + strlen(PLATFORM_MARK));
    strvec_add(names, out.buf);
    return names->items[names->count - 1];
}

int platform_reports_write(const struct report_arguments *arguments,
                           const struct invocation *invocation, const struct report *report,
                           const char *platform, struct error *err)
{
    struct report_arguments named = *arguments;
    cleanup_strvec struct strvec names = STRVEC_INIT, reports = STRVEC_INIT;
    named.output = platform_file(&names, named.output, platform);
    for (size_t i = 0; i < arguments->reports.count; i++)
        strvec_add(&reports, platform_file(&names, arguments->reports.items[i], platform));
    named.reports = reports;
    return report_arguments_write(&named, invocation, report, err);
}

bool platform_file_varies(const char *name)
{
    return !name || strstr(name, PLATFORM_MARK);
}

int platform_reports_check(const struct report_arguments *arguments, struct error *err)
{
    bool text = !arguments->json && strcmp(arguments->format, "text") == 0;
    bool apart = platform_file_varies(arguments->output) ||
                 (text && strcmp(arguments->output, "-") == 0);
    for (size_t i = 0; i < arguments->reports.count; i++)
        apart = apart && platform_file_varies(arguments->reports.items[i]);
    if (apart)
        return 0;
    error_set(err, ERROR_USAGE, "several images would be written to one file");
    return error_hint(err, "put {platform} into its name: --report json={platform}.json");
}

bool platform_is_all(const char *platform)
{
    return platform && strcmp(platform, "all") == 0;
}

int platform_list(struct strvec *ret_digests, const char *argument,
                  const struct analysis_options *options, struct error *err)
{
    if (strcmp(argument, "-") == 0)
        return error_set(err, ERROR_USAGE,
                         "--platform all reads the archive more than once, which standard input "
                         "does not allow");
    return analysis_list(ret_digests, argument, options, err);
}

int platform_run_each(const struct invocation *invocation, const struct strvec *digests,
                      int (*run_one)(const struct invocation *invocation, const char *digest,
                                     struct error *err),
                      struct error *err)
{
    int worst = 0;
    if (digests->count == 0)
        return run_one(invocation, NULL, err);
    for (size_t i = 0; i < digests->count; i++) {
        if (i)
            putchar('\n');
        fflush(stdout);
        int status = run_one(invocation, digests->items[i], err);
        if (status < 0)
            return -1;
        worst = status == 1 || worst == 0 ? status : worst;
    }
    return worst;
}
