/* What a Go program was built from: since Go 1.18 its build information lies in the program as text, in the
 * section .go.buildinfo or at the start of the data. Behind 32 bytes ("\xff Go buildinf:", the width of a
 * pointer, flags) come two texts, each after its length: the version of Go, and lines "path", "mod", "dep",
 * "=>" (which replaces the line above) and "build", the words parted by tabs, all of it between two marks of
 * 16 bytes. The main module owns the program; what it was built with is within. */
#include <string.h>

#include "analyzer/elf.h"
#include "analyzer/packages/kind.h"

#define MAGIC "\xff Go buildinf:"
#define MAGIC_BYTES 14
#define HEAD_BYTES 32
#define ALIGNMENT 16
#define FLAGS_AT 15
#define FLAG_INLINE 2
#define MARK_BYTES 16

/* So much of the data is looked through, as Go's own reader does. */
#define SEARCHED_BYTES ((size_t)64 << 10)

/* A length of up to ten bytes of seven bits, lowest first. */
static bool take_text(struct span *from, struct span *ret_text)
{
    uint64_t len = 0;
    size_t i = 0;
    for (; i < from->len && i < 10; i++) {
        unsigned char byte = (unsigned char)from->ptr[i];
        len |= (uint64_t)(byte & 0x7f) << (i < 9 ? 7 * i : 63);
        if (!(byte & 0x80))
            break;
    }
    if (i >= from->len || i == 10 || len > from->len - i - 1)
        return false;
    *ret_text = span_of(from->ptr + i + 1, (size_t)len);
    *from = span_of(ret_text->ptr + len, from->len - i - 1 - (size_t)len);
    return true;
}

/* From the magic to the end of the second text. */
static bool find_info(struct span part, struct span *ret_record)
{
    for (size_t at = 0; at < SEARCHED_BYTES && at + HEAD_BYTES <= part.len; at += ALIGNMENT) {
        struct span texts = span_of(part.ptr + at + HEAD_BYTES, part.len - at - HEAD_BYTES);
        struct span version, modules;
        if (memcmp(part.ptr + at, MAGIC, MAGIC_BYTES) != 0)
            continue;
        if (!(part.ptr[at + FLAGS_AT] & FLAG_INLINE) || !take_text(&texts, &version) ||
            !take_text(&texts, &modules))
            return false; /* of an older Go: pointers into the program */
        *ret_record = span_of(part.ptr + at, (size_t)(texts.ptr - part.ptr) - at);
        return true;
    }
    return false;
}

static bool extract(struct span program, struct span *ret_record)
{
    struct span part;
    if (elf_section(program, ".go.buildinfo", &part))
        return find_info(part, ret_record);
    return elf_data_segment(program, &part) && find_info(part, ret_record);
}

/* The words of a line. */
struct words {
    struct span items[4];
};

static struct words split_line(struct span line)
{
    struct words words = {.items = {{"", 0}, {"", 0}, {"", 0}, {"", 0}}};
    for (size_t i = 0; i < 4 && line.ptr; i++) {
        const char *tab = line.len ? memchr(line.ptr, '\t', line.len) : NULL;
        size_t len = tab ? (size_t)(tab - line.ptr) : line.len;
        words.items[i] = span_of(line.ptr, len);
        line = tab ? span_of(tab + 1, line.len - len - 1) : span_of(NULL, 0);
    }
    return words;
}

static uint32_t add_main(struct package_reader *reader, const struct package_source *source,
                         struct span modules)
{
    struct span line, name = {"", 0}, version = {"", 0};
    while (package_next_line(&modules, &line)) {
        struct words words = split_line(line);
        if (span_equals_text(words.items[0], "mod") && words.items[1].len) {
            name = words.items[1];
            version = words.items[2];
        } else if (span_equals_text(words.items[0], "path") && !name.len) {
            name = words.items[1];
        }
    }
    if (!name.len)
        name = span_of_text(strrchr(source->path, '/') + 1);
    uint32_t package = package_add(reader, source, name, version, span_of("", 0));
    package_owns_record(reader, package);
    return package;
}

static void add_dependency(struct package_reader *reader, const struct package_source *source,
                           uint32_t main, const struct words *words)
{
    if (words->items[1].len)
        package_set_within(reader,
                           package_add(reader, source, words->items[1], words->items[2],
                                       span_of("", 0)),
                           main);
}

static void read_source(struct package_reader *reader, const struct package_source *source)
{
    struct span texts = span_of(source->text.ptr + HEAD_BYTES, source->text.len - HEAD_BYTES);
    struct span go = {"", 0}, modules = {"", 0}, line;
    if (!take_text(&texts, &go) || !take_text(&texts, &modules))
        return; /* `extract` saw both */
    if (modules.len > 2 * MARK_BYTES)
        modules = span_of(modules.ptr + MARK_BYTES, modules.len - 2 * MARK_BYTES);
    uint32_t main = add_main(reader, source, modules);
    if (go.len)
        package_set_within(
            reader, package_add(reader, source, span_of_text("stdlib"), go, span_of("", 0)), main);
    struct words waiting = {.items = {{"", 0}, {"", 0}, {"", 0}, {"", 0}}};
    while (package_next_line(&modules, &line)) {
        struct words words = split_line(line);
        bool replaces = span_equals_text(words.items[0], "=>");
        if (!replaces)
            add_dependency(reader, source, main, &waiting);
        else if (!waiting.items[1].len)
            continue; /* replaces the main module */
        waiting = (struct words){.items = {{"", 0}, {"", 0}, {"", 0}, {"", 0}}};
        if (replaces)
            add_dependency(reader, source, main, &words);
        else if (span_equals_text(words.items[0], "dep"))
            waiting = words;
    }
    add_dependency(reader, source, main, &waiting);
}

const struct package_kind package_kind_go = {
    .name = "go",
    .summary = "modules that Go programs were built from",
    .extract = extract,
    .read = read_source,
};
