#include "analyzer/image/image.h"

#include <assert.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "analyzer/image/choose.h"
#include "core/escape.h"
#include "core/memory.h"
#include "core/parallel.h"

/* The most layers that overlay2 mounts. */
#define OVERLAY_LAYERS_MAX 127

#define SOURCE(name) extern const struct source source_##name;
#include "analyzer/image/sources.def"
#undef SOURCE

static const struct source *const sources[] = {
#define SOURCE(name) &source_##name,
#include "analyzer/image/sources.def"
#undef SOURCE
};

static const char *const kind_names[] = {
    [IMAGE_DOCKER_ARCHIVE] = "docker-archive",
    [IMAGE_OCI_ARCHIVE] = "oci-archive",
    [IMAGE_OCI_DIR] = "oci-dir",
    [IMAGE_DOCKER_DIR] = "docker-dir",
    [IMAGE_LAYER] = "layer",
    [IMAGE_ROOTFS] = "rootfs",
};
static_assert(ARRAY_SIZE(kind_names) == IMAGE_KINDS, "every kind has a name");

const char *image_kind_name(enum image_kind kind)
{
    return kind_names[kind];
}

const char *image_scheme(const char *argument, const struct source **ret_source)
{
    for (size_t i = 0; i < ARRAY_SIZE(sources); i++) {
        size_t len = strlen(sources[i]->scheme);
        if (strncmp(argument, sources[i]->scheme, len) == 0 && argument[len] == ':') {
            *ret_source = sources[i];
            return argument + len + 1;
        }
    }
    *ret_source = NULL;
    return argument;
}

const struct source *image_find_source(struct bundle *bundle)
{
    const struct source *best = NULL;
    int highest = 0;
    for (size_t i = 0; i < ARRAY_SIZE(sources); i++) {
        int bid = sources[i]->probe(bundle);
        if (bid > highest) {
            highest = bid;
            best = sources[i];
        }
    }
    return best;
}

/* The reading of one layer of an archive that can be read at will. */
struct reading {
    struct image *image;
    const struct image_options *options;
    size_t *order;
};

static struct layer_options layer_options_of(struct image *image,
                                             const struct image_options *options)
{
    return (struct layer_options){
        .limits = options->limits,
        .fingerprints = &image->fingerprints,
        .totals = &image->totals,
        .watchers = options->watchers,
        .ignore_payloads = options->ignore_payloads,
        .digest_blob = options->verify ? DIGEST_SHA256 : DIGEST_NONE,
        .digest_tar = options->verify ? DIGEST_SHA256 : DIGEST_NONE,
        .read_ahead = options->threads > 1,
    };
}

static void read_one(void *context, size_t index)
{
    const struct reading *reading = context;
    struct image_layer *row = &reading->image->chosen->layers[reading->order[index]];
    struct layer_options options = layer_options_of(reading->image, reading->options);
    struct stream *source;
    if (row->shares_layer || row->absent)
        return;
    if (options.digest_blob && digest_is_set(&row->digest))
        options.digest_blob = row->digest.algorithm;
    if (options.digest_tar && digest_is_set(&row->diff_id))
        options.digest_tar = row->diff_id.algorithm;
    if (row->member)
        source = bundle_open_member(reading->image->bundle, row->member);
    else
        source = stream_of_file(reading->image->bundle->fd, 0, reading->image->bundle->bytes);
    row->layer = layer_read(progress_watch(source, reading->options->progress), &options);
}

static int64_t stored_size(const struct image_layer *row)
{
    return row->member ? row->member->size : 0;
}

/* Large layers first, so that none is left alone at the end. */
static void order_by_size(size_t *order, const struct candidate *chosen)
{
    for (size_t i = 0; i < chosen->layer_count; i++) {
        size_t j = i;
        while (j > 0 && stored_size(&chosen->layers[order[j - 1]]) <
                            stored_size(&chosen->layers[i])) {
            order[j] = order[j - 1];
            j--;
        }
        order[j] = i;
    }
}

static const char *layer_label(const struct image_layer *row, char text[DIGEST_TEXT_MAX])
{
    if (digest_is_set(&row->diff_id))
        return digest_format(&row->diff_id, text);
    return digest_is_set(&row->digest) ? digest_format(&row->digest, text) : "no digest";
}

static int locate_layers(struct image *image, struct error *err)
{
    struct candidate *chosen = image->chosen;
    for (size_t i = 0; i < chosen->layer_count; i++) {
        struct image_layer *row = &chosen->layers[i];
        char label[DIGEST_TEXT_MAX];
        if (!row->name)
            continue;
        row->member = bundle_find(image->bundle, row->name);
        if (!row->member && row->foreign) {
            row->absent = true;
            findings_add_warning(&image->findings, "foreign-layer", (uint32_t)i, NULL,
                                 "the layer is distributed elsewhere and not in the archive; "
                                 "it is left out of the sums");
            continue;
        }
        if (!row->member) {
            if (image->bundle->damage.code != ERROR_NONE)
                return error_set(err, image->bundle->damage.code, "%s",
                                 image->bundle->damage.text);
            return error_set(err, ERROR_INPUT, "layer %zu (%.19s): its blob is not in the archive",
                             i, layer_label(row, label));
        }
        for (size_t j = 0; j < i && !row->shares_layer; j++)
            row->shares_layer = chosen->layers[j].member == row->member;
    }
    return 0;
}

/* A blob of a stream that looked like a document is a layer all the same if the manifest says so. */
static struct layer *read_document(const struct member *member,
                                   const struct layer_options *options)
{
    const struct strbuf *text = &member->document;
    return layer_read(stream_of_bytes(text->buf, text->len), options);
}

static bool hit_limit(const struct candidate *chosen)
{
    for (size_t i = 0; i < chosen->layer_count; i++)
        if (chosen->layers[i].layer && chosen->layers[i].layer->damage.code == ERROR_LIMIT)
            return true;
    return false;
}

/* Where a limit on all layers together stops the work depends on their order, so they are read again in
 * the image's: the same input gives the same result on any number of threads. */
static void read_in_order(struct image *image, struct reading *reading)
{
    struct candidate *chosen = image->chosen;
    atomic_store(&image->totals.entries, 0);
    atomic_store(&image->totals.paths, 0);
    for (size_t i = 0; i < chosen->layer_count; i++) {
        if (chosen->layers[i].shares_layer)
            continue;
        layer_free(chosen->layers[i].layer);
        chosen->layers[i].layer = NULL;
        reading->order[i] = i;
        read_one(reading, i);
    }
}

static void read_layers(struct image *image, const struct image_options *options)
{
    struct candidate *chosen = image->chosen;
    if (image->kind == IMAGE_ROOTFS) {
        chosen->layers[0].layer = image->rootfs;
        image->rootfs = NULL;
        return;
    }
    if (image->bundle->form == BUNDLE_STREAM) {
        struct layer_options layer_options = layer_options_of(image, options);
        layer_options.hash_payloads = true;
        for (size_t i = 0; i < chosen->layer_count; i++) {
            struct image_layer *row = &chosen->layers[i];
            struct layer **from = row->member ? &((struct member *)(uintptr_t)row->member)->layer
                                              : &image->bundle->bare;
            if (row->shares_layer || row->absent)
                continue;
            row->layer = *from ? *from : read_document(row->member, &layer_options);
            *from = NULL;
        }
        return;
    }
    if (options->progress) {
        int64_t total = 0;
        for (size_t i = 0; i < chosen->layer_count; i++)
            total += chosen->layers[i].shares_layer ? 0 : stored_size(&chosen->layers[i]);
        atomic_store(&options->progress->total, total);
    }
    cleanup_free size_t *order = memory_alloc_zero(chosen->layer_count, sizeof *order);
    order_by_size(order, chosen);
    struct reading reading = {.image = image, .options = options, .order = order};
    parallel_run(chosen->layer_count, options->threads, read_one, &reading);
    if (hit_limit(chosen))
        read_in_order(image, &reading);
}

static void share_layers(struct candidate *chosen)
{
    for (size_t i = 0; i < chosen->layer_count; i++)
        for (size_t j = 0; j < i && chosen->layers[i].shares_layer && !chosen->layers[i].layer;
             j++)
            if (chosen->layers[j].member == chosen->layers[i].member)
                chosen->layers[i].layer = chosen->layers[j].layer;
}

/* Is the layer's damage the end of the work? A limit is reported with what was read; damage only where
 * the caller asked to go on. */
static int judge_damage(struct image *image, const struct image_options *options,
                        struct error *err)
{
    for (size_t i = 0; i < image->chosen->layer_count; i++) {
        struct image_layer *row = &image->chosen->layers[i];
        char label[DIGEST_TEXT_MAX];
        if (!row->layer || row->shares_layer || row->layer->damage.code == ERROR_NONE)
            continue;
        struct error *damage = &row->layer->damage;
        if (image->kind == IMAGE_LAYER)
            error_prefix(damage, "layer 0");
        else
            error_prefix(damage, "layer %zu (%.19s)", i, layer_label(row, label));
        if (row->encrypted)
            error_hint(damage, "the layer is encrypted; decrypt the image first");
        bool limit = damage->code == ERROR_LIMIT;
        if (!limit && !options->keep_going) {
            error_set(err, damage->code, "%s", damage->text);
            return damage->hint ? error_hint(err, "%s", damage->hint) : -1;
        }
        if (image->damage.code == ERROR_NONE || (limit && image->damage.code != ERROR_LIMIT)) {
            struct error first = ERROR_INIT;
            error_set(&first, damage->code, "%s", damage->text);
            if (damage->hint)
                error_hint(&first, "%s", damage->hint);
            error_release(&image->damage);
            image->damage = first;
        }
        if (limit)
            strvec_add(&image->limits_hit, damage->text);
        findings_add_warning(&image->findings, limit ? "limit" : "damaged", (uint32_t)i, NULL,
                             "%s; the layer counts only as far as it was read", damage->text);
    }
    return 0;
}

/* What was read against what is told of it: -1 with both digests. */
static int check_digest(const struct digest *actual, const struct digest *told, const char *what,
                        const char *who, struct error *err)
{
    char is[DIGEST_TEXT_MAX], should[DIGEST_TEXT_MAX];
    if (!digest_is_set(actual) || !digest_is_set(told) ||
        actual->algorithm != told->algorithm || digest_equal(actual, told))
        return 0;
    error_set(err, ERROR_INPUT, "%s is %s, %s says %s", what, digest_format(actual, is), who,
              digest_format(told, should));
    return error_hint(err, "copy the archive again; 'ullage verify' lists all that differs");
}

static int check_layer(const struct image_layer *row, struct error *err)
{
    const struct layer *layer = row->layer;
    struct digest claimed;
    if (check_digest(&layer->digest, &row->digest, "the digest of its blob", "the manifest",
                     err) < 0)
        return -1;
    if (row->member && member_claim(row->member->name, &claimed) &&
        check_digest(&layer->digest, &claimed, "the digest of its blob", "its name", err) < 0)
        return -1;
    if (row->size >= 0 && row->size != layer->blob_bytes)
        return error_set(err, ERROR_INPUT,
                         "its blob has %" PRId64 " bytes, the manifest says %" PRId64,
                         layer->blob_bytes, row->size);
    return check_digest(&layer->diff_id, &row->diff_id, "the diff_id of its tar",
                        "the configuration", err);
}

static int check_configuration(const struct candidate *chosen, struct error *err)
{
    struct digest actual, claimed;
    if (!chosen->config)
        return 0;
    digest_of(&actual, chosen->config_text.buf, chosen->config_text.len);
    if (check_digest(&actual, &chosen->config_digest, "the digest of the configuration",
                     "the manifest", err) < 0)
        return -1;
    return member_claim(chosen->config_name, &claimed)
               ? check_digest(&actual, &claimed, "the digest of the configuration", "its name",
                              err)
               : 0;
}

static bool is_layer_of(const struct candidate *chosen, const struct member *member)
{
    for (size_t i = 0; i < chosen->layer_count; i++)
        if (chosen->layers[i].member == member)
            return true;
    return false;
}

/* Everything else whose name tells a digest: manifests, and what other images need. */
static int check_member(const struct bundle *bundle, const struct member *member,
                        struct error *err)
{
    struct digest claimed, actual;
    struct digester digester;
    int64_t bytes;
    cleanup_strbuf struct strbuf shown = STRBUF_INIT;
    if (member->kind != TAR_FILE || !member_claim(member->name, &claimed))
        return 0;
    struct stream *source =
        bundle->form == BUNDLE_STREAM
            ? stream_of_bytes(member->document.buf, member->document.len)
            : bundle_open_member(bundle, member);
    digester_start(&digester, claimed.algorithm);
    cleanup_stream struct stream *stream = stream_tee(source, &digester, &bytes);
    int result = stream_drain(stream, err);
    digester_finish(&digester, &actual);
    if (member->layer)
        actual = member->layer->digest;
    if (result == 0)
        result = check_digest(&actual, &claimed, "the digest of its content", "its name", err);
    escape_for_terminal(&shown, span_of_text(member->name));
    return result < 0 ? error_prefix(err, "'%s'", shown.buf) : 0;
}

/* A mismatch ends the work, or is noted where the caller asked to go on. */
static int judge_mismatch(struct image *image, const struct image_options *options,
                          uint32_t layer, struct error *mismatch, struct error *err)
{
    if (!options->keep_going) {
        error_move(err, mismatch);
        return -1;
    }
    findings_add_warning(&image->findings, "digest", layer, NULL, "%s", mismatch->text);
    if (image->damage.code == ERROR_NONE)
        error_move(&image->damage, mismatch);
    error_release(mismatch);
    return 0;
}

static int judge_digests(struct image *image, const struct image_options *options,
                         struct error *err)
{
    const struct candidate *chosen = image->chosen;
    const struct bundle *bundle = image->bundle;
    struct error mismatch = ERROR_INIT;
    char label[DIGEST_TEXT_MAX];
    if (!options->verify || image->kind == IMAGE_LAYER || image->kind == IMAGE_ROOTFS)
        return 0;
    for (size_t i = 0; i < chosen->layer_count; i++) {
        const struct image_layer *row = &chosen->layers[i];
        if (!row->layer || check_layer(row, &mismatch) == 0)
            continue;
        error_prefix(&mismatch, "layer %zu (%.19s)", i, layer_label(row, label));
        if (judge_mismatch(image, options, (uint32_t)i, &mismatch, err) < 0)
            return -1;
    }
    if (check_configuration(chosen, &mismatch) < 0 &&
        judge_mismatch(image, options, NO_LAYER, &mismatch, err) < 0)
        return -1;
    for (size_t i = 0; i < bundle->count; i++)
        if (!is_layer_of(chosen, bundle->members[i]) &&
            check_member(bundle, bundle->members[i], &mismatch) < 0 &&
            judge_mismatch(image, options, NO_LAYER, &mismatch, err) < 0)
            return -1;
    return 0;
}

static const char *media_type_compression(const char *type)
{
    if (!type || strstr(type, "encrypted"))
        return NULL;
    if (span_ends_with(span_of_text(type), "+gzip") || span_ends_with(span_of_text(type), ".gzip"))
        return "gzip";
    if (span_ends_with(span_of_text(type), "zstd"))
        return "zstd";
    return span_ends_with(span_of_text(type), ".tar") ? "none" : NULL;
}

void image_note_findings(struct image *image)
{
    const struct candidate *chosen = image->chosen;
    findings_append(&image->findings, &image->bundle->findings, NO_LAYER);
    for (size_t i = 0; i < chosen->layer_count; i++) {
        const struct image_layer *row = &chosen->layers[i];
        if (!row->layer)
            continue;
        findings_append(&image->findings, &row->layer->findings, (uint32_t)i);
        const char *told = media_type_compression(row->media_type);
        const char *real = compression_name(row->layer->compression);
        if (row->zstd_chunked)
            findings_add(&image->findings, FINDING_ZSTD_CHUNKED, (uint32_t)i, NULL, NULL);
        if (told && strcmp(told, real) != 0 && row->layer->blob_bytes)
            findings_add(&image->findings, FINDING_MEDIA_TYPE_DIFFERS, (uint32_t)i, NULL, real);
    }
    if (chosen->layer_count > OVERLAY_LAYERS_MAX)
        findings_add(&image->findings, FINDING_LAYER_COUNT, NO_LAYER, NULL, NULL);
    if (image->history.count && image->history.with_layer > chosen->layer_count)
        findings_add(&image->findings, FINDING_HISTORY_LONGER, NO_LAYER, NULL, NULL);
    else if (image->history.count && image->history.with_layer < chosen->layer_count)
        findings_add(&image->findings, FINDING_HISTORY_SHORTER, NO_LAYER, NULL, NULL);
    for (size_t i = 0; i < image->candidates.count; i++)
        if (!candidate_is_usable(image->candidates.items[i]))
            findings_add_warning(&image->findings, "image-unread", NO_LAYER, NULL,
                                 "another image of the archive cannot be read: %s",
                                 image->candidates.items[i]->failure.text);
    if (image->kind == IMAGE_ROOTFS)
        findings_add_warning(&image->findings, "no-tar", NO_LAYER, NULL,
                             "a folder has no tar: blob and tar bytes are what a plain tar of it "
                             "would take");
}

static int choose_and_read(struct image *image, const struct source *source,
                           const struct image_options *options, struct error *err)
{
    if (!source)
        source = image_find_source(image->bundle);
    else if (!source->probe(image->bundle))
        return error_set(err, ERROR_INPUT, "is no %s", source->scheme);
    if (!source)
        return error_set(err, ERROR_INPUT, "is no image");
    image->kind = source->kind;
    image->candidates.kind = source->kind;
    if (source->list(image->bundle, &image->candidates, err) < 0)
        return -1;
    if (options->only_list)
        return 0;
    if (candidates_choose(&image->candidates, options->reference, options->platform,
                          &image->chosen, err) < 0)
        return -1;
    if (image->kind == IMAGE_ROOTFS &&
        !(image->rootfs = rootfs_read(image->bundle->fd, options, err)))
        return -1;
    if (options->only_documents)
        return 0;
    if (locate_layers(image, err) < 0)
        return -1;
    if (history_read(&image->history, image->chosen->config, image->chosen->layer_count, err) < 0)
        return error_prefix(err, "the configuration");
    read_layers(image, options);
    share_layers(image->chosen);
    if (judge_damage(image, options, err) < 0 || judge_digests(image, options, err) < 0)
        return -1;
    if (image->bundle->damage.code != ERROR_NONE && image->damage.code == ERROR_NONE) {
        error_set(&image->damage, image->bundle->damage.code, "%s",
                  image->bundle->damage.text);
        findings_add_warning(&image->findings, "damaged", NO_LAYER, NULL, "%s",
                             image->bundle->damage.text);
    }
    image_note_findings(image);
    return 0;
}

int image_open(struct image **ret_image, const char *argument,
               const struct image_options *options, struct error *err)
{
    const struct source *source;
    const char *path = image_scheme(argument, &source);
    struct image *image = memory_alloc_zero(1, sizeof *image);
    image->damage = (struct error)ERROR_INIT;
    image->limits_hit = (struct strvec)STRVEC_INIT;
    image->limits = options->limits;
    findings_start(&image->findings, options->limits);
    fingerprints_start(&image->fingerprints, options->key);
    struct bundle_options bundle_options = {
        .limits = options->limits,
        .layer = layer_options_of(image, options),
        .progress = options->progress,
        .keep_going = options->keep_going,
    };
    bundle_options.layer.hash_payloads = true;
    if (bundle_open(&image->bundle, path, &bundle_options, err) < 0 ||
        choose_and_read(image, source, options, err) < 0) {
        image_free(image);
        cleanup_strbuf struct strbuf shown = STRBUF_INIT;
        escape_for_terminal(&shown, span_of_text(strcmp(path, "-") ? path : "standard input"));
        return error_prefix(err, "%s", shown.buf);
    }
    *ret_image = image;
    return 0;
}

void image_free(struct image *image)
{
    if (!image)
        return;
    candidates_release(&image->candidates);
    history_release(&image->history);
    layer_free(image->rootfs);
    findings_release(&image->findings);
    fingerprints_release(&image->fingerprints);
    strvec_release(&image->limits_hit);
    error_release(&image->damage);
    bundle_free(image->bundle);
    free(image);
}
