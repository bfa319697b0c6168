#include "analyzer/image/payload.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>

#include "core/escape.h"
#include "core/file.h"

int payloads_are_there(const struct image *image, struct error *err)
{
    if (image->bundle->form != BUNDLE_STREAM)
        return 0;
    error_set(err, ERROR_USAGE,
              "the archive is a stream, or compressed as a whole: its files cannot be read again");
    return error_hint(err, "decompress it into a file first; its layers may stay as they are");
}

static int read_stream(struct stream *stream, const struct payload_reader *reader,
                       struct error *err)
{
    const void *block;
    ssize_t got;
    int64_t at = 0;
    while ((got = stream_read(stream, &block, err)) > 0) {
        if (reader->block(reader->context, block, (size_t)got, at, err) < 0)
            return -1;
        at += got;
    }
    return got < 0 ? -1 : 0;
}

static int read_tar_payload(struct tar *tar, const struct payload_reader *reader,
                            struct error *err)
{
    const void *block;
    int64_t offset;
    ssize_t got;
    while ((got = tar_read(tar, &block, &offset, err)) > 0)
        if (reader->block(reader->context, block, (size_t)got, offset, err) < 0)
            return -1;
    return got < 0 ? -1 : 0;
}

static int begin(const struct payload_reader *reader, uint32_t entry, struct error *err)
{
    return reader->begin ? reader->begin(reader->context, entry, err) : 0;
}

static int end(const struct payload_reader *reader, uint32_t entry, struct error *err)
{
    return reader->end ? reader->end(reader->context, entry, err) : 0;
}

static struct stream *open_blob(const struct image *image, const struct image_layer *row)
{
    if (row->member)
        return bundle_open_member(image->bundle, row->member);
    return stream_of_file(image->bundle->fd, 0, image->bundle->bytes);
}

static int read_where_it_lies(const struct image *image, const struct image_layer *row,
                              uint32_t number, const struct payload_reader *reader,
                              struct error *err)
{
    const struct entry *entry = &row->layer->entries[number];
    int64_t blob = 0;
    int fd = row->member ? bundle_locate(image->bundle, row->member, &blob) : image->bundle->fd;
    cleanup_stream struct stream *stream =
        stream_of_file(fd, blob + entry->payload, entry->content);
    if (begin(reader, number, err) < 0 || read_stream(stream, reader, err) < 0)
        return -1;
    return end(reader, number, err);
}

static int read_from_folder(const struct image *image, const struct layer *layer,
                            uint32_t number, const struct payload_reader *reader,
                            struct error *err)
{
    const struct entry *entry = &layer->entries[number];
    cleanup_strbuf struct strbuf path = STRBUF_INIT;
    struct stat st;
    entry_path(&path, layer, entry);
    cleanup_fd int fd = file_open_beneath(image->bundle->fd, path.buf + 1);
    if (fd < 0)
        return error_set_errno(err, ERROR_INPUT, errno, "cannot open");
    if (fstat(fd, &st) < 0 || !S_ISREG(st.st_mode) || st.st_size != entry->content)
        return error_set(err, ERROR_INPUT, "has changed since the folder was read");
    cleanup_stream struct stream *stream = stream_of_file(fd, 0, entry->content);
    if (begin(reader, number, err) < 0 || read_stream(stream, reader, err) < 0)
        return -1;
    return end(reader, number, err);
}

/* Decodes the layer again; entries come in the order in which the first reading met them. */
static int read_again(struct stream *stream, const struct layer *layer, const uint32_t *entries,
                      size_t count, const struct limits *limits,
                      const struct payload_reader *reader, struct error *err)
{
    struct tar *tar;
    struct tar_entry read;
    if (tar_open(&tar, stream, limits, err) < 0)
        return -1;
    int result = 0;
    uint32_t number = 0;
    for (size_t next = 0; next < count && result == 0; number++) {
        int more = tar_next(tar, &read, err);
        if (more > 0 && number < entries[next])
            continue;
        if (more == 0 || (more > 0 && read.payload != layer->entries[number].payload))
            more = error_set(err, ERROR_INPUT, "has changed since it was read");
        if (more < 0 || begin(reader, number, err) < 0 ||
            read_tar_payload(tar, reader, err) < 0 || end(reader, number, err) < 0)
            result = -1;
        next++;
    }
    tar_close(tar);
    return result;
}

static int decode_layer(const struct image *image, const struct image_layer *row,
                        const uint32_t *entries, size_t count,
                        const struct payload_reader *reader, struct error *err)
{
    enum compression compression;
    struct stream *opened;
    if (decode_open_any(&opened, &compression, open_blob(image, row), image->limits, err) < 0)
        return -1;
    cleanup_stream struct stream *stream = opened;
    return read_again(stream, row->layer, entries, count, image->limits, reader, err);
}

bool payload_lies_plain(const struct image *image, uint32_t layer, uint32_t number, int *ret_fd,
                        int64_t *ret_offset)
{
    const struct image_layer *row = &image->chosen->layers[layer];
    const struct entry *entry = &row->layer->entries[number];
    int64_t blob = 0;
    if (image->bundle->form == BUNDLE_STREAM || image->kind == IMAGE_ROOTFS ||
        row->layer->compression != COMPRESSION_NONE || entry->flags & ENTRY_SPARSE)
        return false;
    *ret_fd = row->member ? bundle_locate(image->bundle, row->member, &blob) : image->bundle->fd;
    *ret_offset = blob + entry->payload;
    return true;
}

int payloads_read(const struct image *image, uint32_t layer, const uint32_t *entries,
                  size_t count, const struct payload_reader *reader, struct error *err)
{
    const struct image_layer *row = &image->chosen->layers[layer];
    int result = payloads_are_there(image, err);
    bool sparse = false;
    for (size_t i = 0; i < count; i++)
        sparse = sparse || row->layer->entries[entries[i]].flags & ENTRY_SPARSE;
    if (result == 0 && count && image->kind != IMAGE_ROOTFS &&
        (row->layer->compression != COMPRESSION_NONE || sparse))
        return decode_layer(image, row, entries, count, reader, err) < 0
                   ? error_prefix(err, "layer %u", layer)
                   : 0;
    for (size_t i = 0; i < count && result == 0; i++) {
        result = image->kind == IMAGE_ROOTFS
                     ? read_from_folder(image, row->layer, entries[i], reader, err)
                     : read_where_it_lies(image, row, entries[i], reader, err);
        if (result < 0) {
            cleanup_strbuf struct strbuf path = STRBUF_INIT, shown = STRBUF_INIT;
            entry_path(&path, row->layer, &row->layer->entries[entries[i]]);
            escape_for_terminal(&shown, span_of(path.buf, path.len));
            error_prefix(err, "layer %u: '%s'", layer, shown.buf);
        }
    }
    return result;
}
