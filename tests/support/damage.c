#include "tests/support/damage.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "analyzer/analysis.h"
#include "tests/support/imagemaker.h"
#include "tests/support/tarmaker.h"

void scratch_open(struct scratch *scratch, const void *data, size_t size)
{
    scratch->fd = memfd_create("ullage-test", MFD_CLOEXEC);
    if (scratch->fd < 0 || (size && write(scratch->fd, data, size) != (ssize_t)size))
        abort();
    snprintf(scratch->path, sizeof scratch->path, "/proc/self/fd/%d", scratch->fd);
}

void scratch_write(struct scratch *scratch, size_t at, unsigned char byte)
{
    if (pwrite(scratch->fd, &byte, 1, (off_t)at) != 1)
        abort();
}

void scratch_cut(struct scratch *scratch, size_t size)
{
    if (ftruncate(scratch->fd, (off_t)size) < 0)
        abort();
}

void scratch_close(struct scratch *scratch)
{
    close(scratch->fd);
}

void bytes_read_file(struct bytes *ret_bytes, const char *path)
{
    FILE *file = fopen(path, "rb");
    unsigned char buffer[65536];
    size_t got;
    if (!file)
        abort();
    while ((got = fread(buffer, 1, sizeof buffer, file)) > 0)
        bytes_add(ret_bytes, buffer, got);
    fclose(file);
}

static void small_layer(struct bytes *ret_layer)
{
    struct tarmaker tar = TARMAKER_INIT;
    tarmaker_file_str(&tar, "a", "hello\n");
    tarmaker_finish(&tar);
    *ret_layer = tar.out;
}

static void add_text(struct tarmaker *tar, const char *name, const char *text)
{
    tarmaker_file(tar, name, text, strlen(text));
}

void docker_archive_make(const struct docker_parts *parts, struct bytes *ret_archive)
{
    struct tarmaker tar = TARMAKER_INIT;
    struct bytes config = BYTES_INIT, layer = BYTES_INIT;
    char hex[65];
    if (parts->layer)
        bytes_add(&layer, parts->layer, parts->layer_size);
    else
        small_layer(&layer);
    image_sha256(layer.data, layer.size, hex);
    bytes_printf(
        &config,
        "{\"architecture\":\"amd64\",\"os\":\"linux\",\"rootfs\":{\"type\":\"layers\","
        "\"diff_ids\":[\"sha256:%s\"]}}",
        hex);
    bytes_add(&config, "", 1);
    add_text(&tar, "manifest.json",
             parts->manifest ? parts->manifest
                             : "[{\"Config\":\"cfg.json\",\"RepoTags\":[\"a:1\"],"
                               "\"Layers\":[\"layer.tar\"]}]");
    add_text(&tar, "cfg.json", parts->config ? parts->config : (const char *)config.data);
    tarmaker_file(&tar, "layer.tar", layer.data, layer.size);
    tarmaker_finish(&tar);
    bytes_release(&config);
    bytes_release(&layer);
    *ret_archive = tar.out;
}

static void add_blob(struct tarmaker *tar, const void *data, size_t size, char hex[65])
{
    char name[96];
    image_sha256(data, size, hex);
    snprintf(name, sizeof name, "blobs/sha256/%s", hex);
    tarmaker_file(tar, name, data, size);
}

void oci_archive_make(const struct oci_parts *parts, struct bytes *ret_archive)
{
    struct tarmaker tar = TARMAKER_INIT;
    struct bytes layer = BYTES_INIT, config = BYTES_INIT, manifest = BYTES_INIT,
                 index = BYTES_INIT;
    char layer_hex[65], config_hex[65], manifest_hex[65];
    small_layer(&layer);
    add_blob(&tar, layer.data, layer.size, layer_hex);

    if (parts->config)
        bytes_add_str(&config, parts->config);
    else
        bytes_printf(&config,
                     "{\"architecture\":\"amd64\",\"os\":\"linux\",\"rootfs\":{\"type\":"
                     "\"layers\",\"diff_ids\":[\"sha256:%s\"]}}",
                     layer_hex);
    add_blob(&tar, config.data, config.size, config_hex);

    if (parts->manifest)
        bytes_add_str(&manifest, parts->manifest);
    else
        bytes_printf(
            &manifest,
            "{\"schemaVersion\":2,\"config\":{\"mediaType\":"
            "\"application/vnd.oci.image.config.v1+json\",\"digest\":\"sha256:%s\","
            "\"size\":%zu},\"layers\":[{\"mediaType\":"
            "\"application/vnd.oci.image.layer.v1.tar\",\"digest\":\"sha256:%s\","
            "\"size\":%zu}]}",
            config_hex, config.size, layer_hex, layer.size);
    add_blob(&tar, manifest.data, manifest.size, manifest_hex);

    if (parts->index)
        bytes_add_str(&index, parts->index);
    else
        bytes_printf(
            &index,
            "{\"schemaVersion\":2,\"manifests\":[{\"mediaType\":"
            "\"application/vnd.oci.image.manifest.v1+json\",\"digest\":\"sha256:%s\","
            "\"size\":%zu}]}",
            manifest_hex, manifest.size);
    tarmaker_file(&tar, "index.json", index.data, index.size);
    add_text(&tar, "oci-layout", "{\"imageLayoutVersion\":\"1.0.0\"}");
    tarmaker_finish(&tar);
    bytes_release(&layer);
    bytes_release(&config);
    bytes_release(&manifest);
    bytes_release(&index);
    *ret_archive = tar.out;
}

const char *broken_identity(const struct analysis *analysis)
{
    const struct accounting *accounting = &analysis->accounting;
    const struct sizes *sizes = &analysis->sizes;
    int64_t causes = 0, content = 0, live = 0, dead = 0, waste = 0;
    for (size_t i = 0; i < CAUSE_COUNT; i++)
        causes += accounting->dead_by_cause[i];
    for (size_t i = 0; i < accounting->layer_count; i++) {
        content += accounting->layers[i].content_bytes;
        live += accounting->layers[i].live_bytes;
        dead += accounting->layers[i].dead_bytes;
    }
    for (size_t i = 0; i < analysis->waste_count; i++)
        waste += analysis->waste[i].dead_bytes;
    if (causes != accounting->dead_bytes)
        return "the causes do not sum to dead";
    if (sizes->live_bytes + sizes->dead_bytes != sizes->content_bytes)
        return "live and dead are not content";
    if (content != sizes->content_bytes || live != sizes->live_bytes ||
        dead != sizes->dead_bytes)
        return "the layers do not sum to the totals";
    if (accounting->live_bytes != sizes->live_bytes ||
        accounting->dead_bytes != sizes->dead_bytes)
        return "the sizes are not the accounting's";
    if (waste > sizes->dead_bytes)
        return "more waste than dead";
    if (sizes->duplicate_bytes > sizes->live_bytes || sizes->duplicate_bytes < 0)
        return "more duplicates than live";
    if (sizes->live_bytes < 0 || sizes->dead_bytes < 0 || sizes->blob_bytes < 0 ||
        sizes->tar_bytes < 0 || sizes->download_bytes < 0)
        return "a size is negative";
    double efficiency = sizes_efficiency(sizes);
    return efficiency >= 0 && efficiency <= 1 ? NULL : "the efficiency is no ratio";
}
