/* Packages for machines, schema ullage.packages/1: docs/packages.schema.json. */
#include <string.h>

#include "analyzer/report/inventory.h"
#include "core/memory.h"

#ifndef ULLAGE_VERSION
#define ULLAGE_VERSION "unknown"
#endif

static void write_package(struct json_writer *json, const struct packages *packages,
                          const struct package *package)
{
    json_open_object(json);
    json_add_text(json, "kind", package_kind_name(package->kind));
    json_add_text(json, "name", package->name);
    json_add_text(json, "version", package->version);
    json_add_text(json, "architecture", package->architecture);
    json_add_int(json, "bytes", package->bytes);
    json_add_int(json, "shared_bytes", package->shared_bytes);
    json_add_int(json, "files", package->files);
    json_add_int(json, "layer", package->layer);
    report_json_path(json, "record", package->place);
    json_add_text(json, "built_into", package->within == PACKAGE_NONE
                                          ? NULL
                                          : packages->items[package->within].name);
    json_close_object(json);
}

static void write_unowned(struct json_writer *json, const struct packages *packages, size_t most)
{
    json_key(json, "unowned");
    json_open_object(json);
    json_add_int(json, "bytes", packages->unowned_bytes);
    json_add_int(json, "files", packages->unowned_files);
    json_key(json, "directories");
    json_open_array(json);
    for (size_t i = 0; i < packages->unowned.count && i < most; i++) {
        const struct directory_row *row = &packages->unowned.rows[i];
        json_open_object(json);
        report_json_path(json, "path", row->path);
        json_add_bool(json, "files_only", row->files_only);
        json_add_int(json, "bytes", row->new_bytes);
        json_add_int(json, "files", row->new_files);
        json_close_object(json);
    }
    json_close_array(json);
    json_close_object(json);
}

static void write_warnings(struct json_writer *json, const struct image *image)
{
    json_key(json, "warnings");
    json_open_array(json);
    for (size_t i = 0; i < image->findings.warning_count; i++) {
        const struct warning *warning = &image->findings.warnings[i];
        json_open_object(json);
        json_add_text(json, "code", warning->code);
        json_add_text(json, "message", warning->message);
        if (warning->layer == NO_LAYER)
            json_add_null(json, "layer");
        else
            json_add_int(json, "layer", warning->layer);
        if (warning->path)
            report_json_path(json, "path", warning->path);
        else
            json_add_null(json, "path");
        json_close_object(json);
    }
    json_close_array(json);
    json_key(json, "limits_hit");
    json_open_array(json);
    for (size_t i = 0; i < image->limits_hit.count; i++)
        json_text(json, image->limits_hit.items[i]);
    json_close_array(json);
}

static int write_json(const struct report *report, const struct report_options *options,
                      const struct sink *sink, struct error *err)
{
    const struct inventory *inventory = report->inventory;
    struct json_writer json;
    size_t count = 0;
    cleanup_free const struct package **sorted = inventory_sort(inventory, &count);
    size_t most = options->top ? (size_t)options->top : SIZE_MAX;
    json_writer_start(&json, *sink, false);
    json_open_object(&json);
    json_add_text(&json, "schema", "ullage.packages/1");
    json_key(&json, "tool");
    json_open_object(&json);
    json_add_text(&json, "name", "ullage");
    json_add_text(&json, "version", ULLAGE_VERSION);
    json_close_object(&json);
    json_add_text(&json, "input", report->analysis->input);
    json_add_int(&json, "live_bytes", report->analysis->sizes.live_bytes);
    json_add_int(&json, "owned_bytes", inventory->packages->owned_bytes);
    json_add_int(&json, "packages_total", (int64_t)count);
    json_key(&json, "packages");
    json_open_array(&json);
    for (size_t i = 0; i < count && i < most && !inventory->only_unowned; i++)
        write_package(&json, inventory->packages, sorted[i]);
    json_close_array(&json);
    write_unowned(&json, inventory->packages, most);
    write_warnings(&json, report->analysis->image);
    json_close_object(&json);
    json_newline(&json);
    return json_writer_finish(&json, err);
}

const struct report_format inventory_format_json = {
    .name = "json",
    .summary = "schema ullage.packages/1",
    .write = write_json,
};
