/* IMG215-221: accounts in /etc/passwd, /etc/group and /etc/shadow. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "analyzer/accounts.h"
#include "analyzer/checks.h"
#include "core/escape.h"
#include "core/memory.h"

/* A row of passwd or group, to be sorted by name or by number. */
struct row {
    struct span name;
    int64_t number;
    uint32_t line;
};

struct rows {
    struct row *items;
    size_t count, capacity;
};

/* Of a file: where it is, and the rules about it. */
struct account_file {
    const char *path;
    enum finding_rule same_number, same_name;
};

static void read_rows(struct rows *rows, struct span text)
{
    struct account account;
    size_t position = 0;
    uint32_t line = 0;
    int64_t number;
    while (account_next(&account, text, &position, &line, 3)) {
        /* "+" and "-" ask another database */
        if (strchr("+-", account.fields[0].ptr[0]) ||
            !account_number(account.fields[2], &number))
            continue;
        rows->items = memory_grow(rows->items, rows->count, &rows->capacity, sizeof *rows->items);
        rows->items[rows->count++] =
            (struct row){.name = account.fields[0], .number = number, .line = account.line};
    }
}

static int compare_lines(const struct row *left, const struct row *right)
{
    return left->line < right->line ? -1 : left->line > right->line;
}

static int compare_numbers(const void *a, const void *b)
{
    const struct row *left = a, *right = b;
    if (left->number != right->number)
        return left->number < right->number ? -1 : 1;
    return compare_lines(left, right);
}

static int compare_names(const void *a, const void *b)
{
    const struct row *left = a, *right = b;
    size_t len = left->name.len < right->name.len ? left->name.len : right->name.len;
    int order = memcmp(left->name.ptr, right->name.ptr, len);
    if (order)
        return order;
    if (left->name.len != right->name.len)
        return left->name.len < right->name.len ? -1 : 1;
    return compare_lines(left, right);
}

static void add_name(struct strbuf *out, struct span name)
{
    strbuf_add_char(out, '\'');
    escape_for_terminal(out, span_of(name.ptr, name.len < 64 ? name.len : 64));
    strbuf_add_char(out, '\'');
}

static void find_same_numbers(const struct check_run *run, const struct account_file *file,
                              struct rows *rows, uint32_t layer)
{
    qsort(rows->items, rows->count, sizeof *rows->items, compare_numbers);
    for (size_t i = 1; i < rows->count; i++) {
        const struct row *one = &rows->items[i - 1], *other = &rows->items[i];
        cleanup_strbuf struct strbuf detail = STRBUF_INIT;
        if (one->number != other->number || span_equal(one->name, other->name))
            continue;
        add_name(&detail, one->name);
        strbuf_add_text(&detail, " and ");
        add_name(&detail, other->name);
        strbuf_addf(&detail, " are both %" PRId64, one->number);
        check_report(run, file->same_number, layer, file->path, -1, NULL, detail.buf);
    }
}

static void find_same_names(const struct check_run *run, const struct account_file *file,
                            struct rows *rows, uint32_t layer)
{
    qsort(rows->items, rows->count, sizeof *rows->items, compare_names);
    for (size_t i = 1; i < rows->count; i++) {
        const struct row *one = &rows->items[i - 1], *other = &rows->items[i];
        cleanup_strbuf struct strbuf detail = STRBUF_INIT;
        if (!span_equal(one->name, other->name))
            continue;
        add_name(&detail, one->name);
        strbuf_addf(&detail, " in lines %" PRIu32 " and %" PRIu32, one->line, other->line);
        check_report(run, file->same_name, layer, file->path, -1, NULL, detail.buf);
    }
}

static void check_ids(const struct check_run *run, const struct account_file *file)
{
    struct rows rows = {.items = NULL};
    uint32_t layer = NO_LAYER;
    struct span text = check_content(run, file->path, &layer);
    if (!text.ptr)
        return;
    read_rows(&rows, text);
    if (rows.count) {
        find_same_numbers(run, file, &rows, layer);
        find_same_names(run, file, &rows, layer);
    }
    free(rows.items);
}

static void check_second_roots(const struct check_run *run)
{
    static const char path[] = "/etc/passwd";
    struct account account;
    size_t position = 0;
    uint32_t line = 0, layer = NO_LAYER;
    int64_t uid;
    struct span text = check_content(run, path, &layer);
    while (text.ptr && account_next(&account, text, &position, &line, 3)) {
        cleanup_strbuf struct strbuf detail = STRBUF_INIT;
        if (!account_number(account.fields[2], &uid) || uid ||
            span_equals_text(account.fields[0], "root"))
            continue;
        add_name(&detail, account.fields[0]);
        check_report(run, FINDING_SECOND_ROOT, layer, path, -1, NULL, detail.buf);
    }
}

/* crypt(5): "$6$...", "_J9..", or the 13 characters of DES. "*", "!", "x" and the like let nobody in. */
static bool is_hash(struct span password)
{
    if (password.len && (password.ptr[0] == '$' || password.ptr[0] == '_'))
        return password.len >= 13;
    return password.len == 13 && !memchr(password.ptr, '*', 13) && !memchr(password.ptr, '!', 13);
}

static void check_passwords(const struct check_run *run, const char *path)
{
    struct account account;
    size_t position = 0;
    uint32_t line = 0, layer = NO_LAYER;
    struct span text = check_content(run, path, &layer);
    while (text.ptr && account_next(&account, text, &position, &line, 2)) {
        cleanup_strbuf struct strbuf detail = STRBUF_INIT;
        struct span password = account.fields[1];
        char fingerprint[FINGERPRINT_TEXT_MAX];
        if (strchr("+-", account.fields[0].ptr[0]))
            continue;
        add_name(&detail, account.fields[0]);
        if (!password.len) {
            check_report(run, FINDING_EMPTY_PASSWORD, layer, path, -1, NULL, detail.buf);
        } else if (is_hash(password)) {
            secret_fingerprint(fingerprint, password);
            strbuf_addf(&detail, " <redacted:%s>", fingerprint);
            check_report(run, FINDING_PASSWORD_HASH, layer, path, (int64_t)password.len,
                         fingerprint, detail.buf);
        }
    }
}

static void run_accounts(const struct check_run *run)
{
    static const struct account_file passwd = {"/etc/passwd", FINDING_DUPLICATE_UID,
                                               FINDING_DUPLICATE_USER};
    static const struct account_file group = {"/etc/group", FINDING_DUPLICATE_GID,
                                              FINDING_DUPLICATE_GROUP};
    check_ids(run, &passwd);
    check_ids(run, &group);
    check_second_roots(run);
    check_passwords(run, "/etc/passwd");
    check_passwords(run, "/etc/shadow");
    check_passwords(run, "/etc/master.passwd");
}

const struct check check_accounts = {.run = run_accounts};
