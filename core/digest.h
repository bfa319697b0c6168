/* A content digest as OCI writes it: ALGORITHM:HEX (image-spec, descriptor.md). Only sha256 and sha512
 * exist for us; any other text is no digest and is refused before it is used for anything. */
#ifndef ULLAGE_CORE_DIGEST_H
#define ULLAGE_CORE_DIGEST_H

#include <nettle/sha2.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/span.h"

enum digest_algorithm { DIGEST_NONE, DIGEST_SHA256, DIGEST_SHA512 };

struct digest {
    enum digest_algorithm algorithm; /* DIGEST_NONE: no digest */
    uint8_t bytes[64];
};

#define DIGEST_TEXT_MAX (7 + 128 + 1)
#define SHA256_BYTES 32

/* A digest in the making. */
struct digester {
    enum digest_algorithm algorithm;
    union {
        struct sha256_ctx sha256;
        struct sha512_ctx sha512;
    } state;
};

/* False unless the text is exactly sha256:<64 lower-case hex> or sha512:<128>. */
bool digest_parse(struct digest *ret_digest, struct span text);

/* "sha256:..." with a NUL; returns `text`. An absent digest gives "". */
char *digest_format(const struct digest *digest, char text[DIGEST_TEXT_MAX]);
bool digest_equal(const struct digest *a, const struct digest *b);
void digest_of(struct digest *ret_digest, const void *bytes, size_t len);

void digester_start(struct digester *digester, enum digest_algorithm algorithm);
void digester_add(struct digester *digester, const void *bytes, size_t len);
void digester_finish(struct digester *digester, struct digest *ret_digest);

void digest_from_sha256(struct digest *ret_digest, const uint8_t bytes[SHA256_BYTES]);
size_t digest_algorithm_bytes(enum digest_algorithm algorithm);

static inline bool digest_is_set(const struct digest *digest)
{
    return digest->algorithm != DIGEST_NONE;
}

#endif
