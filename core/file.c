#include "core/file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/random.h>
#include <sys/stat.h>

/* A name of 48 random bits is taken once in a lifetime. */
#define TEMPORARY_TRIES 8

int file_read(struct strbuf *ret_text, const char *path, size_t limit, struct error *err)
{
    cleanup_fd int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
    if (fd < 0)
        return error_set_errno(err, ERROR_INPUT, errno, "cannot open '%s'", path);

    cleanup_strbuf struct strbuf text = STRBUF_INIT;
    for (;;) {
        char block[16384];
        ssize_t got = read(fd, block, sizeof block);
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            return error_set_errno(err, ERROR_INPUT, errno, "cannot read '%s'", path);
        if (got == 0)
            break;
        if ((size_t)got > limit - text.len)
            return error_set(err, ERROR_LIMIT, "'%s' is larger than %zu bytes", path, limit);
        strbuf_add(&text, block, (size_t)got);
    }
    strbuf_release(ret_text);
    *ret_text = text;
    text = (struct strbuf)STRBUF_INIT;
    return 0;
}

ssize_t file_read_at(int fd, void *buffer, size_t len, int64_t offset)
{
    size_t done = 0;
    while (done < len) {
        ssize_t got = pread(fd, (char *)buffer + done, len - done, offset + (int64_t)done);
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            return -1;
        if (got == 0)
            break;
        done += (size_t)got;
    }
    return (ssize_t)done;
}

/* A new file beside `path`, with the mode that the umask leaves. */
static int create_temporary(const char *path, char **ret_name)
{
    for (int tries = 0; tries < TEMPORARY_TRIES; tries++) {
        struct strbuf name = STRBUF_INIT;
        uint64_t number;
        if (getrandom(&number, sizeof number, 0) != (ssize_t)sizeof number)
            break;
        strbuf_addf(&name, "%s.%012llx", path, (unsigned long long)(number >> 16));
        int fd = open(name.buf, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOCTTY, 0666);
        if (fd >= 0) {
            *ret_name = strbuf_detach(&name, NULL);
            return fd;
        }
        strbuf_release(&name);
        if (errno != EEXIST)
            break;
    }
    return -1;
}

int file_create(struct file_output *ret_output, const char *path, struct error *err)
{
    struct file_output output = {.fd = -1};
    struct stat st;

    /* a pipe, a terminal or /dev/null is written where it is: renaming over it would replace it */
    bool special = strcmp(path, "-") != 0 && stat(path, &st) == 0 && !S_ISREG(st.st_mode);
    if (special) {
        output.fd = open(path, O_WRONLY | O_CLOEXEC | O_NOCTTY);
    } else if (strcmp(path, "-") == 0) {
        output.fd = fcntl(STDOUT_FILENO, F_DUPFD_CLOEXEC, 3);
    } else {
        output.fd = create_temporary(path, &output.temporary);
    }
    if (output.fd < 0) {
        int number = errno;
        free(output.temporary);
        return error_set_errno(err, ERROR_OUTPUT, number, "cannot write '%s'", path);
    }
    output.path = memory_dup_text(path);
    *ret_output = output;
    ret_output->sink = sink_to_fd(&ret_output->fd);
    return 0;
}

static void forget(struct file_output *output)
{
    file_close(&output->fd);
    free(output->path);
    free(output->temporary);
    *output = (struct file_output){.fd = -1};
}

int file_commit(struct file_output *output, struct error *err)
{
    int result = 0;
    if (output->temporary && fsync(output->fd) < 0 && errno != EINVAL && errno != EROFS)
        result = error_set_errno(err, ERROR_OUTPUT, errno, "cannot write '%s'", output->path);
    int closed = close(output->fd);
    output->fd = -1;
    if (result == 0 && closed < 0)
        result = error_set_errno(err, ERROR_OUTPUT, errno, "cannot write '%s'", output->path);
    if (result == 0 && output->temporary && rename(output->temporary, output->path) < 0)
        result = error_set_errno(err, ERROR_OUTPUT, errno, "cannot write '%s'", output->path);
    if (result < 0 && output->temporary)
        unlink(output->temporary);
    forget(output);
    return result;
}

void file_discard(struct file_output *output)
{
    if (output->temporary)
        unlink(output->temporary);
    forget(output);
}

int file_open_beneath(int folder, const char *name)
{
    cleanup_fd int at = fcntl(folder, F_DUPFD_CLOEXEC, 3);
    const char *p = name;
    while (at >= 0) {
        size_t len = strcspn(p, "/");
        char part[256];
        if (!len || len >= sizeof part || (len == 2 && memcmp(p, "..", 2) == 0)) {
            errno = ENOENT;
            return -1;
        }
        memcpy(part, p, len);
        part[len] = '\0';
        bool last = p[len] == '\0';
        int flags = O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY;
        int next = openat(at, part, last ? flags : flags | O_DIRECTORY);
        if (next < 0 || last)
            return next;
        close(at);
        at = next;
        p += len + 1;
    }
    return -1;
}

static int append_locked(int fd, const char *path, const void *bytes, size_t len, struct error *err)
{
    char last = '\n';
    struct sink sink = sink_to_fd(&fd);
    off_t end = lseek(fd, 0, SEEK_END);
    if (end < 0)
        return error_set_errno(err, ERROR_OUTPUT, errno, "cannot write '%s'", path);
    if (end > 0 && file_read_at(fd, &last, 1, end - 1) != 1)
        return error_set_errno(err, ERROR_OUTPUT, errno, "cannot read '%s'", path);
    if ((last != '\n' && sink_write(&sink, "\n", 1, err) < 0) ||
        sink_write(&sink, bytes, len, err) < 0 || fsync(fd) < 0) {
        int number = errno;
        if (ftruncate(fd, end) < 0) {
            /* what was there before stays; there is nothing more to try */
        }
        return error_set_errno(err, ERROR_OUTPUT, number, "cannot write '%s'", path);
    }
    return 0;
}

int file_append(const char *path, const void *bytes, size_t len, struct error *err)
{
    struct stat st;
    cleanup_fd int fd = open(path, O_RDWR | O_APPEND | O_CREAT | O_CLOEXEC | O_NOCTTY, 0666);
    if (fd < 0 || fstat(fd, &st) < 0)
        return error_set_errno(err, ERROR_OUTPUT, errno, "cannot write '%s'", path);
    if (!S_ISREG(st.st_mode))
        return error_set(err, ERROR_OUTPUT, "cannot append to '%s': it is no regular file", path);
    while (flock(fd, LOCK_EX) < 0)
        if (errno != EINTR)
            return error_set_errno(err, ERROR_OUTPUT, errno, "cannot lock '%s'", path);
    return append_locked(fd, path, bytes, len, err);
}

int file_write(const char *path, struct span text, struct error *err)
{
    struct file_output output;
    if (file_create(&output, path, err) < 0)
        return -1;
    if (sink_write(&output.sink, text.ptr, text.len, err) < 0) {
        file_discard(&output);
        return -1;
    }
    return file_commit(&output, err);
}
