/* Files: both merged trees are walked together, children sorted by name, so that each path is met once.
 * What headers cannot tell, whether two payloads of one length are equal, is gathered on the way and
 * decided afterwards: see decide_contents. */
#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "analyzer/diff_parts.h"
#include "analyzer/image/payload.h"
#include "core/file.h"
#include "core/glob.h"
#include "core/memory.h"
#include "core/parallel.h"

/* No pattern is tried on longer paths: Linux opens none of them, and trying costs their length. */
#define PATTERN_PATH_MOST 4096

#define READ_BYTES ((size_t)128 << 10)
#define PAIRS_OF_JOB 16

#define NO_ROW SIZE_MAX

/* Two payloads of one length at one path. */
struct content_pair {
    uint32_t inodes[2];
    size_t row; /* of the walk's rows, where a difference goes */
    bool differs;
};

struct frame {
    uint32_t nodes[2];
    uint32_t *children[2];
    size_t counts[2], at[2];
    size_t path_len;
    uint32_t folder; /* its number among the folders */
};

struct walk {
    struct comparison *comparison;
    const struct diff_options *options;
    const struct accounting *accountings[2];
    struct frame *frames;
    size_t frame_count, frame_capacity;
    struct strbuf path; /* of the frame, without a slash at its ends */
    struct diff_file *rows; /* of everything met that is on one side only, differs or may differ */
    uint32_t *folder_of;    /* of each row */
    bool *ignored;          /* likewise */
    size_t row_count, row_capacity, folder_of_capacity, ignored_capacity;
    struct directory_node *folders;
    size_t folder_count, folder_capacity;
    struct content_pair *pairs;
    size_t pair_count, pair_capacity;
    uint16_t *layer_of_diff_id; /* by old layer: the new one of that diff_id, UINT16_MAX none */
};

static const struct tree_node *node_of(const struct walk *walk, enum diff_side side,
                                       uint32_t node)
{
    return &walk->accountings[side]->tree.nodes[node];
}

/* Live bytes stand under the first name of their inode. */
static int64_t bytes_of(const struct walk *walk, enum diff_side side, uint32_t number)
{
    const struct accounting *accounting = walk->accountings[side];
    if (number == NODE_NONE)
        return 0;
    const struct tree_node *node = &accounting->tree.nodes[number];
    if (node->inode == INODE_NONE || accounting->inodes[node->inode].node != number)
        return 0;
    return inode_entry(accounting, &accounting->inodes[node->inode])->content;
}

static bool is_first_name(const struct walk *walk, enum diff_side side, uint32_t number)
{
    const struct accounting *accounting = walk->accountings[side];
    uint32_t inode = accounting->tree.nodes[number].inode;
    return inode == INODE_NONE || accounting->inodes[inode].node == number;
}

static bool texts_differ(const char *a, const char *b)
{
    return (a && b) ? strcmp(a, b) != 0 : a != b;
}

static bool xattrs_differ(const struct entry_extra *a, const struct entry_extra *b)
{
    uint32_t left = a && a->xattrs ? a->xattrs_len : 0;
    uint32_t right = b && b->xattrs ? b->xattrs_len : 0;
    return left != right || (left && memcmp(a->xattrs, b->xattrs, left) != 0);
}

/* Writers that keep whole seconds say nothing about the rest. */
static bool times_differ(const struct entry *a, const struct entry *b)
{
    uint32_t left = a->extra ? a->extra->mtime_nsec : 0;
    uint32_t right = b->extra ? b->extra->mtime_nsec : 0;
    return a->mtime != b->mtime || (left && right && left != right);
}

static bool devices_differ(const struct entry *a, const struct entry *b)
{
    return (a->kind == TAR_CHAR || a->kind == TAR_BLOCKDEV) && a->extra && b->extra &&
           (a->extra->dev_major != b->extra->dev_major ||
            a->extra->dev_minor != b->extra->dev_minor);
}

/* What the headers tell. A folder that no entry describes has no attributes to differ. */
static unsigned compare_headers(const struct walk *walk, const uint32_t nodes[2])
{
    const struct tree_node *old_node = node_of(walk, DIFF_OLD, nodes[DIFF_OLD]);
    const struct tree_node *new_node = node_of(walk, DIFF_NEW, nodes[DIFF_NEW]);
    uint32_t old_layer, new_layer;
    const struct entry *a = node_entry(walk->accountings[DIFF_OLD], old_node, &old_layer);
    const struct entry *b = node_entry(walk->accountings[DIFF_NEW], new_node, &new_layer);
    unsigned changes = old_node->kind != new_node->kind ? CHANGE_TYPE : 0;
    if (!a || !b)
        return changes;
    const struct owner *left = &layer_of(walk->accountings[DIFF_OLD], old_layer)->owners[a->owner];
    const struct owner *right =
        &layer_of(walk->accountings[DIFF_NEW], new_layer)->owners[b->owner];
    if (left->mode != right->mode)
        changes |= CHANGE_MODE;
    if (left->uid != right->uid || left->gid != right->gid)
        changes |= CHANGE_OWNER;
    if (xattrs_differ(a->extra, b->extra))
        changes |= CHANGE_XATTR;
    if (!walk->options->ignore_time && times_differ(a, b))
        changes |= CHANGE_TIME;
    if (changes & CHANGE_TYPE)
        return changes;
    if (old_node->kind == TAR_SYMLINK && texts_differ(entry_link(a), entry_link(b)))
        changes |= CHANGE_LINK;
    if (devices_differ(a, b) || (old_node->kind == TAR_FILE &&
                                 is_first_name(walk, DIFF_OLD, nodes[DIFF_OLD]) !=
                                     is_first_name(walk, DIFF_NEW, nodes[DIFF_NEW])))
        changes |= CHANGE_LINK;
    return changes;
}

static bool is_ignored(const struct walk *walk)
{
    const struct strvec *patterns = walk->options->ignore;
    if (walk->path.len > PATTERN_PATH_MOST)
        return false;
    for (size_t i = 0; patterns && i < patterns->count; i++) {
        const char *pattern = patterns->items[i];
        pattern += *pattern == '/';
        if (glob_match(pattern, span_of(walk->path.buf, walk->path.len)))
            return true;
    }
    return false;
}

static size_t add_row(struct walk *walk, const uint32_t nodes[2], unsigned changes,
                      uint32_t folder)
{
    size_t row = walk->row_count;
    walk->rows = memory_grow(walk->rows, row, &walk->row_capacity, sizeof *walk->rows);
    walk->folder_of =
        memory_grow(walk->folder_of, row, &walk->folder_of_capacity, sizeof *walk->folder_of);
    walk->ignored = memory_grow(walk->ignored, row, &walk->ignored_capacity, sizeof(bool));
    walk->rows[row] = (struct diff_file){
        .old_node = nodes[DIFF_OLD],
        .new_node = nodes[DIFF_NEW],
        .changes = changes,
        .old_bytes = bytes_of(walk, DIFF_OLD, nodes[DIFF_OLD]),
        .new_bytes = bytes_of(walk, DIFF_NEW, nodes[DIFF_NEW]),
    };
    walk->folder_of[row] = folder;
    walk->ignored[row] = is_ignored(walk);
    return walk->row_count++;
}

/* The same place of the same layer: there is nothing to read. */
static bool is_same_entry(const struct walk *walk, const struct inode *a, const struct inode *b)
{
    return a->entry == b->entry && walk->layer_of_diff_id[a->layer] == b->layer;
}

/* Two files at one path: 1 their contents differ, 0 they are equal, -1 they have to be read. */
static int compare_sizes(const struct walk *walk, const uint32_t inodes[2])
{
    const struct inode *a = &walk->accountings[DIFF_OLD]->inodes[inodes[DIFF_OLD]];
    const struct inode *b = &walk->accountings[DIFF_NEW]->inodes[inodes[DIFF_NEW]];
    const struct entry *left = inode_entry(walk->accountings[DIFF_OLD], a);
    const struct entry *right = inode_entry(walk->accountings[DIFF_NEW], b);
    if (entry_size(left) != entry_size(right))
        return 1;
    if (entry_size(left) == 0 || is_same_entry(walk, a, b))
        return 0;
    if (left->fingerprint && right->fingerprint)
        return memcmp(left->fingerprint, right->fingerprint, FINGERPRINT_BYTES) != 0;
    return -1;
}

static void visit_pair(struct walk *walk, const uint32_t nodes[2], uint32_t folder)
{
    unsigned changes = compare_headers(walk, nodes);
    uint32_t inodes[2];
    int content = 0;
    for (int side = 0; side < 2; side++)
        inodes[side] = node_of(walk, (enum diff_side)side, nodes[side])->inode;
    if (inodes[DIFF_OLD] != INODE_NONE && inodes[DIFF_NEW] != INODE_NONE)
        content = compare_sizes(walk, inodes);
    else if (inodes[DIFF_OLD] != inodes[DIFF_NEW] && !(changes & CHANGE_TYPE))
        content = 1; /* a hard link to nothing on one side */
    if (content > 0)
        changes |= CHANGE_CONTENT;
    if (!changes && content == 0 && bytes_of(walk, DIFF_OLD, nodes[DIFF_OLD]) ==
                                        bytes_of(walk, DIFF_NEW, nodes[DIFF_NEW])) {
        int64_t bytes = bytes_of(walk, DIFF_OLD, nodes[DIFF_OLD]);
        walk->comparison->same_files.count++;
        walk->comparison->same_files.old_bytes += bytes;
        walk->comparison->same_files.new_bytes += bytes;
        return;
    }
    size_t row = add_row(walk, nodes, changes, folder);
    if (content >= 0)
        return;
    walk->pairs =
        memory_grow(walk->pairs, walk->pair_count, &walk->pair_capacity, sizeof *walk->pairs);
    walk->pairs[walk->pair_count++] =
        (struct content_pair){.inodes = {inodes[0], inodes[1]}, .row = row};
}

static bool is_folder(const struct walk *walk, enum diff_side side, uint32_t node)
{
    return node != NODE_NONE && node_of(walk, side, node)->kind == TAR_DIR;
}

static void push_folder(struct walk *walk, const uint32_t nodes[2], const char *name,
                        uint32_t parent)
{
    struct frame frame = {.path_len = walk->path.len, .folder = (uint32_t)walk->folder_count};
    for (int side = 0; side < 2; side++) {
        frame.nodes[side] = nodes[side];
        if (is_folder(walk, (enum diff_side)side, nodes[side]))
            frame.children[side] = tree_children(&walk->accountings[side]->tree, nodes[side],
                                                 &frame.counts[side]);
    }
    walk->folders = memory_grow(walk->folders, walk->folder_count, &walk->folder_capacity,
                                sizeof *walk->folders);
    walk->folders[walk->folder_count++] =
        (struct directory_node){.name = name, .parent = parent, .is_folder = true};
    walk->frames = memory_grow(walk->frames, walk->frame_count, &walk->frame_capacity,
                               sizeof *walk->frames);
    walk->frames[walk->frame_count++] = frame;
}

static void visit(struct walk *walk, const uint32_t nodes[2], uint32_t folder)
{
    enum diff_side there = nodes[DIFF_OLD] == NODE_NONE ? DIFF_NEW : DIFF_OLD;
    const char *name = node_of(walk, there, nodes[there])->name;
    size_t len = walk->path.len;
    if (len)
        strbuf_add_char(&walk->path, '/');
    strbuf_add_text(&walk->path, name);
    if (nodes[DIFF_OLD] == NODE_NONE)
        add_row(walk, nodes, CHANGE_ADDED, folder);
    else if (nodes[DIFF_NEW] == NODE_NONE)
        add_row(walk, nodes, CHANGE_REMOVED, folder);
    else
        visit_pair(walk, nodes, folder);
    if (is_folder(walk, DIFF_OLD, nodes[DIFF_OLD]) || is_folder(walk, DIFF_NEW, nodes[DIFF_NEW]))
        push_folder(walk, nodes, name, folder); /* the path stays until it is left */
    else
        strbuf_truncate(&walk->path, len);
}

/* The next child on either side that is not hidden, NULL at the end. */
static const struct tree_node *next_child(const struct walk *walk, struct frame *frame,
                                          enum diff_side side)
{
    for (; frame->at[side] < frame->counts[side]; frame->at[side]++) {
        const struct tree_node *node =
            node_of(walk, side, frame->children[side][frame->at[side]]);
        if (!node->hidden)
            return node;
    }
    return NULL;
}

static void leave_folder(struct walk *walk)
{
    struct frame *frame = &walk->frames[--walk->frame_count];
    free(frame->children[DIFF_OLD]);
    free(frame->children[DIFF_NEW]);
    if (!walk->frame_count)
        return;
    size_t slash = frame->path_len;
    while (slash && walk->path.buf[slash - 1] != '/')
        slash--;
    strbuf_truncate(&walk->path, slash ? slash - 1 : 0);
}

static void walk_trees(struct walk *walk)
{
    const uint32_t roots[2] = {NODE_ROOT, NODE_ROOT};
    visit_pair(walk, roots, 0);
    push_folder(walk, roots, "", 0);
    while (walk->frame_count) {
        struct frame *frame = &walk->frames[walk->frame_count - 1];
        const struct tree_node *old_child = next_child(walk, frame, DIFF_OLD);
        const struct tree_node *new_child = next_child(walk, frame, DIFF_NEW);
        if (!old_child && !new_child) {
            leave_folder(walk);
            continue;
        }
        int order = !old_child ? 1 : !new_child ? -1 : strcmp(old_child->name, new_child->name);
        uint32_t nodes[2] = {NODE_NONE, NODE_NONE};
        if (order <= 0)
            nodes[DIFF_OLD] = frame->children[DIFF_OLD][frame->at[DIFF_OLD]++];
        if (order >= 0)
            nodes[DIFF_NEW] = frame->children[DIFF_NEW][frame->at[DIFF_NEW]++];
        visit(walk, nodes, frame->folder);
    }
}

/* Contents. Payloads that lie plain in files on both sides are compared byte for byte. Else fingerprints
 * decide, which both images take under one secret key (fingerprint.h): what passed compressed or as a
 * stream has one; what lies plain is read for it. */

static const struct inode *pair_inode(const struct walk *walk, const struct content_pair *pair,
                                      enum diff_side side)
{
    return &walk->accountings[side]->inodes[pair->inodes[side]];
}

static struct entry *pair_entry(const struct walk *walk, const struct content_pair *pair,
                                enum diff_side side)
{
    const struct inode *inode = pair_inode(walk, pair, side);
    return &walk->accountings[side]
                ->image->chosen->layers[inode->layer]
                .layer->entries[inode->entry];
}

static bool lies_plain(const struct walk *walk, const struct content_pair *pair,
                       enum diff_side side, int *ret_fd, int64_t *ret_offset)
{
    const struct inode *inode = pair_inode(walk, pair, side);
    return payload_lies_plain(walk->accountings[side]->image, inode->layer, inode->entry, ret_fd,
                              ret_offset);
}

static bool both_lie_plain(const struct walk *walk, const struct content_pair *pair)
{
    int fd;
    int64_t offset;
    return lies_plain(walk, pair, DIFF_OLD, &fd, &offset) &&
           lies_plain(walk, pair, DIFF_NEW, &fd, &offset);
}

struct comparing {
    const struct walk *walk;
    struct content_pair **pairs;
    size_t count;
    pthread_mutex_t lock;
    struct error error;
    int64_t bytes;
};

static int read_whole(int fd, char *buffer, size_t len, int64_t offset, struct error *err)
{
    ssize_t got = file_read_at(fd, buffer, len, offset);
    if (got < 0)
        return error_set_errno(err, ERROR_INPUT, errno, "cannot read at byte %lld",
                               (long long)offset);
    if ((size_t)got < len)
        return error_set(err, ERROR_INPUT, "the file ends at byte %lld while it is read",
                         (long long)offset + got);
    return 0;
}

static int compare_bytes(const struct walk *walk, struct content_pair *pair, char *buffer,
                         int64_t *bytes, struct error *err)
{
    int fds[2];
    int64_t offsets[2];
    int64_t left = entry_size(pair_entry(walk, pair, DIFF_OLD));
    for (int side = 0; side < 2; side++)
        lies_plain(walk, pair, (enum diff_side)side, &fds[side], &offsets[side]);
    while (left && !pair->differs) {
        size_t part = left < (int64_t)READ_BYTES ? (size_t)left : READ_BYTES;
        if (read_whole(fds[0], buffer, part, offsets[0], err) < 0 ||
            read_whole(fds[1], buffer + READ_BYTES, part, offsets[1], err) < 0)
            return -1;
        pair->differs = memcmp(buffer, buffer + READ_BYTES, part) != 0;
        for (int side = 0; side < 2; side++)
            offsets[side] += (int64_t)part;
        left -= (int64_t)part;
        *bytes += 2 * (int64_t)part;
    }
    return 0;
}

static void compare_some(void *context, size_t index)
{
    struct comparing *comparing = context;
    cleanup_free char *buffer = memory_alloc(2 * READ_BYTES);
    struct error error = ERROR_INIT;
    int64_t bytes = 0;
    size_t end = (index + 1) * PAIRS_OF_JOB;
    for (size_t i = index * PAIRS_OF_JOB; i < end && i < comparing->count; i++)
        if (compare_bytes(comparing->walk, comparing->pairs[i], buffer, &bytes, &error) < 0)
            break;
    pthread_mutex_lock(&comparing->lock);
    comparing->bytes += bytes;
    if (error.code != ERROR_NONE)
        error_move(&comparing->error, &error);
    pthread_mutex_unlock(&comparing->lock);
}

static int compare_plain(struct walk *walk, struct error *err)
{
    struct comparing comparing = {
        .walk = walk,
        .pairs = memory_alloc_zero(walk->pair_count, sizeof(struct content_pair *)),
        .lock = PTHREAD_MUTEX_INITIALIZER,
        .error = ERROR_INIT,
    };
    for (size_t i = 0; i < walk->pair_count; i++) {
        bool repeats = i && memcmp(walk->pairs[i - 1].inodes, walk->pairs[i].inodes,
                                   sizeof walk->pairs[i].inodes) == 0;
        if (!repeats && both_lie_plain(walk, &walk->pairs[i]))
            comparing.pairs[comparing.count++] = &walk->pairs[i];
    }
    parallel_run((comparing.count + PAIRS_OF_JOB - 1) / PAIRS_OF_JOB,
                 walk->options->analysis.threads, compare_some, &comparing);
    free(comparing.pairs);
    walk->comparison->bytes_compared += comparing.bytes;
    if (comparing.error.code == ERROR_NONE)
        return 0;
    error_move(err, &comparing.error);
    return -1;
}

/* A payload whose fingerprint is wanted. */
struct wanted {
    uint32_t layer; /* the first that has this blob */
    uint32_t entry;
};

struct hashing {
    const struct image *image;
    uint32_t layer;
    struct fingerprinter fingerprinter;
    int64_t at;
    int64_t bytes;
};

static int compare_wanted(const void *a, const void *b)
{
    const struct wanted *left = a, *right = b;
    if (left->layer != right->layer)
        return left->layer < right->layer ? -1 : 1;
    return left->entry < right->entry ? -1 : left->entry > right->entry;
}

static int begin_hash(void *context, uint32_t entry, struct error *err)
{
    struct hashing *hashing = context;
    (void)entry;
    (void)err;
    hashing->at = 0;
    fingerprinter_begin(&hashing->fingerprinter, false);
    return 0;
}

static int hash_block(void *context, const void *bytes, size_t len, int64_t offset,
                      struct error *err)
{
    struct hashing *hashing = context;
    (void)err;
    fingerprinter_add_zeros(&hashing->fingerprinter, offset - hashing->at);
    fingerprinter_add(&hashing->fingerprinter, bytes, len);
    hashing->at = offset + (int64_t)len;
    hashing->bytes += (int64_t)len;
    return 0;
}

static int end_hash(void *context, uint32_t number, struct error *err)
{
    struct hashing *hashing = context;
    struct layer *layer = hashing->image->chosen->layers[hashing->layer].layer;
    struct entry *entry = &layer->entries[number];
    uint8_t fingerprint[FINGERPRINT_BYTES];
    (void)err;
    fingerprinter_add_zeros(&hashing->fingerprinter, entry_size(entry) - hashing->at);
    fingerprinter_end(&hashing->fingerprinter, fingerprint, NULL);
    entry->fingerprint =
        (const uint8_t *)arena_dup(&layer->arena, fingerprint, FINGERPRINT_BYTES);
    return 0;
}

static uint32_t first_with_blob(const struct image *image, uint32_t layer)
{
    for (uint32_t i = 0; i < layer; i++)
        if (image->chosen->layers[i].layer == image->chosen->layers[layer].layer)
            return i;
    return layer;
}

/* Takes the fingerprints of payloads of one layer, in one pass. */
static int hash_layer(struct walk *walk, enum diff_side side, const struct wanted *wanted,
                      size_t count, struct error *err)
{
    struct hashing hashing = {
        .image = walk->accountings[side]->image,
        .layer = wanted[0].layer,
    };
    const struct payload_reader reader = {
        .context = &hashing,
        .begin = begin_hash,
        .block = hash_block,
        .end = end_hash,
    };
    cleanup_free uint32_t *entries = memory_alloc_zero(count, sizeof *entries);
    size_t kept = 0;
    fingerprinter_start(&hashing.fingerprinter, &hashing.image->fingerprints);
    for (size_t i = 0; i < count; i++)
        if (!i || wanted[i].entry != wanted[i - 1].entry)
            entries[kept++] = wanted[i].entry;
    int result = payloads_read(hashing.image, hashing.layer, entries, kept, &reader, err);
    walk->comparison->bytes_compared += hashing.bytes;
    return result;
}

static int hash_side(struct walk *walk, enum diff_side side, struct error *err)
{
    struct wanted *wanted = memory_alloc_zero(walk->pair_count, sizeof *wanted);
    size_t count = 0;
    int result = 0;
    for (size_t i = 0; i < walk->pair_count; i++) {
        const struct inode *inode = pair_inode(walk, &walk->pairs[i], side);
        if (both_lie_plain(walk, &walk->pairs[i]) ||
            pair_entry(walk, &walk->pairs[i], side)->fingerprint)
            continue;
        wanted[count++] = (struct wanted){
            .layer = first_with_blob(walk->accountings[side]->image, inode->layer),
            .entry = inode->entry,
        };
    }
    if (count)
        qsort(wanted, count, sizeof *wanted, compare_wanted);
    for (size_t start = 0, end; start < count && result == 0; start = end) {
        for (end = start; end < count && wanted[end].layer == wanted[start].layer;)
            end++;
        result = hash_layer(walk, side, wanted + start, end - start, err);
    }
    free(wanted);
    if (result < 0)
        error_prefix(err, "%s", walk->comparison->sides[side].argument);
    return result;
}

static int compare_pairs(const void *a, const void *b)
{
    const struct content_pair *left = a, *right = b;
    for (int side = 0; side < 2; side++)
        if (left->inodes[side] != right->inodes[side])
            return left->inodes[side] < right->inodes[side] ? -1 : 1;
    return left->row < right->row ? -1 : left->row > right->row;
}

static int decide_contents(struct walk *walk, struct error *err)
{
    if (walk->pair_count)
        qsort(walk->pairs, walk->pair_count, sizeof *walk->pairs, compare_pairs);
    if (compare_plain(walk, err) < 0 || hash_side(walk, DIFF_OLD, err) < 0 ||
        hash_side(walk, DIFF_NEW, err) < 0)
        return -1;
    for (size_t i = 0; i < walk->pair_count; i++) {
        struct content_pair *pair = &walk->pairs[i];
        const struct entry *a = pair_entry(walk, pair, DIFF_OLD);
        const struct entry *b = pair_entry(walk, pair, DIFF_NEW);
        bool repeats = i && memcmp(pair[-1].inodes, pair->inodes, sizeof pair->inodes) == 0;
        if (repeats)
            pair->differs = pair[-1].differs;
        else if (!both_lie_plain(walk, pair))
            pair->differs = memcmp(a->fingerprint, b->fingerprint, FINGERPRINT_BYTES) != 0;
        if (pair->differs)
            walk->rows[pair->row].changes |= CHANGE_CONTENT;
    }
    return 0;
}

static void add_rest(struct diff_rest *rest, const struct diff_file *row)
{
    rest->count++;
    rest->old_bytes += row->old_bytes;
    rest->new_bytes += row->new_bytes;
}

static size_t first_change(unsigned changes)
{
    size_t bit = 0;
    while (!(changes & (1u << bit)))
        bit++;
    return bit;
}

static void add_to_folder(struct walk *walk, const struct diff_file *row, uint32_t number)
{
    struct directory_node *folder = &walk->folders[number];
    folder->old_bytes += row->old_bytes;
    folder->new_bytes += row->new_bytes;
    folder->old_files += row->old_bytes > 0;
    folder->new_files += row->new_bytes > 0;
    folder->weight += llabs(row->new_bytes - row->old_bytes);
}

/* Rows that turned out equal go to the rest, ignored ones are counted; what is left is the result. */
static void keep_rows(struct walk *walk)
{
    struct comparison *comparison = walk->comparison;
    size_t kept = 0;
    for (size_t i = 0; i < walk->row_count; i++) {
        struct diff_file *row = &walk->rows[i];
        if (!row->changes) {
            add_rest(&comparison->same_files, row);
            continue;
        }
        if (walk->ignored[i]) {
            add_rest(&comparison->ignored, row);
            continue;
        }
        struct diff_file_sum *sum = &comparison->by_change[first_change(row->changes)];
        sum->files++;
        sum->old_bytes += row->old_bytes;
        sum->new_bytes += row->new_bytes;
        add_to_folder(walk, row, walk->folder_of[i]);
        walk->rows[kept++] = *row;
    }
    walk->row_count = kept;
}

/* By absolute change, then by what changed hands, then in the order of the walk, which is by path. */
static int compare_rows(const void *a, const void *b)
{
    const struct diff_file *left = a, *right = b;
    int64_t left_change = llabs(left->new_bytes - left->old_bytes);
    int64_t right_change = llabs(right->new_bytes - right->old_bytes);
    if (left_change != right_change)
        return left_change > right_change ? -1 : 1;
    int64_t left_bytes = left->changes & CHANGE_CONTENT ? left->new_bytes : 0;
    int64_t right_bytes = right->changes & CHANGE_CONTENT ? right->new_bytes : 0;
    if (left_bytes != right_bytes)
        return left_bytes > right_bytes ? -1 : 1;
    return left->order < right->order ? -1 : left->order > right->order;
}

static void match_layers(struct walk *walk)
{
    const struct candidate *old_image = walk->accountings[DIFF_OLD]->image->chosen;
    const struct candidate *new_image = walk->accountings[DIFF_NEW]->image->chosen;
    walk->layer_of_diff_id = memory_alloc(old_image->layer_count * sizeof(uint16_t));
    for (size_t i = 0; i < old_image->layer_count; i++) {
        walk->layer_of_diff_id[i] = UINT16_MAX;
        for (size_t j = 0; j < new_image->layer_count; j++) {
            const struct digest *diff_id = &old_image->layers[i].diff_id;
            if (digest_is_set(diff_id) && old_image->layers[i].layer &&
                new_image->layers[j].layer &&
                old_image->layers[i].layer->count == new_image->layers[j].layer->count &&
                digest_equal(diff_id, &new_image->layers[j].diff_id))
                walk->layer_of_diff_id[i] = (uint16_t)j;
        }
    }
}

int diff_compare_files(struct comparison *comparison, const struct diff_options *options,
                       struct error *err)
{
    struct walk walk = {
        .comparison = comparison,
        .options = options,
        .path = STRBUF_INIT,
    };
    for (int side = 0; side < 2; side++)
        walk.accountings[side] = &comparison->sides[side].analysis->accounting;
    match_layers(&walk);
    walk_trees(&walk);
    int result = decide_contents(&walk, err);
    if (result == 0) {
        keep_rows(&walk);
        for (size_t i = 0; i < walk.row_count; i++)
            walk.rows[i].order = i;
        if (walk.row_count)
            qsort(walk.rows, walk.row_count, sizeof *walk.rows, compare_rows);
        comparison->files = walk.rows;
        comparison->file_count = walk.row_count;
        walk.rows = NULL;
        directories_choose(&comparison->directories, walk.folders, walk.folder_count);
    }
    strbuf_release(&walk.path);
    free(walk.rows);
    free(walk.folder_of);
    free(walk.ignored);
    free(walk.folders);
    free(walk.frames);
    free(walk.pairs);
    free(walk.layer_of_diff_id);
    return result;
}

static uint32_t node_on(const struct diff_file *file, enum diff_side side)
{
    return side == DIFF_OLD ? file->old_node : file->new_node;
}

void diff_file_path(struct strbuf *out, const struct comparison *comparison,
                    const struct diff_file *file)
{
    enum diff_side side = file->new_node == NODE_NONE ? DIFF_OLD : DIFF_NEW;
    tree_path(out, &comparison->sides[side].analysis->accounting.tree, node_on(file, side));
}

void diff_file_detail(struct strbuf *out, const struct comparison *comparison,
                      const struct diff_file *file, enum diff_side side)
{
    static const char *const kinds[] = {
        [TAR_FILE] = "file",  [TAR_DIR] = "dir",        [TAR_SYMLINK] = "symlink",
        [TAR_CHAR] = "char",  [TAR_BLOCKDEV] = "block", [TAR_FIFO] = "fifo",
        [TAR_HARDLINK] = "file",
    };
    uint32_t number = node_on(file, side), layer;
    if (number == NODE_NONE)
        return;
    const struct accounting *accounting = &comparison->sides[side].analysis->accounting;
    const struct tree_node *node = &accounting->tree.nodes[number];
    const struct entry *entry = node_entry(accounting, node, &layer);
    strbuf_add_text(out, kinds[node->kind]);
    if (!entry)
        return;
    const struct owner *owner = &layer_of(accounting, layer)->owners[entry->owner];
    strbuf_addf(out, " %04o %lld:%lld", owner->mode & 07777, (long long)owner->uid,
                (long long)owner->gid);
    if (entry->kind == TAR_SYMLINK && entry_link(entry))
        strbuf_addf(out, " -> %s", entry_link(entry));
}

int64_t diff_file_layer(const struct comparison *comparison, const struct diff_file *file,
                        enum diff_side side)
{
    uint32_t number = node_on(file, side), layer;
    if (number == NODE_NONE)
        return -1;
    const struct accounting *accounting = &comparison->sides[side].analysis->accounting;
    const struct tree_node *node = &accounting->tree.nodes[number];
    return node_entry(accounting, node, &layer) ? (int64_t)layer : -1;
}
