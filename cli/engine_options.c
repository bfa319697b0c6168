#include "cli/engine_options.h"

#include <string.h>

#include "core/escape.h"

const char *const engine_choices[] = {"auto", "docker", "podman", "nerdctl", NULL};
const char *const engine_formats[] = {"table", "json", NULL};

int engine_open(struct client **ret_client, const struct engine_arguments *arguments,
                const struct file_output *output, struct error *err)
{
    struct client_options options = {.dry_run_sink = output->sink};
    const char *name = arguments->engine ? engine_choices[arguments->engine] : NULL;
    if (client_choose(&options.kind, name, err) < 0)
        return -1;
    if (arguments->timeout &&
        timespan_parse(&options.timeout_ms, arguments->timeout, err) < 0)
        return error_prefix(err, "--timeout");
    if (arguments->dry_run)
        options.dry_run =
            arguments->format == ENGINE_FORMAT_JSON ? DRY_RUN_JSON : DRY_RUN_SHELL;
    return client_open(ret_client, &options, err);
}

void engine_table_add(struct engine_table *table, const char *cell)
{
    cleanup_strbuf struct strbuf shown = STRBUF_INIT;
    escape_for_terminal(&shown, span_of_text(cell));
    strvec_add(&table->cells, shown.buf);
}

static size_t characters(const char *text)
{
    size_t count = 0;
    for (; *text; text++)
        count += ((unsigned char)*text & 0xc0) != 0x80;
    return count;
}

/* The width of each column but the last, which nothing follows. */
static void measure(const struct engine_table *table, size_t *widths)
{
    memset(widths, 0, table->columns * sizeof *widths);
    for (size_t i = 0; i < table->cells.count; i++) {
        size_t width = characters(table->cells.items[i]);
        if (width > widths[i % table->columns])
            widths[i % table->columns] = width;
    }
}

int engine_table_print(const struct engine_table *table, const struct sink *sink,
                       struct error *err)
{
    cleanup_strbuf struct strbuf text = STRBUF_INIT;
    cleanup_free size_t *widths = memory_alloc(table->columns * sizeof *widths);
    measure(table, widths);
    for (size_t i = 0; i < table->cells.count; i++) {
        const char *cell = table->cells.items[i];
        size_t column = i % table->columns;
        strbuf_add_text(&text, cell);
        if (column + 1 == table->columns)
            strbuf_add_char(&text, '\n');
        else
            strbuf_add_repeat(&text, ' ', widths[column] - characters(cell) + 3);
    }
    return sink_write(sink, text.buf, text.len, err);
}

void engine_table_release(struct engine_table *table)
{
    strvec_release(&table->cells);
}
