/* skopeo's dir: form: `version`, manifest.json with one manifest object, and blobs named by bare hex. With
 * several platforms manifest.json is an index, and each manifest is HEX.manifest.json. */
#include <string.h>

#include "analyzer/image/image.h"

static int probe(struct bundle *bundle)
{
    return bundle->form == BUNDLE_FOLDER && bundle_find(bundle, "manifest.json") &&
                   bundle_find(bundle, "version")
               ? 12
               : 0;
}

static const char *bare_hex(struct arena *arena, const struct digest *digest)
{
    char text[DIGEST_TEXT_MAX];
    const char *colon = strchr(digest_format(digest, text), ':');
    return arena_dup_text(arena, colon + 1);
}

static const char *manifest_hex(struct arena *arena, const struct digest *digest)
{
    cleanup_strbuf struct strbuf name = STRBUF_INIT;
    strbuf_addf(&name, "%s.manifest.json", bare_hex(arena, digest));
    return arena_dup(arena, name.buf, name.len);
}

static int list(struct bundle *bundle, struct candidates *candidates, struct error *err)
{
    cleanup_json json_t *manifest = NULL;
    cleanup_strbuf struct strbuf text = STRBUF_INIT;
    if (bundle_document(bundle, "manifest.json", &manifest, &text, err) < 0)
        return -1;
    if (json_is_array(json_object_get(manifest, "manifests")) &&
        !json_object_get(manifest, "layers"))
        return index_list(bundle, candidates, "manifest.json", manifest_hex, bare_hex, err);
    struct candidate *candidate = candidates_add(candidates);
    digest_of(&candidate->manifest_digest, text.buf, text.len);
    if (json_expect(manifest, JSON_OBJECT, "the document", err) < 0 ||
        manifest_read(candidate, bundle, manifest, bare_hex, err) < 0)
        return error_prefix(err, "'manifest.json'");
    return 0;
}

const struct source source_docker_dir = {
    .scheme = "dir",
    .kind = IMAGE_DOCKER_DIR,
    .probe = probe,
    .list = list,
};
