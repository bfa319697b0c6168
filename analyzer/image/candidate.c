/* Candidates: the images an archive holds, and the choice among them. */
#include <string.h>

#include "analyzer/image/choose.h"
#include "analyzer/image/image.h"
#include "core/escape.h"
#include "core/memory.h"

struct candidate *candidates_add(struct candidates *candidates)
{
    struct candidate *candidate = memory_alloc_zero(1, sizeof *candidate);
    candidate->references = (struct strvec)STRVEC_INIT;
    candidate->config_text = (struct strbuf)STRBUF_INIT;
    candidate->failure = (struct error)ERROR_INIT;
    candidates->items = memory_grow(candidates->items, candidates->count,
                                    &candidates->capacity, sizeof *candidates->items);
    candidates->items[candidates->count++] = candidate;
    return candidate;
}

static void candidate_free(struct candidate *candidate)
{
    for (size_t i = 0; i < candidate->layer_count; i++)
        if (candidate->layers[i].layer && !candidate->layers[i].shares_layer)
            layer_free(candidate->layers[i].layer);
    strvec_release(&candidate->references);
    strbuf_release(&candidate->config_text);
    error_release(&candidate->failure);
    free(candidate->platform);
    free(candidate->layers);
    json_decref(candidate->config);
    json_decref(candidate->annotations);
    arena_release(&candidate->arena);
    free(candidate);
}

void candidates_drop_last(struct candidates *candidates)
{
    candidate_free(candidates->items[--candidates->count]);
}

void candidates_release(struct candidates *candidates)
{
    while (candidates->count)
        candidates_drop_last(candidates);
    free(candidates->items);
    *candidates = (struct candidates){0};
}

struct image_layer *candidate_add_layers(struct candidate *candidate, size_t count,
                                         const struct limits *limits, struct error *err)
{
    if (limits_check(limits, LIMIT_LAYERS, (int64_t)count, "layers", err) < 0)
        return NULL;
    candidate->layers = memory_alloc_zero(count, sizeof *candidate->layers);
    candidate->layer_count = count;
    for (size_t i = 0; i < count; i++)
        candidate->layers[i].size = -1;
    return candidate->layers;
}

static char *config_platform(const json_t *config)
{
    const char *os = json_string_value(json_object_get(config, "os"));
    const char *architecture = json_string_value(json_object_get(config, "architecture"));
    const char *variant = json_string_value(json_object_get(config, "variant"));
    if (!os || !architecture || !*os || !*architecture)
        return NULL;
    struct strbuf text = STRBUF_INIT;
    strbuf_addf(&text, "%s/%s", os, architecture);
    if (variant && *variant)
        strbuf_addf(&text, "/%s", variant);
    return strbuf_detach(&text, NULL);
}

int candidate_load_config(struct candidate *candidate, struct bundle *bundle,
                          struct error *err)
{
    if (bundle_document(bundle, candidate->config_name, &candidate->config,
                         &candidate->config_text, err) < 0)
        return -1;
    if (json_expect(candidate->config, JSON_OBJECT, "the configuration", err) < 0)
        return -1;
    struct digest real;
    digest_of(&real, candidate->config_text.buf, candidate->config_text.len);
    if (!digest_is_set(&candidate->config_digest))
        candidate->config_digest = real;
    if (!candidate->platform)
        candidate->platform = config_platform(candidate->config);
    return 0;
}

int candidate_take_diff_ids(struct candidate *candidate, struct error *err)
{
    json_t *rootfs, *diff_ids, *diff_id;
    size_t index;
    if (json_get_typed(&rootfs, candidate->config, "rootfs", JSON_OBJECT, err) < 0 ||
        json_get_typed(&diff_ids, rootfs, "diff_ids", JSON_ARRAY, err) < 0)
        return error_prefix(err, "the configuration");
    if (json_array_size(diff_ids) != candidate->layer_count)
        return error_set(err, ERROR_INPUT,
                         "the manifest has %zu layers, the configuration %zu diff_ids",
                         candidate->layer_count, json_array_size(diff_ids));
    json_array_foreach(diff_ids, index, diff_id)
    {
        const char *text = json_string_value(diff_id);
        if (!text ||
            !digest_parse(&candidate->layers[index].diff_id, span_of_text(text))) {
            cleanup_strbuf struct strbuf shown = STRBUF_INIT;
            escape_for_terminal(&shown, span_of_text(text ? text : ""));
            return error_set(err, ERROR_INPUT,
                             "the configuration: diff_id %zu: '%.200s' is no digest", index,
                             shown.buf);
        }
    }
    return 0;
}

/* "docker.io/library/app:latest" and "app" are one name (distribution/reference, familiar names). */
static void familiar(struct strbuf *out, const char *reference)
{
    static const char *const prefixes[] = {"docker.io/library/", "docker.io/"};
    for (size_t i = 0; i < ARRAY_SIZE(prefixes); i++)
        if (strncmp(reference, prefixes[i], strlen(prefixes[i])) == 0) {
            reference += strlen(prefixes[i]);
            break;
        }
    strbuf_add_text(out, reference);
    const char *base = strrchr(reference, '/');
    if (!strpbrk(base ? base : reference, ":@"))
        strbuf_add_text(out, ":latest");
}

static bool same_reference(const char *a, const char *b)
{
    cleanup_strbuf struct strbuf left = STRBUF_INIT, right = STRBUF_INIT;
    if (strcmp(a, b) == 0)
        return true;
    familiar(&left, a);
    familiar(&right, b);
    return strcmp(left.buf, right.buf) == 0;
}

static bool digest_begins(const struct digest *digest, const char *text)
{
    char full[DIGEST_TEXT_MAX];
    size_t len = strlen(text);
    if (!digest_is_set(digest) || len < 7)
        return false;
    digest_format(digest, full);
    const char *hex = strchr(full, ':') + 1;
    return strncmp(full, text, len) == 0 || strncmp(hex, text, len) == 0;
}

bool candidate_is_named(const struct candidate *candidate, const char *reference)
{
    for (size_t i = 0; i < candidate->references.count; i++)
        if (same_reference(candidate->references.items[i], reference))
            return true;
    return digest_begins(&candidate->config_digest, reference) ||
           digest_begins(&candidate->manifest_digest, reference);
}

/* "linux/arm64" matches linux/arm64 and linux/arm64/v8; "arm64" matches any of that architecture. */
static bool matches_platform(const struct candidate *candidate, const char *wanted)
{
    const char *have = candidate->platform;
    size_t len = strlen(wanted);
    if (!have)
        return false;
    if (!strchr(wanted, '/')) {
        const char *slash = strchr(have, '/');
        if (!slash)
            return false;
        have = slash + 1;
    }
    return strncmp(have, wanted, len) == 0 && (have[len] == '\0' || have[len] == '/');
}

static void describe(struct strbuf *out, const struct candidate *candidate)
{
    char text[DIGEST_TEXT_MAX];
    struct strbuf line = STRBUF_INIT;
    for (size_t i = 0; i < candidate->references.count; i++)
        strbuf_addf(&line, "%s%s", i ? ", " : "", candidate->references.items[i]);
    if (!candidate->references.count)
        strbuf_add_text(&line, "no name");
    if (candidate->platform)
        strbuf_addf(&line, ", %s", candidate->platform);
    if (digest_is_set(&candidate->config_digest))
        strbuf_addf(&line, ", %.19s", digest_format(&candidate->config_digest, text));
    strbuf_add_text(out, "\n  ");
    escape_for_terminal(out, span_of(line.buf, line.len));
    if (!candidate_is_usable(candidate))
        strbuf_addf(out, " (%s)", candidate->failure.text);
    strbuf_release(&line);
}

static int tell_choices(const struct candidates *candidates, const char *why, struct error *err)
{
    cleanup_strbuf struct strbuf text = STRBUF_INIT;
    size_t shown = candidates->count < 30 ? candidates->count : 30;
    for (size_t i = 0; i < shown; i++)
        describe(&text, candidates->items[i]);
    if (shown < candidates->count)
        strbuf_addf(&text, "\n  and %zu more", candidates->count - shown);
    error_set(err, ERROR_USAGE, "%s", why);
    return error_hint(err, "it holds:%s\nchoose with --ref NAME, --platform OS/ARCH or both",
                      text.buf);
}

int candidates_choose(const struct candidates *candidates, const char *reference,
                      const char *platform, struct candidate **ret_chosen, struct error *err)
{
    struct candidate *found = NULL, *failed = NULL;
    size_t usable = 0;
    for (size_t i = 0; i < candidates->count; i++) {
        struct candidate *candidate = candidates->items[i];
        if ((reference && !candidate_is_named(candidate, reference)) ||
            (platform && !matches_platform(candidate, platform)))
            continue;
        if (!candidate_is_usable(candidate)) {
            failed = failed ? failed : candidate;
            continue;
        }
        /* the same image listed twice is no choice */
        if (found && digest_is_set(&found->config_digest) &&
            digest_equal(&found->config_digest, &candidate->config_digest)) {
            for (size_t r = 0; r < candidate->references.count; r++)
                if (!strvec_contains(&found->references, candidate->references.items[r]))
                    strvec_add(&found->references, candidate->references.items[r]);
            continue;
        }
        found = candidate;
        usable++;
    }
    if (usable == 1) {
        *ret_chosen = found;
        return 0;
    }
    if (usable > 1)
        return tell_choices(candidates, "the archive holds several images", err);
    if (failed) {
        error_set(err, failed->failure.code, "%s", failed->failure.text);
        return failed->failure.hint ? error_hint(err, "%s", failed->failure.hint) : -1;
    }
    if (reference || platform)
        return tell_choices(candidates, "the archive has no such image", err);
    return error_set(err, ERROR_INPUT, "the archive holds no image");
}
