/* IMG222-226, 228, 229: what lies in the merged file system and should not, or should be known. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "analyzer/checks.h"
#include "analyzer/resolve.h"
#include "core/memory.h"
#include "core/size.h"

static const char *const program_folders[] = {
    "/usr/local/sbin", "/usr/local/bin", "/usr/sbin", "/usr/bin", "/sbin", "/bin",
};

static const struct tree_node *node_at(const struct check_run *run, uint32_t node)
{
    return &run->accounting->tree.nodes[node];
}

/* Of a file: its bytes and the layer that shipped them. */
static const struct entry *file_entry(const struct check_run *run, uint32_t node,
                                      uint32_t *ret_layer)
{
    *ret_layer = NO_LAYER;
    return node_at(run, node)->kind == TAR_FILE
               ? node_entry(run->accounting, node_at(run, node), ret_layer)
               : NULL;
}

/* Programs by name in the folders that a shell looks into; each file is told once. */
static void report_programs(const struct check_run *run, enum finding_rule rule,
                            const char *const *names, size_t count)
{
    cleanup_strvec struct strvec told = STRVEC_INIT;
    cleanup_strbuf struct strbuf path = STRBUF_INIT;
    for (size_t i = 0; i < count * ARRAY_SIZE(program_folders); i++) {
        uint32_t layer;
        strbuf_reset(&path);
        strbuf_addf(&path, "%s/%s", program_folders[i % ARRAY_SIZE(program_folders)],
                    names[i / ARRAY_SIZE(program_folders)]);
        uint32_t node = resolve_path(run->accounting, path.buf);
        const struct entry *entry = node == NODE_NONE ? NULL : file_entry(run, node, &layer);
        if (!entry)
            continue;
        strbuf_reset(&path);
        tree_path(&path, &run->accounting->tree, node);
        if (strvec_contains(&told, path.buf))
            continue;
        strvec_add(&told, path.buf);
        check_report(run, rule, layer, path.buf, entry->content, NULL, NULL);
    }
}

struct sum {
    int64_t bytes, files, largest;
    uint32_t layer; /* that shipped the largest file */
};

/* What is below a node, without what `skip` (may be NULL) names. Parents have lower numbers than their
 * children, so that the way goes down and back without a stack. */
static struct sum sum_below(const struct check_run *run, uint32_t top, const char *const *skip)
{
    struct sum sum = {.largest = -1, .layer = NO_LAYER};
    uint32_t node = node_at(run, top)->first_child;
    while (node != NODE_NONE && node != top) {
        uint32_t layer;
        const struct entry *entry = file_entry(run, node, &layer);
        bool skipped = false;
        for (size_t i = 0; skip && skip[i]; i++)
            skipped = skipped || strcmp(skip[i], node_at(run, node)->name) == 0;
        /* of several names the first counts */
        bool counts = entry && run->accounting->inodes[node_at(run, node)->inode].node == node;
        if (counts && !skipped) {
            sum.files++;
            sum.bytes += entry->content;
            sum.layer = entry->content > sum.largest ? layer : sum.layer;
            sum.largest = entry->content > sum.largest ? entry->content : sum.largest;
        }
        if (!skipped && node_at(run, node)->first_child != NODE_NONE) {
            node = node_at(run, node)->first_child;
            continue;
        }
        while (node != top && node_at(run, node)->next == NODE_NONE)
            node = node_at(run, node)->parent;
        if (node != top)
            node = node_at(run, node)->next;
    }
    return sum;
}

static void report_sum(const struct check_run *run, enum finding_rule rule, const char *path,
                       const struct sum *sum)
{
    char size[SIZE_TEXT_MAX], detail[SIZE_TEXT_MAX + 40];
    snprintf(detail, sizeof detail, "%s in %" PRId64 " files",
             size_format(sum->bytes, SIZE_DECIMAL, size), sum->files);
    check_report(run, rule, sum->layer, path, sum->bytes, NULL, detail);
}

static void report_folder(const struct check_run *run, enum finding_rule rule, const char *path,
                          const char *const *skip)
{
    uint32_t node = resolve_path(run->accounting, path);
    if (node == NODE_NONE || node_at(run, node)->kind != TAR_DIR)
        return;
    struct sum sum = sum_below(run, node, skip);
    if (sum.bytes)
        report_sum(run, rule, path, &sum);
}

static bool is_one_of(const char *name, const char *const *list, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (strcmp(list[i], name) == 0)
            return true;
    return false;
}

static bool is_needless_file(const char *name)
{
    static const char *const names[] = {
        "Dockerfile",  "Containerfile", "docker-compose.yml", "docker-compose.yaml",
        "compose.yml", "compose.yaml",  ".dockerignore",      ".env",
        ".DS_Store",   "Thumbs.db",     ".vimrc",
    };
    return is_one_of(name, names, ARRAY_SIZE(names)) ||
           span_ends_with(span_of_text(name), ".swp");
}

static bool is_needless_folder(const char *name)
{
    static const char *const names[] = {
        ".git", ".svn",   ".hg",   ".aws",      ".azure", ".gcp",
        ".npm", ".cache", ".idea", ".vscode", ".terraform",
    };
    return is_one_of(name, names, ARRAY_SIZE(names));
}

/* Marks what lies below a needless folder, which is told as a whole, or within a package. */
static void check_needless(const struct check_run *run)
{
    const struct tree *tree = &run->accounting->tree;
    uint8_t *done = memory_alloc_zero(tree->count, 1);
    cleanup_strbuf struct strbuf path = STRBUF_INIT;
    for (uint32_t i = 1; i < tree->count; i++) {
        const struct tree_node *node = &tree->nodes[i];
        done[i] = done[node->parent];
        bool folder = node->kind == TAR_DIR && is_needless_folder(node->name);
        bool file = node->kind == TAR_FILE && is_needless_file(node->name);
        if (done[i] || node->hidden || (!folder && !file))
            continue;
        strbuf_reset(&path);
        tree_path(&path, tree, i);
        if (check_is_packaged(path.buf))
            continue;
        if (folder) {
            struct sum sum = sum_below(run, i, NULL);
            done[i] = 1;
            if (sum.files)
                report_sum(run, FINDING_NEEDLESS_FILE, path.buf, &sum);
            continue;
        }
        uint32_t layer;
        const struct entry *entry = file_entry(run, i, &layer);
        check_report(run, FINDING_NEEDLESS_FILE, layer, path.buf, entry ? entry->content : -1,
                     NULL, NULL);
    }
    free(done);
}

/* Java's stores tell whether their first entry is a private key (1) or a certificate (2). */
static const char *key_store_kind(struct span head)
{
    const uint8_t *bytes = (const uint8_t *)head.ptr;
    static const uint8_t jks[] = {0xfe, 0xed, 0xfe, 0xed}, jceks[] = {0xce, 0xce, 0xce, 0xce},
                         keepass[] = {0x03, 0xd9, 0xa2, 0x9a};
    if (head.len < 16)
        return NULL;
    if (memcmp(bytes, jks, 4) == 0 || memcmp(bytes, jceks, 4) == 0)
        return memcmp(bytes + 12, "\0\0\0\2", 4) == 0 ? NULL : "Java key store";
    if (memcmp(bytes, keepass, 4) == 0)
        return "KeePass";
    if (memcmp(bytes, "PWS3", 4) == 0)
        return "Password Safe";
    if (bytes[0] != 0x30)
        return NULL;
    /* PKCS#12: a sequence that begins with version 3 */
    size_t at = 2 + (bytes[1] > 0x80 ? bytes[1] & 0x7fu : 0);
    return at + 3 <= head.len && memcmp(bytes + at, "\2\1\3", 3) == 0 ? "PKCS#12" : NULL;
}

static bool has_key_line(struct span text)
{
    for (size_t at = 0; at < text.len;) {
        const char *line = text.ptr + at, *end = memchr(line, '\n', text.len - at);
        size_t len = end ? (size_t)(end - line) : text.len - at;
        while (len && strchr(" \t\r", *line) && *line) {
            line++;
            len--;
        }
        if (len && *line != '#')
            return true;
        at += (size_t)(line - (text.ptr + at)) + len + 1;
    }
    return false;
}

/* Live files whose beginning the watcher kept. */
static void check_kept(const struct check_run *run, const struct inode *inode)
{
    struct file_note note;
    cleanup_strbuf struct strbuf path = STRBUF_INIT;
    if (!inode_is_live(inode) || !check_find_note(run, inode->layer, inode->entry, &note) ||
        !note.content.ptr)
        return;
    int64_t bytes = inode_entry(run->accounting, inode)->content;
    tree_path(&path, &run->accounting->tree, inode->node);
    const char *kind = key_store_kind(note.content);
    if (kind && !check_is_packaged(path.buf))
        check_report(run, FINDING_KEY_STORE, inode->layer, path.buf, bytes, NULL, kind);
    if (span_ends_with(span_of(path.buf, path.len), "/.ssh/authorized_keys") &&
        has_key_line(note.content))
        check_report(run, FINDING_AUTHORIZED_KEYS, inode->layer, path.buf, bytes, NULL, NULL);
}

static void run_files(const struct check_run *run)
{
    static const char *const sudo[] = {"sudo"};
    static const char *const shells[] = {
        "sh",  "bash", "rbash", "dash", "ash",  "zsh",  "ksh",   "mksh",
        "ksh93", "csh",  "tcsh",  "fish", "busybox", "pwsh", "nu", "elvish",
    };
    static const char *const apt_own[] = {"lock", "partial", "auxfiles", NULL};
    report_programs(run, FINDING_SUDO_PRESENT, sudo, ARRAY_SIZE(sudo));
    report_programs(run, FINDING_SHELL_PRESENT, shells, ARRAY_SIZE(shells));
    report_folder(run, FINDING_APT_LISTS, "/var/lib/apt/lists", apt_own);
    report_folder(run, FINDING_APK_CACHE, "/var/cache/apk", NULL);
    report_folder(run, FINDING_APK_CACHE, "/etc/apk/cache", NULL);
    check_needless(run);
    for (size_t i = 0; i < run->accounting->inode_count; i++)
        check_kept(run, &run->accounting->inodes[i]);
}

const struct check check_files = {.run = run_files};
