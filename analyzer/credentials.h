/* Credentials in files where tools keep them (stores.def), found by name and content both: the file is read
 * as what its tool reads, and a value counts when its name says secret and it is no stand-in. */
#ifndef ULLAGE_ANALYZER_CREDENTIALS_H
#define ULLAGE_ANALYZER_CREDENTIALS_H

#include "analyzer/secrets.h"

enum credential_store {
    STORE_NONE,
    STORE_SETTINGS, /* names and values: ini, env, properties, YAML, JSON, TOML, XML */
    STORE_CODE,     /* the same in a program: only texts in quotes are values */
    STORE_NPM,      /* settings in which `_auth` is a credential */
    STORE_KUBE,     /* settings in which `client-key-data` is one */
    STORE_DOCKER,   /* settings in which `auth` is user:password in base 64 */
    STORE_NETRC,
    STORE_PGPASS,
    STORE_WHOLE, /* the file is the secret */
};

enum credential_store credential_store_of(const char *path);

/* Offsets are of the text. */
void credentials_in_text(enum credential_store store, struct span text, secret_found *found,
                         void *context);

#endif
