#include "analyzer/report/html/columns.h"

#include <inttypes.h>
#include <limits.h>
#include <stdlib.h>
#include <zlib.h>

#include "analyzer/report/report.h"
#include "core/escape.h"
#include "core/memory.h"

#define FORM 1
#define DEFLATE_LEVEL 6
#define DEFLATE_CHUNK (64 << 10)

static void add_number(struct strbuf *out, uint64_t number)
{
    while (number >= 0x80) {
        strbuf_add_char(out, (char)(number | 0x80));
        number >>= 7;
    }
    strbuf_add_char(out, (char)number);
}

static void add_instructions(struct strbuf *out, const struct analysis *analysis)
{
    for (size_t i = 0; i < analysis->image->chosen->layer_count; i++) {
        cleanup_free char *instruction = report_instruction(analysis, i);
        if (i)
            strbuf_add_char(out, '\n');
        escape_for_terminal(out, span_of_text(instruction));
    }
}

static void add_names(struct strbuf *out, const struct paths *paths)
{
    for (size_t i = 0; i < paths->count; i++) {
        const struct path *path = &paths->items[i];
        if (i)
            strbuf_add_char(out, '\n');
        if (path->others)
            strbuf_addf(out, "%" PRIu32, path->others);
        else
            escape_for_terminal(out, span_of_text(path->name));
    }
}

static void add_columns(struct strbuf *out, const struct paths *paths)
{
    for (size_t i = 0; i < paths->count; i++)
        add_number(out, paths->items[i].children);
    for (size_t i = 0; i < paths->count; i++)
        add_number(out, paths->items[i].count - 1);
    for (size_t i = 0; i < paths->version_count; i++)
        add_number(out, paths->versions[i].kind);
    for (size_t i = 0; i < paths->version_count; i++)
        add_number(out, paths->versions[i].from);
    for (size_t i = 0; i < paths->version_count; i++) {
        const struct path_version *version = &paths->versions[i];
        add_number(out, version->until == STILL_THERE
                            ? 0
                            : (uint64_t)(version->until - version->from));
    }
    for (size_t i = 0; i < paths->version_count; i++)
        add_number(out, (uint64_t)paths->versions[i].bytes);
}

static void *zlib_alloc(void *context, unsigned count, unsigned size)
{
    (void)context;
    return memory_alloc_zero(count, size);
}

static void zlib_free(void *context, void *block)
{
    (void)context;
    free(block);
}

/* zlib counts in unsigned int; input goes to it in pieces. */
static int deflate_text(struct strbuf *out, const struct strbuf *in, struct error *err)
{
    unsigned char chunk[DEFLATE_CHUNK];
    z_stream stream = {.zalloc = zlib_alloc, .zfree = zlib_free};
    size_t taken = 0;
    int status = deflateInit2(&stream, DEFLATE_LEVEL, Z_DEFLATED, -MAX_WBITS, MAX_MEM_LEVEL,
                              Z_DEFAULT_STRATEGY);
    while (status == Z_OK) {
        if (!stream.avail_in) {
            size_t left = in->len - taken;
            stream.next_in = (unsigned char *)in->buf + taken;
            stream.avail_in = left < UINT_MAX ? (unsigned)left : UINT_MAX;
            taken += stream.avail_in;
        }
        stream.next_out = chunk;
        stream.avail_out = sizeof chunk;
        status = deflate(&stream, taken == in->len ? Z_FINISH : Z_NO_FLUSH);
        strbuf_add(out, chunk, sizeof chunk - stream.avail_out);
    }
    deflateEnd(&stream);
    return status == Z_STREAM_END
               ? 0
               : error_set(err, ERROR_INTERNAL, "zlib does not deflate: status %d", status);
}

int columns_write(struct strbuf *out, const struct analysis *analysis,
                  const struct paths *paths, enum size_style sizes, struct error *err)
{
    cleanup_strbuf struct strbuf instructions = STRBUF_INIT, names = STRBUF_INIT;
    cleanup_strbuf struct strbuf columns = STRBUF_INIT, deflated = STRBUF_INIT;
    add_instructions(&instructions, analysis);
    add_names(&names, paths);
    add_number(&columns, FORM);
    add_number(&columns, sizes);
    add_number(&columns, paths->count);
    add_number(&columns, paths->version_count);
    add_number(&columns, analysis->image->chosen->layer_count);
    add_number(&columns, paths->folded);
    add_number(&columns, instructions.len);
    add_number(&columns, names.len);
    strbuf_add(&columns, instructions.buf, instructions.len);
    strbuf_add(&columns, names.buf, names.len);
    add_columns(&columns, paths);
    if (deflate_text(&deflated, &columns, err) < 0)
        return -1;
    escape_base64(out, span_of(deflated.buf, deflated.len));
    return 0;
}
