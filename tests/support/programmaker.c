#include "programmaker.h"

#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

static void add_number(struct bytes *out, uint64_t value, size_t width)
{
    for (size_t i = 0; i < width; i++) {
        unsigned char byte = (unsigned char)(value >> 8 * i);
        bytes_add(out, &byte, 1);
    }
}

static void add_big(struct bytes *out, uint64_t value, size_t width)
{
    for (size_t i = width; i-- > 0;) {
        unsigned char byte = (unsigned char)(value >> 8 * i);
        bytes_add(out, &byte, 1);
    }
}

#define ELF_HEADER 64
#define SECTION_HEADER 64

static void add_section(struct bytes *out, uint32_t name, uint32_t type, uint64_t offset,
                        uint64_t size)
{
    add_number(out, name, 4);
    add_number(out, type, 4);
    add_number(out, 0, 8); /* flags */
    add_number(out, 0, 8); /* address */
    add_number(out, offset, 8);
    add_number(out, size, 8);
    add_number(out, 0, 8); /* link, info */
    add_number(out, 1, 8); /* alignment */
    add_number(out, 0, 8); /* size of an entry */
}

void make_program(struct bytes *out, const char *section, const void *content, size_t size)
{
    static const unsigned char ident[16] = {0x7f, 'E', 'L', 'F', 2, 1, 1};
    struct bytes names = BYTES_INIT;
    bytes_add_zeros(&names, 1);
    bytes_add(&names, section, strlen(section) + 1);
    uint64_t names_at = ELF_HEADER + size, headers_at = names_at + names.size;
    bytes_add(out, ident, sizeof ident);
    add_number(out, 2, 2);  /* a program */
    add_number(out, 62, 2); /* x86-64 */
    add_number(out, 1, 4);
    add_number(out, 0, 8); /* entry */
    add_number(out, 0, 8); /* no segments */
    add_number(out, headers_at, 8);
    add_number(out, 0, 4); /* flags */
    add_number(out, ELF_HEADER, 2);
    add_number(out, 56, 2);
    add_number(out, 0, 2);
    add_number(out, SECTION_HEADER, 2);
    add_number(out, 3, 2);
    add_number(out, 2, 2); /* which has the names */
    bytes_add(out, content, size);
    bytes_add(out, names.data, names.size);
    add_section(out, 0, 0, 0, 0);
    add_section(out, 1, 1, ELF_HEADER, size);
    add_section(out, 0, 3, names_at, names.size);
    bytes_release(&names);
}

static void add_counted(struct bytes *out, const void *text, size_t len)
{
    size_t left = len;
    do {
        unsigned char byte = (unsigned char)((left & 0x7f) | (left > 0x7f ? 0x80 : 0));
        bytes_add(out, &byte, 1);
        left >>= 7;
    } while (left);
    bytes_add(out, text, len);
}

void make_go_program(struct bytes *out, const char *modules)
{
    struct bytes info = BYTES_INIT, marked = BYTES_INIT;
    bytes_add_str(&info, "\xff Go buildinf:");
    add_number(&info, 8, 1);
    add_number(&info, 2, 1); /* the texts follow */
    bytes_add_zeros(&info, 16);
    add_counted(&info, "go1.22.1", strlen("go1.22.1"));
    bytes_add(&marked,
              "0w\xaf\x0c\x92t\x08\x02"
              "A\xe1\xc1\x07\xe6\xd6\x18\xe6",
              16);
    bytes_add_str(&marked, modules);
    bytes_add(&marked,
              "\xf9"
              "2C1\x86\x18 r\x00\x82"
              "B\x10"
              "A\x16\xd8\xf2",
              16);
    add_counted(&info, marked.data, marked.size);
    make_program(out, ".go.buildinfo", info.data, info.size);
    bytes_release(&info);
    bytes_release(&marked);
}

void make_rust_program(struct bytes *out, const char *json)
{
    uLongf size = compressBound(strlen(json));
    unsigned char *packed = malloc(size);
    if (!packed || compress(packed, &size, (const Bytef *)json, strlen(json)) != Z_OK)
        abort();
    make_program(out, ".dep-v0", packed, size);
    free(packed);
}

/* Headers of rpm. */

enum { INT32 = 4, STRING = 6, STRINGS = 8 };

struct rpm_header {
    struct bytes index, data;
};

static void add_tag(struct rpm_header *header, uint32_t tag, uint32_t type,
                    const void *value, size_t size)
{
    while (type == INT32 && header->data.size % 4)
        bytes_add_zeros(&header->data, 1);
    add_big(&header->index, tag, 4);
    add_big(&header->index, type, 4);
    add_big(&header->index, header->data.size, 4);
    add_big(&header->index, 1, 4);
    bytes_add(&header->data, value, size);
}

static void add_text(struct rpm_header *header, uint32_t tag, uint32_t type,
                     const char *text)
{
    add_tag(header, tag, type, text, strlen(text) + 1);
}

/* A package with one file. */
static void make_header(struct bytes *out, const char *name, const char *version,
                        bool epoch, const char *folder, const char *file)
{
    struct rpm_header header = {BYTES_INIT, BYTES_INIT};
    add_text(&header, 1000, STRING, name);
    add_text(&header, 1001, STRING, version);
    add_text(&header, 1002, STRING, epoch ? "3.fc40" : "1.fc40");
    if (epoch)
        add_tag(&header, 1003, INT32, "\0\0\0\1", 4);
    add_text(&header, 1022, STRING, "x86_64");
    add_tag(&header, 1116, INT32, "\0\0\0\0", 4);
    add_text(&header, 1117, STRINGS, file);
    add_text(&header, 1118, STRINGS, folder);
    add_big(out, header.index.size / 16, 4);
    add_big(out, header.data.size, 4);
    bytes_add(out, header.index.data, header.index.size);
    bytes_add(out, header.data.data, header.data.size);
    bytes_release(&header.index);
    bytes_release(&header.data);
}

static void make_headers(struct bytes ret_headers[2])
{
    make_header(&ret_headers[0], "bash", "5.2", true, "/usr/bin/", "bash");
    make_header(&ret_headers[1], "glibc", "2.39", false, "/usr/lib/", "libc.so");
}

/* SQLite: a page of the schema and a page of rows, cells from the end of each. */

#define PAGE 1024

static void add_varint(struct bytes *out, uint64_t value)
{
    if (value > 0x7f) {
        unsigned char high = (unsigned char)(0x80 | value >> 7);
        bytes_add(out, &high, 1);
    }
    add_number(out, value & 0x7f, 1);
}

static void add_cell(struct bytes *out, uint64_t rowid, const struct bytes *types,
                     const struct bytes *values)
{
    add_varint(out, 1 + types->size + values->size);
    add_varint(out, rowid);
    add_varint(out, 1 + types->size);
    bytes_add(out, types->data, types->size);
    bytes_add(out, values->data, values->size);
}

static void put_page(unsigned char *page, size_t head, const struct bytes *cells,
                     size_t count)
{
    struct bytes header = BYTES_INIT, pointers = BYTES_INIT;
    size_t at = PAGE;
    for (size_t i = 0; i < count; i++) {
        at -= cells[i].size;
        memcpy(page + at, cells[i].data, cells[i].size);
        add_big(&pointers, at, 2);
    }
    add_big(&header, 13, 1); /* a leaf of a table */
    add_big(&header, 0, 2);
    add_big(&header, count, 2);
    add_big(&header, at, 2);
    add_big(&header, 0, 1);
    memcpy(page + head, header.data, header.size);
    memcpy(page + head + header.size, pointers.data, pointers.size);
    bytes_release(&header);
    bytes_release(&pointers);
}

static void make_schema_row(struct bytes *out)
{
    static const char sql[] = "CREATE TABLE Packages(hnum INTEGER PRIMARY KEY, blob BLOB)";
    struct bytes types = BYTES_INIT, values = BYTES_INIT;
    add_varint(&types, 13 + 2 * 5);
    add_varint(&types, 13 + 2 * 8);
    add_varint(&types, 13 + 2 * 8);
    add_varint(&types, 1);
    add_varint(&types, 13 + 2 * (sizeof sql - 1));
    bytes_add_str(&values, "tablePackagesPackages");
    add_big(&values, 2, 1);
    bytes_add_str(&values, sql);
    add_cell(out, 1, &types, &values);
    bytes_release(&types);
    bytes_release(&values);
}

void make_rpm_sqlite(struct bytes *out)
{
    struct bytes headers[2] = {BYTES_INIT, BYTES_INIT}, cells[2] = {BYTES_INIT, BYTES_INIT};
    struct bytes schema = BYTES_INIT, head = BYTES_INIT;
    unsigned char *pages = bytes_extend(out, 2 * (size_t)PAGE);
    memset(pages, 0, 2 * (size_t)PAGE);
    bytes_add(&head, "SQLite format 3", 16);
    add_big(&head, PAGE, 2);
    bytes_add(&head, "\1\1\0\100\40\40", 6);
    add_big(&head, 1, 4);
    add_big(&head, 2, 4); /* pages */
    bytes_add_zeros(&head, 8);
    add_big(&head, 1, 4);
    add_big(&head, 4, 4);
    bytes_add_zeros(&head, 8);
    add_big(&head, 1, 4); /* UTF-8 */
    memcpy(pages, head.data, head.size);
    make_schema_row(&schema);
    put_page(pages, 100, &schema, 1);
    make_headers(headers);
    for (size_t i = 0; i < 2; i++) {
        struct bytes types = BYTES_INIT;
        add_varint(&types, 0); /* hnum is the rowid */
        add_varint(&types, 12 + 2 * headers[i].size);
        add_cell(&cells[i], i + 1, &types, &headers[i]);
        bytes_release(&types);
        bytes_release(&headers[i]);
    }
    put_page(pages + PAGE, 0, cells, 2);
    bytes_release(&cells[0]);
    bytes_release(&cells[1]);
    bytes_release(&schema);
    bytes_release(&head);
}

#define NDB_PAGE 4096

void make_rpm_ndb(struct bytes *out)
{
    struct bytes headers[2] = {BYTES_INIT, BYTES_INIT}, blobs = BYTES_INIT,
                 slots = BYTES_INIT;
    make_headers(headers);
    bytes_add_str(&slots, "RpmP");
    add_number(&slots, 0, 4);
    add_number(&slots, 1, 4); /* generation */
    add_number(&slots, 1, 4); /* pages of slots */
    add_number(&slots, 3, 4); /* next package */
    bytes_add_zeros(&slots, 12);
    for (uint32_t i = 0; i < 2; i++) {
        size_t at = NDB_PAGE + blobs.size;
        bytes_add_str(&blobs, "BlbS");
        add_number(&blobs, i + 1, 4);
        add_number(&blobs, 1, 4);
        add_number(&blobs, headers[i].size, 4);
        bytes_add(&blobs, headers[i].data, headers[i].size);
        bytes_add_zeros(&blobs, 12); /* checksum, length, "BlbE": not looked at */
        bytes_add_zeros(&blobs, (16 - blobs.size % 16) % 16);
        bytes_add_str(&slots, "Slot");
        add_number(&slots, i + 1, 4);
        add_number(&slots, at / 16, 4);
        add_number(&slots, (NDB_PAGE + blobs.size - at) / 16, 4);
        bytes_release(&headers[i]);
    }
    bytes_add(out, slots.data, slots.size);
    bytes_add_zeros(out, NDB_PAGE - slots.size);
    bytes_add(out, blobs.data, blobs.size);
    bytes_release(&slots);
    bytes_release(&blobs);
}
