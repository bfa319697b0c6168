#include "core/beneath.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/escape.h"
#include "core/file.h"

#define OPEN_FOLDER (O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)

void beneath_start(struct beneath *beneath, int root, bool force)
{
    *beneath = (struct beneath){
        .root = root, .force = force, .parent = -1, .parent_path = STRBUF_INIT};
}

void beneath_release(struct beneath *beneath)
{
    file_close(&beneath->parent);
    strbuf_release(&beneath->parent_path);
}

static int refuse(struct error *err, int number, const char *what, const char *path)
{
    cleanup_strbuf struct strbuf shown = STRBUF_INIT;
    escape_for_terminal(&shown, span_of_text(path));
    error_set_errno(err, ERROR_OUTPUT, number, "%s '%s'", what, shown.buf);
    if (number == EEXIST)
        return error_hint(err, "extract into an empty folder, or give --force");
    if (number == ELOOP || number == ENOTDIR)
        return error_hint(err, "a symlink or file of the folder stands in the way");
    return -1;
}

/* Opens the folder `name` below `fd`, made if need be. */
static int enter(int fd, const char *name)
{
    int next = openat(fd, name, OPEN_FOLDER);
    if (next >= 0 || errno != ENOENT)
        return next;
    if (mkdirat(fd, name, 0755) < 0 && errno != EEXIST)
        return -1;
    return openat(fd, name, OPEN_FOLDER);
}

static int open_folder(const struct beneath *beneath, const char *path, size_t len)
{
    cleanup_fd int at = fcntl(beneath->root, F_DUPFD_CLOEXEC, 3);
    for (size_t i = 0; i < len && at >= 0;) {
        char part[NAME_MAX + 1];
        size_t step = strcspn(path + i, "/");
        if (step > len - i)
            step = len - i;
        bool climbs = (step == 1 && path[i] == '.') ||
                      (step == 2 && path[i] == '.' && path[i + 1] == '.');
        if (!step || step > NAME_MAX || climbs) {
            errno = step > NAME_MAX ? ENAMETOOLONG : EINVAL;
            return -1;
        }
        memcpy(part, path + i, step);
        part[step] = '\0';
        int next = enter(at, part);
        int number = errno;
        close(at);
        at = next;
        errno = number;
        i += step + (i + step < len);
    }
    int result = at;
    at = -1;
    return result;
}

int beneath_parent(struct beneath *beneath, const char *path, const char **ret_name,
                   struct error *err)
{
    const char *slash = strrchr(path, '/');
    size_t len = slash ? (size_t)(slash - path) : 0;
    const char *name = slash ? slash + 1 : path;
    if (!*name || strcmp(name, ".") == 0 || strcmp(name, "..") == 0)
        return refuse(err, EINVAL, "cannot make", path);
    *ret_name = name;
    if (beneath->parent >= 0 && beneath->parent_path.len == len &&
        memcmp(beneath->parent_path.buf, path, len) == 0)
        return beneath->parent;
    file_close(&beneath->parent);
    beneath->parent = open_folder(beneath, path, len);
    if (beneath->parent < 0)
        return refuse(err, errno, "cannot make the folder of", path);
    strbuf_reset(&beneath->parent_path);
    strbuf_add(&beneath->parent_path, path, len);
    return beneath->parent;
}

/* Whatever is made, what stands in its way goes first if that was asked for. */
static bool cleared(const struct beneath *beneath, int parent, const char *name)
{
    return beneath->force && errno == EEXIST && unlinkat(parent, name, 0) == 0;
}

int beneath_make_folder(struct beneath *beneath, const char *path, struct error *err)
{
    const char *name;
    struct stat st;
    int parent = beneath_parent(beneath, path, &name, err);
    if (parent < 0)
        return -1;
    if (mkdirat(parent, name, 0700) == 0)
        return 0;
    int number = errno;
    if (number == EEXIST && fstatat(parent, name, &st, AT_SYMLINK_NOFOLLOW) == 0 &&
        S_ISDIR(st.st_mode))
        return 0;
    errno = number;
    if (cleared(beneath, parent, name) && mkdirat(parent, name, 0700) == 0)
        return 0;
    return refuse(err, number, "cannot make the folder", path);
}

int beneath_make_file(struct beneath *beneath, const char *path, struct error *err)
{
    const int flags = O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC;
    const char *name;
    int parent = beneath_parent(beneath, path, &name, err);
    if (parent < 0)
        return -1;
    int fd = openat(parent, name, flags, 0600);
    if (fd < 0 && cleared(beneath, parent, name))
        fd = openat(parent, name, flags, 0600);
    return fd < 0 ? refuse(err, errno, "cannot make", path) : fd;
}

int beneath_make_symlink(struct beneath *beneath, const char *path, const char *target,
                         struct error *err)
{
    const char *name;
    int parent = beneath_parent(beneath, path, &name, err);
    if (parent < 0)
        return -1;
    int result = symlinkat(target, parent, name);
    if (result < 0 && cleared(beneath, parent, name))
        result = symlinkat(target, parent, name);
    return result < 0 ? refuse(err, errno, "cannot make the symlink", path) : 0;
}

int beneath_make_node(struct beneath *beneath, const char *path, mode_t mode, dev_t device,
                      struct error *err)
{
    const char *name;
    int parent = beneath_parent(beneath, path, &name, err);
    if (parent < 0)
        return -1;
    int result = mknodat(parent, name, mode, device);
    if (result < 0 && cleared(beneath, parent, name))
        result = mknodat(parent, name, mode, device);
    return result < 0 ? refuse(err, errno, "cannot make", path) : 0;
}

int beneath_make_link(struct beneath *beneath, const char *path, const char *existing,
                      struct error *err)
{
    const char *name, *old_name;
    int found = beneath_parent(beneath, existing, &old_name, err);
    if (found < 0)
        return -1;
    cleanup_fd int from = fcntl(found, F_DUPFD_CLOEXEC, 3);
    int parent = beneath_parent(beneath, path, &name, err);
    if (parent < 0)
        return -1;
    int result = linkat(from, old_name, parent, name, 0);
    if (result < 0 && cleared(beneath, parent, name))
        result = linkat(from, old_name, parent, name, 0);
    return result < 0 ? refuse(err, errno, "cannot make the hard link", path) : 0;
}

int beneath_open(struct beneath *beneath, const char *path, struct error *err)
{
    const char *name;
    int parent = beneath_parent(beneath, path, &name, err);
    if (parent < 0)
        return -1;
    int fd = openat(parent, name, O_RDONLY | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
    return fd < 0 ? refuse(err, errno, "cannot open", path) : fd;
}

void beneath_remove(struct beneath *beneath, const char *path)
{
    struct error unseen = ERROR_INIT;
    const char *name;
    int parent = beneath_parent(beneath, path, &name, &unseen);
    if (parent >= 0)
        unlinkat(parent, name, 0);
    error_release(&unseen);
}
