#include "cli/listing.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "cli/image_options.h"
#include "cli/progress.h"
#include "core/date.h"
#include "core/escape.h"

#define PENDING_BYTES 65536

int browse_with_options(struct browse **ret_browse, const struct image_arguments *arguments,
                        const struct invocation *invocation, struct limits *limits,
                        struct error *err)
{
    struct analysis_options options;
    struct progress_line line;
    const char *argument = invocation->operands[0];
    if (image_arguments_read(arguments, invocation, limits, &options, err) < 0)
        return -1;
    progress_line_start(&line, invocation, argument);
    options.progress = &line.progress;
    int result = browse_open(ret_browse, argument, &options, err);
    progress_line_stop(&line);
    return result;
}

int listing_start(struct listing *listing, const struct listing_arguments *arguments,
                  const struct invocation *invocation, const char *input, struct error *err)
{
    *listing = (struct listing){
        .arguments = arguments,
        .style = strcmp(arguments->output, "-") == 0 ? invocation->terminal.output
                                                     : &style_plain,
        .pending = STRBUF_INIT,
    };
    if (file_create(&listing->output, arguments->output, err) < 0)
        return -1;
    if (!arguments->json)
        return 0;
    json_writer_start(&listing->json, listing->output.sink, false);
    json_open_object(&listing->json);
    json_add_text(&listing->json, "schema", "ullage.list/1");
    json_add_text(&listing->json, "input", input);
    json_key(&listing->json, "entries");
    json_open_array(&listing->json);
    return 0;
}

static int send(struct listing *listing, struct error *err)
{
    int result = sink_write(&listing->output.sink, listing->pending.buf, listing->pending.len,
                            err);
    strbuf_reset(&listing->pending);
    return result;
}

void item_mode_text(const struct item *item, char text[MODE_TEXT_MAX])
{
    static const char kinds[] = {
        [TAR_FILE] = '-', [TAR_DIR] = 'd',      [TAR_SYMLINK] = 'l', [TAR_HARDLINK] = 'h',
        [TAR_CHAR] = 'c', [TAR_BLOCKDEV] = 'b', [TAR_FIFO] = 'p',
    };
    static const char letters[] = "rwxrwxrwx";
    static const struct {
        unsigned bit;
        unsigned place;
        char with_x, without_x;
    } special[] = {{04000, 3, 's', 'S'}, {02000, 6, 's', 'S'}, {01000, 9, 't', 'T'}};
    text[0] = kinds[item->kind];
    for (unsigned i = 0; i < 9; i++)
        text[i + 1] = item->mode & (0400u >> i) ? letters[i] : '-';
    for (size_t i = 0; i < ARRAY_SIZE(special); i++)
        if (item->mode & special[i].bit)
            text[special[i].place] =
                text[special[i].place] == 'x' ? special[i].with_x : special[i].without_x;
    text[10] = '\0';
    if (!item->has_attributes)
        memcpy(text + 1, "?????????", 9);
    if (item->state == STATE_WHITEOUT)
        memcpy(text, "whiteout--", 10);
    if (item->state == STATE_OPAQUE)
        memcpy(text, "opaque----", 10);
}

static void add_size(struct strbuf *line, const struct item *item, enum size_style style)
{
    char text[SIZE_TEXT_MAX];
    if (item->kind == TAR_CHAR || item->kind == TAR_BLOCKDEV)
        snprintf(text, sizeof text, "%" PRIu32 ",%" PRIu32, item->dev_major, item->dev_minor);
    else if (item->kind == TAR_FILE && item->state != STATE_WHITEOUT)
        size_format(item->size, style, text);
    else
        snprintf(text, sizeof text, "-");
    strbuf_addf(line, " %9s", text);
}

static void add_long_line(struct listing *listing, const struct item *item)
{
    const struct style *style = listing->style;
    struct strbuf *line = &listing->pending;
    char mode[MODE_TEXT_MAX], owner[48], date[DATE_TEXT_MAX], layer[16] = "-";
    item_mode_text(item, mode);
    snprintf(owner, sizeof owner, "%" PRId64 ":%" PRId64, item->uid, item->gid);
    if (!item->has_attributes || !date_format(item->mtime, date))
        snprintf(date, sizeof date, "%-16s", "-");
    date[10] = ' ';
    date[16] = '\0'; /* to the minute */
    if (item->layer != NO_LAYER)
        snprintf(layer, sizeof layer, "%" PRIu32, item->layer);
    strbuf_addf(line, "%s %11s", mode, item->has_attributes ? owner : "-");
    add_size(line, item, listing_size_style(listing->arguments));
    strbuf_addf(line, "  %s%s%s  %3s  ", style->dim, date, style->reset, layer);
    bool dead = item->state == STATE_DEAD;
    strbuf_add_text(line, dead ? style->red : item->kind == TAR_DIR ? style->bold : "");
    escape_for_terminal(line, span_of_text(item->path));
    strbuf_add_text(line, dead || item->kind == TAR_DIR ? style->reset : "");
    if (item->link) {
        strbuf_add_text(line, item->kind == TAR_HARDLINK ? " = " : " -> ");
        escape_for_terminal(line, span_of_text(item->link));
    }
    if (item->killed_by != NO_LAYER)
        strbuf_addf(line, "  %s(dead since layer %" PRIu32 ")%s", style->dim, item->killed_by,
                    style->reset);
    else if (dead)
        strbuf_addf(line, "  %s(dead)%s", style->dim, style->reset);
    strbuf_add_char(line, '\n');
}

static void add_layer(struct json_writer *json, const char *key, uint32_t layer)
{
    if (layer == NO_LAYER)
        json_add_null(json, key);
    else
        json_add_int(json, key, layer);
}

static void add_json(struct listing *listing, const struct item *item)
{
    struct json_writer *json = &listing->json;
    char mode[16], date[DATE_TEXT_MAX];
    snprintf(mode, sizeof mode, "%04" PRIo32, item->mode);
    bool dated = item->has_attributes && date_format(item->mtime, date);
    json_open_object(json);
    add_layer(json, "layer", item->layer);
    json_add_path(json, "path", item->path);
    json_add_text(json, "kind", entry_kind_name(item->kind));
    json_add_text(json, "mode", item->has_attributes ? mode : NULL);
    json_add_int(json, "uid", item->uid);
    json_add_int(json, "gid", item->gid);
    json_add_int(json, "size", item->size);
    json_add_text(json, "mtime", dated ? date : NULL);
    if (item->link)
        json_add_path(json, "link", item->link);
    else
        json_add_null(json, "link");
    json_add_text(json, "state", entry_state_name(item->state));
    add_layer(json, "killed_by", item->killed_by);
    json_add_int(json, "bytes", item->bytes);
    if (item->node != NODE_NONE && item->kind == TAR_DIR)
        json_add_int(json, "files", item->files);
    json_close_object(json);
}

int listing_add(void *context, const struct item *item, struct error *err)
{
    struct listing *listing = context;
    listing->count++;
    if (listing->arguments->json) {
        add_json(listing, item);
        return 0;
    }
    if (listing->arguments->null) {
        strbuf_add(&listing->pending, item->path, strlen(item->path) + 1);
    } else if (listing->arguments->names) {
        escape_for_terminal(&listing->pending, span_of_text(item->path));
        strbuf_add_char(&listing->pending, '\n');
    } else {
        add_long_line(listing, item);
    }
    return listing->pending.len < PENDING_BYTES ? 0 : send(listing, err);
}

int listing_add_line(struct listing *listing, const char *line, struct error *err)
{
    strbuf_add_text(&listing->pending, line);
    return listing->pending.len < PENDING_BYTES ? 0 : send(listing, err);
}

int listing_finish(struct listing *listing, bool failed, struct error *err)
{
    int result = failed ? -1 : 0;
    if (listing->arguments->json) {
        json_close_array(&listing->json);
        json_close_object(&listing->json);
        json_newline(&listing->json);
        if (json_writer_finish(&listing->json, err) < 0)
            result = -1;
    } else if (result == 0) {
        result = send(listing, err);
    }
    strbuf_release(&listing->pending);
    if (result < 0) {
        file_discard(&listing->output);
        return -1;
    }
    return file_commit(&listing->output, err);
}
