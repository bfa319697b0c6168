/* GitLab's code quality report: an array of issues, in the part of Code Climate's format
 * that GitLab reads. Of issues with one fingerprint it shows one, so ours are unique. */
#include "analyzer/report/code_climate.h"
#include "analyzer/report/report.h"

static int write_list(const struct finding_list *list, const struct report_options *options,
                      const struct sink *sink, struct error *err)
{
    struct json_writer json;
    (void)options;
    json_writer_start(&json, *sink, false);
    json_open_array(&json);
    for (size_t i = 0; i < list->count; i++) {
        json_open_object(&json);
        code_climate_add_members(&json, &list->items[i]);
        json_close_object(&json);
    }
    json_close_array(&json);
    json_newline(&json);
    return json_writer_finish(&json, err);
}

static int write_gitlab(const struct report *report, const struct report_options *options,
                        const struct sink *sink, struct error *err)
{
    return finding_list_write_report(write_list, report, options, sink, err);
}

const struct report_format report_format_gitlab = {
    .name = "gitlab",
    .summary = "findings and failed budgets as GitLab's code quality report",
    .write = write_gitlab,
    .write_list = write_list,
};
