/* Ruby gems: specifications/NAME-VERSION[-PLATFORM].gemspec, Ruby code whose name tells enough. The gem's
 * files lie beside that folder, in gems/, doc/ and build_info/ under the same name; default gems, whose
 * specifications lie one folder deeper, are spread over Ruby's own library and own their specification. */
#include <ctype.h>
#include <string.h>

#include "analyzer/packages/kind.h"

#define SUFFIX ".gemspec"

static bool wants(const char *folder, const char *name)
{
    struct span text = span_of_text(folder);
    return span_ends_with(span_of_text(name), SUFFIX) &&
           (span_ends_with(text, "/specifications") ||
            span_ends_with(text, "/specifications/default"));
}

/* Is it a version: digits, then letters, digits and dots? */
static bool is_version(struct span text, bool with_dot)
{
    bool dot = false;
    if (!text.len || !isdigit((unsigned char)text.ptr[0]))
        return false;
    for (size_t i = 0; i < text.len; i++) {
        dot = dot || text.ptr[i] == '.';
        if (!isalnum((unsigned char)text.ptr[i]) && text.ptr[i] != '.')
            return false;
    }
    return dot || !with_dot;
}

/* The first part behind a dash that is a version; one with a dot goes before one without. */
static bool split_name(struct span full, bool with_dot, struct span *ret_name,
                       struct span *ret_version)
{
    for (size_t i = 1; i < full.len; i++) {
        if (full.ptr[i] != '-')
            continue;
        size_t end = i + 1;
        while (end < full.len && full.ptr[end] != '-')
            end++;
        struct span part = span_of(full.ptr + i + 1, end - i - 1);
        if (!is_version(part, with_dot))
            continue;
        *ret_name = span_of(full.ptr, i);
        *ret_version = part;
        return true;
    }
    return false;
}

static void own_folder(struct package_reader *reader, uint32_t package, uint32_t base,
                       const char *folder, struct span full)
{
    cleanup_strbuf struct strbuf path = STRBUF_INIT;
    strbuf_addf(&path, "%s/", folder);
    strbuf_add(&path, full.ptr, full.len);
    strbuf_add_text(&path, "/.");
    package_owns_below(reader, package,
                       package_lookup(reader, base, span_of(path.buf, path.len)));
}

static void own_file(struct package_reader *reader, uint32_t package, uint32_t base,
                     const char *folder, struct span full, const char *suffix)
{
    cleanup_strbuf struct strbuf path = STRBUF_INIT;
    strbuf_addf(&path, "%s/", folder);
    strbuf_add(&path, full.ptr, full.len);
    strbuf_add_text(&path, suffix);
    package_owns(reader, package, base, span_of(path.buf, path.len));
}

static void read_source(struct package_reader *reader, const struct package_source *source)
{
    const char *name = strrchr(source->path, '/') + 1;
    struct span full = span_of(name, strlen(name) - strlen(SUFFIX));
    struct span gem, version = span_of("", 0);
    if (!split_name(full, true, &gem, &version) && !split_name(full, false, &gem, &version))
        gem = full;
    uint32_t package = package_add(reader, source, gem, version, span_of("", 0));
    uint32_t folder = package_source_folder(reader, source);
    package_owns_record(reader, package);
    if (folder == NODE_ROOT)
        return;
    uint32_t base = package_tree(reader)->nodes[folder].parent;
    if (strstr(source->path, "/specifications/default/"))
        base = package_tree(reader)->nodes[base].parent;
    own_folder(reader, package, base, "gems", full);
    own_folder(reader, package, base, "doc", full);
    own_file(reader, package, base, "build_info", full, ".info");
    own_file(reader, package, base, "cache", full, ".gem");
}

const struct package_kind package_kind_gem = {
    .name = "gem",
    .summary = "Ruby gems",
    .wants = wants,
    .read = read_source,
};
