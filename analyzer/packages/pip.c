/* Python distributions, whoever installed them. NAME-VERSION.dist-info/ has METADATA (name and version) and
 * RECORD (a line of CSV for each file, seen from the folder that dist-info lies in); older ones have
 * NAME.egg-info/ with PKG-INFO and maybe installed-files.txt (seen from egg-info itself), or egg-info is a
 * file, or all of it lies in NAME.egg/. A distribution owns what is listed, and its own folder. */
#include <string.h>

#include "analyzer/packages/kind.h"

static bool wants(const char *folder, const char *name)
{
    struct span text = span_of_text(folder);
    if (span_ends_with(text, ".dist-info"))
        return strcmp(name, "METADATA") == 0 || strcmp(name, "RECORD") == 0;
    if (span_ends_with(text, ".egg-info"))
        return strcmp(name, "PKG-INFO") == 0 || strcmp(name, "installed-files.txt") == 0;
    if (span_ends_with(text, ".egg/EGG-INFO"))
        return strcmp(name, "PKG-INFO") == 0;
    return span_ends_with(span_of_text(name), ".egg-info");
}

/* The fields before the first empty line. */
static void read_fields(struct span text, struct span *ret_name, struct span *ret_version)
{
    struct span line;
    *ret_name = *ret_version = span_of("", 0);
    while (package_next_line(&text, &line) && line.len) {
        if (!ret_name->len && package_field(line, "Name", ret_name))
            continue;
        if (!ret_version->len)
            package_field(line, "Version", ret_version);
    }
}

/* The first cell of a line of CSV, its quotes taken off. */
static void first_cell(struct strbuf *out, struct span line)
{
    strbuf_reset(out);
    if (!line.len || line.ptr[0] != '"') {
        const char *comma = line.len ? memchr(line.ptr, ',', line.len) : NULL;
        strbuf_add(out, line.ptr, comma ? (size_t)(comma - line.ptr) : line.len);
        return;
    }
    for (size_t i = 1; i < line.len; i++) {
        if (line.ptr[i] == '"' && !(i + 1 < line.len && line.ptr[++i] == '"'))
            return;
        strbuf_add_char(out, line.ptr[i]);
    }
}

static const struct package_source *beside(const struct package_reader *reader,
                                           const struct package_source *source, const char *name)
{
    cleanup_strbuf struct strbuf path = STRBUF_INIT;
    const char *slash = strrchr(source->path, '/');
    strbuf_add(&path, source->path, (size_t)(slash + 1 - source->path));
    strbuf_add_text(&path, name);
    return package_source_find(reader, path.buf);
}

static void own_listed(struct package_reader *reader, uint32_t package, uint32_t folder,
                       const struct package_source *list)
{
    struct span text = list ? list->text : span_of("", 0);
    struct span line;
    cleanup_strbuf struct strbuf path = STRBUF_INIT;
    while (package_next_line(&text, &line)) {
        first_cell(&path, line);
        if (path.len)
            package_owns(reader, package, folder, span_of(path.buf, path.len));
    }
}

static uint32_t parent_of(const struct package_reader *reader, uint32_t node)
{
    return node == NODE_ROOT ? node : package_tree(reader)->nodes[node].parent;
}

static void own_files(struct package_reader *reader, uint32_t package,
                      const struct package_source *source)
{
    struct span path = span_of_text(source->path);
    uint32_t folder = package_source_folder(reader, source);
    package_owns_record(reader, package);
    if (span_ends_with(path, ".dist-info/METADATA")) {
        own_listed(reader, package, parent_of(reader, folder), beside(reader, source, "RECORD"));
        package_owns_below(reader, package, folder);
    } else if (span_ends_with(path, ".egg-info/PKG-INFO")) {
        own_listed(reader, package, folder, beside(reader, source, "installed-files.txt"));
        package_owns_below(reader, package, folder);
    } else if (span_ends_with(path, ".egg/EGG-INFO/PKG-INFO")) {
        package_owns_below(reader, package, parent_of(reader, folder));
    }
}

static void read_source(struct package_reader *reader, const struct package_source *source)
{
    struct span path = span_of_text(source->path), name, version;
    if (span_ends_with(path, "/RECORD") || span_ends_with(path, "/installed-files.txt"))
        return;
    read_fields(source->text, &name, &version);
    if (!name.len) {
        package_warn(reader, source, "names no distribution");
        return;
    }
    uint32_t package = package_add(reader, source, name, version, span_of("", 0));
    own_files(reader, package, source);
}

const struct package_kind package_kind_pip = {
    .name = "pip",
    .summary = "Python distributions: dist-info, egg-info",
    .wants = wants,
    .read = read_source,
};
