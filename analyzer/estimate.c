#include "analyzer/estimate.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "analyzer/image/sample.h"
#include "core/file.h"
#include "core/memory.h"
#include "core/parallel.h"

#define SAMPLE_BYTES (SAMPLE_PIECES * (int64_t)(SAMPLE_PIECE_BYTES + SAMPLE_WINDOW_BYTES))

#define BLOCK 512

struct sampling {
    const struct image *image;
    struct download *download;
    int64_t budget; /* bytes of all samples, windows included */
    int64_t plain_bytes;
    double stream_ratio; /* of a stream that has passed */
};

/* Where a plain layer's bytes are read from, for pieces whose places rise. */
struct plain {
    ssize_t (*read)(struct plain *plain, unsigned char *buffer, size_t want, int64_t at);
    int64_t size;
    int fd; /* the layer's file, or the root of the folder */
    int64_t base;
    const struct layer *layer; /* of a folder */
    uint32_t entry;            /* in which the last piece began, and where that begins in the tar */
    int64_t begin;
};

static ssize_t read_file(struct plain *plain, unsigned char *buffer, size_t want, int64_t at)
{
    return file_read_at(plain->fd, buffer, want, plain->base + at);
}

static int64_t padded(const struct entry *entry)
{
    return entry_is_file(entry) ? (entry->content + BLOCK - 1) / BLOCK * BLOCK : 0;
}

/* What tar would write for the entry, near enough for its compressed length. */
static void make_header(const struct plain *plain, const struct entry *entry,
                        char header[static BLOCK])
{
    const struct owner *owner = &plain->layer->owners[entry->owner];
    cleanup_strbuf struct strbuf path = STRBUF_INIT;
    entry_path(&path, plain->layer, entry);
    memset(header, 0, BLOCK);
    memcpy(header, path.buf + 1, path.len - 1 < 100 ? path.len - 1 : 100);
    snprintf(header + 100, 57, "%07o%c%07o%c%07o%c%011llo%c%011llo%c%06o", owner->mode & 07777u, 0,
             (unsigned)owner->uid & 07777777u, 0, (unsigned)owner->gid & 07777777u, 0,
             (unsigned long long)entry->content, 0, (unsigned long long)entry->mtime & 077777777777u,
             0, (unsigned)(entry->content + entry->mtime) & 0777777u);
    memcpy(header + 257, "ustar", 6);
}

/* Copies bytes of the entry from `skip` on; a file that is gone or cannot be read leaves zeros. */
static void copy_entry(struct plain *plain, const struct entry *entry, unsigned char *buffer,
                       size_t want, int64_t skip)
{
    char header[BLOCK];
    if (skip < BLOCK) {
        size_t part = (size_t)(BLOCK - skip) < want ? (size_t)(BLOCK - skip) : want;
        make_header(plain, entry, header);
        memcpy(buffer, header + skip, part);
        buffer += part;
        want -= part;
        skip = BLOCK;
    }
    if (!want || !entry_is_file(entry) || skip - BLOCK >= entry->content)
        return;
    cleanup_strbuf struct strbuf path = STRBUF_INIT;
    entry_path(&path, plain->layer, entry);
    cleanup_fd int fd = file_open_beneath(plain->fd, path.buf + 1);
    if (fd < 0)
        return;
    if ((int64_t)want > entry->content - (skip - BLOCK))
        want = (size_t)(entry->content - (skip - BLOCK));
    (void)file_read_at(fd, buffer, want, skip - BLOCK);
}

/* The folder as the tar that it would be. Windows overlap, so the place that is kept is where a piece
 * begins, not where it ends. */
static ssize_t read_folder(struct plain *plain, unsigned char *buffer, size_t want, int64_t at)
{
    const struct layer *layer = plain->layer;
    size_t done = 0;
    memset(buffer, 0, want);
    while (plain->entry < layer->count &&
           at >= plain->begin + BLOCK + padded(&layer->entries[plain->entry])) {
        plain->begin += BLOCK + padded(&layer->entries[plain->entry]);
        plain->entry++;
    }
    int64_t begin = plain->begin;
    for (uint32_t i = plain->entry; done < want && i < layer->count; i++) {
        const struct entry *entry = &layer->entries[i];
        int64_t end = begin + BLOCK + padded(entry);
        size_t part = end - at < (int64_t)(want - done) ? (size_t)(end - at) : want - done;
        copy_entry(plain, entry, buffer + done, part, at - begin);
        done += part;
        at += (int64_t)part;
        begin = end;
    }
    return (ssize_t)want;
}

/* Estimates one plain layer that can be read at will. */
static int64_t sample_layer(const struct sampling *sampling, struct plain *plain)
{
    cleanup_free unsigned char *buffer = memory_alloc(SAMPLE_WINDOW_BYTES + SAMPLE_PIECE_BYTES);
    int64_t size = plain->size;
    int64_t share = (int64_t)((double)sampling->budget * (double)size /
                              (double)sampling->plain_bytes);
    int64_t pieces = share / (int64_t)(SAMPLE_WINDOW_BYTES + SAMPLE_PIECE_BYTES);
    int64_t whole = (size + (int64_t)SAMPLE_PIECE_BYTES - 1) / (int64_t)SAMPLE_PIECE_BYTES;
    if (pieces < 2)
        pieces = 2;
    if (pieces > whole)
        pieces = whole;
    int64_t in = 0, out = 0;
    for (int64_t i = 0; i < pieces; i++) {
        /* the middle of each part, on a piece's boundary */
        int64_t at = (int64_t)((double)whole * ((double)i + 0.5) / (double)pieces) *
                     (int64_t)SAMPLE_PIECE_BYTES;
        int64_t start = at > (int64_t)SAMPLE_WINDOW_BYTES ? at - (int64_t)SAMPLE_WINDOW_BYTES : 0;
        size_t want = (size_t)(at - start) + SAMPLE_PIECE_BYTES;
        if ((int64_t)want > size - start)
            want = (size_t)(size - start);
        ssize_t got = plain->read(plain, buffer, want, start);
        size_t window = (size_t)(at - start);
        if (got <= (ssize_t)window)
            continue;
        in += got - (ssize_t)window;
        out += sample_deflate(buffer, window, (size_t)got - window);
    }
    return in ? (int64_t)((double)out / (double)in * (double)size) : 0;
}

static void estimate_one(void *context, size_t index)
{
    const struct sampling *sampling = context;
    const struct image *image = sampling->image;
    const struct image_layer *row = &image->chosen->layers[index];
    const struct layer *layer = row->layer;
    int64_t *result = &sampling->download->layers[index];
    if (!layer) {
        *result = row->size > 0 ? row->size : 0;
        return;
    }
    *result = layer->blob_bytes;
    if (layer->compression != COMPRESSION_NONE || !layer->blob_bytes)
        return;
    if (image->bundle->form == BUNDLE_STREAM) {
        *result = (int64_t)((double)layer->blob_bytes * sampling->stream_ratio);
        return;
    }
    struct plain plain = {
        .read = image->kind == IMAGE_ROOTFS ? read_folder : read_file,
        .size = layer->blob_bytes,
        .layer = layer,
    };
    plain.fd = row->member ? bundle_locate(image->bundle, row->member, &plain.base)
                           : image->bundle->fd;
    *result = sample_layer(sampling, &plain);
}

void estimate_download(struct download *ret_download, const struct image *image,
                       unsigned threads)
{
    size_t count = image->chosen->layer_count;
    struct download download = {.layers = memory_alloc_zero(count, sizeof(int64_t))};
    struct sampling sampling = {.image = image, .download = &download, .budget = SAMPLE_BYTES};
    for (size_t i = 0; i < count; i++) {
        const struct layer *layer = image->chosen->layers[i].layer;
        if (!layer || layer->compression != COMPRESSION_NONE || !layer->blob_bytes)
            continue;
        sampling.plain_bytes += layer->blob_bytes;
        download.estimated = true;
    }
    if (download.estimated && image->bundle->form == BUNDLE_STREAM)
        sampling.stream_ratio = sample_ratio(image->kind == IMAGE_LAYER ? &image->bundle->bare_sample
                                                                : &image->bundle->sample);
    parallel_run(count, threads, estimate_one, &sampling);
    for (size_t i = 0; i < count; i++)
        if (!image->chosen->layers[i].absent)
            download.total += download.layers[i];
    *ret_download = download;
}
