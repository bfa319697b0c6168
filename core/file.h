/* Files on disk: read whole with a limit, read at an offset, and written so that a reader never sees half
 * of one: a temporary file in the same folder, flushed, then renamed. */
#ifndef ULLAGE_CORE_FILE_H
#define ULLAGE_CORE_FILE_H

#include <stddef.h>
#include <stdint.h>
#include <unistd.h>

#include "core/error.h"
#include "core/sink.h"
#include "core/span.h"
#include "core/strbuf.h"

/* Reads at most `limit` bytes; a longer file is ERROR_LIMIT. "-" is not special here. */
int file_read(struct strbuf *ret_text, const char *path, size_t limit, struct error *err);

/* As pread, but goes on until `len` bytes or the end of the file; returns the count, -1 with errno. */
ssize_t file_read_at(int fd, void *buffer, size_t len, int64_t offset);

/* Opens a file for reading below a folder, component by component, following no link and never upwards;
 * -1 with errno. `name` is "a/b", without slashes at its ends. */
int file_open_beneath(int folder, const char *name);

/* A file being replaced. Nothing stands at its path until file_commit; file_discard leaves all as it
 * was. The path "-" is standard output, written through. */
struct file_output {
    char *path;
    char *temporary;
    int fd;
    struct sink sink;
};

int file_create(struct file_output *ret_output, const char *path, struct error *err);
int file_commit(struct file_output *output, struct error *err);
void file_discard(struct file_output *output);
/* All three in one. */
int file_write(const char *path, struct span text, struct error *err);

/* Puts bytes behind what a file has, which is made if it is not there: all of them or, on an error, none.
 * Others who append in the same way wait. A last line that lacks its end gets one first. */
int file_append(const char *path, const void *bytes, size_t len, struct error *err);

static inline void file_close(int *fd)
{
    if (*fd >= 0)
        close(*fd);
    *fd = -1;
}
#define cleanup_fd __attribute__((cleanup(file_close)))

#endif
