/* The analyzer's nouns as the records of the public headers. */
#include "library/handle.h"

#include <assert.h>

#include "analyzer/report/report.h"
#include "library/error.h"

static_assert((int)ULLAGE_CAUSE_REWRITTEN == (int)CAUSE_REWRITTEN &&
                  (int)ULLAGE_CAUSE_REEMITTED == (int)CAUSE_REEMITTED &&
                  (int)ULLAGE_CAUSE_DELETED == (int)CAUSE_DELETED &&
                  (int)ULLAGE_CAUSE_OPAQUE == (int)CAUSE_OPAQUE &&
                  (int)ULLAGE_CAUSE_TYPE_CHANGED == (int)CAUSE_TYPE_CHANGED &&
                  (int)ULLAGE_CAUSE_SHADOWED == (int)CAUSE_SHADOWED &&
                  ULLAGE_CAUSES == (int)CAUSE_COUNT,
              "causes have the same numbers on both sides");

/* Room for at least one, so that no list is NULL. */
static void *records_alloc(struct ullage_analysis *handle, size_t count, size_t size)
{
    return arena_alloc_zero(&handle->arena, (count ? count : 1) * size);
}

static const char *digest_text(struct ullage_analysis *handle, const struct digest *digest)
{
    char text[DIGEST_TEXT_MAX];
    if (!digest_is_set(digest))
        return NULL;
    return arena_dup_text(&handle->arena, digest_format(digest, text));
}

/* Keeps a text that was made for us. */
static const char *keep(struct ullage_analysis *handle, char *text)
{
    const char *kept = arena_dup_text(&handle->arena, text);
    free(text);
    return kept;
}

static int64_t layer_number(uint32_t layer)
{
    return layer == NO_LAYER ? -1 : (int64_t)layer;
}

static void make_image(struct ullage_analysis *handle)
{
    const struct image *image = handle->analysis->image;
    handle->image = (struct ullage_image){
        .kind = image_kind_name(image->kind),
        .config_digest = digest_text(handle, &image->chosen->config_digest),
        .manifest_digest = digest_text(handle, &image->chosen->manifest_digest),
        .platform = image->chosen->platform,
        .references = (const char *const *)image->chosen->references.items,
        .reference_count = image->chosen->references.count,
    };
    if (image->damage.code != ERROR_NONE)
        handle->damage = error_lend(&image->damage);
}

static struct ullage_sizes sizes_record(const struct sizes *sizes)
{
    return (struct ullage_sizes){
        .blob_bytes = sizes->blob_bytes,
        .tar_bytes = sizes->tar_bytes,
        .content_bytes = sizes->content_bytes,
        .live_bytes = sizes->live_bytes,
        .dead_bytes = sizes->dead_bytes,
        .duplicate_bytes = sizes->duplicate_bytes,
        .download_bytes = sizes->download_bytes,
        .download_estimated = sizes->download_estimated,
        .efficiency = sizes_efficiency(sizes),
    };
}

static void make_dive(struct ullage_analysis *handle)
{
    const struct dive_block *dive = &handle->analysis->dive;
    handle->dive = (struct ullage_dive){
        .size_bytes = dive->size_bytes,
        .user_size_bytes = dive->user_size_bytes,
        .wasted_bytes = dive->wasted_bytes,
        .has_percent = dive->has_percent,
        .user_wasted_percent = dive->has_percent ? dive->user_wasted_percent : 0,
        .efficiency_score = dive->efficiency_score,
    };
}

static struct ullage_layer layer_record(struct ullage_analysis *handle, size_t index)
{
    const struct analysis *analysis = handle->analysis;
    const struct image_layer *row = &analysis->image->chosen->layers[index];
    const struct layer *layer = row->layer;
    const struct layer_sums *sums = &analysis->accounting.layers[index];
    const struct history_step *step = history_of_layer(&analysis->image->history, index);
    return (struct ullage_layer){
        .index = index,
        .digest = digest_text(handle, &row->digest),
        .diff_id = digest_text(handle, &row->diff_id),
        .media_type = row->media_type,
        .compression = compression_name(layer ? layer->compression : COMPRESSION_NONE),
        .blob_bytes = layer           ? layer->blob_bytes
                      : row->size > 0 ? row->size
                                      : 0,
        .tar_bytes = layer ? layer->tar_bytes : 0,
        .content_bytes = sums->content_bytes,
        .live_bytes = sums->live_bytes,
        .dead_bytes = sums->dead_bytes,
        .entries = sums->entries,
        .added = sums->added,
        .modified = sums->modified,
        .removed = sums->removed,
        .created_by = step ? keep(handle, report_redacted(step->created_by)) : NULL,
        .instruction = keep(handle, report_instruction(analysis, index)),
    };
}

static void make_layers(struct ullage_analysis *handle)
{
    size_t count = handle->analysis->image->chosen->layer_count;
    handle->layers = records_alloc(handle, count, sizeof *handle->layers);
    for (size_t i = 0; i < count; i++)
        handle->layers[i] = layer_record(handle, i);
}

static void make_waste(struct ullage_analysis *handle)
{
    const struct analysis *analysis = handle->analysis;
    handle->waste = records_alloc(handle, analysis->waste_count, sizeof *handle->waste);
    for (size_t i = 0; i < analysis->waste_count; i++) {
        const struct waste *waste = &analysis->waste[i];
        struct ullage_waste_copy *copies =
            records_alloc(handle, waste->count, sizeof *copies);
        for (size_t c = 0; c < waste->count; c++)
            copies[c] = (struct ullage_waste_copy){
                .layer = waste->copies[c].layer,
                .killed_by = waste->copies[c].killed_by,
                .bytes = waste->copies[c].bytes,
                .cause = (enum ullage_cause)waste->copies[c].cause,
            };
        handle->waste[i] = (struct ullage_waste){
            .path = waste->path,
            .dead_bytes = waste->dead_bytes,
            .copies = copies,
            .copy_count = waste->count,
        };
    }
}

static void make_duplicates(struct ullage_analysis *handle)
{
    const struct analysis *analysis = handle->analysis;
    handle->duplicates =
        records_alloc(handle, analysis->duplicate_count, sizeof *handle->duplicates);
    for (size_t i = 0; i < analysis->duplicate_count; i++) {
        const struct duplicate *duplicate = &analysis->duplicates[i];
        struct digest digest;
        digest_from_sha256(&digest, duplicate->sha256);
        handle->duplicates[i] = (struct ullage_duplicate){
            .digest = digest_text(handle, &digest),
            .bytes_each = duplicate->bytes_each,
            .wasted_bytes = duplicate->wasted_bytes,
            .paths = (const char *const *)duplicate->paths,
            .path_count = duplicate->count,
        };
    }
}

static void make_largest(struct ullage_analysis *handle)
{
    const struct analysis *analysis = handle->analysis;
    handle->files = records_alloc(handle, analysis->files.count, sizeof *handle->files);
    for (size_t i = 0; i < analysis->files.count; i++) {
        const struct top_item *item = &analysis->files.items[i];
        handle->files[i] = (struct ullage_largest){
            .path = item->path,
            .bytes = item->bytes,
            .files = 1,
            .layer = analysis->accounting.inodes[item->number].layer,
        };
    }
    handle->directories =
        records_alloc(handle, analysis->directories.count, sizeof *handle->directories);
    for (size_t i = 0; i < analysis->directories.count; i++) {
        const struct top_item *item = &analysis->directories.items[i];
        handle->directories[i] = (struct ullage_largest){
            .path = item->path, .bytes = item->bytes, .files = item->files, .layer = -1};
    }
}

static void make_suggestions(struct ullage_analysis *handle)
{
    const struct advice *advice = &handle->analysis->advice;
    handle->suggestions = records_alloc(handle, advice->count, sizeof *handle->suggestions);
    for (size_t i = 0; i < advice->count; i++) {
        const struct suggestion *suggestion = &advice->items[i];
        size_t *layers = records_alloc(handle, suggestion->layer_count, sizeof *layers);
        for (size_t l = 0; l < suggestion->layer_count; l++)
            layers[l] = suggestion->layers[l];
        handle->suggestions[i] = (struct ullage_suggestion){
            .id = suggestion->id,
            .title = suggestion->title,
            .fix = suggestion->fix,
            .effort = effort_name(suggestion->effort),
            .bytes = suggestion->bytes,
            .files = suggestion->files,
            .layers = layers,
            .layer_count = suggestion->layer_count,
        };
    }
}

static void make_findings(struct ullage_analysis *handle)
{
    const struct findings *findings = &handle->analysis->image->findings;
    handle->findings = records_alloc(handle, findings->count, sizeof *handle->findings);
    for (size_t i = 0; i < findings->count; i++) {
        const struct finding *finding = &findings->items[i];
        handle->findings[i] = (struct ullage_finding){
            .rule = finding_code(finding->rule),
            .name = finding_name(finding->rule),
            .severity = severity_name(finding_severity(finding->rule)),
            .message = finding->message,
            .path = finding->path,
            .layer = layer_number(finding->layer),
            .bytes = finding->bytes,
        };
    }
    handle->warnings =
        records_alloc(handle, findings->warning_count, sizeof *handle->warnings);
    for (size_t i = 0; i < findings->warning_count; i++) {
        const struct warning *warning = &findings->warnings[i];
        handle->warnings[i] = (struct ullage_warning){
            .code = warning->code,
            .message = warning->message,
            .path = warning->path,
            .layer = layer_number(warning->layer),
        };
    }
}

void records_make(struct ullage_analysis *handle)
{
    make_image(handle);
    handle->sizes = sizes_record(&handle->analysis->sizes);
    handle->own = sizes_record(&handle->analysis->own);
    make_dive(handle);
    make_layers(handle);
    make_waste(handle);
    make_duplicates(handle);
    make_largest(handle);
    make_suggestions(handle);
    make_findings(handle);
}
