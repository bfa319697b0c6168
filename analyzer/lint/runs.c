#include "analyzer/lint/runs.h"

#include <string.h>
#include <strings.h>

bool run_next_call(const struct lint *lint, struct lint_walk *walk,
                   struct lint_found *ret_found)
{
    while (lint_next_call(lint, walk, ret_found))
        if (step_is(ret_found->step, INSTRUCTION_RUN))
            return true;
    return false;
}

struct extent run_word(const struct lint_found *found, const struct script_word *word)
{
    return lint_extent(found->step, word->range);
}

/* Edits */

bool run_is_shell_text(const struct lint_step *step)
{
    return step->instruction->form == FORM_SHELL && step->script;
}

/* Is the word a JSON string of its own? */
static bool is_json_string(const struct lint *lint, const struct lint_step *step,
                           struct extent extent)
{
    return step->instruction->form == FORM_EXEC && extent.end > extent.start &&
           lint->document->text.ptr[extent.start] == '"' &&
           lint->document->text.ptr[extent.end - 1] == '"';
}

void run_insert_behind(struct lint *lint, const struct lint_found *found,
                       const struct script_word *word, const char *text)
{
    struct extent extent = run_word(found, word);
    const struct extent place = {extent.end, extent.end};
    if (is_json_string(lint, found->step, extent))
        lint_edit(lint, place, ", \"%s\"", text);
    else
        lint_edit(lint, place, " %s", text);
}

void run_insert_before(struct lint *lint, const struct lint_found *found,
                       const struct script_word *word, const char *text)
{
    struct extent extent = run_word(found, word);
    const struct extent place = {extent.start, extent.start};
    if (is_json_string(lint, found->step, extent))
        lint_edit(lint, place, "\"%s\", ", text);
    else
        lint_edit(lint, place, "%s ", text);
}

const char *run_newline(const struct lint *lint, size_t offset)
{
    struct span text = lint->document->text;
    const char *at = text.ptr + offset;
    const char *end = offset < text.len ? memchr(at, '\n', text.len - offset) : NULL;
    return end && end > text.ptr && end[-1] == '\r' ? "\r\n" : "\n";
}

static const struct script_pipeline *last_pipeline(const struct script_list *list)
{
    const struct script_pipeline *last = list->first;
    while (last && last->next)
        last = last->next;
    return last;
}

/* Where && may follow: behind a pipeline that is waited for, and whose end is the end of a
 * line. */
static bool has_open_end(const struct lint_step *step,
                         const struct script_pipeline *pipeline)
{
    if (!pipeline || pipeline->background || step->script->error_count)
        return false;
    for (const struct script_command *command = pipeline->commands; command;
         command = command->next) {
        if (command->form == COMMAND_FUNCTION)
            return false;
        for (const struct script_redirection *r = command->redirections; r; r = r->next)
            if (span_starts_with(r->operator, "<<") &&
                !span_equals_text(r->operator, "<<<"))
                return false;
    }
    return true;
}

/* How the lines of an instruction that has several begin: the blanks of its last one. */
static struct span indent_of(const struct lint *lint, size_t end)
{
    struct span text = lint->document->text;
    size_t start = end, stop;
    while (start && text.ptr[start - 1] != '\n')
        start--;
    for (stop = start; stop < end && (text.ptr[stop] == ' ' || text.ptr[stop] == '\t');
         stop++)
        ;
    return stop > start ? span_of(text.ptr + start, stop - start) : span_of("    ", 4);
}

void run_fix_append(struct lint *lint, const struct lint_step *step, const char *title,
                    const char *unsafe, const char *command)
{
    if (!run_is_shell_text(step))
        return;
    const struct script_pipeline *last = last_pipeline(step->script->list);
    const struct instruction *instruction = step->instruction;
    if (!has_open_end(step, last))
        return;
    size_t end = lint_extent(step, last->range).end;
    if (end < instruction->extent.start || end > instruction->extent.end)
        return;
    const struct extent place = {end, end};
    lint_fix(lint, title, unsafe);
    struct place first = document_place(lint->document, instruction->extent.start);
    if (instruction->heredoc_count ||
        document_place(lint->document, end).line == first.line) {
        lint_edit(lint, place, " && %s", command);
        return;
    }
    struct span indent = indent_of(lint, end);
    lint_edit(lint, place, " %c%s%.*s&& %s", lint->document->escape, run_newline(lint, end),
              (int)indent.len, indent.ptr, command);
}

/* Versions */

/* Does the word hold anything but what a shell puts in? */
static bool has_letters(const struct script_part *parts)
{
    for (const struct script_part *part = parts; part; part = part->next) {
        if (part->kind == PART_DOUBLE
                ? has_letters(part->inner)
                : part->kind == PART_LITERAL || part->kind == PART_SINGLE ||
                      part->kind == PART_ANSI)
            return true;
    }
    return false;
}

static bool can_be_judged(const struct package *package)
{
    return !package->unknown || (package->word->parts && has_letters(package->word->parts));
}

void run_report_unpinned(struct lint *lint, const struct lint_found *found,
                         run_is_pinned *is_pinned)
{
    struct packages packages;
    const struct package *first = NULL;
    size_t more = 0;
    packages_of(&packages, found->step->calls, found->call);
    for (size_t i = 0; i < packages.count; i++) {
        const struct package *package = &packages.items[i];
        if (!can_be_judged(package) || is_pinned(found, package))
            continue;
        if (first)
            more++;
        else
            first = package;
    }
    if (!first)
        return;
    struct extent place = run_word(found, first->word);
    int len = first->name.len < 200 ? (int)first->name.len : 200;
    if (more)
        lint_report(lint, found->step, place,
                    "'%.*s' and %zu more are installed in no particular version", len,
                    first->name.ptr, more);
    else
        lint_report(lint, found->step, place,
                    "'%.*s' is installed in no particular version", len, first->name.ptr);
}

/* Is it set by the script, by ENV or ARG, by the base image we know? */
static bool is_declared(const struct lint_found *found, struct span name)
{
    cleanup_strbuf struct strbuf text = STRBUF_INIT;
    strbuf_add(&text, name.ptr, name.len);
    return text.len &&
           (call_variable(found->call, text.buf) || step_binding(found->step, text.buf));
}

static bool has_undeclared(const struct lint_found *found, const struct script_part *parts)
{
    for (const struct script_part *part = parts; part; part = part->next)
        if (part->kind == PART_DOUBLE
                ? has_undeclared(found, part->inner)
                : part->kind == PART_PARAMETER &&
                      !part->operator.len && !is_declared(found, part->text))
            return true;
    return false;
}

bool run_has_version(const struct lint_found *found, const struct package *package)
{
    return !package->unknown || !span_starts_with(package->version, "$") ||
           !has_undeclared(found, package->word->parts);
}

/* Caches */

static bool ends_with(const char *text, const char *end)
{
    size_t len = strlen(text), end_len = strlen(end);
    while (len > 1 && text[len - 1] == '/')
        len--;
    return len >= end_len && strncmp(text + len - end_len, end, end_len) == 0;
}

/* The home folder is not always /root: a mount counts wherever it ends like the cache's
 * folder or the one above it. */
static bool mounts_folder(const struct lint_step *step, const char *folder)
{
    for (size_t i = 0; i < step->mount_count; i++) {
        const struct lint_mount *mount = &step->mounts[i];
        if (strcasecmp(mount->type, "cache") != 0 && strcasecmp(mount->type, "tmpfs") != 0)
            continue;
        if (ends_with(mount->target, folder) || ends_with(mount->target, "/.cache"))
            return true;
    }
    return false;
}

bool run_mounts_cache(const struct lint_step *step, const struct cache *cache,
                      const char *folder)
{
    for (const char *at = cache->paths; *at; at += strspn(at, " ")) {
        cleanup_strbuf struct strbuf path = STRBUF_INIT;
        size_t len = strcspn(at, " ");
        strbuf_add(&path, at, len);
        if (step_mounts_over(step, path.buf))
            return true;
        at += len;
    }
    return folder && mounts_folder(step, folder);
}

bool run_is_shipped(const struct lint *lint, size_t stage)
{
    return stage == STAGE_NONE || lint->stage[stage].is_last || lint->stage[stage].is_base;
}

/* The first use of the cache that nothing behind it cleans. */
static const struct cache_use *find_use(const struct lint_step *step,
                                        const struct run_cache *cache)
{
    struct cache_uses uses;
    cache_uses_find(&uses, step->calls);
    for (size_t i = 0; i < uses.count; i++) {
        const struct cache_use *use = &uses.items[i];
        if (strcmp(use->cache->id, cache->id) == 0 && !use->cleaned_by &&
            !run_mounts_cache(step, use->cache, cache->folder))
            return use;
    }
    return NULL;
}

void run_report_cache(struct lint *lint, const struct run_cache *cache)
{
    for (size_t i = 0; i < lint->count; i++) {
        const struct lint_step *step = &lint->steps[i];
        if (!step_is(step, INSTRUCTION_RUN) || !step->calls)
            continue;
        const struct cache_use *use = find_use(step, cache);
        if (!use || (cache->shipped_only && !run_is_shipped(lint, step->stage)))
            continue;
        const struct call *call = use->filled_by;
        lint_report(lint, step, lint_extent(step, call->range), "%s", cache->message);
        if (!call->through)
            run_fix_append(lint, step, cache->command, cache->unsafe, cache->command);
    }
}

/* Userlands */

static bool has_word(const char *text, const char *word)
{
    size_t len = strlen(word);
    for (const char *at = text; *at; at++) {
        bool begins = at == text || strchr("/-:._", at[-1]);
        if (begins && strncmp(at, word, len) == 0)
            return true;
    }
    return false;
}

enum run_userland run_userland(const struct lint *lint, size_t stage)
{
    static const char *const gnu[] = {
        "debian", "ubuntu",   "fedora",    "centos", "rockylinux",  "almalinux",
        "ubi",    "opensuse", "archlinux", "buster", "bullseye",    "bookworm",
        "trixie", "focal",    "jammy",     "noble",  "amazonlinux", "oraclelinux"};
    if (stage == STAGE_NONE)
        return USERLAND_UNKNOWN;
    while (lint->stage[stage].stage->base_stage != STAGE_NONE)
        stage = lint->stage[stage].stage->base_stage;
    const char *base = lint->stage[stage].stage->base;
    if (has_word(base, "alpine") || has_word(base, "busybox"))
        return USERLAND_BUSYBOX;
    for (size_t i = 0; i < ARRAY_SIZE(gnu); i++)
        if (has_word(base, gnu[i]))
            return USERLAND_GNU;
    return USERLAND_UNKNOWN;
}
