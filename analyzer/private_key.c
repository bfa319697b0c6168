#include "analyzer/private_key.h"

#include <stdint.h>
#include <string.h>

#include "core/memory.h"

/* The shortest body that is a key: Ed25519 in PKCS#8 has 48 bytes. */
#define BODY_LEAST 40

/* Lines in front of a body; real ones have two or three. */
#define HEADERS_MOST 12

static const int8_t base64_values[256] = {
    ['A'] = 1,  ['B'] = 2,  ['C'] = 3,  ['D'] = 4,  ['E'] = 5,  ['F'] = 6,  ['G'] = 7,
    ['H'] = 8,  ['I'] = 9,  ['J'] = 10, ['K'] = 11, ['L'] = 12, ['M'] = 13, ['N'] = 14,
    ['O'] = 15, ['P'] = 16, ['Q'] = 17, ['R'] = 18, ['S'] = 19, ['T'] = 20, ['U'] = 21,
    ['V'] = 22, ['W'] = 23, ['X'] = 24, ['Y'] = 25, ['Z'] = 26, ['a'] = 27, ['b'] = 28,
    ['c'] = 29, ['d'] = 30, ['e'] = 31, ['f'] = 32, ['g'] = 33, ['h'] = 34, ['i'] = 35,
    ['j'] = 36, ['k'] = 37, ['l'] = 38, ['m'] = 39, ['n'] = 40, ['o'] = 41, ['p'] = 42,
    ['q'] = 43, ['r'] = 44, ['s'] = 45, ['t'] = 46, ['u'] = 47, ['v'] = 48, ['w'] = 49,
    ['x'] = 50, ['y'] = 51, ['z'] = 52, ['0'] = 53, ['1'] = 54, ['2'] = 55, ['3'] = 56,
    ['4'] = 57, ['5'] = 58, ['6'] = 59, ['7'] = 60, ['8'] = 61, ['9'] = 62, ['+'] = 63,
    ['/'] = 64,
};

static struct span skip(struct span text, size_t len)
{
    return span_of(text.ptr + len, text.len - len);
}

/* What stands for the end of a line: the character, or an escape of it in a string. */
static size_t line_end(struct span text)
{
    if (text.len && (text.ptr[0] == '\n' || text.ptr[0] == '\r'))
        return 1;
    if (text.len > 1 && text.ptr[0] == '\\' && (text.ptr[1] == 'n' || text.ptr[1] == 'r'))
        return 2;
    if (text.len > 2 && span_starts_with(text, "\\\\n"))
        return 3;
    return 0;
}

static struct span take_line(struct span *rest)
{
    size_t len = 0;
    while (len < rest->len && !line_end(skip(*rest, len)))
        len++;
    struct span line = span_of(rest->ptr, len);
    *rest = skip(*rest, len);
    while (line_end(*rest))
        *rest = skip(*rest, line_end(*rest));
    return line;
}

static bool line_has(struct span line, const char *word)
{
    return memmem(line.ptr, line.len, word, strlen(word)) != NULL;
}

/* Decodes base 64 up to a dash (the END line) or what belongs to no body. PGP's checksum begins with '='. */
static struct span decode(struct strbuf *out, struct span text)
{
    uint32_t bits = 0;
    unsigned have = 0;
    bool padded = false;
    while (text.len) {
        char c = text.ptr[0];
        int value = base64_values[(unsigned char)c];
        if (value && padded)
            break;
        if (value) {
            bits = bits << 6 | (uint32_t)(value - 1);
            have += 6;
            if (have >= 8) {
                have -= 8;
                strbuf_add_char(out, (char)(bits >> have & 0xff));
            }
        } else if (c == '=') {
            padded = true;
        } else if (line_end(text)) {
            text = skip(text, line_end(text) - 1);
        } else if (!strchr(" \t\"',\\", c) || !c) {
            break;
        }
        text = skip(text, 1);
    }
    return text;
}

/* A DER header: returns the length of the content behind it, -1 if it is none of that tag. */
static int64_t der_take(struct span *der, uint8_t tag)
{
    const uint8_t *bytes = (const uint8_t *)der->ptr;
    if (der->len < 2 || bytes[0] != tag)
        return -1;
    if (bytes[1] < 0x80) {
        *der = skip(*der, 2);
        return bytes[1];
    }
    size_t count = bytes[1] & 0x7f;
    int64_t len = 0;
    if (!count || count > 3 || der->len < 2 + count)
        return -1;
    for (size_t i = 0; i < count; i++)
        len = len << 8 | bytes[2 + i];
    *der = skip(*der, 2 + count);
    return len;
}

#define DER_INTEGER 0x02
#define DER_OCTETS 0x04
#define DER_SEQUENCE 0x30
#define DER_OID 0x06

/* The outer sequence, of which all is there. */
static bool der_open(struct span *der)
{
    int64_t len = der_take(der, DER_SEQUENCE);
    return len >= BODY_LEAST && (uint64_t)len <= der->len;
}

static bool der_small_integer(struct span *der, int most)
{
    if (der_take(der, DER_INTEGER) != 1 || !der->len || (uint8_t)der->ptr[0] > most)
        return false;
    *der = skip(*der, 1);
    return true;
}

/* RSA and DSA: a version and then numbers. */
static enum key_state judge_numbers(struct span der)
{
    if (!der_open(&der) || !der_small_integer(&der, 1))
        return KEY_NONE;
    return der_take(&der, DER_INTEGER) >= 32 ? KEY_PLAIN : KEY_NONE;
}

static enum key_state judge_curve(struct span der)
{
    if (!der_open(&der) || !der_small_integer(&der, 1))
        return KEY_NONE;
    return der_take(&der, DER_OCTETS) >= 14 ? KEY_PLAIN : KEY_NONE;
}

static enum key_state judge_pkcs8(struct span der)
{
    if (!der_open(&der) || !der_small_integer(&der, 1))
        return KEY_NONE;
    return der_take(&der, DER_SEQUENCE) > 0 && der_take(&der, DER_OID) > 0 ? KEY_PLAIN
                                                                           : KEY_NONE;
}

static enum key_state judge_encrypted(struct span der)
{
    if (!der_open(&der) || der_take(&der, DER_SEQUENCE) <= 0)
        return KEY_NONE;
    return der_take(&der, DER_OID) > 0 ? KEY_ENCRYPTED : KEY_NONE;
}

static enum key_state judge_certificate(struct span der)
{
    return der_open(&der) && der_take(&der, DER_SEQUENCE) > 0 ? KEY_CERTIFICATE : KEY_NONE;
}

/* PROTOCOL.key of OpenSSH: a magic, then the name of the cipher. */
static enum key_state judge_openssh(struct span body)
{
    static const char magic[] = "openssh-key-v1"; /* its NUL is part of it */
    if (body.len < 100 || memcmp(body.ptr, magic, sizeof magic) != 0)
        return KEY_NONE;
    body = skip(body, sizeof magic);
    if (memcmp(body.ptr, "\0\0\0\4none", 8) == 0)
        return KEY_PLAIN;
    return KEY_ENCRYPTED;
}

static bool take_mpi(struct span *body)
{
    if (body->len < 2)
        return false;
    size_t bits = (size_t)(uint8_t)body->ptr[0] << 8 | (uint8_t)body->ptr[1];
    size_t len = 2 + (bits + 7) / 8;
    if (bits < 8 || body->len < len)
        return false;
    *body = skip(*body, len);
    return true;
}

static bool take_counted(struct span *body)
{
    if (!body->len || body->len <= (uint8_t)body->ptr[0])
        return false;
    *body = skip(*body, 1 + (size_t)(uint8_t)body->ptr[0]);
    return true;
}

/* The public half of a key packet of version 4: RFC 4880, 5.5.2. */
static bool take_pgp_public(struct span *body)
{
    if (body->len < 6 || body->ptr[0] != 4)
        return false;
    int algorithm = (uint8_t)body->ptr[5];
    int numbers = algorithm <= 3 ? 2 : algorithm == 17 ? 4 : algorithm == 16 ? 3 : 1;
    bool curve = algorithm == 18 || algorithm == 19 || algorithm == 22;
    *body = skip(*body, 6);
    if (numbers == 1 && !curve)
        return false;
    if (curve && !take_counted(body))
        return false;
    while (numbers--)
        if (!take_mpi(body))
            return false;
    return algorithm == 18 ? take_counted(body) : true;
}

/* A secret key packet; the octet behind its public half tells whether the rest is encrypted. */
static enum key_state judge_pgp(struct span body)
{
    if (body.len < BODY_LEAST)
        return KEY_NONE;
    uint8_t tag = (uint8_t)body.ptr[0], size = (uint8_t)body.ptr[1];
    if ((tag & 0xfc) == 0x94) /* old format, tag 5 */
        body = skip(body, 1 + ((size_t)1 << (tag & 3)));
    else if (tag == 0xc5)
        body = skip(body, size < 192 ? 2 : size < 224 ? 3 : 6);
    else
        return KEY_NONE;
    if (!take_pgp_public(&body) || !body.len)
        return KEY_NONE;
    return body.ptr[0] ? KEY_ENCRYPTED : KEY_PLAIN;
}

static const struct {
    const char *label, *what;
    enum key_state (*judge)(struct span body);
} kinds[] = {
    {"PRIVATE KEY", "private key", judge_pkcs8},
    {"RSA PRIVATE KEY", "RSA private key", judge_numbers},
    {"EC PRIVATE KEY", "EC private key", judge_curve},
    {"DSA PRIVATE KEY", "DSA private key", judge_numbers},
    {"OPENSSH PRIVATE KEY", "OpenSSH private key", judge_openssh},
    {"ENCRYPTED PRIVATE KEY", "private key with a passphrase", judge_encrypted},
    {"PGP PRIVATE KEY BLOCK", "PGP private key", judge_pgp},
    {"CERTIFICATE", "certificate", judge_certificate},
    {"TRUSTED CERTIFICATE", "certificate", judge_certificate},
    {"X509 CERTIFICATE", "certificate", judge_certificate},
};

/* Skips lines as "Proc-Type: 4,ENCRYPTED" that stand before the body (RFC 1421, PGP's "Version:"). */
static bool take_headers(struct span *text)
{
    bool encrypted = false;
    for (int lines = 0; lines < HEADERS_MOST; lines++) {
        struct span rest = *text, line = take_line(&rest);
        if (!memchr(line.ptr, ':', line.len) || line.len > 200 || line.ptr[0] == '-')
            break;
        encrypted = encrypted || (line_has(line, "Proc-Type") && line_has(line, "ENCRYPTED"));
        *text = rest;
    }
    return encrypted;
}

static void read_pem(struct private_key *key, struct span text)
{
    struct span rest = skip(text, strlen(PEM_ANCHOR));
    const char *end = memmem(rest.ptr, rest.len < 48 ? rest.len : 48, "-----", 5);
    if (!end)
        return;
    struct span label = span_of(rest.ptr, (size_t)(end - rest.ptr));
    rest = skip(rest, label.len + 5);
    size_t kind = 0;
    while (kind < ARRAY_SIZE(kinds) && !span_equals_text(label, kinds[kind].label))
        kind++;
    if (kind == ARRAY_SIZE(kinds))
        return;
    while (rest.len && (line_end(rest) || strchr(" \t\"'", rest.ptr[0])) && rest.ptr[0])
        rest = skip(rest, line_end(rest) ? line_end(rest) : 1);
    bool encrypted = take_headers(&rest);
    struct span behind = decode(&key->bytes, rest);
    struct span body = span_of(key->bytes.buf, key->bytes.len);
    if (encrypted)
        key->state = body.len >= BODY_LEAST ? KEY_ENCRYPTED : KEY_NONE;
    else
        key->state = kinds[kind].judge(body);
    key->what = kinds[kind].what;
    key->len = (size_t)(behind.ptr - text.ptr);
}

/* "Encryption: none", ..., "Private-Lines: 14" and the body. */
static void read_putty(struct private_key *key, struct span text)
{
    struct span rest = text;
    bool encrypted = true;
    for (int i = 0; rest.len; i++) {
        struct span line = take_line(&rest);
        if ((i == 1) != span_starts_with(line, "Encryption: ") ||
            (i && span_starts_with(line, PUTTY_ANCHOR)))
            return;
        if (span_starts_with(line, "Encryption: "))
            encrypted = !line_has(line, ": none");
        if (!span_starts_with(line, "Private-Lines: "))
            continue;
        struct span behind = decode(&key->bytes, rest);
        if (key->bytes.len >= BODY_LEAST / 2)
            key->state = encrypted ? KEY_ENCRYPTED : KEY_PLAIN;
        key->what = "PuTTY private key";
        key->len = (size_t)(behind.ptr - text.ptr);
        return;
    }
}

void private_key_read(struct private_key *ret_key, struct span text)
{
    *ret_key = (struct private_key){.state = KEY_NONE, .bytes = STRBUF_INIT};
    if (text.len > PRIVATE_KEY_MOST)
        text.len = PRIVATE_KEY_MOST;
    if (span_starts_with(text, PEM_ANCHOR))
        read_pem(ret_key, text);
    else if (span_starts_with(text, PUTTY_ANCHOR))
        read_putty(ret_key, text);
}

void private_key_release(struct private_key *key)
{
    strbuf_release(&key->bytes);
}
