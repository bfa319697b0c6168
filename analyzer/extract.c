#include "analyzer/extract.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/xattr.h>
#include <unistd.h>

#include "analyzer/image/payload.h"
#include "core/beneath.h"
#include "core/escape.h"
#include "core/file.h"
#include "core/memory.h"

/* Something to be made on disk. */
struct target {
    const char *path; /* without the slash in front */
    const char *link;
    enum tar_kind kind;
    const struct layer *layer; /* with `entry` its attributes; NULL: a folder without an entry */
    const struct entry *entry;
    struct place place; /* of a regular file */
    bool skipped;
};

/* The payload of a target; several targets may share one, as hard links. */
struct wanted {
    struct place place;
    uint32_t target;
};

struct extract {
    const struct browse *browse;
    const struct extract_options *options;
    struct extract_counts *counts;
    struct beneath disk;
    struct arena arena;
    struct target *targets;
    size_t count, capacity;
    struct table index; /* by path */
    struct wanted *wanted;
    size_t wanted_count;
    /* while a layer is read */
    size_t next; /* of `wanted` */
    int fd;
    const struct target *open;
};

static bool target_matches(const void *context, uint32_t number, const void *key)
{
    const struct extract *extract = context;
    return strcmp(extract->targets[number].path, key) == 0;
}

static uint32_t find_target(const struct extract *extract, const char *path)
{
    return table_find(&extract->index, table_hash(path, strlen(path), 0), target_matches, extract,
                      path);
}

static int add_target(void *context, const struct item *item, struct error *err)
{
    struct extract *extract = context;
    const char *path = item->path + 1;
    (void)err;
    if (item->state == STATE_WHITEOUT || item->state == STATE_OPAQUE) {
        extract->counts->markers_skipped++;
        return 0;
    }
    uint32_t known = find_target(extract, path);
    if (known != TABLE_NONE && item->node != NODE_NONE)
        return 0; /* two of the paths overlap */
    struct target target = {
        .path = arena_dup_text(&extract->arena, path),
        .link = arena_dup_text(&extract->arena, item->link),
        .kind = item->kind,
        .place = {.layer = item->layer, .entry = item->entry},
    };
    if (item->layer != NO_LAYER) {
        target.layer = layer_of(&extract->browse->accounting, item->layer);
        target.entry = &target.layer->entries[item->entry];
    }
    if (known != TABLE_NONE) {
        extract->targets[known] = target; /* twice in one layer: the last counts */
        return 0;
    }
    extract->targets =
        memory_grow(extract->targets, extract->count, &extract->capacity, sizeof target);
    extract->targets[extract->count] = target;
    table_add(&extract->index, table_hash(path, strlen(path), 0), (uint32_t)extract->count++);
    return 0;
}

static int collect(struct extract *extract, char *const *paths, size_t count, struct error *err)
{
    struct browse_list list = {.layer = extract->options->layer, .depth = UINT_MAX};
    for (size_t i = 0; i < (count ? count : 1); i++)
        if (browse_visit(extract->browse, count ? paths[i] : "/", &list, add_target, extract,
                         err) < 0)
            return -1;
    return 0;
}

/* A hard link of a layer takes the payload of what it names, if that is there. */
static void resolve_links(struct extract *extract)
{
    for (size_t i = 0; i < extract->count; i++) {
        struct target *target = &extract->targets[i];
        if (target->kind != TAR_HARDLINK || target->skipped)
            continue;
        uint32_t named = target->link ? find_target(extract, target->link + 1) : TABLE_NONE;
        if (named != TABLE_NONE && extract->targets[named].kind == TAR_FILE) {
            target->place = extract->targets[named].place;
            target->layer = extract->targets[named].layer;
            target->entry = extract->targets[named].entry;
            target->kind = TAR_FILE;
        } else {
            target->skipped = true;
            extract->counts->links_skipped++;
        }
    }
}

static int compare_wanted(const void *a, const void *b)
{
    const struct wanted *left = a, *right = b;
    if (left->place.layer != right->place.layer)
        return left->place.layer < right->place.layer ? -1 : 1;
    if (left->place.entry != right->place.entry)
        return left->place.entry < right->place.entry ? -1 : 1;
    return left->target < right->target ? -1 : left->target > right->target;
}

static bool same_place(struct place a, struct place b)
{
    return a.layer == b.layer && a.entry == b.entry;
}

static void sort_payloads(struct extract *extract)
{
    extract->wanted = memory_alloc_zero(extract->count, sizeof *extract->wanted);
    for (size_t i = 0; i < extract->count; i++)
        if (extract->targets[i].kind == TAR_FILE && !extract->targets[i].skipped)
            extract->wanted[extract->wanted_count++] =
                (struct wanted){.place = extract->targets[i].place, .target = (uint32_t)i};
    if (extract->wanted_count)
        qsort(extract->wanted, extract->wanted_count, sizeof *extract->wanted, compare_wanted);
}

static int refuse(struct error *err, const char *what, const struct target *target)
{
    cleanup_strbuf struct strbuf shown = STRBUF_INIT;
    int number = errno;
    escape_for_terminal(&shown, span_of_text(target->path));
    error_set_errno(err, ERROR_OUTPUT, number, "cannot %s '%s'", what, shown.buf);
    if (number == EPERM)
        return error_hint(err, "that needs the rights of root");
    return -1;
}

static int set_xattrs(struct extract *extract, int fd, const struct target *target,
                      struct error *err)
{
    const struct entry_extra *extra = target->entry->extra;
    if (!extra || !extra->xattrs_len)
        return 0;
    if (!extract->options->xattrs) {
        extract->counts->xattrs_skipped++;
        return 0;
    }
    for (const char *at = extra->xattrs; at < extra->xattrs + extra->xattrs_len;) {
        uint32_t len;
        const char *value = at + strlen(at) + 1;
        memcpy(&len, value, sizeof len);
        value += sizeof len;
        if (fsetxattr(fd, at, value, len, 0) < 0)
            return refuse(err, "write the extended attributes of", target);
        at = value + len;
    }
    return 0;
}

/* Owner first, since a new owner costs the setuid bits, and attributes before a mode that forbids them. */
static int set_attributes(struct extract *extract, int fd, const struct target *target,
                          struct error *err)
{
    if (!target->entry)
        return fchmod(fd, 0755) < 0 ? refuse(err, "set the mode of", target) : 0;
    const struct owner *owner = &target->layer->owners[target->entry->owner];
    mode_t mode = owner->mode & 07777;
    if (mode & 06000 && !extract->options->keep_setuid) {
        mode &= 01777;
        extract->counts->bits_dropped++;
    }
    if (extract->options->same_owner && fchown(fd, (uid_t)owner->uid, (gid_t)owner->gid) < 0)
        return refuse(err, "set the owner of", target);
    if (set_xattrs(extract, fd, target, err) < 0)
        return -1;
    if (fchmod(fd, mode) < 0)
        return refuse(err, "set the mode of", target);
    struct timespec times[2] = {{.tv_nsec = UTIME_OMIT}, {.tv_sec = target->entry->mtime}};
    if (target->entry->extra)
        times[1].tv_nsec = target->entry->extra->mtime_nsec;
    return futimens(fd, times) < 0 ? refuse(err, "set the time of", target) : 0;
}

/* What the image says beyond what Linux can store. */
static int check_owner(const struct extract *extract, const struct target *target,
                       struct error *err)
{
    const struct owner *owner =
        target->entry ? &target->layer->owners[target->entry->owner] : NULL;
    if (!extract->options->same_owner || !owner ||
        (owner->uid >= 0 && owner->uid < UINT32_MAX && owner->gid >= 0 &&
         owner->gid < UINT32_MAX))
        return 0;
    errno = EOVERFLOW;
    return refuse(err, "set the owner of", target);
}

static int make_symlink(struct extract *extract, const struct target *target, struct error *err)
{
    const char *name;
    const char *link = target->link && *target->link ? target->link : ".";
    if (beneath_make_symlink(&extract->disk, target->path, link, err) < 0)
        return -1;
    int parent = beneath_parent(&extract->disk, target->path, &name, err);
    if (parent < 0)
        return -1;
    const struct owner *owner = &target->layer->owners[target->entry->owner];
    if (extract->options->same_owner &&
        fchownat(parent, name, (uid_t)owner->uid, (gid_t)owner->gid, AT_SYMLINK_NOFOLLOW) < 0)
        return refuse(err, "set the owner of", target);
    struct timespec times[2] = {{.tv_nsec = UTIME_OMIT}, {.tv_sec = target->entry->mtime}};
    if (utimensat(parent, name, times, AT_SYMLINK_NOFOLLOW) < 0)
        return refuse(err, "set the time of", target);
    extract->counts->symlinks++;
    return 0;
}

static int make_node(struct extract *extract, const struct target *target, struct error *err)
{
    const struct entry_extra *extra = target->entry->extra;
    const struct owner *owner = &target->layer->owners[target->entry->owner];
    const char *name;
    mode_t type = target->kind == TAR_FIFO   ? S_IFIFO
                  : target->kind == TAR_CHAR ? S_IFCHR
                                             : S_IFBLK;
    if (type != S_IFIFO && !extract->options->devices) {
        extract->counts->devices_skipped++;
        return 0;
    }
    dev_t device = extra ? makedev(extra->dev_major, extra->dev_minor) : 0;
    if (beneath_make_node(&extract->disk, target->path, type | 0600, device, err) < 0)
        return -1;
    int parent = beneath_parent(&extract->disk, target->path, &name, err);
    if (parent < 0)
        return -1;
    /* just made by us in a folder we hold, so the name is no link */
    if (extract->options->same_owner &&
        fchownat(parent, name, (uid_t)owner->uid, (gid_t)owner->gid, AT_SYMLINK_NOFOLLOW) < 0)
        return refuse(err, "set the owner of", target);
    if (fchmodat(parent, name, owner->mode & 0777, 0) < 0)
        return refuse(err, "set the mode of", target);
    struct timespec times[2] = {{.tv_nsec = UTIME_OMIT}, {.tv_sec = target->entry->mtime}};
    if (utimensat(parent, name, times, AT_SYMLINK_NOFOLLOW) < 0)
        return refuse(err, "set the time of", target);
    extract->counts->nodes++;
    return 0;
}

/* Folders and all that has no payload, parents first. */
static int make_frame(struct extract *extract, struct error *err)
{
    for (size_t i = 0; i < extract->count; i++) {
        const struct target *target = &extract->targets[i];
        int result = 0;
        if (target->skipped || !*target->path)
            continue;
        if (check_owner(extract, target, err) < 0)
            return -1;
        if (target->kind == TAR_DIR) {
            result = beneath_make_folder(&extract->disk, target->path, err);
            extract->counts->folders++;
        } else if (target->kind == TAR_SYMLINK) {
            result = make_symlink(extract, target, err);
        } else if (target->kind != TAR_FILE && target->kind != TAR_HARDLINK) {
            result = make_node(extract, target, err);
        }
        if (result < 0)
            return -1;
    }
    return 0;
}

static int begin_file(void *context, uint32_t entry, struct error *err)
{
    struct extract *extract = context;
    while (extract->wanted[extract->next].place.entry != entry)
        extract->next++;
    extract->open = &extract->targets[extract->wanted[extract->next].target];
    extract->fd = beneath_make_file(&extract->disk, extract->open->path, err);
    return extract->fd < 0 ? -1 : 0;
}

static int write_block(void *context, const void *bytes, size_t len, int64_t offset,
                       struct error *err)
{
    struct extract *extract = context;
    for (size_t done = 0; done < len;) {
        ssize_t put = pwrite(extract->fd, (const char *)bytes + done, len - done,
                             offset + (int64_t)done);
        if (put < 0 && errno == EINTR)
            continue;
        if (put < 0)
            return refuse(err, "write", extract->open);
        done += (size_t)put;
    }
    return 0;
}

static int end_file(void *context, uint32_t entry, struct error *err)
{
    struct extract *extract = context;
    const struct target *target = extract->open;
    (void)entry;
    if (target->entry->flags & ENTRY_SPARSE &&
        ftruncate(extract->fd, entry_size(target->entry)) < 0)
        return refuse(err, "write", target);
    if (set_attributes(extract, extract->fd, target, err) < 0)
        return -1;
    int closed = close(extract->fd);
    extract->fd = -1;
    if (closed < 0)
        return refuse(err, "write", target);
    extract->counts->files++;
    extract->counts->bytes += target->entry->content;
    return 0;
}

/* The payloads of one layer, wanted[first] to wanted[end - 1], in one pass. */
static int write_layer(struct extract *extract, size_t first, size_t end, struct error *err)
{
    struct payload_reader reader = {
        .context = extract, .begin = begin_file, .block = write_block, .end = end_file};
    cleanup_free uint32_t *entries = memory_alloc_zero(end - first, sizeof *entries);
    size_t count = 0;
    for (size_t i = first; i < end; i++)
        if (!count || entries[count - 1] != extract->wanted[i].place.entry)
            entries[count++] = extract->wanted[i].place.entry;
    extract->next = first;
    int result = payloads_read(extract->browse->image, extract->wanted[first].place.layer,
                               entries, count, &reader, err);
    if (extract->fd >= 0) {
        file_close(&extract->fd);
        beneath_remove(&extract->disk, extract->open->path);
    }
    return result;
}

static int write_payloads(struct extract *extract, struct error *err)
{
    const struct wanted *wanted = extract->wanted;
    for (size_t first = 0, end; first < extract->wanted_count; first = end) {
        end = first;
        while (end < extract->wanted_count &&
               wanted[end].place.layer == wanted[first].place.layer)
            end++;
        if (write_layer(extract, first, end, err) < 0)
            return -1;
    }
    for (size_t i = 1, first = 0; i < extract->wanted_count; i++) {
        if (!same_place(wanted[first].place, wanted[i].place)) {
            first = i;
            continue;
        }
        if (beneath_make_link(&extract->disk, extract->targets[wanted[i].target].path,
                              extract->targets[wanted[first].target].path, err) < 0)
            return -1;
        extract->counts->hardlinks++;
    }
    return 0;
}

static int compare_deepest(const void *a, const void *b, void *context)
{
    const struct extract *extract = context;
    return strcmp(extract->targets[*(const uint32_t *)b].path,
                  extract->targets[*(const uint32_t *)a].path);
}

/* Folders get their attributes when nothing is made in them any more, each before the one that holds it. */
static int finish_folders(struct extract *extract, struct error *err)
{
    cleanup_free uint32_t *folders = memory_alloc_zero(extract->count, sizeof *folders);
    size_t count = 0;
    for (size_t i = 0; i < extract->count; i++)
        if (extract->targets[i].kind == TAR_DIR && *extract->targets[i].path)
            folders[count++] = (uint32_t)i;
    if (count)
        qsort_r(folders, count, sizeof *folders, compare_deepest, extract);
    for (size_t i = 0; i < count; i++) {
        const struct target *target = &extract->targets[folders[i]];
        cleanup_fd int fd = beneath_open(&extract->disk, target->path, err);
        if (fd < 0 || set_attributes(extract, fd, target, err) < 0)
            return -1;
    }
    return 0;
}

int extract_run(const struct browse *browse, char *const *paths, size_t count, int folder,
                const struct extract_options *options, struct extract_counts *ret_counts,
                struct error *err)
{
    struct extract extract = {
        .browse = browse, .options = options, .counts = ret_counts, .fd = -1};
    *ret_counts = (struct extract_counts){0};
    beneath_start(&extract.disk, folder, options->force);
    int result = collect(&extract, paths, count, err);
    if (result == 0) {
        resolve_links(&extract);
        sort_payloads(&extract);
        result = make_frame(&extract, err);
    }
    if (result == 0)
        result = write_payloads(&extract, err);
    if (result == 0)
        result = finish_folders(&extract, err);
    beneath_release(&extract.disk);
    table_release(&extract.index);
    free(extract.targets);
    free(extract.wanted);
    arena_release(&extract.arena);
    return result;
}
