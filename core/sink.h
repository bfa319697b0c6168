/* Where output goes: a function and its context, called with each piece in order, none of them empty. It
 * returns 0, or -1 with an error, after which nothing more is sent. */
#ifndef ULLAGE_CORE_SINK_H
#define ULLAGE_CORE_SINK_H

#include <stddef.h>

#include "core/error.h"

struct sink {
    int (*write)(void *context, const void *bytes, size_t len, struct error *err);
    void *context;
};

static inline int sink_write(const struct sink *sink, const void *bytes, size_t len,
                             struct error *err)
{
    return len ? sink->write(sink->context, bytes, len, err) : 0;
}

struct strbuf;
struct sink sink_to_strbuf(struct strbuf *text);
struct sink sink_to_fd(int *fd);

#endif
