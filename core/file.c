#include "core/file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

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
        struct strbuf temporary = STRBUF_INIT;
        strbuf_addf(&temporary, "%s.XXXXXX", path);
        output.temporary = strbuf_detach(&temporary, NULL);
        output.fd = mkostemp(output.temporary, O_CLOEXEC);
        if (output.fd >= 0) {
            mode_t mask = umask(0);
            umask(mask);
            if (fchmod(output.fd, 0666 & ~mask) < 0) {
                /* a file system without modes: the file keeps its own */
            }
        }
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
