#include "analyzer/secrets.h"

#include <assert.h>
#include <ctype.h>
#include <endian.h>
#include <string.h>
#include <zlib.h>

#include "analyzer/private_key.h"
#include "analyzer/standin.h"
#include "core/digest.h"
#include "core/memory.h"

/* What may stand in front of an anchor and belong to it, and what is looked at behind one. */
#define BEHIND 512
#define AHEAD PRIVATE_KEY_MOST
#define WINDOW ((size_t)96 << 10)

/* A NUL in so many first bytes makes a file binary. */
#define BINARY_PROBE ((size_t)8 << 10)

enum anchor_type { ANCHOR_TOKEN, ANCHOR_KEY, ANCHOR_URL };

static const struct anchor {
    enum anchor_type type;
    const char *what;
    const char *shape;
} anchors[] = {
    {ANCHOR_KEY, "private key", PEM_ANCHOR},
    {ANCHOR_KEY, "private key", PUTTY_ANCHOR},
    {ANCHOR_URL, "password in a URL", "://"},
#define TOKEN(what, shape) {ANCHOR_TOKEN, what, shape},
#include "analyzer/tokens.def"
#undef TOKEN
};
static_assert(ARRAY_SIZE(anchors) <= SECRET_TOKENS_MAX, "rows fit the scanner");

static const char *anchor_text(const struct anchor *anchor)
{
    return anchor->shape + (anchor->shape[0] == '#');
}

static uint32_t hash_three(const char *bytes)
{
    uint32_t four;
    memcpy(&four, bytes, sizeof four);
    /* the byte behind the three is shifted out */
    return (le32toh(four) << 8) * UINT32_C(0x9e3779b1) >> 16;
}

void secret_scanner_start(struct secret_scanner *ret_scanner)
{
    *ret_scanner = (struct secret_scanner){.rows = ARRAY_SIZE(anchors)};
    for (size_t i = ARRAY_SIZE(anchors); i-- > 0;) {
        const char *text = anchor_text(&anchors[i]);
        uint32_t hash = hash_three(text);
        ret_scanner->anchors[hash >> 3] |= (uint8_t)(1u << (hash & 7));
        ret_scanner->next[i] = ret_scanner->first[(uint8_t)text[0]];
        ret_scanner->first[(uint8_t)text[0]] = (uint8_t)(i + 1);
        ret_scanner->anchor_len[i] = (uint8_t)strcspn(text, "<!");
    }
}

void secret_fingerprint(char ret_text[FINGERPRINT_TEXT_MAX], struct span value)
{
    struct digest digest;
    char text[DIGEST_TEXT_MAX];
    digest_of(&digest, value.ptr, value.len);
    memcpy(ret_text, strchr(digest_format(&digest, text), ':') + 1, FINGERPRINT_TEXT_MAX - 1);
    ret_text[FINGERPRINT_TEXT_MAX - 1] = '\0';
}

/* What was found at a place of a buffer: the value, and where the search goes on. */
struct match {
    enum secret_kind kind;
    const char *what;
    struct span value;
    size_t len; /* from the anchor on */
    char fingerprint[FINGERPRINT_TEXT_MAX];
};

static bool class_has(char class, char c)
{
    unsigned char u = (unsigned char)c;
    switch (class) {
    case 'a':
        return isalnum(u);
    case 'w':
        return isalnum(u) || c == '_' || c == '-';
    case 'x':
        return isdigit(u) || (c >= 'a' && c <= 'f');
    case 'u':
        return isdigit(u) || isupper(u);
    case 'k':
        return isupper(u) || (c >= '2' && c <= '7');
    case 'b':
        return isalnum(u) || c == '+' || c == '/';
    case 'd':
        return isdigit(u);
    default:
        assert(class == 's');
        return c && strchr(" \t\"'=:>,", c);
    }
}

static unsigned take_number(const char **p)
{
    unsigned number = 0;
    while (isdigit((unsigned char)**p))
        number = number * 10 + (unsigned)(*(*p)++ - '0');
    return number;
}

/* Follows a shape (see tokens.def). Returns the length of what fits, 0 if it does not. */
static size_t follow_shape(const char *shape, struct span text, size_t *ret_value)
{
    size_t at = 0;
    char class = 0;
    *ret_value = 0;
    while (*shape) {
        if (*shape == '!') {
            *ret_value = at;
            shape++;
            continue;
        }
        if (*shape != '<') {
            if (at == text.len || text.ptr[at++] != *shape++)
                return 0;
            class = 0;
            continue;
        }
        class = shape[1];
        shape += 2;
        unsigned least = take_number(&shape), most = least, count = 0;
        if (*shape == '-') {
            shape++;
            most = take_number(&shape);
        }
        shape++;
        while (count < most && at < text.len && class_has(class, text.ptr[at])) {
            at++;
            count++;
        }
        if (count < least)
            return 0;
    }
    /* a longer word is another thing */
    if (class && at < text.len && class_has(class, text.ptr[at]))
        return 0;
    return at;
}

/* GitHub's: the CRC-32 of what stands before, in base 62. */
static bool checksum_is_right(struct span text)
{
    static const char digits[] = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
    const char *sum = text.ptr + text.len - 6;
    unsigned long crc = crc32(0, (const Bytef *)text.ptr, (uInt)(text.len - 6));
    for (size_t i = 6; i-- > 0; crc /= 62)
        if (sum[i] != digits[crc % 62])
            return false;
    return true;
}

static bool match_token(struct match *match, const struct anchor *anchor, size_t anchor_len,
                        struct span text, char before)
{
    size_t value;
    bool named = strchr(anchor->shape, '!') != NULL;
    if (!named && (isalnum((unsigned char)before) || before == '_'))
        return false;
    size_t len = follow_shape(anchor_text(anchor), text, &value);
    if (!len)
        return false;
    size_t drawn = value > anchor_len ? value : anchor_len;
    struct span random = span_of(text.ptr + drawn, len - drawn);
    if (random.len <= 16 ? !value_is_mixed(random) : !value_is_random(random))
        return false;
    if (anchor->shape[0] == '#' && !checksum_is_right(random))
        return false;
    match->kind = SECRET_TOKEN;
    match->what = anchor->what;
    match->value = span_of(text.ptr + value, len - value);
    match->len = len;
    secret_fingerprint(match->fingerprint, match->value);
    return true;
}

static bool match_key(struct match *match, struct span text)
{
    static const enum secret_kind of_state[] = {
        [KEY_CERTIFICATE] = SECRET_CERTIFICATE,
        [KEY_PLAIN] = SECRET_PRIVATE_KEY,
        [KEY_ENCRYPTED] = SECRET_ENCRYPTED_KEY,
    };
    struct private_key key;
    private_key_read(&key, text);
    if (key.state != KEY_NONE) {
        match->kind = of_state[key.state];
        match->what = key.what;
        match->value = span_of(text.ptr, key.len);
        match->len = key.len;
        secret_fingerprint(match->fingerprint, span_of(key.bytes.buf, key.bytes.len));
    }
    private_key_release(&key);
    return key.state != KEY_NONE;
}

/* What ends the part of a URL in front of its path. */
static bool ends_authority(char c)
{
    return (unsigned char)c <= ' ' || strchr("/?#\"'<>\\`|^)(,;", c) || (unsigned char)c == 0x7f;
}

/* scheme://user:password@host: `text` begins with "://". A password may hold '@'. */
static bool match_url(struct match *match, struct span text, enum secret_place place)
{
    size_t end = 3, most = text.len < BEHIND ? text.len : BEHIND;
    while (end < most && !ends_authority(text.ptr[end]))
        end++;
    const char *at = memrchr(text.ptr + 3, '@', end - 3);
    if (!at)
        return false;
    const char *colon = memchr(text.ptr + 3, ':', (size_t)(at - text.ptr) - 3);
    if (!colon)
        return false;
    struct span user = span_of(text.ptr + 3, (size_t)(colon - text.ptr) - 3);
    struct span password = span_of(colon + 1, (size_t)(at - colon) - 1);
    struct span host = span_of(at + 1, end - (size_t)(at - text.ptr) - 1);
    const char *port = memchr(host.ptr, ':', host.len);
    if (port)
        host.len = (size_t)(port - host.ptr);
    if (value_is_standin(password) || span_equal(user, password))
        return false;
    if (place == PLACE_FILE && (!value_is_random(password) || host_is_standin(host)))
        return false;
    match->kind = SECRET_URL_PASSWORD;
    match->what = "password in a URL";
    match->value = password;
    match->len = (size_t)(at - text.ptr);
    secret_fingerprint(match->fingerprint, password);
    return true;
}

static bool match_at(struct match *match, const struct secret_scanner *scanner, const char *buf,
                     size_t at, size_t len, enum secret_place place)
{
    struct span text = span_of(buf + at, len - at);
    for (size_t row = scanner->first[(uint8_t)text.ptr[0]]; row; row = scanner->next[row - 1]) {
        const struct anchor *anchor = &anchors[row - 1];
        size_t anchor_len = scanner->anchor_len[row - 1];
        if (text.len < anchor_len || memcmp(text.ptr, anchor_text(anchor), anchor_len) != 0)
            continue;
        bool matches = anchor->type == ANCHOR_KEY ? match_key(match, text)
                       : anchor->type == ANCHOR_URL
                           ? match_url(match, text, place)
                           : match_token(match, anchor, anchor_len, text, at ? buf[at - 1] : ' ');
        if (matches)
            return true;
    }
    return false;
}

/* The next place from `at` on where an anchor may stand, `to` if there is none. Four bytes behind `to`
 * can be read. */
static size_t next_candidate(const struct secret_scanner *scanner, const char *buf, size_t at,
                             size_t to)
{
    while (at < to) {
        uint32_t hash = hash_three(buf + at);
        if (scanner->anchors[hash >> 3] & (1u << (hash & 7)))
            return at;
        at++;
    }
    return to;
}

/* In binary files only PEM is looked for. Its five dashes meet one place in five. */
static size_t next_dashes(const char *buf, size_t at, size_t to, size_t len)
{
    size_t i = at + 4;
    while (i < len && i < to + 5) {
        if (buf[i] != '-') {
            i += 5;
            continue;
        }
        size_t start = i;
        while (start > at && buf[start - 1] == '-' && i - start < 5)
            start--;
        for (; start <= i && start < to; start++)
            if (len - start >= strlen(PEM_ANCHOR) &&
                memcmp(buf + start, PEM_ANCHOR, strlen(PEM_ANCHOR)) == 0)
                return start;
        i += 1;
    }
    return to;
}

/* Lines that end in the bytes. */
static uint32_t count_lines(const char *bytes, size_t len)
{
    const uint64_t ones = UINT64_C(0x0101010101010101), low = UINT64_C(0x7f7f7f7f7f7f7f7f);
    uint32_t count = 0;
    size_t i = 0;
    for (; i + 8 <= len; i += 8) {
        uint64_t eight;
        memcpy(&eight, bytes + i, 8);
        eight ^= ones * '\n';
        uint64_t zero = ~(((eight & low) + low) | eight | low);
        count += (uint32_t)__builtin_popcountll(zero);
    }
    for (; i < len; i++)
        count += bytes[i] == '\n';
    return count;
}

void secret_scan_start(struct secret_scan *ret_scan, const struct secret_scanner *scanner,
                       enum secret_place place, secret_found *found, void *context)
{
    *ret_scan = (struct secret_scan){
        .scanner = scanner,
        .found = found,
        .context = context,
        .place = place,
        .held = STRBUF_INIT,
        .line = 1,
    };
}

void secret_scan_release(struct secret_scan *scan)
{
    strbuf_release(&scan->held);
}

static void report(struct secret_scan *scan, const struct match *match, size_t at)
{
    const char *buf = scan->held.buf;
    size_t start = (size_t)(match->value.ptr - buf);
    struct secret secret = {
        .kind = match->kind,
        .what = match->what,
        .offset = scan->offset + (int64_t)start,
        .len = (uint32_t)match->value.len,
    };
    if (!scan->binary)
        secret.line = scan->line + count_lines(buf + scan->scanned, start - scan->scanned);
    memcpy(secret.fingerprint, match->fingerprint, sizeof secret.fingerprint);
    scan->found(scan->context, &secret);
    scan->skip_until = scan->offset + (int64_t)(at + match->len);
}

/* Looks at every place of `held` from `scanned` up to `to`. */
static void scan_held(struct secret_scan *scan, size_t to)
{
    const char *buf = scan->held.buf;
    size_t len = scan->held.len, at = scan->scanned;
    if (scan->offset + (int64_t)at < scan->skip_until)
        at = (size_t)(scan->skip_until - scan->offset);
    struct match match;
    while (at < to) {
        at = scan->binary ? next_dashes(buf, at, to, len)
                          : next_candidate(scan->scanner, buf, at, to);
        if (at >= to)
            break;
        if (match_at(&match, scan->scanner, buf, at, len, scan->place)) {
            report(scan, &match, at);
            at += match.len;
        } else {
            at++;
        }
    }
    if (!scan->binary)
        scan->line += count_lines(buf + scan->scanned, to - scan->scanned);
    scan->scanned = to;
}

/* Forgets what was scanned but for what is looked back at. */
static void forget(struct secret_scan *scan)
{
    if (scan->scanned <= BEHIND)
        return;
    size_t drop = scan->scanned - BEHIND;
    memmove(scan->held.buf, scan->held.buf + drop, scan->held.len - drop);
    scan->offset += (int64_t)drop;
    scan->scanned -= drop;
    strbuf_truncate(&scan->held, scan->held.len - drop);
}

static void decide(struct secret_scan *scan)
{
    size_t probe = scan->held.len < BINARY_PROBE ? scan->held.len : BINARY_PROBE;
    scan->binary = memchr(scan->held.buf, '\0', probe) != NULL;
    scan->decided = true;
}

void secret_scan_add(struct secret_scan *scan, const void *bytes, size_t len)
{
    const char *p = bytes;
    while (len) {
        size_t room = WINDOW - scan->held.len, step = len < room ? len : room;
        strbuf_add(&scan->held, p, step);
        p += step;
        len -= step;
        if (scan->held.len < WINDOW)
            return;
        if (!scan->decided)
            decide(scan);
        scan_held(scan, WINDOW - AHEAD);
        forget(scan);
    }
}

void secret_scan_finish(struct secret_scan *scan)
{
    size_t len = scan->held.len;
    if (!scan->decided)
        decide(scan);
    /* what is read behind the last place ends nothing */
    strbuf_reserve(&scan->held, 4);
    memset(scan->held.buf + len, 0, 4);
    if (scan->scanned < len)
        scan_held(scan, len);
}

void secrets_in_text(const struct secret_scanner *scanner, struct span text,
                     enum secret_place place, secret_found *found, void *context)
{
    struct secret_scan scan;
    secret_scan_start(&scan, scanner, place, found, context);
    secret_scan_add(&scan, text.ptr, text.len);
    secret_scan_finish(&scan);
    secret_scan_release(&scan);
}
