/* stream_ahead: a thread reads (and so inflates) while the caller parses and hashes what came before. The
 * two share a small ring; a slot belongs to the reader while it is filled and to the caller while it is
 * lent. */
#include <errno.h>
#include <pthread.h>
#include <stdbool.h>
#include <string.h>

#include "analyzer/image/stream.h"
#include "core/memory.h"

#define SLOTS 4
#define SLOT_BYTES ((size_t)512 << 10)

struct slot {
    char *bytes;
    size_t len;
};

struct ahead_stream {
    struct stream stream;
    struct stream *source;
    pthread_t thread;
    bool has_thread;
    pthread_mutex_t lock;
    pthread_cond_t changed;
    struct slot slots[SLOTS];
    unsigned filled; /* slots ever filled */
    unsigned taken;  /* slots ever given back */
    bool lent;
    bool ended;
    bool stopped;
    struct error error;
};

static bool wait_for_free_slot(struct ahead_stream *ahead)
{
    pthread_mutex_lock(&ahead->lock);
    while (ahead->filled - ahead->taken == SLOTS && !ahead->stopped)
        pthread_cond_wait(&ahead->changed, &ahead->lock);
    bool stopped = ahead->stopped;
    pthread_mutex_unlock(&ahead->lock);
    return !stopped;
}

static void publish(struct ahead_stream *ahead, bool filled, bool ended)
{
    pthread_mutex_lock(&ahead->lock);
    ahead->filled += filled;
    ahead->ended = ended;
    pthread_cond_signal(&ahead->changed);
    pthread_mutex_unlock(&ahead->lock);
}

/* Where the source can write into a slot, nothing has to be copied. */
static void fill_slots(struct ahead_stream *ahead)
{
    while (wait_for_free_slot(ahead)) {
        struct slot *slot = &ahead->slots[ahead->filled % SLOTS];
        ssize_t got =
            ahead->source->type->fill(ahead->source, slot->bytes, SLOT_BYTES, &ahead->error);
        slot->len = got > 0 ? (size_t)got : 0;
        publish(ahead, got > 0, got <= 0);
        if (got <= 0)
            return;
    }
}

static void *read_ahead(void *context)
{
    struct ahead_stream *ahead = context;
    if (ahead->source->type->fill) {
        fill_slots(ahead);
        return NULL;
    }
    const char *block = NULL;
    size_t left = 0;

    for (;;) {
        if (!wait_for_free_slot(ahead))
            return NULL;
        struct slot *slot = &ahead->slots[ahead->filled % SLOTS];
        slot->len = 0;
        while (slot->len < SLOT_BYTES) {
            if (!left) {
                const void *next;
                ssize_t got = stream_read(ahead->source, &next, &ahead->error);
                if (got <= 0) {
                    publish(ahead, slot->len > 0, true);
                    return NULL;
                }
                block = next;
                left = (size_t)got;
            }
            size_t part = SLOT_BYTES - slot->len;
            if (part > left)
                part = left;
            memcpy(slot->bytes + slot->len, block, part);
            slot->len += part;
            block += part;
            left -= part;
        }
        publish(ahead, true, false);
    }
}

static ssize_t ahead_read(struct stream *stream, const void **ret_block, struct error *err)
{
    struct ahead_stream *ahead = (struct ahead_stream *)stream;
    if (!ahead->has_thread)
        return stream_read(ahead->source, ret_block, err);
    pthread_mutex_lock(&ahead->lock);
    if (ahead->lent) {
        ahead->taken++;
        ahead->lent = false;
        pthread_cond_signal(&ahead->changed);
    }
    while (ahead->filled == ahead->taken && !ahead->ended)
        pthread_cond_wait(&ahead->changed, &ahead->lock);
    bool has = ahead->filled != ahead->taken;
    pthread_mutex_unlock(&ahead->lock);
    if (!has) {
        if (ahead->error.code == ERROR_NONE)
            return 0;
        error_move(err, &ahead->error);
        return -1;
    }
    ahead->lent = true;
    struct slot *slot = &ahead->slots[ahead->taken % SLOTS];
    *ret_block = slot->bytes;
    return (ssize_t)slot->len;
}

static void ahead_close(struct stream *stream)
{
    struct ahead_stream *ahead = (struct ahead_stream *)stream;
    if (ahead->has_thread) {
        pthread_mutex_lock(&ahead->lock);
        ahead->stopped = true;
        pthread_cond_signal(&ahead->changed);
        pthread_mutex_unlock(&ahead->lock);
        pthread_join(ahead->thread, NULL);
    }
    pthread_cond_destroy(&ahead->changed);
    pthread_mutex_destroy(&ahead->lock);
    stream_close(ahead->source);
    for (size_t i = 0; i < SLOTS; i++)
        free(ahead->slots[i].bytes);
    error_release(&ahead->error);
    free(ahead);
}

struct stream *stream_ahead(struct stream *source)
{
    static const struct stream_type type = {.read = ahead_read, .close = ahead_close};
    struct ahead_stream *ahead = memory_alloc_zero(1, sizeof *ahead);
    ahead->stream.type = &type;
    ahead->source = source;
    ahead->error = (struct error)ERROR_INIT;
    pthread_mutex_init(&ahead->lock, NULL);
    pthread_cond_init(&ahead->changed, NULL);
    for (size_t i = 0; i < SLOTS; i++)
        ahead->slots[i].bytes = memory_alloc(SLOT_BYTES);
    /* without a thread to be had the caller simply reads by itself */
    ahead->has_thread = pthread_create(&ahead->thread, NULL, read_ahead, ahead) == 0;
    return &ahead->stream;
}
