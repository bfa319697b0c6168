/* Folders chosen so that their rows say something: bytes by node are summed upwards, then the heaviest
 * folder is replaced by what is in it, again and again, as long as that tells where the bytes are. The rows
 * part the tree: each byte is in exactly one of them, so they sum to the total. A row is a folder with all
 * below it, or the files that lie directly in a folder whose subfolders have rows of their own.
 *
 * Bytes come in pairs, an old state and a new one; who has but one state leaves the other 0. The weight of a
 * row is what happened in it: the sum of the changes of its files, each without its sign. */
#ifndef ULLAGE_ANALYZER_DIRECTORIES_H
#define ULLAGE_ANALYZER_DIRECTORIES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/arena.h"

struct directory_row {
    const char *path; /* begins with '/' */
    bool files_only;  /* what lies directly in it */
    int64_t old_bytes, new_bytes;
    int64_t old_files, new_files;
    int64_t weight;
};

struct directories {
    struct arena arena;
    struct directory_row *rows; /* by weight, then by path; none without weight */
    size_t count;
    size_t capacity;
};

/* A folder of a tree as this sees it. */
struct directory_node {
    const char *name;
    uint32_t parent; /* a lower number; of node 0, the root, itself */
    bool is_folder;
    int64_t old_bytes, new_bytes; /* of the node itself; of all below it once summed */
    int64_t old_files, new_files;
    int64_t weight;
};

/* Chooses rows from `nodes`, which are summed in place. */
void directories_choose(struct directories *ret_directories, struct directory_node *nodes,
                        size_t count);
void directories_release(struct directories *directories);

#endif
