#include "analyzer/lint/fix.h"

#include <stdlib.h>
#include <string.h>

#include "core/memory.h"

struct mending {
    const struct fix_options *options;
    struct fix_result *result;
    const char *file;
};

void fix_result_release(struct fix_result *result)
{
    arena_release(&result->arena);
    strbuf_release(&result->text);
    free(result->done);
    free(result->refused);
    *result = (struct fix_result)FIX_RESULT_INIT;
}

static bool is_wanted(const struct mending *mending, const struct lint_finding *finding)
{
    if (!finding->fix || !finding->fix->count)
        return false;
    if (mending->options->only_format && !(finding->rule && finding->rule->format))
        return false;
    return mending->options->unsafe || !finding->fix->unsafe;
}

/* What tells a fix from others wherever its line moves to. */
static char *key_of(const struct lint_result *findings, const struct lint_finding *finding)
{
    uint32_t number = lint_result_place(findings, finding->begin).line;
    struct span line = lint_result_line(findings, number);
    struct strbuf key = STRBUF_INIT;
    strbuf_addf(&key, "%s\n%s\n", finding->code, finding->fix->title);
    strbuf_add(&key, line.ptr, line.len);
    return strbuf_detach(&key, NULL);
}

static bool was_refused(const struct mending *mending, const struct lint_result *findings,
                        const struct lint_finding *finding)
{
    const struct fix_result *result = mending->result;
    if (!result->refused_count)
        return false;
    cleanup_free char *key = key_of(findings, finding);
    for (size_t i = 0; i < result->refused_count; i++)
        if (strcmp(result->refused[i].key, key) == 0)
            return true;
    return false;
}

static void apply(struct strbuf *out, struct span text, const struct lint_edit *edits, size_t count)
{
    size_t at = 0;
    for (size_t i = 0; i < count; i++) {
        strbuf_add(out, text.ptr + at, edits[i].begin - at);
        strbuf_add_text(out, edits[i].text);
        at = edits[i].end;
    }
    strbuf_add(out, text.ptr + at, text.len - at);
}

/* A set of fixes that do not touch one another, to be made at once. */
struct batch {
    const struct lint_finding **findings;
    size_t finding_count;
    struct lint_edit *edits;
    size_t count;
};

/* Is there room for the fix between those of the batch? Two that meet at a byte are kept apart too: what
 * stands between them nobody said. */
static bool fits(const struct batch *batch, const struct lint_fix *fix)
{
    for (size_t i = 0; i < fix->count; i++) {
        size_t low = 0, high = batch->count;
        while (low < high) {
            size_t middle = low + (high - low) / 2;
            if (batch->edits[middle].end < fix->edits[i].begin)
                low = middle + 1;
            else
                high = middle;
        }
        if (low < batch->count && batch->edits[low].begin <= fix->edits[i].end)
            return false;
        if (i && fix->edits[i].begin < fix->edits[i - 1].end)
            return false;
    }
    return true;
}

static void add_to_batch(struct batch *batch, const struct lint_finding *finding)
{
    const struct lint_fix *fix = finding->fix;
    batch->findings[batch->finding_count++] = finding;
    for (size_t i = 0; i < fix->count; i++) {
        size_t at = batch->count++; /* findings come by place, so it is near the end */
        for (; at && batch->edits[at - 1].begin > fix->edits[i].begin; at--)
            batch->edits[at] = batch->edits[at - 1];
        batch->edits[at] = fix->edits[i];
    }
}

static size_t count_code(const struct lint_result *result, const char *code)
{
    size_t count = 0;
    for (size_t i = 0; i < result->count; i++)
        count += strcmp(result->items[i].code, code) == 0;
    return count;
}

/* The finding must be gone, and nothing that nobody would build must have come. */
static const char *check_findings(const struct mending *mending, const struct lint_result *before,
                                  struct span after, const struct batch *batch)
{
    struct lint_result result;
    struct error ignored = ERROR_INIT;
    const char *why = NULL;
    if (lint_run(&result, mending->file, after, mending->options->lint, &ignored) < 0) {
        error_release(&ignored);
        return "the result cannot be read";
    }
    for (size_t i = 0; i < batch->finding_count && !why; i++) {
        const char *code = batch->findings[i]->code;
        size_t meant = 0;
        for (size_t other = 0; other < batch->finding_count; other++)
            meant += strcmp(batch->findings[other]->code, code) == 0;
        if (count_code(&result, code) + meant > count_code(before, code))
            why = "the finding would still be there";
    }
    lint_result_release(&result);
    return why;
}

/* Makes the batch if it is proven; else says why not. */
static const char *try_batch(struct mending *mending, const struct lint_result *findings,
                             const struct batch *batch)
{
    struct fix_result *result = mending->result;
    struct span text = span_of(result->text.buf, result->text.len);
    struct strbuf after = STRBUF_INIT;
    const char *why;
    apply(&after, text, batch->edits, batch->count);
    struct span changed = span_of(after.buf ? after.buf : "", after.len);
    if (!fix_is_proven(text, changed, batch->edits, batch->count, &why) ||
        (why = check_findings(mending, findings, changed, batch)) != NULL) {
        strbuf_release(&after);
        return why;
    }
    strbuf_release(&result->text);
    result->text = after;
    return NULL;
}

static void note_done(struct mending *mending, const struct lint_result *findings,
                      const struct batch *batch)
{
    struct fix_result *result = mending->result;
    for (size_t i = 0; i < batch->finding_count; i++) {
        const struct lint_finding *finding = batch->findings[i];
        result->done =
            memory_grow(result->done, result->done_count, &result->done_capacity, sizeof *result->done);
        result->done[result->done_count++] = (struct fix_done){
            .code = arena_dup_text(&result->arena, finding->code),
            .title = arena_dup_text(&result->arena, finding->fix->title),
            .unsafe = arena_dup_text(&result->arena, finding->fix->unsafe),
            .line = lint_result_place(findings, finding->begin).line,
        };
    }
}

static void note_refused(struct mending *mending, const struct lint_result *findings,
                         const struct lint_finding *finding, const char *why)
{
    struct fix_result *result = mending->result;
    cleanup_free char *key = key_of(findings, finding);
    result->refused = memory_grow(result->refused, result->refused_count, &result->refused_capacity,
                                  sizeof *result->refused);
    result->refused[result->refused_count++] = (struct fix_refused){
        .code = arena_dup_text(&result->arena, finding->code),
        .title = arena_dup_text(&result->arena, finding->fix->title),
        .why = why,
        .key = arena_dup_text(&result->arena, key),
        .line = lint_result_place(findings, finding->begin).line,
    };
}

/* The edits of some findings of a batch. */
static struct batch part_of(const struct batch *all, size_t from, size_t to)
{
    struct batch part = {
        .findings = memory_alloc_zero(to - from + 1, sizeof(struct lint_finding *)),
        .edits = memory_alloc_zero(all->count + 1, sizeof(struct lint_edit)),
    };
    for (size_t i = from; i < to; i++)
        add_to_batch(&part, all->findings[i]);
    return part;
}

static void batch_release(struct batch *batch)
{
    free(batch->findings);
    free(batch->edits);
}

/* Makes the findings [from, to) of the batch, or as large a part of them as is proven; a finding that fails
 * alone is refused. True if something was mended: the text is another then, and the rest waits for the next
 * round. */
static bool try_part(struct mending *mending, const struct lint_result *findings,
                     const struct batch *all, size_t from, size_t to)
{
    struct batch part = part_of(all, from, to);
    const char *why = try_batch(mending, findings, &part);
    if (!why)
        note_done(mending, findings, &part);
    else if (to - from == 1)
        note_refused(mending, findings, all->findings[from], why);
    batch_release(&part);
    if (!why || to - from == 1)
        return !why;
    size_t middle = from + (to - from) / 2;
    return try_part(mending, findings, all, from, middle) ||
           try_part(mending, findings, all, middle, to);
}

/* True if something was mended. */
static bool mend_once(struct mending *mending, const struct lint_result *findings)
{
    size_t edits = 0;
    for (size_t i = 0; i < findings->count; i++)
        edits += findings->items[i].fix ? findings->items[i].fix->count : 0;
    struct batch batch = {
        .findings = memory_alloc_zero(findings->count + 1, sizeof(struct lint_finding *)),
        .edits = memory_alloc_zero(edits + 1, sizeof(struct lint_edit)),
    };
    for (size_t i = 0; i < findings->count; i++) {
        const struct lint_finding *finding = &findings->items[i];
        if (is_wanted(mending, finding) &&
            !was_refused(mending, findings, finding) && fits(&batch, finding->fix))
            add_to_batch(&batch, finding);
    }
    bool mended =
        batch.finding_count && try_part(mending, findings, &batch, 0, batch.finding_count);
    batch_release(&batch);
    return mended;
}

static void count_left(struct mending *mending, const struct lint_result *findings)
{
    struct fix_result *result = mending->result;
    for (size_t i = 0; i < findings->count; i++) {
        const struct lint_finding *finding = &findings->items[i];
        if (finding->fix && finding->fix->unsafe && !mending->options->unsafe)
            result->left_unsafe++;
        else if (is_wanted(mending, finding) &&
                 !was_refused(mending, findings, finding))
            result->left_fixable++;
    }
}

int fix_run(struct fix_result *ret_result, const char *file, struct span text,
            const struct fix_options *options, struct error *err)
{
    *ret_result = (struct fix_result)FIX_RESULT_INIT;
    struct mending mending = {.options = options, .result = ret_result, .file = file};
    strbuf_add(&ret_result->text, text.ptr, text.len);
    bool more = true;
    for (int round = 0; more; round++) {
        struct lint_result findings;
        cleanup_free char *copy = memory_dup_bytes(
            ret_result->text.buf ? ret_result->text.buf : "", ret_result->text.len);
        if (lint_run(&findings, file, span_of(copy, ret_result->text.len), options->lint, err) < 0) {
            fix_result_release(ret_result);
            return -1;
        }
        more = round < FIX_ROUNDS_MAX && mend_once(&mending, &findings);
        if (!more)
            count_left(&mending, &findings);
        lint_result_release(&findings);
    }
    return 0;
}
