/* The account files of an image, /etc/passwd and its kin: lines of fields parted by colons. Lines that are
 * none (comments, too few fields) are passed over. */
#ifndef ULLAGE_ANALYZER_ACCOUNTS_H
#define ULLAGE_ANALYZER_ACCOUNTS_H

#include <stdbool.h>
#include <stdint.h>

#include "core/span.h"

#define ACCOUNT_FIELDS 7

struct account {
    /* name, password, uid, gid, ...; of a group: name, password, gid, ... */
    struct span fields[ACCOUNT_FIELDS];
    size_t count;
    uint32_t line;
};

/* Reads the next line that has at least so many fields. `position` and `line` begin with 0. */
bool account_next(struct account *ret_account, struct span text, size_t *position, uint32_t *line,
                  size_t fields_least);

/* A number as the C library reads one: digits, "0000" is 0. False for anything else. */
bool account_number(struct span text, int64_t *ret_number);

#endif
