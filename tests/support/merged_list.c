#include "tests/support/merged_list.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "analyzer/accounting.h"
#include "analyzer/equality.h"
#include "core/escape.h"
#include "core/file.h"
#include "core/memory.h"

#define LIST_BYTES_MAX ((size_t)16 << 20)
#define CAPABILITY "security.capability="

static const char *const kinds[] = {
    [TAR_FILE] = "file", [TAR_DIR] = "dir",   [TAR_SYMLINK] = "symlink",
    [TAR_HARDLINK] = "", [TAR_CHAR] = "char", [TAR_BLOCKDEV] = "block",
    [TAR_FIFO] = "fifo",
};

static const char *const field_names[MERGED_FIELDS] = {
    "path",  "type",   "mode",   "uid",    "gid",   "size",
    "mtime", "target", "device", "sha256", "links", "xattrs",
};

static void stop(const char *what, const char *why)
{
    fprintf(stderr, "merged_list: %s: %s\n", what, why);
    abort();
}

static void escape(struct strbuf *out, const char *name)
{
    for (const unsigned char *p = (const unsigned char *)name; *p; p++) {
        if (*p >= 0x21 && *p <= 0x7e && *p != '%')
            strbuf_add_char(out, (char)*p);
        else
            strbuf_addf(out, "%%%02X", *p);
    }
}

static char *escaped(const char *name)
{
    struct strbuf out = STRBUF_INIT;
    escape(&out, name);
    return strbuf_detach(&out, NULL);
}

PRINTF_LIKE(1, 2) static char *text(const char *format, ...)
{
    struct strbuf out = STRBUF_INIT;
    va_list args;
    va_start(args, format);
    strbuf_vaddf(&out, format, args);
    va_end(args);
    return strbuf_detach(&out, NULL);
}

static struct merged_row *add_row(struct merged_list *list)
{
    list->rows = memory_grow(list->rows, list->count, &list->capacity, sizeof *list->rows);
    struct merged_row *row = &list->rows[list->count++];
    *row = (struct merged_row){.implicit = false};
    return row;
}

static char *digest_text(struct image *image, uint32_t layer, const struct entry *entry)
{
    const struct entry *first = image->chosen->layers[layer].layer->entries;
    const struct payload payload = {.layer = layer, .entry = (uint32_t)(entry - first)};
    const uint8_t *sha256;
    struct digest digest;
    char out[DIGEST_TEXT_MAX];
    struct error error = ERROR_INIT;
    if (!entry_size(entry)) {
        digest_of(&digest, "", 0);
    } else {
        if (equality_digest(image, &payload, 1, &sha256, &error) < 0)
            stop(entry->name, error.text);
        digest_from_sha256(&digest, sha256);
    }
    return text("%s", digest_format(&digest, out) + strlen("sha256:"));
}

static char *xattrs_text(const struct entry_extra *extra)
{
    struct strbuf out = STRBUF_INIT;
    const char *p = extra ? extra->xattrs : NULL;
    const char *end = p ? p + extra->xattrs_len : NULL;
    if (!p)
        return text("-");
    while (p < end) {
        uint32_t len;
        strbuf_addf(&out, "%s%s=", out.len ? "," : "", p);
        p += strlen(p) + 1;
        memcpy(&len, p, sizeof len);
        p += sizeof len;
        escape_base64(&out, span_of(p, len));
        p += len;
    }
    return strbuf_detach(&out, NULL);
}

/* A visible node while the list is made: names of one inode come from the same entry. */
struct named {
    char *path;
    uint32_t node;
    uint32_t layer, entry;
};

static int compare_named(const void *a, const void *b)
{
    const struct named *left = a, *right = b;
    if (left->layer != right->layer)
        return left->layer < right->layer ? -1 : 1;
    if (left->entry != right->entry)
        return left->entry < right->entry ? -1 : 1;
    return strcmp(left->path, right->path);
}

static struct named *list_names(const struct accounting *accounting, size_t *ret_count)
{
    const struct tree *tree = &accounting->tree;
    struct named *names = memory_alloc_zero(tree->count, sizeof *names);
    size_t count = 0;
    for (uint32_t i = 1; i < tree->count; i++) {
        const struct tree_node *node = &tree->nodes[i];
        if (!node_is_visible(node) || node->hidden)
            continue;
        struct strbuf path = STRBUF_INIT;
        struct named *named = &names[count++];
        const struct entry *entry = node_entry(accounting, node, &named->layer);
        tree_path(&path, tree, i);
        named->path = strbuf_detach(&path, NULL);
        named->node = i;
        named->entry = ENTRY_NONE;
        if (entry)
            named->entry = (uint32_t)(entry - layer_of(accounting, named->layer)->entries);
    }
    qsort(names, count, sizeof *names, compare_named);
    *ret_count = count;
    return names;
}

static void fill_row(struct merged_row *row, struct image *image,
                     const struct accounting *accounting, const struct named *named,
                     const char *group)
{
    static const struct owner implicit = {.mode = 0755};
    const struct tree_node *node = &accounting->tree.nodes[named->node];
    const struct entry *entry = node_entry(accounting, node, NULL);
    const struct owner *owner =
        entry ? &layer_of(accounting, named->layer)->owners[entry->owner] : &implicit;
    bool device = node->kind == TAR_CHAR || node->kind == TAR_BLOCKDEV;
    bool file = node->kind == TAR_FILE;
    row->implicit = !entry;
    row->fields[MERGED_PATH] = escaped(named->path);
    row->fields[MERGED_TYPE] = text("%s", kinds[node->kind]);
    row->fields[MERGED_MODE] = text("%04" PRIo32, owner->mode);
    row->fields[MERGED_UID] = text("%" PRId64, owner->uid);
    row->fields[MERGED_GID] = text("%" PRId64, owner->gid);
    row->fields[MERGED_SIZE] = text("%" PRId64, file ? entry_size(entry) : 0);
    row->fields[MERGED_MTIME] = text("%" PRId64, entry ? entry->mtime : 0);
    row->fields[MERGED_TARGET] =
        node->kind == TAR_SYMLINK ? escaped(entry_link(entry)) : text("-");
    row->fields[MERGED_DEVICE] =
        device
            ? text("%" PRIu32 ":%" PRIu32, entry->extra->dev_major, entry->extra->dev_minor)
            : text("-");
    row->fields[MERGED_SHA256] = file ? digest_text(image, named->layer, entry) : text("-");
    row->fields[MERGED_LINKS] = group ? escaped(group) : text("-");
    row->fields[MERGED_XATTRS] = xattrs_text(entry ? entry->extra : NULL);
}

static int compare_rows(const void *a, const void *b)
{
    const struct merged_row *left = a, *right = b;
    return strcmp(left->fields[MERGED_PATH], right->fields[MERGED_PATH]);
}

static void sort_rows(struct merged_list *list)
{
    if (list->count)
        qsort(list->rows, list->count, sizeof *list->rows, compare_rows);
}

void merged_list_make(struct merged_list *ret_list, struct image *image,
                      const struct accounting *accounting)
{
    struct merged_list list = {.rows = NULL};
    size_t count;
    struct named *names = list_names(accounting, &count);
    for (size_t start = 0, end; start < count; start = end) {
        end = start + 1;
        while (end < count && names[start].entry != ENTRY_NONE &&
               names[end].layer == names[start].layer &&
               names[end].entry == names[start].entry)
            end++;
        for (size_t i = start; i < end; i++)
            fill_row(add_row(&list), image, accounting, &names[i],
                     end - start > 1 ? names[start].path : NULL);
    }
    for (size_t i = 0; i < count; i++)
        free(names[i].path);
    free(names);
    sort_rows(&list);
    *ret_list = list;
}

void merged_list_read(struct merged_list *ret_list, const char *path)
{
    struct merged_list list = {.rows = NULL};
    struct error error = ERROR_INIT;
    cleanup_strbuf struct strbuf file = STRBUF_INIT;
    if (file_read(&file, path, LIST_BYTES_MAX, &error) < 0)
        stop(path, error.text);
    for (char *line = file.buf; *line;) {
        char *rest = strchr(line, '\n');
        if (!rest)
            stop(path, "a line without an end");
        *rest++ = '\0';
        struct merged_row *row = add_row(&list);
        for (size_t i = 0; i < MERGED_FIELDS; i++) {
            const char *field = strsep(&line, "\t");
            if (!field)
                stop(path, "a line with too few fields");
            row->fields[i] = memory_dup_text(field);
        }
        line = rest;
    }
    sort_rows(&list);
    *ret_list = list;
}

static void release_row(struct merged_row *row)
{
    for (size_t i = 0; i < MERGED_FIELDS; i++)
        free(row->fields[i]);
}

void merged_list_release(struct merged_list *list)
{
    for (size_t i = 0; i < list->count; i++)
        release_row(&list->rows[i]);
    free(list->rows);
    *list = (struct merged_list){.rows = NULL};
}

static bool is_at_or_below(const char *path, const char *top)
{
    size_t len = strlen(top);
    return strncmp(path, top, len) == 0 && (path[len] == '\0' || path[len] == '/');
}

static void exclude_path(struct merged_list *list, const char *top)
{
    size_t kept = 0;
    for (size_t i = 0; i < list->count; i++) {
        if (is_at_or_below(list->rows[i].fields[MERGED_PATH], top))
            release_row(&list->rows[i]);
        else
            list->rows[kept++] = list->rows[i];
    }
    list->count = kept;
}

void merged_list_exclude(struct merged_list *list, const char *path)
{
    struct error error = ERROR_INIT;
    cleanup_strbuf struct strbuf file = STRBUF_INIT;
    if (file_read(&file, path, LIST_BYTES_MAX, &error) < 0)
        stop(path, error.text);
    char *rest = file.buf, *line;
    while ((line = strsep(&rest, "\n")))
        if (*line && *line != '#')
            exclude_path(list, line);
}

/* The attribute docker export keeps, of a list of them. */
static void reduce_xattrs(struct strbuf *out, const char *xattrs)
{
    const char *found = strstr(xattrs, CAPABILITY);
    if (found)
        strbuf_add(out, found, strcspn(found, ","));
    else
        strbuf_add_text(out, "-");
}

static bool fields_agree(const struct merged_row *ours, const struct merged_row *theirs,
                         enum merged_field field, unsigned flags)
{
    if (strcmp(theirs->fields[field], "*") == 0)
        return true;
    if (ours->implicit && (field == MERGED_MODE || field == MERGED_MTIME))
        return true;
    if (field == MERGED_XATTRS && flags & MERGED_ONLY_CAPABILITIES) {
        cleanup_strbuf struct strbuf left = STRBUF_INIT, right = STRBUF_INIT;
        reduce_xattrs(&left, ours->fields[field]);
        reduce_xattrs(&right, theirs->fields[field]);
        return strcmp(left.buf, right.buf) == 0;
    }
    return strcmp(ours->fields[field], theirs->fields[field]) == 0;
}

size_t merged_list_compare(const struct merged_list *ours, const struct merged_list *theirs,
                           unsigned flags, FILE *out)
{
    size_t differences = 0, i = 0, j = 0;
    while (i < ours->count || j < theirs->count) {
        const struct merged_row *left = i < ours->count ? &ours->rows[i] : NULL;
        const struct merged_row *right = j < theirs->count ? &theirs->rows[j] : NULL;
        int order = !left ? 1 : !right ? -1 : compare_rows(left, right);
        if (order) {
            fprintf(out, "  %s is only in %s\n",
                    (order < 0 ? left : right)->fields[MERGED_PATH],
                    order < 0 ? "ours" : "theirs");
            differences++;
        } else {
            for (enum merged_field field = MERGED_TYPE; field < MERGED_FIELDS; field++) {
                if (fields_agree(left, right, field, flags))
                    continue;
                fprintf(out, "  %s: %s is %s, theirs %s\n", left->fields[MERGED_PATH],
                        field_names[field], left->fields[field], right->fields[field]);
                differences++;
            }
        }
        i += order <= 0;
        j += order >= 0;
    }
    return differences;
}
