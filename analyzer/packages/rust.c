/* What a Rust program was built from, where cargo-auditable built it: the section .dep-v0 holds, compressed
 * with zlib, {"packages": [{"name", "version", "root": true, ...}]}. The root owns the program. */
#include <string.h>
#include <zlib.h>

#include "analyzer/elf.h"
#include "analyzer/packages/kind.h"
#include "core/json.h"

static bool extract(struct span program, struct span *ret_record)
{
    return elf_section(program, ".dep-v0", ret_record);
}

/* False if it is damaged or longer than a document may be. */
static bool inflate_text(struct strbuf *out, struct span compressed, int64_t most)
{
    z_stream z = {.next_in = (Bytef *)(uintptr_t)compressed.ptr};
    char block[16 << 10];
    int status = Z_OK;
    if (compressed.len > UINT32_MAX || inflateInit(&z) != Z_OK)
        return false;
    z.avail_in = (uInt)compressed.len;
    while (status == Z_OK && (int64_t)out->len <= most) {
        z.next_out = (Bytef *)block;
        z.avail_out = sizeof block;
        status = inflate(&z, Z_NO_FLUSH);
        strbuf_add(out, block, sizeof block - z.avail_out);
    }
    inflateEnd(&z);
    return status == Z_STREAM_END && (int64_t)out->len <= most;
}

static uint32_t add(struct package_reader *reader, const struct package_source *source,
                    const json_t *item)
{
    return package_add(reader, source,
                       span_of_text(json_string_value(json_object_get(item, "name"))),
                       span_of_text(json_string_value(json_object_get(item, "version"))),
                       span_of("", 0));
}

static void add_all(struct package_reader *reader, const struct package_source *source,
                    const json_t *list)
{
    const json_t *item, *root = NULL;
    size_t index;
    json_array_foreach(list, index, item)
    {
        if (json_is_true(json_object_get(item, "root")) && !root)
            root = item;
    }
    const char *name = strrchr(source->path, '/') + 1;
    uint32_t program = root ? add(reader, source, root)
                            : package_add(reader, source, span_of_text(name), span_of("", 0),
                                          span_of("", 0));
    package_owns_record(reader, program);
    json_array_foreach(list, index, item)
    {
        const json_t *kind = json_object_get(item, "kind");
        bool only_builds = kind && json_is_string(kind) &&
                           strcmp(json_string_value(kind), "build") == 0;
        if (item != root && json_is_string(json_object_get(item, "name")) && !only_builds)
            package_set_within(reader, add(reader, source, item), program);
    }
}

static void read_source(struct package_reader *reader, const struct package_source *source)
{
    cleanup_strbuf struct strbuf text = STRBUF_INIT;
    cleanup_json json_t *document = NULL;
    struct error error = ERROR_INIT;
    int64_t most = limits_get(package_limits(reader), LIMIT_JSON_BYTES);
    if (!inflate_text(&text, source->text, most))
        error_set(&error, ERROR_INPUT, "the section .dep-v0 is damaged or over the limit "
                                       "json-bytes");
    else
        json_parse(&document, span_of(text.buf, text.len), &error);
    if (error.code != ERROR_NONE)
        package_warn(reader, source, "%s", error.text);
    else
        add_all(reader, source, json_object_get(document, "packages"));
    error_release(&error);
}

const struct package_kind package_kind_rust = {
    .name = "rust",
    .summary = "crates that Rust programs were built from, by cargo-auditable",
    .extract = extract,
    .read = read_source,
};
