#include "analyzer/report/inventory.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "analyzer/report/cells.h"
#include "core/memory.h"

#define WARNINGS_SHOWN 10

static int compare_texts(const char *a, const char *b)
{
    return strcmp(a ? a : "", b ? b : "");
}

static int compare_packages(const void *a, const void *b)
{
    const struct package *left = *(const struct package *const *)a;
    const struct package *right = *(const struct package *const *)b;
    if (left->bytes != right->bytes)
        return left->bytes > right->bytes ? -1 : 1;
    int order = strcmp(package_kind_name(left->kind), package_kind_name(right->kind));
    order = order ? order : compare_texts(left->name, right->name);
    order = order ? order : compare_texts(left->version, right->version);
    return order ? order : compare_texts(left->place, right->place);
}

const struct package **inventory_sort(const struct inventory *inventory, size_t *ret_count)
{
    const struct packages *packages = inventory->packages;
    const struct package **sorted = memory_alloc_zero(packages->count, sizeof *sorted);
    size_t count = 0;
    for (size_t i = 0; i < packages->count; i++)
        if (!inventory->kind ||
            strcmp(package_kind_name(packages->items[i].kind), inventory->kind) == 0)
            sorted[count++] = &packages->items[i];
    if (count)
        qsort(sorted, count, sizeof *sorted, compare_packages);
    *ret_count = count;
    return sorted;
}

void inventory_add_warnings(struct strbuf *out, const struct report *report,
                            const struct report_options *options)
{
    const struct findings *findings = &report->analysis->image->findings;
    size_t shown = 0, count = 0;
    for (size_t i = 0; i < findings->warning_count; i++) {
        const struct warning *warning = &findings->warnings[i];
        if (strcmp(warning->code, "packages") != 0 && strcmp(warning->code, "limit") != 0)
            continue;
        if (count++ >= WARNINGS_SHOWN)
            continue;
        shown++;
        cleanup_strbuf struct strbuf line = STRBUF_INIT;
        strbuf_addf(&line, "warning: %s%s%s", warning->path ? warning->path : "",
                    warning->path ? ": " : "", warning->message);
        strbuf_add_text(out, shown == 1 ? "\n  " : "  ");
        cell_add_cut(out, line.buf, options->width - 2);
        strbuf_add_char(out, '\n');
    }
    if (count > shown)
        strbuf_addf(out, "  and %zu more warnings\n", count - shown);
}
