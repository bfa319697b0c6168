#include "analyzer/base.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>

#include "core/file.h"
#include "core/json.h"

/* Reports grow with their lists; the layers stand near the start, but JSON is read whole. */
#define REPORT_BYTES_MAX ((size_t)256 << 20)

static int take_number(struct analysis *analysis, const char *text, struct error *err)
{
    size_t layers = analysis->image->chosen->layer_count;
    unsigned long number = strtoul(text, NULL, 10);
    if (strlen(text) > 9 || number > layers)
        return error_set(err, ERROR_USAGE, "the image has %zu layers, not %s or more", layers,
                         text);
    analysis->base_source = BASE_NUMBER;
    analysis->base_layers = (uint32_t)number;
    return 0;
}

static int compare_layers(struct analysis *analysis, const struct digest *diff_ids, size_t count,
                          struct error *err)
{
    const struct candidate *chosen = analysis->image->chosen;
    if (count > chosen->layer_count)
        return error_set(err, ERROR_BASELINE, "the base has %zu layers, the image only %zu",
                         count, chosen->layer_count);
    for (size_t i = 0; i < count; i++)
        if (!digest_is_set(&diff_ids[i]) ||
            !digest_equal(&diff_ids[i], &chosen->layers[i].diff_id))
            return error_set(err, ERROR_BASELINE, "its layer %zu is not the image's layer %zu",
                             i, i);
    analysis->base_layers = (uint32_t)count;
    return 0;
}

static int take_report(struct analysis *analysis, const json_t *report, struct error *err)
{
    json_t *layers, *layer;
    size_t index;
    const char *schema = json_string_value(json_object_get(report, "schema"));
    if (!schema || strncmp(schema, "ullage.report/", 14) != 0)
        return error_set(err, ERROR_INPUT, "is JSON, but no report of ullage");
    if (json_get_typed(&layers, report, "layers", JSON_ARRAY, err) < 0)
        return -1;
    size_t count = json_array_size(layers);
    cleanup_free struct digest *diff_ids = memory_alloc_zero(count, sizeof *diff_ids);
    json_array_foreach(layers, index, layer)
    {
        const char *text = json_string_value(json_object_get(layer, "diff_id"));
        digest_parse(&diff_ids[index], span_of_text(text ? text : ""));
    }
    analysis->base_source = BASE_REPORT;
    return compare_layers(analysis, diff_ids, count, err);
}

static int take_archive(struct analysis *analysis, const char *path,
                        const struct analysis_options *options, struct error *err)
{
    struct image *base;
    struct image_options image_options = {
        .limits = options->limits,
        .platform = options->platform,
        .threads = options->threads,
        .only_documents = true,
    };
    if (image_open(&base, path, &image_options, err) < 0)
        return -1;
    size_t count = base->chosen->layer_count;
    cleanup_free struct digest *diff_ids = memory_alloc_zero(count, sizeof *diff_ids);
    for (size_t i = 0; i < count; i++)
        diff_ids[i] = base->chosen->layers[i].diff_id;
    image_free(base);
    analysis->base_source = BASE_ARCHIVE;
    return compare_layers(analysis, diff_ids, count, err);
}

int base_find(struct analysis *analysis, const char *base, const struct analysis_options *options,
              struct error *err)
{
    if (*base && strspn(base, "0123456789") == strlen(base))
        return take_number(analysis, base, err);
    cleanup_strbuf struct strbuf text = STRBUF_INIT;
    cleanup_json json_t *report = NULL;
    char first = '\0';
    cleanup_fd int fd = open(base, O_RDONLY | O_CLOEXEC);
    if (fd >= 0 && file_read_at(fd, &first, 1, 0) == 1 && first == '{') {
        if (file_read(&text, base, REPORT_BYTES_MAX, err) < 0 ||
            json_parse(&report, span_of(text.buf, text.len), err) < 0 ||
            take_report(analysis, report, err) < 0)
            return error_prefix(err, "%s", base);
        return 0;
    }
    return take_archive(analysis, base, options, err);
}
