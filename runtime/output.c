#include "runtime/output.h"

#include <string.h>

static size_t default_limit(const struct exec_output *how, enum exec_stream stream)
{
    if (how->kind == EXEC_LINES)
        return EXEC_LINE_MAX;
    return stream == EXEC_OUT ? EXEC_CAPTURE_OUT : EXEC_CAPTURE_ERR;
}

void output_start(struct output *output, const struct exec_output *how,
                  enum exec_stream stream, struct exec_captured *captured, bool recorded)
{
    *output = (struct output){.how = how,
                              .stream = stream,
                              .captured = captured,
                              .limit = how->limit ? how->limit : default_limit(how, stream),
                              .line = STRBUF_INIT,
                              .last = STRBUF_INIT,
                              .record = STRBUF_INIT,
                              .recorded = recorded};
    if (how->kind == EXEC_CAPTURE && how->keep_tail)
        output->ring_size = output->limit - output->limit / 2;
}

/* The newest ring_size bytes, wherever the oldest of them stands. */
static void ring_add(struct output *output, struct span bytes)
{
    if (!output->ring)
        output->ring = memory_alloc(output->ring_size);
    if (bytes.len > output->ring_size) {
        bytes.ptr += bytes.len - output->ring_size;
        bytes.len = output->ring_size;
    }
    size_t end = (output->ring_at + output->ring_len) % output->ring_size;
    size_t first =
        output->ring_size - end < bytes.len ? output->ring_size - end : bytes.len;
    memcpy(output->ring + end, bytes.ptr, first);
    memcpy(output->ring, bytes.ptr + first, bytes.len - first);
    size_t room = output->ring_size - output->ring_len;
    size_t lost = bytes.len > room ? bytes.len - room : 0;
    output->ring_len += bytes.len - lost;
    output->ring_at = (output->ring_at + lost) % output->ring_size;
}

static bool capture(struct output *output, struct span bytes)
{
    struct exec_captured *captured = output->captured;
    size_t head = output->limit - output->ring_size;
    size_t room = head - captured->text.len;
    size_t fits = bytes.len < room ? bytes.len : room;
    strbuf_add(&captured->text, bytes.ptr, fits);
    if (fits == bytes.len)
        return true;
    struct span rest = span_of(bytes.ptr + fits, bytes.len - fits);
    if (output->ring_size)
        ring_add(output, rest);
    /* Bytes that the ring lost are counted when the stream ends. */
    bool over = captured->bytes > output->limit;
    return !(over && output->how->stop_at_limit);
}

static bool give_line(struct output *output, struct span text, bool partial, int64_t now_ms)
{
    bool truncated = output->line_truncated;
    if (text.len > output->limit) {
        text.len = output->limit;
        truncated = true;
    }
    if (output->how->strip_cr && !partial && !truncated && span_ends_with(text, "\r"))
        text.len--;
    struct exec_line line = {.stream = output->stream,
                             .text = text,
                             .partial = partial,
                             .truncated = truncated,
                             .arrived_ms = now_ms};
    output->line_truncated = false;
    return output->how->line(output->how->context, &line) == 0;
}

static void begin_line(struct output *output, struct span bytes)
{
    size_t room = output->limit - output->line.len;
    size_t fits = bytes.len < room ? bytes.len : room;
    strbuf_add(&output->line, bytes.ptr, fits);
    if (fits < bytes.len) {
        output->captured->dropped += bytes.len - fits;
        output->line_truncated = true;
    }
}

static bool cut_lines(struct output *output, struct span bytes, int64_t now_ms)
{
    while (bytes.len > 0) {
        const char *end = memchr(bytes.ptr, '\n', bytes.len);
        if (!end) {
            begin_line(output, bytes);
            return true;
        }
        struct span text = span_of(bytes.ptr, (size_t)(end - bytes.ptr));
        bytes = span_of(end + 1, bytes.len - text.len - 1);
        /* A line that lies in one piece is given from where it lies. */
        bool whole = output->line.len == 0 && !output->line_truncated;
        if (whole && text.len > output->limit)
            output->captured->dropped += text.len - output->limit;
        if (!whole) {
            begin_line(output, text);
            text = span_of(output->line.buf, output->line.len);
        }
        bool more = give_line(output, text, false, now_ms);
        strbuf_reset(&output->line);
        if (!more)
            return false;
    }
    return true;
}

static void keep_last(struct output *output, struct span bytes)
{
    if (bytes.len > OUTPUT_LAST_BYTES) {
        bytes.ptr += bytes.len - OUTPUT_LAST_BYTES;
        bytes.len = OUTPUT_LAST_BYTES;
        strbuf_reset(&output->last);
        output->last_cut = true;
    }
    strbuf_add(&output->last, bytes.ptr, bytes.len);
    if (output->last.len <= 2 * OUTPUT_LAST_BYTES)
        return;
    size_t excess = output->last.len - OUTPUT_LAST_BYTES;
    memmove(output->last.buf, output->last.buf + excess, OUTPUT_LAST_BYTES);
    strbuf_truncate(&output->last, OUTPUT_LAST_BYTES);
    output->last_cut = true;
}

static void keep_record(struct output *output, struct span bytes)
{
    size_t room = OUTPUT_RECORDED_MAX - output->record.len;
    size_t fits = bytes.len < room ? bytes.len : room;
    strbuf_add(&output->record, bytes.ptr, fits);
    output->record_cut = output->record_cut || fits < bytes.len;
}

static bool deliver(struct output *output, struct span bytes, int64_t now_ms)
{
    switch (output->how->kind) {
    case EXEC_LINES:
        return cut_lines(output, bytes, now_ms);
    case EXEC_BYTES:
        return output->how->bytes(output->how->context, output->stream, bytes) == 0;
    default:
        return capture(output, bytes);
    }
}

bool output_take(struct output *output, struct span bytes, int64_t now_ms)
{
    output->captured->bytes += bytes.len;
    if (output->stream == EXEC_ERR)
        keep_last(output, bytes);
    if (output->recorded)
        keep_record(output, bytes);
    if (output->stopped) {
        output->captured->dropped += bytes.len;
        return true;
    }
    output->stopped = !deliver(output, bytes, now_ms);
    return !output->stopped;
}

static void join_capture(struct output *output)
{
    struct exec_captured *captured = output->captured;
    size_t head = captured->text.len;
    if (output->ring_len > 0) {
        size_t first = output->ring_size - output->ring_at;
        if (first > output->ring_len)
            first = output->ring_len;
        strbuf_add(&captured->text, output->ring + output->ring_at, first);
        strbuf_add(&captured->text, output->ring, output->ring_len - first);
        output->ring_len = 0;
    }
    captured->dropped = captured->bytes - captured->text.len;
    captured->gap_at = captured->dropped ? head : 0;
}

bool output_end(struct output *output, int64_t now_ms)
{
    if (output->how->kind == EXEC_CAPTURE)
        join_capture(output);
    if (output->how->kind != EXEC_LINES || output->stopped)
        return true;
    if (output->line.len == 0 && !output->line_truncated)
        return true;
    struct span text = span_of(output->line.buf, output->line.len);
    output->stopped = !give_line(output, text, true, now_ms);
    strbuf_reset(&output->line);
    return !output->stopped;
}

void output_release(struct output *output)
{
    free(output->ring);
    output->ring = NULL;
    strbuf_release(&output->line);
    strbuf_release(&output->last);
    strbuf_release(&output->record);
}
