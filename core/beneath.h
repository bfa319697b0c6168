/* Making files beneath one folder and nowhere else. Paths are "a/b/c", relative, without "." or ".."; each
 * component is opened from the one above it and no symlink is ever followed, so that neither a name from
 * an archive nor a link that was just extracted leads out. Folders on the way are made as needed. */
#ifndef ULLAGE_CORE_BENEATH_H
#define ULLAGE_CORE_BENEATH_H

#include <stdbool.h>
#include <sys/types.h>

#include "core/error.h"
#include "core/strbuf.h"

struct beneath {
    int root;    /* the caller's */
    bool force;  /* what stands in the way is removed, unless it is a folder */
    int parent;  /* the folder that was used last, -1 at the start */
    struct strbuf parent_path;
};

void beneath_start(struct beneath *beneath, int root, bool force);
void beneath_release(struct beneath *beneath);

/* Makes the folder if there is none, with the mode 0700 until somebody sets another. */
int beneath_make_folder(struct beneath *beneath, const char *path, struct error *err);
/* A new, empty file, open for writing; -1 with the error. */
int beneath_make_file(struct beneath *beneath, const char *path, struct error *err);
int beneath_make_symlink(struct beneath *beneath, const char *path, const char *target,
                         struct error *err);
int beneath_make_node(struct beneath *beneath, const char *path, mode_t mode, dev_t device,
                      struct error *err);
/* A further name of a file that stands beneath too. */
int beneath_make_link(struct beneath *beneath, const char *path, const char *existing,
                      struct error *err);
/* Opens what stands there, a folder or a file, for its attributes. */
int beneath_open(struct beneath *beneath, const char *path, struct error *err);
/* The folder that holds the path, valid until the next call, and the last component. */
int beneath_parent(struct beneath *beneath, const char *path, const char **ret_name,
                   struct error *err);
/* Takes back a file that was made. */
void beneath_remove(struct beneath *beneath, const char *path);

#endif
