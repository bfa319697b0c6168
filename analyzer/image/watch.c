#include "analyzer/image/watch.h"

#include <assert.h>

#include "core/memory.h"

bool watching_begin(struct watching *ret_watching, const struct watcher *const *watchers,
                    const struct layer *layer, uint32_t entry)
{
    ret_watching->count = 0;
    for (size_t i = 0; watchers && watchers[i]; i++) {
        assert(i < WATCHERS_MAX);
        void *file = watchers[i]->begin(watchers[i], layer, entry);
        if (!file)
            continue;
        ret_watching->watchers[ret_watching->count] = watchers[i];
        ret_watching->files[ret_watching->count] = file;
        ret_watching->wants[ret_watching->count++] = true;
    }
    return ret_watching->count > 0;
}

bool watching_block(struct watching *watching, const void *bytes, size_t len, int64_t offset)
{
    bool wanted = false;
    for (size_t i = 0; i < watching->count; i++) {
        if (watching->wants[i])
            watching->wants[i] =
                watching->watchers[i]->block(watching->files[i], bytes, len, offset);
        wanted = wanted || watching->wants[i];
    }
    return wanted;
}

void watching_end(struct watching *watching, struct layer *layer, uint32_t entry, bool whole)
{
    for (size_t i = 0; i < watching->count; i++)
        watching->watchers[i]->end(watching->files[i], layer, entry, whole);
    watching->count = 0;
}

void layer_add_note(struct layer *layer, const struct watcher *watcher, uint32_t entry,
                    const void *bytes, size_t len)
{
    assert(layer->note_count == 0 || layer->notes[layer->note_count - 1].entry <= entry);
    layer->notes =
        memory_grow(layer->notes, layer->note_count, &layer->note_capacity, sizeof *layer->notes);
    layer->notes[layer->note_count++] = (struct layer_note){
        .watcher = watcher,
        .entry = entry,
        .bytes = arena_dup(&layer->arena, bytes, len),
        .len = len,
    };
}

const struct layer_note *layer_find_note(const struct layer *layer,
                                         const struct watcher *watcher, uint32_t entry)
{
    size_t low = 0, high = layer->note_count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (layer->notes[middle].entry < entry)
            low = middle + 1;
        else
            high = middle;
    }
    for (; low < layer->note_count && layer->notes[low].entry == entry; low++)
        if (layer->notes[low].watcher == watcher)
            return &layer->notes[low];
    return NULL;
}
