/* IMG211-214: programs with the rights of others, and what everyone may write. */
#include <inttypes.h>
#include <stdio.h>

#include "analyzer/checks.h"

#define MODE_SETUID 04000u
#define MODE_SETGID 02000u
#define MODE_STICKY 01000u
#define MODE_WORLD_WRITE 00002u

static void check_node(const struct check_run *run, uint32_t number)
{
    const struct tree_node *node = &run->accounting->tree.nodes[number];
    uint32_t layer;
    const struct entry *entry = node_entry(run->accounting, node, &layer);
    if (!node_is_visible(node) || node->hidden || !entry ||
        (node->kind != TAR_FILE && node->kind != TAR_DIR))
        return;
    const struct owner *owner = &layer_of(run->accounting, layer)->owners[entry->owner];
    bool file = node->kind == TAR_FILE;
    bool open = owner->mode & MODE_WORLD_WRITE && (file || !(owner->mode & MODE_STICKY));
    if (!open && !(file && owner->mode & (MODE_SETUID | MODE_SETGID)))
        return;

    cleanup_strbuf struct strbuf path = STRBUF_INIT;
    char detail[80];
    int64_t bytes = file ? entry->content : -1;
    tree_path(&path, &run->accounting->tree, number);
    snprintf(detail, sizeof detail, "mode %04o, owner %" PRId64 ":%" PRId64,
             (unsigned)(owner->mode & 07777), owner->uid, owner->gid);
    if (file && owner->mode & MODE_SETUID)
        check_report(run, FINDING_SETUID_FILE, layer, path.buf, bytes, NULL, detail);
    if (file && owner->mode & MODE_SETGID)
        check_report(run, FINDING_SETGID_FILE, layer, path.buf, bytes, NULL, detail);
    if (open)
        check_report(run,
                     file ? FINDING_WORLD_WRITABLE_FILE : FINDING_WORLD_WRITABLE_DIRECTORY,
                     layer, path.buf, bytes, NULL, detail);
}

static void run_permissions(const struct check_run *run)
{
    for (uint32_t i = 0; i < run->accounting->tree.count; i++)
        check_node(run, i);
}

const struct check check_permissions = {.run = run_permissions};
