/* A root directory on disk as an image of one layer. The walk stays below the directory's descriptor and
 * follows no link; files with several names become hard links, as tar would write them. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "analyzer/image/image.h"
#include "analyzer/image/watch.h"
#include "core/escape.h"
#include "core/file.h"
#include "core/memory.h"

/* Folders within folders, each held open on the way down. */
#define FOLDER_DEPTH_MAX 512

struct seen_inode {
    dev_t device;
    ino_t inode;
    char *path;
};

struct walk {
    struct layer *layer;
    const struct limits *limits;
    const struct watcher *const *watchers;
    const struct fingerprinter *fingerprinter; /* for comparing with another image; or NULL */
    struct strbuf path;
    struct seen_inode *seen;
    size_t seen_count;
    size_t seen_capacity;
    struct table index;
};

struct inode_key {
    dev_t device;
    ino_t inode;
};

static bool inode_matches(const void *context, uint32_t number, const void *key)
{
    const struct walk *walk = context;
    const struct inode_key *inode = key;
    return walk->seen[number].device == inode->device &&
           walk->seen[number].inode == inode->inode;
}

/* The first name of a file with several, NULL the first time it is met. */
static const char *first_name(struct walk *walk, const struct stat *st)
{
    struct inode_key key;
    memset(&key, 0, sizeof key);
    key.device = st->st_dev;
    key.inode = st->st_ino;
    uint64_t hash = table_hash(&key, sizeof key, 0);
    uint32_t found = table_find(&walk->index, hash, inode_matches, walk, &key);
    if (found != TABLE_NONE)
        return walk->seen[found].path;
    walk->seen = memory_grow(walk->seen, walk->seen_count, &walk->seen_capacity,
                             sizeof *walk->seen);
    walk->seen[walk->seen_count] = (struct seen_inode){
        .device = st->st_dev,
        .inode = st->st_ino,
        .path = memory_dup_text(walk->path.buf),
    };
    table_add(&walk->index, hash, (uint32_t)walk->seen_count++);
    return NULL;
}

static int hash_file(struct walk *walk, struct entry *entry, int fd, struct error *err)
{
    cleanup_free char *buffer = memory_alloc((size_t)256 << 10);
    struct digester digester;
    struct watching watching;
    uint32_t number = (uint32_t)(entry - walk->layer->entries);
    struct fingerprinter fingerprinter;
    digester_start(&digester, DIGEST_SHA256);
    if (walk->fingerprinter) {
        fingerprinter = *walk->fingerprinter;
        fingerprinter_begin(&fingerprinter, false);
    }
    watching_begin(&watching, walk->watchers, walk->layer, number);
    int64_t at = 0;
    while (at < entry->content) {
        int64_t left = entry->content - at;
        size_t want = left < (256 << 10) ? (size_t)left : (size_t)256 << 10;
        ssize_t got = read(fd, buffer, want);
        if (got < 0 && errno == EINTR)
            continue;
        if (got <= 0) {
            watching_end(&watching, walk->layer, number, false);
            return error_set_errno(err, ERROR_INPUT, got < 0 ? errno : EIO, "cannot read");
        }
        digester_add(&digester, buffer, (size_t)got);
        if (walk->fingerprinter)
            fingerprinter_add(&fingerprinter, buffer, (size_t)got);
        watching_block(&watching, buffer, (size_t)got, at);
        at += got;
    }
    watching_end(&watching, walk->layer, number, true);
    struct digest digest;
    digester_finish(&digester, &digest);
    entry->sha256 =
        (const uint8_t *)arena_dup(&walk->layer->arena, digest.bytes, SHA256_BYTES);
    entry->fingerprint = entry->sha256; /* as good, among themselves */
    if (walk->fingerprinter) {
        uint8_t fingerprint[FINGERPRINT_BYTES];
        fingerprinter_end(&fingerprinter, fingerprint, NULL);
        entry->fingerprint =
            (const uint8_t *)arena_dup(&walk->layer->arena, fingerprint, FINGERPRINT_BYTES);
    }
    return 0;
}

static enum tar_kind kind_of(const struct stat *st)
{
    switch (st->st_mode & S_IFMT) {
    case S_IFDIR:
        return TAR_DIR;
    case S_IFLNK:
        return TAR_SYMLINK;
    case S_IFCHR:
        return TAR_CHAR;
    case S_IFBLK:
        return TAR_BLOCKDEV;
    case S_IFIFO:
        return TAR_FIFO;
    default:
        return TAR_FILE;
    }
}

static int add_entry(struct walk *walk, int folder, const char *name, const struct stat *st,
                     struct error *err)
{
    char target[4097];
    struct tar_entry entry = {
        .name = walk->path.buf,
        .kind = kind_of(st),
        .mode = st->st_mode & 07777,
        .uid = st->st_uid,
        .gid = st->st_gid,
        .mtime = st->st_mtim.tv_sec,
        .mtime_nsec = (uint32_t)st->st_mtim.tv_nsec,
    };
    if (entry.kind == TAR_SYMLINK) {
        ssize_t len = readlinkat(folder, name, target, sizeof target - 1);
        if (len < 0)
            return error_set_errno(err, ERROR_INPUT, errno, "cannot read the link");
        target[len] = '\0';
        entry.link = target;
    } else if (entry.kind == TAR_CHAR || entry.kind == TAR_BLOCKDEV) {
        entry.dev_major = major(st->st_rdev);
        entry.dev_minor = minor(st->st_rdev);
    } else if (entry.kind == TAR_FILE) {
        const char *first = st->st_nlink > 1 ? first_name(walk, st) : NULL;
        entry.kind = first ? TAR_HARDLINK : TAR_FILE;
        entry.link = first;
        entry.size = entry.content = entry.claimed = first ? 0 : st->st_size;
    }
    walk->layer->tar_bytes += 512 + (entry.content + 511) / 512 * 512;
    struct entry *added = layer_add(walk->layer, &entry);
    if (!added->content)
        return 0;
    cleanup_fd int fd = openat(folder, name, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NOCTTY);
    if (fd < 0)
        return error_set_errno(err, ERROR_INPUT, errno, "cannot open");
    return hash_file(walk, added, fd, err);
}

static int compare_names(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

static int list_names(int folder, struct strvec *names, struct error *err)
{
    int copy = fcntl(folder, F_DUPFD_CLOEXEC, 3);
    DIR *dir = copy < 0 ? NULL : fdopendir(copy);
    if (!dir) {
        if (copy >= 0)
            close(copy);
        return error_set_errno(err, ERROR_INPUT, errno, "cannot list");
    }
    const struct dirent *found;
    while ((found = readdir(dir)))
        if (strcmp(found->d_name, ".") != 0 && strcmp(found->d_name, "..") != 0)
            strvec_add(names, found->d_name);
    closedir(dir);
    if (names->count)
        qsort(names->items, names->count, sizeof *names->items, compare_names);
    return 0;
}

static int walk_folder(struct walk *walk, int folder, int depth, struct error *err)
{
    cleanup_strvec struct strvec names = STRVEC_INIT;
    if (depth > FOLDER_DEPTH_MAX)
        return error_set(err, ERROR_LIMIT, "folders nest deeper than %d", FOLDER_DEPTH_MAX);
    if (list_names(folder, &names, err) < 0)
        return -1;
    size_t base = walk->path.len;
    for (size_t i = 0; i < names.count; i++) {
        struct stat st;
        strbuf_truncate(&walk->path, base);
        strbuf_addf(&walk->path, "%s%s", base ? "/" : "", names.items[i]);
        if (fstatat(folder, names.items[i], &st, AT_SYMLINK_NOFOLLOW) < 0)
            return error_set_errno(err, ERROR_INPUT, errno, "cannot look at '%s'",
                                   walk->path.buf);
        if (S_ISSOCK(st.st_mode))
            continue; /* no tar holds a socket */
        if (limits_check(walk->limits, LIMIT_ENTRIES, (int64_t)walk->layer->count + 1,
                         "entries", err) < 0)
            return -1;
        if (add_entry(walk, folder, names.items[i], &st, err) < 0) {
            cleanup_strbuf struct strbuf shown = STRBUF_INIT;
            escape_for_terminal(&shown, span_of(walk->path.buf, walk->path.len));
            return error_prefix(err, "'%s'", shown.buf);
        }
        if (!S_ISDIR(st.st_mode))
            continue;
        cleanup_fd int below = openat(folder, names.items[i],
                                      O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW);
        if (below < 0)
            return error_set_errno(err, ERROR_INPUT, errno, "cannot open '%s'",
                                   walk->path.buf);
        if (walk_folder(walk, below, depth + 1, err) < 0)
            return -1;
    }
    strbuf_truncate(&walk->path, base);
    return 0;
}

struct layer *rootfs_read(int folder, const struct image_options *options, struct error *err)
{
    struct walk walk = {
        .layer = layer_new(options->limits),
        .limits = options->limits,
        .watchers = options->watchers,
        .path = STRBUF_INIT,
    };
    struct fingerprints fingerprints;
    struct fingerprinter fingerprinter;
    if (options->key) {
        fingerprints_start(&fingerprints, options->key);
        fingerprinter_start(&fingerprinter, &fingerprints);
        fingerprints_release(&fingerprints);
        walk.fingerprinter = &fingerprinter;
    }
    int result = walk_folder(&walk, folder, 0, err);
    for (size_t i = 0; i < walk.seen_count; i++)
        free(walk.seen[i].path);
    free(walk.seen);
    table_release(&walk.index);
    strbuf_release(&walk.path);
    if (result < 0) {
        layer_free(walk.layer);
        return NULL;
    }
    walk.layer->tar_bytes += 1024;
    walk.layer->blob_bytes = walk.layer->tar_bytes;
    return walk.layer;
}

static int probe(struct bundle *bundle)
{
    return bundle->form == BUNDLE_FOLDER;
}

static int list(struct bundle *bundle, struct candidates *candidates, struct error *err)
{
    struct candidate *candidate = candidates_add(candidates);
    return candidate_add_layers(candidate, 1, bundle->limits, err) ? 0 : -1;
}

const struct source source_rootfs = {
    .scheme = "rootfs",
    .kind = IMAGE_ROOTFS,
    .probe = probe,
    .list = list,
};
