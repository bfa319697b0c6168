/* Secrets that are none: drawn when a test runs, so that no file of the tree holds anything with their
 * shape. The same seed draws the same one. All results are to be freed. */
#ifndef TESTS_SUPPORT_SECRETMAKER_H
#define TESTS_SUPPORT_SECRETMAKER_H

#include <stddef.h>

#include "bytes.h"

enum made_key {
    KEY_RSA,           /* PKCS#1 */
    KEY_RSA_ENCRYPTED, /* with Proc-Type */
    KEY_PKCS8,
    KEY_PKCS8_ENCRYPTED,
    KEY_EC,
    KEY_DSA,
    KEY_OPENSSH,
    KEY_OPENSSH_ENCRYPTED,
    KEY_PGP,
    KEY_PGP_ENCRYPTED,
    KEY_PUTTY,
    KEY_PUTTY_ENCRYPTED,
    KEY_KINDS,
};

/* A token of a shape of analyzer/tokens.def, each class as short as it may be. */
char *secret_token(const char *shape, unsigned seed);
/* So many letters and digits. */
char *secret_word(size_t len, unsigned seed);
/* A key in its text form. */
char *secret_key(enum made_key kind, unsigned seed);
char *secret_certificate(unsigned seed);
char *secret_base64(const void *data, size_t size);

#endif
