/* gzip (RFC 1952), any number of members. isa-l inflates twice as fast as zlib; it is loaded when a gzip
 * stream is met and its library is there, so that nobody pays for it who does not need it. */
#include <dlfcn.h>
#include <inttypes.h>
#include <pthread.h>
#include <string.h>
#include <zlib.h>

#ifdef ULLAGE_WITH_ISAL
#include <isa-l/igzip_lib.h>
#endif

#include "analyzer/image/decode.h"
#include "core/memory.h"

#define OUTPUT_BYTES ((size_t)256 << 10)

static bool probe(const unsigned char *bytes, size_t len)
{
    return len >= 3 && bytes[0] == 0x1f && bytes[1] == 0x8b && bytes[2] == 8;
}

static int ends_early(const struct decode_input *input, struct error *err)
{
    error_set(err, ERROR_INPUT, "gzip stream ends early, at its byte %" PRId64, input->read);
    return error_hint(err, "the archive is incomplete: copy it again");
}

static int damaged(const struct decode_input *input, const char *why, struct error *err)
{
    return error_set(err, ERROR_INPUT, "gzip stream is damaged before its byte %" PRId64 ": %s",
                     input->read - (int64_t)input->left, why);
}

/* What follows a member must be another member. Returns 1 for one, 0 at the end. */
static int next_member(struct decode_input *input, struct error *err)
{
    if (decode_fill(input, err) < 0)
        return -1;
    if (input->ended)
        return 0;
    if (input->next[0] != 0x1f)
        return damaged(input, "what follows a member is no member", err);
    return 1;
}

struct zlib_stream {
    struct stream stream;
    struct decode_input input;
    z_stream z;
    bool between_members;
    bool done;
    unsigned char output[OUTPUT_BYTES];
};

static ssize_t zlib_fill(struct stream *stream, void *buffer, size_t len, struct error *err)
{
    struct zlib_stream *gzip = (struct zlib_stream *)stream;
    gzip->z.next_out = buffer;
    gzip->z.avail_out = (unsigned)len;

    while (!gzip->done && gzip->z.avail_out) {
        if (gzip->between_members) {
            int more = next_member(&gzip->input, err);
            if (more < 0)
                return -1;
            gzip->done = !more;
            gzip->between_members = false;
            inflateReset(&gzip->z);
            continue;
        }
        if (decode_fill(&gzip->input, err) < 0)
            return -1;
        if (gzip->input.ended)
            return ends_early(&gzip->input, err);
        gzip->z.next_in = (unsigned char *)(uintptr_t)gzip->input.next;
        gzip->z.avail_in = (unsigned)gzip->input.left;
        int result = inflate(&gzip->z, Z_NO_FLUSH);
        gzip->input.next = gzip->z.next_in;
        gzip->input.left = gzip->z.avail_in;
        if (result == Z_STREAM_END)
            gzip->between_members = true;
        else if (result != Z_OK && result != Z_BUF_ERROR)
            return damaged(&gzip->input, gzip->z.msg ? gzip->z.msg : "cannot inflate", err);
    }
    return (ssize_t)(len - gzip->z.avail_out);
}

static ssize_t zlib_read(struct stream *stream, const void **ret_block, struct error *err)
{
    struct zlib_stream *gzip = (struct zlib_stream *)stream;
    *ret_block = gzip->output;
    return zlib_fill(stream, gzip->output, OUTPUT_BYTES, err);
}

static void zlib_close(struct stream *stream)
{
    struct zlib_stream *gzip = (struct zlib_stream *)stream;
    inflateEnd(&gzip->z);
    stream_close(gzip->input.source);
    free(gzip);
}

static struct stream *open_zlib(struct stream *source)
{
    static const struct stream_type type = {
        .read = zlib_read,
        .fill = zlib_fill,
        .close = zlib_close,
    };
    struct zlib_stream *gzip = memory_alloc(sizeof *gzip);
    gzip->stream.type = &type;
    gzip->input = (struct decode_input){.source = source};
    gzip->between_members = false;
    gzip->done = false;
    memset(&gzip->z, 0, sizeof gzip->z);
    if (inflateInit2(&gzip->z, 16 + MAX_WBITS) != Z_OK)
        memory_exhausted(0); /* out of memory is all that can fail here */
    return &gzip->stream;
}

#ifdef ULLAGE_WITH_ISAL

/* isa-l may give back up to eight bytes that it had taken from the block before, so a block is copied
 * behind the tail of its predecessor. */
#define HEADROOM ((size_t)16)
#define INPUT_BYTES ((size_t)256 << 10)

static struct {
    bool loaded;
    void (*init)(struct inflate_state *);
    void (*reset)(struct inflate_state *);
    int (*inflate)(struct inflate_state *);
} isal;

static void load_isal(void)
{
    void *library = dlopen("libisal.so.2", RTLD_NOW | RTLD_LOCAL);
    if (!library)
        return;
    *(void **)&isal.init = dlsym(library, "isal_inflate_init");
    *(void **)&isal.reset = dlsym(library, "isal_inflate_reset");
    *(void **)&isal.inflate = dlsym(library, "isal_inflate");
    isal.loaded = isal.init && isal.reset && isal.inflate;
}

struct isal_stream {
    struct stream stream;
    struct decode_input input;
    struct inflate_state state;
    bool between_members;
    bool done;
    unsigned char output[OUTPUT_BYTES];
    unsigned char buffer[HEADROOM + INPUT_BYTES];
};

static int isal_fill(struct isal_stream *gzip, struct error *err)
{
    if (gzip->state.avail_in)
        return 0;
    if (decode_fill(&gzip->input, err) < 0)
        return -1;
    if (gzip->input.ended)
        return 0;
    size_t len = gzip->input.left < INPUT_BYTES ? gzip->input.left : INPUT_BYTES;
    if (gzip->state.next_in)
        memmove(gzip->buffer, gzip->state.next_in - HEADROOM, HEADROOM);
    memcpy(gzip->buffer + HEADROOM, gzip->input.next, len);
    gzip->input.next += len;
    gzip->input.left -= len;
    gzip->state.next_in = gzip->buffer + HEADROOM;
    gzip->state.avail_in = (uint32_t)len;
    return 0;
}

static int isal_next_member(struct isal_stream *gzip, struct error *err)
{
    if (isal_fill(gzip, err) < 0)
        return -1;
    if (!gzip->state.avail_in) {
        gzip->done = true;
        return 0;
    }
    if (gzip->state.next_in[0] != 0x1f)
        return damaged(&gzip->input, "what follows a member is no member", err);
    uint8_t *next = gzip->state.next_in;
    uint32_t left = gzip->state.avail_in;
    isal.reset(&gzip->state);
    gzip->state.crc_flag = ISAL_GZIP;
    gzip->state.next_in = next;
    gzip->state.avail_in = left;
    gzip->between_members = false;
    return 0;
}

static const char *isal_reason(int result)
{
    switch (result) {
    case ISAL_INCORRECT_CHECKSUM:
        return "its checksum does not match";
    case ISAL_INVALID_WRAPPER:
    case ISAL_UNSUPPORTED_METHOD:
        return "bad member header";
    default:
        return "invalid deflate data";
    }
}

static ssize_t isal_fill_output(struct stream *stream, void *buffer, size_t len,
                                struct error *err)
{
    struct isal_stream *gzip = (struct isal_stream *)stream;
    gzip->state.next_out = buffer;
    gzip->state.avail_out = (uint32_t)len;

    while (!gzip->done && gzip->state.avail_out) {
        if (gzip->between_members) {
            if (isal_next_member(gzip, err) < 0)
                return -1;
            continue;
        }
        if (isal_fill(gzip, err) < 0)
            return -1;
        bool starved = !gzip->state.avail_in;
        uint32_t room = gzip->state.avail_out;
        int result = isal.inflate(&gzip->state);
        if (result < 0)
            return damaged(&gzip->input, isal_reason(result), err);
        if (gzip->state.block_state == ISAL_BLOCK_FINISH)
            gzip->between_members = true;
        else if (starved && gzip->state.avail_out == room)
            return ends_early(&gzip->input, err);
    }
    return (ssize_t)(len - gzip->state.avail_out);
}

static ssize_t isal_read(struct stream *stream, const void **ret_block, struct error *err)
{
    struct isal_stream *gzip = (struct isal_stream *)stream;
    *ret_block = gzip->output;
    return isal_fill_output(stream, gzip->output, OUTPUT_BYTES, err);
}

static void isal_close(struct stream *stream)
{
    struct isal_stream *gzip = (struct isal_stream *)stream;
    stream_close(gzip->input.source);
    free(gzip);
}

static struct stream *open_isal(struct stream *source)
{
    static const struct stream_type type = {
        .read = isal_read,
        .fill = isal_fill_output,
        .close = isal_close,
    };
    struct isal_stream *gzip = memory_alloc(sizeof *gzip);
    gzip->stream.type = &type;
    gzip->input = (struct decode_input){.source = source};
    gzip->between_members = false;
    gzip->done = false;
    memset(gzip->buffer, 0, HEADROOM);
    isal.init(&gzip->state);
    gzip->state.crc_flag = ISAL_GZIP;
    gzip->state.next_in = NULL;
    gzip->state.avail_in = 0;
    return &gzip->stream;
}

#endif

static struct stream *open_gzip(struct stream *source, const struct limits *limits)
{
    (void)limits;
#ifdef ULLAGE_WITH_ISAL
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    pthread_once(&once, load_isal);
    if (isal.loaded)
        return open_isal(source);
#endif
    return open_zlib(source);
}

const struct decoder decoder_gzip = {
    .compression = COMPRESSION_GZIP,
    .probe = probe,
    .open = open_gzip,
};
