/* npm packages and those of its kin: each folder in a node_modules/, or in a scope @NAME/ there, that has a
 * package.json. A package owns its folder, but for packages within. */
#include <string.h>

#include "analyzer/packages/kind.h"
#include "core/json.h"

/* The last so many names of a path: returns the path before them, or NULL. */
static const char *last_names(const char *path, size_t names)
{
    const char *at = path + strlen(path);
    while (names && at > path) {
        at--;
        if (*at == '/')
            names--;
    }
    return names ? (at == path && names == 1 ? path : NULL) : at;
}

static bool lies_in_modules(const char *folder, const char *from)
{
    static const char modules[] = "node_modules";
    size_t len = (size_t)(from - folder);
    return len >= sizeof modules - 1 &&
           memcmp(from - (sizeof modules - 1), modules, sizeof modules - 1) == 0 &&
           (len == sizeof modules - 1 || from[-(ptrdiff_t)sizeof modules] == '/');
}

static bool wants(const char *folder, const char *name)
{
    if (strcmp(name, "package.json") != 0)
        return false;
    const char *own = last_names(folder, 1);
    if (!own || own == folder)
        return false;
    if (own[1] != '@' && lies_in_modules(folder, own))
        return true;
    const char *scope = last_names(folder, 2);
    return scope && scope != folder && scope[1] == '@' && lies_in_modules(folder, scope);
}

/* "@scope/name" of ".../node_modules/@scope/name/package.json", for a document that does not tell. */
static struct span name_from_path(const char *path)
{
    const char *end = strrchr(path, '/');
    const char *modules = NULL, *at = path;
    while ((at = strstr(at, "/node_modules/"))) {
        modules = at + strlen("/node_modules/");
        at++;
    }
    return modules ? span_of(modules, (size_t)(end - modules)) : span_of("", 0);
}

static void read_source(struct package_reader *reader, const struct package_source *source)
{
    struct error error = ERROR_INIT;
    cleanup_json json_t *document = NULL;
    struct span text = source->text;
    if (span_starts_with(text, "\xef\xbb\xbf"))
        text = span_of(text.ptr + 3, text.len - 3);
    if (json_parse(&document, text, &error) < 0)
        package_warn(reader, source, "%s", error.text);
    error_release(&error);
    struct span name = span_of_text(json_string_value(json_object_get(document, "name")));
    struct span version = span_of_text(json_string_value(json_object_get(document, "version")));
    if (!name.len)
        name = name_from_path(source->path);
    uint32_t package = package_add(reader, source, name, version, span_of("", 0));
    package_owns_below(reader, package, package_source_folder(reader, source));
}

const struct package_kind package_kind_npm = {
    .name = "npm",
    .summary = "folders of node_modules",
    .wants = wants,
    .read = read_source,
};
