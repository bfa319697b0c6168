#include "analyzer/lint/baseline.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/digest.h"
#include "core/json.h"
#include "core/memory.h"
#include "core/strbuf.h"

#define SCHEMA "ullage.lint-baseline/1"
#define PRINT_BYTES 16 /* of the SHA-256: 128 bits are never met twice by chance */
#define PRINT_LEN ((size_t)2 * PRINT_BYTES)

const char *lint_finding_key(struct arena *arena, const struct lint_result *result,
                             const struct lint_finding *finding)
{
    struct span line = lint_result_line(result, lint_result_place(result, finding->begin).line);
    cleanup_strbuf struct strbuf key = STRBUF_INIT;
    const char *file = result->file;
    while (strncmp(file, "./", 2) == 0)
        file += 2;
    strbuf_addf(&key, "%s:", file);
    for (size_t i = 0; i < line.len; i++)
        if (line.ptr[i] != ' ' && line.ptr[i] != '\t' && line.ptr[i])
            strbuf_add_char(&key, line.ptr[i]);
    return arena_dup(arena, key.buf, key.len);
}

/* A finding on its way to its fingerprint. */
struct known {
    const struct lint_finding *finding;
    const struct lint_result *result;
    const char *key;
    size_t order;
    char print[PRINT_LEN + 1];
};

static int compare_alike(const void *a, const void *b)
{
    const struct known *left = a, *right = b;
    int order = strcmp(left->finding->code, right->finding->code);
    if (!order)
        order = strcmp(left->key, right->key);
    return order ? order : (left->order > right->order) - (left->order < right->order);
}

static int compare_orders(const void *a, const void *b)
{
    const struct known *left = a, *right = b;
    return (left->order > right->order) - (left->order < right->order);
}

static int compare_prints(const void *a, const void *b)
{
    const struct known *left = a, *right = b;
    int order = strcmp(left->result->file, right->result->file);
    if (!order)
        order = strcmp(left->finding->code, right->finding->code);
    return order ? order : strcmp(left->print, right->print);
}

static void make_print(struct known *known, size_t repeat)
{
    struct digester digester;
    struct digest digest;
    char text[DIGEST_TEXT_MAX], number[24];
    digester_start(&digester, DIGEST_SHA256);
    digester_add(&digester, known->finding->code, strlen(known->finding->code) + 1);
    digester_add(&digester, known->key, strlen(known->key) + 1);
    snprintf(number, sizeof number, "%zu", repeat);
    digester_add(&digester, number, strlen(number));
    digester_finish(&digester, &digest);
    digest_format(&digest, text);
    memcpy(known->print, strchr(text, ':') + 1, PRINT_LEN);
    known->print[PRINT_LEN] = '\0';
}

/* All findings of one result with their fingerprints, in their order. */
static void add_known(struct known *list, struct arena *arena, const struct lint_result *result)
{
    for (size_t i = 0; i < result->count; i++)
        list[i] = (struct known){
            .finding = &result->items[i],
            .result = result,
            .key = lint_finding_key(arena, result, &result->items[i]),
            .order = i,
        };
    if (result->count)
        qsort(list, result->count, sizeof *list, compare_alike);
    for (size_t i = 0, repeat = 0; i < result->count; i++) {
        bool again = i && strcmp(list[i - 1].finding->code, list[i].finding->code) == 0 &&
                     strcmp(list[i - 1].key, list[i].key) == 0;
        repeat = again ? repeat + 1 : 0;
        make_print(&list[i], repeat);
    }
    if (result->count)
        qsort(list, result->count, sizeof *list, compare_orders);
}

static int compare_texts(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

void lint_baseline_drop(const struct lint_baseline *baseline, struct lint_result *result)
{
    struct known *list = memory_alloc_zero(result->count + 1, sizeof *list);
    struct arena arena = {0};
    size_t kept = 0;
    add_known(list, &arena, result);
    for (size_t i = 0; i < result->count; i++) {
        const char *print = list[i].print;
        if (!baseline->prints.count || !bsearch(&print, baseline->prints.items, baseline->prints.count,
                                                sizeof(char *), compare_texts))
            result->items[kept++] = result->items[i];
    }
    result->count = kept;
    result->refused = false;
    for (size_t i = 0; i < kept; i++)
        result->refused = result->refused || strcmp(result->items[i].code, "DL1000") == 0;
    free(list);
    arena_release(&arena);
}

static void write_rows(struct json_writer *json, const struct known *list, size_t count)
{
    json_open_object(json);
    json_add_text(json, "schema", SCHEMA);
    json_key(json, "findings");
    json_open_array(json);
    for (size_t i = 0; i < count; i++) {
        cleanup_strbuf struct strbuf row = STRBUF_INIT;
        strbuf_addf(&row, "%s %s %s", list[i].print, list[i].finding->code, list[i].result->file);
        json_text_span(json, span_of(row.buf, row.len));
    }
    json_close_array(json);
    json_close_object(json);
    json_newline(json);
}

int lint_baseline_write(const struct lint_result *const *results, size_t count,
                        const struct sink *sink, struct error *err)
{
    struct arena arena = {0};
    struct json_writer json;
    size_t total = 0, at = 0;
    for (size_t i = 0; i < count; i++)
        total += results[i]->count;
    struct known *list = memory_alloc_zero(total + 1, sizeof *list);
    for (size_t i = 0; i < count; i++) {
        add_known(list + at, &arena, results[i]);
        at += results[i]->count;
    }
    if (total)
        qsort(list, total, sizeof *list, compare_prints);
    json_writer_start(&json, *sink, false);
    write_rows(&json, list, total);
    free(list);
    arena_release(&arena);
    return json_writer_finish(&json, err);
}

static bool is_print(const char *text)
{
    return strspn(text, "0123456789abcdef") == PRINT_LEN &&
           (text[PRINT_LEN] == '\0' || text[PRINT_LEN] == ' ');
}

static int read_rows(struct strvec *prints, const json_t *document, struct error *err)
{
    const char *schema;
    json_t *rows, *row;
    size_t index;
    if (json_expect(document, JSON_OBJECT, "the baseline", err) < 0 ||
        json_get_text(&schema, document, "schema", err) < 0 ||
        json_get_typed(&rows, document, "findings", JSON_ARRAY, err) < 0)
        return -1;
    if (!schema || strcmp(schema, SCHEMA) != 0 || !rows)
        return error_set(err, ERROR_BASELINE, "it is no baseline of 'ullage lint'");
    json_array_foreach(rows, index, row)
    {
        const char *text = json_string_value(row);
        if (!text || !is_print(text))
            return error_set(err, ERROR_BASELINE, "finding %zu has no fingerprint", index);
        strvec_add_bytes(prints, text, PRINT_LEN);
    }
    strvec_sort(prints);
    return 0;
}

int lint_baseline_read(struct lint_baseline *ret_baseline, const char *file, struct span text,
                       struct error *err)
{
    struct lint_baseline baseline = {.prints = STRVEC_INIT};
    cleanup_error struct error reason = ERROR_INIT;
    cleanup_json json_t *document = NULL;
    if (json_parse(&document, text, &reason) < 0 || read_rows(&baseline.prints, document, &reason) < 0) {
        lint_baseline_release(&baseline);
        error_set(err, ERROR_BASELINE, "%s: %s", file, reason.text);
        return error_hint(err, "'ullage lint --write-baseline FILE' writes one");
    }
    *ret_baseline = baseline;
    return 0;
}

void lint_baseline_release(struct lint_baseline *baseline)
{
    strvec_release(&baseline->prints);
}
