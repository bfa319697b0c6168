/* A row for each package, RFC 4180; all rows, since a spreadsheet can cut them itself. What no package owns
 * is a last row of the kind "none". */
#include <inttypes.h>

#include "analyzer/report/inventory.h"
#include "core/escape.h"
#include "core/memory.h"

#define HEADER "kind,name,version,architecture,bytes,shared_bytes,files,layer,record,built_into\r\n"

static void add_text(struct strbuf *row, const char *text)
{
    strbuf_add_char(row, ',');
    escape_for_csv(row, span_of_text(text ? text : ""));
}

static void format_row(struct strbuf *row, const struct packages *packages,
                       const struct package *package)
{
    strbuf_add_text(row, package_kind_name(package->kind));
    add_text(row, package->name);
    add_text(row, package->version);
    add_text(row, package->architecture);
    strbuf_addf(row, ",%" PRId64 ",%" PRId64 ",%" PRId64 ",%" PRIu32, package->bytes,
                package->shared_bytes, package->files, package->layer);
    add_text(row, package->place);
    add_text(row, package->within == PACKAGE_NONE ? NULL : packages->items[package->within].name);
    strbuf_add_text(row, "\r\n");
}

static int write_csv(const struct report *report, const struct report_options *options,
                     const struct sink *sink, struct error *err)
{
    const struct inventory *inventory = report->inventory;
    size_t count = 0;
    cleanup_free const struct package **sorted = inventory_sort(inventory, &count);
    cleanup_strbuf struct strbuf row = STRBUF_INIT;
    (void)options;
    if (sink_write(sink, HEADER, sizeof HEADER - 1, err) < 0)
        return -1;
    for (size_t i = 0; i < count && !inventory->only_unowned; i++) {
        strbuf_reset(&row);
        format_row(&row, inventory->packages, sorted[i]);
        if (sink_write(sink, row.buf, row.len, err) < 0)
            return -1;
    }
    if (inventory->kind)
        return 0;
    strbuf_reset(&row);
    strbuf_addf(&row, "none,,,,%" PRId64 ",0,%" PRId64 ",,,\r\n", inventory->packages->unowned_bytes,
                inventory->packages->unowned_files);
    return sink_write(sink, row.buf, row.len, err);
}

const struct report_format inventory_format_csv = {
    .name = "csv",
    .summary = "a row for each package",
    .write = write_csv,
};
