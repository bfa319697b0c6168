#include "core/sink.h"

#include <errno.h>
#include <unistd.h>

#include "core/strbuf.h"

static int write_strbuf(void *context, const void *bytes, size_t len, struct error *err)
{
    (void)err;
    strbuf_add(context, bytes, len);
    return 0;
}

static int write_fd(void *context, const void *bytes, size_t len, struct error *err)
{
    const char *p = bytes;
    int fd = *(int *)context;
    while (len) {
        ssize_t done = write(fd, p, len);
        if (done < 0 && errno == EINTR)
            continue;
        if (done < 0)
            return error_set_errno(err, ERROR_OUTPUT, errno, "cannot write");
        p += done;
        len -= (size_t)done;
    }
    return 0;
}

struct sink sink_to_strbuf(struct strbuf *text)
{
    return (struct sink){.write = write_strbuf, .context = text};
}

struct sink sink_to_fd(int *fd)
{
    return (struct sink){.write = write_fd, .context = fd};
}
