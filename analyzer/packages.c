#include "analyzer/packages.h"

#include <ctype.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "analyzer/packages/kind.h"
#include "analyzer/resolver.h"
#include "core/escape.h"
#include "core/memory.h"

#define PACKAGE_KIND(name) extern const struct package_kind package_kind_##name;
#include "analyzer/packages.def"
#undef PACKAGE_KIND

static const struct package_kind *const kinds[] = {
#define PACKAGE_KIND(name) &package_kind_##name,
#include "analyzer/packages.def"
#undef PACKAGE_KIND
};

const char *const package_kind_names[] = {
#define PACKAGE_KIND(name) #name,
#include "analyzer/packages.def"
#undef PACKAGE_KIND
    NULL,
};

const char *package_kind_name(const struct package_kind *kind)
{
    return kind->name;
}

/* What the watcher writes down: the number of the kind, what became of the content, the content. */
enum note_state { NOTE_KEPT, NOTE_TOO_LARGE, NOTE_ALL_TOO_LARGE, NOTE_DAMAGED };
#define NOTE_HEAD 2

/* Programs pass by the thousand: a buffer that is used again costs no new pages. */
struct package_buffer {
    struct package_buffer *next;
    size_t capacity;
    char bytes[];
};

#define BUFFER_BYTES_LEAST ((size_t)1 << 20)

static struct package_buffer *take_buffer(struct package_watch *watch, size_t size)
{
    pthread_mutex_lock(&watch->lock);
    struct package_buffer *buffer = watch->buffers;
    if (buffer)
        watch->buffers = buffer->next;
    pthread_mutex_unlock(&watch->lock);
    if (buffer && buffer->capacity >= size)
        return buffer;
    free(buffer);
    size_t capacity = size > BUFFER_BYTES_LEAST ? size : BUFFER_BYTES_LEAST;
    buffer = memory_alloc(sizeof *buffer + capacity);
    buffer->capacity = capacity;
    return buffer;
}

static void give_buffer(struct package_watch *watch, struct package_buffer *buffer)
{
    if (!buffer)
        return;
    pthread_mutex_lock(&watch->lock);
    buffer->next = watch->buffers;
    watch->buffers = buffer;
    pthread_mutex_unlock(&watch->lock);
}

/* A file while it passes. */
struct watched {
    struct package_watch *watch;
    const struct package_kind *kind; /* NULL: it may be a program */
    size_t kind_number;
    enum note_state state;
    size_t size;
    size_t len; /* so far, holes included */
    struct package_buffer *buffer; /* NULL before the first block */
};

#define ELF_MAGIC "\x7f" "ELF"

static bool may_be_program(const struct layer *layer, const struct entry *entry)
{
    return layer->owners[entry->owner].mode & 0111 || strstr(entry->name, ".so");
}

static void *begin_file(const struct watcher *watcher, const struct layer *layer, uint32_t number)
{
    const struct entry *entry = &layer->entries[number];
    struct watched file = {.watch = (struct package_watch *)(uintptr_t)watcher->context};
    for (size_t i = 0; i < ARRAY_SIZE(kinds) && !file.kind; i++)
        if (kinds[i]->wants && kinds[i]->wants(layer->dirs[entry->dir], entry->name)) {
            file.kind = kinds[i];
            file.kind_number = i;
        }
    if (!entry_is_file(entry) || (!file.kind && !may_be_program(layer, entry)))
        return NULL;
    file.size = (size_t)entry_size(entry);
    enum limit limit = file.kind ? LIMIT_PACKAGE_FILE_BYTES : LIMIT_PROGRAM_BYTES;
    if (entry_size(entry) > limits_get(file.watch->limits, limit))
        file.state = NOTE_TOO_LARGE;
    struct watched *kept = memory_alloc(sizeof *kept);
    *kept = file;
    return kept;
}

/* The first block tells a program from other files. */
static bool is_wanted(const struct watched *file, const void *bytes, size_t len, int64_t offset)
{
    return file->kind || file->buffer ||
           (offset == 0 && len >= 4 && memcmp(bytes, ELF_MAGIC, 4) == 0);
}

/* Holes are zeros. */
static void fill_to(struct watched *file, size_t offset)
{
    memset(file->buffer->bytes + file->len, 0, offset - file->len);
    file->len = offset;
}

static bool take_block(void *context, const void *bytes, size_t len, int64_t offset)
{
    struct watched *file = context;
    if (!is_wanted(file, bytes, len, offset)) {
        file->state = NOTE_KEPT; /* no program: its size does not matter */
        return false;
    }
    if (file->state != NOTE_KEPT)
        return false;
    size_t at = (size_t)offset;
    if (offset < (int64_t)file->len || at > file->size || len > file->size - at)
        return false;
    if (!file->buffer)
        file->buffer = take_buffer(file->watch, file->size);
    fill_to(file, at);
    memcpy(file->buffer->bytes + at, bytes, len);
    file->len = at + len;
    return true;
}

static void add_note(struct watched *file, struct layer *layer, uint32_t entry, size_t kind,
                     struct span record)
{
    cleanup_strbuf struct strbuf note = STRBUF_INIT;
    int64_t bytes = (int64_t)record.len;
    int64_t kept = atomic_fetch_add(&file->watch->kept, bytes) + bytes;
    if (file->state == NOTE_KEPT && kept > limits_get(file->watch->limits, LIMIT_PACKAGE_BYTES))
        file->state = NOTE_ALL_TOO_LARGE;
    strbuf_add_char(&note, (char)kind);
    strbuf_add_char(&note, (char)file->state);
    if (file->state == NOTE_KEPT)
        strbuf_add(&note, record.ptr, record.len);
    layer_add_note(layer, &file->watch->watcher, entry, note.buf, note.len);
}

static struct span content_of(struct watched *file)
{
    if (!file->buffer)
        return span_of("", 0);
    fill_to(file, file->size);
    return span_of(file->buffer->bytes, file->size);
}

static void look_into_program(struct watched *file, struct layer *layer, uint32_t entry)
{
    struct span content = content_of(file);
    for (size_t i = 0; i < ARRAY_SIZE(kinds); i++) {
        struct span record = {.ptr = NULL};
        if (!kinds[i]->extract)
            continue;
        if (file->state == NOTE_TOO_LARGE || kinds[i]->extract(content, &record))
            add_note(file, layer, entry, i, record);
        if (file->state == NOTE_TOO_LARGE)
            return; /* one warning is enough */
    }
}

static void end_file(void *context, struct layer *layer, uint32_t entry, bool whole)
{
    struct watched *file = context;
    if (file->state == NOTE_KEPT && !whole)
        file->state = NOTE_DAMAGED;
    if (file->kind)
        add_note(file, layer, entry, file->kind_number, content_of(file));
    else if (file->state == NOTE_TOO_LARGE || (file->state == NOTE_KEPT && file->buffer))
        look_into_program(file, layer, entry);
    give_buffer(file->watch, file->buffer);
    free(file);
}

void package_watch_start(struct package_watch *watch, const struct limits *limits)
{
    *watch = (struct package_watch){
        .watcher = {.context = watch, .begin = begin_file, .block = take_block, .end = end_file},
        .limits = limits,
    };
    pthread_mutex_init(&watch->lock, NULL);
}

void package_watch_release(struct package_watch *watch)
{
    while (watch->buffers) {
        struct package_buffer *buffer = watch->buffers;
        watch->buffers = buffer->next;
        free(buffer);
    }
    pthread_mutex_destroy(&watch->lock);
}

/* Everything while packages are read. */
struct package_reader {
    struct packages *packages;
    struct image *image;
    const struct accounting *accounting;
    struct resolver resolver;
    struct package_source *sources; /* by kind, then path */
    size_t source_count, source_capacity;
    const struct package_source *of_kind; /* those of the kind that is being read */
    size_t of_kind_count;
    uint32_t *claimed_by; /* by inode: the last package that claimed it */
    uint32_t *folder_of;  /* by node: the package that owns all below it */
    bool has_folders;
};

static int64_t inode_bytes(const struct package_reader *reader, uint32_t inode)
{
    return inode_entry(reader->accounting, &reader->accounting->inodes[inode])->content;
}

static void claim(struct package_reader *reader, uint32_t number, uint32_t node_number)
{
    const struct tree_node *node = &reader->accounting->tree.nodes[node_number];
    struct packages *packages = reader->packages;
    if (node->inode == INODE_NONE || node->hidden || reader->claimed_by[node->inode] == number)
        return;
    reader->claimed_by[node->inode] = number;
    struct package *package = &packages->items[number];
    int64_t bytes = inode_bytes(reader, node->inode);
    if (packages->owner_of[node->inode] == PACKAGE_NONE) {
        packages->owner_of[node->inode] = number;
        package->bytes += bytes;
        package->files++;
    } else if (packages->owner_of[node->inode] != number) {
        package->shared_bytes += bytes;
    }
}

/* What kinds call. */

static int compare_to_path(const void *path, const void *source)
{
    return strcmp(path, ((const struct package_source *)source)->path);
}

const struct package_source *package_source_find(const struct package_reader *reader,
                                                 const char *path)
{
    if (reader->of_kind_count == 0)
        return NULL;
    return bsearch(path, reader->of_kind, reader->of_kind_count, sizeof *reader->of_kind,
                   compare_to_path);
}

bool package_source_take(struct package_reader *reader, const struct package_source *source)
{
    struct package_source *own = &reader->sources[source - reader->sources];
    bool first = !own->taken;
    own->taken = true;
    return first;
}

static const char *copy_text(struct packages *packages, struct span text)
{
    const char *nul = text.len ? memchr(text.ptr, '\0', text.len) : NULL;
    if (nul)
        text.len = (size_t)(nul - text.ptr);
    return text.len ? arena_dup(&packages->arena, text.ptr, text.len) : NULL;
}

uint32_t package_add(struct package_reader *reader, const struct package_source *source,
                     struct span name, struct span version, struct span architecture)
{
    struct packages *packages = reader->packages;
    const char *copy = copy_text(packages, name);
    packages->items = memory_grow(packages->items, packages->count, &packages->capacity,
                                  sizeof *packages->items);
    packages->items[packages->count] = (struct package){
        .kind = source->kind,
        .name = copy ? copy : "",
        .version = copy_text(packages, version),
        .architecture = copy_text(packages, architecture),
        .place = arena_dup_text(&packages->arena, source->path),
        .record = source->inode,
        .within = PACKAGE_NONE,
        .layer = reader->accounting->inodes[source->inode].layer,
    };
    return (uint32_t)packages->count++;
}

void package_set_within(struct package_reader *reader, uint32_t package, uint32_t within)
{
    reader->packages->items[package].within = within;
}

uint32_t package_lookup(struct package_reader *reader, uint32_t folder, struct span path)
{
    return resolver_find(&reader->resolver, folder, path);
}

void package_owns(struct package_reader *reader, uint32_t package, uint32_t folder,
                  struct span path)
{
    uint32_t node = package_lookup(reader, folder, path);
    if (node != NODE_NONE)
        claim(reader, package, node);
}

void package_owns_below(struct package_reader *reader, uint32_t package, uint32_t folder)
{
    if (folder == NODE_NONE || reader->folder_of[folder] != PACKAGE_NONE)
        return;
    reader->folder_of[folder] = package;
    reader->has_folders = true;
}

void package_owns_record(struct package_reader *reader, uint32_t package)
{
    uint32_t inode = reader->packages->items[package].record;
    claim(reader, package, reader->accounting->inodes[inode].node);
}

uint32_t package_source_folder(const struct package_reader *reader,
                               const struct package_source *source)
{
    uint32_t node = reader->accounting->inodes[source->inode].node;
    return reader->accounting->tree.nodes[node].parent;
}

const struct limits *package_limits(const struct package_reader *reader)
{
    return reader->image->limits;
}

const struct tree *package_tree(const struct package_reader *reader)
{
    return &reader->accounting->tree;
}

static void warn_about(struct package_reader *reader, uint32_t inode, const char *path,
                 const char *message)
{
    cleanup_strbuf struct strbuf shown = STRBUF_INIT;
    escape_for_terminal(&shown, span_of_text(message));
    findings_add_warning(&reader->image->findings, "packages",
                         reader->accounting->inodes[inode].layer, path, "%s", shown.buf);
}

void package_warn(struct package_reader *reader, const struct package_source *source,
                  const char *format, ...)
{
    cleanup_strbuf struct strbuf message = STRBUF_INIT;
    va_list args;
    va_start(args, format);
    strbuf_addf(&message, "%s: ", source->kind->name);
    strbuf_vaddf(&message, format, args);
    va_end(args);
    warn_about(reader, source->inode, source->path, message.buf);
}

bool package_next_line(struct span *text, struct span *ret_line)
{
    if (!text->len)
        return false;
    const char *end = memchr(text->ptr, '\n', text->len);
    size_t len = end ? (size_t)(end - text->ptr) : text->len;
    *ret_line = span_of(text->ptr, len);
    if (len && text->ptr[len - 1] == '\r')
        ret_line->len--;
    len += end != NULL;
    *text = span_of(text->ptr + len, text->len - len);
    return true;
}

struct span package_trim(struct span text)
{
    while (text.len && isspace((unsigned char)text.ptr[0]))
        text = span_of(text.ptr + 1, text.len - 1);
    while (text.len && isspace((unsigned char)text.ptr[text.len - 1]))
        text.len--;
    return text;
}

bool package_field(struct span line, const char *name, struct span *ret_value)
{
    size_t len = strlen(name);
    if (line.len <= len || line.ptr[len] != ':' || strncasecmp(line.ptr, name, len) != 0)
        return false;
    *ret_value = package_trim(span_of(line.ptr + len + 1, line.len - len - 1));
    return true;
}

/* Sources are made of the notes about files that are visible. */

static void add_source(struct package_reader *reader, uint32_t inode,
                       const struct package_kind *kind, struct span text)
{
    cleanup_strbuf struct strbuf path = STRBUF_INIT;
    tree_path(&path, &reader->accounting->tree, reader->accounting->inodes[inode].node);
    reader->sources = memory_grow(reader->sources, reader->source_count,
                                  &reader->source_capacity, sizeof *reader->sources);
    reader->sources[reader->source_count++] = (struct package_source){
        .kind = kind,
        .path = arena_dup(&reader->packages->arena, path.buf, path.len),
        .text = text,
        .inode = inode,
    };
}

static void tell_state(struct package_reader *reader, uint32_t inode,
                       const struct package_kind *kind, enum note_state state)
{
    cleanup_strbuf struct strbuf path = STRBUF_INIT, message = STRBUF_INIT;
    enum limit limit = kind->extract ? LIMIT_PROGRAM_BYTES : LIMIT_PACKAGE_FILE_BYTES;
    tree_path(&path, &reader->accounting->tree, reader->accounting->inodes[inode].node);
    if (state == NOTE_DAMAGED)
        strbuf_addf(&message, "%s: is not all there", kind->name);
    else
        strbuf_addf(&message, "%s: %" PRId64 " bytes are over the limit %s=%" PRId64 "; not read",
                    kind->extract ? "program" : kind->name,
                    entry_size(inode_entry(reader->accounting,
                                           &reader->accounting->inodes[inode])),
                    limit_name(limit), limits_get(reader->image->limits, limit));
    warn_about(reader, inode, path.buf, message.buf);
}

/* Returns false if the limit on all of them was passed. */
static bool collect_sources(struct package_reader *reader, const struct package_watch *watch)
{
    const struct accounting *accounting = reader->accounting;
    for (uint32_t l = 0; l < accounting->layer_count; l++) {
        const struct layer *layer = layer_of(accounting, l);
        for (size_t n = 0; layer && n < layer->note_count; n++) {
            const struct layer_note *note = &layer->notes[n];
            const unsigned char *head = note->bytes;
            if (note->watcher != &watch->watcher)
                continue;
            if (head[1] == NOTE_ALL_TOO_LARGE)
                return false;
            uint32_t inode = accounting_inode_of(accounting, l, note->entry);
            if (inode >= accounting->inode_count ||
                !inode_is_live(&accounting->inodes[inode]) ||
                accounting->inodes[inode].node == NODE_NONE)
                continue;
            if (head[1] == NOTE_KEPT)
                add_source(reader, inode, kinds[head[0]],
                           span_of(head + NOTE_HEAD, note->len - NOTE_HEAD));
            else
                tell_state(reader, inode, kinds[head[0]], (enum note_state)head[1]);
        }
    }
    return true;
}

static size_t kind_number(const struct package_kind *kind)
{
    size_t number = 0;
    while (kinds[number] != kind)
        number++;
    return number;
}

static int compare_sources(const void *a, const void *b)
{
    const struct package_source *left = a, *right = b;
    size_t left_kind = kind_number(left->kind), right_kind = kind_number(right->kind);
    if (left_kind != right_kind)
        return left_kind < right_kind ? -1 : 1;
    int order = strcmp(left->path, right->path);
    return order ? order : left->inode < right->inode ? -1 : left->inode > right->inode;
}

/* Gives all below a folder to its package, but for what was claimed already. */
static void claim_folders(struct package_reader *reader)
{
    const struct tree *tree = &reader->accounting->tree;
    if (!reader->has_folders)
        return;
    for (uint32_t i = 0; i < tree->count; i++) {
        const struct tree_node *node = &tree->nodes[i];
        if (i != NODE_ROOT && reader->folder_of[i] == PACKAGE_NONE)
            reader->folder_of[i] = reader->folder_of[node->parent];
        if (node_is_visible(node) && reader->folder_of[i] != PACKAGE_NONE)
            claim(reader, reader->folder_of[i], i);
    }
    memset(reader->folder_of, 0xff, tree->count * sizeof *reader->folder_of);
    reader->has_folders = false;
}

static void read_kinds(struct package_reader *reader)
{
    for (size_t start = 0, end; start < reader->source_count; start = end) {
        const struct package_kind *kind = reader->sources[start].kind;
        for (end = start; end < reader->source_count && reader->sources[end].kind == kind;)
            end++;
        reader->of_kind = &reader->sources[start];
        reader->of_kind_count = end - start;
        for (size_t i = start; i < end; i++)
            kind->read(reader, &reader->sources[i]);
        claim_folders(reader);
    }
}

/* Inodes in the order of their packages: where each package's begin is in `starts`. */
static uint32_t *sort_by_owner(const struct packages *packages, size_t inode_count,
                               size_t *starts)
{
    uint32_t *sorted = memory_alloc_zero(inode_count, sizeof *sorted);
    for (size_t i = 0; i < inode_count; i++)
        if (packages->owner_of[i] != PACKAGE_NONE)
            starts[packages->owner_of[i] + 1]++;
    for (size_t i = 0; i < packages->count; i++)
        starts[i + 1] += starts[i];
    size_t *next = memory_alloc_zero(packages->count + 1, sizeof *next);
    memcpy(next, starts, (packages->count + 1) * sizeof *next);
    for (size_t i = 0; i < inode_count; i++)
        if (packages->owner_of[i] != PACKAGE_NONE)
            sorted[next[packages->owner_of[i]]++] = (uint32_t)i;
    free(next);
    return sorted;
}

/* The layer that shipped most of each package's bytes. */
static void find_layers(struct packages *packages, const struct accounting *accounting)
{
    size_t *starts = memory_alloc_zero(packages->count + 1, sizeof *starts);
    int64_t *bytes = memory_alloc_zero(accounting->layer_count, sizeof *bytes);
    uint32_t *sorted = sort_by_owner(packages, accounting->inode_count, starts);
    for (size_t p = 0; p < packages->count; p++) {
        struct package *package = &packages->items[p];
        int64_t most = 0;
        for (size_t i = starts[p]; i < starts[p + 1]; i++) {
            const struct inode *inode = &accounting->inodes[sorted[i]];
            bytes[inode->layer] += inode_entry(accounting, inode)->content;
        }
        for (size_t i = starts[p]; i < starts[p + 1]; i++) {
            uint32_t layer = accounting->inodes[sorted[i]].layer;
            if (bytes[layer] > most || (bytes[layer] == most && most && layer < package->layer)) {
                most = bytes[layer];
                package->layer = layer;
            }
        }
        for (size_t i = starts[p]; i < starts[p + 1]; i++)
            bytes[accounting->inodes[sorted[i]].layer] = 0;
    }
    for (size_t p = 0; p < packages->count; p++)
        if (packages->items[p].within != PACKAGE_NONE)
            packages->items[p].layer = packages->items[packages->items[p].within].layer;
    free(sorted);
    free(bytes);
    free(starts);
}

static void sum_unowned(struct packages *packages, const struct accounting *accounting)
{
    const struct tree *tree = &accounting->tree;
    struct directory_node *nodes = memory_alloc_zero(tree->count, sizeof *nodes);
    for (size_t i = 0; i < tree->count; i++)
        nodes[i] = (struct directory_node){
            .name = tree->nodes[i].name,
            .parent = i ? tree->nodes[i].parent : 0,
            .is_folder = tree->nodes[i].kind == TAR_DIR,
        };
    for (size_t i = 0; i < accounting->inode_count; i++) {
        const struct inode *inode = &accounting->inodes[i];
        int64_t bytes = inode_entry(accounting, inode)->content;
        if (!inode_is_live(inode))
            continue;
        if (packages->owner_of[i] != PACKAGE_NONE) {
            packages->owned_bytes += bytes;
            continue;
        }
        packages->unowned_bytes += bytes;
        packages->unowned_files++;
        if (inode->node == NODE_NONE)
            continue;
        nodes[inode->node].new_bytes = nodes[inode->node].weight = bytes;
        nodes[inode->node].new_files = 1;
    }
    directories_choose(&packages->unowned, nodes, tree->count);
    free(nodes);
}

static void note_limit(struct image *image)
{
    struct error error = ERROR_INIT;
    cleanup_strbuf struct strbuf text = STRBUF_INIT;
    strbuf_addf(&text, "package databases: their bytes are over the limit %s=%" PRId64,
                limit_name(LIMIT_PACKAGE_BYTES), limits_get(image->limits, LIMIT_PACKAGE_BYTES));
    findings_add_warning(&image->findings, "limit", NO_LAYER, NULL, "%s; no package was read",
                         text.buf);
    strvec_add(&image->limits_hit, text.buf);
    error_set(&error, ERROR_LIMIT, "%s", text.buf);
    error_hint(&error, "raise it with --limit %s=VALUE if you trust the image",
               limit_name(LIMIT_PACKAGE_BYTES));
    if (image->damage.code == ERROR_NONE)
        error_move(&image->damage, &error);
    error_release(&error);
}

void packages_collect(struct packages *ret_packages, struct image *image,
                      const struct accounting *accounting, const struct package_watch *watch)
{
    struct packages packages = {.count = 0};
    struct package_reader reader = {
        .packages = &packages,
        .image = image,
        .accounting = accounting,
        .claimed_by = memory_alloc(accounting->inode_count * sizeof(uint32_t)),
        .folder_of = memory_alloc(accounting->tree.count * sizeof(uint32_t)),
    };
    packages.owner_of = memory_alloc(accounting->inode_count * sizeof(uint32_t));
    memset(packages.owner_of, 0xff, accounting->inode_count * sizeof(uint32_t));
    memset(reader.claimed_by, 0xff, accounting->inode_count * sizeof(uint32_t));
    memset(reader.folder_of, 0xff, accounting->tree.count * sizeof(uint32_t));
    resolver_start(&reader.resolver, accounting);
    if (collect_sources(&reader, watch)) {
        if (reader.source_count)
            qsort(reader.sources, reader.source_count, sizeof *reader.sources, compare_sources);
        read_kinds(&reader);
    } else {
        note_limit(image);
    }
    find_layers(&packages, accounting);
    sum_unowned(&packages, accounting);
    resolver_release(&reader.resolver);
    free(reader.sources);
    free(reader.claimed_by);
    free(reader.folder_of);
    *ret_packages = packages;
}

void packages_release(struct packages *packages)
{
    arena_release(&packages->arena);
    free(packages->items);
    free(packages->owner_of);
    directories_release(&packages->unowned);
    *packages = (struct packages){.count = 0};
}
