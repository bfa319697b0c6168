/* manifest_read: a manifest object with a config and layers, OCI or docker v2 schema 2 alike
 * (image-spec, manifest.md). */
#include <string.h>

#include "analyzer/image/image.h"
#include "core/escape.h"
#include "core/memory.h"

static int read_descriptor(const json_t *descriptor, const char *what, struct digest *ret_digest,
                           int64_t *ret_size, const char **ret_media_type, struct error *err)
{
    const char *text;
    json_t *size;
    if (json_expect(descriptor, JSON_OBJECT, what, err) < 0 ||
        json_get_text(&text, descriptor, "digest", err) < 0 ||
        json_get_text(ret_media_type, descriptor, "mediaType", err) < 0 ||
        json_get_typed(&size, descriptor, "size", JSON_INTEGER, err) < 0)
        return -1;
    if (!text || !digest_parse(ret_digest, span_of_text(text))) {
        cleanup_strbuf struct strbuf shown = STRBUF_INIT;
        escape_for_terminal(&shown, span_of_text(text ? text : ""));
        return error_set(err, ERROR_INPUT, "%s: '%.200s' is no digest", what, shown.buf);
    }
    *ret_size = size ? json_integer_value(size) : -1;
    if (size && *ret_size < 0)
        return error_set(err, ERROR_INPUT, "%s: its size is negative", what);
    return 0;
}

/* containers/storage tells where a blob holds its table of contents in annotations of the layer. */
static bool has_chunked_annotations(const json_t *descriptor)
{
    static const char prefix[] = "io.github.containers.zstd-chunked.";
    const char *key;
    json_t *value;
    json_object_foreach(json_object_get(descriptor, "annotations"), key, value)
        if (strncmp(key, prefix, sizeof prefix - 1) == 0)
            return true;
    return false;
}

/* What an OCI manifest without an image in it is called by its config's media type. */
static const char *artifact_kind(const char *media_type)
{
    if (!media_type || strstr(media_type, "image.config") || strstr(media_type, "container.image"))
        return NULL;
    if (strstr(media_type, "buildkit.cacheconfig"))
        return "it is a build cache of BuildKit, not an image";
    return "it is an artifact, not an image";
}

static int read_layer(struct candidate *candidate, struct image_layer *layer,
                      const json_t *descriptor,
                      const char *(*name_of)(struct arena *arena, const struct digest *digest),
                      struct error *err)
{
    const char *type;
    if (read_descriptor(descriptor, "a layer", &layer->digest, &layer->size, &type, err) < 0)
        return -1;
    layer->media_type = arena_dup_text(&candidate->arena, type);
    layer->name = name_of(&candidate->arena, &layer->digest);
    layer->foreign = type && (strstr(type, "foreign") || strstr(type, "nondistributable"));
    layer->encrypted = type && strstr(type, "+encrypted");
    layer->zstd_chunked = has_chunked_annotations(descriptor);
    return 0;
}

int manifest_read(struct candidate *candidate, struct bundle *bundle, const json_t *manifest,
                  const char *(*name_of)(struct arena *arena, const struct digest *digest),
                  struct error *err)
{
    json_t *config, *layers, *annotations;
    const char *type;
    int64_t size;
    if (json_object_get(manifest, "fsLayers"))
        return error_set(err, ERROR_INPUT, "is a manifest of schema 1, which is not supported");
    if (json_get_typed(&config, manifest, "config", JSON_OBJECT, err) < 0 ||
        json_get_typed(&layers, manifest, "layers", JSON_ARRAY, err) < 0 ||
        json_get_typed(&annotations, manifest, "annotations", JSON_OBJECT, err) < 0)
        return -1;
    if (json_object_get(manifest, "manifests"))
        return error_set(err, ERROR_INPUT, "is a manifest and an index at once");
    if (!config)
        return error_set(err, ERROR_INPUT, "the manifest has no 'config'");
    if (!layers)
        return error_set(err, ERROR_INPUT, "the manifest has no 'layers'");
    if (read_descriptor(config, "'config'", &candidate->config_digest, &size, &type, err) < 0)
        return -1;
    candidate->annotations = annotations ? json_incref(annotations) : NULL;
    if (artifact_kind(type))
        return error_set(err, ERROR_INPUT, "%s", artifact_kind(type));
    struct image_layer *rows =
        candidate_add_layers(candidate, json_array_size(layers), bundle->limits, err);
    if (!rows)
        return -1;
    for (size_t i = 0; i < candidate->layer_count; i++)
        if (read_layer(candidate, &rows[i], json_array_get(layers, i), name_of, err) < 0)
            return error_prefix(err, "layer %zu", i);
    candidate->config_name = name_of(&candidate->arena, &candidate->config_digest);
    if (candidate_load_config(candidate, bundle, err) < 0)
        return -1;
    return candidate_take_diff_ids(candidate, err);
}
