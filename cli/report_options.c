#include "cli/report_options.h"

#include <string.h>

#include "core/span.h"

#include "core/file.h"

const char *const report_format_names[] = {
#define FORMAT(name) #name,
#define FORMAT_NAMED(id, name) name,
#include "analyzer/report/formats.def"
#undef FORMAT
    NULL,
};

enum size_style report_size_style(const struct report_arguments *arguments)
{
    if (arguments->bytes)
        return SIZE_BYTES;
    return arguments->binary ? SIZE_BINARY : SIZE_DECIMAL;
}

/* Splits FORMAT=FILE. */
static const struct report_format *split(const struct report_format *const *formats,
                                         const char *text, const char **ret_file,
                                         struct error *err)
{
    const char *equals = strchr(text, '=');
    if (!equals || !equals[1]) {
        error_set(err, ERROR_USAGE, "--report '%s': write FORMAT=FILE", text);
        return NULL;
    }
    cleanup_free char *name = memory_dup_bytes(text, (size_t)(equals - text));
    *ret_file = equals + 1;
    return report_find_among(formats, name, err);
}

static const char *main_format(const struct report_arguments *arguments)
{
    return arguments->json ? "json" : arguments->format;
}

int report_arguments_check(const struct report_arguments *arguments, struct error *err)
{
    return report_arguments_check_among(arguments, report_formats, err);
}

int report_arguments_check_among(const struct report_arguments *arguments,
                                 const struct report_format *const *formats, struct error *err)
{
    if (!report_find_among(formats, main_format(arguments), err))
        return -1;
    for (size_t i = 0; i < arguments->reports.count; i++) {
        const char *file, *other;
        if (!split(formats, arguments->reports.items[i], &file, err))
            return -1;
        if (strcmp(file, arguments->output) == 0 && strcmp(file, "-") != 0)
            return error_set(err, ERROR_USAGE, "two reports go to '%s'", file);
        for (size_t j = 0; j < i; j++) {
            if (!split(formats, arguments->reports.items[j], &other, err))
                return -1;
            if (strcmp(file, other) == 0)
                return error_set(err, ERROR_USAGE, "two reports go to '%s'", file);
        }
    }
    return 0;
}

static int write_one(const struct report_format *format, const char *file,
                     const struct report_options *options, const struct report *report,
                     struct error *err)
{
    struct file_output output;
    if (file_create(&output, file, err) < 0)
        return -1;
    if (format->write(report, options, &output.sink, err) < 0) {
        file_discard(&output);
        return error_prefix(err, "%s", file);
    }
    return file_commit(&output, err);
}

int report_arguments_write(const struct report_arguments *arguments,
                           const struct invocation *invocation, const struct report *report,
                           struct error *err)
{
    return report_arguments_write_among(arguments, report_formats, invocation, report, err);
}

int report_arguments_write_among(const struct report_arguments *arguments,
                                 const struct report_format *const *formats,
                                 const struct invocation *invocation,
                                 const struct report *report, struct error *err)
{
    const struct style *style =
        strcmp(arguments->output, "-") == 0 ? invocation->terminal.output : &style_plain;
    struct report_options options = {
        .sizes = report_size_style(arguments),
        .style = {style->bold, style->dim, style->red, style->yellow, style->green,
                  style->reset},
        .width = invocation->terminal.width,
        .top = arguments->top,
    };
    const struct report_format *format = report_find_among(formats, main_format(arguments), err);
    /* a further report to standard output stands in place of the main one */
    bool replaced = false;
    for (size_t i = 0; i < arguments->reports.count; i++)
        replaced = replaced || span_ends_with(span_of_text(arguments->reports.items[i]), "=-");
    if (!(replaced && strcmp(arguments->output, "-") == 0) &&
        write_one(format, arguments->output, &options, report, err) < 0)
        return -1;
    struct report_options plain = options;
    plain.style = (struct report_style){"", "", "", "", "", ""};
    for (size_t i = 0; i < arguments->reports.count; i++) {
        const char *file;
        format = split(formats, arguments->reports.items[i], &file, err);
        if (!format || write_one(format, file, &plain, report, err) < 0)
            return -1;
    }
    return 0;
}
