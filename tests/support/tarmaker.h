/* A tar stream built in memory, member by member, with a hand on every byte. What is not
 * said is made properly: checksums, padding, PAX records for names and numbers that the
 * ustar fields cannot hold. What a test wants wrong it says with a flag or with raw bytes.
 *
 *     struct tarmaker t = TARMAKER_INIT;
 *     tarmaker_dir(&t, "etc/", 0755);
 *     tarmaker_file_str(&t, "etc/motd", "hello\n");
 *     tarmaker_finish(&t);
 *     ... t.out.data, t.out.size ...
 *     tarmaker_release(&t);
 */
#ifndef TESTS_SUPPORT_TARMAKER_H
#define TESTS_SUPPORT_TARMAKER_H

#include "bytes.h"

#include <stdint.h>

struct tarmaker {
    struct bytes out;
};

#define TARMAKER_INIT                                                                      \
    {                                                                                      \
        .out = BYTES_INIT                                                                  \
    }

enum tar_flags {
    TAR_GNU = 1 << 0, /* GNU magic; long names as L and K members instead of PAX records */
    TAR_V7 = 1 << 1,  /* no magic, no prefix, no user names: names over 100 bytes are cut */
    TAR_TYPE_NUL = 1 << 2,      /* type byte 0, the old spelling of a regular file */
    TAR_HEADER_SIZE = 1 << 3,   /* the size field says header_size, whatever the data */
    TAR_PAX_SIZE = 1 << 4,      /* a PAX size record says the true size of the data */
    TAR_PAX_NAMES = 1 << 5,     /* PAX records for names that would fit, too */
    TAR_BASE256 = 1 << 6,       /* all numbers in base 256 */
    TAR_NEGATIVE_SIZE = 1 << 7, /* the size field says -header_size in base 256 */
    TAR_BAD_CHECKSUM = 1 << 8,
    TAR_NO_PADDING = 1 << 9,    /* the data is not filled up to a whole block */
    TAR_USTAR_PREFIX = 1 << 10, /* a long name is split in two where it can be */
};

enum tar_sparse {
    TAR_SPARSE_NONE,
    TAR_SPARSE_GNU_OLD, /* type S, the map in the header and in extension blocks */
    TAR_SPARSE_PAX_00,  /* GNU.sparse.offset and .numbytes, repeated */
    TAR_SPARSE_PAX_01,  /* GNU.sparse.map */
    TAR_SPARSE_PAX_10,  /* the map in front of the data */
};

/* Readers agree on segments whose sizes are multiples of 512, but for the last one: GNU tar
 * starts each on a block, the others read them one behind the other. */
struct tar_segment {
    uint64_t offset;
    uint64_t size;
};

/* A record key=value; the value may hold any bytes. */
struct tar_record {
    const char *key;
    const void *value;
    size_t value_size;
};

/* One member. Zero means a regular file of mode 0644 (directory 0755, symlink 0777), with
 * ids and time 0 and no data. */
struct tar_member {
    const char *name;
    char typeflag; /* 0 stands for '0' */
    unsigned mode;
    uint64_t uid;
    uint64_t gid;
    int64_t mtime;
    const char *linkname;
    const char *uname;
    const char *gname;
    unsigned devmajor;
    unsigned devminor;
    const void *data;
    size_t data_size;
    uint64_t header_size;            /* with TAR_HEADER_SIZE and TAR_NEGATIVE_SIZE */
    const struct tar_record *xattrs; /* written as SCHILY.xattr.KEY */
    size_t xattr_count;
    const struct tar_record *pax; /* written as they are, before the others */
    size_t pax_count;
    enum tar_sparse sparse; /* data holds the segments one after the other */
    const struct tar_segment *segments;
    size_t segment_count;
    uint64_t logical_size;
    const unsigned char *raw_header; /* 512 bytes to stand in place of the header block */
    unsigned flags;
};

void tarmaker_release(struct tarmaker *t);
void tarmaker_add(struct tarmaker *t, const struct tar_member *member);

void tarmaker_dir(struct tarmaker *t, const char *path, unsigned mode);
void tarmaker_file(struct tarmaker *t, const char *path, const void *data, size_t size);
void tarmaker_file_str(struct tarmaker *t, const char *path, const char *text);
void tarmaker_symlink(struct tarmaker *t, const char *path, const char *target);
void tarmaker_hardlink(struct tarmaker *t, const char *path, const char *target);
void tarmaker_fifo(struct tarmaker *t, const char *path);
void tarmaker_chardev(struct tarmaker *t, const char *path, unsigned major, unsigned minor);
void tarmaker_whiteout(struct tarmaker *t, const char *path); /* "a/b" makes "a/.wh.b" */
void tarmaker_opaque(struct tarmaker *t, const char *dir); /* "a" makes "a/.wh..wh..opq" */

/* A PAX global header (type g) of the records; a PAX header (type x) whatever its body. */
void tarmaker_global(struct tarmaker *t, const struct tar_record *records, size_t count);
void tarmaker_pax_raw(struct tarmaker *t, char typeflag, const void *body, size_t size);

/* Bytes as they are, wherever the stream stands. */
void tarmaker_raw(struct tarmaker *t, const void *data, size_t size);

/* Two zero blocks; or as many as wanted and then trailing bytes. */
void tarmaker_finish(struct tarmaker *t);
void tarmaker_finish_with(struct tarmaker *t, size_t zero_blocks, const void *trailing,
                          size_t trailing_size);

/* The header block that member would get (its data_size as size), for tests that change
 * single bytes; tarmaker_checksum makes the checksum of a changed block right. */
void tarmaker_header(const struct tar_member *member, unsigned char ret_block[512]);
void tarmaker_checksum(unsigned char block[512]);

#endif
