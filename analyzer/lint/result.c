#include "analyzer/lint/result.h"

#include <stdlib.h>
#include <string.h>

#include "core/escape.h"
#include "core/memory.h"

#define MARK_BYTES 1024 /* between marks */

static size_t character_at(struct span text, size_t at)
{
    size_t len = utf8_sequence(text.ptr + at, text.len - at);
    return len ? len : 1;
}

static void set_marks(struct lint_result *result)
{
    struct span text = result->text;
    uint32_t column = 1;
    result->marks = memory_alloc_zero(text.len / MARK_BYTES + 1, sizeof *result->marks);
    for (size_t at = 0; at < text.len;) {
        if (at >= result->mark_count * MARK_BYTES)
            result->marks[result->mark_count++] = (struct lint_mark){.offset = at, .column = column};
        column = text.ptr[at] == '\n' ? 1 : column + 1;
        at += character_at(text, at);
    }
}

void lint_result_start(struct lint_result *result, const char *file, struct span text)
{
    *result = (struct lint_result){.text = text};
    result->file = arena_dup_text(&result->arena, file);
    size_t count = 1;
    for (size_t i = 0; i < text.len; i++)
        count += text.ptr[i] == '\n';
    result->lines = memory_alloc_zero(count, sizeof *result->lines);
    result->line_count = 1;
    for (size_t i = 0; i < text.len; i++)
        if (text.ptr[i] == '\n')
            result->lines[result->line_count++] = i + 1;
    set_marks(result);
}

void lint_result_release(struct lint_result *result)
{
    arena_release(&result->arena);
    free(result->lines);
    free(result->marks);
    free(result->items);
    *result = (struct lint_result){0};
}

void lint_result_add(struct lint_result *result, const struct lint_finding *finding)
{
    result->items =
        memory_grow(result->items, result->count, &result->capacity, sizeof *result->items);
    struct lint_finding *kept = &result->items[result->count++];
    *kept = *finding;
    kept->code = arena_dup_text(&result->arena, finding->code);
    kept->message = arena_dup_text(&result->arena, finding->message);
    if (kept->begin > result->text.len)
        kept->begin = result->text.len;
    if (kept->end > result->text.len)
        kept->end = result->text.len;
    if (kept->end < kept->begin)
        kept->end = kept->begin;
}

static int compare_places(const void *a, const void *b)
{
    const struct lint_finding *left = a, *right = b;
    if (left->begin != right->begin)
        return left->begin < right->begin ? -1 : 1;
    int order = strcmp(left->code, right->code);
    if (order == 0 && left->end != right->end)
        return left->end < right->end ? -1 : 1;
    return order ? order : strcmp(left->message, right->message);
}

void lint_result_finish(struct lint_result *result)
{
    size_t kept = 0;
    if (result->count)
        qsort(result->items, result->count, sizeof *result->items, compare_places);
    for (size_t i = 0; i < result->count; i++)
        if (!kept || compare_places(&result->items[kept - 1], &result->items[i]) != 0)
            result->items[kept++] = result->items[i];
    result->count = kept;
}

static int compare_bytes(const void *a, const void *b)
{
    const struct lint_finding *left = a, *right = b;
    if (left->bytes != right->bytes)
        return left->bytes > right->bytes ? -1 : 1;
    return compare_places(a, b);
}

void lint_result_sort_by_bytes(struct lint_result *result)
{
    if (result->count)
        qsort(result->items, result->count, sizeof *result->items, compare_bytes);
}

struct lint_place lint_result_place(const struct lint_result *result, size_t offset)
{
    size_t low = 0, high = result->line_count;
    while (high - low > 1) {
        size_t middle = low + (high - low) / 2;
        if (result->lines[middle] <= offset)
            low = middle;
        else
            high = middle;
    }
    struct lint_place place = {.line = (uint32_t)low + 1, .column = 1};
    size_t at = result->lines[low];
    size_t mark = offset / MARK_BYTES;
    while (mark < result->mark_count && mark && result->marks[mark].offset > offset)
        mark--;
    if (mark < result->mark_count && result->marks[mark].offset > at) {
        at = result->marks[mark].offset;
        place.column = result->marks[mark].column;
    }
    for (; at < offset && at < result->text.len; place.column++)
        at += character_at(result->text, at);
    return place;
}

struct span lint_result_line(const struct lint_result *result, uint32_t line)
{
    if (line < 1 || line > result->line_count)
        return span_of(NULL, 0);
    size_t begin = result->lines[line - 1];
    size_t end = line < result->line_count ? result->lines[line] - 1 : result->text.len;
    while (end > begin && result->text.ptr[end - 1] == '\r')
        end--;
    return span_of(result->text.ptr + begin, end - begin);
}

const char *lint_finding_name(const struct lint_finding *finding)
{
    return finding->rule ? finding->rule->name : "shellcheck";
}
