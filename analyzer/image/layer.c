#include "analyzer/image/layer.h"

#include <archive.h>
#include <archive_entry.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "analyzer/image/sample.h"
#include "analyzer/image/watch.h"
#include "core/escape.h"
#include "core/memory.h"
#include "core/size.h"
#include "core/strbuf.h"

#define LINUX_PATH_MAX 4096

bool path_normalise(struct strbuf *out, const char *name)
{
    bool climbed = false;
    strbuf_reset(out);
    for (const char *p = name; *p;) {
        size_t len = strcspn(p, "/");
        if (len == 2 && p[0] == '.' && p[1] == '.') {
            climbed = climbed || out->len == 0;
            const char *slash = memrchr(out->buf, '/', out->len);
            strbuf_truncate(out, slash ? (size_t)(slash - out->buf) : 0);
        } else if (len && !(len == 1 && p[0] == '.')) {
            if (out->len)
                strbuf_add_char(out, '/');
            strbuf_add(out, p, len);
        }
        p += len;
        p += *p == '/';
    }
    return climbed;
}

struct dir_key {
    const char *path;
    size_t len;
};

static bool dir_matches(const void *context, uint32_t number, const void *key)
{
    const struct layer *layer = context;
    const struct dir_key *dir = key;
    const char *path = layer->dirs[number];
    return strncmp(path, dir->path, dir->len) == 0 && path[dir->len] == '\0';
}

static uint32_t find_dir(struct layer *layer, const char *path, size_t len)
{
    struct dir_key key = {.path = path, .len = len};
    if (layer->count && dir_matches(layer, layer->entries[layer->count - 1].dir, &key))
        return layer->entries[layer->count - 1].dir;
    uint64_t hash = table_hash(path, len, 0);
    uint32_t found = table_find(&layer->dir_index, hash, dir_matches, layer, &key);
    if (found != TABLE_NONE)
        return found;
    layer->dirs = memory_grow(layer->dirs, layer->dir_count, &layer->dir_capacity,
                              sizeof *layer->dirs);
    layer->dirs[layer->dir_count] = arena_dup(&layer->arena, path, len);
    layer->path_names++;
    for (size_t i = 0; i < len; i++)
        layer->path_names += path[i] == '/';
    table_add(&layer->dir_index, hash, (uint32_t)layer->dir_count);
    return (uint32_t)layer->dir_count++;
}

static uint32_t find_owner(struct layer *layer, const struct tar_entry *read)
{
    /* a layer has few owners, and neighbours mostly share one */
    for (size_t i = layer->owner_count; i > 0 && layer->owner_count - i < 16; i--) {
        const struct owner *owner = &layer->owners[i - 1];
        if (owner->mode == read->mode && owner->uid == read->uid && owner->gid == read->gid)
            return (uint32_t)(i - 1);
    }
    layer->owners = memory_grow(layer->owners, layer->owner_count, &layer->owner_capacity,
                                sizeof *layer->owners);
    layer->owners[layer->owner_count] =
        (struct owner){.mode = read->mode, .uid = read->uid, .gid = read->gid};
    return (uint32_t)layer->owner_count++;
}

struct layer *layer_new(const struct limits *limits)
{
    struct layer *layer = memory_alloc_zero(1, sizeof *layer);
    findings_start(&layer->findings, limits);
    layer->damage = (struct error)ERROR_INIT;
    find_dir(layer, "", 0);
    return layer;
}

void layer_free(struct layer *layer)
{
    if (!layer)
        return;
    findings_release(&layer->findings);
    error_release(&layer->damage);
    table_release(&layer->dir_index);
    free(layer->owners);
    free(layer->dirs);
    free(layer->notes);
    free(layer->entries);
    arena_release(&layer->arena);
    free(layer);
}

/* Some component of the folder begins with ".wh..wh.". */
static bool below_aufs(const char *dir)
{
    const char *p = dir;
    while ((p = strstr(p, AUFS_PREFIX))) {
        if (p == dir || p[-1] == '/')
            return true;
        p++;
    }
    return false;
}

static enum entry_role role_of(const struct entry *entry)
{
    const char *name = entry->name;
    if (!*name)
        return entry->kind == TAR_DIR ? ENTRY_ROOT : ENTRY_IGNORED;
    if (strncmp(name, WHITEOUT_PREFIX, WHITEOUT_PREFIX_LEN) != 0)
        return ENTRY_NODE;
    if (strcmp(name, OPAQUE_MARKER) == 0)
        return ENTRY_OPAQUE;
    if (strncmp(name, AUFS_PREFIX, strlen(AUFS_PREFIX)) == 0)
        return entry->kind == TAR_DIR ? ENTRY_NODE : ENTRY_IGNORED;
    return name[WHITEOUT_PREFIX_LEN] ? ENTRY_WHITEOUT : ENTRY_IGNORED;
}

struct xattr {
    const char *name;
    const void *value;
    size_t len;
};

static int compare_xattrs(const void *a, const void *b)
{
    return strcmp(((const struct xattr *)a)->name, ((const struct xattr *)b)->name);
}

/* One run of bytes that is equal exactly when the attributes are. */
static void keep_xattrs(struct layer *layer, struct entry_extra *extra,
                        const struct tar_entry *read)
{
    int count = archive_entry_xattr_reset(read->raw);
    cleanup_free struct xattr *xattrs = memory_alloc((size_t)count * sizeof *xattrs);
    for (int i = 0; i < count; i++)
        archive_entry_xattr_next(read->raw, &xattrs[i].name, &xattrs[i].value, &xattrs[i].len);
    qsort(xattrs, (size_t)count, sizeof *xattrs, compare_xattrs);
    cleanup_strbuf struct strbuf packed = STRBUF_INIT;
    for (int i = 0; i < count; i++) {
        uint32_t len = (uint32_t)xattrs[i].len;
        strbuf_add(&packed, xattrs[i].name, strlen(xattrs[i].name) + 1);
        strbuf_add(&packed, &len, sizeof len);
        strbuf_add(&packed, xattrs[i].value, len);
    }
    extra->xattrs = arena_dup(&layer->arena, packed.buf, packed.len);
    extra->xattrs_len = (uint32_t)packed.len;
}

static void keep_extra(struct layer *layer, struct entry *entry, const struct tar_entry *read,
                       bool climbed)
{
    bool device = read->kind == TAR_CHAR || read->kind == TAR_BLOCKDEV;
    bool has_xattrs = read->raw && archive_entry_xattr_count(read->raw) > 0;
    bool claims = read->claimed != entry->content;
    if (!read->link && !read->sparse && !device && !has_xattrs && !climbed && !claims &&
        !read->mtime_nsec)
        return;
    struct entry_extra *extra = arena_alloc_zero(&layer->arena, sizeof *extra);
    extra->size = read->size;
    extra->claimed = read->claimed;
    extra->dev_major = read->dev_major;
    extra->dev_minor = read->dev_minor;
    extra->mtime_nsec = read->mtime_nsec;
    if (read->kind == TAR_HARDLINK) {
        cleanup_strbuf struct strbuf target = STRBUF_INIT;
        if (path_normalise(&target, read->link)) {
            cleanup_strbuf struct strbuf path = STRBUF_INIT;
            entry_path(&path, layer, entry);
            findings_add(&layer->findings, FINDING_LINK_CLIMBS, 0, path.buf, NULL);
        }
        extra->link = arena_dup(&layer->arena, target.buf, target.len);
    } else {
        extra->link = arena_dup_text(&layer->arena, read->link);
    }
    if (climbed)
        extra->raw_name = arena_dup_text(&layer->arena, read->name);
    if (has_xattrs)
        keep_xattrs(layer, extra, read);
    entry->extra = extra;
}

void entry_path(struct strbuf *out, const struct layer *layer, const struct entry *entry)
{
    const char *dir = layer->dirs[entry->dir];
    strbuf_add_char(out, '/');
    strbuf_add_text(out, dir);
    if (entry->role == ENTRY_OPAQUE)
        return;
    if (*dir && *entry->name)
        strbuf_add_char(out, '/');
    strbuf_add_text(out, entry->role == ENTRY_WHITEOUT ? entry_target(entry) : entry->name);
}

static bool is_estargz_metadata(const struct layer *layer, const struct entry *entry)
{
    return !*layer->dirs[entry->dir] &&
           (strcmp(entry->name, "stargz.index.json") == 0 ||
            strcmp(entry->name, ".prefetch.landmark") == 0 ||
            strcmp(entry->name, ".no.prefetch.landmark") == 0);
}

static void note_oddities(struct layer *layer, const struct entry *entry,
                          const struct tar_entry *read, bool climbed)
{
    static const struct {
        unsigned oddity;
        enum finding_rule rule;
    } rows[] = {
        {1 << 0, FINDING_PAX_SIZE_DIFFERS},     {1 << 1, FINDING_UNKNOWN_TYPE},
        {1 << 2, FINDING_SIZE_WITHOUT_PAYLOAD}, {1 << 3, FINDING_GLOBAL_HEADER},
        {1 << 4, FINDING_NUL_IN_NAME},
    };
    bool aufs = (entry->role == ENTRY_IGNORED || entry->role == ENTRY_NODE) &&
                strncmp(entry->name, AUFS_PREFIX, strlen(AUFS_PREFIX)) == 0;
    bool nameless = entry->role == ENTRY_IGNORED && !aufs && *entry->name;
    bool root_no_dir = entry->role == ENTRY_IGNORED && !*entry->name;
    bool is_long = strlen(read->name) > LINUX_PATH_MAX;
    bool estargz = is_estargz_metadata(layer, entry);
    if (!read->oddities && !read->warning && !climbed && !aufs && !nameless && !root_no_dir &&
        !is_long && !estargz && !read->sparse && read->name[0] != '/')
        return;

    cleanup_strbuf struct strbuf path = STRBUF_INIT;
    entry_path(&path, layer, entry);
    for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
        if (read->oddities & rows[i].oddity)
            findings_add(&layer->findings, rows[i].rule, 0, path.buf, NULL);
    if (read->warning)
        findings_add(&layer->findings, FINDING_TAR_ODDITY, 0, path.buf, read->warning);
    if (climbed)
        findings_add(&layer->findings, FINDING_CLIMBING_NAME, 0, path.buf, NULL);
    if (read->name[0] == '/')
        findings_add(&layer->findings, FINDING_ABSOLUTE_NAME, 0, path.buf, NULL);
    if (aufs)
        findings_add(&layer->findings, FINDING_AUFS_LEAVINGS, 0, path.buf, NULL);
    if (nameless)
        findings_add(&layer->findings, FINDING_EMPTY_WHITEOUT_NAME, 0, path.buf, NULL);
    if (root_no_dir)
        findings_add(&layer->findings, FINDING_ROOT_NO_DIRECTORY, 0, path.buf, NULL);
    if (is_long)
        findings_add(&layer->findings, FINDING_LONG_PATH, 0, path.buf, NULL);
    if (estargz)
        findings_add(&layer->findings, FINDING_ESTARGZ_METADATA, 0, path.buf, NULL);
    if (read->sparse)
        findings_add(&layer->findings, FINDING_SPARSE_FILE, 0, path.buf, NULL);
}

struct entry *layer_add(struct layer *layer, const struct tar_entry *read)
{
    struct strbuf path = STRBUF_INIT;
    bool climbed = path_normalise(&path, read->name);
    const char *slash = memrchr(path.buf, '/', path.len);
    size_t dir_len = slash ? (size_t)(slash - path.buf) : 0;
    const char *name = slash ? slash + 1 : path.buf;

    struct entry entry = {
        .name = arena_dup(&layer->arena, name, path.len - (size_t)(name - path.buf)),
        .dir = find_dir(layer, path.buf, dir_len),
        .owner = find_owner(layer, read),
        .kind = (uint8_t)read->kind,
        .payload = read->payload,
        .mtime = read->mtime,
    };
    strbuf_release(&path);
    entry.role = (uint8_t)role_of(&entry);
    if (below_aufs(layer->dirs[entry.dir]))
        entry.flags |= ENTRY_HIDDEN;
    if (entry.role == ENTRY_NODE && strncmp(entry.name, AUFS_PREFIX, strlen(AUFS_PREFIX)) == 0)
        entry.flags |= ENTRY_HIDDEN;
    /* a regular file named like the root is content that nothing shows */
    bool counts = entry.role == ENTRY_NODE || (entry.role == ENTRY_IGNORED && !*entry.name);
    if (entry.kind == TAR_FILE && counts)
        entry.content = read->content;
    if (read->sparse)
        entry.flags |= ENTRY_SPARSE;
    if (read->name[0] == '/')
        entry.flags |= ENTRY_ABSOLUTE;
    layer->content_bytes += entry.content;
    keep_extra(layer, &entry, read, climbed);
    note_oddities(layer, &entry, read, climbed);

    layer->entries =
        memory_grow(layer->entries, layer->count, &layer->capacity, sizeof *layer->entries);
    layer->entries[layer->count] = entry;
    return &layer->entries[layer->count++];
}

static void keep_fingerprint(struct layer *layer, struct entry *entry,
                             struct fingerprinter *fingerprinter, bool exact)
{
    struct digest digest;
    uint8_t fingerprint[FINGERPRINT_BYTES];
    fingerprinter_end(fingerprinter, fingerprint, &digest);
    entry->fingerprint =
        (const uint8_t *)arena_dup(&layer->arena, fingerprint, FINGERPRINT_BYTES);
    if (exact)
        entry->sha256 = (const uint8_t *)arena_dup(&layer->arena, digest.bytes, SHA256_BYTES);
}

int layer_pass_payload(struct layer *layer, struct tar *tar, struct entry *entry,
                       struct fingerprinter *fingerprinter, const struct layer_options *options,
                       struct error *err)
{
    const void *block;
    int64_t at = 0, offset;
    ssize_t got = 0;
    struct watching watching;
    uint32_t number = (uint32_t)(entry - layer->entries);
    bool watched = watching_begin(&watching, options->watchers, layer, number);
    bool wanted = watched;
    bool exact = fingerprinter && fingerprints_meet(options->fingerprints, entry_size(entry));
    if (fingerprinter)
        fingerprinter_begin(fingerprinter, exact);
    while ((fingerprinter || wanted) && (got = tar_read(tar, &block, &offset, err)) > 0) {
        if (wanted)
            wanted = watching_block(&watching, block, (size_t)got, offset);
        if (!fingerprinter)
            continue;
        fingerprinter_add_zeros(fingerprinter, offset - at);
        fingerprinter_add(fingerprinter, block, (size_t)got);
        at = offset + got;
    }
    if (watched)
        watching_end(&watching, layer, number, got >= 0);
    if (got < 0)
        return -1;
    if (fingerprinter) {
        fingerprinter_add_zeros(fingerprinter, entry_size(entry) - at);
        keep_fingerprint(layer, entry, fingerprinter, exact);
    }
    return 0;
}

static int check_xattrs(const struct tar_entry *read, const struct limits *limits,
                        struct error *err)
{
    const char *name;
    const void *value;
    size_t len;
    if (archive_entry_xattr_reset(read->raw) == 0)
        return 0;
    while (archive_entry_xattr_next(read->raw, &name, &value, &len) == ARCHIVE_OK)
        if (limits_check(limits, LIMIT_XATTR_BYTES, (int64_t)len, "extended attribute", err) <
            0)
            return -1;
    return 0;
}

/* Holds the image's totals against their limits after one more entry. */
static int check_totals(const struct layer_options *options, int64_t new_names,
                        struct error *err)
{
    if (!options->totals)
        return 0;
    int64_t entries = atomic_fetch_add(&options->totals->entries, 1) + 1;
    int64_t paths = atomic_fetch_add(&options->totals->paths, new_names + 1) + new_names + 1;
    if (limits_check(options->limits, LIMIT_ENTRIES, entries, "entries", err) < 0)
        return -1;
    return limits_check(options->limits, LIMIT_PATHS, paths, "paths", err);
}

static int read_entries(struct layer *layer, struct tar *tar,
                        const struct layer_options *options, struct error *err)
{
    struct tar_entry read;
    struct fingerprinter fingerprinter;
    int64_t sparse_bytes = 0;
    int more;
    fingerprinter_start(&fingerprinter, options->fingerprints);
    while ((more = tar_next(tar, &read, err)) > 0) {
        if (check_xattrs(&read, options->limits, err) < 0)
            return -1;
        int64_t names = layer->path_names;
        struct entry *entry = layer_add(layer, &read);
        if (limits_check(options->limits, LIMIT_PATH_DEPTH, layer->path_names - names,
                         "folders within folders", err) < 0)
            return -1;
        if (check_totals(options, layer->path_names - names, err) < 0)
            return -1;
        /* a sparse file's map is at hand only now, so it is never left for later */
        bool sparse = entry->content && entry->flags & ENTRY_SPARSE;
        if (sparse && (!size_add(&sparse_bytes, sparse_bytes, entry_size(entry)) ||
                       limits_check(options->limits, LIMIT_TOTAL_BYTES, sparse_bytes,
                                    "bytes of sparse files", err) < 0))
            return -1;
        bool hash = (options->hash_payloads || sparse) && !options->ignore_payloads;
        if (entry->content && (hash || options->watchers) &&
            layer_pass_payload(layer, tar, entry, hash ? &fingerprinter : NULL, options, err) <
                0) {
            /* the payload is not all there, so the entry is not */
            layer->content_bytes -= entry->content;
            layer->count--;
            cleanup_strbuf struct strbuf path = STRBUF_INIT, shown = STRBUF_INIT;
            entry_path(&path, layer, entry);
            escape_for_terminal(&shown, span_of(path.buf, path.len < 200 ? path.len : 200));
            return error_prefix(err, "'%s'", shown.buf);
        }
    }
    return more;
}

static void note_ending(struct layer *layer, const struct tar *tar)
{
    struct tar_ending ending = tar_ending(tar);
    layer->tar_bytes = ending.bytes;
    if (layer->damage.code != ERROR_NONE)
        return;
    if (ending.stargz) {
        findings_add(&layer->findings, FINDING_ESTARGZ_METADATA, 0, "/stargz.index.json",
                     "behind the end marker");
    } else if (ending.garbage) {
        char count[32];
        snprintf(count, sizeof count, "%" PRId64 " bytes", ending.behind_end);
        findings_add(&layer->findings, FINDING_BYTES_AFTER_END, 0, NULL, count);
    }
    if (ending.no_marker && ending.bytes)
        findings_add(&layer->findings, FINDING_NO_END_MARKER, 0, NULL, NULL);
}

static void read_tar(struct layer *layer, struct stream *stream,
                     const struct layer_options *options)
{
    struct tar *tar;
    if (tar_open(&tar, stream, options->limits, &layer->damage) < 0)
        return;
    if (read_entries(layer, tar, options, &layer->damage) == 0)
        tar_finish(tar, &layer->damage);
    note_ending(layer, tar);
    tar_close(tar);
}

/* The digests are of everything, also of what stands behind a damaged entry. Behind a damaged decoder
 * only the stored bytes can still be read. */
static void read_rest(struct stream *stream, struct stream *blob)
{
    struct error later = ERROR_INIT;
    if (stream_drain(stream, &later) < 0)
        stream_drain(blob, &later);
    error_release(&later);
}

struct layer *layer_read(struct stream *source, const struct layer_options *options)
{
    struct layer *layer = layer_new(options->limits);
    struct fingerprints own = {.always_sha256 = false};
    struct digester blob_digester, tar_digester;
    int64_t tar_bytes;
    struct stream *stream;

    if (options->digest_blob)
        digester_start(&blob_digester, options->digest_blob);
    struct stream *blob =
        options->digest_blob && options->read_ahead
            ? stream_tee_behind(source, &blob_digester, &layer->blob_bytes)
            : stream_tee(source, options->digest_blob ? &blob_digester : NULL,
                         &layer->blob_bytes);
    if (decode_open_any(&stream, &layer->compression, blob, options->limits, &layer->damage) <
        0)
        return layer;
    bool plain = layer->compression == COMPRESSION_NONE;
    if (options->sample && plain)
        stream = sample_stream(stream, options->sample);
    if (options->read_ahead && !plain)
        stream = stream_ahead(stream);
    struct layer_options adjusted = *options;
    adjusted.hash_payloads = (options->hash_payloads || !plain) && !options->ignore_payloads;
    bool alone = !adjusted.fingerprints;
    if (alone) {
        fingerprints_start(&own, NULL);
        adjusted.fingerprints = &own;
    }
    /* a plain tar is its own blob */
    bool same = plain && options->digest_tar == options->digest_blob;
    bool digest_tar = options->digest_tar && !same;
    if (digest_tar) {
        digester_start(&tar_digester, options->digest_tar);
        stream = stream_tee(stream, &tar_digester, &tar_bytes);
    }
    read_tar(layer, stream, &adjusted);
    if (alone)
        fingerprints_release(&own);
    if ((options->digest_blob || digest_tar) && layer->damage.code != ERROR_NONE)
        read_rest(stream, blob);
    if (digest_tar)
        digester_finish(&tar_digester, &layer->diff_id);
    stream_close(stream);
    if (options->digest_blob)
        digester_finish(&blob_digester, &layer->digest);
    if (same && options->digest_tar)
        layer->diff_id = layer->digest;
    return layer;
}
