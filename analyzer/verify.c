#include "analyzer/verify.h"

#include <dirent.h>
#include <fcntl.h>
#include <inttypes.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "analyzer/apply.h"
#include "analyzer/image/choose.h"
#include "core/escape.h"
#include "core/file.h"
#include "core/memory.h"
#include "core/parallel.h"

/* A member to be read, and what came of it. */
struct item {
    const char *name;
    struct member *member; /* NULL: of a folder, opened when it is its turn */
    bool is_layer;         /* read as a tar, too */
    bool referenced;
    uint32_t layer; /* number in the first image that has it */
    enum digest_algorithm algorithm;
    enum digest_algorithm tar_algorithm;
    struct digest digest;
    int64_t bytes;
    struct layer *layer_read;
    bool owns_layer;
    struct error damage;
};

enum claim_kind { CLAIM_NAME, CLAIM_DESCRIPTOR, CLAIM_CONFIG_NAME, CLAIM_DIFF_ID };

/* What somebody says of an item. */
struct claim {
    enum claim_kind kind;
    size_t item;
    uint32_t layer;
    struct digest digest;
    int64_t size; /* -1: nothing said */
    const char *who;
};

struct work {
    struct verify *verify;
    const struct verify_options *options;
    struct bundle *bundle;
    struct candidates candidates;
    struct fingerprints fingerprints;
    struct item *items;
    size_t count, capacity;
    struct table index;
    struct claim *claims;
    size_t claim_count, claim_capacity;
    size_t *order;
    struct layer_totals totals;
    pthread_mutex_t lock; /* of the bundle, while a folder's files are opened */
    int64_t manifests;
    struct table merged; /* findings that several images have alike */
    struct strvec merged_texts;
};

static const char *path_of(struct verify *verify, const char *name)
{
    cleanup_strbuf struct strbuf path = STRBUF_INIT;
    strbuf_addf(&path, "/%s", name);
    return arena_dup(&verify->arena, path.buf, path.len);
}

static void add_mismatch(struct verify *verify, struct mismatch mismatch)
{
    mismatch.message = arena_dup_text(&verify->arena, mismatch.message);
    verify->mismatches =
        memory_grow(verify->mismatches, verify->mismatch_count, &verify->mismatch_capacity,
                    sizeof *verify->mismatches);
    verify->mismatches[verify->mismatch_count++] = mismatch;
}

/* A limit says nothing about the image, everything else that keeps it from being read does.
 */
static void add_damage(struct verify *verify, const struct error *damage, const char *name,
                       uint32_t layer)
{
    if (damage->code == ERROR_LIMIT) {
        strvec_add(&verify->limits_hit, damage->text);
        return;
    }
    add_mismatch(verify, (struct mismatch){
                             .rule = "damaged",
                             .message = damage->text,
                             .path = name ? path_of(verify, name) : NULL,
                             .layer = layer,
                         });
}

static bool item_matches(const void *context, uint32_t number, const void *key)
{
    return strcmp(((const struct work *)context)->items[number].name, key) == 0;
}

static size_t find_item(struct work *work, const char *name)
{
    uint64_t hash = table_hash(name, strlen(name), 0);
    uint32_t found = table_find(&work->index, hash, item_matches, work, name);
    if (found != TABLE_NONE)
        return found;
    work->items =
        memory_grow(work->items, work->count, &work->capacity, sizeof *work->items);
    work->items[work->count] = (struct item){
        .name = arena_dup_text(&work->verify->arena, name),
        .layer = NO_LAYER,
        .algorithm = DIGEST_SHA256,
        .tar_algorithm = DIGEST_SHA256,
        .damage = ERROR_INIT,
    };
    table_add(&work->index, hash, (uint32_t)work->count);
    return work->count++;
}

static size_t item_of(struct work *work, struct member *member)
{
    size_t item = find_item(work, member->name);
    work->items[item].member = member;
    return item;
}

static void add_claim(struct work *work, struct claim claim)
{
    work->claims = memory_grow(work->claims, work->claim_count, &work->claim_capacity,
                               sizeof *work->claims);
    work->claims[work->claim_count++] = claim;
}

/* Names that are digests, of everything in the archive. */

static void claim_by_name(struct work *work, const char *name, struct member *member)
{
    struct digest digest;
    if (!member_claim(name, &digest))
        return;
    size_t item = member ? item_of(work, member) : find_item(work, name);
    work->items[item].algorithm = digest.algorithm;
    bool configuration = work->verify->kind == IMAGE_DOCKER_ARCHIVE && !strchr(name, '/') &&
                         span_ends_with(span_of_text(name), ".json");
    add_claim(work, (struct claim){
                        .kind = configuration ? CLAIM_CONFIG_NAME : CLAIM_NAME,
                        .item = item,
                        .layer = NO_LAYER,
                        .digest = digest,
                        .size = -1,
                        .who = "its name",
                    });
}

static void claim_in_folder(struct work *work, const char *folder)
{
    cleanup_strvec struct strvec names = STRVEC_INIT;
    int fd = openat(work->bundle->fd, *folder ? folder : ".",
                    O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    DIR *dir = fd < 0 ? NULL : fdopendir(fd);
    if (!dir) {
        file_close(&fd);
        return;
    }
    const struct dirent *found;
    while ((found = readdir(dir)))
        strvec_addf(&names, "%s%s%s", folder, *folder ? "/" : "", found->d_name);
    closedir(dir);
    strvec_sort(&names);
    for (size_t i = 0; i < names.count; i++)
        claim_by_name(work, names.items[i], NULL);
}

static void claim_names(struct work *work)
{
    if (work->bundle->form == BUNDLE_FOLDER) {
        claim_in_folder(work, work->verify->kind == IMAGE_DOCKER_DIR ? "" : "blobs/sha256");
        if (work->verify->kind != IMAGE_DOCKER_DIR)
            claim_in_folder(work, "blobs/sha512");
        return;
    }
    for (size_t i = 0; i < work->bundle->count; i++)
        if (work->bundle->members[i]->kind == TAR_FILE)
            claim_by_name(work, work->bundle->members[i]->name, work->bundle->members[i]);
}

/* Descriptors: from index.json down to every blob that is named. */

struct place {
    const char *who; /* the document that holds the descriptor */
    int64_t depth;
    uint32_t layer;
};

static void walk_document(struct work *work, const char *name, struct place place);

/* In a dir: folder the manifests of an index lie beside blobs as HEX.manifest.json. */
static struct member *find_blob(struct work *work, const char *name)
{
    struct member *member = bundle_find(work->bundle, name);
    if (member || work->verify->kind != IMAGE_DOCKER_DIR)
        return member;
    cleanup_strbuf struct strbuf manifest = STRBUF_INIT;
    strbuf_addf(&manifest, "%s.manifest.json", name);
    return bundle_find(work->bundle, manifest.buf);
}

/* `descend`: what is named may hold descriptors itself. */
static void walk_descriptor(struct work *work, const json_t *descriptor, struct place place,
                            bool descend)
{
    struct verify *verify = work->verify;
    struct digest digest;
    const char *text = json_string_value(json_object_get(descriptor, "digest"));
    const json_t *size = json_object_get(descriptor, "size");
    if (!text || !digest_parse(&digest, span_of_text(text))) {
        cleanup_strbuf struct strbuf shown = STRBUF_INIT, message = STRBUF_INIT;
        escape_for_terminal(&shown,
                            span_of(text ? text : "", strnlen(text ? text : "", 200)));
        strbuf_addf(&message, "%s: a descriptor's digest '%s' is no digest", place.who,
                    shown.buf);
        add_mismatch(verify, (struct mismatch){.rule = "shape",
                                               .message = message.buf,
                                               .layer = place.layer});
        return;
    }
    const char *name = blob_name(&verify->arena, &digest);
    if (verify->kind == IMAGE_DOCKER_DIR)
        name = strrchr(name, '/') + 1;
    struct member *member = find_blob(work, name);
    if (!member) {
        verify->counts.absent++;
        return;
    }
    size_t item = item_of(work, member);
    work->items[item].algorithm = digest.algorithm;
    bool known = work->items[item].referenced;
    work->items[item].referenced = true;
    add_claim(work, (struct claim){
                        .kind = CLAIM_DESCRIPTOR,
                        .item = item,
                        .layer = place.layer,
                        .digest = digest,
                        .size = json_is_integer(size) ? json_integer_value(size) : -1,
                        .who = place.who,
                    });
    const char *type = json_string_value(json_object_get(descriptor, "mediaType"));
    bool document = !type || strstr(type, "index") || strstr(type, "manifest");
    if (document && descend && !known)
        walk_document(work, member->name,
                      (struct place){.depth = place.depth + 1, .layer = NO_LAYER});
}

static void walk_array(struct work *work, const json_t *array, struct place place,
                       bool layers)
{
    const json_t *item;
    size_t index;
    json_array_foreach(array, index, item)
    {
        if (layers)
            place.layer = (uint32_t)index;
        walk_descriptor(work, item, place, !layers);
    }
}

/* What is no JSON here is told by the digest, or by the source that needs it. */
static void walk_document(struct work *work, const char *name, struct place place)
{
    cleanup_json json_t *document = NULL;
    cleanup_strbuf struct strbuf text = STRBUF_INIT, who = STRBUF_INIT;
    cleanup_error struct error error = ERROR_INIT;
    const struct limits *limits = work->options->limits;
    if (limits_check(limits, LIMIT_INDEX_DEPTH, place.depth, "nested indexes", &error) <
            0 ||
        limits_check(limits, LIMIT_MANIFESTS, ++work->manifests, "manifests", &error) < 0) {
        add_damage(work->verify, &error, name, NO_LAYER);
        return;
    }
    if (bundle_document(work->bundle, name, &document, &text, &error) < 0) {
        if (error.code == ERROR_LIMIT)
            add_damage(work->verify, &error, name, NO_LAYER);
        return;
    }
    work->verify->counts.documents++;
    escape_for_terminal(&who, span_of_text(name));
    place.who = arena_dup(&work->verify->arena, who.buf, who.len);
    walk_array(work, json_object_get(document, "manifests"), place, false);
    const json_t *config = json_object_get(document, "config");
    if (json_is_object(config) && json_object_get(config, "digest"))
        walk_descriptor(work, config, place, false);
    walk_array(work, json_object_get(document, "layers"), place, true);
}

/* docker 25 tells a descriptor of every layer in manifest.json. */
static void walk_layer_sources(struct work *work)
{
    cleanup_json json_t *document = NULL;
    cleanup_strbuf struct strbuf text = STRBUF_INIT;
    cleanup_error struct error error = ERROR_INIT;
    json_t *item, *source;
    const char *key;
    size_t index;
    if (bundle_document(work->bundle, "manifest.json", &document, &text, &error) < 0)
        return;
    work->verify->counts.documents++;
    int64_t absent = work->verify->counts.absent;
    json_array_foreach(document, index, item)
    {
        json_object_foreach(json_object_get(item, "LayerSources"), key, source)
            walk_descriptor(work, source,
                            (struct place){.who = "manifest.json", .layer = NO_LAYER},
                            false);
    }
    work->verify->counts.absent = absent; /* older ones list what is not in the archive */
}

static void walk_documents(struct work *work)
{
    const char *top =
        work->verify->kind == IMAGE_DOCKER_DIR ? "manifest.json" : "index.json";
    if (work->verify->kind != IMAGE_LAYER && bundle_find(work->bundle, top))
        walk_document(work, top, (struct place){.layer = NO_LAYER});
    if (work->verify->kind == IMAGE_DOCKER_ARCHIVE)
        walk_layer_sources(work);
}

/* Images: what configurations say of layers. */

static bool is_absent(const struct work *work, const struct candidate *candidate)
{
    struct arena arena = {0};
    const char *name = digest_is_set(&candidate->manifest_digest)
                           ? blob_name(&arena, &candidate->manifest_digest)
                           : NULL;
    bool absent =
        (candidate->config_name && !bundle_find(work->bundle, candidate->config_name)) ||
        (!candidate->config_name && name && !bundle_find(work->bundle, name) &&
         work->verify->kind != IMAGE_DOCKER_DIR);
    arena_release(&arena);
    return absent;
}

static bool is_complete(const struct work *work, const struct candidate *candidate)
{
    if (!candidate_is_usable(candidate))
        return false;
    for (size_t i = 0; i < candidate->layer_count; i++)
        if (candidate->layers[i].name && !candidate->layers[i].foreign &&
            !bundle_find(work->bundle, candidate->layers[i].name))
            return false;
    return true;
}

static void claim_layer(struct work *work, struct image_layer *row, uint32_t index,
                        bool needed)
{
    struct verify *verify = work->verify;
    row->member = row->name ? bundle_find(work->bundle, row->name) : NULL;
    if (row->name && !row->member) {
        char text[DIGEST_TEXT_MAX];
        cleanup_strbuf struct strbuf message = STRBUF_INIT;
        row->absent = true;
        if (row->foreign || !needed) {
            findings_add_warning(
                &verify->findings, row->foreign ? "foreign-layer" : "absent", index, NULL,
                row->foreign ? "the layer is distributed elsewhere and not in the "
                               "archive; it cannot be verified"
                             : "the layer's blob is not in the archive");
            return;
        }
        strbuf_addf(&message, "layer %" PRIu32 " (%.19s): its blob is not in the archive",
                    index, digest_format(&row->diff_id, text));
        add_mismatch(verify, (struct mismatch){.rule = "absent",
                                               .message = message.buf,
                                               .path = path_of(verify, row->name),
                                               .layer = index});
        return;
    }
    size_t number = row->member ? item_of(work, (struct member *)(uintptr_t)row->member)
                                : find_item(work, "");
    struct item *item = &work->items[number];
    item->referenced = true;
    if (item->layer == NO_LAYER)
        item->layer = index;
    if (row->encrypted) {
        findings_add_warning(&verify->findings, "encrypted", index, NULL,
                             "the layer is encrypted: its diff_id cannot be verified");
        return;
    }
    item->is_layer = true;
    if (!digest_is_set(&row->diff_id))
        return;
    item->tar_algorithm = row->diff_id.algorithm;
    add_claim(work, (struct claim){
                        .kind = CLAIM_DIFF_ID,
                        .item = number,
                        .layer = index,
                        .digest = row->diff_id,
                        .size = -1,
                        .who = "the configuration",
                    });
}

static void claim_image(struct work *work, struct candidate *candidate, bool needed)
{
    struct verify *verify = work->verify;
    if (!candidate_is_usable(candidate)) {
        bool warn =
            !needed || (!candidate->from_manifest_json && is_absent(work, candidate));
        if (candidate->failure.code == ERROR_LIMIT || !warn)
            add_damage(verify, &candidate->failure, NULL, NO_LAYER);
        else
            findings_add_warning(&verify->findings, "image-unread", NO_LAYER, NULL,
                                 "an image of the archive cannot be read: %s",
                                 candidate->failure.text);
        return;
    }
    verify->counts.images++;
    struct member *config =
        candidate->config_name ? bundle_find(work->bundle, candidate->config_name) : NULL;
    if (config) {
        size_t item = item_of(work, config);
        work->items[item].referenced = true;
    }
    for (size_t i = 0; i < candidate->layer_count; i++)
        claim_layer(work, &candidate->layers[i], (uint32_t)i, needed);
}

static int claim_images(struct work *work, struct error *err)
{
    const struct verify_options *options = work->options;
    struct candidate *chosen = NULL;
    bool any_complete = false;
    if (options->reference || options->platform) {
        if (candidates_choose(&work->candidates, options->reference, options->platform,
                              &chosen, err) < 0)
            return -1;
        claim_image(work, chosen, true);
        return 0;
    }
    for (size_t i = 0; i < work->candidates.count; i++)
        any_complete = any_complete || is_complete(work, work->candidates.items[i]);
    for (size_t i = 0; i < work->candidates.count; i++) {
        struct candidate *candidate = work->candidates.items[i];
        claim_image(work, candidate,
                    !any_complete || candidate->from_manifest_json ||
                        is_complete(work, candidate));
    }
    return 0;
}

/* Reading. */

static void keep_damage(struct item *item, const struct error *damage)
{
    error_set(&item->damage, damage->code, "%s", damage->text);
}

static struct stream *open_item(struct work *work, const struct item *item)
{
    struct stream *stream = item->member
                                ? bundle_open_member(work->bundle, item->member)
                                : stream_of_file(work->bundle->fd, 0, work->bundle->bytes);
    return progress_watch(stream, work->options->progress);
}

static struct layer_options layer_options_of(struct work *work, const struct item *item)
{
    return (struct layer_options){
        .limits = work->options->limits,
        .fingerprints = &work->fingerprints,
        .totals = &work->totals,
        .ignore_payloads = true,
        .digest_blob = item->algorithm,
        .digest_tar = item->tar_algorithm,
        .read_ahead = work->options->threads > 1,
    };
}

static void take_layer(struct item *item, struct layer *layer, bool owned)
{
    item->layer_read = layer;
    item->owns_layer = owned;
    item->digest = layer->digest;
    item->bytes = layer->blob_bytes;
    if (item->is_layer && layer->damage.code != ERROR_NONE)
        keep_damage(item, &layer->damage);
}

static void hash_stream(struct item *item, struct stream *source)
{
    struct digester digester;
    digester_start(&digester, item->algorithm);
    cleanup_stream struct stream *stream = stream_tee(source, &digester, &item->bytes);
    if (stream_drain(stream, &item->damage) == 0)
        digester_finish(&digester, &item->digest);
}

/* In a stream everything has passed already. */
static void take_passed(struct work *work, struct item *item)
{
    struct member *member = item->member;
    if (!member || member->layer) {
        take_layer(item, member ? member->layer : work->bundle->bare, false);
        return;
    }
    struct strbuf *text = &member->document;
    if (item->is_layer) {
        struct layer_options options = layer_options_of(work, item);
        take_layer(item, layer_read(stream_of_bytes(text->buf, text->len), &options), true);
        return;
    }
    hash_stream(item, stream_of_bytes(text->buf, text->len));
}

/* A file of a folder that no document names: opened for as long as it is read. */
static void hash_folder_file(struct work *work, struct item *item)
{
    pthread_mutex_lock(&work->lock);
    struct member *member = bundle_find(work->bundle, item->name);
    pthread_mutex_unlock(&work->lock);
    if (!member) {
        error_set(&item->damage, ERROR_INPUT, "cannot be opened as a file");
        return;
    }
    hash_stream(item, bundle_open_member(work->bundle, member));
    file_close(&member->fd);
}

static void read_item(void *context, size_t index)
{
    struct work *work = context;
    struct item *item = &work->items[work->order[index]];
    if (work->bundle->form == BUNDLE_STREAM) {
        take_passed(work, item);
    } else if (!item->member && *item->name) {
        hash_folder_file(work, item);
    } else if (item->is_layer) {
        struct layer_options options = layer_options_of(work, item);
        /* the largest decides how long all takes: its hashing gets a processor to itself */
        options.read_ahead = options.read_ahead && index == 0;
        take_layer(item, layer_read(open_item(work, item), &options), true);
    } else {
        hash_stream(item, open_item(work, item));
    }
}

static int64_t weight(const struct item *item)
{
    return item->member ? item->member->size : 0;
}

struct weighed {
    int64_t weight;
    size_t item;
};

static int compare_weights(const void *a, const void *b)
{
    const struct weighed *left = a, *right = b;
    if (left->weight != right->weight)
        return left->weight > right->weight ? -1 : 1;
    return left->item < right->item ? -1 : left->item > right->item;
}

static bool is_over_totals(const struct work *work)
{
    const struct limits *limits = work->options->limits;
    return atomic_load(&work->totals.entries) > limits_get(limits, LIMIT_ENTRIES) ||
           atomic_load(&work->totals.paths) > limits_get(limits, LIMIT_PATHS);
}

/* Where a limit on all layers together stops the work depends on their order, so they are
 * read again in the archive's. */
static void read_in_order(struct work *work)
{
    atomic_store(&work->totals.entries, 0);
    atomic_store(&work->totals.paths, 0);
    size_t layers = 0;
    for (size_t i = 0; i < work->count; i++) {
        struct item *item = &work->items[i];
        if (!item->is_layer)
            continue;
        if (item->owns_layer)
            layer_free(item->layer_read);
        item->layer_read = NULL;
        item->owns_layer = false;
        error_release(&item->damage);
        item->damage = (struct error)ERROR_INIT;
        work->order[layers++] = i;
    }
    parallel_run(layers, 1, read_item, work);
}

/* Large ones first, so that none is left alone at the end. */
static void read_items(struct work *work)
{
    struct weighed *weighed = memory_alloc_zero(work->count, sizeof *weighed);
    work->order = memory_alloc_zero(work->count, sizeof *work->order);
    for (size_t i = 0; i < work->count; i++)
        weighed[i] = (struct weighed){weight(&work->items[i]), i};
    if (work->count)
        qsort(weighed, work->count, sizeof *weighed, compare_weights);
    for (size_t i = 0; i < work->count; i++)
        work->order[i] = weighed[i].item;
    free(weighed);
    if (work->options->progress && work->bundle->form != BUNDLE_STREAM) {
        int64_t total = 0;
        for (size_t i = 0; i < work->count; i++)
            total += weight(&work->items[i]);
        atomic_store(&work->options->progress->total, total);
    }
    parallel_run(work->count, work->options->threads, read_item, work);
    if (work->bundle->form != BUNDLE_STREAM && is_over_totals(work))
        read_in_order(work);
}

/* Comparing. */

static bool is_told_already(const struct verify *verify, const struct mismatch *mismatch)
{
    size_t first = verify->mismatch_count > 64 ? verify->mismatch_count - 64 : 0;
    for (size_t i = first; i < verify->mismatch_count; i++) {
        const struct mismatch *other = &verify->mismatches[i];
        if (strcmp(other->rule, mismatch->rule) == 0 && other->path && mismatch->path &&
            strcmp(other->path, mismatch->path) == 0 &&
            strcmp(other->message, mismatch->message) == 0)
            return true;
    }
    return false;
}

static void tell_difference(struct work *work, const struct claim *claim,
                            enum finding_rule rule, const char *what, const char *expected,
                            const char *actual)
{
    struct verify *verify = work->verify;
    const struct item *item = &work->items[claim->item];
    cleanup_strbuf struct strbuf message = STRBUF_INIT, name = STRBUF_INIT;
    escape_for_terminal(&name, span_of_text(item->name));
    uint32_t layer = claim->layer != NO_LAYER ? claim->layer : item->layer;
    if (layer != NO_LAYER)
        strbuf_addf(&message, "layer %" PRIu32 ": ", layer);
    if (name.len)
        strbuf_addf(&message, "'%s': ", name.buf);
    strbuf_addf(&message, "%s is %s, %s says %s", what, actual, claim->who, expected);
    struct mismatch mismatch = {
        .rule = finding_code(rule),
        .message = message.buf,
        .path = name.len ? path_of(verify, item->name) : NULL,
        .expected = arena_dup_text(&verify->arena, expected),
        .actual = arena_dup_text(&verify->arena, actual),
        .layer = layer,
    };
    if (!is_told_already(verify, &mismatch))
        add_mismatch(verify, mismatch);
}

static void compare_digest(struct work *work, const struct claim *claim)
{
    static const struct {
        enum finding_rule rule;
        const char *what;
    } rows[] = {
        [CLAIM_NAME] = {FINDING_DIGEST_DIFFERS, "the digest"},
        [CLAIM_DESCRIPTOR] = {FINDING_DIGEST_DIFFERS, "the digest"},
        [CLAIM_CONFIG_NAME] = {FINDING_CONFIG_NAME_DIFFERS, "the digest"},
        [CLAIM_DIFF_ID] = {FINDING_DIFF_ID_DIFFERS, "the diff_id of its tar"},
    };
    const struct item *item = &work->items[claim->item];
    bool of_tar = claim->kind == CLAIM_DIFF_ID;
    const struct digest *actual = &item->digest;
    char is[DIGEST_TEXT_MAX], should[DIGEST_TEXT_MAX];
    if (of_tar) {
        /* a tar that was not read to its end has no diff_id; that is told as damage */
        if (!item->layer_read || item->damage.code != ERROR_NONE)
            return;
        actual = &item->layer_read->diff_id;
    }
    if (!digest_is_set(actual))
        return;
    if (actual->algorithm != claim->digest.algorithm) {
        findings_add_warning(&work->verify->findings, "digest-unchecked", claim->layer,
                             NULL,
                             "%s could not be checked: of a stream only SHA-256 is taken",
                             digest_format(&claim->digest, should));
        return;
    }
    if (of_tar)
        work->verify->counts.diff_ids++;
    else
        work->verify->counts.digests++;
    if (!digest_equal(actual, &claim->digest))
        tell_difference(work, claim, rows[claim->kind].rule, rows[claim->kind].what,
                        digest_format(&claim->digest, should), digest_format(actual, is));
}

static void compare_size(struct work *work, const struct claim *claim)
{
    const struct item *item = &work->items[claim->item];
    char is[32], should[32];
    if (claim->size < 0 || !digest_is_set(&item->digest))
        return;
    work->verify->counts.sizes++;
    if (claim->size == item->bytes)
        return;
    snprintf(should, sizeof should, "%" PRId64, claim->size);
    snprintf(is, sizeof is, "%" PRId64, item->bytes);
    tell_difference(work, claim, FINDING_SIZE_DIFFERS, "the size", should, is);
}

static void compare_all(struct work *work)
{
    struct verify *verify = work->verify;
    for (size_t i = 0; i < work->count; i++) {
        struct item *item = &work->items[i];
        verify->counts.blobs++;
        verify->counts.bytes += item->bytes;
        verify->counts.layers += item->is_layer;
        verify->counts.unreferenced += !item->referenced;
        if (item->damage.code == ERROR_NONE)
            continue;
        cleanup_strbuf struct strbuf name = STRBUF_INIT;
        escape_for_terminal(&name, span_of_text(item->name));
        if (name.len)
            error_prefix(&item->damage, "'%s'", name.buf);
        if (item->layer != NO_LAYER)
            error_prefix(&item->damage, "layer %" PRIu32, item->layer);
        add_damage(verify, &item->damage, item->name, item->layer);
    }
    for (size_t i = 0; i < work->claim_count; i++) {
        compare_digest(work, &work->claims[i]);
        compare_size(work, &work->claims[i]);
    }
}

/* What no digest covers. */

static void add_uncovered(struct verify *verify, const char *path, int64_t bytes,
                          const char *reason)
{
    verify->uncovered = memory_grow(verify->uncovered, verify->uncovered_count,
                                    &verify->uncovered_capacity, sizeof *verify->uncovered);
    verify->uncovered[verify->uncovered_count++] =
        (struct uncovered){.path = path, .reason = reason, .bytes = bytes};
}

static void check_json(struct work *work, const struct member *member)
{
    cleanup_json json_t *document = NULL;
    cleanup_strbuf struct strbuf text = STRBUF_INIT;
    cleanup_error struct error error = ERROR_INIT;
    work->verify->counts.documents++;
    if (bundle_document(work->bundle, member->name, &document, &text, &error) < 0)
        add_damage(work->verify, &error, member->name, NO_LAYER);
}

static bool is_document_name(const char *name)
{
    const char *base = strrchr(name, '/');
    base = base ? base + 1 : name;
    return strcmp(base, "json") == 0 || strcmp(name, "repositories") == 0 ||
           strcmp(name, "oci-layout") == 0 || strcmp(name, "index.json") == 0;
}

static const char *const archive_documents[] = {"manifest.json", "index.json", "oci-layout",
                                                "version"};

static void note_uncovered_folder(struct work *work)
{
    for (size_t i = 0; i < ARRAY_SIZE(archive_documents); i++) {
        struct member *member = bundle_find(work->bundle, archive_documents[i]);
        if (!member)
            continue;
        if (is_document_name(member->name))
            check_json(work, member);
        add_uncovered(work->verify, path_of(work->verify, member->name), member->size,
                      "no digest is told of it");
    }
}

static void note_uncovered(struct work *work)
{
    struct verify *verify = work->verify;
    struct bundle *bundle = work->bundle;
    int64_t payloads = 0;
    if (bundle->form == BUNDLE_FOLDER) {
        note_uncovered_folder(work);
        return;
    }
    if (verify->kind == IMAGE_LAYER) {
        add_uncovered(verify, NULL, bundle->bytes,
                      "a layer by itself has no digest to go by");
        return;
    }
    bool *covered = memory_alloc_zero(work->count, sizeof *covered);
    for (size_t i = 0; i < work->claim_count; i++)
        covered[work->claims[i].item] = true;
    for (size_t i = 0; i < bundle->count; i++) {
        const struct member *member = bundle->members[i];
        if (member->kind != TAR_FILE)
            continue;
        payloads += member->size;
        uint64_t hash = table_hash(member->name, strlen(member->name), 0);
        uint32_t item = table_find(&work->index, hash, item_matches, work, member->name);
        if (item != TABLE_NONE && covered[item])
            continue;
        if (is_document_name(member->name))
            check_json(work, member);
        add_uncovered(verify, path_of(verify, member->name), member->size,
                      "no digest is told of it");
    }
    free(covered);
    /* headers have checksums of their own, which reading has checked */
    if (bundle->compression == COMPRESSION_NONE && bundle->bytes > payloads)
        add_uncovered(verify, NULL, bundle->bytes - payloads,
                      "headers and padding of the archive");
}

/* Portability findings: of each image as report.json has them, said once where images share
 * layers. */

static bool text_matches(const void *context, uint32_t number, const void *key)
{
    return strcmp(((const struct work *)context)->merged_texts.items[number], key) == 0;
}

static bool is_new(struct work *work, const struct finding *finding)
{
    cleanup_strbuf struct strbuf text = STRBUF_INIT;
    strbuf_addf(&text, "%d %" PRIu32 " %s %s", (int)finding->rule, finding->layer,
                finding->path ? finding->path : "", finding->message);
    uint64_t hash = table_hash(text.buf, text.len, 0);
    if (table_find(&work->merged, hash, text_matches, work, text.buf) != TABLE_NONE)
        return false;
    strvec_add(&work->merged_texts, text.buf);
    table_add(&work->merged, hash, (uint32_t)work->merged_texts.count - 1);
    return true;
}

static void merge_findings(struct work *work, struct findings *findings)
{
    size_t kept = 0;
    for (size_t i = 0; i < findings->count; i++)
        if (work->candidates.count == 1 || is_new(work, &findings->items[i]))
            findings->items[kept++] = findings->items[i];
    findings->count = kept;
    findings_append_all(&work->verify->findings, findings);
}

static void apply_layers(struct image *image)
{
    size_t count = image->chosen->layer_count;
    struct accounting accounting = {
        .image = image,
        .layer_count = count,
        .layers = memory_alloc_zero(count, sizeof *accounting.layers),
    };
    tree_start(&accounting.tree);
    findings_start(&accounting.findings, image->limits);
    struct apply apply = {.accounting = &accounting};
    for (uint32_t i = 0; i < count; i++)
        apply_layer(&apply, i);
    findings_append_all(&image->findings, &accounting.findings);
    apply_release(&apply);
    accounting_release(&accounting);
}

static void note_image(struct work *work, struct candidate *candidate)
{
    struct image image = {
        .kind = work->verify->kind,
        .bundle = work->bundle,
        .chosen = candidate,
        .limits = work->options->limits,
    };
    cleanup_error struct error error = ERROR_INIT;
    for (size_t i = 0; i < candidate->layer_count; i++) {
        struct image_layer *row = &candidate->layers[i];
        const char *name = row->member ? row->member->name : "";
        if (row->absent)
            continue;
        uint32_t item = table_find(&work->index, table_hash(name, strlen(name), 0),
                                   item_matches, work, name);
        row->layer = item == TABLE_NONE ? NULL : work->items[item].layer_read;
        row->shares_layer = true; /* the item owns it */
    }
    findings_start(&image.findings, image.limits);
    if (history_read(&image.history, candidate->config, candidate->layer_count, &error) <
        0) {
        error_prefix(&error, "the configuration");
        add_damage(work->verify, &error, candidate->config_name, NO_LAYER);
    }
    image_note_findings(&image);
    apply_layers(&image);
    merge_findings(work, &image.findings);
    findings_release(&image.findings);
    history_release(&image.history);
}

static void note_images(struct work *work)
{
    for (size_t i = 0; i < work->candidates.count; i++)
        if (candidate_is_usable(work->candidates.items[i]))
            note_image(work, work->candidates.items[i]);
}

static int open_bundle(struct work *work, const char *path, struct error *err)
{
    struct item passing = {.algorithm = DIGEST_SHA256, .tar_algorithm = DIGEST_SHA256};
    struct bundle_options options = {
        .limits = work->options->limits,
        .layer = layer_options_of(work, &passing),
        .progress = work->options->progress,
    };
    return bundle_open(&work->bundle, path, &options, err);
}

static int find_images(struct work *work, const struct source *source, struct error *err)
{
    struct verify *verify = work->verify;
    if (!source)
        source = image_find_source(work->bundle);
    else if (!source->probe(work->bundle))
        return error_set(err, ERROR_INPUT, "is no %s", source->scheme);
    if (!source)
        return error_set(err, ERROR_INPUT, "is no image");
    if (source->kind == IMAGE_ROOTFS)
        return error_set(err, ERROR_INPUT,
                         "is a root directory, which has no digests to verify");
    verify->kind = source->kind;
    work->candidates.kind = source->kind;
    if (source->list(work->bundle, &work->candidates, err) < 0)
        return -1;
    if (work->bundle->damage.code != ERROR_NONE)
        add_damage(verify, &work->bundle->damage, NULL, NO_LAYER);
    return 0;
}

static int verify_work(struct work *work, const char *argument, struct error *err)
{
    const struct source *source;
    const char *path = image_scheme(argument, &source);
    if (open_bundle(work, path, err) < 0 || find_images(work, source, err) < 0)
        goto failed;
    if (work->verify->kind != IMAGE_LAYER)
        claim_names(work);
    walk_documents(work);
    if (claim_images(work, err) < 0)
        goto failed;
    read_items(work);
    compare_all(work);
    note_uncovered(work);
    note_images(work);
    return 0;
failed:;
    cleanup_strbuf struct strbuf shown = STRBUF_INIT;
    escape_for_terminal(&shown, span_of_text(strcmp(path, "-") ? path : "standard input"));
    return error_prefix(err, "%s", shown.buf);
}

static void work_release(struct work *work)
{
    for (size_t i = 0; i < work->count; i++) {
        if (work->items[i].owns_layer)
            layer_free(work->items[i].layer_read);
        error_release(&work->items[i].damage);
    }
    candidates_release(&work->candidates);
    bundle_free(work->bundle);
    fingerprints_release(&work->fingerprints);
    table_release(&work->index);
    table_release(&work->merged);
    strvec_release(&work->merged_texts);
    pthread_mutex_destroy(&work->lock);
    free(work->items);
    free(work->claims);
    free(work->order);
}

int verify_run(struct verify **ret_verify, const char *argument,
               const struct verify_options *options, struct error *err)
{
    struct verify *verify = memory_alloc_zero(1, sizeof *verify);
    struct work work = {.verify = verify, .options = options};
    verify->limits_hit = (struct strvec)STRVEC_INIT;
    findings_start(&verify->findings, options->limits);
    fingerprints_start(&work.fingerprints, NULL);
    pthread_mutex_init(&work.lock, NULL);
    int result = verify_work(&work, argument, err);
    work_release(&work);
    if (result < 0) {
        verify_free(verify);
        return -1;
    }
    *ret_verify = verify;
    return 0;
}

void verify_free(struct verify *verify)
{
    if (!verify)
        return;
    arena_release(&verify->arena);
    free(verify->mismatches);
    free(verify->uncovered);
    findings_release(&verify->findings);
    strvec_release(&verify->limits_hit);
    free(verify);
}
