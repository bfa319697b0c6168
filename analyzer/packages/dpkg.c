/* dpkg of Debian and its descendants. /var/lib/dpkg/status has a stanza for each package it knows, also
 * for those that were removed: only what its Status line calls installed, or half-installed and the like,
 * is there. The files of NAME are in info/NAME.list, of one that may stand beside its twin of another
 * architecture in info/NAME:ARCH.list. Images without a dpkg (distroless) have a stanza for each package in
 * status.d/, with the files in NAME.md5sums beside it. What a package lists at a diverted path lies where
 * the diversion says, unless it is the package that diverts. */
#include <stdio.h>
#include <string.h>

#include "analyzer/packages/kind.h"
#include "core/memory.h"
#include "core/table.h"

#define FOLDER "var/lib/dpkg"

/* "any" in place of a package: the diversion is the administrator's and holds for all. */
#define LOCAL_DIVERSION ":"

struct diversion {
    struct span from, to, package;
};

struct diversions {
    struct diversion *items;
    size_t count, capacity;
    struct table index; /* by `from` */
};

static bool wants(const char *folder, const char *name)
{
    struct span text = span_of_text(name);
    if (strcmp(folder, FOLDER) == 0)
        return strcmp(name, "status") == 0 || strcmp(name, "diversions") == 0;
    if (strcmp(folder, FOLDER "/info") == 0)
        return span_ends_with(text, ".list");
    return strcmp(folder, FOLDER "/status.d") == 0;
}

static bool diversion_matches(const void *context, uint32_t number, const void *key)
{
    const struct diversions *diversions = context;
    return span_equal(diversions->items[number].from, *(const struct span *)key);
}

static const struct diversion *find_diversion(const struct diversions *diversions,
                                              struct span path)
{
    uint32_t found = table_find(&diversions->index, table_hash(path.ptr, path.len, 0),
                                diversion_matches, diversions, &path);
    return found == TABLE_NONE ? NULL : &diversions->items[found];
}

/* Three lines each: the path, where it went, who diverts it. */
static void read_diversions(const struct package_reader *reader, struct diversions *diversions)
{
    const struct package_source *source =
        package_source_find(reader, "/" FOLDER "/diversions");
    struct span text = source ? source->text : span_of("", 0);
    struct diversion diversion;
    while (package_next_line(&text, &diversion.from) && package_next_line(&text, &diversion.to) &&
           package_next_line(&text, &diversion.package)) {
        if (find_diversion(diversions, diversion.from))
            continue;
        diversions->items = memory_grow(diversions->items, diversions->count,
                                        &diversions->capacity, sizeof *diversions->items);
        diversions->items[diversions->count] = diversion;
        table_add(&diversions->index, table_hash(diversion.from.ptr, diversion.from.len, 0),
                  (uint32_t)diversions->count++);
    }
}

struct stanza {
    struct span name, version, architecture, status;
};

/* Takes the next stanza off the text; false at its end. */
static bool next_stanza(struct span *text, struct stanza *ret_stanza)
{
    struct span line;
    bool any = false;
    *ret_stanza = (struct stanza){.name = {NULL, 0}};
    while (package_next_line(text, &line)) {
        if (!line.len && any)
            return true;
        any = any || line.len;
        if (!line.len || line.ptr[0] == ' ' || line.ptr[0] == '\t')
            continue;
        if (!package_field(line, "Package", &ret_stanza->name) &&
            !package_field(line, "Version", &ret_stanza->version) &&
            !package_field(line, "Architecture", &ret_stanza->architecture))
            package_field(line, "Status", &ret_stanza->status);
    }
    return any;
}

/* The third word of "install ok installed". Files are there from half-installed to installed. */
static bool is_there(struct span status)
{
    static const char *const states[] = {"installed",       "unpacked",
                                         "half-configured", "half-installed",
                                         "triggers-awaited", "triggers-pending"};
    while (status.len && status.ptr[status.len - 1] == ' ')
        status.len--;
    const char *space = status.len ? memrchr(status.ptr, ' ', status.len) : NULL;
    if (!space)
        return false;
    struct span state =
        span_of(space + 1, status.len - (size_t)(space + 1 - status.ptr));
    for (size_t i = 0; i < ARRAY_SIZE(states); i++)
        if (span_equals_text(state, states[i]))
            return true;
    return false;
}

static const struct package_source *find_list(const struct package_reader *reader,
                                              const struct stanza *stanza)
{
    cleanup_strbuf struct strbuf path = STRBUF_INIT;
    strbuf_addf(&path, "/" FOLDER "/info/%.*s:%.*s.list", (int)stanza->name.len,
                stanza->name.ptr, (int)stanza->architecture.len,
                stanza->architecture.len ? stanza->architecture.ptr : "");
    const struct package_source *found = package_source_find(reader, path.buf);
    if (found)
        return found;
    strbuf_reset(&path);
    strbuf_addf(&path, "/" FOLDER "/info/%.*s.list", (int)stanza->name.len, stanza->name.ptr);
    return package_source_find(reader, path.buf);
}

static void own_list(struct package_reader *reader, uint32_t package,
                     const struct stanza *stanza, struct span list,
                     const struct diversions *diversions)
{
    struct span path;
    while (package_next_line(&list, &path)) {
        const struct diversion *diversion = find_diversion(diversions, path);
        if (diversion && (span_equals_text(diversion->package, LOCAL_DIVERSION) ||
                          !span_equal(diversion->package, stanza->name)))
            path = diversion->to;
        package_owns(reader, package, NODE_ROOT, path);
    }
}

static void read_status(struct package_reader *reader, const struct package_source *source)
{
    struct diversions diversions = {.count = 0};
    struct span text = source->text;
    struct stanza stanza;
    read_diversions(reader, &diversions);
    while (next_stanza(&text, &stanza)) {
        if (!stanza.name.len) {
            package_warn(reader, source, "a stanza without a package is passed over");
            continue;
        }
        if (!is_there(stanza.status))
            continue;
        uint32_t package = package_add(reader, source, stanza.name, stanza.version,
                                       stanza.architecture);
        const struct package_source *list = find_list(reader, &stanza);
        if (list && package_source_take(reader, list))
            own_list(reader, package, &stanza, list->text, &diversions);
        else if (!list)
            package_warn(reader, source, "the list of files of '%.*s' is not there",
                         (int)stanza.name.len, stanza.name.ptr);
    }
    free(diversions.items);
    table_release(&diversions.index);
}

/* "d41d8cd98f00b204e9800998ecf8427e  usr/lib/os-release" */
static void own_checksums(struct package_reader *reader, uint32_t package, struct span text)
{
    struct span line;
    while (package_next_line(&text, &line)) {
        const char *space = line.len ? memchr(line.ptr, ' ', line.len) : NULL;
        if (!space)
            continue;
        size_t used = (size_t)(space - line.ptr);
        struct span path = package_trim(span_of(space, line.len - used));
        package_owns(reader, package, NODE_ROOT, path);
    }
}

static void read_single(struct package_reader *reader, const struct package_source *source)
{
    cleanup_strbuf struct strbuf path = STRBUF_INIT;
    struct span text = source->text;
    struct stanza stanza;
    while (next_stanza(&text, &stanza)) {
        /* nothing installs or removes there, so there need be no Status */
        if (!stanza.name.len || (stanza.status.len && !is_there(stanza.status)))
            continue;
        uint32_t package = package_add(reader, source, stanza.name, stanza.version,
                                       stanza.architecture);
        strbuf_reset(&path);
        strbuf_addf(&path, "%s.md5sums", source->path);
        const struct package_source *sums = package_source_find(reader, path.buf);
        if (sums && package_source_take(reader, sums))
            own_checksums(reader, package, sums->text);
        package_owns_record(reader, package);
    }
}

static void read_source(struct package_reader *reader, const struct package_source *source)
{
    struct span path = span_of_text(source->path);
    if (strcmp(source->path, "/" FOLDER "/status") == 0)
        read_status(reader, source);
    else if (span_starts_with(path, "/" FOLDER "/status.d/") && !span_ends_with(path, ".md5sums"))
        read_single(reader, source);
}

const struct package_kind package_kind_dpkg = {
    .name = "dpkg",
    .summary = "Debian, Ubuntu, distroless",
    .wants = wants,
    .read = read_source,
};
