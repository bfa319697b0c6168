/* A line for each entry of every layer, between a header and a summary: for programs that
 * look at files one by one. Memory does not grow with what is written. A digest is told
 * where the payload is known to repeat another one (and for empty files): the rest need not
 * have been hashed. Whether a payload was hashed for another reason depends on how the
 * image was read, and is not told, so that equal images give equal lines. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "analyzer/entries.h"
#include "analyzer/equality.h"
#include "analyzer/report/report.h"
#include "core/date.h"
#include "core/memory.h"

#ifndef ULLAGE_VERSION
#define ULLAGE_VERSION "unknown"
#endif

struct walk {
    const struct analysis *analysis;
    struct json_writer *json;
    const uint8_t **digests; /* by inode; NULL where it repeats nothing */
    struct entry_walk entries;
};

static void add_digest(struct json_writer *json, const char *key,
                       const struct digest *digest)
{
    char text[DIGEST_TEXT_MAX];
    json_add_text(json, key, digest_is_set(digest) ? digest_format(digest, text) : NULL);
}

static int64_t input_bytes(const struct analysis *analysis)
{
    const struct bundle *bundle = analysis->image->bundle;
    int64_t bytes = 0;
    if (bundle->bytes >= 0)
        return bundle->bytes;
    if (analysis->image->kind == IMAGE_ROOTFS)
        return analysis->sizes.content_bytes;
    for (size_t i = 0; i < bundle->count; i++)
        bytes += bundle->members[i]->size;
    return bytes;
}

static void write_header(struct json_writer *json, const struct analysis *analysis)
{
    const struct candidate *chosen = analysis->image->chosen;
    json_open_object(json);
    json_add_text(json, "type", "header");
    json_add_text(json, "schema", "ullage.report/1");
    json_key(json, "tool");
    json_open_object(json);
    json_add_text(json, "name", "ullage");
    json_add_text(json, "version", ULLAGE_VERSION);
    json_close_object(json);
    json_key(json, "input");
    json_open_object(json);
    json_add_text(json, "path", analysis->input);
    json_add_text(json, "kind", image_kind_name(analysis->image->kind));
    json_add_int(json, "bytes", input_bytes(analysis));
    json_add_text(json, "compression",
                  compression_name(analysis->image->bundle->compression));
    json_close_object(json);
    json_key(json, "image");
    json_open_object(json);
    add_digest(json, "config_digest", &chosen->config_digest);
    add_digest(json, "manifest_digest", &chosen->manifest_digest);
    json_key(json, "references");
    json_open_array(json);
    for (size_t i = 0; i < chosen->references.count; i++)
        json_text(json, chosen->references.items[i]);
    json_close_array(json);
    json_add_text(json, "platform", chosen->platform);
    json_close_object(json);
    json_close_object(json);
    json_newline(json);
}

static void write_summary(struct json_writer *json, const struct analysis *analysis)
{
    const struct findings *findings = &analysis->image->findings;
    const struct sizes *sizes = &analysis->sizes;
    int64_t found = 0;
    for (size_t rule = 0; rule < FINDING_RULES; rule++)
        found += findings->seen[rule];
    json_open_object(json);
    json_add_text(json, "type", "summary");
    json_key(json, "sizes");
    json_open_object(json);
    json_add_int(json, "blob_bytes", sizes->blob_bytes);
    json_add_int(json, "tar_bytes", sizes->tar_bytes);
    json_add_int(json, "content_bytes", sizes->content_bytes);
    json_add_int(json, "live_bytes", sizes->live_bytes);
    json_add_int(json, "dead_bytes", sizes->dead_bytes);
    json_add_int(json, "duplicate_bytes", sizes->duplicate_bytes);
    json_add_int(json, "download_bytes", sizes->download_bytes);
    json_add_bool(json, "download_estimated", sizes->download_estimated);
    json_add_double(json, "efficiency", sizes_efficiency(sizes));
    json_close_object(json);
    json_key(json, "dead_by_cause");
    json_open_object(json);
    for (enum cause cause = 0; cause < CAUSE_COUNT; cause++)
        json_add_int(json, cause_name(cause), analysis->accounting.dead_by_cause[cause]);
    json_close_object(json);
    json_add_int(json, "findings", found);
    json_add_int(json, "warnings",
                 (int64_t)findings->warning_count + findings->warnings_dropped);
    json_close_object(json);
    json_newline(json);
}

/* The digests of payloads that repeat, one read at most for each group. */
static int find_digests(struct walk *walk, struct error *err)
{
    const struct accounting *accounting = walk->entries.accounting;
    const struct payload *payloads = accounting->payloads;
    for (size_t start = 0, end; start < accounting->payload_count; start = end) {
        const uint8_t *sha256;
        end = start + 1;
        while (end < accounting->payload_count &&
               payloads[end].group == payloads[start].group)
            end++;
        if (end - start < 2)
            continue;
        if (equality_digest(walk->analysis->image, &payloads[start], end - start, &sha256,
                            err) < 0)
            return -1;
        for (size_t i = start; i < end; i++)
            walk->digests[accounting_inode_of(accounting, payloads[i].layer,
                                              payloads[i].entry)] = sha256;
    }
    return 0;
}

static void add_link(struct json_writer *json, const struct entry *entry)
{
    cleanup_strbuf struct strbuf path = STRBUF_INIT;
    const char *link = entry_link(entry);
    if (!link) {
        json_add_null(json, "link");
        return;
    }
    if (entry->kind == TAR_HARDLINK)
        strbuf_add_char(&path, '/');
    strbuf_add_text(&path, link);
    report_json_path(json, "link", path.buf);
}

static void add_payload_digest(const struct walk *walk, const struct entry *entry,
                               uint32_t index)
{
    struct digest digest = {.algorithm = DIGEST_NONE};
    if (entry_is_file(entry) && !entry_size(entry)) {
        digest_of(&digest, "", 0);
    } else if (entry_is_file(entry)) {
        uint32_t inode = accounting_inode_of(walk->entries.accounting, walk->entries.number, index);
        if (walk->digests[inode])
            digest_from_sha256(&digest, walk->digests[inode]);
    }
    add_digest(walk->json, "digest", &digest);
}

static void write_entry(const struct walk *walk, uint32_t index)
{
    const struct entry *entry = &walk->entries.layer->entries[index];
    const struct owner *owner = &walk->entries.layer->owners[entry->owner];
    struct json_writer *json = walk->json;
    cleanup_strbuf struct strbuf path = STRBUF_INIT;
    char mode[16];
    entry_path(&path, walk->entries.layer, entry);
    snprintf(mode, sizeof mode, "%04" PRIo32, owner->mode);
    json_open_object(json);
    json_add_text(json, "type", "entry");
    json_add_int(json, "layer", walk->entries.number);
    report_json_path(json, "path", path.buf);
    json_add_text(json, "kind", entry_kind_name(entry->kind));
    json_add_text(json, "mode", mode);
    json_add_int(json, "uid", owner->uid);
    json_add_int(json, "gid", owner->gid);
    json_add_int(json, "size", entry->kind == TAR_FILE ? entry_size(entry) : 0);
    char mtime[DATE_TEXT_MAX];
    json_add_text(json, "mtime", date_format(entry->mtime, mtime) ? mtime : NULL);
    add_link(json, entry);
    add_payload_digest(walk, entry, index);
    json_add_text(json, "state", entry_state_name(entry_walk_state(&walk->entries, index)));
    json_close_object(json);
    json_newline(json);
}

static int write_ndjson(const struct report *report, const struct report_options *options,
                        const struct sink *sink, struct error *err)
{
    const struct analysis *analysis = report->analysis;
    const struct accounting *accounting = &analysis->accounting;
    struct json_writer json;
    cleanup_free const uint8_t **digests =
        memory_alloc_zero(accounting->inode_count, sizeof *digests);
    struct walk walk = {.analysis = analysis, .json = &json, .digests = digests};
    (void)options;
    entry_walk_start(&walk.entries, accounting);
    if (find_digests(&walk, err) < 0) {
        entry_walk_release(&walk.entries);
        return -1;
    }
    json_writer_start(&json, *sink, true);
    write_header(&json, analysis);
    for (uint32_t i = 0; i < accounting->layer_count; i++)
        if (entry_walk_enter(&walk.entries, i))
            for (uint32_t e = 0; e < walk.entries.layer->count; e++)
                write_entry(&walk, e);
    entry_walk_release(&walk.entries);
    write_summary(&json, analysis);
    return json_writer_finish(&json, err);
}

const struct report_format report_format_ndjson = {
    .name = "ndjson",
    .summary = "a line of JSON for each entry of every layer, schema ullage.report/1",
    .write = write_ndjson,
};
