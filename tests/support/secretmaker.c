#include "secretmaker.h"

#include <ctype.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

static const char alphanumeric[] = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

static unsigned draw(uint64_t *state, unsigned below)
{
    *state = *state * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return (unsigned)(*state >> 40) % below;
}

static uint64_t seeded(unsigned seed)
{
    uint64_t state = UINT64_C(0x5eed) + seed * UINT64_C(0x9e3779b97f4a7c15);
    for (int i = 0; i < 4; i++)
        draw(&state, 2);
    return state;
}

static char *finish(struct bytes *text)
{
    bytes_add(text, "", 1);
    return (char *)text->data;
}

static const char *class_letters(char class)
{
    switch (class) {
    case 'x':
        return "0123456789abcdef";
    case 'u':
        return "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ";
    case 'k':
        return "234567ABCDEFGHIJKLMNOPQRSTUVWXYZ";
    case 'd':
        return "0123456789";
    case 's':
        return "=";
    default:
        return alphanumeric;
    }
}

static void add_drawn(struct bytes *text, const char *letters, size_t count, uint64_t *state)
{
    for (size_t i = 0; i < count; i++)
        bytes_add(text, &letters[draw(state, (unsigned)strlen(letters))], 1);
}

static void add_checksum(struct bytes *text, size_t start)
{
    char sum[6];
    unsigned long crc = crc32(0, text->data + start, (uInt)(text->size - start));
    for (size_t i = 6; i-- > 0; crc /= 62)
        sum[i] = alphanumeric[crc % 62];
    bytes_add(text, sum, sizeof sum);
}

char *secret_token(const char *shape, unsigned seed)
{
    struct bytes text = BYTES_INIT;
    uint64_t state = seeded(seed);
    bool sums = *shape == '#';
    for (const char *p = shape + sums; *p; p++) {
        if (*p == '!')
            continue;
        if (*p != '<') {
            bytes_add(&text, p, 1);
            continue;
        }
        size_t least = strtoul(p + 2, NULL, 10), start = text.size;
        add_drawn(&text, class_letters(p[1]), sums ? least - 6 : least, &state);
        if (sums)
            add_checksum(&text, start);
        p = strchr(p, '>');
    }
    return finish(&text);
}

char *secret_word(size_t len, unsigned seed)
{
    struct bytes text = BYTES_INIT;
    uint64_t state = seeded(seed);
    add_drawn(&text, alphanumeric, len - 2, &state);
    bytes_add_str(&text, "q7"); /* letters and digits both, whatever was drawn */
    return finish(&text);
}

static void add_base64(struct bytes *out, const unsigned char *data, size_t size, size_t width)
{
    static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    size_t column = 0;
    for (size_t i = 0; i < size; i += 3) {
        size_t left = size - i;
        uint32_t three = (uint32_t)data[i] << 16 | (left > 1 ? (uint32_t)data[i + 1] << 8 : 0) |
                         (left > 2 ? data[i + 2] : 0);
        char four[4];
        for (size_t k = 0; k < 4; k++)
            four[k] = k > left ? '=' : digits[three >> (18 - 6 * k) & 63];
        bytes_add(out, four, 4);
        column += 4;
        if (width && column >= width) {
            bytes_add_str(out, "\n");
            column = 0;
        }
    }
    if (width && column)
        bytes_add_str(out, "\n");
}

char *secret_base64(const void *data, size_t size)
{
    struct bytes text = BYTES_INIT;
    add_base64(&text, data, size, 0);
    return finish(&text);
}

static void add_random(struct bytes *out, size_t size, uint64_t *state)
{
    for (size_t i = 0; i < size; i++) {
        unsigned char byte = (unsigned char)(draw(state, 255) + 1);
        bytes_add(out, &byte, 1);
    }
}

/* A DER element around what `content` holds, which is emptied. */
static void add_der(struct bytes *out, unsigned char tag, struct bytes *content)
{
    unsigned char header[] = {tag, 0x82, (unsigned char)(content->size >> 8),
                              (unsigned char)content->size};
    unsigned char small[] = {tag, (unsigned char)content->size};
    if (content->size < 128)
        bytes_add(out, small, sizeof small);
    else
        bytes_add(out, header, sizeof header);
    bytes_add(out, content->data, content->size);
    bytes_release(content);
}

static void add_der_random(struct bytes *out, unsigned char tag, size_t size, uint64_t *state)
{
    struct bytes content = BYTES_INIT;
    add_random(&content, size, state);
    add_der(out, tag, &content);
}

static void make_der(enum made_key kind, struct bytes *ret_der, uint64_t *state)
{
    struct bytes body = BYTES_INIT, inner = BYTES_INIT;
    switch (kind) {
    case KEY_RSA:
    case KEY_DSA:
        bytes_add(&body, "\2\1\0", 3);
        for (int i = 0; i < 5; i++)
            add_der_random(&body, 2, 128, state);
        break;
    case KEY_EC:
        bytes_add(&body, "\2\1\1", 3);
        add_der_random(&body, 4, 32, state);
        add_der_random(&body, 0xa1, 68, state);
        break;
    case KEY_PKCS8_ENCRYPTED:
        add_der_random(&inner, 6, 9, state);
        add_der(&body, 0x30, &inner);
        add_der_random(&body, 4, 300, state);
        break;
    default:
        bytes_add(&body, "\2\1\0", 3);
        add_der_random(&inner, 6, 9, state);
        add_der(&body, 0x30, &inner);
        add_der_random(&body, 4, 300, state);
    }
    add_der(ret_der, 0x30, &body);
}

static void make_openssh(bool encrypted, struct bytes *ret_body, uint64_t *state)
{
    bytes_add(ret_body, "openssh-key-v1", 15);
    if (encrypted)
        bytes_add(ret_body, "\0\0\0\12aes256-ctr", 14);
    else
        bytes_add(ret_body, "\0\0\0\4none", 8);
    add_random(ret_body, 300, state);
}

/* A secret key packet of RSA, version 4. */
static void make_pgp(bool encrypted, struct bytes *ret_body, uint64_t *state)
{
    bytes_add(ret_body, "\x95\3\x98\4", 4);
    add_random(ret_body, 4, state);
    bytes_add(ret_body, "\1\4\0", 3); /* RSA; a modulus of 1024 bits */
    add_random(ret_body, 128, state);
    bytes_add(ret_body, "\0\21\1\0\1", 5);
    bytes_add(ret_body, encrypted ? "\376" : "\0", 1);
    add_random(ret_body, 700, state);
}

static char *pem(const char *label, const char *headers, const struct bytes *body)
{
    struct bytes text = BYTES_INIT;
    bytes_printf(&text, "%s%s%s-----\n%s", "-----BE", "GIN ", label, headers);
    add_base64(&text, body->data, body->size, 64);
    bytes_printf(&text, "-----END %s-----\n", label);
    return finish(&text);
}

static char *putty(bool encrypted, uint64_t *state)
{
    struct bytes text = BYTES_INIT, body = BYTES_INIT;
    bytes_printf(&text, "%s%s-3: ssh-ed25519\nEncryption: %s\nComment: k\nPublic-Lines: 1\n",
                 "PuTTY-User-Ke", "y-File", encrypted ? "aes256-cbc" : "none");
    add_random(&body, 40, state);
    add_base64(&text, body.data, body.size, 64);
    bytes_add_str(&text, "Private-Lines: 1\n");
    add_base64(&text, body.data, 36, 64);
    bytes_add_str(&text, "Private-MAC: 00\n");
    bytes_release(&body);
    return finish(&text);
}

char *secret_key(enum made_key kind, unsigned seed)
{
    static const char *const labels[KEY_KINDS] = {
        [KEY_RSA] = "RSA PRIVATE KEY",
        [KEY_RSA_ENCRYPTED] = "RSA PRIVATE KEY",
        [KEY_PKCS8] = "PRIVATE KEY",
        [KEY_PKCS8_ENCRYPTED] = "ENCRYPTED PRIVATE KEY",
        [KEY_EC] = "EC PRIVATE KEY",
        [KEY_DSA] = "DSA PRIVATE KEY",
        [KEY_OPENSSH] = "OPENSSH PRIVATE KEY",
        [KEY_OPENSSH_ENCRYPTED] = "OPENSSH PRIVATE KEY",
        [KEY_PGP] = "PGP PRIVATE KEY BLOCK",
        [KEY_PGP_ENCRYPTED] = "PGP PRIVATE KEY BLOCK",
    };
    struct bytes body = BYTES_INIT;
    uint64_t state = seeded(seed * 31 + (unsigned)kind);
    const char *headers = "";
    if (kind == KEY_PUTTY || kind == KEY_PUTTY_ENCRYPTED)
        return putty(kind == KEY_PUTTY_ENCRYPTED, &state);
    if (kind == KEY_OPENSSH || kind == KEY_OPENSSH_ENCRYPTED)
        make_openssh(kind == KEY_OPENSSH_ENCRYPTED, &body, &state);
    else if (kind == KEY_PGP || kind == KEY_PGP_ENCRYPTED)
        make_pgp(kind == KEY_PGP_ENCRYPTED, &body, &state);
    else if (kind == KEY_RSA_ENCRYPTED)
        add_random(&body, 608, &state);
    else
        make_der(kind, &body, &state);
    if (kind == KEY_RSA_ENCRYPTED)
        headers = "Proc-Type: 4,ENCRYPTED\nDEK-Info: AES-128-CBC,00112233\n\n";
    if (kind == KEY_PGP || kind == KEY_PGP_ENCRYPTED)
        headers = "Version: GnuPG v2\n\n";
    char *text = pem(labels[kind], headers, &body);
    bytes_release(&body);
    return text;
}

char *secret_certificate(unsigned seed)
{
    struct bytes body = BYTES_INIT, inner = BYTES_INIT, der = BYTES_INIT;
    uint64_t state = seeded(seed);
    add_random(&inner, 300, &state);
    add_der(&body, 0x30, &inner);
    add_der(&der, 0x30, &body);
    char *text = pem("CERTIFICATE", "", &der);
    bytes_release(&der);
    return text;
}
