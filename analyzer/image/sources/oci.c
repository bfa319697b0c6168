/* An OCI layout: index.json names manifests or further indexes, blobs lie at blobs/ALGORITHM/HEX
 * (image-spec, image-layout.md). The same in a tar and in a folder. Blobs may be absent by design. */
#include <string.h>

#include "analyzer/image/image.h"
#include "core/escape.h"
#include "core/memory.h"

struct walk {
    struct bundle *bundle;
    struct candidates *candidates;
    member_namer *name_of_manifest;
    member_namer *name_of_blob;
    int64_t manifests;
};

/* What an index said of a manifest on the way down. */
struct descent {
    const char *reference; /* ref.name or image.name, nearest to the manifest; NULL if none said */
    int64_t depth;
};

const char *blob_name(struct arena *arena, const struct digest *digest)
{
    char text[DIGEST_TEXT_MAX];
    cleanup_strbuf struct strbuf name = STRBUF_INIT;
    digest_format(digest, text);
    char *colon = strchr(text, ':');
    *colon = '\0';
    strbuf_addf(&name, "blobs/%s/%s", text, colon + 1);
    return arena_dup(arena, name.buf, name.len);
}

static const char *reference_of(const json_t *descriptor)
{
    static const char *const keys[] = {
        "io.containerd.image.name",
        "org.opencontainers.image.ref.name",
    };
    const json_t *annotations = json_object_get(descriptor, "annotations");
    for (size_t i = 0; i < ARRAY_SIZE(keys); i++) {
        const char *value = json_string_value(json_object_get(annotations, keys[i]));
        if (value && *value)
            return value;
    }
    return NULL;
}

static char *platform_text(const json_t *platform)
{
    const char *os = json_string_value(json_object_get(platform, "os"));
    const char *architecture = json_string_value(json_object_get(platform, "architecture"));
    const char *variant = json_string_value(json_object_get(platform, "variant"));
    if (!os || !architecture)
        return NULL;
    struct strbuf text = STRBUF_INIT;
    strbuf_addf(&text, "%s/%s", os, architecture);
    if (variant && *variant)
        strbuf_addf(&text, "/%s", variant);
    return strbuf_detach(&text, NULL);
}

static bool is_attestation(const json_t *descriptor)
{
    const json_t *annotations = json_object_get(descriptor, "annotations");
    const char *type =
        json_string_value(json_object_get(annotations, "vnd.docker.reference.type"));
    return type && strcmp(type, "attestation-manifest") == 0;
}

static int walk_index(struct walk *walk, const json_t *index, struct descent descent,
                      struct error *err);

static int add_manifest(struct walk *walk, const json_t *descriptor, const json_t *manifest,
                        const struct digest *digest, struct descent descent, struct error *err)
{
    struct candidate *candidate = candidates_add(walk->candidates);
    candidate->manifest_digest = *digest;
    candidate->platform = platform_text(json_object_get(descriptor, "platform"));
    if (descent.reference)
        strvec_add(&candidate->references, descent.reference);
    /* what is wrong with one image does not keep another from being read */
    struct error failure = ERROR_INIT;
    if (manifest)
        manifest_read(candidate, walk->bundle, manifest, walk->name_of_blob, &failure);
    else
        error_set(&failure, ERROR_INPUT, "its manifest is not in the archive");
    if (failure.code == ERROR_LIMIT) {
        error_move(err, &failure);
        return -1;
    }
    candidate->failure = failure;
    return 0;
}

static bool is_unknown_platform(const json_t *descriptor)
{
    const json_t *platform = json_object_get(descriptor, "platform");
    const char *os = json_string_value(json_object_get(platform, "os"));
    return os && strcmp(os, "unknown") == 0;
}

static int walk_document(struct walk *walk, const json_t *descriptor, const json_t *document,
                         const struct digest *digest, struct descent descent, struct error *err)
{
    if (json_expect(document, JSON_OBJECT, "the document", err) < 0)
        return -1;
    bool index = json_is_array(json_object_get(document, "manifests"));
    bool manifest = json_object_get(document, "layers") || json_object_get(document, "config");
    if (index && manifest)
        return error_set(err, ERROR_INPUT, "is a manifest and an index at once");
    if (index)
        return walk_index(walk, document, descent, err);
    return add_manifest(walk, descriptor, document, digest, descent, err);
}

static int walk_descriptor(struct walk *walk, const json_t *descriptor, struct descent descent,
                           struct error *err)
{
    struct digest digest;
    const char *text;
    if (json_expect(descriptor, JSON_OBJECT, "a descriptor", err) < 0 ||
        json_get_text(&text, descriptor, "digest", err) < 0)
        return -1;
    if (!text || !digest_parse(&digest, span_of_text(text))) {
        cleanup_strbuf struct strbuf shown = STRBUF_INIT;
        escape_for_terminal(&shown, span_of_text(text ? text : ""));
        return error_set(err, ERROR_INPUT, "'%.200s' is no digest", shown.buf);
    }
    if (is_attestation(descriptor) || is_unknown_platform(descriptor))
        return 0;
    if (limits_check(walk->bundle->limits, LIMIT_MANIFESTS, ++walk->manifests, "manifests",
                     err) < 0)
        return -1;
    const char *reference = reference_of(descriptor);
    if (reference)
        descent.reference = reference;
    descent.depth++;

    struct arena arena = {0};
    const char *name = walk->name_of_manifest(&arena, &digest);
    cleanup_json json_t *document = NULL;
    cleanup_strbuf struct strbuf body = STRBUF_INIT;
    int result;
    if (!bundle_find(walk->bundle, name)) {
        result = add_manifest(walk, descriptor, NULL, &digest, descent, err);
    } else {
        result = bundle_document(walk->bundle, name, &document, &body, err);
        if (result == 0)
            result = walk_document(walk, descriptor, document, &digest, descent, err);
        if (result < 0)
            error_prefix(err, "'%s'", name);
    }
    arena_release(&arena);
    return result;
}

static int walk_index(struct walk *walk, const json_t *index, struct descent descent,
                      struct error *err)
{
    json_t *manifests, *descriptor;
    size_t i;
    if (limits_check(walk->bundle->limits, LIMIT_INDEX_DEPTH, descent.depth, "nested indexes",
                     err) < 0)
        return -1;
    if (json_get_typed(&manifests, index, "manifests", JSON_ARRAY, err) < 0)
        return -1;
    json_array_foreach(manifests, i,
                       descriptor) if (walk_descriptor(walk, descriptor, descent, err) < 0)
        return -1;
    return 0;
}

int index_list(struct bundle *bundle, struct candidates *candidates, const char *document,
               member_namer *name_of_manifest, member_namer *name_of_blob, struct error *err)
{
    cleanup_json json_t *index = NULL;
    cleanup_strbuf struct strbuf text = STRBUF_INIT;
    if (bundle_document(bundle, document, &index, &text, err) < 0)
        return -1;
    if (json_expect(index, JSON_OBJECT, "the document", err) < 0)
        return error_prefix(err, "'%s'", document);
    if (json_object_get(index, "layers"))
        return error_set(err, ERROR_INPUT, "'%s' is a manifest and an index at once", document);
    struct walk walk = {
        .bundle = bundle,
        .candidates = candidates,
        .name_of_manifest = name_of_manifest,
        .name_of_blob = name_of_blob,
    };
    if (walk_index(&walk, index, (struct descent){0}, err) < 0)
        return error_prefix(err, "'%s'", document);
    return 0;
}

int oci_list(struct bundle *bundle, struct candidates *candidates, struct error *err)
{
    return index_list(bundle, candidates, "index.json", blob_name, blob_name, err);
}

static int probe_archive(struct bundle *bundle)
{
    if (bundle->form == BUNDLE_FOLDER || !bundle_find(bundle, "index.json"))
        return 0;
    return bundle_find(bundle, "oci-layout") ? 15 : 10;
}

static int probe_dir(struct bundle *bundle)
{
    if (bundle->form != BUNDLE_FOLDER || !bundle_find(bundle, "index.json"))
        return 0;
    return bundle_find(bundle, "oci-layout") ? 15 : 10;
}

const struct source source_oci_archive = {
    .scheme = "oci-archive",
    .kind = IMAGE_OCI_ARCHIVE,
    .probe = probe_archive,
    .list = oci_list,
};

const struct source source_oci_dir = {
    .scheme = "oci",
    .kind = IMAGE_OCI_DIR,
    .probe = probe_dir,
    .list = oci_list,
};
