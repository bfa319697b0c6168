#include "tarmaker.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define BLOCK 512u

/* Where the fields of a header block stand, and how long they are. */
enum {
    NAME_AT = 0,
    NAME_SIZE = 100,
    MODE_AT = 100,
    UID_AT = 108,
    GID_AT = 116,
    ID_SIZE = 8,
    SIZE_AT = 124,
    MTIME_AT = 136,
    NUMBER_SIZE = 12,
    CHECKSUM_AT = 148,
    TYPE_AT = 156,
    LINK_AT = 157,
    MAGIC_AT = 257,
    UNAME_AT = 265,
    GNAME_AT = 297,
    OWNER_SIZE = 32,
    MAJOR_AT = 329,
    MINOR_AT = 337,
    PREFIX_AT = 345,
    PREFIX_SIZE = 155,
    SPARSE_AT = 386,
    SPARSE_IN_HEADER = 4,
    SPARSE_EXTENDED_AT = 482,
    SPARSE_REALSIZE_AT = 483,
    SPARSE_IN_BLOCK = 21,
    SPARSE_MORE_AT = 504,
};

void tarmaker_release(struct tarmaker *t)
{
    bytes_release(&t->out);
}

/* Two's complement, big endian, the first byte marked by its highest bit. */
static void put_base256(unsigned char *field, size_t size, int64_t value)
{
    for (size_t i = size; i-- > 0;) {
        field[i] = (unsigned char)(value & 0xff);
        value = value < 0 ? -((-(value + 1)) >> 8) - 1 : value >> 8;
    }
    field[0] |= 0x80;
}

static bool fits_octal(int64_t value, size_t size)
{
    return value >= 0 && value < (int64_t)1 << (3 * (size - 1));
}

static void put_number(unsigned char *field, size_t size, int64_t value, bool base256)
{
    if (base256 || !fits_octal(value, size)) {
        put_base256(field, size, value);
        return;
    }
    field[size - 1] = '\0';
    for (size_t i = size - 1; i-- > 0; value /= 8)
        field[i] = (unsigned char)('0' + value % 8);
}

/* A name may fill its field to the last byte, with no NUL. */
static void put_text(unsigned char *field, size_t size, const char *text)
{
    size_t length = text == NULL ? 0 : strlen(text);

    if (length > 0)
        memcpy(field, text, length < size ? length : size);
}

void tarmaker_checksum(unsigned char block[512])
{
    unsigned sum = 0;

    memset(block + CHECKSUM_AT, ' ', 8);
    for (size_t i = 0; i < BLOCK; i++)
        sum += block[i];
    put_number(block + CHECKSUM_AT, 7, sum, false);
}

static void put_magic(unsigned char *block, unsigned flags)
{
    if (flags & TAR_V7)
        return;
    if (flags & TAR_GNU)
        memcpy(block + MAGIC_AT, "ustar  ", 8);
    else
        memcpy(block + MAGIC_AT, "ustar\00000", 8);
}

/* Where to cut a long name so that both halves fit, or 0. */
static size_t prefix_length(const char *name)
{
    size_t length = strlen(name);

    for (size_t i = length; i-- > 1;) {
        if (name[i] == '/' && i <= PREFIX_SIZE && i + 1 < length &&
            length - i - 1 <= NAME_SIZE)
            return i;
    }
    return 0;
}

static void put_name(unsigned char *block, const char *name, unsigned flags)
{
    size_t prefix = 0;

    if ((flags & TAR_USTAR_PREFIX) && strlen(name) > NAME_SIZE)
        prefix = prefix_length(name);
    if (prefix > 0) {
        memcpy(block + PREFIX_AT, name, prefix);
        name += prefix + 1;
    }
    put_text(block + NAME_AT, NAME_SIZE, name);
}

static char member_type(const struct tar_member *m)
{
    if (m->sparse == TAR_SPARSE_GNU_OLD)
        return 'S';
    return m->typeflag != 0 ? m->typeflag : '0';
}

static unsigned member_mode(const struct tar_member *m)
{
    if (m->mode != 0)
        return m->mode;
    switch (member_type(m)) {
    case '5':
        return 0755;
    case '2':
        return 0777;
    default:
        return 0644;
    }
}

static int64_t member_size(const struct tar_member *m, uint64_t stored)
{
    if (m->flags & TAR_NEGATIVE_SIZE)
        return -(int64_t)m->header_size;
    return (int64_t)(m->flags & TAR_HEADER_SIZE ? m->header_size : stored);
}

/* The block without its checksum; stored is the number of data bytes that follow. */
static void fill_header(const struct tar_member *m, const char *name, uint64_t stored,
                        unsigned char *block)
{
    bool base256 = (m->flags & TAR_BASE256) != 0;

    memset(block, 0, BLOCK);
    put_name(block, name, m->flags);
    put_number(block + MODE_AT, ID_SIZE, member_mode(m), base256);
    put_number(block + UID_AT, ID_SIZE, (int64_t)m->uid, base256);
    put_number(block + GID_AT, ID_SIZE, (int64_t)m->gid, base256);
    put_number(block + SIZE_AT, NUMBER_SIZE, member_size(m, stored), base256);
    put_number(block + MTIME_AT, NUMBER_SIZE, m->mtime, base256);
    block[TYPE_AT] = (unsigned char)(m->flags & TAR_TYPE_NUL ? '\0' : member_type(m));
    put_text(block + LINK_AT, NAME_SIZE, m->linkname);
    put_magic(block, m->flags);
    if (m->flags & TAR_V7)
        return;
    put_text(block + UNAME_AT, OWNER_SIZE, m->uname);
    put_text(block + GNAME_AT, OWNER_SIZE, m->gname);
    put_number(block + MAJOR_AT, ID_SIZE, m->devmajor, base256);
    put_number(block + MINOR_AT, ID_SIZE, m->devminor, base256);
}

static void seal(const struct tar_member *m, unsigned char *block)
{
    tarmaker_checksum(block);
    if (m->flags & TAR_BAD_CHECKSUM)
        block[CHECKSUM_AT + 3] = (unsigned char)(block[CHECKSUM_AT + 3] == '7' ? '0' : '7');
}

void tarmaker_header(const struct tar_member *member, unsigned char ret_block[512])
{
    fill_header(member, member->name, member->data_size, ret_block);
    seal(member, ret_block);
}

static void pad(struct bytes *out, size_t written)
{
    bytes_add_zeros(out, (BLOCK - written % BLOCK) % BLOCK);
}

static void add_plain(struct tarmaker *t, const char *name, char type, unsigned flags,
                      const void *body, size_t size)
{
    struct tar_member m = {
        .name = name, .typeflag = type, .data_size = size, .flags = flags};

    tarmaker_header(&m, bytes_extend(&t->out, BLOCK));
    bytes_add(&t->out, body, size);
    pad(&t->out, size);
}

void tarmaker_pax_raw(struct tarmaker *t, char typeflag, const void *body, size_t size)
{
    const char *name = typeflag == 'g' ? "pax_global_header" : "PaxHeaders/entry";

    add_plain(t, name, typeflag, 0, body, size);
}

/* "LENGTH KEY=VALUE\n", where the length counts its own digits. */
static void add_record(struct bytes *body, const char *key, const void *value, size_t size)
{
    size_t rest = 1 + strlen(key) + 1 + size + 1;
    size_t length = rest + 1;

    while (length != rest + (size_t)snprintf(NULL, 0, "%zu", length))
        length = rest + (size_t)snprintf(NULL, 0, "%zu", length);
    bytes_printf(body, "%zu %s=", length, key);
    bytes_add(body, value, size);
    bytes_add_str(body, "\n");
}

static void add_record_number(struct bytes *body, const char *key, uint64_t value)
{
    char text[24];
    int length = snprintf(text, sizeof(text), "%llu", (unsigned long long)value);

    add_record(body, key, text, (size_t)length);
}

static void add_record_text(struct bytes *body, const char *key, const char *text)
{
    add_record(body, key, text, strlen(text));
}

void tarmaker_global(struct tarmaker *t, const struct tar_record *records, size_t count)
{
    struct bytes body = BYTES_INIT;

    for (size_t i = 0; i < count; i++)
        add_record(&body, records[i].key, records[i].value, records[i].value_size);
    tarmaker_pax_raw(t, 'g', body.data, body.size);
    bytes_release(&body);
}

static void add_sparse_repeated(struct bytes *body, const struct tar_member *m)
{
    add_record_number(body, "GNU.sparse.size", m->logical_size);
    add_record_number(body, "GNU.sparse.numblocks", m->segment_count);
    for (size_t i = 0; i < m->segment_count; i++) {
        add_record_number(body, "GNU.sparse.offset", m->segments[i].offset);
        add_record_number(body, "GNU.sparse.numbytes", m->segments[i].size);
    }
}

static void add_sparse_map_record(struct bytes *body, const struct tar_member *m)
{
    struct bytes map = BYTES_INIT;

    for (size_t i = 0; i < m->segment_count; i++) {
        bytes_printf(&map, "%s%llu,%llu", i > 0 ? "," : "",
                     (unsigned long long)m->segments[i].offset,
                     (unsigned long long)m->segments[i].size);
    }
    add_record_number(body, "GNU.sparse.size", m->logical_size);
    add_record_number(body, "GNU.sparse.numblocks", m->segment_count);
    add_record_text(body, "GNU.sparse.name", m->name);
    add_record(body, "GNU.sparse.map", map.data, map.size);
    bytes_release(&map);
}

static void add_sparse_records(struct bytes *body, const struct tar_member *m)
{
    switch (m->sparse) {
    case TAR_SPARSE_NONE:
    case TAR_SPARSE_GNU_OLD:
        return;
    case TAR_SPARSE_PAX_00:
        add_sparse_repeated(body, m);
        return;
    case TAR_SPARSE_PAX_01:
        add_sparse_map_record(body, m);
        return;
    case TAR_SPARSE_PAX_10:
        add_record_text(body, "GNU.sparse.major", "1");
        add_record_text(body, "GNU.sparse.minor", "0");
        add_record_text(body, "GNU.sparse.name", m->name);
        add_record_number(body, "GNU.sparse.realsize", m->logical_size);
        return;
    }
}

static bool hides_name(const struct tar_member *m)
{
    return m->sparse == TAR_SPARSE_PAX_01 || m->sparse == TAR_SPARSE_PAX_10;
}

/* In PAX 0.1 and 1.0 the header names a stand-in; the true name is a record. */
static const char *header_name(const struct tar_member *m)
{
    return hides_name(m) ? "GNUSparseFile.0/sparse" : m->name;
}

static bool needs_pax(const struct tar_member *m, const char *text)
{
    if (m->flags & TAR_PAX_NAMES)
        return true;
    if (m->flags & (TAR_GNU | TAR_V7) || strlen(text) <= NAME_SIZE)
        return false;
    return !(m->flags & TAR_USTAR_PREFIX) || text != m->name || prefix_length(text) == 0;
}

static void add_xattrs(struct bytes *body, const struct tar_member *m)
{
    for (size_t i = 0; i < m->xattr_count; i++) {
        struct bytes key = BYTES_INIT;

        bytes_printf(&key, "SCHILY.xattr.%s%c", m->xattrs[i].key, '\0');
        add_record(body, (char *)key.data, m->xattrs[i].value, m->xattrs[i].value_size);
        bytes_release(&key);
    }
}

static void add_extended_header(struct tarmaker *t, const struct tar_member *m,
                                uint64_t stored)
{
    struct bytes body = BYTES_INIT;

    for (size_t i = 0; i < m->pax_count; i++)
        add_record(&body, m->pax[i].key, m->pax[i].value, m->pax[i].value_size);
    if (!hides_name(m) && needs_pax(m, m->name))
        add_record_text(&body, "path", m->name);
    if (m->linkname != NULL && needs_pax(m, m->linkname))
        add_record_text(&body, "linkpath", m->linkname);
    if (m->flags & TAR_PAX_SIZE)
        add_record_number(&body, "size", stored);
    add_xattrs(&body, m);
    add_sparse_records(&body, m);

    if (body.size > 0)
        tarmaker_pax_raw(t, 'x', body.data, body.size);
    bytes_release(&body);
}

static void add_gnu_long(struct tarmaker *t, const char *text, char type)
{
    if (text != NULL && strlen(text) > NAME_SIZE)
        add_plain(t, "././@LongLink", type, TAR_GNU, text, strlen(text) + 1);
}

static void put_segment(unsigned char *at, const struct tar_segment *segment)
{
    put_number(at, NUMBER_SIZE, (int64_t)segment->offset, false);
    put_number(at + NUMBER_SIZE, NUMBER_SIZE, (int64_t)segment->size, false);
}

static void fill_old_sparse(const struct tar_member *m, unsigned char *block)
{
    for (size_t i = 0; i < m->segment_count && i < SPARSE_IN_HEADER; i++)
        put_segment(block + SPARSE_AT + i * 24, &m->segments[i]);
    block[SPARSE_EXTENDED_AT] = m->segment_count > SPARSE_IN_HEADER;
    put_number(block + SPARSE_REALSIZE_AT, NUMBER_SIZE, (int64_t)m->logical_size, false);
}

static void add_old_sparse_blocks(struct tarmaker *t, const struct tar_member *m)
{
    for (size_t i = SPARSE_IN_HEADER; i < m->segment_count; i += SPARSE_IN_BLOCK) {
        unsigned char *block = bytes_extend(&t->out, BLOCK);

        memset(block, 0, BLOCK);
        for (size_t j = 0; j < SPARSE_IN_BLOCK && i + j < m->segment_count; j++)
            put_segment(block + j * 24, &m->segments[i + j]);
        block[SPARSE_MORE_AT] = m->segment_count - i > SPARSE_IN_BLOCK;
    }
}

/* The map of PAX 1.0: decimal numbers on lines, filled up to a whole block. */
static void make_map_10(const struct tar_member *m, struct bytes *map)
{
    if (m->sparse != TAR_SPARSE_PAX_10)
        return;
    bytes_printf(map, "%zu\n", m->segment_count);
    for (size_t i = 0; i < m->segment_count; i++) {
        bytes_printf(map, "%llu\n%llu\n", (unsigned long long)m->segments[i].offset,
                     (unsigned long long)m->segments[i].size);
    }
    pad(map, map->size);
}

static void add_header_block(struct tarmaker *t, const struct tar_member *m,
                             uint64_t stored)
{
    unsigned char *block = bytes_extend(&t->out, BLOCK);

    if (m->raw_header != NULL) {
        memcpy(block, m->raw_header, BLOCK);
        return;
    }
    fill_header(m, header_name(m), stored, block);
    if (m->sparse == TAR_SPARSE_GNU_OLD)
        fill_old_sparse(m, block);
    seal(m, block);
}

void tarmaker_add(struct tarmaker *t, const struct tar_member *member)
{
    struct tar_member m = *member;
    struct bytes map = BYTES_INIT;

    if (m.sparse == TAR_SPARSE_GNU_OLD)
        m.flags |= TAR_GNU;
    make_map_10(&m, &map);
    add_extended_header(t, &m, map.size + m.data_size);
    if (m.flags & TAR_GNU) {
        add_gnu_long(t, m.linkname, 'K');
        add_gnu_long(t, m.name, 'L');
    }
    add_header_block(t, &m, map.size + m.data_size);
    if (m.sparse == TAR_SPARSE_GNU_OLD)
        add_old_sparse_blocks(t, &m);
    bytes_add(&t->out, map.data, map.size);
    bytes_add(&t->out, m.data, m.data_size);
    if (!(m.flags & TAR_NO_PADDING))
        pad(&t->out, m.data_size);
    bytes_release(&map);
}

void tarmaker_dir(struct tarmaker *t, const char *path, unsigned mode)
{
    tarmaker_add(t, &(struct tar_member){.name = path, .typeflag = '5', .mode = mode});
}

void tarmaker_file(struct tarmaker *t, const char *path, const void *data, size_t size)
{
    tarmaker_add(t, &(struct tar_member){.name = path, .data = data, .data_size = size});
}

void tarmaker_file_str(struct tarmaker *t, const char *path, const char *text)
{
    tarmaker_file(t, path, text, strlen(text));
}

void tarmaker_symlink(struct tarmaker *t, const char *path, const char *target)
{
    tarmaker_add(t,
                 &(struct tar_member){.name = path, .typeflag = '2', .linkname = target});
}

void tarmaker_hardlink(struct tarmaker *t, const char *path, const char *target)
{
    tarmaker_add(t,
                 &(struct tar_member){.name = path, .typeflag = '1', .linkname = target});
}

void tarmaker_fifo(struct tarmaker *t, const char *path)
{
    tarmaker_add(t, &(struct tar_member){.name = path, .typeflag = '6'});
}

void tarmaker_chardev(struct tarmaker *t, const char *path, unsigned major, unsigned minor)
{
    tarmaker_add(t,
                 &(struct tar_member){
                     .name = path, .typeflag = '3', .devmajor = major, .devminor = minor});
}

static void add_empty_at(struct tarmaker *t, int folder_length, const char *folder,
                         const char *name)
{
    struct bytes path = BYTES_INIT;

    bytes_printf(&path, "%.*s%s%c", folder_length, folder, name, '\0');
    tarmaker_file(t, (char *)path.data, NULL, 0);
    bytes_release(&path);
}

void tarmaker_whiteout(struct tarmaker *t, const char *path)
{
    const char *slash = strrchr(path, '/');
    const char *base = slash != NULL ? slash + 1 : path;
    struct bytes name = BYTES_INIT;

    bytes_printf(&name, ".wh.%s%c", base, '\0');
    add_empty_at(t, (int)(base - path), path, (char *)name.data);
    bytes_release(&name);
}

void tarmaker_opaque(struct tarmaker *t, const char *dir)
{
    size_t length = strlen(dir);
    bool bare = length == 0 || dir[length - 1] == '/';

    add_empty_at(t, (int)length, dir, bare ? ".wh..wh..opq" : "/.wh..wh..opq");
}

void tarmaker_raw(struct tarmaker *t, const void *data, size_t size)
{
    bytes_add(&t->out, data, size);
}

void tarmaker_finish(struct tarmaker *t)
{
    tarmaker_finish_with(t, 2, NULL, 0);
}

void tarmaker_finish_with(struct tarmaker *t, size_t zero_blocks, const void *trailing,
                          size_t trailing_size)
{
    bytes_add_zeros(&t->out, zero_blocks * BLOCK);
    bytes_add(&t->out, trailing, trailing_size);
}
