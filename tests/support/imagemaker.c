#ifndef _POSIX_C_SOURCE
#define _POSIX_C_SOURCE 200809L
#endif

#include "imagemaker.h"
#include "tarmaker.h"

#include <errno.h>
#include <nettle/sha2.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>
#include <zstd.h>

#define GZIP_MEMBER_SIZE 4096u
#define XZ_CHUNK_SIZE 65536u

#define MANIFEST_TYPE "application/vnd.oci.image.manifest.v1+json"
#define INDEX_TYPE "application/vnd.oci.image.index.v1+json"
#define CONFIG_TYPE "application/vnd.oci.image.config.v1+json"

static void check(bool good, const char *what)
{
    if (good)
        return;
    fprintf(stderr, "imagemaker: %s: %s\n", what, strerror(errno));
    abort();
}

void image_sha256(const void *data, size_t size, char ret_hex[65])
{
    struct sha256_ctx context;
    uint8_t digest[SHA256_DIGEST_SIZE];

    sha256_init(&context);
    if (size > 0)
        sha256_update(&context, size, data);
    sha256_digest(&context, sizeof(digest), digest);
    for (size_t i = 0; i < sizeof(digest); i++)
        snprintf(ret_hex + 2 * i, 3, "%02x", digest[i]);
}

/* Compression */

static void gzip_member(const unsigned char *data, size_t size, struct bytes *out)
{
    z_stream stream = {0};

    check(deflateInit2(&stream, 6, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY) == Z_OK,
          "gzip");
    size_t bound = deflateBound(&stream, size);
    unsigned char *place = bytes_extend(out, bound);
    stream.next_in = (unsigned char *)(uintptr_t)data;
    stream.avail_in = (uInt)size;
    stream.next_out = place;
    stream.avail_out = (uInt)bound;
    check(deflate(&stream, Z_FINISH) == Z_STREAM_END, "gzip");
    out->size -= stream.avail_out;
    deflateEnd(&stream);
}

static void gzip_members(const unsigned char *data, size_t size, struct bytes *out)
{
    size_t done = 0;

    do {
        size_t part = size - done < GZIP_MEMBER_SIZE ? size - done : GZIP_MEMBER_SIZE;

        gzip_member(data + done, part, out);
        done += part;
    } while (done < size);
}

static void zstd_frame(const void *data, size_t size, struct bytes *out)
{
    size_t bound = ZSTD_compressBound(size);
    unsigned char *place = bytes_extend(out, bound);
    size_t used = ZSTD_compress(place, bound, data, size, 3);

    check(!ZSTD_isError(used), "zstd");
    out->size -= bound - used;
}

static void add_le32(struct bytes *out, uint32_t value)
{
    for (int i = 0; i < 4; i++)
        bytes_add(out, &(unsigned char){(unsigned char)(value >> (8 * i))}, 1);
}

static void add_crc_from(struct bytes *out, size_t start)
{
    add_le32(out, (uint32_t)crc32(0, out->data + start, (uInt)(out->size - start)));
}

/* The variable-length number of the xz format: seven bits a byte, low ones first. */
static void add_xz_number(struct bytes *out, uint64_t value)
{
    for (; value >= 0x80; value >>= 7)
        bytes_add(out, &(unsigned char){(unsigned char)(value | 0x80)}, 1);
    bytes_add(out, &(unsigned char){(unsigned char)value}, 1);
}

static void pad_to_four(struct bytes *out, size_t start)
{
    while ((out->size - start) % 4 != 0)
        bytes_add_zeros(out, 1);
}

/* LZMA2 chunks that hold their bytes as they are. */
static void add_xz_chunks(struct bytes *out, const unsigned char *data, size_t size)
{
    for (size_t done = 0; done < size;) {
        size_t part = size - done < XZ_CHUNK_SIZE ? size - done : XZ_CHUNK_SIZE;
        unsigned char head[3] = {done == 0 ? 1 : 2, (unsigned char)((part - 1) >> 8),
                                 (unsigned char)(part - 1)};

        bytes_add(out, head, sizeof(head));
        bytes_add(out, data + done, part);
        done += part;
    }
    bytes_add_zeros(out, 1);
}

/* One stream of one block: header, chunks and CRC32, index, footer. */
static void xz_stream(const unsigned char *data, size_t size, struct bytes *out)
{
    static const unsigned char flags[2] = {0x00, 0x01};
    static const unsigned char block_header[8] = {0x02, 0x00, 0x21, 0x01, 0x08};

    bytes_add(out, "\xfd\x37zXZ\x00", 6);
    size_t start = out->size;
    bytes_add(out, flags, sizeof(flags));
    add_crc_from(out, start);

    size_t block = out->size;
    bytes_add(out, block_header, sizeof(block_header));
    add_crc_from(out, block);
    add_xz_chunks(out, data, size);
    size_t unpadded = out->size - block + 4;
    pad_to_four(out, block);
    add_le32(out, (uint32_t)crc32(crc32(0, NULL, 0), data, (uInt)size));

    size_t index = out->size;
    bytes_add_zeros(out, 1);
    add_xz_number(out, 1);
    add_xz_number(out, unpadded);
    add_xz_number(out, size);
    pad_to_four(out, index);
    add_crc_from(out, index);

    struct bytes footer = BYTES_INIT;
    add_le32(&footer, (uint32_t)((out->size - index) / 4 - 1));
    bytes_add(&footer, flags, sizeof(flags));
    add_le32(out, (uint32_t)crc32(0, footer.data, (uInt)footer.size));
    bytes_add(out, footer.data, footer.size);
    bytes_add_str(out, "YZ");
    bytes_release(&footer);
}

void image_compress(const void *data, size_t size, enum layer_compression how,
                    struct bytes *out)
{
    switch (how) {
    case LAYER_PLAIN:
        bytes_add(out, data, size);
        return;
    case LAYER_GZIP:
        gzip_member(data, size, out);
        return;
    case LAYER_GZIP_MEMBERS:
        gzip_members(data, size, out);
        return;
    case LAYER_ZSTD:
        zstd_frame(data, size, out);
        return;
    case LAYER_XZ:
        xz_stream(data, size, out);
        return;
    }
}

/* The files of an archive, before they are a tar or a directory */

struct image_file {
    char *name;
    char *link; /* NULL for a regular file */
    bool folder;
    struct bytes data;
};

struct image_files {
    struct image_file *items;
    size_t count;
};

struct made_layer {
    struct bytes blob;
    char diff_id[65];
    char digest[65];
    char chain_id[65]; /* names the layer in the legacy form */
    const char *media_type;
    enum layer_compression compression;
};

struct maker {
    const struct image_spec *spec;
    struct made_layer *layers;
    struct bytes config;
    char config_digest[65];
    struct image_files files;
};

__attribute__((format(printf, 1, 2), nonnull(1))) static char *
format_text(const char *format, ...)
{
    va_list args, again;

    va_start(args, format);
    va_copy(again, args);
    int length = vsnprintf(NULL, 0, format, args);
    va_end(args);
    check(length >= 0, format);

    char *text = malloc((size_t)length + 1);
    check(text != NULL, "out of memory");
    vsnprintf(text, (size_t)length + 1, format, again);
    va_end(again);
    return text;
}

static bool has(const struct maker *m, enum image_flags flag)
{
    return (m->spec->flags & flag) != 0;
}

static const char *or_default(const char *text, const char *other)
{
    return text != NULL ? text : other;
}

static struct image_file *find_file(struct image_files *files, const char *name)
{
    for (size_t i = 0; i < files->count; i++) {
        if (strcmp(files->items[i].name, name) == 0)
            return &files->items[i];
    }
    return NULL;
}

/* Takes over the name. NULL where a file of that name is there: blobs are added once. */
static struct image_file *add_file(struct maker *m, char *name)
{
    struct image_file *known = find_file(&m->files, name);

    if (known != NULL) {
        free(name);
        return NULL;
    }
    m->files.items =
        realloc(m->files.items, (m->files.count + 1) * sizeof(*m->files.items));
    check(m->files.items != NULL, "out of memory");
    struct image_file *file = &m->files.items[m->files.count++];
    *file = (struct image_file){.name = name};
    return file;
}

static void add_bytes_file(struct maker *m, char *name, const struct bytes *data)
{
    struct image_file *file = add_file(m, name);

    if (file != NULL)
        bytes_add(&file->data, data->data, data->size);
}

static void add_text_file(struct maker *m, char *name, const char *text)
{
    struct image_file *file = add_file(m, name);

    if (file != NULL)
        bytes_add_str(&file->data, text);
}

static void add_folder(struct maker *m, const char *name)
{
    if (has(m, IMAGE_NO_FOLDERS))
        return;
    struct image_file *file = add_file(m, format_text("%s", name));
    if (file != NULL)
        file->folder = true;
}

static void add_blob(struct maker *m, const struct bytes *data, char ret_digest[65])
{
    image_sha256(data->data, data->size, ret_digest);
    add_bytes_file(m, format_text("blobs/sha256/%s", ret_digest), data);
}

/* Moves the file of that name in front of all others. */
static void move_first(struct maker *m, const char *name)
{
    struct image_file *file = find_file(&m->files, name);

    if (file == NULL)
        return;
    struct image_file moved = *file;
    memmove(m->files.items + 1, m->files.items,
            (size_t)(file - m->files.items) * sizeof(*file));
    m->files.items[0] = moved;
}

/* Layers and configuration */

static const char *layer_media_type(const struct layer_spec *layer)
{
    static const char *const types[] = {
        [LAYER_PLAIN] = "application/vnd.oci.image.layer.v1.tar",
        [LAYER_GZIP] = "application/vnd.oci.image.layer.v1.tar+gzip",
        [LAYER_GZIP_MEMBERS] = "application/vnd.oci.image.layer.v1.tar+gzip",
        [LAYER_ZSTD] = "application/vnd.oci.image.layer.v1.tar+zstd",
        [LAYER_XZ] = "application/vnd.oci.image.layer.v1.tar",
    };

    return layer->media_type != NULL ? layer->media_type : types[layer->compression];
}

static void make_chain_id(struct maker *m, size_t i)
{
    struct made_layer *layer = &m->layers[i];

    if (i == 0) {
        memcpy(layer->chain_id, layer->diff_id, sizeof(layer->chain_id));
        return;
    }
    char *text =
        format_text("sha256:%s sha256:%s", m->layers[i - 1].chain_id, layer->diff_id);
    image_sha256(text, strlen(text), layer->chain_id);
    free(text);
}

/* The legacy form knows no compressed layers. */
static void make_layers(struct maker *m, bool plain_only)
{
    m->layers = calloc(m->spec->layer_count + 1, sizeof(*m->layers));
    check(m->layers != NULL, "out of memory");
    for (size_t i = 0; i < m->spec->layer_count; i++) {
        const struct layer_spec *from = &m->spec->layers[i];
        struct made_layer *layer = &m->layers[i];

        layer->compression = plain_only ? LAYER_PLAIN : from->compression;
        layer->media_type = layer_media_type(from);
        image_compress(from->tar, from->tar_size, layer->compression, &layer->blob);
        image_sha256(from->tar, from->tar_size, layer->diff_id);
        image_sha256(layer->blob.data, layer->blob.size, layer->digest);
        make_chain_id(m, i);
    }
}

static void add_history_row(struct bytes *out, const struct image_history *row,
                            const char *created)
{
    bytes_add_str(out, "{\"created\":");
    bytes_add_json_string(out, or_default(row->created, created));
    bytes_add_str(out, ",\"created_by\":");
    bytes_add_json_string(out, or_default(row->created_by, ""));
    if (row->comment != NULL) {
        bytes_add_str(out, ",\"comment\":");
        bytes_add_json_string(out, row->comment);
    }
    bytes_add_str(out, row->empty_layer ? ",\"empty_layer\":true}" : "}");
}

static void add_made_up_history(struct bytes *out, size_t count, const char *created)
{
    for (size_t i = 0; i < count; i++) {
        char text[40];

        snprintf(text, sizeof(text), "RUN layer %zu", i);
        bytes_add_str(out, i > 0 ? "," : "");
        add_history_row(out, &(struct image_history){.created_by = text}, created);
    }
}

static void add_history(const struct maker *m, const char *created, struct bytes *out)
{
    if (has(m, IMAGE_NO_HISTORY))
        return;
    bytes_add_str(out, ",\"history\":[");
    if (m->spec->history == NULL)
        add_made_up_history(out, m->spec->layer_count, created);
    for (size_t i = 0; m->spec->history != NULL && i < m->spec->history_count; i++) {
        bytes_add_str(out, i > 0 ? "," : "");
        add_history_row(out, &m->spec->history[i], created);
    }
    bytes_add_str(out, "]");
}

static void make_config(struct maker *m)
{
    const struct image_spec *spec = m->spec;
    const char *created = or_default(spec->created, "2024-01-02T03:04:05Z");
    struct bytes *out = &m->config;

    bytes_add_str(out, "{\"architecture\":");
    bytes_add_json_string(out, or_default(spec->architecture, "amd64"));
    bytes_add_str(out, ",\"os\":");
    bytes_add_json_string(out, or_default(spec->os, "linux"));
    bytes_add_str(out, ",\"created\":");
    bytes_add_json_string(out, created);
    bytes_printf(
        out, ",\"config\":%s",
        or_default(spec->config_json, "{\"Env\":[\"PATH=/bin\"],\"Cmd\":[\"sh\"]}"));
    add_history(m, created, out);
    bytes_add_str(out, ",\"rootfs\":{\"type\":\"layers\",\"diff_ids\":[");
    for (size_t i = 0; i < spec->layer_count; i++)
        bytes_printf(out, "%s\"sha256:%s\"", i > 0 ? "," : "", m->layers[i].diff_id);
    bytes_add_str(out, "]}}");
    image_sha256(out->data, out->size, m->config_digest);
}

static const char *const default_tags[] = {"ullage/test:latest", NULL};

static const char *const *image_tags(const struct maker *m)
{
    return m->spec->tags != NULL ? m->spec->tags : default_tags;
}

/* manifest.json, the docker one */

static void add_repo_tags(const struct maker *m, struct bytes *out)
{
    const char *const *tags = image_tags(m);

    if (tags[0] == NULL) {
        bytes_add_str(out, "null");
        return;
    }
    bytes_add_str(out, "[");
    for (size_t i = 0; tags[i] != NULL; i++) {
        bytes_add_str(out, i > 0 ? "," : "");
        bytes_add_json_string(out, tags[i]);
    }
    bytes_add_str(out, "]");
}

static void add_layer_sources(const struct maker *m, struct bytes *out)
{
    struct bytes seen = BYTES_INIT;

    bytes_add_str(out, ",\"LayerSources\":{");
    for (size_t i = 0; i < m->spec->layer_count; i++) {
        const struct made_layer *layer = &m->layers[i];

        bytes_add(&seen, "", 1);
        seen.size--;
        if (strstr((char *)seen.data, layer->diff_id) != NULL)
            continue;
        bytes_printf(out,
                     "%s\"sha256:%s\":{\"mediaType\":\"%s\",\"size\":%zu,"
                     "\"digest\":\"sha256:%s\"}",
                     seen.size > 0 ? "," : "", layer->diff_id, layer->media_type,
                     layer->blob.size, layer->digest);
        bytes_printf(&seen, "%s ", layer->diff_id);
    }
    bytes_add_str(out, "}");
    bytes_release(&seen);
}

/* layer_name gives the name of a layer in the archive, to be freed. */
static void add_docker_manifest(struct maker *m, const char *config_name,
                                char *(*layer_name)(const struct made_layer *),
                                bool sources)
{
    struct bytes out = BYTES_INIT;

    bytes_add_str(&out, "[{\"Config\":");
    bytes_add_json_string(&out, config_name);
    bytes_add_str(&out, ",\"RepoTags\":");
    add_repo_tags(m, &out);
    bytes_add_str(&out, ",\"Layers\":[");
    for (size_t i = 0; i < m->spec->layer_count; i++) {
        char *name = layer_name(&m->layers[i]);

        bytes_printf(&out, "%s\"%s\"", i > 0 ? "," : "", name);
        free(name);
    }
    bytes_add_str(&out, "]");
    if (sources)
        add_layer_sources(m, &out);
    bytes_add_str(&out, "}]\n");
    add_bytes_file(m, format_text("manifest.json"), &out);
    bytes_release(&out);
}

/* {"repository":{"tag":"id of the top layer"}} */
static void add_repositories(struct maker *m, const char *id)
{
    const char *const *tags = image_tags(m);
    struct bytes out = BYTES_INIT;

    if (tags[0] == NULL)
        return;
    bytes_add_str(&out, "{");
    for (size_t i = 0; tags[i] != NULL; i++) {
        const char *colon = strrchr(tags[i], ':');
        int length = colon != NULL ? (int)(colon - tags[i]) : (int)strlen(tags[i]);

        bytes_printf(&out, "%s\"%.*s\":{\"%s\":\"%s\"}", i > 0 ? "," : "", length, tags[i],
                     colon != NULL ? colon + 1 : "latest", id);
    }
    bytes_add_str(&out, "}\n");
    add_bytes_file(m, format_text("repositories"), &out);
    bytes_release(&out);
}

static const char *top_layer_id(const struct maker *m)
{
    size_t count = m->spec->layer_count;

    return count > 0 ? m->layers[count - 1].chain_id : m->config_digest;
}

/* docker save to 24 */

static char *legacy_layer_name(const struct made_layer *layer)
{
    return format_text("%s/layer.tar", layer->chain_id);
}

static const struct made_layer *same_layer_before(const struct maker *m, size_t i)
{
    for (size_t j = 0; j < i; j++) {
        if (strcmp(m->layers[j].diff_id, m->layers[i].diff_id) == 0)
            return &m->layers[j];
    }
    return NULL;
}

static char *v1_config(const struct maker *m, size_t i)
{
    if (i == 0)
        return format_text("{\"id\":\"%s\",\"os\":\"linux\"}", m->layers[i].chain_id);
    return format_text("{\"id\":\"%s\",\"parent\":\"%s\",\"os\":\"linux\"}",
                       m->layers[i].chain_id, m->layers[i - 1].chain_id);
}

static void add_legacy_layer(struct maker *m, size_t i)
{
    const struct made_layer *layer = &m->layers[i];
    const struct made_layer *before = same_layer_before(m, i);
    char *folder = format_text("%s/", layer->chain_id);
    char *json = v1_config(m, i);

    add_folder(m, folder);
    add_text_file(m, format_text("%sVERSION", folder), "1.0");
    add_text_file(m, format_text("%sjson", folder), json);
    struct image_file *tar = add_file(m, legacy_layer_name(layer));
    if (tar != NULL && before != NULL && has(m, IMAGE_REPEAT_AS_SYMLINK))
        tar->link = format_text("../%s/layer.tar", before->chain_id);
    else if (tar != NULL)
        bytes_add(&tar->data, layer->blob.data, layer->blob.size);
    free(folder);
    free(json);
}

static void make_legacy(struct maker *m)
{
    char *config_name = format_text("%s.json", m->config_digest);

    for (size_t i = 0; i < m->spec->layer_count; i++)
        add_legacy_layer(m, i);
    add_bytes_file(m, format_text("%s", config_name), &m->config);
    add_docker_manifest(m, config_name, legacy_layer_name, false);
    add_repositories(m, top_layer_id(m));
    if (has(m, IMAGE_MANIFEST_FIRST))
        move_first(m, "manifest.json");
    free(config_name);
}

/* The OCI layout, and docker save from 25, which is one with a manifest.json */

static char *blob_layer_name(const struct made_layer *layer)
{
    return format_text("blobs/sha256/%s", layer->digest);
}

static void make_oci_manifest(const struct maker *m, struct bytes *out)
{
    bytes_printf(out,
                 "{\"schemaVersion\":2,\"mediaType\":\"" MANIFEST_TYPE "\",\"config\":{"
                 "\"mediaType\":\"" CONFIG_TYPE "\",\"digest\":\"sha256:%s\",\"size\":%zu},"
                 "\"layers\":[",
                 m->config_digest, m->config.size);
    for (size_t i = 0; i < m->spec->layer_count; i++) {
        const struct made_layer *layer = &m->layers[i];

        bytes_printf(out, "%s{\"mediaType\":\"%s\",\"digest\":\"sha256:%s\",\"size\":%zu}",
                     i > 0 ? "," : "", layer->media_type, layer->digest, layer->blob.size);
    }
    bytes_add_str(out, "]");
    if (m->spec->annotations_json != NULL)
        bytes_printf(out, ",\"annotations\":%s", m->spec->annotations_json);
    bytes_add_str(out, "}");
}

static void add_descriptor(const struct maker *m, const char *type, const char *digest,
                           size_t size, const char *tag, struct bytes *out)
{
    bytes_printf(out, "{\"mediaType\":\"%s\",\"digest\":\"sha256:%s\",\"size\":%zu", type,
                 digest, size);
    if (tag != NULL) {
        const char *colon = strrchr(tag, ':');

        bytes_add_str(out, ",\"annotations\":{\"io.containerd.image.name\":\"docker.io/");
        bytes_add_str(out, tag);
        bytes_add_str(out, "\",\"org.opencontainers.image.ref.name\":");
        bytes_add_json_string(out, colon != NULL ? colon + 1 : "latest");
        bytes_add_str(out, "}");
    }
    bytes_printf(out, ",\"platform\":{\"architecture\":\"%s\",\"os\":\"%s\"}}",
                 or_default(m->spec->architecture, "amd64"),
                 or_default(m->spec->os, "linux"));
}

/* An index of one row for every tag, or a single row without a name. */
static void make_index(const struct maker *m, const char *type, const struct bytes *target,
                       const char *const *tags, struct bytes *out)
{
    char digest[65];

    image_sha256(target->data, target->size, digest);
    bytes_add_str(out,
                  "{\"schemaVersion\":2,\"mediaType\":\"" INDEX_TYPE "\",\"manifests\":[");
    if (tags[0] == NULL)
        add_descriptor(m, type, digest, target->size, NULL, out);
    for (size_t i = 0; tags[i] != NULL; i++) {
        bytes_add_str(out, i > 0 ? "," : "");
        add_descriptor(m, type, digest, target->size, tags[i], out);
    }
    bytes_add_str(out, "]}");
}

static void add_index_json(struct maker *m, const struct bytes *manifest)
{
    static const char *const none[] = {NULL};
    struct bytes index = BYTES_INIT, nested = BYTES_INIT;
    char digest[65];

    if (has(m, IMAGE_NESTED_INDEX)) {
        make_index(m, MANIFEST_TYPE, manifest, none, &nested);
        add_blob(m, &nested, digest);
        make_index(m, INDEX_TYPE, &nested, image_tags(m), &index);
    } else {
        make_index(m, MANIFEST_TYPE, manifest, image_tags(m), &index);
    }
    add_bytes_file(m, format_text("index.json"), &index);
    bytes_release(&index);
    bytes_release(&nested);
}

static void add_v1_blobs(struct maker *m)
{
    for (size_t i = 0; has(m, IMAGE_V1_BLOBS) && i < m->spec->layer_count; i++) {
        struct bytes json = BYTES_INIT;
        char *text = v1_config(m, i);
        char digest[65];

        bytes_add_str(&json, text);
        add_blob(m, &json, digest);
        bytes_release(&json);
        free(text);
    }
}

static void make_layout(struct maker *m, bool with_docker_manifest)
{
    struct bytes manifest = BYTES_INIT;
    char digest[65];

    add_folder(m, "blobs/");
    add_folder(m, "blobs/sha256/");
    for (size_t i = 0; i < m->spec->layer_count; i++)
        add_blob(m, &m->layers[i].blob, digest);
    add_blob(m, &m->config, digest);
    make_oci_manifest(m, &manifest);
    add_blob(m, &manifest, digest);
    if (with_docker_manifest)
        add_v1_blobs(m);
    add_index_json(m, &manifest);
    if (with_docker_manifest) {
        char *config_name = format_text("blobs/sha256/%s", m->config_digest);

        add_docker_manifest(m, config_name, blob_layer_name,
                            !has(m, IMAGE_NO_LAYER_SOURCES));
        free(config_name);
    }
    add_text_file(m, format_text("oci-layout"), "{\"imageLayoutVersion\":\"1.0.0\"}");
    if (with_docker_manifest)
        add_repositories(m, top_layer_id(m));
    if (has(m, IMAGE_MANIFEST_FIRST)) {
        move_first(m, "index.json");
        move_first(m, "manifest.json");
    }
    bytes_release(&manifest);
}

/* kaniko, crane, ko */

static char *kaniko_layer_name(const struct made_layer *layer)
{
    static const char *const ends[] = {
        [LAYER_PLAIN] = "tar.gz", [LAYER_GZIP] = "tar.gz", [LAYER_GZIP_MEMBERS] = "tar.gz",
        [LAYER_ZSTD] = "tar.zst", [LAYER_XZ] = "tar.gz",
    };

    return format_text("%s.%s", layer->digest, ends[layer->compression]);
}

static void make_kaniko(struct maker *m)
{
    char *config_name = format_text("sha256:%s", m->config_digest);

    add_bytes_file(m, format_text("%s", config_name), &m->config);
    for (size_t i = 0; i < m->spec->layer_count; i++)
        add_bytes_file(m, kaniko_layer_name(&m->layers[i]), &m->layers[i].blob);
    add_docker_manifest(m, config_name, kaniko_layer_name, false);
    if (has(m, IMAGE_MANIFEST_FIRST))
        move_first(m, "manifest.json");
    free(config_name);
}

/* skopeo's dir: */

static void make_dir_form(struct maker *m)
{
    struct bytes manifest = BYTES_INIT;

    add_text_file(m, format_text("version"), "Directory Transport Version: 1.1\n");
    for (size_t i = 0; i < m->spec->layer_count; i++)
        add_bytes_file(m, format_text("%s", m->layers[i].digest), &m->layers[i].blob);
    add_bytes_file(m, format_text("%s", m->config_digest), &m->config);
    make_oci_manifest(m, &manifest);
    add_bytes_file(m, format_text("manifest.json"), &manifest);
    if (has(m, IMAGE_MANIFEST_FIRST))
        move_first(m, "manifest.json");
    bytes_release(&manifest);
}

/* Making and writing */

static void maker_fill(struct maker *m, enum image_form form)
{
    make_layers(m, form == IMAGE_DOCKER_LEGACY);
    make_config(m);
    switch (form) {
    case IMAGE_DOCKER_LEGACY:
        make_legacy(m);
        return;
    case IMAGE_DOCKER_HYBRID:
        make_layout(m, true);
        return;
    case IMAGE_OCI:
        make_layout(m, false);
        return;
    case IMAGE_KANIKO:
        make_kaniko(m);
        return;
    case IMAGE_DIR:
        make_dir_form(m);
        return;
    }
}

static void maker_release(struct maker *m)
{
    for (size_t i = 0; i < m->spec->layer_count; i++)
        bytes_release(&m->layers[i].blob);
    for (size_t i = 0; i < m->files.count; i++) {
        free(m->files.items[i].name);
        free(m->files.items[i].link);
        bytes_release(&m->files.items[i].data);
    }
    free(m->layers);
    free(m->files.items);
    bytes_release(&m->config);
}

static void add_to_tar(const struct maker *m, const struct image_file *file,
                       struct tarmaker *tar)
{
    char *name = format_text("%s%s", has(m, IMAGE_DOT_SLASH) ? "./" : "", file->name);

    if (file->folder)
        tarmaker_dir(tar, name, 0755);
    else if (file->link != NULL)
        tarmaker_symlink(tar, name, file->link);
    else
        tarmaker_file(tar, name, file->data.data, file->data.size);
    free(name);
}

void image_make(const struct image_spec *spec, enum image_form form,
                struct bytes *ret_archive)
{
    struct maker m = {.spec = spec};
    struct tarmaker tar = TARMAKER_INIT;

    maker_fill(&m, form);
    for (size_t i = 0; i < m.files.count; i++)
        add_to_tar(&m, &m.files.items[i], &tar);
    tarmaker_finish(&tar);
    *ret_archive = tar.out;
    maker_release(&m);
}

static void make_folder(const char *path)
{
    check(mkdir(path, 0755) == 0 || errno == EEXIST, path);
}

/* Makes the directories above a path, each in turn. */
static void make_folders_above(char *path)
{
    for (char *slash = strchr(path + 1, '/'); slash != NULL;
         slash = strchr(slash + 1, '/')) {
        *slash = '\0';
        make_folder(path);
        *slash = '/';
    }
}

void image_make_dir(const struct image_spec *spec, enum image_form form, const char *dir)
{
    struct maker m = {.spec = spec};

    maker_fill(&m, form);
    make_folder(dir);
    for (size_t i = 0; i < m.files.count; i++) {
        const struct image_file *file = &m.files.items[i];
        char *path = format_text("%s/%s", dir, file->name);

        make_folders_above(path);
        if (file->link != NULL)
            check(symlink(file->link, path) == 0, path);
        else if (!file->folder)
            bytes_write_file(&file->data, path);
        free(path);
    }
    maker_release(&m);
}
