#include "analyzer/sqlite.h"

#include <stdlib.h>
#include <string.h>

#include "core/memory.h"
#include "core/strbuf.h"

#define MAGIC "SQLite format 3"
#define FILE_HEADER_BYTES 100
#define LEAF_TABLE 13
#define INTERIOR_TABLE 5

struct database {
    struct span file;
    size_t page_bytes;
    size_t usable;
    size_t page_count;
    bool *seen; /* by page */
    struct error *err;
};

static const unsigned char *bytes_of(struct span text)
{
    return (const unsigned char *)text.ptr;
}

static uint32_t big_endian(const unsigned char *bytes, size_t len)
{
    uint32_t value = 0;
    for (size_t i = 0; i < len; i++)
        value = value << 8 | bytes[i];
    return value;
}

/* A number of 1 to 9 bytes; returns how many, 0 if they are not there. */
static size_t read_varint(struct span text, uint64_t *ret_value)
{
    uint64_t value = 0;
    for (size_t i = 0; i < 9 && i < text.len; i++) {
        unsigned char byte = bytes_of(text)[i];
        if (i == 8) {
            *ret_value = value << 8 | byte;
            return 9;
        }
        value = value << 7 | (byte & 0x7f);
        if (!(byte & 0x80)) {
            *ret_value = value;
            return i + 1;
        }
    }
    return 0;
}

static bool take_varint(struct span *text, uint64_t *ret_value)
{
    size_t len = read_varint(*text, ret_value);
    *text = span_of(text->ptr + len, text->len - len);
    return len > 0;
}

static int damaged(struct database *database, const char *what, uint32_t page)
{
    return error_set(database->err, ERROR_INPUT, "page %u of the database: %s", page, what);
}

/* A page that was not met before; pages count from 1. */
static int take_page(struct database *database, uint32_t number, struct span *ret_page)
{
    if (number == 0 || number > database->page_count)
        return damaged(database, "is not there", number);
    if (database->seen[number - 1])
        return damaged(database, "is referred to twice", number);
    database->seen[number - 1] = true;
    *ret_page =
        span_of(database->file.ptr + (number - 1) * database->page_bytes, database->usable);
    return 0;
}

/* The payload of a cell: what is in the page, then a chain of pages. */
static int read_payload(struct database *database, uint32_t page, struct span cell, uint64_t len,
                        struct strbuf *payload)
{
    size_t usable = database->usable;
    size_t most = usable - 35, least = (usable - 12) * 32 / 255 - 23;
    if (len > database->file.len)
        return damaged(database, "a row is longer than the file", page);
    size_t local = (size_t)len;
    if (len > most) {
        size_t fit = least + ((size_t)len - least) % (usable - 4);
        local = fit <= most ? fit : least;
    }
    bool overflows = local < len;
    if (cell.len < local + (overflows ? 4 : 0))
        return damaged(database, "a row leaves its page", page);
    strbuf_reset(payload);
    strbuf_add(payload, cell.ptr, local);
    uint32_t next = overflows ? big_endian(bytes_of(cell) + local, 4) : 0;
    while (payload->len < len) {
        struct span more = {.ptr = NULL};
        if (take_page(database, next, &more) < 0)
            return -1;
        size_t part = (size_t)len - payload->len;
        part = part < usable - 4 ? part : usable - 4;
        strbuf_add(payload, more.ptr + 4, part);
        next = big_endian(bytes_of(more), 4);
    }
    return 0;
}

static bool read_value(uint64_t type, struct span *body, struct sqlite_value *ret_value)
{
    static const size_t lengths[] = {0, 1, 2, 3, 4, 6, 8, 8, 0, 0};
    uint64_t len = type < 10 ? lengths[type] : type < 12 ? 0 : (type - 12) / 2;
    if (len > body->len)
        return false;
    struct span bytes = span_of(body->ptr, (size_t)len);
    *body = span_of(body->ptr + len, body->len - (size_t)len);
    *ret_value = (struct sqlite_value){.type = SQLITE_NULL};
    if (type >= 12) {
        ret_value->type = type % 2 ? SQLITE_TEXT : SQLITE_BLOB;
        ret_value->bytes = bytes;
    } else if (type == 7) {
        ret_value->type = SQLITE_REAL;
    } else if (type >= 1 && type <= 9) {
        ret_value->type = SQLITE_INTEGER;
        uint64_t value = type == 9 || (len && (bytes_of(bytes)[0] & 0x80) && type < 7);
        if (type < 7) {
            value = value ? UINT64_MAX : 0;
            for (size_t i = 0; i < bytes.len; i++)
                value = value << 8 | bytes_of(bytes)[i];
        }
        ret_value->integer = (int64_t)value;
    }
    return true;
}

static int tell_row(struct database *database, uint32_t page, const struct strbuf *payload,
                    sqlite_row *row, void *context)
{
    struct sqlite_value values[SQLITE_COLUMNS_MOST];
    struct span record = span_of(payload->buf, payload->len);
    struct span types = record;
    uint64_t head, type;
    size_t count = 0;
    if (!take_varint(&types, &head) || head > record.len ||
        head < (size_t)(types.ptr - record.ptr))
        return damaged(database, "a row has no header", page);
    types.len = (size_t)head - (size_t)(types.ptr - record.ptr);
    struct span body = span_of(record.ptr + head, record.len - (size_t)head);
    while (types.len && count < SQLITE_COLUMNS_MOST) {
        if (!take_varint(&types, &type) || !read_value(type, &body, &values[count]))
            return damaged(database, "a value leaves its row", page);
        count++;
    }
    row(context, values, count);
    return 0;
}

static int read_leaf(struct database *database, uint32_t number, struct span page, size_t head,
                     sqlite_row *row, void *context)
{
    cleanup_strbuf struct strbuf payload = STRBUF_INIT;
    size_t cells = big_endian(bytes_of(page) + head + 3, 2);
    if (head + 8 + 2 * cells > page.len)
        return damaged(database, "has more cells than fit", number);
    size_t told = 0;
    for (size_t i = 0; i < cells; i++) {
        size_t offset = big_endian(bytes_of(page) + head + 8 + 2 * i, 2);
        uint64_t len, rowid;
        if (offset >= page.len)
            return damaged(database, "a cell lies outside", number);
        struct span cell = span_of(page.ptr + offset, page.len - offset);
        if (!take_varint(&cell, &len) || !take_varint(&cell, &rowid) ||
            read_payload(database, number, cell, len, &payload) < 0 ||
            tell_row(database, number, &payload, row, context) < 0)
            return damaged(database, "has a damaged cell", number);
        /* cells may not overlap: together they are no longer than the page */
        told += payload.len < cell.len ? payload.len : 0;
        if (told > page.len)
            return damaged(database, "has cells that overlap", number);
    }
    return 0;
}

/* Adds an interior page's children so that the first comes off the stack first. */
static int add_children(struct database *database, uint32_t number, struct span page, size_t head,
                        uint32_t **stack, size_t *count, size_t *capacity)
{
    size_t cells = big_endian(bytes_of(page) + head + 3, 2);
    if (head + 12 + 2 * cells > page.len)
        return damaged(database, "has more cells than fit", number);
    for (size_t i = cells + 1; i-- > 0;) {
        const unsigned char *child = bytes_of(page) + head + 8;
        if (i < cells) {
            size_t offset = big_endian(bytes_of(page) + head + 12 + 2 * i, 2);
            if (offset + 4 > page.len)
                return damaged(database, "a cell lies outside", number);
            child = bytes_of(page) + offset;
        }
        *stack = memory_grow(*stack, *count, capacity, sizeof **stack);
        (*stack)[(*count)++] = big_endian(child, 4);
    }
    return 0;
}

static int walk_tree(struct database *database, uint32_t root, sqlite_row *row, void *context)
{
    uint32_t *stack = NULL;
    size_t count = 0, capacity = 0;
    int result = 0;
    stack = memory_grow(stack, count, &capacity, sizeof *stack);
    stack[count++] = root;
    while (count && result == 0) {
        uint32_t number = stack[--count];
        size_t head = number == 1 ? FILE_HEADER_BYTES : 0;
        struct span page;
        result = take_page(database, number, &page);
        if (result < 0)
            break;
        if (bytes_of(page)[head] == LEAF_TABLE)
            result = read_leaf(database, number, page, head, row, context);
        else if (bytes_of(page)[head] == INTERIOR_TABLE)
            result = add_children(database, number, page, head, &stack, &count, &capacity);
        else
            result = damaged(database, "belongs to no table", number);
    }
    free(stack);
    return result;
}

static int open_database(struct database *database, struct span file, struct error *err)
{
    *database = (struct database){.file = file, .err = err};
    if (file.len < 512 || memcmp(file.ptr, MAGIC, sizeof MAGIC) != 0)
        return error_set(err, ERROR_INPUT, "is no SQLite database");
    size_t page_bytes = big_endian(bytes_of(file) + 16, 2);
    page_bytes = page_bytes == 1 ? 65536 : page_bytes;
    size_t reserved = bytes_of(file)[20];
    if (page_bytes < 512 || page_bytes & (page_bytes - 1) || page_bytes - reserved < 480)
        return error_set(err, ERROR_INPUT, "its page size is none of SQLite");
    database->page_bytes = page_bytes;
    database->usable = page_bytes - reserved;
    database->page_count = file.len / page_bytes;
    database->seen = memory_alloc_zero(database->page_count, sizeof(bool));
    return 0;
}

/* The schema: type, name, tbl_name, rootpage, sql. */
struct search {
    const char *table;
    uint32_t root;
};

static void look_for_table(void *context, const struct sqlite_value *values, size_t count)
{
    struct search *search = context;
    if (count >= 4 && values[0].type == SQLITE_TEXT && values[1].type == SQLITE_TEXT &&
        values[3].type == SQLITE_INTEGER && span_equals_text(values[0].bytes, "table") &&
        span_equals_text(values[1].bytes, search->table) && values[3].integer > 0 &&
        values[3].integer <= UINT32_MAX)
        search->root = (uint32_t)values[3].integer;
}

int sqlite_read_table(struct span file, const char *table, sqlite_row *row, void *context,
                      struct error *err)
{
    struct database database;
    struct search search = {.table = table};
    if (open_database(&database, file, err) < 0)
        return -1;
    int result = walk_tree(&database, 1, look_for_table, &search);
    if (result == 0 && !search.root)
        result = error_set(err, ERROR_INPUT, "has no table '%s'", table);
    if (result == 0)
        result = walk_tree(&database, search.root, row, context);
    free(database.seen);
    return result;
}
