/* Secrets in bytes: private keys, tokens that are recognised by their shape (tokens.def), passwords in URLs,
 * and credentials in files whose name says that tools keep them there. What has the outside of a secret is
 * verified by a parser of its own before it counts: a key's body must be a key, a token must look random, a
 * password must not be a stand-in.
 *
 * A scan reads a file as it passes, in blocks of any size: what it finds does not depend on them. Of a file
 * with a NUL in its first bytes only private keys are looked for. The value of a secret is never handed out,
 * only its fingerprint: the first 12 hex digits of its SHA-256, as in analyzer/redact.h. */
#ifndef ULLAGE_ANALYZER_SECRETS_H
#define ULLAGE_ANALYZER_SECRETS_H

#include <stdbool.h>
#include <stdint.h>

#include "core/span.h"
#include "core/strbuf.h"

enum secret_kind {
    SECRET_PRIVATE_KEY,
    SECRET_ENCRYPTED_KEY, /* with a passphrase */
    SECRET_TOKEN,
    SECRET_URL_PASSWORD,
    SECRET_CREDENTIAL, /* the value of a name that says password, secret, token */
    SECRET_CERTIFICATE, /* no secret, met on the way */
};

#define FINGERPRINT_TEXT_MAX 13

struct secret {
    enum secret_kind kind;
    const char *what; /* "GitHub token"; static */
    int64_t offset;   /* of the value */
    uint32_t len;
    uint32_t line;    /* from 1; 0: not counted, the file is binary */
    char fingerprint[FINGERPRINT_TEXT_MAX];
};

typedef void secret_found(void *context, const struct secret *secret);

/* Tables that are made once and read by all scans. */
#define SECRET_TOKENS_MAX 96
struct secret_scanner {
    uint8_t anchors[1 << 13];           /* bits: a hash of the first three bytes of some anchor */
    uint8_t first[256];                 /* by first byte: a row, plus 1 */
    uint8_t next[SECRET_TOKENS_MAX];    /* with the same first byte, plus 1 */
    uint8_t anchor_len[SECRET_TOKENS_MAX];
    size_t rows;
};

void secret_scanner_start(struct secret_scanner *ret_scanner);

/* How much is believed without proof. */
enum secret_place {
    PLACE_FILE,  /* any file: a password in a URL must look like one */
    PLACE_STORE, /* where secrets are kept, or settings: whatever is no stand-in */
};

struct secret_scan {
    const struct secret_scanner *scanner;
    secret_found *found;
    void *context;
    enum secret_place place;
    bool binary;
    bool decided;       /* whether it is binary */
    struct strbuf held; /* what was scanned and is looked back at, then what was not */
    size_t scanned;     /* of `held` */
    int64_t offset;     /* of `held` in the file */
    int64_t skip_until; /* offset behind the last secret */
    uint32_t line;      /* at `scanned` */
};

void secret_scan_start(struct secret_scan *ret_scan, const struct secret_scanner *scanner,
                       enum secret_place place, secret_found *found, void *context);
void secret_scan_add(struct secret_scan *scan, const void *bytes, size_t len);
void secret_scan_finish(struct secret_scan *scan);
/* Frees what the scan holds, finished or not. */
void secret_scan_release(struct secret_scan *scan);

/* The same for a text at hand. */
void secrets_in_text(const struct secret_scanner *scanner, struct span text,
                     enum secret_place place, secret_found *found, void *context);

void secret_fingerprint(char ret_text[FINGERPRINT_TEXT_MAX], struct span value);

#endif
