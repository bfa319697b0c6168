/* What tells payloads apart that pass by only once, in compressed layers: a fingerprint of 16 bytes, UMAC-128
 * (RFC 4418) under a key drawn at random for each image that is opened, or each pair that is compared. Unlike a plain fast hash it cannot
 * be forged: who makes the image does not know the key, and for any two contents the chance of an equal
 * fingerprint is below 2^-100. It is four times as fast as SHA-256, whose digest is taken as well from the
 * second payload of a size on, so that of equal payloads one has a digest to show. Neither key nor
 * fingerprint reaches any output. */
#ifndef ULLAGE_ANALYZER_IMAGE_FINGERPRINT_H
#define ULLAGE_ANALYZER_IMAGE_FINGERPRINT_H

#include <nettle/umac.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>

#include "core/digest.h"
#include "core/table.h"

#define FINGERPRINT_BYTES 16
#define FINGERPRINT_KEY_BYTES 16

/* Shared by all that read one image, in any thread. */
struct fingerprints {
    uint8_t key[FINGERPRINT_KEY_BYTES];
    bool always_sha256; /* a stream that passes only once: every payload gets its digest */
    pthread_mutex_t lock;
    struct table seen; /* payload sizes that were met */
    int64_t *sizes;
    size_t count, capacity;
};

/* `key` is one that fingerprints_draw_key drew: fingerprints of one key can be compared, whatever image
 * they are of. NULL draws one. */
void fingerprints_start(struct fingerprints *fingerprints, const uint8_t *key);
/* False if the machine has none to give. */
bool fingerprints_draw_key(uint8_t ret_key[FINGERPRINT_KEY_BYTES]);
void fingerprints_release(struct fingerprints *fingerprints);

/* Notes the size of a payload that is about to be read; true if its digest is wanted. */
bool fingerprints_meet(struct fingerprints *fingerprints, int64_t size);

/* Hashes payloads one after another; not shared between threads. */
struct fingerprinter {
    struct umac128_ctx umac;
    struct digester sha256;
    bool exact;
};

void fingerprinter_start(struct fingerprinter *fingerprinter,
                         const struct fingerprints *fingerprints);
void fingerprinter_begin(struct fingerprinter *fingerprinter, bool exact);
void fingerprinter_add(struct fingerprinter *fingerprinter, const void *bytes, size_t len);
void fingerprinter_add_zeros(struct fingerprinter *fingerprinter, int64_t count);
/* `ret_digest` is set if the payload was begun exact. */
void fingerprinter_end(struct fingerprinter *fingerprinter,
                       uint8_t ret_fingerprint[FINGERPRINT_BYTES], struct digest *ret_digest);

#endif
