#include "analyzer/diff_state.h"

#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>

#include "analyzer/report/report.h"
#include "core/file.h"
#include "core/json.h"

/* Reports grow with their lists; JSON is read whole. */
#define REPORT_BYTES_MAX ((size_t)256 << 20)

bool diff_argument_is_report(const char *argument)
{
    char bytes[16];
    struct stat st;
    cleanup_fd int fd = open(argument, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (fd < 0 || fstat(fd, &st) < 0 || !S_ISREG(st.st_mode))
        return false;
    ssize_t got = file_read_at(fd, bytes, sizeof bytes, 0);
    for (ssize_t i = 0; i < got; i++)
        if (!strchr(" \t\r\n", bytes[i]) || !bytes[i])
            return bytes[i] == '{';
    return false;
}

/* What the comparison relies on. */
static int check_report(const json_t *report, struct error *err)
{
    static const char *const lists[] = {"layers", "history"};
    static const char *const objects[] = {"sizes", "image"};
    const char *schema;
    json_t *value;
    if (json_expect(report, JSON_OBJECT, "the report", err) < 0 ||
        json_get_text(&schema, report, "schema", err) < 0)
        return -1;
    if (!schema || strncmp(schema, "ullage.report/1", 15) != 0)
        return error_set(err, ERROR_INPUT, "is JSON, but no report of ullage");
    for (size_t i = 0; i < ARRAY_SIZE(lists); i++) {
        json_t *item;
        size_t index;
        if (json_get_typed(&value, report, lists[i], JSON_ARRAY, err) < 0)
            return -1;
        if (!value)
            return error_set(err, ERROR_INPUT, "the report has no '%s'", lists[i]);
        json_array_foreach(value, index, item)
        {
            if (json_expect(item, JSON_OBJECT, lists[i], err) < 0)
                return -1;
        }
    }
    for (size_t i = 0; i < ARRAY_SIZE(objects); i++) {
        if (json_get_typed(&value, report, objects[i], JSON_OBJECT, err) < 0)
            return -1;
        if (!value)
            return error_set(err, ERROR_INPUT, "the report has no '%s'", objects[i]);
    }
    return 0;
}

int diff_state_read_report(struct diff_state *ret_state, const char *path,
                           const struct limits *limits, struct error *err)
{
    struct diff_state state = {.argument = path};
    cleanup_strbuf struct strbuf text = STRBUF_INIT;
    if (file_read(&text, path, REPORT_BYTES_MAX, err) < 0 ||
        json_parse(&state.report, span_of(text.buf, text.len), err) < 0 ||
        check_report(state.report, err) < 0 ||
        limits_check(limits, LIMIT_LAYERS,
                     (int64_t)json_array_size(diff_state_list(&state, "layers")), "layers",
                     err) < 0) {
        diff_state_release(&state);
        return error_prefix(err, "%s", path);
    }
    *ret_state = state;
    return 0;
}

static int write_report(struct diff_state *state, struct error *err)
{
    cleanup_strbuf struct strbuf text = STRBUF_INIT;
    const struct report_format *format = report_find("json", err);
    struct report report = {.analysis = state->analysis};
    struct report_options options = {.sizes = SIZE_BYTES, .style = {"", "", "", "", "", ""}};
    struct sink sink = sink_to_strbuf(&text);
    if (!format || format->write(&report, &options, &sink, err) < 0)
        return -1;
    return json_parse(&state->report, span_of(text.buf, text.len), err);
}

int diff_state_analyze(struct diff_state *ret_state, const char *argument,
                       const struct analysis_options *options,
                       const struct package_watch *watch, struct error *err)
{
    struct diff_state state = {.argument = argument};
    if (analysis_run(&state.analysis, argument, options, err) < 0)
        return -1;
    if (watch) {
        packages_collect(&state.packages, state.analysis->image, &state.analysis->accounting,
                         watch);
        state.has_packages = true;
    }
    if (write_report(&state, err) < 0) {
        diff_state_release(&state);
        return -1;
    }
    *ret_state = state;
    return 0;
}

void diff_state_release(struct diff_state *state)
{
    if (state->has_packages)
        packages_release(&state->packages);
    analysis_free(state->analysis);
    json_decref(state->report);
    *state = (struct diff_state){.argument = NULL};
}
