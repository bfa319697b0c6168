/* rpm of Fedora, Red Hat, SUSE and their kin. A database is a heap of package headers, in one of three
 * backends: rpmdb.sqlite (a table "Packages"), Packages.db (ndb: a directory of slots, then the headers) and
 * Packages (Berkeley DB, until 2020), which is found and told but not read. A header is a list of tags, each
 * with a type, a count and a place in the data behind the list; numbers are big-endian. A package's files
 * come in three lists: last names, for each the number of its folder, and the folders. */
#include <stdlib.h>
#include <string.h>

#include "analyzer/packages/kind.h"
#include "analyzer/sqlite.h"
#include "core/memory.h"

enum tag {
    TAG_NAME = 1000,
    TAG_VERSION = 1001,
    TAG_RELEASE = 1002,
    TAG_EPOCH = 1003,
    TAG_ARCH = 1022,
    TAG_OLDFILENAMES = 1027,
    TAG_DIRINDEXES = 1116,
    TAG_BASENAMES = 1117,
    TAG_DIRNAMES = 1118,
};

enum type { TYPE_INT32 = 4, TYPE_STRING = 6, TYPE_STRING_ARRAY = 8, TYPE_I18NSTRING = 9 };

#define ENTRY_BYTES 16

static bool wants(const char *folder, const char *name)
{
    static const char *const folders[] = {"var/lib/rpm", "usr/lib/sysimage/rpm",
                                          "usr/share/rpm"};
    static const char *const names[] = {"rpmdb.sqlite", "rpmdb.sqlite-wal", "Packages.db",
                                        "Packages"};
    bool found = false;
    for (size_t i = 0; i < ARRAY_SIZE(folders); i++)
        found = found || strcmp(folder, folders[i]) == 0;
    for (size_t i = 0; found && i < ARRAY_SIZE(names); i++)
        if (strcmp(name, names[i]) == 0)
            return true;
    return false;
}

static uint32_t big_endian(const char *bytes)
{
    const unsigned char *b = (const unsigned char *)bytes;
    return (uint32_t)b[0] << 24 | (uint32_t)b[1] << 16 | (uint32_t)b[2] << 8 | b[3];
}

static uint32_t little_endian(const char *bytes)
{
    const unsigned char *b = (const unsigned char *)bytes;
    return (uint32_t)b[3] << 24 | (uint32_t)b[2] << 16 | (uint32_t)b[1] << 8 | b[0];
}

struct header {
    struct span index;
    struct span data;
};

/* What a tag holds: `count` values in `data`, which goes on to the end of all data. */
struct values {
    uint32_t type;
    uint32_t count;
    struct span data;
};

static bool open_header(struct span blob, struct header *ret_header)
{
    if (blob.len < 8)
        return false;
    uint64_t entries = big_endian(blob.ptr), bytes = big_endian(blob.ptr + 4);
    if (entries * ENTRY_BYTES + bytes > blob.len - 8)
        return false;
    size_t index = (size_t)entries * ENTRY_BYTES;
    ret_header->index = span_of(blob.ptr + 8, index);
    ret_header->data = span_of(blob.ptr + 8 + index, (size_t)bytes);
    return true;
}

static bool find_tag(const struct header *header, enum tag tag, struct values *ret_values)
{
    for (size_t at = 0; at < header->index.len; at += ENTRY_BYTES) {
        const char *entry = header->index.ptr + at;
        uint32_t offset = big_endian(entry + 8);
        if (big_endian(entry) != (uint32_t)tag)
            continue;
        if (offset > header->data.len)
            return false;
        *ret_values = (struct values){
            .type = big_endian(entry + 4),
            .count = big_endian(entry + 12),
            .data = span_of(header->data.ptr + offset, header->data.len - offset),
        };
        return true;
    }
    return false;
}

static bool next_text(struct values *values, struct span *ret_text)
{
    const char *end = values->data.len ? memchr(values->data.ptr, '\0', values->data.len) : NULL;
    if (!end || !values->count)
        return false;
    size_t len = (size_t)(end - values->data.ptr);
    *ret_text = span_of(values->data.ptr, len);
    values->data = span_of(end + 1, values->data.len - len - 1);
    values->count--;
    return true;
}

static bool next_number(struct values *values, uint32_t *ret_number)
{
    if (!values->count || values->data.len < 4)
        return false;
    *ret_number = big_endian(values->data.ptr);
    values->data = span_of(values->data.ptr + 4, values->data.len - 4);
    values->count--;
    return true;
}

static struct span text_of(const struct header *header, enum tag tag)
{
    struct values values;
    struct span text = {NULL, 0};
    if (find_tag(header, tag, &values) && (values.type == TYPE_STRING ||
                                           values.type == TYPE_I18NSTRING ||
                                           values.type == TYPE_STRING_ARRAY))
        next_text(&values, &text);
    return text;
}

/* [EPOCH:]VERSION-RELEASE, as rpm -q prints it with its epoch. */
static void add_version(struct strbuf *out, const struct header *header)
{
    struct values values;
    uint32_t epoch;
    struct span version = text_of(header, TAG_VERSION), release = text_of(header, TAG_RELEASE);
    if (find_tag(header, TAG_EPOCH, &values) && values.type == TYPE_INT32 &&
        next_number(&values, &epoch))
        strbuf_addf(out, "%u:", epoch);
    strbuf_add(out, version.ptr, version.len);
    if (release.len) {
        strbuf_add_char(out, '-');
        strbuf_add(out, release.ptr, release.len);
    }
}

/* The folders' nodes, each looked up once. */
static uint32_t *find_folders(struct package_reader *reader, struct values *names, size_t *ret_count)
{
    uint32_t *folders = NULL;
    size_t count = 0, capacity = 0;
    struct span name;
    cleanup_strbuf struct strbuf path = STRBUF_INIT;
    while (next_text(names, &name)) {
        strbuf_reset(&path);
        strbuf_add(&path, name.ptr, name.len);
        strbuf_add_text(&path, "/."); /* so that a symlink at the end is followed */
        folders = memory_grow(folders, count, &capacity, sizeof *folders);
        folders[count++] = package_lookup(reader, NODE_ROOT, span_of(path.buf, path.len));
    }
    *ret_count = count;
    return folders;
}

static void own_files(struct package_reader *reader, uint32_t package,
                      const struct header *header)
{
    struct values bases, indexes, names;
    struct span name;
    uint32_t folder;
    size_t count;
    if (find_tag(header, TAG_OLDFILENAMES, &names) && names.type == TYPE_STRING_ARRAY)
        while (next_text(&names, &name))
            package_owns(reader, package, NODE_ROOT, name);
    if (!find_tag(header, TAG_BASENAMES, &bases) || bases.type != TYPE_STRING_ARRAY ||
        !find_tag(header, TAG_DIRINDEXES, &indexes) || indexes.type != TYPE_INT32 ||
        !find_tag(header, TAG_DIRNAMES, &names) || names.type != TYPE_STRING_ARRAY)
        return;
    cleanup_free uint32_t *folders = find_folders(reader, &names, &count);
    while (next_text(&bases, &name) && next_number(&indexes, &folder))
        if (folder < count && folders[folder] != NODE_NONE)
            package_owns(reader, package, folders[folder], name);
}

struct reading {
    struct package_reader *reader;
    const struct package_source *source;
};

static void read_header(const struct reading *reading, struct span blob)
{
    struct header header;
    cleanup_strbuf struct strbuf version = STRBUF_INIT;
    if (!open_header(blob, &header) || !text_of(&header, TAG_NAME).len) {
        package_warn(reading->reader, reading->source, "a damaged header is passed over");
        return;
    }
    add_version(&version, &header);
    uint32_t package =
        package_add(reading->reader, reading->source, text_of(&header, TAG_NAME),
                    span_of(version.buf, version.len), text_of(&header, TAG_ARCH));
    own_files(reading->reader, package, &header);
}

static void read_row(void *context, const struct sqlite_value *values, size_t count)
{
    if (count >= 2 && values[1].type == SQLITE_BLOB)
        read_header(context, values[1].bytes);
}

static void read_sqlite(const struct reading *reading)
{
    struct error error = ERROR_INIT;
    struct reading copy = *reading;
    if (sqlite_read_table(reading->source->text, "Packages", read_row, &copy, &error) < 0)
        package_warn(reading->reader, reading->source, "%s", error.text);
    error_release(&error);
}

/* ndb, whose numbers are little-endian: pages of slots, each "Slot", package, offset and length in blocks
 * of 16 bytes; the first two places are the file's header. A blob is "BlbS", package, generation, length,
 * then the bytes. */
#define NDB_BLOCK 16
#define NDB_PAGE 4096

static void read_ndb(const struct reading *reading)
{
    struct span file = reading->source->text;
    size_t left = file.len; /* headers do not overlap */
    if (file.len < NDB_PAGE || memcmp(file.ptr, "RpmP", 4) != 0) {
        package_warn(reading->reader, reading->source, "is no database of rpm");
        return;
    }
    uint64_t slots = (uint64_t)little_endian(file.ptr + 12) * (NDB_PAGE / NDB_BLOCK);
    if (slots > file.len / NDB_BLOCK)
        slots = file.len / NDB_BLOCK;
    for (size_t i = 2; i < slots; i++) {
        const char *slot = file.ptr + i * NDB_BLOCK;
        uint64_t offset = (uint64_t)little_endian(slot + 8) * NDB_BLOCK;
        if (memcmp(slot, "Slot", 4) != 0 || !little_endian(slot + 4) || !offset)
            continue;
        bool there = offset + NDB_BLOCK <= file.len && memcmp(file.ptr + offset, "BlbS", 4) == 0;
        uint32_t len = there ? little_endian(file.ptr + offset + 12) : 0;
        if (!there || len > file.len - offset - NDB_BLOCK || len > left) {
            package_warn(reading->reader, reading->source, "a damaged header is passed over");
            continue;
        }
        left -= len;
        read_header(reading, span_of(file.ptr + offset + NDB_BLOCK, len));
    }
}

static void read_source(struct package_reader *reader, const struct package_source *source)
{
    const struct reading reading = {.reader = reader, .source = source};
    struct span path = span_of_text(source->path);
    if (span_ends_with(path, "/rpmdb.sqlite"))
        read_sqlite(&reading);
    else if (span_ends_with(path, "/Packages.db"))
        read_ndb(&reading);
    else if (span_ends_with(path, "-wal"))
        package_warn(reader, source,
                     "a journal that was never merged is not read; its packages are missing");
    else
        package_warn(reader, source,
                     "a Berkeley DB is found and cannot be read; its packages are missing");
}

const struct package_kind package_kind_rpm = {
    .name = "rpm",
    .summary = "Fedora, Red Hat, SUSE",
    .wants = wants,
    .read = read_source,
};
