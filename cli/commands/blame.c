#include "analyzer/blame.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "cli/image_options.h"
#include "cli/listing.h"
#include "core/date.h"
#include "core/escape.h"

struct blame_options {
    struct image_arguments image;
    const char *output;
    bool json;
};

static const struct blame_options defaults = {.output = "-"};

static const struct option options[] = {
    {.name = "json",
     .type = OPTION_FLAG,
     OPTION_AT(struct blame_options, json),
     .summary = "print JSON, schema ullage.blame/1",
     .group = "Output"},
    {.name = "output",
     .letter = 'o',
     .type = OPTION_TEXT,
     OPTION_AT(struct blame_options, output),
     .argument = "FILE",
     .summary = "write to FILE instead of standard output",
     .complete = COMPLETE_FILE,
     .group = "Output"},
    IMAGE_OPTIONS(struct blame_options),
    OPTION_END,
};

static void add_changes(struct strbuf *out, unsigned changes)
{
    const char *name, *comma = "";
    if (!changes)
        strbuf_add_text(out, "nothing");
    while ((name = blame_next_change(&changes))) {
        strbuf_addf(out, "%s%s", comma, name);
        comma = ", ";
    }
}

static void add_version(struct strbuf *out, const struct browse *browse,
                        const struct blame_version *version, const struct style *style)
{
    const struct layer *layer = layer_of(&browse->accounting, version->layer);
    const struct entry *entry = &layer->entries[version->entry];
    cleanup_free char *instruction = browse_instruction(browse, version->layer);
    strbuf_addf(out, "%slayer %-3" PRIu32 "%s %s%s%s", style->bold, version->layer,
                style->reset, version->event > BLAME_CHANGED ? style->red : style->green,
                blame_event_name(version->event), style->reset);
    if (version->event <= BLAME_CHANGED) {
        const struct owner *owner = &layer->owners[entry->owner];
        struct item item = {.kind = (enum tar_kind)entry->kind,
                            .mode = owner->mode,
                            .has_attributes = true};
        char mode[MODE_TEXT_MAX], size[SIZE_TEXT_MAX], date[DATE_TEXT_MAX] = "-";
        item_mode_text(&item, mode);
        date_format(entry->mtime, date);
        strbuf_addf(out, "%*s%s  %" PRId64 ":%" PRId64 "  %s  %s",
                    version->event == BLAME_ADDED ? 4 : 2, "", mode, owner->uid, owner->gid,
                    entry->kind == TAR_FILE ? size_format(entry_size(entry), SIZE_DECIMAL, size)
                                            : entry_kind_name((enum tar_kind)entry->kind),
                    date);
        if (entry_link(entry)) {
            strbuf_add_text(out, entry->kind == TAR_HARDLINK ? " = /" : " -> ");
            escape_for_terminal(out, span_of_text(entry_link(entry)));
        }
    } else if (version->by) {
        strbuf_add_text(out, version->event == BLAME_HIDDEN ? " behind " : " with ");
        escape_for_terminal(out, span_of_text(version->by));
    }
    strbuf_add_char(out, '\n');
    if (version->event == BLAME_CHANGED) {
        strbuf_add_text(out, "          changed: ");
        add_changes(out, version->changes);
        strbuf_add_char(out, '\n');
    }
    strbuf_addf(out, "          %s", style->dim);
    if (instruction)
        escape_for_terminal(out, span_of_text(instruction));
    else
        strbuf_add_text(out, "by an unknown instruction");
    strbuf_addf(out, "%s\n", style->reset);
}

static int print_text(const struct browse *browse, const struct blame *blame,
                      const struct style *style, const struct sink *sink, struct error *err)
{
    cleanup_strbuf struct strbuf out = STRBUF_INIT;
    const struct blame_version *last = &blame->versions[blame->count - 1];
    for (size_t i = 0; i < blame->count; i++)
        add_version(&out, browse, &blame->versions[i], style);
    if (browse_steps_without_layer(browse))
        strbuf_addf(&out,
                    "%snote: the history has fewer steps with a layer than the image has layers, "
                    "so instructions may belong to other layers%s\n",
                    style->dim, style->reset);
    escape_for_terminal(&out, span_of_text(blame->path));
    if (blame->visible)
        strbuf_addf(&out, " is there, as layer %" PRIu32 " left it\n", last->layer);
    else
        strbuf_addf(&out, " is not there since layer %" PRIu32 "\n", last->layer);
    return sink_write(sink, out.buf, out.len, err);
}

static void add_path(struct json_writer *json, const char *key, const char *path)
{
    if (path)
        json_add_path(json, key, path);
    else
        json_add_null(json, key);
}

static void write_version(struct json_writer *json, const struct browse *browse,
                          const struct blame_version *version)
{
    const struct layer *layer = layer_of(&browse->accounting, version->layer);
    const struct entry *entry = &layer->entries[version->entry];
    const struct owner *owner = &layer->owners[entry->owner];
    cleanup_free char *instruction = browse_instruction(browse, version->layer);
    bool made = version->event <= BLAME_CHANGED;
    unsigned changes = version->changes;
    const char *name;
    char mode[16], date[DATE_TEXT_MAX];
    snprintf(mode, sizeof mode, "%04" PRIo32, owner->mode);
    json_open_object(json);
    json_add_int(json, "layer", version->layer);
    json_add_text(json, "event", blame_event_name(version->event));
    json_key(json, "changes");
    json_open_array(json);
    while ((name = blame_next_change(&changes)))
        json_text(json, name);
    json_close_array(json);
    json_add_text(json, "kind", made ? entry_kind_name((enum tar_kind)entry->kind) : NULL);
    json_add_text(json, "mode", made ? mode : NULL);
    json_add_int(json, "uid", made ? owner->uid : 0);
    json_add_int(json, "gid", made ? owner->gid : 0);
    json_add_int(json, "size", made && entry->kind == TAR_FILE ? entry_size(entry) : 0);
    json_add_text(json, "mtime", made && date_format(entry->mtime, date) ? date : NULL);
    add_path(json, "by", version->by);
    json_add_text(json, "instruction", instruction);
    json_close_object(json);
}

static int print_json(const struct browse *browse, const struct blame *blame, const char *input,
                      const struct sink *sink, struct error *err)
{
    struct json_writer json;
    json_writer_start(&json, *sink, false);
    json_open_object(&json);
    json_add_text(&json, "schema", "ullage.blame/1");
    json_add_text(&json, "input", input);
    add_path(&json, "path", blame->path);
    json_add_bool(&json, "visible", blame->visible);
    json_key(&json, "versions");
    json_open_array(&json);
    for (size_t i = 0; i < blame->count; i++)
        write_version(&json, browse, &blame->versions[i]);
    json_close_array(&json);
    json_close_object(&json);
    json_newline(&json);
    return json_writer_finish(&json, err);
}

static int print(const struct browse *browse, const struct blame *blame,
                 const struct invocation *invocation, struct error *err)
{
    const struct blame_options *given = invocation->options;
    const struct style *style =
        strcmp(given->output, "-") == 0 ? invocation->terminal.output : &style_plain;
    struct file_output output;
    if (file_create(&output, given->output, err) < 0)
        return -1;
    int result = given->json ? print_json(browse, blame, invocation->operands[0], &output.sink,
                                          err)
                             : print_text(browse, blame, style, &output.sink, err);
    if (result < 0) {
        file_discard(&output);
        return -1;
    }
    return file_commit(&output, err);
}

static int run(const struct invocation *invocation, struct error *err)
{
    const struct blame_options *given = invocation->options;
    struct limits limits;
    struct browse *browse;
    struct blame blame;
    if (browse_refuse_stream(invocation->operands[0], err) < 0 ||
        browse_with_options(&browse, &given->image, invocation, &limits, err) < 0)
        return -1;
    int status = -1;
    if (browse_check_readable(browse, err) == 0 &&
        blame_run(&blame, browse, invocation->operands[1], err) == 0) {
        status = print(browse, &blame, invocation, err) < 0 ? -1 : image_status(browse->image);
        blame_release(&blame);
    }
    browse_free(browse);
    return status;
}

static const struct example examples[] = {
    {"ullage blame app.tar /etc/passwd", "who made it what it is"},
    {"ullage blame app.tar /usr/lib/libfoo.so --json", "the same for a script"},
    {NULL, NULL},
};

const struct command command_blame = {
    .name = "blame",
    .group = "Images",
    .summary = "every version of a path: layer, instruction, size, what changed",
    .usage = "IMAGE PATH",
    .description =
        "Tells which layer shipped the path, which changed it and in what (content, mode, owner, "
        "time, link, extended attributes, kind), and which removed it, each with its instruction. "
        "Contents of equal size are read and compared.",
    .examples = examples,
    .options = options,
    .options_size = sizeof(struct blame_options),
    .defaults = &defaults,
    .operands_min = 2,
    .operands_max = 2,
    .complete = COMPLETE_FILE,
    .run = run,
};
