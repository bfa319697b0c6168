#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "core/memory.h"
#include "core/strbuf.h"
#include "dockerfile/reference.h"
#include "dockerfile/unicode.h"

/* The parts of a URL, or of `user@host:path`. Lent. */
struct address {
    struct span remote; /* without query and fragment */
    struct span path;
    struct span query, fragment;
    bool has_fragment;
};

static bool ends_with(struct span text, const char *suffix)
{
    return span_ends_with(text, suffix);
}

static struct address split(const char *text)
{
    struct address address = {.remote = span_of(text, strcspn(text, "?#"))};
    const char *query = strchr(text, '?'), *fragment = strchr(text, '#');
    address.fragment = span_of_text(fragment ? fragment + 1 : "");
    address.has_fragment = fragment != NULL;
    if (query && (!fragment || query < fragment))
        address.query = span_of(query + 1, fragment ? (size_t)(fragment - query - 1) : strlen(query + 1));
    else
        address.query = span_of("", 0);
    return address;
}

static bool is_name_of(struct span text, const char *others)
{
    for (size_t i = 0; i < text.len; i++)
        if (!isalnum((unsigned char)text.ptr[i]) && !strchr(others, text.ptr[i]))
            return false;
    return text.len > 0;
}

/* user@host:path */
static bool is_scp(struct span remote)
{
    const char *at = memchr(remote.ptr, '@', remote.len);
    if (!at || !is_name_of(span_of(remote.ptr, (size_t)(at - remote.ptr)), "-_"))
        return false;
    size_t left = remote.len - (size_t)(at + 1 - remote.ptr);
    const char *colon = memchr(at + 1, ':', left);
    return colon && is_name_of(span_of(at + 1, (size_t)(colon - at - 1)), "-.");
}

/* Whether the address is one of a repository, and how it is reached. */
static bool recognise(const struct address *address, struct git_reference *reference)
{
    struct span remote = address->remote;
    if (span_starts_with(remote, "./") || span_starts_with(remote, "../"))
        return false;
    if (span_starts_with(remote, "github.com/")) {
        reference->indistinguishable_from_local = true;
        return true;
    }
    reference->unencrypted_tcp = span_starts_with(remote, "http://") || span_starts_with(remote, "git://");
    if (span_starts_with(remote, "http://") || span_starts_with(remote, "https://"))
        return ends_with(remote, ".git");
    return span_starts_with(remote, "git://") || span_starts_with(remote, "ssh://") || is_scp(remote);
}

static char *keep(struct span text)
{
    return text.len ? memory_dup_bytes(text.ptr, text.len) : NULL;
}

static void take_fragment(struct git_reference *reference, struct span fragment)
{
    const char *colon = fragment.len ? memchr(fragment.ptr, ':', fragment.len) : NULL;
    size_t len = colon ? (size_t)(colon - fragment.ptr) : fragment.len;
    reference->ref = keep(span_of(fragment.ptr, len));
    if (colon)
        reference->subdir = keep(span_of(colon + 1, fragment.len - len - 1));
}

static int hex_value(char c)
{
    return isdigit((unsigned char)c) ? c - '0' : tolower((unsigned char)c) - 'a' + 10;
}

static char *decode(struct span text)
{
    struct strbuf out = STRBUF_INIT;
    for (size_t i = 0; i < text.len; i++) {
        bool is_escape = text.ptr[i] == '%' && i + 2 < text.len && isxdigit((unsigned char)text.ptr[i + 1]) &&
                         isxdigit((unsigned char)text.ptr[i + 2]);
        if (is_escape) {
            strbuf_add_char(&out, (char)(hex_value(text.ptr[i + 1]) << 4 | hex_value(text.ptr[i + 2])));
            i += 2;
        } else {
            strbuf_add_char(&out, text.ptr[i] == '+' ? ' ' : text.ptr[i]);
        }
    }
    return strbuf_detach(&out, NULL);
}

struct queries {
    char *ref, *tag, *branch;
};

static int set_once(char **field, char **value, const char *name, struct error *err)
{
    if (*field && strcmp(*field, *value) != 0)
        return error_set(err, ERROR_INPUT, "%s conflicts: %s vs %s", name, *field, *value);
    free(*field);
    *field = steal(value);
    return 0;
}

static int take_mtime(struct git_reference *reference, char **value, struct error *err)
{
    if (strcmp(*value, "commit") != 0 && strcmp(*value, "checkout") != 0)
        return error_set(err, ERROR_INPUT, "invalid mtime value: %s", *value);
    return set_once(&reference->mtime, value, "mtime", err);
}

static int take_fetch(struct git_reference *reference, const char *value, struct error *err)
{
    bool yes = !*value || strcmp(value, "true") == 0 || strcmp(value, "1") == 0;
    if (!yes && strcmp(value, "false") != 0 && strcmp(value, "0") != 0)
        return error_set(err, ERROR_INPUT, "invalid fetch-by-commit value: %s", value);
    reference->fetch_by_commit = yes;
    return 0;
}

static int take_query(struct git_reference *reference, struct queries *queries, const char *key, char **value,
                      struct error *err)
{
    if (strcmp(key, "ref") == 0)
        return set_once(&queries->ref, value, "ref", err);
    if (strcmp(key, "tag") == 0)
        return set_once(&queries->tag, value, "tag", err);
    if (strcmp(key, "branch") == 0)
        return set_once(&queries->branch, value, "branch", err);
    if (strcmp(key, "subdir") == 0)
        return set_once(&reference->subdir, value, "subdir", err);
    if (strcmp(key, "checksum") == 0 || strcmp(key, "commit") == 0)
        return set_once(&reference->checksum, value, "checksum", err);
    if (strcmp(key, "mtime") == 0)
        return take_mtime(reference, value, err);
    if (strcmp(key, "fetch-by-commit") == 0)
        return take_fetch(reference, *value, err);
    return error_set(err, ERROR_INPUT, "unexpected query \"%s\"", key);
}

static int take_queries(struct git_reference *reference, struct queries *queries, struct span query,
                        struct error *err)
{
    size_t at = 0;
    while (at < query.len) {
        const char *end = memchr(query.ptr + at, '&', query.len - at);
        size_t stop = end ? (size_t)(end - query.ptr) : query.len;
        struct span pair = span_of(query.ptr + at, stop - at);
        const char *equals = pair.len ? memchr(pair.ptr, '=', pair.len) : NULL;
        size_t key_len = equals ? (size_t)(equals - pair.ptr) : pair.len;
        cleanup_free char *key = decode(span_of(pair.ptr, key_len));
        cleanup_free char *value =
            decode(equals ? span_of(equals + 1, pair.len - key_len - 1) : span_of("", 0));
        if (pair.len && take_query(reference, queries, key, &value, err) < 0)
            return -1;
        at = stop + 1;
    }
    return 0;
}

static int merge(struct git_reference *reference, struct queries *queries, struct error *err)
{
    if (queries->tag && queries->branch)
        return error_set(err, ERROR_INPUT, "branch conflicts with tag");
    const char *short_name = queries->tag ? queries->tag : queries->branch;
    if (short_name) {
        struct strbuf full = STRBUF_INIT;
        bool is_full = strncmp(short_name, "refs/", 5) == 0;
        strbuf_addf(&full, "%s%s", is_full ? "" : queries->tag ? "refs/tags/" : "refs/heads/", short_name);
        cleanup_free char *text = strbuf_detach(&full, NULL);
        if (set_once(&queries->ref, &text, "ref", err) < 0)
            return -1;
    }
    return queries->ref ? set_once(&reference->ref, &queries->ref, "ref", err) : 0;
}

int git_reference_parse(struct git_reference *ret_reference, const char *text, struct error *err)
{
    struct git_reference reference = {.remote = NULL};
    struct queries queries = {NULL, NULL, NULL};
    struct address address = split(text);
    if (!recognise(&address, &reference))
        return 0;
    take_fragment(&reference, address.fragment);
    int result = take_queries(&reference, &queries, address.query, err);
    if (result == 0)
        result = merge(&reference, &queries, err);
    free(queries.ref);
    free(queries.tag);
    free(queries.branch);
    if (result < 0) {
        git_reference_release(&reference);
        return -1;
    }
    reference.remote = memory_dup_bytes(address.remote.ptr, address.remote.len);
    const char *slash = strrchr(reference.remote, '/');
    struct span name = span_of_text(slash ? slash + 1 : reference.remote);
    if (ends_with(name, ".git"))
        name.len -= 4;
    reference.short_name = memory_dup_bytes(name.ptr, name.len);
    *ret_reference = reference;
    return 1;
}

void git_reference_format(const struct git_reference *reference, bool with_subdir, struct strbuf *out)
{
    const char *subdir = with_subdir && reference->subdir ? reference->subdir : "";
    while (*subdir == '/')
        subdir++;
    strbuf_add_text(out, reference->remote);
    if (reference->ref || *subdir)
        strbuf_addf(out, "#%s", reference->ref ? reference->ref : "");
    if (*subdir)
        strbuf_addf(out, ":%s", subdir);
}

void git_reference_release(struct git_reference *reference)
{
    free(reference->remote);
    free(reference->short_name);
    free(reference->ref);
    free(reference->subdir);
    free(reference->mtime);
    free(reference->checksum);
    *reference = (struct git_reference){.remote = NULL};
}
