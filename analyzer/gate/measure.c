#include "analyzer/gate/measure.h"

#include "analyzer/checks.h"

#include <math.h>
#include <string.h>

static const struct measure_row rows[MEASURE_COUNT] = {
#define MEASURE(id, text, kind, least, layers, paths)                                              \
    [MEASURE_##id] = {.name = text,                                                                \
                      .unit = UNIT_##kind,                                                         \
                      .at_least = least,                                                           \
                      .by_layer = layers,                                                          \
                      .by_path = paths},
#include "analyzer/gate/measures.def"
#undef MEASURE
};

const char *const measure_names[] = {
#define MEASURE(id, text, kind, least, layers, paths) text,
#include "analyzer/gate/measures.def"
#undef MEASURE
    NULL,
};

const struct measure_row *measure_row(enum measure measure)
{
    return &rows[measure];
}

enum measure measure_find(const char *name)
{
    for (enum measure i = 0; i < MEASURE_COUNT; i++)
        if (strcmp(rows[i].name, name) == 0)
            return i;
    return MEASURE_NONE;
}

static int64_t of_layer(const struct analysis *analysis, enum measure measure, size_t index)
{
    const struct layer *layer = analysis->image->chosen->layers[index].layer;
    const struct layer_sums *sums = &analysis->accounting.layers[index];
    if (measure == MEASURE_LAYERS)
        return 1;
    if (!layer) /* its blob is absent, its figures are zero */
        return 0;
    switch (measure) {
    case MEASURE_BLOB_BYTES:
        return layer->blob_bytes;
    case MEASURE_TAR_BYTES:
        return layer->tar_bytes;
    case MEASURE_CONTENT_BYTES:
    case MEASURE_SHIPPED:
        return sums->content_bytes;
    case MEASURE_LIVE_BYTES:
        return sums->live_bytes;
    case MEASURE_DEAD_BYTES:
        return sums->dead_bytes;
    case MEASURE_DUPLICATE_BYTES:
        return sums->duplicate_bytes;
    case MEASURE_DOWNLOAD_BYTES:
        return analysis->download.layers[index];
    case MEASURE_ENTRIES:
        return sums->entries;
    default:
        return 0;
    }
}

static int64_t sum_layers(const struct analysis *analysis, enum measure measure,
                          struct layer_range extent)
{
    int64_t sum = 0;
    for (size_t i = extent.from; i < extent.to; i++)
        sum += of_layer(analysis, measure, i);
    return sum;
}

static int64_t count_files(const struct analysis *analysis, struct layer_range extent)
{
    const struct tree *tree = &analysis->accounting.tree;
    int64_t count = 0;
    for (size_t i = 0; i < tree->count; i++) {
        const struct tree_node *node = &tree->nodes[i];
        count += node->kind == TAR_FILE && !node->hidden && node->layer >= extent.from &&
                 node->layer < extent.to;
    }
    return count;
}

static double efficiency_of(const struct analysis *analysis, struct layer_range extent)
{
    int64_t content = sum_layers(analysis, MEASURE_CONTENT_BYTES, extent);
    int64_t live = sum_layers(analysis, MEASURE_LIVE_BYTES, extent);
    return content ? (double)live / (double)content : 1;
}

/* dive divides by the bytes of the layers above the lowest: nothing by nothing is no number, which
 * passes every rule; anything by nothing is infinite, which fails every rule. */
static struct amount dive_percent(const struct dive_block *dive)
{
    if (dive->has_percent)
        return ratio_of(dive->user_wasted_percent);
    return dive->wasted_bytes ? ratio_of(INFINITY) : (struct amount){.known = false};
}

bool measure_counts_finding(enum measure measure, const struct finding *finding)
{
    enum severity severity =
        measure == MEASURE_CHECK_ERRORS ? SEVERITY_ERROR : SEVERITY_WARNING;
    return checks_are_about(finding->rule) && finding_severity(finding->rule) == severity;
}

static struct amount count_findings(const struct analysis *analysis, enum measure measure)
{
    const struct findings *findings = &analysis->image->findings;
    int64_t count = 0;
    for (size_t i = 0; i < findings->count; i++)
        count += measure_counts_finding(measure, &findings->items[i]);
    return analysis->checked ? amount_of(count) : (struct amount){.known = false};
}

struct amount measure_take(const struct analysis *analysis, enum measure measure,
                           struct layer_range extent)
{
    switch (measure) {
    case MEASURE_EFFICIENCY:
        return ratio_of(efficiency_of(analysis, extent));
    case MEASURE_FILES:
        return amount_of(count_files(analysis, extent));
    case MEASURE_DIVE_SIZE:
        return amount_of(analysis->dive.size_bytes);
    case MEASURE_DIVE_WASTED:
        return amount_of(analysis->dive.wasted_bytes);
    case MEASURE_DIVE_PERCENT:
        return dive_percent(&analysis->dive);
    case MEASURE_DIVE_EFFICIENCY:
        return ratio_of(analysis->dive.efficiency_score);
    case MEASURE_CHECK_ERRORS:
    case MEASURE_CHECK_WARNINGS:
        return count_findings(analysis, measure);
    default:
        return amount_of(sum_layers(analysis, measure, extent));
    }
}

bool amount_breaks(struct amount value, struct amount limit, const struct measure_row *row)
{
    if (!value.known || !limit.known)
        return false;
    if (row->unit == UNIT_RATIO)
        return row->at_least ? value.ratio < limit.ratio : value.ratio > limit.ratio;
    return row->at_least ? value.number < limit.number : value.number > limit.number;
}

struct amount amount_over(struct amount value, struct amount limit, const struct measure_row *row)
{
    if (!amount_breaks(value, limit, row))
        return (struct amount){.known = false};
    if (row->unit == UNIT_RATIO)
        return ratio_of(fabs(value.ratio - limit.ratio));
    return amount_of(row->at_least ? limit.number - value.number : value.number - limit.number);
}
