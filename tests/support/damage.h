/* What the tests of bad input share: archives made by hand, looked at through the library,
 * and the identities that every figure must keep whatever was read. */
#ifndef TESTS_SUPPORT_DAMAGE_H
#define TESTS_SUPPORT_DAMAGE_H

#include <stdbool.h>
#include <stdint.h>

#include "tests/support/bytes.h"

struct analysis;

/* A file in memory with a path of its own. */
struct scratch {
    int fd;
    char path[64];
};

void scratch_open(struct scratch *scratch, const void *data, size_t size);
void scratch_write(struct scratch *scratch, size_t at, unsigned char byte);
void scratch_cut(struct scratch *scratch, size_t size);
void scratch_close(struct scratch *scratch);

/* A whole file. */
void bytes_read_file(struct bytes *ret_bytes, const char *path);

/* docker save's simplest form: manifest.json, cfg.json, layer.tar. NULL gives a sound
 * document. */
struct docker_parts {
    const char *manifest;
    const char *config;
    const void *layer;
    size_t layer_size;
};
void docker_archive_make(const struct docker_parts *parts, struct bytes *ret_archive);

/* An OCI layout of index.json, one manifest and one configuration; each names the next by
 * its digest where it is not given. */
struct oci_parts {
    const char *index;
    const char *manifest;
    const char *config;
};
void oci_archive_make(const struct oci_parts *parts, struct bytes *ret_archive);

/* What a figure breaks, or NULL. */
const char *broken_identity(const struct analysis *analysis);

#endif
