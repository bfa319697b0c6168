#include "analyzer/image/fingerprint.h"

#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

#include "core/memory.h"

bool fingerprints_draw_key(uint8_t ret_key[FINGERPRINT_KEY_BYTES])
{
    return getrandom(ret_key, FINGERPRINT_KEY_BYTES, 0) == FINGERPRINT_KEY_BYTES;
}

void fingerprints_start(struct fingerprints *fingerprints, const uint8_t *key)
{
    *fingerprints = (struct fingerprints){.always_sha256 = false};
    pthread_mutex_init(&fingerprints->lock, NULL);
    if (key)
        memcpy(fingerprints->key, key, sizeof fingerprints->key);
    else if (!fingerprints_draw_key(fingerprints->key))
        fingerprints->always_sha256 = true; /* no secret key: trust digests alone */
}

void fingerprints_release(struct fingerprints *fingerprints)
{
    pthread_mutex_destroy(&fingerprints->lock);
    table_release(&fingerprints->seen);
    free(fingerprints->sizes);
    *fingerprints = (struct fingerprints){.always_sha256 = false};
}

static bool size_matches(const void *context, uint32_t number, const void *key)
{
    const struct fingerprints *fingerprints = context;
    return fingerprints->sizes[number] == *(const int64_t *)key;
}

bool fingerprints_meet(struct fingerprints *fingerprints, int64_t size)
{
    if (fingerprints->always_sha256)
        return true;
    uint64_t hash = table_hash(&size, sizeof size, 0);
    pthread_mutex_lock(&fingerprints->lock);
    bool seen = table_find(&fingerprints->seen, hash, size_matches, fingerprints, &size) !=
                TABLE_NONE;
    if (!seen) {
        fingerprints->sizes =
            memory_grow(fingerprints->sizes, fingerprints->count, &fingerprints->capacity,
                        sizeof *fingerprints->sizes);
        fingerprints->sizes[fingerprints->count] = size;
        table_add(&fingerprints->seen, hash, (uint32_t)fingerprints->count++);
    }
    pthread_mutex_unlock(&fingerprints->lock);
    return seen;
}

void fingerprinter_start(struct fingerprinter *fingerprinter,
                         const struct fingerprints *fingerprints)
{
    umac128_set_key(&fingerprinter->umac, fingerprints->key);
}

void fingerprinter_begin(struct fingerprinter *fingerprinter, bool exact)
{
    static const uint8_t nonce[16];
    umac128_set_nonce(&fingerprinter->umac, sizeof nonce, nonce);
    fingerprinter->exact = exact;
    if (exact)
        digester_start(&fingerprinter->sha256, DIGEST_SHA256);
}

void fingerprinter_add(struct fingerprinter *fingerprinter, const void *bytes, size_t len)
{
    umac128_update(&fingerprinter->umac, len, bytes);
    if (fingerprinter->exact)
        digester_add(&fingerprinter->sha256, bytes, len);
}

void fingerprinter_add_zeros(struct fingerprinter *fingerprinter, int64_t count)
{
    static const char zeros[64 << 10];
    for (; count > 0; count -= (int64_t)sizeof zeros)
        fingerprinter_add(fingerprinter, zeros,
                          count < (int64_t)sizeof zeros ? (size_t)count : sizeof zeros);
}

void fingerprinter_end(struct fingerprinter *fingerprinter,
                       uint8_t ret_fingerprint[FINGERPRINT_BYTES], struct digest *ret_digest)
{
    umac128_digest(&fingerprinter->umac, FINGERPRINT_BYTES, ret_fingerprint);
    if (fingerprinter->exact)
        digester_finish(&fingerprinter->sha256, ret_digest);
}
