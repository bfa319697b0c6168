/* A tar, read once from start to end: libarchive parses it, the tap watches the same bytes. Used for the
 * outer archive and for layers alike. Names are the bytes of the archive, valid until the next entry. */
#ifndef ULLAGE_ANALYZER_IMAGE_TAR_H
#define ULLAGE_ANALYZER_IMAGE_TAR_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "analyzer/image/stream.h"
#include "analyzer/limits.h"

struct archive_entry;
struct tar;

enum tar_kind { TAR_FILE, TAR_DIR, TAR_SYMLINK, TAR_HARDLINK, TAR_CHAR, TAR_BLOCKDEV, TAR_FIFO };

struct tar_entry {
    const char *name;
    const char *link; /* target of a symlink or hard link, else NULL */
    enum tar_kind kind;
    unsigned oddities;      /* enum tap_oddity */
    const char *warning;    /* what libarchive had to say, else NULL */
    bool sparse;
    int64_t size;    /* logical size of a regular file, else 0 */
    int64_t content; /* payload bytes of a regular file: the data segments of a sparse one */
    int64_t claimed; /* size as the header says it, whatever the kind */
    int64_t payload; /* offset of the payload in the stream */
    uint32_t mode;   /* permission bits with setuid, setgid, sticky */
    int64_t uid, gid;
    int64_t mtime;
    uint32_t mtime_nsec;
    uint32_t dev_major, dev_minor;
    struct archive_entry *raw; /* for extended attributes */
};

/* Reads `stream`, which stays the caller's. */
int tar_open(struct tar **ret_tar, struct stream *stream, const struct limits *limits,
             struct error *err);

/* 1 with the next entry, 0 at the end, -1 with an error that names the place. */
int tar_next(struct tar *tar, struct tar_entry *ret_entry, struct error *err);

/* A block of the current entry's payload and its offset in the file; holes of sparse files are passed
 * over. 0 at its end. */
ssize_t tar_read(struct tar *tar, const void **ret_block, int64_t *ret_offset,
                 struct error *err);

/* Reads what follows the end marker, so that digests of the stream are complete. */
int tar_finish(struct tar *tar, struct error *err);

struct tar_ending {
    int64_t bytes;      /* of the whole stream */
    int64_t behind_end; /* bytes behind the end marker */
    bool garbage;       /* some of them are not zero */
    bool stargz;        /* and they are the index of an eStargz layer, which BuildKit puts there */
    bool no_marker;     /* the stream ends without an end marker */
};
struct tar_ending tar_ending(const struct tar *tar);

void tar_close(struct tar *tar);

#define TAR_PROBE_BYTES 512

/* Does a stream that begins so look like a tar? */
bool tar_probe(const void *bytes, size_t len);

#endif
