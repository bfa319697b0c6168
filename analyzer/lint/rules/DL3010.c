#include "analyzer/lint/runs.h"

#include <stdlib.h>
#include <string.h>

#include "core/memory.h"
#include "core/table.h"

/* An archive that COPY brought into the stage. */
struct archive {
    struct span name;
    const struct lint_step *step;
    const struct word *word;
    bool told;
};

struct archives {
    struct archive *items;
    size_t count, capacity;
    struct table by_name; /* index of the latest */
};

/* Without quotes and folders, those of Windows too. */
static struct span base_name(struct span path)
{
    while (path.len && (path.ptr[0] == '"' || path.ptr[0] == '\''))
        path = span_of(path.ptr + 1, path.len - 1);
    while (path.len && (path.ptr[path.len - 1] == '"' || path.ptr[path.len - 1] == '\''))
        path.len--;
    for (size_t i = path.len; i > 0; i--)
        if (path.ptr[i - 1] == '/' || path.ptr[i - 1] == '\\')
            return span_of(path.ptr + i, path.len - i);
    return path;
}

static bool is_archive(struct span name)
{
    static const char *const endings[] = {".tar",  ".Z",   ".bz2", ".gz",  ".lz",
                                          ".lzma", ".tZ",  ".tb2", ".tbz", ".tbz2",
                                          ".tgz",  ".tlz", ".tpz", ".txz", ".xz"};
    for (size_t i = 0; i < ARRAY_SIZE(endings); i++)
        if (span_ends_with(name, endings[i]))
            return true;
    return false;
}

static bool is_named(const void *context, uint32_t number, const void *key)
{
    const struct archives *archives = context;
    return span_equal(archives->items[number].name, *(const struct span *)key);
}

static struct archive *find(const struct archives *archives, struct span name)
{
    uint32_t at = table_find(&archives->by_name, table_hash(name.ptr, name.len, 0),
                             is_named, archives, &name);
    return at == TABLE_NONE ? NULL : &archives->items[at];
}

static void remember(struct archives *archives, const struct lint_step *step,
                     const struct word *word, struct span name)
{
    if (!is_archive(name) || archives->count >= UINT32_MAX - 1)
        return;
    struct archive *there = find(archives, name);
    if (there) {
        *there = (struct archive){.name = name, .step = step, .word = word};
        return;
    }
    archives->items = memory_grow(archives->items, archives->count, &archives->capacity,
                                  sizeof *archives->items);
    archives->items[archives->count] =
        (struct archive){.name = name, .step = step, .word = word};
    table_add(&archives->by_name, table_hash(name.ptr, name.len, 0),
              (uint32_t)archives->count++);
}

/* The archive has the name that COPY gave it, or its own where COPY names a folder. */
static void remember_copied(struct archives *archives, const struct lint_step *step)
{
    const struct instruction *instruction = step->instruction;
    if (instruction->arg_count < 2 || instruction_flag(instruction, "from"))
        return;
    struct span target = base_name(instruction->args[instruction->arg_count - 1].text);
    if (is_archive(target)) {
        remember(archives, step, &instruction->args[0], target);
        return;
    }
    for (size_t i = 0; i + 1 < instruction->arg_count; i++)
        remember(archives, step, &instruction->args[i],
                 base_name(instruction->args[i].text));
}

static bool extracts(const struct call *call)
{
    if (call_is_one_of(call, "tar bsdtar gtar"))
        return call_option(call, "extract") != NULL;
    return call_is_one_of(call,
                          "unzip gunzip bunzip2 unlzma unxz zgz uncompress zcat gzcat");
}

static void report_extracted(struct lint *lint, const struct archives *archives,
                             struct span path)
{
    struct archive *archive = find(archives, base_name(path));
    if (!archive || archive->told)
        return;
    archive->told = true;
    lint_report(lint, archive->step, archive->word->extent,
                "this archive is copied and extracted later; both stay in the image");
}

static void look_at(struct lint *lint, const struct archives *archives,
                    const struct call *call)
{
    if (!extracts(call))
        return;
    for (size_t i = 0; i < call->operand_count; i++)
        report_extracted(lint, archives, call->operands[i]->value);
    for (size_t i = 0; i < call->option_count; i++)
        if (call->options[i].value_word)
            report_extracted(lint, archives, call->options[i].value);
}

static void forget(struct archives *archives)
{
    free(archives->items);
    table_release(&archives->by_name);
    *archives = (struct archives){.items = NULL};
}

static void check(struct lint *lint)
{
    struct archives archives = {.items = NULL};
    for (size_t i = 0; i < lint->count; i++) {
        const struct lint_step *step = &lint->steps[i];
        if (step_is(step, INSTRUCTION_FROM))
            forget(&archives);
        else if (step_is(step, INSTRUCTION_COPY))
            remember_copied(&archives, step);
        if (!step_is(step, INSTRUCTION_RUN) || !step->calls)
            continue;
        for (size_t c = 0; c < step->calls->count; c++)
            look_at(lint, &archives, step->calls->items[c]);
    }
    forget(&archives);
}

const struct lint_rule lint_rule_DL3010 = {
    .code = "DL3010",
    .name = "add-archives",
    .severity = SEVERITY_INFO,
    .summary = "an archive is copied and then extracted",
    .why = "The layer of COPY keeps the archive even if RUN removes it; ADD extracts a "
           "local archive and "
           "leaves nothing of it behind.",
    .fix = "ADD ARCHIVE FOLDER/",
    .check = check,
};
