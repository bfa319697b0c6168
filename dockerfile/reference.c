#include "dockerfile/reference.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "core/memory.h"
#include "core/strbuf.h"
#include "dockerfile/glob_match.h"

#define DEFAULT_DOMAIN "docker.io"
#define LEGACY_DOMAIN "index." DEFAULT_DOMAIN
#define OFFICIAL "library/"
#define IDENTIFIER_LEN 64

static bool is_lower_or_digit(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
}

static bool is_alphanumeric(char c)
{
    return is_lower_or_digit(c) || (c >= 'A' && c <= 'Z');
}

static bool is_hex(char c)
{
    return isxdigit((unsigned char)c) != 0;
}

static struct span cut(struct span text, size_t from, size_t to)
{
    return span_of(text.ptr + from, to - from);
}

static size_t run_of(struct span text, size_t at, bool (*holds)(char c))
{
    while (at < text.len && holds(text.ptr[at]))
        at++;
    return at;
}

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static bool is_address(char c)
{
    return is_hex(c) || c == ':';
}

/* [a-zA-Z0-9] with dashes between, parted by dots */
static size_t host_end(struct span text)
{
    size_t at = 0;
    for (;;) {
        size_t end = run_of(text, at, is_alphanumeric);
        if (end == at)
            return 0;
        while (end < text.len && text.ptr[end] == '-') {
            size_t dashes = end;
            while (dashes < text.len && text.ptr[dashes] == '-')
                dashes++;
            end = run_of(text, dashes, is_alphanumeric);
            if (end == dashes)
                return 0;
        }
        if (end == text.len || text.ptr[end] != '.')
            return end;
        at = end + 1;
    }
}

bool reference_is_domain(struct span text)
{
    size_t at;
    if (span_starts_with(text, "[")) {
        at = run_of(text, 1, is_address);
        if (at == 1 || at == text.len || text.ptr[at++] != ']')
            return false;
    } else {
        at = host_end(text);
    }
    if (at == 0 || at == text.len)
        return at > 0;
    return text.ptr[at] == ':' && at + 1 < text.len && run_of(text, at + 1, is_digit) == text.len;
}

/* [a-z0-9] parted by one dot, one or two underscores, or dashes */
static bool is_component(struct span text)
{
    size_t at = 0;
    for (;;) {
        size_t end = run_of(text, at, is_lower_or_digit);
        if (end == at)
            return false;
        if (end == text.len)
            return true;
        char c = text.ptr[end];
        at = end;
        while (at < text.len && text.ptr[at] == c)
            at++;
        size_t most = c == '.' ? 1 : c == '_' ? 2 : c == '-' ? SIZE_MAX : 0;
        if (at - end > most)
            return false;
    }
}

static bool is_path(struct span text)
{
    size_t at = 0;
    for (;;) {
        const char *slash = memchr(text.ptr + at, '/', text.len - at);
        size_t end = slash ? (size_t)(slash - text.ptr) : text.len;
        if (!is_component(cut(text, at, end)))
            return false;
        if (!slash)
            return true;
        at = end + 1;
    }
}

bool reference_is_tag(struct span text)
{
    if (!text.len || text.len > REFERENCE_TAG_MAX || (!is_alphanumeric(text.ptr[0]) && text.ptr[0] != '_'))
        return false;
    for (size_t i = 1; i < text.len; i++)
        if (!is_alphanumeric(text.ptr[i]) && !strchr("_.-", text.ptr[i]))
            return false;
    return true;
}

bool reference_is_digest(struct span text)
{
    size_t at = 0;
    for (;;) {
        if (at == text.len || !isalpha((unsigned char)text.ptr[at]))
            return false;
        at = run_of(text, at, is_alphanumeric);
        if (at == text.len)
            return false;
        char c = text.ptr[at++];
        if (c == ':')
            break;
        if (!c || !strchr("-_+.", c))
            return false;
    }
    return text.len - at >= 32 && run_of(text, at, is_hex) == text.len;
}

bool reference_is_identifier(struct span text)
{
    for (size_t i = 0; i < text.len; i++)
        if (!is_hex(text.ptr[i]) || (text.ptr[i] >= 'A' && text.ptr[i] <= 'F'))
            return false;
    return text.len == IDENTIFIER_LEN;
}

static int check_digest(struct span digest, struct error *err)
{
    static const struct {
        const char *name;
        size_t len;
    } algorithms[] = {{"sha256:", 64}, {"sha384:", 96}, {"sha512:", 128}};
    for (size_t i = 0; i < ARRAY_SIZE(algorithms); i++) {
        if (!span_starts_with(digest, algorithms[i].name))
            continue;
        if (digest.len - strlen(algorithms[i].name) != algorithms[i].len)
            return error_set(err, ERROR_INPUT, "invalid checksum digest length");
        for (size_t j = 7; j < digest.len; j++)
            if (!is_lower_or_digit(digest.ptr[j]))
                return error_set(err, ERROR_INPUT, "invalid checksum digest format");
        return 0;
    }
    return error_set(err, ERROR_INPUT, "unsupported digest algorithm");
}

static int refuse(const char *text, struct error *err)
{
    if (!*text)
        return error_set(err, ERROR_INPUT, "repository name must have at least one component");
    return error_set(err, ERROR_INPUT, "invalid reference format");
}

int reference_parse(struct reference *ret_reference, const char *text, struct error *err)
{
    struct span rest = span_of_text(text), tag = {NULL, 0}, digest = {NULL, 0}, domain = {NULL, 0};
    const char *at = memchr(rest.ptr, '@', rest.len);
    if (at) {
        digest = span_of_text(at + 1);
        rest.len = (size_t)(at - rest.ptr);
        if (!reference_is_digest(digest))
            return refuse(text, err);
    }
    size_t end = rest.len;
    while (end && rest.ptr[end - 1] != ':' && rest.ptr[end - 1] != '/')
        end--;
    if (end && rest.ptr[end - 1] == ':') {
        tag = cut(rest, end, rest.len);
        rest.len = end - 1;
        if (!reference_is_tag(tag))
            return refuse(text, err);
    }
    struct span path = rest;
    const char *slash = memchr(rest.ptr, '/', rest.len);
    size_t first = slash ? (size_t)(slash - rest.ptr) : 0;
    if (slash && reference_is_domain(cut(rest, 0, first)) && is_path(cut(rest, first + 1, rest.len))) {
        domain = cut(rest, 0, first);
        path = cut(rest, first + 1, rest.len);
    } else if (!is_path(rest)) {
        return refuse(text, err);
    }
    if (path.len > REFERENCE_NAME_MAX)
        return error_set(err, ERROR_INPUT, "repository name must not be more than %d characters",
                         REFERENCE_NAME_MAX);
    if (digest.ptr && check_digest(digest, err) < 0)
        return -1;
    *ret_reference = (struct reference){
        .domain = domain.ptr ? memory_dup_bytes(domain.ptr, domain.len) : NULL,
        .path = memory_dup_bytes(path.ptr, path.len),
        .tag = tag.ptr ? memory_dup_bytes(tag.ptr, tag.len) : NULL,
        .digest = digest.ptr ? memory_dup_bytes(digest.ptr, digest.len) : NULL,
    };
    return 0;
}

static bool has_upper(struct span text)
{
    for (size_t i = 0; i < text.len; i++)
        if (isupper((unsigned char)text.ptr[i]))
            return true;
    return false;
}

/* Whether what stands before the first slash names a registry, and no folder on Docker Hub. */
static bool names_registry(struct span first)
{
    return span_equals_text(first, "localhost") || span_equals_text(first, LEGACY_DOMAIN) || has_upper(first) ||
           memchr(first.ptr, '.', first.len) || memchr(first.ptr, ':', first.len);
}

int reference_parse_normalized(struct reference *ret_reference, const char *text, struct error *err)
{
    if (reference_is_identifier(span_of_text(text)))
        return error_set(err, ERROR_INPUT,
                         "invalid repository name (%s), cannot specify 64-byte hexadecimal strings", text);
    const char *slash = strchr(text, '/'), *path = text;
    struct span domain = span_of_text(DEFAULT_DOMAIN);
    if (slash && names_registry(span_of(text, (size_t)(slash - text)))) {
        domain = span_of(text, (size_t)(slash - text));
        path = slash + 1;
        if (span_equals_text(domain, LEGACY_DOMAIN))
            domain = span_of_text(DEFAULT_DOMAIN);
    }
    size_t name_len = strcspn(path, ":@");
    if (has_upper(span_of(path, name_len)))
        return error_set(err, ERROR_INPUT,
                         "invalid reference format: repository name (%.*s) must be lowercase", (int)name_len,
                         path);
    cleanup_strbuf struct strbuf whole = STRBUF_INIT;
    bool official = span_equals_text(domain, DEFAULT_DOMAIN) && !strchr(path, '/');
    strbuf_add(&whole, domain.ptr, domain.len);
    strbuf_addf(&whole, "/%s%s", official ? OFFICIAL : "", path);
    return reference_parse(ret_reference, whole.buf, err);
}

int reference_parse_docker(struct reference *ret_reference, const char *text, struct error *err)
{
    if (reference_parse_normalized(ret_reference, text, err) < 0)
        return -1;
    if (ret_reference->digest) {
        free(ret_reference->tag);
        ret_reference->tag = NULL;
    } else if (!ret_reference->tag) {
        ret_reference->tag = memory_dup_text("latest");
    }
    return 0;
}

static void add_suffix(const struct reference *reference, struct strbuf *out)
{
    if (reference->tag)
        strbuf_addf(out, ":%s", reference->tag);
    if (reference->digest)
        strbuf_addf(out, "@%s", reference->digest);
}

void reference_format(const struct reference *reference, struct strbuf *out)
{
    if (reference->domain)
        strbuf_addf(out, "%s/", reference->domain);
    strbuf_add_text(out, reference->path);
    add_suffix(reference, out);
}

static void add_familiar_name(const struct reference *reference, struct strbuf *out)
{
    const char *path = reference->path;
    bool is_default = reference->domain && strcmp(reference->domain, DEFAULT_DOMAIN) == 0;
    if (reference->domain && !is_default)
        strbuf_addf(out, "%s/", reference->domain);
    if (is_default && strncmp(path, OFFICIAL, strlen(OFFICIAL)) == 0 && !strchr(path + strlen(OFFICIAL), '/'))
        path += strlen(OFFICIAL);
    strbuf_add_text(out, path);
}

void reference_format_familiar(const struct reference *reference, struct strbuf *out)
{
    add_familiar_name(reference, out);
    add_suffix(reference, out);
}

bool reference_matches(const struct reference *reference, const char *pattern)
{
    cleanup_strbuf struct strbuf name = STRBUF_INIT, whole = STRBUF_INIT;
    add_familiar_name(reference, &name);
    reference_format_familiar(reference, &whole);
    return glob_match_go(pattern, whole.buf, false) == GLOB_YES ||
           glob_match_go(pattern, name.buf, false) == GLOB_YES;
}

void reference_release(struct reference *reference)
{
    free(reference->domain);
    free(reference->path);
    free(reference->tag);
    free(reference->digest);
    *reference = (struct reference){NULL, NULL, NULL, NULL};
}
