/* docker-archive: manifest.json is an array of {Config, RepoTags, Layers} (facts/image-formats.md 5.2). An
 * index.json beside it is read as well: it knows digests and media types that manifest.json does not. */
#include <string.h>

#include "analyzer/image/image.h"
#include "core/escape.h"
#include "core/memory.h"

static int probe(struct bundle *bundle)
{
    return bundle->form != BUNDLE_FOLDER && bundle_find(bundle, "manifest.json") ? 20 : 0;
}

static int take_references(struct candidate *candidate, const json_t *item, struct error *err)
{
    json_t *tags, *tag;
    size_t index;
    if (json_get_typed(&tags, item, "RepoTags", JSON_ARRAY, err) < 0)
        return -1;
    json_array_foreach(tags, index, tag)
    {
        if (json_expect(tag, JSON_STRING, "a tag", err) < 0)
            return error_prefix(err, "'RepoTags'");
        strvec_add(&candidate->references, json_string_value(tag));
    }
    return 0;
}

/* A name of the archive's own, as the archive knows it. A name that climbs is refused here. */
static const char *member_name(struct candidate *candidate, const char *name, struct error *err)
{
    cleanup_strbuf struct strbuf path = STRBUF_INIT;
    if (path_normalise(&path, name)) {
        cleanup_strbuf struct strbuf shown = STRBUF_INIT;
        escape_for_terminal(&shown, span_of(name, strnlen(name, 200)));
        error_set(err, ERROR_INPUT, "'%s' points out of the archive", shown.buf);
        return NULL;
    }
    return arena_dup(&candidate->arena, path.buf, path.len);
}

static int take_layers(struct candidate *candidate, struct bundle *bundle, const json_t *item,
                       struct error *err)
{
    json_t *names, *name;
    size_t index;
    if (json_get_typed(&names, item, "Layers", JSON_ARRAY, err) < 0)
        return -1;
    struct image_layer *layers =
        candidate_add_layers(candidate, json_array_size(names), bundle->limits, err);
    if (!layers)
        return -1;
    json_array_foreach(names, index, name)
    {
        if (json_expect(name, JSON_STRING, "a layer", err) < 0)
            return error_prefix(err, "'Layers'");
        layers[index].name = member_name(candidate, json_string_value(name), err);
        if (!layers[index].name)
            return error_prefix(err, "'Layers'");
    }
    return 0;
}

/* LayerSources tells media types by diff_id: docker 25 for every layer, older ones for foreign layers. */
static int take_layer_sources(struct candidate *candidate, const json_t *item,
                              struct error *err)
{
    json_t *sources;
    if (json_get_typed(&sources, item, "LayerSources", JSON_OBJECT, err) < 0)
        return -1;
    for (size_t i = 0; i < candidate->layer_count && sources; i++) {
        struct image_layer *layer = &candidate->layers[i];
        char key[DIGEST_TEXT_MAX];
        const json_t *source =
            json_object_get(sources, digest_format(&layer->diff_id, key));
        const char *type;
        if (!json_is_object(source))
            continue;
        if (json_get_text(&type, source, "mediaType", err) < 0)
            return -1;
        layer->media_type = arena_dup_text(&candidate->arena, type);
        layer->foreign = type && (strstr(type, "foreign") || strstr(type, "nondistributable"));
    }
    return 0;
}

static int read_item(struct candidate *candidate, struct bundle *bundle, const json_t *item,
                     struct error *err)
{
    const char *config;
    if (json_expect(item, JSON_OBJECT, "an item", err) < 0 ||
        json_get_text(&config, item, "Config", err) < 0)
        return -1;
    if (!config)
        return error_set(err, ERROR_INPUT, "an item has no 'Config'");
    candidate->from_manifest_json = true;
    candidate->config_name = member_name(candidate, config, err);
    if (!candidate->config_name || take_references(candidate, item, err) < 0 ||
        take_layers(candidate, bundle, item, err) < 0 ||
        candidate_load_config(candidate, bundle, err) < 0 ||
        candidate_take_diff_ids(candidate, err) < 0)
        return -1;
    return take_layer_sources(candidate, item, err);
}

/* What the index knows beside manifest.json about the same image. */
static void merge(struct candidate *into, const struct candidate *from)
{
    into->manifest_digest = from->manifest_digest;
    if (from->annotations && !into->annotations)
        into->annotations = json_incref(from->annotations);
    for (size_t i = 0; i < from->references.count; i++)
        if (!strvec_contains(&into->references, from->references.items[i]) &&
            strpbrk(from->references.items[i], "/:"))
            strvec_add(&into->references, from->references.items[i]);
    for (size_t i = 0; i < into->layer_count && i < from->layer_count; i++) {
        struct image_layer *layer = &into->layers[i];
        const struct image_layer *other = &from->layers[i];
        if (!digest_is_set(&layer->digest))
            layer->digest = other->digest;
        if (layer->size < 0)
            layer->size = other->size;
        layer->zstd_chunked = layer->zstd_chunked || other->zstd_chunked;
        if (!layer->media_type)
            layer->media_type = arena_dup_text(&into->arena, other->media_type);
    }
}

static bool same_image(const struct candidate *a, const struct candidate *b)
{
    return candidate_is_usable(a) && candidate_is_usable(b) && a->layer_count == b->layer_count &&
           digest_is_set(&a->config_digest) && digest_equal(&a->config_digest, &b->config_digest);
}

static void free_candidate_at(struct candidates *candidates, size_t index)
{
    struct candidate *last = candidates->items[index];
    memmove(&candidates->items[index], &candidates->items[index + 1],
            (candidates->count - index - 1) * sizeof(struct candidate *));
    candidates->items[candidates->count - 1] = last;
    candidates_drop_last(candidates);
}

static bool same_platform(const struct candidate *a, const struct candidate *b)
{
    return a->platform && b->platform && strcmp(a->platform, b->platform) == 0;
}

static void merge_index(struct bundle *bundle, struct candidates *candidates, size_t own)
{
    for (size_t i = own; i < candidates->count;) {
        struct candidate *other = candidates->items[i];
        bool merged = false, clashes = false;
        for (size_t j = 0; j < own; j++) {
            if (same_image(candidates->items[j], other)) {
                merge(candidates->items[j], other);
                merged = true;
            } else if (candidate_is_usable(other) && same_platform(candidates->items[j], other)) {
                clashes = true;
            }
        }
        if (!merged && clashes)
            findings_add(&bundle->findings, FINDING_DOCUMENTS_DISAGREE, NO_LAYER, NULL,
                         "manifest.json is followed, as docker load does");
        if (merged || clashes)
            free_candidate_at(candidates, i);
        else
            i++;
    }
}

static int list(struct bundle *bundle, struct candidates *candidates, struct error *err)
{
    cleanup_json json_t *manifest = NULL;
    cleanup_strbuf struct strbuf text = STRBUF_INIT;
    json_t *item;
    size_t index;
    if (bundle_document(bundle, "manifest.json", &manifest, &text, err) < 0)
        return -1;
    if (json_expect(manifest, JSON_ARRAY, "the document", err) < 0)
        return error_prefix(err, "'manifest.json'");
    if (json_array_size(manifest) == 0)
        return error_set(err, ERROR_INPUT, "'manifest.json' lists no image");
    if (limits_check(bundle->limits, LIMIT_MANIFESTS, (int64_t)json_array_size(manifest),
                     "images in 'manifest.json'", err) < 0)
        return -1;
    json_array_foreach(manifest, index, item)
    {
        struct candidate *candidate = candidates_add(candidates);
        if (read_item(candidate, bundle, item, &candidate->failure) < 0)
            error_prefix(&candidate->failure, "'manifest.json': image %zu", index);
    }

    size_t own = candidates->count;
    if (!bundle_find(bundle, "index.json"))
        return 0;
    struct error unread = ERROR_INIT;
    if (oci_list(bundle, candidates, &unread) < 0) {
        findings_add_warning(&bundle->findings, "index-unread", NO_LAYER, NULL, "%s",
                             unread.text);
        error_release(&unread);
    }
    merge_index(bundle, candidates, own);
    return 0;
}

const struct source source_docker_archive = {
    .scheme = "docker-archive",
    .kind = IMAGE_DOCKER_ARCHIVE,
    .probe = probe,
    .list = list,
};
