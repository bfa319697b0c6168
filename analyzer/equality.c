#include "analyzer/equality.h"

#include <errno.h>
#include <inttypes.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define XXH_INLINE_ALL
#include <xxhash.h>

#include "core/file.h"
#include "core/memory.h"
#include "core/parallel.h"

#define READ_BYTES ((size_t)256 << 10)

/* One payload being looked at. */
struct work {
    struct payload *payload;
    struct entry *entry;
    int64_t size;
    XXH128_hash_t fast;
    bool has_fast;
    bool wanted; /* in the phase that runs */
};

struct decision {
    struct image *image;
    struct work *works;
    size_t count;
    uint8_t *digests; /* SHA256_BYTES for each work that had none */
    bool exact;       /* the phase that runs: SHA-256, else XXH3 */
    size_t batch;
    pthread_mutex_t lock;
    struct error error;
    int64_t bytes_read;
};

static struct entry *entry_of(const struct image *image, const struct payload *payload)
{
    return &image->chosen->layers[payload->layer].layer->entries[payload->entry];
}

static int compare_sizes(const void *a, const void *b)
{
    const struct work *left = a, *right = b;
    if (left->size != right->size)
        return left->size < right->size ? 1 : -1;
    if (left->payload->layer != right->payload->layer)
        return left->payload->layer < right->payload->layer ? -1 : 1;
    return left->payload->entry < right->payload->entry ? -1 : 1;
}

struct hasher {
    bool exact;
    struct digester sha256;
    XXH3_state_t fast;
};

static void hasher_start(struct hasher *hasher, bool exact)
{
    hasher->exact = exact;
    if (exact)
        digester_start(&hasher->sha256, DIGEST_SHA256);
    else
        XXH3_128bits_reset(&hasher->fast);
}

static void hasher_add(struct hasher *hasher, const void *bytes, size_t len)
{
    if (hasher->exact)
        digester_add(&hasher->sha256, bytes, len);
    else
        XXH3_128bits_update(&hasher->fast, bytes, len);
}

static void hasher_finish(struct hasher *hasher, struct decision *decision, size_t index)
{
    struct work *work = &decision->works[index];
    if (!hasher->exact) {
        work->fast = XXH3_128bits_digest(&hasher->fast);
        work->has_fast = true;
        return;
    }
    struct digest digest;
    digester_finish(&hasher->sha256, &digest);
    uint8_t *place = decision->digests + index * SHA256_BYTES;
    memcpy(place, digest.bytes, SHA256_BYTES);
    work->entry->sha256 = place;
}

static int hash_plain(struct decision *decision, size_t index, char *buffer, struct error *err)
{
    struct work *work = &decision->works[index];
    const struct image_layer *row = &decision->image->chosen->layers[work->payload->layer];
    const struct bundle *bundle = decision->image->bundle;
    int64_t base = 0;
    int fd = row->member ? bundle_locate(bundle, row->member, &base) : bundle->fd;
    struct hasher hasher;
    hasher_start(&hasher, decision->exact);
    for (int64_t at = 0; at < work->size;) {
        size_t want = READ_BYTES;
        if ((int64_t)want > work->size - at)
            want = (size_t)(work->size - at);
        int64_t place = base + work->entry->payload + at;
        ssize_t got = file_read_at(fd, buffer, want, place);
        if (got < 0)
            return error_set_errno(err, ERROR_INPUT, errno, "cannot read at byte %" PRId64,
                                   place);
        if ((size_t)got < want) {
            error_set(err, ERROR_INPUT, "the file ends at byte %" PRId64 " while it is read",
                      place + got);
            return error_hint(err, "something cut it short: run again when it is complete");
        }
        hasher_add(&hasher, buffer, want);
        at += got;
    }
    hasher_finish(&hasher, decision, index);
    return 0;
}

static void add_zeros(struct hasher *hasher, int64_t count)
{
    static const char zeros[64 << 10];
    for (; count > 0; count -= (int64_t)sizeof zeros)
        hasher_add(hasher, zeros,
                   count < (int64_t)sizeof zeros ? (size_t)count : sizeof zeros);
}

/* A sparse file's map is libarchive's to read, so its layer is walked again up to it. Few layers have one. */
static int hash_sparse(struct decision *decision, size_t index, struct error *err)
{
    struct work *work = &decision->works[index];
    const struct image_layer *row = &decision->image->chosen->layers[work->payload->layer];
    const struct bundle *bundle = decision->image->bundle;
    cleanup_stream struct stream *stream =
        row->member ? bundle_open_member(bundle, row->member)
                    : stream_of_file(bundle->fd, 0, bundle->bytes);
    struct tar *tar;
    struct tar_entry entry;
    const void *block;
    int64_t at = 0, offset;
    ssize_t got = 1;
    struct hasher hasher;

    if (tar_open(&tar, stream, decision->image->limits, err) < 0)
        return -1;
    for (uint32_t i = 0; i <= work->payload->entry && got > 0; i++)
        got = tar_next(tar, &entry, err);
    hasher_start(&hasher, decision->exact);
    while (got > 0 && (got = tar_read(tar, &block, &offset, err)) > 0) {
        add_zeros(&hasher, offset - at);
        hasher_add(&hasher, block, (size_t)got);
        at = offset + got;
    }
    tar_close(tar);
    if (got < 0)
        return -1;
    add_zeros(&hasher, work->size - at);
    hasher_finish(&hasher, decision, index);
    return 0;
}

static void hash_batch(void *context, size_t batch)
{
    struct decision *decision = context;
    cleanup_free char *buffer = memory_alloc(READ_BYTES);
    struct error error = ERROR_INIT;
    int64_t bytes = 0;
    size_t end = (batch + 1) * decision->batch;
    if (end > decision->count)
        end = decision->count;
    for (size_t i = batch * decision->batch; i < end; i++) {
        struct work *work = &decision->works[i];
        if (!work->wanted)
            continue;
        int result = work->entry->flags & ENTRY_SPARSE ? hash_sparse(decision, i, &error)
                                                        : hash_plain(decision, i, buffer, &error);
        if (result < 0)
            break;
        bytes += work->entry->content;
    }
    pthread_mutex_lock(&decision->lock);
    decision->bytes_read += bytes;
    if (error.code != ERROR_NONE)
        error_move(&decision->error, &error);
    pthread_mutex_unlock(&decision->lock);
}

static int run_phase(struct decision *decision, bool exact, unsigned threads, struct error *err)
{
    bool any = false;
    for (size_t i = 0; i < decision->count && !any; i++)
        any = decision->works[i].wanted;
    if (!any)
        return 0;
    decision->exact = exact;
    decision->batch = 32;
    size_t batches = (decision->count + decision->batch - 1) / decision->batch;
    parallel_run(batches, threads, hash_batch, decision);
    if (decision->error.code == ERROR_NONE)
        return 0;
    error_move(err, &decision->error);
    return -1;
}

static size_t end_of_size(const struct decision *decision, size_t start)
{
    size_t end = start + 1;
    while (end < decision->count && decision->works[end].size == decision->works[start].size)
        end++;
    return end;
}

/* Of one size with several payloads: those without a digest want the fast hash, or at once SHA-256 where
 * some have it already. */
static void want_first(struct decision *decision, bool exact)
{
    for (size_t start = 0, end; start < decision->count; start = end) {
        end = end_of_size(decision, start);
        size_t known = 0;
        for (size_t i = start; i < end; i++)
            known += decision->works[i].entry->sha256 != NULL;
        bool several = end - start > 1;
        for (size_t i = start; i < end; i++)
            decision->works[i].wanted = several && !decision->works[i].entry->sha256 &&
                                        (known > 0) == exact;
    }
}

static int compare_fast(const void *a, const void *b)
{
    const struct work *left = *(struct work *const *)a, *right = *(struct work *const *)b;
    return XXH128_cmp(&left->fast, &right->fast);
}

/* Those that agree in the fast hash want SHA-256 to confirm it. */
static void want_confirmation(struct decision *decision)
{
    struct work **sorted = memory_alloc_zero(decision->count, sizeof *sorted);
    for (size_t i = 0; i < decision->count; i++)
        decision->works[i].wanted = false;
    for (size_t start = 0, end; start < decision->count; start = end) {
        end = end_of_size(decision, start);
        size_t count = 0;
        for (size_t i = start; i < end; i++)
            if (decision->works[i].has_fast && !decision->works[i].entry->sha256)
                sorted[count++] = &decision->works[i];
        qsort(sorted, count, sizeof(struct work *), compare_fast);
        for (size_t i = 1; i < count; i++)
            if (XXH128_isEqual(sorted[i - 1]->fast, sorted[i]->fast))
                sorted[i - 1]->wanted = sorted[i]->wanted = true;
    }
    free(sorted);
}

static int compare_digests(const void *a, const void *b)
{
    const struct work *left = a, *right = b;
    if (left->size != right->size)
        return left->size < right->size ? 1 : -1;
    const uint8_t *x = left->entry->sha256, *y = right->entry->sha256;
    if (!x != !y)
        return x ? -1 : 1;
    int order = x ? memcmp(x, y, SHA256_BYTES) : 0;
    if (order)
        return order;
    if (left->payload->layer != right->payload->layer)
        return left->payload->layer < right->payload->layer ? -1 : 1;
    return left->payload->entry < right->payload->entry ? -1 : 1;
}

static void number_groups(struct decision *decision)
{
    uint32_t group = 0;
    for (size_t i = 0; i < decision->count; i++) {
        const struct work *work = &decision->works[i];
        const struct work *before = i ? work - 1 : NULL;
        bool same = before && before->size == work->size && before->entry->sha256 &&
                    work->entry->sha256 &&
                    memcmp(before->entry->sha256, work->entry->sha256, SHA256_BYTES) == 0;
        group += !same && i;
        work->payload->group = group;
    }
}

/* The digests that were made live as long as the layer: they move to its arena. */
static void keep_digests(struct decision *decision)
{
    for (size_t i = 0; i < decision->count; i++) {
        struct work *work = &decision->works[i];
        const uint8_t *digest = work->entry->sha256;
        size_t bytes = decision->count * SHA256_BYTES;
        if (!digest || digest < decision->digests || digest >= decision->digests + bytes)
            continue;
        struct layer *layer = decision->image->chosen->layers[work->payload->layer].layer;
        work->entry->sha256 = (const uint8_t *)arena_dup(&layer->arena, digest, SHA256_BYTES);
    }
}

static int decide(struct decision *decision, unsigned threads, struct error *err)
{
    qsort(decision->works, decision->count, sizeof *decision->works, compare_sizes);
    want_first(decision, true);
    if (run_phase(decision, true, threads, err) < 0)
        return -1;
    want_first(decision, false);
    if (run_phase(decision, false, threads, err) < 0)
        return -1;
    want_confirmation(decision);
    return run_phase(decision, true, threads, err);
}

int equality_decide(struct image *image, struct payload *payloads, size_t count,
                    unsigned threads, int64_t *ret_bytes_read, struct error *err)
{
    *ret_bytes_read = 0;
    if (!count)
        return 0;
    struct decision decision = {
        .image = image,
        .count = count,
        .works = memory_alloc_zero(count, sizeof(struct work)),
        .digests = memory_alloc_zero(count, SHA256_BYTES),
        .lock = PTHREAD_MUTEX_INITIALIZER,
        .error = ERROR_INIT,
    };
    for (size_t i = 0; i < count; i++) {
        struct entry *entry = entry_of(image, &payloads[i]);
        decision.works[i] = (struct work){
            .payload = &payloads[i],
            .entry = entry,
            .size = entry_size(entry),
        };
    }
    int result = decide(&decision, threads, err);
    keep_digests(&decision);
    if (result == 0) {
        qsort(decision.works, count, sizeof *decision.works, compare_digests);
        number_groups(&decision);
        struct payload *sorted = memory_alloc_zero(count, sizeof *sorted);
        for (size_t i = 0; i < count; i++)
            sorted[i] = *decision.works[i].payload;
        memcpy(payloads, sorted, count * sizeof *payloads);
        free(sorted);
        *ret_bytes_read = decision.bytes_read;
    }
    free(decision.works);
    free(decision.digests);
    return result;
}
