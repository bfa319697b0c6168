#include "analyzer/lint/words.h"
#include "dockerfile/reference.h"

/* Names that ADD unpacks. */
static bool is_archive(struct span path)
{
    static const char *const endings[] = {
        ".tar",  ".Z",   ".bz2", ".gz",  ".lz",  ".lzma", ".tZ",  ".tb2", ".tbz",
        ".tbz2", ".tgz", ".tlz", ".tpz", ".txz", ".xz",   ".zst", NULL,
    };
    for (const char *const *ending = endings; *ending; ending++)
        if (span_ends_with(path, *ending))
            return true;
    return false;
}

static bool is_remote(struct span source)
{
    cleanup_git_reference struct git_reference git = {.remote = NULL};
    cleanup_error struct error ignored = ERROR_INIT;
    cleanup_strbuf struct strbuf text = STRBUF_INIT;
    if (span_starts_with(source, "http://") || span_starts_with(source, "https://"))
        return true;
    strbuf_add(&text, source.ptr, source.len);
    return git_reference_parse(&git, text.buf, &ignored) != 0;
}

static bool is_plain(const struct lint *lint, const struct lint_step *step, size_t index)
{
    struct span written = step->instruction->args[index].text;
    if (step->unmatched.count && word_has_variable(lint, written))
        return false; /* who knows */
    struct span source = word_unquoted(span_of_text(step_arg(step, index)));
    return !is_archive(source) && !is_remote(source);
}

static void check_step(struct lint *lint, const struct lint_step *step)
{
    const struct instruction *instruction = step->instruction;
    size_t plain = 0, first = 0, sources = instruction->arg_count - 1;
    for (size_t a = sources; a-- > 0;)
        if (is_plain(lint, step, a)) {
            plain++;
            first = a;
        }
    if (!plain)
        return;
    lint_report(lint, step, instruction->args[first].extent, "COPY is enough for '%s'",
                step_arg(step, first));
    if (plain < sources || instruction_flag(instruction, "checksum") ||
        instruction_flag(instruction, "keep-git-dir") ||
        instruction_flag(instruction, "unpack"))
        return;
    bool upper = *instruction->keyword.text.ptr == 'A';
    lint_fix(lint, "make it COPY",
             "a compressed tar whose name does not tell would stay packed");
    lint_edit(lint, instruction->keyword.extent, "%s", upper ? "COPY" : "copy");
}

static void check(struct lint *lint)
{
    for (size_t i = 0; i < lint->count; i++) {
        const struct lint_step *step = &lint->steps[i];
        if (step_is(step, INSTRUCTION_ADD) && step->instruction->arg_count >= 2)
            check_step(lint, step);
    }
}

const struct lint_rule lint_rule_DL3020 = {
    .code = "DL3020",
    .name = "copy-not-add",
    .aliases = {"AVD-DS-0005", "CKV_DOCKER_4", "CIS-DI-0009"},
    .severity = SEVERITY_ERROR,
    .fixable = true,
    .summary = "ADD of plain files",
    .why = "ADD also unpacks and downloads; COPY does what is meant and nothing else.",
    .fix = "COPY SOURCE TARGET",
    .check = check,
};
