/* An image archive made from layer tars, in the forms that docker, podman's relatives,
 * kaniko and the OCI layout write. Digests, diff ids, sizes and the configuration are
 * right; a test that wants damage changes the bytes it gets.
 *
 *     const struct layer_spec layer = {.tar = t.out.data, .tar_size = t.out.size};
 *     const struct image_spec spec = {.layers = &layer, .layer_count = 1};
 *     struct bytes archive = BYTES_INIT;
 *     image_make(&spec, IMAGE_DOCKER_LEGACY, &archive);
 *     char *path = bytes_write_temp(&archive);
 */
#ifndef TESTS_SUPPORT_IMAGEMAKER_H
#define TESTS_SUPPORT_IMAGEMAKER_H

#include "bytes.h"

#include <stdbool.h>

enum layer_compression {
    LAYER_PLAIN,
    LAYER_GZIP,
    LAYER_GZIP_MEMBERS, /* a new gzip member every 4096 bytes */
    LAYER_ZSTD,
    LAYER_XZ, /* stored, not deflated */
};

enum image_form {
    IMAGE_DOCKER_LEGACY, /* docker save to 24: ID/layer.tar, always plain */
    IMAGE_DOCKER_HYBRID, /* docker save from 25: an OCI layout with a manifest.json */
    IMAGE_OCI,           /* an OCI layout: index.json only */
    IMAGE_KANIKO,        /* sha256:HEX and HEX.tar.gz, manifest.json last */
    IMAGE_DIR, /* skopeo's dir: version, a manifest object, blobs by bare digest */
};

enum image_flags {
    IMAGE_MANIFEST_FIRST = 1 << 0,    /* manifest.json or index.json before all else */
    IMAGE_REPEAT_AS_SYMLINK = 1 << 1, /* legacy: a repeated layer links to the first */
    IMAGE_DOT_SLASH = 1 << 2,         /* "./" in front of every name in the archive */
    IMAGE_NO_FOLDERS = 1 << 3,        /* no members for directories */
    IMAGE_V1_BLOBS = 1 << 4,          /* hybrid: V1 configurations that nothing refers to */
    IMAGE_NO_LAYER_SOURCES = 1 << 5,  /* hybrid: as the containerd store writes it */
    IMAGE_NESTED_INDEX = 1 << 6,      /* OCI: from index.json to an index to the manifest */
    IMAGE_NO_HISTORY = 1 << 7,
};

struct layer_spec {
    const void *tar;
    size_t tar_size;
    enum layer_compression compression;
    const char *media_type; /* NULL: the OCI type of the compression */
};

struct image_history {
    const char *created_by;
    const char *created; /* NULL: the image's */
    const char *comment; /* NULL: none */
    bool empty_layer;
};

/* What a field means when it is left out stands in brackets. */
struct image_spec {
    const struct layer_spec *layers;
    size_t layer_count;
    const struct image_history *history; /* [one "RUN layer N" for every layer] */
    size_t history_count;
    const char *const
        *tags; /* NULL ends it; no tag at all: untagged [ullage/test:latest] */
    const char *architecture; /* [amd64] */
    const char *os;           /* [linux] */
    const char *created;      /* [2024-01-02T03:04:05Z] */
    const char *config_json;  /* the object "config" [{"Env":["PATH=/bin"],"Cmd":["sh"]}] */
    const char *annotations_json; /* an object for the OCI manifest [none] */
    unsigned flags;
};

/* The archive as a tar, in place of whatever ret_archive held. */
void image_make(const struct image_spec *spec, enum image_form form,
                struct bytes *ret_archive);

/* The same files below a directory, made if absent. */
void image_make_dir(const struct image_spec *spec, enum image_form form, const char *dir);

/* Adds one stream, compressed, to out. */
void image_compress(const void *data, size_t size, enum layer_compression how,
                    struct bytes *out);

/* SHA-256 as 64 hex digits and a NUL. */
void image_sha256(const void *data, size_t size, char ret_hex[65]);

#endif
