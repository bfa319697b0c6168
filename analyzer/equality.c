#include "analyzer/equality.h"

#include <errno.h>
#include <inttypes.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#define XXH_INLINE_ALL
#include <xxhash.h>

#include "core/file.h"
#include "core/memory.h"
#include "core/parallel.h"

#define READ_BYTES ((size_t)256 << 10)

/* What is read of each payload before the whole of any: a page. */
#define PREFIX_BYTES ((int64_t)4096)

/* From so many of one size on, hashing all once is cheaper than comparing pairs. */
#define COMPARE_AT_MOST 3

/* A payload being looked at. */
struct work {
    struct payload *payload;
    struct entry *entry;
    int64_t size;
    XXH128_hash_t fast; /* of the prefix, later of the whole */
    uint8_t fingerprint[FINGERPRINT_BYTES];
    bool has_fingerprint;
    uint32_t class; /* equal numbers: equal, as far as is known */
};

/* A run of works of one class, that is still in question. */
struct range {
    size_t start, end;
};

enum phase { PHASE_FINGERPRINT, PHASE_PREFIX, PHASE_WHOLE, PHASE_COMPARE };

struct decision {
    struct image *image;
    struct work *works;
    size_t count;
    enum phase phase;
    struct range *ranges;
    size_t range_count, range_capacity;
    uint32_t *jobs; /* phases that hash: indexes of works */
    size_t job_count, job_capacity;
    pthread_mutex_t lock;
    struct error error;
    int64_t bytes_read;
};

static struct entry *entry_of(const struct image *image, const struct payload *payload)
{
    return &image->chosen->layers[payload->layer].layer->entries[payload->entry];
}

/* A payload read from its start, in blocks. Sparse ones and compressed layers are walked to again. */
struct reader {
    const struct image *image;
    const struct work *work;
    char *buffer;
    int64_t at;
};

static void reader_start(struct reader *reader, const struct image *image,
                         const struct work *work, char *buffer)
{
    *reader = (struct reader){.image = image, .work = work, .buffer = buffer};
}

static ssize_t reader_next(struct reader *reader, size_t want, struct error *err)
{
    const struct image_layer *row = &reader->image->chosen->layers[reader->work->payload->layer];
    const struct bundle *bundle = reader->image->bundle;
    int64_t base = 0;
    int fd = row->member ? bundle_locate(bundle, row->member, &base) : bundle->fd;
    if ((int64_t)want > reader->work->size - reader->at)
        want = (size_t)(reader->work->size - reader->at);
    int64_t place = base + reader->work->entry->payload + reader->at;
    ssize_t got = file_read_at(fd, reader->buffer, want, place);
    if (got < 0)
        return error_set_errno(err, ERROR_INPUT, errno, "cannot read at byte %" PRId64, place);
    if ((size_t)got < want) {
        error_set(err, ERROR_INPUT, "the file ends at byte %" PRId64 " while it is read",
                  place + got);
        return error_hint(err, "something cut it short: run again when it is complete");
    }
    reader->at += got;
    return got;
}

/* Hands the logical content of a payload to a fingerprinter by walking its layer up to it: for what cannot
 * be read in place, because it is sparse or its layer compressed. */
static int walk_to_payload(const struct image *image, const struct payload *payload,
                           struct fingerprinter *fingerprinter, struct error *err)
{
    const struct image_layer *row = &image->chosen->layers[payload->layer];
    const struct bundle *bundle = image->bundle;
    enum compression compression;
    struct stream *source = row->member ? bundle_open_member(bundle, row->member)
                                        : stream_of_file(bundle->fd, 0, bundle->bytes);
    struct stream *decoded;
    struct tar *tar;
    struct tar_entry entry = {0};
    const void *block;
    int64_t at = 0, offset;
    ssize_t got = 1;
    if (decode_open_any(&decoded, &compression, source, image->limits, err) < 0)
        return -1;
    cleanup_stream struct stream *stream = decoded;
    if (tar_open(&tar, stream, image->limits, err) < 0)
        return -1;
    for (uint32_t i = 0; i <= payload->entry && got > 0; i++)
        got = tar_next(tar, &entry, err);
    while (got > 0 && (got = tar_read(tar, &block, &offset, err)) > 0) {
        fingerprinter_add_zeros(fingerprinter, offset - at);
        fingerprinter_add(fingerprinter, block, (size_t)got);
        at = offset + got;
    }
    if (got == 0)
        fingerprinter_add_zeros(fingerprinter, entry.size - at);
    tar_close(tar);
    return got < 0 ? -1 : 0;
}

static bool is_readable_in_place(const struct image *image, const struct payload *payload)
{
    const struct layer *layer = image->chosen->layers[payload->layer].layer;
    return image->bundle->form != BUNDLE_STREAM && image->kind != IMAGE_ROOTFS &&
           layer->compression == COMPRESSION_NONE &&
           !(entry_of(image, payload)->flags & ENTRY_SPARSE);
}

static int take_fingerprint(const struct image *image, struct work *work, bool exact,
                            char *buffer, struct digest *ret_digest, struct error *err)
{
    struct fingerprinter fingerprinter;
    fingerprinter_start(&fingerprinter, &image->fingerprints);
    fingerprinter_begin(&fingerprinter, exact);
    if (!is_readable_in_place(image, work->payload)) {
        if (walk_to_payload(image, work->payload, &fingerprinter, err) < 0)
            return -1;
    } else {
        struct reader reader;
        reader_start(&reader, image, work, buffer);
        while (reader.at < work->size) {
            ssize_t got = reader_next(&reader, READ_BYTES, err);
            if (got < 0)
                return -1;
            fingerprinter_add(&fingerprinter, buffer, (size_t)got);
        }
    }
    fingerprinter_end(&fingerprinter, work->fingerprint, ret_digest);
    work->has_fingerprint = true;
    return 0;
}

static int take_fast_hash(const struct image *image, struct work *work, int64_t size,
                          char *buffer, struct error *err)
{
    struct reader reader;
    XXH3_state_t state;
    XXH3_128bits_reset(&state);
    reader_start(&reader, image, work, buffer);
    while (reader.at < size) {
        size_t want = size < (int64_t)READ_BYTES ? (size_t)size : READ_BYTES;
        ssize_t got = reader_next(&reader, want, err);
        if (got < 0)
            return -1;
        XXH3_128bits_update(&state, buffer, (size_t)got);
    }
    work->fast = XXH3_128bits_digest(&state);
    return 0;
}

/* 1 equal, 0 not. */
static int compare_payloads(const struct image *image, const struct work *a,
                            const struct work *b, char *buffer, int64_t *bytes,
                            struct error *err)
{
    struct reader left, right;
    reader_start(&left, image, a, buffer);
    reader_start(&right, image, b, buffer + READ_BYTES);
    while (left.at < a->size) {
        ssize_t got = reader_next(&left, READ_BYTES, err);
        if (got < 0 || reader_next(&right, READ_BYTES, err) < 0)
            return -1;
        *bytes += 2 * got;
        if (memcmp(left.buffer, right.buffer, (size_t)got) != 0)
            return 0;
    }
    return 1;
}

/* Parts a range, whose works look equal, by comparing each with one of every kind met so far. Prepared
 * collisions of the fast hash could make many kinds, so beyond a few the fingerprints decide. */
static int part_range(struct decision *decision, struct range range, char *buffer,
                      int64_t *bytes, struct error *err)
{
    const struct image *image = decision->image;
    size_t kinds[8];
    size_t kind_count = 0;
    for (size_t i = range.start; i < range.end; i++) {
        struct work *work = &decision->works[i];
        int equal = 0;
        for (size_t k = 0; k < kind_count && !equal; k++) {
            const struct work *other = &decision->works[kinds[k]];
            if (work->entry == other->entry)
                equal = 1; /* a layer that stands twice */
            else
                equal = compare_payloads(image, other, work, buffer, bytes, err);
            if (equal < 0)
                return -1;
            if (equal)
                work->class = other->class;
        }
        if (equal)
            continue;
        if (kind_count < ARRAY_SIZE(kinds)) {
            kinds[kind_count++] = i;
            work->class = (uint32_t)i;
            continue;
        }
        for (size_t j = range.start; j < range.end; j++)
            if (take_fingerprint(image, &decision->works[j], false, buffer, NULL, err) < 0)
                return -1;
        return 1;
    }
    return 0;
}

static void run_job(void *context, size_t index)
{
    struct decision *decision = context;
    cleanup_free char *buffer = memory_alloc(2 * READ_BYTES);
    struct error error = ERROR_INIT;
    int64_t bytes = 0;
    if (decision->phase == PHASE_COMPARE) {
        part_range(decision, decision->ranges[index], buffer, &bytes, &error);
    } else {
        size_t end = (index + 1) * 16 < decision->job_count ? (index + 1) * 16
                                                             : decision->job_count;
        for (size_t i = index * 16; i < end && error.code == ERROR_NONE; i++) {
            struct work *work = &decision->works[decision->jobs[i]];
            int64_t part = work->size;
            if (decision->phase == PHASE_FINGERPRINT) {
                take_fingerprint(decision->image, work, false, buffer, NULL, &error);
            } else {
                if (decision->phase == PHASE_PREFIX && part > PREFIX_BYTES)
                    part = PREFIX_BYTES;
                take_fast_hash(decision->image, work, part, buffer, &error);
            }
            bytes += part;
        }
    }
    pthread_mutex_lock(&decision->lock);
    decision->bytes_read += bytes;
    if (error.code != ERROR_NONE)
        error_move(&decision->error, &error);
    pthread_mutex_unlock(&decision->lock);
}

static int run_phase(struct decision *decision, enum phase phase, unsigned threads,
                     struct error *err)
{
    decision->phase = phase;
    size_t jobs = phase == PHASE_COMPARE ? decision->range_count
                                         : (decision->job_count + 15) / 16;
    parallel_run(jobs, threads, run_job, decision);
    decision->job_count = 0;
    if (decision->error.code == ERROR_NONE)
        return 0;
    error_move(err, &decision->error);
    return -1;
}

static void add_job(struct decision *decision, size_t work)
{
    decision->jobs = memory_grow(decision->jobs, decision->job_count, &decision->job_capacity,
                                 sizeof *decision->jobs);
    decision->jobs[decision->job_count++] = (uint32_t)work;
}

static void add_range(struct decision *decision, size_t start, size_t end)
{
    decision->ranges = memory_grow(decision->ranges, decision->range_count,
                                   &decision->range_capacity, sizeof *decision->ranges);
    decision->ranges[decision->range_count++] = (struct range){.start = start, .end = end};
}

static int compare_places(const struct work *a, const struct work *b)
{
    if (a->payload->layer != b->payload->layer)
        return a->payload->layer < b->payload->layer ? -1 : 1;
    return a->payload->entry < b->payload->entry ? -1 : a->payload->entry > b->payload->entry;
}

static int compare_sizes(const void *a, const void *b)
{
    const struct work *left = a, *right = b;
    if (left->size != right->size)
        return left->size < right->size ? 1 : -1;
    return compare_places(left, right);
}

static int compare_looks(const void *a, const void *b)
{
    const struct work *left = a, *right = b;
    int order = left->has_fingerprint || right->has_fingerprint
                    ? memcmp(left->fingerprint, right->fingerprint, FINGERPRINT_BYTES)
                    : XXH128_cmp(&left->fast, &right->fast);
    return order ? order : compare_places(left, right);
}

static bool looks_equal(const struct work *a, const struct work *b)
{
    if (a->has_fingerprint || b->has_fingerprint)
        return memcmp(a->fingerprint, b->fingerprint, FINGERPRINT_BYTES) == 0;
    return XXH128_isEqual(a->fast, b->fast);
}

/* Sorts each range by how its works look, numbers the classes, and keeps those with several works as the
 * ranges still in question. */
static void split_ranges(struct decision *decision)
{
    size_t count = decision->range_count;
    struct range *old = decision->ranges;
    decision->ranges = NULL;
    decision->range_count = decision->range_capacity = 0;
    for (size_t r = 0; r < count; r++) {
        struct work *works = decision->works;
        qsort(works + old[r].start, old[r].end - old[r].start, sizeof *works, compare_looks);
        for (size_t start = old[r].start, end; start < old[r].end; start = end) {
            end = start + 1;
            while (end < old[r].end && looks_equal(&works[start], &works[end]))
                end++;
            for (size_t i = start; i < end; i++)
                works[i].class = (uint32_t)start;
            if (end - start > 1 && !works[start].has_fingerprint)
                add_range(decision, start, end);
        }
    }
    free(old);
}

/* Ranges of one size in which some payload has a fingerprint are decided by fingerprints alone. */
static int decide_fingerprinted(struct decision *decision, unsigned threads, struct error *err)
{
    struct range *all = decision->ranges;
    size_t count = decision->range_count;
    decision->ranges = NULL;
    decision->range_count = decision->range_capacity = 0;
    struct range *plain = memory_alloc_zero(count, sizeof *plain);
    size_t plain_count = 0;
    for (size_t r = 0; r < count; r++) {
        bool any = false;
        for (size_t i = all[r].start; i < all[r].end; i++) {
            const struct work *work = &decision->works[i];
            any = any || work->has_fingerprint ||
                  !is_readable_in_place(decision->image, work->payload);
        }
        if (!any) {
            plain[plain_count++] = all[r];
            continue;
        }
        add_range(decision, all[r].start, all[r].end);
        for (size_t i = all[r].start; i < all[r].end; i++)
            if (!decision->works[i].has_fingerprint)
                add_job(decision, i);
    }
    free(all);
    int result = run_phase(decision, PHASE_FINGERPRINT, threads, err);
    if (result == 0)
        split_ranges(decision);
    free(decision->ranges);
    decision->ranges = plain;
    decision->range_count = decision->range_capacity = plain_count;
    return result;
}

/* Comparing gives up on a range of many kinds: those have fingerprints now, which part them. */
static void split_fingerprinted(struct decision *decision)
{
    for (size_t r = 0; r < decision->range_count; r++) {
        struct range range = decision->ranges[r];
        struct work *works = decision->works;
        if (!works[range.start].has_fingerprint)
            continue;
        qsort(works + range.start, range.end - range.start, sizeof *works, compare_looks);
        works[range.start].class = (uint32_t)range.start;
        for (size_t i = range.start + 1; i < range.end; i++)
            works[i].class =
                looks_equal(&works[i - 1], &works[i]) ? works[i - 1].class : (uint32_t)i;
    }
}

static int decide_plain(struct decision *decision, unsigned threads, struct error *err)
{
    for (size_t r = 0; r < decision->range_count; r++)
        for (size_t i = decision->ranges[r].start; i < decision->ranges[r].end; i++)
            add_job(decision, i);
    if (run_phase(decision, PHASE_PREFIX, threads, err) < 0)
        return -1;
    split_ranges(decision);
    for (size_t r = 0; r < decision->range_count; r++) {
        struct range range = decision->ranges[r];
        if (decision->works[range.start].size <= PREFIX_BYTES ||
            range.end - range.start < COMPARE_AT_MOST)
            continue;
        for (size_t i = range.start; i < range.end; i++)
            add_job(decision, i);
    }
    if (run_phase(decision, PHASE_WHOLE, threads, err) < 0)
        return -1;
    split_ranges(decision);
    if (run_phase(decision, PHASE_COMPARE, threads, err) < 0)
        return -1;
    split_fingerprinted(decision);
    return 0;
}

static int compare_classes(const void *a, const void *b)
{
    const struct work *left = a, *right = b;
    if (left->size != right->size)
        return left->size < right->size ? 1 : -1;
    if (left->class != right->class)
        return left->class < right->class ? -1 : 1;
    return compare_places(left, right);
}

static int decide(struct decision *decision, unsigned threads, struct error *err)
{
    qsort(decision->works, decision->count, sizeof *decision->works, compare_sizes);
    for (size_t start = 0, end; start < decision->count; start = end) {
        end = start + 1;
        while (end < decision->count &&
               decision->works[end].size == decision->works[start].size)
            end++;
        for (size_t i = start; i < end; i++)
            decision->works[i].class = (uint32_t)i;
        if (end - start > 1)
            add_range(decision, start, end);
    }
    if (decide_fingerprinted(decision, threads, err) < 0)
        return -1;
    return decide_plain(decision, threads, err);
}

static void number_groups(struct decision *decision, struct payload *payloads)
{
    struct payload *sorted = memory_alloc_zero(decision->count, sizeof *sorted);
    uint32_t group = 0;
    qsort(decision->works, decision->count, sizeof *decision->works, compare_classes);
    for (size_t i = 0; i < decision->count; i++) {
        const struct work *work = &decision->works[i];
        group += i && (work[-1].size != work->size || work[-1].class != work->class);
        sorted[i] = *work->payload;
        sorted[i].group = group;
    }
    memcpy(payloads, sorted, decision->count * sizeof *payloads);
    free(sorted);
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
        .lock = PTHREAD_MUTEX_INITIALIZER,
        .error = ERROR_INIT,
    };
    for (size_t i = 0; i < count; i++) {
        struct entry *entry = entry_of(image, &payloads[i]);
        struct work *work = &decision.works[i];
        *work = (struct work){
            .payload = &payloads[i],
            .entry = entry,
            .size = entry_size(entry),
            .has_fingerprint = entry->fingerprint != NULL,
        };
        if (entry->fingerprint)
            memcpy(work->fingerprint, entry->fingerprint, FINGERPRINT_BYTES);
    }
    int result = decide(&decision, threads, err);
    if (result == 0) {
        number_groups(&decision, payloads);
        *ret_bytes_read = decision.bytes_read;
    }
    free(decision.works);
    free(decision.ranges);
    free(decision.jobs);
    return result;
}

int equality_digest(struct image *image, const struct payload *payloads, size_t count,
                    const uint8_t **ret_sha256, struct error *err)
{
    size_t best = 0;
    for (size_t i = 0; i < count; i++) {
        const struct entry *entry = entry_of(image, &payloads[i]);
        if (entry->sha256) {
            *ret_sha256 = entry->sha256;
            return 0;
        }
        if (is_readable_in_place(image, &payloads[i]))
            best = i;
    }
    cleanup_free char *buffer = memory_alloc(READ_BYTES);
    struct payload chosen = payloads[best];
    struct entry *entry = entry_of(image, &chosen);
    struct work work = {.payload = &chosen, .entry = entry, .size = entry_size(entry)};
    struct digest digest;
    if (take_fingerprint(image, &work, true, buffer, &digest, err) < 0)
        return -1;
    struct layer *layer = image->chosen->layers[chosen.layer].layer;
    entry->sha256 = (const uint8_t *)arena_dup(&layer->arena, digest.bytes, SHA256_BYTES);
    *ret_sha256 = entry->sha256;
    return 0;
}
