/* apk of Alpine and Wolfi. lib/apk/db/installed has a paragraph for each package, of lines X:VALUE: P its
 * name, V its version, A its architecture, F a folder, R a file in the folder named last. */
#include <string.h>

#include "analyzer/packages/kind.h"

static bool wants(const char *folder, const char *name)
{
    return strcmp(name, "installed") == 0 &&
           (strcmp(folder, "lib/apk/db") == 0 || strcmp(folder, "usr/lib/apk/db") == 0);
}

/* A paragraph ahead: its package is known before its files are claimed, whatever their order. */
struct paragraph {
    struct span name, version, architecture, text;
};

static bool next_paragraph(struct span *text, struct paragraph *ret_paragraph)
{
    struct span line;
    const char *start = text->ptr;
    bool any = false;
    *ret_paragraph = (struct paragraph){.name = {NULL, 0}};
    while (package_next_line(text, &line)) {
        if (!line.len && any)
            break;
        any = any || line.len;
        if (line.len < 2 || line.ptr[1] != ':')
            continue;
        struct span value = span_of(line.ptr + 2, line.len - 2);
        if (line.ptr[0] == 'P')
            ret_paragraph->name = value;
        else if (line.ptr[0] == 'V')
            ret_paragraph->version = value;
        else if (line.ptr[0] == 'A')
            ret_paragraph->architecture = value;
    }
    if (any)
        ret_paragraph->text = span_of(start, (size_t)(text->ptr - start));
    return any;
}

/* The folder by way of a last name ".", so that a symlink there is followed. */
static uint32_t find_folder(struct package_reader *reader, struct span path)
{
    cleanup_strbuf struct strbuf folder = STRBUF_INIT;
    strbuf_add(&folder, path.ptr, path.len);
    strbuf_add_text(&folder, "/.");
    return package_lookup(reader, NODE_ROOT, span_of(folder.buf, folder.len));
}

static void own_files(struct package_reader *reader, uint32_t package, struct span text)
{
    struct span line;
    uint32_t folder = NODE_ROOT;
    while (package_next_line(&text, &line)) {
        if (line.len < 2 || line.ptr[1] != ':')
            continue;
        struct span value = span_of(line.ptr + 2, line.len - 2);
        if (line.ptr[0] == 'F')
            folder = find_folder(reader, value);
        else if (line.ptr[0] == 'R' && folder != NODE_NONE)
            package_owns(reader, package, folder, value);
    }
}

static void read_installed(struct package_reader *reader, const struct package_source *source)
{
    struct span text = source->text;
    struct paragraph paragraph;
    while (next_paragraph(&text, &paragraph)) {
        if (!paragraph.name.len) {
            package_warn(reader, source, "a paragraph without a package is passed over");
            continue;
        }
        uint32_t package = package_add(reader, source, paragraph.name, paragraph.version,
                                       paragraph.architecture);
        own_files(reader, package, paragraph.text);
    }
}

const struct package_kind package_kind_apk = {
    .name = "apk",
    .summary = "Alpine, Wolfi",
    .wants = wants,
    .read = read_installed,
};
