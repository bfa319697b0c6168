/* The merged file system as text, in the form of fixtures/images/list.py: a row for each
 * path, in fields. It is made from an accounting or read from a list that list.py wrote,
 * and two are compared row by row. Rows are sorted by their escaped path. */
#ifndef TESTS_SUPPORT_MERGED_LIST_H
#define TESTS_SUPPORT_MERGED_LIST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

enum merged_field {
    MERGED_PATH,
    MERGED_TYPE,
    MERGED_MODE,
    MERGED_UID,
    MERGED_GID,
    MERGED_SIZE,
    MERGED_MTIME,
    MERGED_TARGET,
    MERGED_DEVICE,
    MERGED_SHA256,
    MERGED_LINKS,
    MERGED_XATTRS,
    MERGED_FIELDS
};

struct merged_row {
    char *fields[MERGED_FIELDS];
    bool implicit; /* a folder for which no layer has an entry */
};

struct merged_list {
    struct merged_row *rows;
    size_t count;
    size_t capacity;
};

struct accounting;
struct image;

/* Reads contents again where their SHA-256 is not known. A failure ends the program. */
void merged_list_make(struct merged_list *ret_list, struct image *image,
                      const struct accounting *accounting);
void merged_list_read(struct merged_list *ret_list, const char *path);
void merged_list_release(struct merged_list *list);

/* Takes out the paths that a file names, one a line, and what is below them. */
void merged_list_exclude(struct merged_list *list, const char *path);

enum merged_flags {
    MERGED_ONLY_CAPABILITIES = 1 << 0, /* of the attributes security.capability alone */
};

/* Prints each difference and returns their number. `ours` was made, `theirs` was read: a
 * '*' there is equal to anything, and the mode and mtime of implicit folders are not
 * compared. */
size_t merged_list_compare(const struct merged_list *ours, const struct merged_list *theirs,
                           unsigned flags, FILE *out);

#endif
