/* Private keys in text: PEM of every kind (PKCS#1, PKCS#8, SEC1, OpenSSH), PGP blocks and PuTTY's files. A
 * header alone is no key: programs and their documentation are full of them. The body must decode to the
 * beginning of such a key and be as long as it says. Bodies within strings of a program, with \n for the
 * line ends, quotes or indentation, are read as they are. */
#ifndef ULLAGE_ANALYZER_PRIVATE_KEY_H
#define ULLAGE_ANALYZER_PRIVATE_KEY_H

#include <stdbool.h>

#include "core/span.h"
#include "core/strbuf.h"

/* What is looked at behind the header: a key of 16384 bits is shorter. */
#define PRIVATE_KEY_MOST (16 << 10)

enum key_state { KEY_NONE, KEY_CERTIFICATE, KEY_PLAIN, KEY_ENCRYPTED };

struct private_key {
    enum key_state state;
    const char *what;    /* "RSA private key" */
    size_t len;          /* of its text */
    struct strbuf bytes; /* what the text decodes to */
};

#define PEM_ANCHOR "-----BEGIN "
#define PUTTY_ANCHOR "PuTTY-User-Key-File-"

/* `text` begins with one of the anchors. */
void private_key_read(struct private_key *ret_key, struct span text);
void private_key_release(struct private_key *key);

#endif
