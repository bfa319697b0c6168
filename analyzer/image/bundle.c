#include "analyzer/image/bundle.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "analyzer/image/progress.h"
#include "analyzer/image/watch.h"
#include "core/escape.h"
#include "core/file.h"
#include "core/memory.h"

/* Links within the archive: real ones are one hop (docker) or none. */
#define LINK_HOPS_MAX 32

/* What the documents of a stream may need in all. */
#define STREAM_DOCUMENT_BYTES ((int64_t)256 << 20)

static bool member_matches(const void *context, uint32_t number, const void *key)
{
    const struct bundle *bundle = context;
    return strcmp(bundle->members[number]->name, key) == 0;
}

static struct member *lookup(const struct bundle *bundle, const char *name)
{
    uint32_t found = table_find(&bundle->index, table_hash(name, strlen(name), 0),
                                member_matches, bundle, name);
    return found == TABLE_NONE ? NULL : bundle->members[found];
}

static void member_clear(struct member *member)
{
    strbuf_release(&member->document);
    layer_free(member->layer);
    member->layer = NULL;
    file_close(&member->fd);
}

/* Adds a member, or replaces the one of that name: the last one counts, as it does for engines. */
static struct member *add_member(struct bundle *bundle, const char *name)
{
    struct member *member = lookup(bundle, name);
    if (member) {
        cleanup_strbuf struct strbuf path = STRBUF_INIT;
        strbuf_addf(&path, "/%s", name);
        if (member->kind != TAR_DIR)
            findings_add(&bundle->findings, FINDING_DUPLICATE_MEMBER, NO_LAYER, path.buf, NULL);
        member_clear(member);
        const char *kept = member->name;
        *member = (struct member){.name = kept, .document = STRBUF_INIT, .fd = -1};
        return member;
    }
    member = arena_alloc(&bundle->arena, sizeof *member);
    *member = (struct member){
        .name = arena_dup_text(&bundle->arena, name),
        .document = STRBUF_INIT,
        .fd = -1,
    };
    bundle->members = memory_grow(bundle->members, bundle->count, &bundle->capacity,
                                   sizeof *bundle->members);
    bundle->members[bundle->count] = member;
    table_add(&bundle->index, table_hash(name, strlen(name), 0), (uint32_t)bundle->count++);
    return member;
}

/* A symlink's target is relative to its folder, a hard link's to the archive. A target that climbs out is
 * no member. */
static const char *link_target(struct bundle *bundle, const char *name,
                               const struct tar_entry *entry)
{
    cleanup_strbuf struct strbuf joined = STRBUF_INIT, target = STRBUF_INIT;
    if (entry->kind == TAR_SYMLINK && entry->link[0] != '/') {
        const char *slash = strrchr(name, '/');
        if (slash)
            strbuf_add(&joined, name, (size_t)(slash + 1 - name));
    }
    strbuf_add_text(&joined, entry->link);
    if (path_normalise(&target, joined.buf))
        return NULL;
    return arena_dup(&bundle->arena, target.buf, target.len);
}

static int take_member(struct bundle *bundle, const struct tar_entry *entry,
                       struct member **ret_member, struct error *err)
{
    cleanup_strbuf struct strbuf name = STRBUF_INIT;
    path_normalise(&name, entry->name);
    if (limits_check(bundle->limits, LIMIT_MEMBERS, (int64_t)bundle->count + 1,
                     "files in the archive", err) < 0)
        return -1;
    struct member *member = add_member(bundle, name.buf);
    member->kind = entry->kind;
    member->size = entry->size;
    member->offset = entry->payload;
    if (entry->link)
        member->link = link_target(bundle, name.buf, entry);
    *ret_member = member;
    return 0;
}

/* The payload of a member of a stream, as a stream. */
struct member_stream {
    struct stream stream;
    struct tar *tar;
    struct fingerprinter *fingerprinter; /* sees what passes; may be NULL */
    int64_t at;
};

static ssize_t member_stream_read(struct stream *stream, const void **ret_block,
                                  struct error *err)
{
    struct member_stream *member = (struct member_stream *)stream;
    int64_t offset;
    ssize_t got = tar_read(member->tar, ret_block, &offset, err);
    if (got > 0 && offset != member->at)
        return error_set(err, ERROR_INPUT, "a sparse file in the archive is not supported");
    if (got > 0)
        member->at += got;
    if (got > 0 && member->fingerprinter)
        fingerprinter_add(member->fingerprinter, *ret_block, (size_t)got);
    return got;
}

static void member_stream_close(struct stream *stream)
{
    free(stream);
}

static struct stream *stream_of_member(struct tar *tar, struct fingerprinter *fingerprinter)
{
    static const struct stream_type type = {
        .read = member_stream_read,
        .close = member_stream_close,
    };
    struct member_stream *member = memory_alloc(sizeof *member);
    *member = (struct member_stream){
        .stream = {.type = &type}, .tar = tar, .fingerprinter = fingerprinter};
    return &member->stream;
}

static bool is_hex(const char *text, size_t len)
{
    return len >= 32 && strspn(text, "0123456789abcdef") >= len;
}

bool member_claim(const char *name, struct digest *ret_digest)
{
    static const char *const places[] = {"blobs/sha256/", "blobs/sha512/", "sha256:", "sha512:"};
    static const char *const suffixes[] = {
        "", ".json", ".manifest.json", ".tar", ".tar.gz", ".tgz", ".tar.zst", ".tar.xz",
        ".tar.bz2",
    };
    bool sha512 = false;
    for (size_t i = 0; i < ARRAY_SIZE(places); i++) {
        size_t len = strlen(places[i]);
        if (strncmp(name, places[i], len) == 0) {
            sha512 = i % 2 == 1;
            name += len;
            break;
        }
    }
    size_t len = strspn(name, "0123456789abcdef");
    bool known = false;
    for (size_t i = 0; i < ARRAY_SIZE(suffixes) && !known; i++)
        known = strcmp(name + len, suffixes[i]) == 0;
    if (!known || len > 128)
        return false;
    char text[DIGEST_TEXT_MAX];
    snprintf(text, sizeof text, "%s:%.*s", sha512 ? "sha512" : "sha256", (int)len, name);
    return digest_parse(ret_digest, span_of_text(text));
}

/* Could a member of that name be a document or a layer of some archive format? In a bare layer next to
 * nothing has such a name. */
static bool is_archive_name(const char *name)
{
    size_t len = strlen(name);
    const char *slash = strchr(name, '/');
    const char *base = strrchr(name, '/');
    base = base ? base + 1 : name;
    if (strncmp(name, "blobs/sha", 9) == 0)
        return true;
    if (!slash)
        return span_ends_with(span_of(name, len), ".json") || strstr(name, ".tar") ||
               strncmp(name, "sha256:", 7) == 0 || strcmp(name, "oci-layout") == 0 ||
               strcmp(name, "repositories") == 0 || is_hex(name, len);
    if (strchr(slash + 1, '/'))
        return false;
    return strcmp(base, "layer.tar") == 0 ||
           (strcmp(base, "json") == 0 && is_hex(name, (size_t)(slash - name)));
}

static int read_stream_member(struct bundle *bundle, struct tar *tar, struct member *member,
                              const struct bundle_options *options,
                              struct fingerprinter *fingerprinter, int64_t *documents,
                              struct error *err)
{
    struct stream *payload = stream_of_member(tar, fingerprinter);
    const void *block;
    ssize_t got = stream_read(payload, &block, err);
    if (got < 0) {
        stream_close(payload);
        return -1;
    }
    const char *text = block;
    size_t blank = 0;
    while (blank < (size_t)got && strchr(" \t\r\n", text[blank]) && text[blank])
        blank++;
    /* the name of a tar's first entry may begin like JSON */
    bool json = blank < (size_t)got && strchr("{[n", text[blank]) != NULL && text[blank] &&
                !tar_probe(block, (size_t)got) &&
                member->size <= limits_get(bundle->limits, LIMIT_JSON_BYTES);
    payload = stream_prepend(block, (size_t)got, payload);
    if (!json) {
        struct layer_options layer = options->layer;
        struct digest claimed;
        if (layer.digest_blob && member_claim(member->name, &claimed))
            layer.digest_blob = claimed.algorithm;
        if (!layer.ignore_payloads)
            layer.sample = &bundle->sample;
        member->layer = layer_read(payload, &layer);
        return 0;
    }
    *documents += member->size;
    if (*documents > STREAM_DOCUMENT_BYTES) {
        stream_close(payload);
        return error_set(err, ERROR_LIMIT, "the archive's documents take more than %" PRId64
                         " bytes", STREAM_DOCUMENT_BYTES);
    }
    while ((got = stream_read(payload, &block, err)) > 0)
        strbuf_add(&member->document, block, (size_t)got);
    stream_close(payload);
    return got < 0 ? -1 : 0;
}

/* Is this a layer of an image beyond doubt? Then nobody will ask about it as a file. */
static bool is_layer_name(const char *name)
{
    struct digest claimed;
    const char *slash = strchr(name, '/');
    return member_claim(name, &claimed) || (slash && strcmp(slash, "/layer.tar") == 0);
}

/* A document that was kept may be a file of a bare layer. What was read as a layer itself no watcher
 * sees. */
static void watch_document(struct layer *bare, const struct member *member,
                           const struct watcher *const *watchers)
{
    struct watching watching;
    uint32_t entry = (uint32_t)bare->count - 1;
    if (member->layer || !watching_begin(&watching, watchers, bare, entry))
        return;
    watching_block(&watching, member->document.buf, member->document.len, 0);
    watching_end(&watching, bare, entry, true);
}

/* Reads a member that may be a document or layer of an archive, and a plain file of a bare layer. */
static int read_special(struct bundle *bundle, struct tar *tar, struct member *member,
                        struct entry *kept, const struct bundle_options *options,
                        struct fingerprinter *fingerprinter, int64_t *documents,
                        struct error *err)
{
    if (options->layer.ignore_payloads || !kept->content || is_layer_name(member->name))
        return read_stream_member(bundle, tar, member, options, NULL, documents, err);

    uint8_t fingerprint[FINGERPRINT_BYTES];
    struct digest digest;
    const void *block;
    int64_t offset;
    ssize_t got;
    fingerprinter_begin(fingerprinter, true);
    if (read_stream_member(bundle, tar, member, options, fingerprinter, documents, err) < 0)
        return -1;
    while ((got = tar_read(tar, &block, &offset, err)) > 0)
        fingerprinter_add(fingerprinter, block, (size_t)got);
    if (got < 0)
        return -1;
    fingerprinter_end(fingerprinter, fingerprint, &digest);
    struct arena *arena = &bundle->bare->arena;
    kept->fingerprint = (const uint8_t *)arena_dup(arena, fingerprint, FINGERPRINT_BYTES);
    kept->sha256 = (const uint8_t *)arena_dup(arena, digest.bytes, SHA256_BYTES);
    watch_document(bundle->bare, member, options->layer.watchers);
    return 0;
}

static int read_stream_entries(struct bundle *bundle, struct tar *tar,
                               const struct bundle_options *options, struct error *err)
{
    struct tar_entry entry;
    struct fingerprints *fingerprints = options->layer.fingerprints;
    struct fingerprinter fingerprinter;
    fingerprints->always_sha256 = true; /* there is no second look */
    fingerprinter_start(&fingerprinter, fingerprints);
    int64_t documents = 0;
    int more;
    while ((more = tar_next(tar, &entry, err)) > 0) {
        struct member *member;
        if (take_member(bundle, &entry, &member, err) < 0)
            return -1;
        bool special = entry.kind == TAR_FILE && is_archive_name(member->name);
        int64_t names = bundle->bare->path_names;
        struct entry *kept = layer_add(bundle->bare, &entry);
        if (limits_check(bundle->limits, LIMIT_PATH_DEPTH, bundle->bare->path_names - names,
                         "folders within folders", err) < 0)
            return -1;
        if (special) {
            if (read_special(bundle, tar, member, kept, options, &fingerprinter, &documents,
                             err) < 0)
                return error_prefix(err, "'%s'", member->name);
        } else if (kept->content && !options->layer.ignore_payloads &&
                   layer_pass_payload(bundle->bare, tar, kept, &fingerprinter, &options->layer,
                                      err) < 0) {
            return -1;
        }
    }
    return more;
}

static int read_stream(struct bundle *bundle, struct stream *source,
                       const struct bundle_options *options, struct error *err)
{
    struct stream *stream;
    int64_t bytes = 0;
    if (options->progress)
        atomic_store(&options->progress->total, bundle->bytes);
    source = stream_tee(progress_watch(source, options->progress), NULL, &bytes);
    if (decode_open_any(&stream, &bundle->compression, source, bundle->limits, err) < 0)
        return -1;
    if (bundle->compression != COMPRESSION_NONE)
        stream = stream_ahead(stream);
    else
        stream = sample_stream(stream, &bundle->bare_sample);
    bundle->form = BUNDLE_STREAM;
    bundle->bare = layer_new(bundle->limits);
    struct tar *tar;
    int result = tar_open(&tar, stream, bundle->limits, err);
    if (result == 0) {
        result = read_stream_entries(bundle, tar, options, err);
        if (result == 0)
            result = tar_finish(tar, err);
        bundle->bare->tar_bytes = tar_ending(tar).bytes;
        tar_close(tar);
    }
    stream_close(stream);
    if (result == 0 && !bytes)
        result = error_set(err, ERROR_INPUT, "is empty");
    bundle->bytes = bytes;
    bundle->bare->compression = bundle->compression;
    bundle->bare->blob_bytes = bytes;
    return result;
}

static int index_file(struct bundle *bundle, struct error *err)
{
    cleanup_stream struct stream *stream = stream_of_file(bundle->fd, 0, bundle->bytes);
    struct tar *tar;
    if (tar_open(&tar, stream, bundle->limits, err) < 0)
        return -1;
    struct tar_entry entry;
    struct member *member;
    int more;
    while ((more = tar_next(tar, &entry, err)) > 0)
        if (take_member(bundle, &entry, &member, err) < 0) {
            more = -1;
            break;
        }
    tar_close(tar);
    return more;
}

static int open_file(struct bundle *bundle, const struct bundle_options *options,
                     struct error *err)
{
    char head[TAR_PROBE_BYTES];
    ssize_t got = file_read_at(bundle->fd, head, sizeof head, 0);
    if (got < 0)
        return error_set_errno(err, ERROR_INPUT, errno, "cannot read");
    if (got == 0)
        return error_set(err, ERROR_INPUT, "is empty");
    if (decode_probe(head, (size_t)got) != COMPRESSION_NONE)
        return read_stream(bundle, stream_of_file(bundle->fd, 0, bundle->bytes), options,
                           err);
    if (!tar_probe(head, (size_t)got)) {
        error_set(err, ERROR_INPUT, "is neither a tar nor compressed");
        return error_hint(err, "an image is saved with 'docker save IMAGE -o FILE'");
    }
    bundle->form = BUNDLE_FILE;
    return index_file(bundle, err);
}

static int open_path(struct bundle *bundle, const struct bundle_options *options,
                     struct error *err)
{
    struct stat st;
    bool standard_input = strcmp(bundle->path, "-") == 0;
    bundle->fd = standard_input
                      ? fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, 3)
                      : open(bundle->path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
    /* opened to block: the writer of a named pipe may come later, and an end before it is none */
    if (bundle->fd < 0 || fstat(bundle->fd, &st) < 0)
        return error_set_errno(err, ERROR_INPUT, errno, "cannot open");
    if (S_ISDIR(st.st_mode)) {
        bundle->form = BUNDLE_FOLDER;
        bundle->bytes = -1;
        return 0;
    }
    bool at_start = !standard_input || lseek(bundle->fd, 0, SEEK_CUR) == 0;
    if (S_ISREG(st.st_mode) && at_start) {
        bundle->bytes = st.st_size;
        return open_file(bundle, options, err);
    }
    return read_stream(bundle, stream_of_pipe(bundle->fd), options, err);
}

int bundle_open(struct bundle **ret_bundle, const char *path,
                 const struct bundle_options *options, struct error *err)
{
    struct bundle *bundle = memory_alloc_zero(1, sizeof *bundle);
    bundle->limits = options->limits;
    bundle->path = memory_dup_text(path);
    bundle->fd = -1;
    bundle->damage = (struct error)ERROR_INIT;
    findings_start(&bundle->findings, options->limits);
    struct error failure = ERROR_INIT;
    if (open_path(bundle, options, &failure) < 0) {
        bool partial = failure.code == ERROR_LIMIT || options->keep_going;
        if (!partial || !bundle->count) {
            error_move(err, &failure);
            bundle_free(bundle);
            return -1;
        }
        bundle->damage = failure;
    }
    *ret_bundle = bundle;
    return 0;
}

void bundle_free(struct bundle *bundle)
{
    if (!bundle)
        return;
    for (size_t i = 0; i < bundle->count; i++)
        member_clear(bundle->members[i]);
    layer_free(bundle->bare);
    sample_release(&bundle->sample);
    sample_release(&bundle->bare_sample);
    findings_release(&bundle->findings);
    error_release(&bundle->damage);
    table_release(&bundle->index);
    free(bundle->members);
    free(bundle->path);
    file_close(&bundle->fd);
    arena_release(&bundle->arena);
    free(bundle);
}

static struct member *find_in_folder(struct bundle *bundle, const char *name)
{
    struct stat st;
    cleanup_fd int fd = file_open_beneath(bundle->fd, name);
    if (fd < 0 || fstat(fd, &st) < 0 || !S_ISREG(st.st_mode))
        return NULL;
    struct member *member = add_member(bundle, name);
    member->kind = TAR_FILE;
    member->size = st.st_size;
    member->fd = fd;
    fd = -1;
    return member;
}

struct member *bundle_find(struct bundle *bundle, const char *name)
{
    struct member *member = lookup(bundle, name);
    if (!member && bundle->form == BUNDLE_FOLDER)
        member = find_in_folder(bundle, name);
    for (int hops = 0; member && member->link; hops++) {
        if (hops == LINK_HOPS_MAX)
            return NULL;
        member = lookup(bundle, member->link);
    }
    return member && member->kind == TAR_FILE ? member : NULL;
}

int bundle_locate(const struct bundle *bundle, const struct member *member,
                   int64_t *ret_offset)
{
    *ret_offset = bundle->form == BUNDLE_FILE ? member->offset : 0;
    return bundle->form == BUNDLE_FILE ? bundle->fd : member->fd;
}

struct stream *bundle_open_member(const struct bundle *bundle, const struct member *member)
{
    int64_t offset;
    int fd = bundle_locate(bundle, member, &offset);
    return stream_of_file(fd, offset, member->size);
}

int bundle_text(struct bundle *bundle, const char *name, struct strbuf *ret_text,
                 struct error *err)
{
    cleanup_strbuf struct strbuf shown = STRBUF_INIT;
    escape_for_terminal(&shown, span_of(name, strnlen(name, 200)));
    const struct member *member = bundle_find(bundle, name);
    if (!member) {
        if (bundle->damage.code != ERROR_NONE)
            return error_set(err, bundle->damage.code, "%s", bundle->damage.text);
        return error_set(err, ERROR_INPUT, "the archive has no '%s'", shown.buf);
    }
    if (limits_check(bundle->limits, LIMIT_JSON_BYTES, member->size, shown.buf, err) < 0)
        return -1;
    strbuf_reset(ret_text);
    if (bundle->form == BUNDLE_STREAM) {
        if (member->layer)
            return error_set(err, ERROR_INPUT, "'%s' is not JSON", shown.buf);
        strbuf_add(ret_text, member->document.buf, member->document.len);
        return 0;
    }
    cleanup_stream struct stream *stream = bundle_open_member(bundle, member);
    const void *block;
    ssize_t got;
    while ((got = stream_read(stream, &block, err)) > 0)
        strbuf_add(ret_text, block, (size_t)got);
    return got < 0 ? error_prefix(err, "'%s'", shown.buf) : 0;
}

int bundle_document(struct bundle *bundle, const char *name, json_t **ret_document,
                     struct strbuf *ret_text, struct error *err)
{
    if (bundle_text(bundle, name, ret_text, err) < 0)
        return -1;
    if (json_parse(ret_document, span_of(ret_text->buf, ret_text->len), err) < 0) {
        cleanup_strbuf struct strbuf shown = STRBUF_INIT;
        escape_for_terminal(&shown, span_of(name, strnlen(name, 200)));
        return error_prefix(err, "'%s'", shown.buf);
    }
    return 0;
}
