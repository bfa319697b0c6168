#include "analyzer/verify.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "cli/image_options.h"
#include "cli/progress.h"
#include "core/escape.h"
#include "core/file.h"
#include "core/json.h"
#include "core/size.h"

/* Kept out of the text: findings of which there are many. JSON has them all. */
#define FINDING_LINES 20

struct verify_arguments {
    struct image_arguments image;
    const char *output;
    bool json;
    bool strict;
};

static const struct verify_arguments defaults = {.output = "-"};

static const struct option options[] = {
    {.name = "json",
     .type = OPTION_FLAG,
     OPTION_AT(struct verify_arguments, json),
     .summary = "write ullage.verify/1 as JSON",
     .group = "Output"},
    {.name = "output",
     .letter = 'o',
     .type = OPTION_TEXT,
     OPTION_AT(struct verify_arguments, output),
     .argument = "FILE",
     .summary = "write to FILE instead of standard output",
     .complete = COMPLETE_FILE,
     .group = "Output"},
    {.name = "strict",
     .type = OPTION_FLAG,
     OPTION_AT(struct verify_arguments, strict),
     .summary = "portability errors and warnings fail with status 1",
     .group = "Output"},
    {.name = "ref",
     .type = OPTION_TEXT,
     OPTION_AT(struct verify_arguments, image.reference),
     .argument = "NAME",
     .summary = "the layers of the image of that name or digest alone",
     .group = "Image"},
    {.name = "platform",
     .type = OPTION_TEXT,
     OPTION_AT(struct verify_arguments, image.platform),
     .argument = "OS/ARCH",
     .summary = "the layers of the image for that platform alone",
     .group = "Image"},
    {.name = "limit",
     .type = OPTION_LIST,
     OPTION_AT(struct verify_arguments, image.limits),
     .argument = "NAME=VALUE",
     .summary = "override a safety limit; see 'help limits'",
     .group = "Image"},
    OPTION_END,
};

static bool is_ok(const struct verify *verify)
{
    return verify->mismatch_count == 0 && verify->limits_hit.count == 0;
}

static void add_layer(struct json_writer *json, uint32_t layer)
{
    json_key(json, "layer");
    if (layer == NO_LAYER)
        json_null_value(json);
    else
        json_int(json, layer);
}

static void write_counts(struct json_writer *json, const struct verify_counts *counts)
{
    json_key(json, "checks");
    json_open_object(json);
    json_add_int(json, "images", counts->images);
    json_add_int(json, "layers", counts->layers);
    json_add_int(json, "blobs", counts->blobs);
    json_add_int(json, "bytes", counts->bytes);
    json_add_int(json, "digests", counts->digests);
    json_add_int(json, "sizes", counts->sizes);
    json_add_int(json, "diff_ids", counts->diff_ids);
    json_add_int(json, "documents", counts->documents);
    json_add_int(json, "unreferenced", counts->unreferenced);
    json_add_int(json, "absent", counts->absent);
    json_close_object(json);
}

static void write_mismatches(struct json_writer *json, const struct verify *verify)
{
    json_key(json, "mismatches");
    json_open_array(json);
    for (size_t i = 0; i < verify->mismatch_count; i++) {
        const struct mismatch *mismatch = &verify->mismatches[i];
        json_open_object(json);
        json_add_text(json, "rule", mismatch->rule);
        json_add_text(json, "message", mismatch->message);
        add_layer(json, mismatch->layer);
        json_add_text(json, "path", mismatch->path);
        json_add_text(json, "expected", mismatch->expected);
        json_add_text(json, "actual", mismatch->actual);
        json_close_object(json);
    }
    json_close_array(json);
}

static void write_findings(struct json_writer *json, const struct findings *findings)
{
    json_key(json, "findings");
    json_open_array(json);
    for (size_t i = 0; i < findings->count; i++) {
        const struct finding *finding = &findings->items[i];
        json_open_object(json);
        json_add_text(json, "rule", finding_code(finding->rule));
        json_add_text(json, "severity", severity_name(finding_severity(finding->rule)));
        json_add_text(json, "message", finding->message);
        add_layer(json, finding->layer);
        json_add_text(json, "path", finding->path);
        json_close_object(json);
    }
    json_close_array(json);
    json_key(json, "warnings");
    json_open_array(json);
    for (size_t i = 0; i < findings->warning_count; i++) {
        const struct warning *warning = &findings->warnings[i];
        json_open_object(json);
        json_add_text(json, "code", warning->code);
        json_add_text(json, "message", warning->message);
        add_layer(json, warning->layer);
        json_add_text(json, "path", warning->path);
        json_close_object(json);
    }
    json_close_array(json);
}

static int write_json(const struct verify *verify, struct sink sink, struct error *err)
{
    struct json_writer json;
    json_writer_start(&json, sink, false);
    json_open_object(&json);
    json_add_text(&json, "schema", "ullage.verify/1");
    json_add_bool(&json, "ok", is_ok(verify));
    json_add_text(&json, "kind", image_kind_name(verify->kind));
    write_counts(&json, &verify->counts);
    write_mismatches(&json, verify);
    write_findings(&json, &verify->findings);
    json_key(&json, "uncovered");
    json_open_array(&json);
    for (size_t i = 0; i < verify->uncovered_count; i++) {
        json_open_object(&json);
        json_add_text(&json, "path", verify->uncovered[i].path);
        json_add_int(&json, "bytes", verify->uncovered[i].bytes);
        json_add_text(&json, "reason", verify->uncovered[i].reason);
        json_close_object(&json);
    }
    json_close_array(&json);
    json_key(&json, "limits_hit");
    json_open_array(&json);
    for (size_t i = 0; i < verify->limits_hit.count; i++)
        json_text(&json, verify->limits_hit.items[i]);
    json_close_array(&json);
    json_close_object(&json);
    json_newline(&json);
    return json_writer_finish(&json, err);
}

/* Messages have their names escaped; paths have not. */
static void add_place(struct strbuf *out, uint32_t layer, const char *path)
{
    if (layer != NO_LAYER)
        strbuf_addf(out, "layer %" PRIu32 " ", layer);
    if (path) {
        escape_for_terminal(out, span_of_text(path));
        strbuf_add_char(out, ' ');
    }
}

static void add_findings(struct strbuf *out, const struct findings *findings,
                         const struct style *style)
{
    size_t shown = findings->count < FINDING_LINES ? findings->count : FINDING_LINES;
    for (size_t i = 0; i < shown; i++) {
        const struct finding *finding = &findings->items[i];
        strbuf_addf(out, "%s%s%s ", style->yellow, finding_code(finding->rule),
                    style->reset);
        add_place(out, finding->layer, finding->path);
        strbuf_addf(out, "%s\n", finding->message);
    }
    if (shown < findings->count)
        strbuf_addf(out, "and %zu more findings: see --json\n", findings->count - shown);
    for (size_t i = 0; i < findings->warning_count && i < FINDING_LINES; i++) {
        const struct warning *warning = &findings->warnings[i];
        strbuf_addf(out, "%swarning%s ", style->yellow, style->reset);
        add_place(out, warning->layer, warning->path);
        strbuf_addf(out, "%s\n", warning->message);
    }
}

/* One line however many there are: ID/json and ID/VERSION are counted. */
static void add_uncovered(struct strbuf *out, const struct verify *verify)
{
    int64_t bytes = 0, below = 0;
    bool first = true;
    for (size_t i = 0; i < verify->uncovered_count; i++)
        bytes += verify->uncovered[i].bytes;
    if (!verify->uncovered_count)
        return;
    char text[SIZE_TEXT_MAX];
    strbuf_addf(out, "no digest covers %s:", size_format(bytes, SIZE_DECIMAL, text));
    for (size_t i = 0; i < verify->uncovered_count; i++) {
        const struct uncovered *item = &verify->uncovered[i];
        if (item->path && strchr(item->path + 1, '/')) {
            below++;
            continue;
        }
        strbuf_add_text(out, first ? " " : ", ");
        escape_for_terminal(out, span_of_text(item->path ? item->path + 1 : item->reason));
        first = false;
    }
    if (below)
        strbuf_addf(out, "%s%" PRId64 " files of its folders", first ? " " : ", ", below);
    strbuf_add_char(out, '\n');
}

static void add_count(struct strbuf *out, int64_t count, const char *what)
{
    strbuf_addf(out, "%" PRId64 " %s%s", count, what, count == 1 ? "" : "s");
}

static void add_summary(struct strbuf *out, const struct verify *verify,
                        const struct style *style)
{
    const struct verify_counts *counts = &verify->counts;
    char bytes[SIZE_TEXT_MAX];
    strbuf_add_text(out, "checked ");
    add_count(out, counts->blobs, "blob");
    strbuf_addf(out, ", %s, of ", size_format(counts->bytes, SIZE_DECIMAL, bytes));
    add_count(out, counts->images, "image");
    strbuf_add_text(out, ": ");
    add_count(out, counts->digests, "digest");
    strbuf_add_text(out, ", ");
    add_count(out, counts->sizes, "size");
    strbuf_add_text(out, ", ");
    add_count(out, counts->diff_ids, "diff_id");
    strbuf_add_char(out, '\n');
    if (counts->unreferenced) {
        add_count(out, counts->unreferenced, "blob");
        strbuf_add_text(out, " that nothing refers to\n");
    }
    if (counts->absent) {
        add_count(out, counts->absent, "blob");
        strbuf_add_text(out, " named but not in the archive\n");
    }
    add_uncovered(out, verify);
    if (is_ok(verify))
        strbuf_addf(out, "%sok%s\n", style->green, style->reset);
    else if (verify->mismatch_count)
        strbuf_addf(out, "%s%zu mismatch%s%s\n", style->red, verify->mismatch_count,
                    verify->mismatch_count == 1 ? "" : "es", style->reset);
    else
        strbuf_addf(out, "%snot all could be checked%s\n", style->red, style->reset);
}

static int write_text(const struct verify *verify, const struct style *style,
                      struct sink sink, struct error *err)
{
    cleanup_strbuf struct strbuf out = STRBUF_INIT;
    for (size_t i = 0; i < verify->mismatch_count; i++)
        strbuf_addf(&out, "%s%s%s %s\n", style->red, verify->mismatches[i].rule,
                    style->reset, verify->mismatches[i].message);
    for (size_t i = 0; i < verify->limits_hit.count; i++)
        strbuf_addf(&out, "%slimit%s %s\n", style->red, style->reset,
                    verify->limits_hit.items[i]);
    add_findings(&out, &verify->findings, style);
    add_summary(&out, verify, style);
    return sink_write(&sink, out.buf, out.len, err);
}

static bool is_portable(const struct findings *findings)
{
    for (enum finding_rule rule = 0; rule < FINDING_RULES; rule++)
        if (findings->seen[rule] && finding_severity(rule) <= SEVERITY_WARNING)
            return false;
    return true;
}

static int status_of(const struct verify *verify, bool strict)
{
    if (verify->mismatch_count)
        return error_exit_status(ERROR_INPUT);
    if (verify->limits_hit.count)
        return error_exit_status(ERROR_LIMIT);
    return strict && !is_portable(&verify->findings) ? error_exit_status(ERROR_FAILED) : 0;
}

static int write_result(const struct verify_arguments *given,
                        const struct invocation *invocation, const struct verify *verify,
                        struct error *err)
{
    bool to_terminal = strcmp(given->output, "-") == 0;
    const struct style *style = to_terminal ? invocation->terminal.output : &style_plain;
    struct file_output output;
    if (file_create(&output, given->output, err) < 0)
        return -1;
    int result = given->json ? write_json(verify, output.sink, err)
                             : write_text(verify, style, output.sink, err);
    if (result < 0) {
        file_discard(&output);
        return error_prefix(err, "%s", given->output);
    }
    return file_commit(&output, err);
}

static int run(const struct invocation *invocation, struct error *err)
{
    const struct verify_arguments *given = invocation->options;
    struct limits limits;
    struct analysis_options common;
    struct verify *verify;
    if (image_arguments_read(&given->image, invocation, &limits, &common, err) < 0)
        return -1;
    struct verify_options verify_options = {
        .limits = &limits,
        .reference = common.reference,
        .platform = common.platform,
        .threads = common.threads,
    };
    struct progress_line line;
    progress_line_start(&line, invocation, invocation->operands[0]);
    verify_options.progress = &line.progress;
    int result = verify_run(&verify, invocation->operands[0], &verify_options, err);
    progress_line_stop(&line);
    if (result < 0)
        return -1;
    int status = write_result(given, invocation, verify, err);
    if (status == 0)
        status = status_of(verify, given->strict);
    verify_free(verify);
    return status;
}

static const struct example examples[] = {
    {"ullage verify app.tar", "is every byte as its digest says?"},
    {"docker save app | ullage verify -", "the same without a file"},
    {"ullage verify --strict app.tar", "and would every engine accept it?"},
    {NULL, NULL},
};

const struct command command_verify = {
    .name = "verify",
    .group = "Images",
    .summary = "check every digest and size, and what engines refuse",
    .usage = "IMAGE",
    .description =
        "Reads every byte of a saved image and compares each blob with the digest and size "
        "of its "
        "descriptor and with the name it is stored under, each layer's tar with the "
        "diff_id of the "
        "configuration, and the documents with one another. Blobs that nothing refers to "
        "are "
        "checked too.\n\n"
        "A mismatch ends with status 3 and the address. Findings about portability "
        "(constructs "
        "that some engine refuses or reads differently) leave status 0, or 1 with "
        "--strict. What no "
        "digest covers is told: in an archive of docker save to version 24 these are, "
        "beside the "
        "headers of the archive, the files VERSION, json, repositories and manifest.json.",
    .examples = examples,
    .options = options,
    .options_size = sizeof(struct verify_arguments),
    .defaults = &defaults,
    .operands_min = 1,
    .operands_max = 1,
    .complete = COMPLETE_FILE,
    .run = run,
};
