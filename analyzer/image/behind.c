/* stream_tee_behind: a tee whose digester runs in a thread of its own, behind the caller,
 * who goes on with the block meanwhile. Blocks stand in a small ring, read into it where
 * the source can do that. */
#include <pthread.h>
#include <stdbool.h>
#include <string.h>

#include "analyzer/image/stream.h"
#include "core/digest.h"
#include "core/memory.h"

#define SLOTS 8
#define SLOT_BYTES ((size_t)256 << 10)

struct slot {
    char *bytes;
    size_t len;
};

struct behind_stream {
    struct stream stream;
    struct stream *source;
    struct digester *digester;
    int64_t *count;
    pthread_t thread;
    bool has_thread;
    pthread_mutex_t lock;
    pthread_cond_t changed;
    struct slot slots[SLOTS];
    unsigned filled; /* slots ever filled */
    unsigned hashed; /* slots ever done with */
    bool ended;
};

static void *hash_behind(void *context)
{
    struct behind_stream *behind = context;
    pthread_mutex_lock(&behind->lock);
    for (;;) {
        while (behind->filled == behind->hashed && !behind->ended)
            pthread_cond_wait(&behind->changed, &behind->lock);
        if (behind->filled == behind->hashed)
            break;
        const struct slot *slot = &behind->slots[behind->hashed % SLOTS];
        pthread_mutex_unlock(&behind->lock);
        digester_add(behind->digester, slot->bytes, slot->len);
        pthread_mutex_lock(&behind->lock);
        behind->hashed++;
        pthread_cond_signal(&behind->changed);
    }
    pthread_mutex_unlock(&behind->lock);
    return NULL;
}

/* A slot that nobody reads any more. */
static struct slot *free_slot(struct behind_stream *behind)
{
    pthread_mutex_lock(&behind->lock);
    while (behind->filled - behind->hashed == SLOTS)
        pthread_cond_wait(&behind->changed, &behind->lock);
    pthread_mutex_unlock(&behind->lock);
    struct slot *slot = &behind->slots[behind->filled % SLOTS];
    if (!slot->bytes)
        slot->bytes = memory_alloc(SLOT_BYTES);
    return slot;
}

static void hand_over(struct behind_stream *behind, struct slot *slot, size_t len)
{
    slot->len = len;
    *behind->count += (int64_t)len;
    pthread_mutex_lock(&behind->lock);
    behind->filled++;
    pthread_cond_signal(&behind->changed);
    pthread_mutex_unlock(&behind->lock);
}

static ssize_t copy_block(struct behind_stream *behind, const void **ret_block,
                          struct error *err)
{
    ssize_t got = stream_read(behind->source, ret_block, err);
    const char *block = *ret_block;
    for (size_t left = got > 0 ? (size_t)got : 0; left;) {
        size_t part = left < SLOT_BYTES ? left : SLOT_BYTES;
        struct slot *slot = free_slot(behind);
        memcpy(slot->bytes, block, part);
        hand_over(behind, slot, part);
        block += part;
        left -= part;
    }
    return got;
}

static ssize_t behind_read(struct stream *stream, const void **ret_block, struct error *err)
{
    struct behind_stream *behind = (struct behind_stream *)stream;
    if (!behind->has_thread) {
        ssize_t got = stream_read(behind->source, ret_block, err);
        if (got > 0) {
            digester_add(behind->digester, *ret_block, (size_t)got);
            *behind->count += got;
        }
        return got;
    }
    if (!behind->source->type->fill)
        return copy_block(behind, ret_block, err);
    /* the caller is lent what the thread hashes: both only read it */
    struct slot *slot = free_slot(behind);
    ssize_t got = behind->source->type->fill(behind->source, slot->bytes, SLOT_BYTES, err);
    *ret_block = slot->bytes;
    if (got > 0)
        hand_over(behind, slot, (size_t)got);
    return got;
}

static void behind_close(struct stream *stream)
{
    struct behind_stream *behind = (struct behind_stream *)stream;
    if (behind->has_thread) {
        pthread_mutex_lock(&behind->lock);
        behind->ended = true;
        pthread_cond_signal(&behind->changed);
        pthread_mutex_unlock(&behind->lock);
        pthread_join(behind->thread, NULL);
    }
    pthread_cond_destroy(&behind->changed);
    pthread_mutex_destroy(&behind->lock);
    stream_close(behind->source);
    for (size_t i = 0; i < SLOTS; i++)
        free(behind->slots[i].bytes);
    free(behind);
}

struct stream *stream_tee_behind(struct stream *source, struct digester *digester,
                                 int64_t *count)
{
    static const struct stream_type type = {.read = behind_read, .close = behind_close};
    struct behind_stream *behind = memory_alloc_zero(1, sizeof *behind);
    behind->stream.type = &type;
    behind->source = source;
    behind->digester = digester;
    behind->count = count;
    *count = 0;
    pthread_mutex_init(&behind->lock, NULL);
    pthread_cond_init(&behind->changed, NULL);
    behind->has_thread = pthread_create(&behind->thread, NULL, hash_behind, behind) == 0;
    return &behind->stream;
}
