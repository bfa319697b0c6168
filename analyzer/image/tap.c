#include "analyzer/image/tap.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "core/span.h"

/* Offsets of the ustar header's fields (POSIX.1-2017, pax, "ustar Interchange Format"). */
#define SIZE_AT 124
#define SIZE_BYTES_IN_HEADER 12
#define CHECKSUM_AT 148
#define TYPE_AT 156

/* The largest size that eleven octal digits can tell. */
#define OCTAL_SIZE_MAX INT64_C(077777777777)

void tap_start(struct tap *tap, const struct limits *limits)
{
    *tap = (struct tap){.limits = limits, .body = STRBUF_INIT, .pax_size = -1};
}

void tap_release(struct tap *tap)
{
    strbuf_release(&tap->body);
    free(tap->queue);
    free(tap->bodiless);
    tap->queue = NULL;
    tap->bodiless = NULL;
}

/* A number in octal, or in base 256 when the first bit is set (GNU). */
static int parse_number(const unsigned char *field, size_t len, int64_t *ret_value)
{
    int64_t value = 0;
    if (field[0] & 0x80) {
        value = field[0] & 0x40 ? -1 : 0;
        value = (value * 64) | (field[0] & 0x3f);
        for (size_t i = 1; i < len; i++) {
            if (value > INT64_MAX / 256 || value < INT64_MIN / 256)
                return -1;
            value = value * 256 + field[i];
        }
        *ret_value = value;
        return 0;
    }
    size_t i = 0;
    while (i < len && field[i] == ' ')
        i++;
    for (; i < len && field[i] >= '0' && field[i] <= '7'; i++)
        value = value * 8 + (field[i] - '0');
    *ret_value = value;
    return 0;
}

static bool has_payload(char type)
{
    return strchr("123456", type) == NULL || type == '\0';
}

static bool is_known_type(char type)
{
    return memchr("\0001234567gxLKSDNVMX0A", type, 21) != NULL;
}

static void push(struct tap *tap, const struct tap_entry *entry)
{
    if (tap->queue_start == tap->queue_count) {
        tap->queue_start = 0;
        tap->queue_count = 0;
    }
    tap->queue = memory_grow(tap->queue, tap->queue_count, &tap->queue_capacity,
                             sizeof *tap->queue);
    tap->queue[tap->queue_count++] = *entry;
}

bool tap_take(struct tap *tap, int64_t header, struct tap_entry *ret_entry)
{
    while (tap->queue_start < tap->queue_count) {
        const struct tap_entry *entry = &tap->queue[tap->queue_start];
        if (entry->header > header)
            return false;
        tap->queue_start++;
        if (entry->header == header) {
            *ret_entry = *entry;
            return true;
        }
    }
    return false;
}

/* Records of a PAX header are "LENGTH KEY=VALUE\n". Only the size matters here; libarchive refuses what is
 * malformed. */
static int read_pax(struct tap *tap, struct error *err)
{
    const char *p = tap->body.buf;
    size_t left = tap->body.len;
    while (left) {
        size_t len = 0, digits = 0;
        while (digits < left && p[digits] >= '0' && p[digits] <= '9' && len <= left)
            len = len * 10 + (size_t)(p[digits++] - '0');
        if (!digits || digits >= left || p[digits] != ' ' || len > left || len < digits + 4 ||
            p[len - 1] != '\n')
            return error_set(err, ERROR_INPUT, "PAX header at byte %" PRId64 " is malformed",
                             tap->member_start);
        struct span record = span_of(p + digits + 1, len - digits - 2);
        if (span_starts_with(record, "size=")) {
            int64_t size = 0;
            if (record.len == 5)
                size = -1;
            for (size_t i = 5; i < record.len; i++) {
                char c = record.ptr[i];
                if (c < '0' || c > '9' || __builtin_mul_overflow(size, 10, &size) ||
                    __builtin_add_overflow(size, c - '0', &size))
                    return error_set(err, ERROR_INPUT,
                                     "PAX header at byte %" PRId64 " has no valid size",
                                     tap->member_start);
            }
            tap->pax_size = size;
        } else if ((span_starts_with(record, "path=") ||
                    span_starts_with(record, "linkpath=")) &&
                   memchr(record.ptr, 0, record.len)) {
            tap->oddities |= TAP_NUL_IN_NAME;
        }
        p += len;
        left -= len;
    }
    return 0;
}

static int begin_body(struct tap *tap, char type, int64_t size, struct error *err)
{
    char what[64];
    snprintf(what, sizeof what, "extension header at byte %" PRId64, tap->member_start);
    if (limits_check(tap->limits, LIMIT_PAX_BYTES, size, what, err) < 0)
        return -1;
    strbuf_reset(&tap->body);
    tap->body_type = type;
    tap->body_left = size;
    tap->body_padding = (TAR_BLOCK - size % TAR_BLOCK) % TAR_BLOCK;
    return 0;
}

static int end_member(struct tap *tap, char type, int64_t size, struct error *err)
{
    struct tap_entry entry = {
        .header = tap->member_start,
        .payload = tap->position,
        .claimed = size,
        .stored = has_payload(type) ? size : 0,
        .oddities = tap->oddities,
        .type = type,
    };
    if (!has_payload(type) && size) {
        entry.oddities |= TAP_SIZE_WITHOUT_PAYLOAD;
        tap->bodiless = memory_grow(tap->bodiless, tap->bodiless_count,
                                    &tap->bodiless_capacity, sizeof *tap->bodiless);
        tap->bodiless[tap->bodiless_count++] = tap->position - TAR_BLOCK;
    }
    if (!is_known_type(type))
        entry.oddities |= TAP_UNKNOWN_TYPE;
    if (entry.stored > INT64_MAX - TAR_BLOCK - tap->position)
        return error_set(err, ERROR_INPUT,
                         "entry at byte %" PRId64 " claims an impossible size",
                         tap->member_start);
    push(tap, &entry);
    tap->skip = (entry.stored + TAR_BLOCK - 1) / TAR_BLOCK * TAR_BLOCK;
    tap->in_member = false;
    tap->pax_size = -1;
    tap->oddities = 0;
    return 0;
}

static bool is_zero_block(const unsigned char *block)
{
    static const unsigned char zeros[TAR_BLOCK];
    return memcmp(block, zeros, TAR_BLOCK) == 0;
}

static int read_header(struct tap *tap, struct error *err)
{
    int64_t start = tap->position - TAR_BLOCK, size;
    if (is_zero_block(tap->block)) {
        tap->ended = true;
        tap->end_position = start;
        return 0;
    }
    if (!tap->in_member) {
        tap->in_member = true;
        tap->member_start = start;
    }
    if (parse_number(tap->block + SIZE_AT, SIZE_BYTES_IN_HEADER, &size) < 0 || size < 0)
        return error_set(err, ERROR_INPUT, "entry at byte %" PRId64 " has a negative size",
                         tap->member_start);
    char type = (char)tap->block[TYPE_AT];
    if (type == 'x' || type == 'g' || type == 'X' || type == 'L' || type == 'K') {
        if (type == 'g')
            tap->oddities |= TAP_GLOBAL_HEADER;
        return begin_body(tap, type, size, err);
    }
    if (tap->pax_size >= 0) {
        if (size && size != tap->pax_size && tap->pax_size <= OCTAL_SIZE_MAX)
            tap->oddities |= TAP_PAX_SIZE_DIFFERS;
        if (!size && tap->pax_size && tap->pax_size <= OCTAL_SIZE_MAX && has_payload(type))
            tap->oddities |= TAP_PAX_SIZE_DIFFERS;
        size = tap->pax_size;
    }
    return end_member(tap, type, size, err);
}

static void watch_end(struct tap *tap, const unsigned char *bytes, size_t len)
{
    for (size_t i = 0; i < len && tap->trailer_len < sizeof tap->trailer; i++) {
        tap->garbage = tap->garbage || bytes[i] != 0;
        if (tap->garbage)
            tap->trailer[tap->trailer_len++] = (char)bytes[i];
    }
    tap->position += (int64_t)len;
    if (tap->position > tap->end_position + 2 * TAR_BLOCK)
        tap->behind_end = tap->position - tap->end_position - 2 * TAR_BLOCK;
}

static size_t gather_body(struct tap *tap, const unsigned char *bytes, size_t len)
{
    size_t part = (int64_t)len < tap->body_left ? len : (size_t)tap->body_left;
    strbuf_add(&tap->body, bytes, part);
    tap->body_left -= (int64_t)part;
    tap->position += (int64_t)part;
    if (!tap->body_left) {
        tap->skip = tap->body_padding;
    }
    return part;
}

void tap_clear_size(unsigned char header[TAR_BLOCK])
{
    unsigned sum = 0;
    char digits[8];
    memset(header + SIZE_AT, '0', SIZE_BYTES_IN_HEADER - 1);
    header[SIZE_AT + SIZE_BYTES_IN_HEADER - 1] = '\0';
    memset(header + CHECKSUM_AT, ' ', sizeof digits);
    for (size_t i = 0; i < TAR_BLOCK; i++)
        sum += header[i];
    snprintf(digits, sizeof digits, "%06o", sum & 0777777);
    memcpy(header + CHECKSUM_AT, digits, sizeof digits);
}

int tap_feed(struct tap *tap, const void *bytes, size_t len, struct error *err)
{
    const unsigned char *p = bytes;
    tap->bodiless_count = 0;
    while (len) {
        size_t part;
        if (tap->ended) {
            watch_end(tap, p, len);
            return 0;
        }
        if (tap->body_left) {
            part = gather_body(tap, p, len);
            if (!tap->body_left && (tap->body_type == 'x' || tap->body_type == 'X') &&
                read_pax(tap, err) < 0)
                return -1;
        } else if (tap->skip) {
            part = (int64_t)len < tap->skip ? len : (size_t)tap->skip;
            tap->skip -= (int64_t)part;
            tap->position += (int64_t)part;
        } else {
            part = TAR_BLOCK - tap->in_block < len ? TAR_BLOCK - tap->in_block : len;
            memcpy(tap->block + tap->in_block, p, part);
            tap->in_block += part;
            tap->position += (int64_t)part;
            if (tap->in_block == TAR_BLOCK) {
                tap->in_block = 0;
                if (read_header(tap, err) < 0)
                    return -1;
            }
        }
        p += part;
        len -= part;
    }
    return 0;
}

int64_t tap_skip(struct tap *tap, int64_t len)
{
    if (tap->ended || tap->body_left || tap->in_block)
        return 0;
    int64_t part = len < tap->skip ? len : tap->skip;
    tap->skip -= part;
    tap->position += part;
    return part;
}
