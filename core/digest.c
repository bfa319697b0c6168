#include "core/digest.h"

#include <assert.h>
#include <string.h>

#include "core/memory.h"

static const struct {
    const char *prefix;
    size_t bytes;
} algorithms[] = {
    [DIGEST_NONE] = {"", 0},
    [DIGEST_SHA256] = {"sha256:", 32},
    [DIGEST_SHA512] = {"sha512:", 64},
};

static_assert(ARRAY_SIZE(algorithms) == DIGEST_SHA512 + 1, "every algorithm has a row");

size_t digest_algorithm_bytes(enum digest_algorithm algorithm)
{
    return algorithms[algorithm].bytes;
}

static int hex_value(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    if (c >= 'a' && c <= 'f')
        return c - 'a' + 10;
    return -1;
}

bool digest_parse(struct digest *ret_digest, struct span text)
{
    for (enum digest_algorithm a = DIGEST_SHA256; a <= DIGEST_SHA512; a++) {
        size_t prefix = strlen(algorithms[a].prefix);
        if (!span_starts_with(text, algorithms[a].prefix) ||
            text.len != prefix + 2 * algorithms[a].bytes)
            continue;
        struct digest digest = {.algorithm = a};
        for (size_t i = 0; i < algorithms[a].bytes; i++) {
            int high = hex_value(text.ptr[prefix + 2 * i]);
            int low = hex_value(text.ptr[prefix + 2 * i + 1]);
            if (high < 0 || low < 0)
                return false;
            digest.bytes[i] = (uint8_t)(high << 4 | low);
        }
        *ret_digest = digest;
        return true;
    }
    return false;
}

char *digest_format(const struct digest *digest, char text[DIGEST_TEXT_MAX])
{
    static const char hex[] = "0123456789abcdef";
    size_t prefix = strlen(algorithms[digest->algorithm].prefix);
    memcpy(text, algorithms[digest->algorithm].prefix, prefix);
    char *out = text + prefix;
    for (size_t i = 0; i < algorithms[digest->algorithm].bytes; i++) {
        *out++ = hex[digest->bytes[i] >> 4];
        *out++ = hex[digest->bytes[i] & 15];
    }
    *out = '\0';
    return text;
}

bool digest_equal(const struct digest *a, const struct digest *b)
{
    return a->algorithm == b->algorithm &&
           memcmp(a->bytes, b->bytes, algorithms[a->algorithm].bytes) == 0;
}

void digester_start(struct digester *digester, enum digest_algorithm algorithm)
{
    digester->algorithm = algorithm;
    if (algorithm == DIGEST_SHA512)
        sha512_init(&digester->state.sha512);
    else
        sha256_init(&digester->state.sha256);
}

void digester_add(struct digester *digester, const void *bytes, size_t len)
{
    if (digester->algorithm == DIGEST_SHA512)
        sha512_update(&digester->state.sha512, len, bytes);
    else
        sha256_update(&digester->state.sha256, len, bytes);
}

void digester_finish(struct digester *digester, struct digest *ret_digest)
{
    *ret_digest = (struct digest){.algorithm = digester->algorithm};
    if (digester->algorithm == DIGEST_SHA512)
        sha512_digest(&digester->state.sha512, 64, ret_digest->bytes);
    else
        sha256_digest(&digester->state.sha256, 32, ret_digest->bytes);
}

void digest_of(struct digest *ret_digest, const void *bytes, size_t len)
{
    struct digester digester;
    digester_start(&digester, DIGEST_SHA256);
    digester_add(&digester, bytes, len);
    digester_finish(&digester, ret_digest);
}

void digest_from_sha256(struct digest *ret_digest, const uint8_t bytes[SHA256_BYTES])
{
    *ret_digest = (struct digest){.algorithm = DIGEST_SHA256};
    memcpy(ret_digest->bytes, bytes, SHA256_BYTES);
}
