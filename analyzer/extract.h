/* Files of an image written to disk, beneath one folder: of the merged file system, or of one layer as it
 * was shipped. Each layer is read once. What needs rights or trust is left out unless it is asked for, and
 * counted. */
#ifndef ULLAGE_ANALYZER_EXTRACT_H
#define ULLAGE_ANALYZER_EXTRACT_H

#include "analyzer/browse.h"

struct extract_options {
    uint32_t layer; /* NO_LAYER: the merged file system */
    bool force;       /* files in the way are replaced */
    bool devices;     /* make device nodes too */
    bool same_owner;  /* as the image says, which needs root */
    bool keep_setuid; /* keep setuid and setgid bits */
    bool xattrs;      /* write extended attributes */
};

struct extract_counts {
    int64_t files, folders, symlinks, hardlinks, nodes;
    int64_t bytes;
    int64_t devices_skipped;
    int64_t bits_dropped;   /* files that lost a setuid or setgid bit */
    int64_t xattrs_skipped; /* entries whose extended attributes were not written */
    int64_t links_skipped;  /* hard links whose file is not among what is extracted */
    int64_t markers_skipped; /* whiteouts and opaque markers of a layer */
};

/* Writes what is at the paths and below them (none: everything) into the folder. What was written when an
 * error came stays, but no half of a file. */
int extract_run(const struct browse *browse, char *const *paths, size_t count, int folder,
                const struct extract_options *options, struct extract_counts *ret_counts,
                struct error *err);

#endif
