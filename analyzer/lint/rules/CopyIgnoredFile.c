#include "analyzer/lint/words.h"
#include "dockerfile/reference.h"

#include <string.h>

/* Where some patterns take files back, nobody can tell without the files. */
static bool takes_back(const struct ignore *ignore)
{
    for (size_t i = 0; i < ignore->count; i++)
        if (ignore->patterns[i].excludes_from)
            return true;
    return false;
}

/* Is nothing left of the context? */
static bool ignores_all(const struct ignore *ignore)
{
    for (size_t i = 0; i < ignore->count; i++)
        if (strcmp(ignore->patterns[i].text, "*") == 0 ||
            strcmp(ignore->patterns[i].text, "**") == 0 ||
            strcmp(ignore->patterns[i].text, "**/*") == 0)
            return true;
    return false;
}

/* A path of the context without "." and "..", which cannot leave it. */
static void clean_path(struct strbuf *out, const char *path)
{
    while (*path) {
        size_t len = strcspn(path, "/");
        if (len == 2 && path[0] == '.' && path[1] == '.') {
            size_t end = out->len;
            while (end && out->buf[end - 1] != '/')
                end--;
            strbuf_truncate(out, end ? end - 1 : 0);
        } else if (len && !(len == 1 && *path == '.')) {
            if (out->len)
                strbuf_add_char(out, '/');
            strbuf_add(out, path, len);
        }
        path += len + (path[len] == '/');
    }
}

static bool is_remote(const char *source)
{
    cleanup_git_reference struct git_reference git = {.remote = NULL};
    cleanup_error struct error ignored = ERROR_INIT;
    struct span text = span_of_text(source);
    return span_starts_with(text, "http://") || span_starts_with(text, "https://") ||
           git_reference_parse(&git, source, &ignored) != 0;
}

static void check_source(struct lint *lint, const struct lint_step *step, size_t index)
{
    const struct ignore *ignore = lint->options->ignore;
    const struct word *written = &step->instruction->args[index];
    const char *source = step_arg(step, index);
    bool is_add = step_is(step, INSTRUCTION_ADD);
    cleanup_strbuf struct strbuf path = STRBUF_INIT;
    if ((step->unmatched.count && word_has_variable(lint, written->text)) ||
        (step->instruction->heredoc_count && heredoc_parse(NULL, written->text, NULL)) ||
        (is_add && is_remote(source)))
        return;
    clean_path(&path, source);
    if (path.len ? ignore_matches(ignore, path.buf) : ignores_all(ignore))
        lint_report(lint, step, check_place(lint, step, written->extent),
                    "Attempting to %s file \"%s\" that is excluded by .dockerignore",
                    is_add ? "Add" : "Copy", source);
}

static void check(struct lint *lint)
{
    if (!lint->options->ignore || takes_back(lint->options->ignore))
        return;
    for (size_t i = 0; i < lint->count; i++) {
        const struct lint_step *step = &lint->steps[i];
        if (step->onbuild || step->stage == STAGE_NONE ||
            instruction_flag(step->instruction, "from") ||
            (!step_is(step, INSTRUCTION_COPY) && !step_is(step, INSTRUCTION_ADD)))
            continue;
        for (size_t a = 0; a + 1 < step->instruction->arg_count; a++)
            check_source(lint, step, a);
    }
}

const struct lint_rule lint_rule_CopyIgnoredFile = {
    .code = "CopyIgnoredFile",
    .name = "copy-ignored-file",
    .severity = SEVERITY_WARNING,
    .summary = "a file is copied that .dockerignore keeps out",
    .why = "The build does not find it.",
    .fix = "Take the pattern out of .dockerignore, or the file out of COPY.",
    .url = "https://docs.docker.com/go/dockerfile/rule/copy-ignored-file/",
    .check = check,
};
