/* Rows that BuildKit and its neighbours decided, read from outside the project: ULLAGE_CORPUS. Every row of a
 * file is tried, and those that differ are named. Without the folder all is skipped (77), and says so. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/file.h"
#include "core/json.h"
#include "dockerfile/ignore.h"
#include "dockerfile/reference.h"
#include "dockerfile/stage.h"

#define CORPUS_BYTES_MAX ((size_t)64 << 20)

/* BuildKit's own test of this line cannot fail, and BuildKit sees no heredoc in it. */
#define VACUOUS_LINE "RUN <<- EOF"

struct tally {
    const char *file;
    size_t rows, failed;
};

static const char *text_of(const json_t *row, const char *key)
{
    return json_string_value(json_object_get(row, key));
}

static bool same(const char *a, const char *b)
{
    return a && b && strcmp(a, b) == 0;
}

static void say(const char *what, const char *expected, const char *found)
{
    printf("    %s: expected [%s], found [%s]\n", what, expected ? expected : "", found ? found : "");
}

static bool same_lines(const json_t *lines, const struct complaint *error)
{
    size_t count = json_array_size(lines);
    if (!lines)
        return true;
    if (count != (size_t)(error->end_line - error->line) + 1)
        return false;
    for (size_t i = 0; i < count; i++)
        if (json_integer_value(json_array_get(json_array_get(lines, i), 0)) != (json_int_t)(error->line + i))
            return false;
    return true;
}

static bool prints_itself(const struct document *document, struct span text)
{
    cleanup_strbuf struct strbuf out = STRBUF_INIT;
    document_print(document, &out);
    return span_equal(span_of(out.buf, out.len), text);
}

static bool same_heredocs(const struct document *document, const json_t *heredocs)
{
    size_t seen = 0;
    for (size_t i = 0; i < document->instruction_count; i++)
        for (size_t j = 0; j < document->instructions[i].heredoc_count; j++, seen++) {
            const struct heredoc *heredoc = &document->instructions[i].heredocs[j];
            const json_t *row = json_array_get(heredocs, seen);
            if (!row || !span_equals_text(heredoc->name, text_of(row, "name")) ||
                !span_equals_text(heredoc->content, text_of(row, "content")) ||
                heredoc->expands != json_is_true(json_object_get(row, "expand")) ||
                heredoc->chomps != json_is_true(json_object_get(row, "chomp")) ||
                (json_int_t)heredoc->fd != json_integer_value(json_object_get(row, "fd")))
                return false;
        }
    return seen == json_array_size(heredocs);
}

static bool same_nodes(const struct document *document, const json_t *nodes)
{
    for (size_t i = 0; nodes && i < document->instruction_count; i++) {
        const json_t *node = json_array_get(nodes, i);
        if (json_integer_value(json_array_get(node, 0)) != document->instructions[i].line ||
            json_integer_value(json_array_get(node, 1)) != document->instructions[i].end_line)
            return false;
    }
    return !nodes || json_array_size(nodes) == document->instruction_count;
}

static bool same_warnings(const struct document *document, const json_t *warnings)
{
    for (size_t i = 0; i < document->warning_count; i++) {
        cleanup_strbuf struct strbuf text = STRBUF_INIT;
        strbuf_addf(&text, "%" PRIu32 ":%s", document->warnings[i].line, document->warnings[i].text);
        if (!same(json_string_value(json_array_get(warnings, i)), text.buf))
            return false;
    }
    return json_array_size(warnings) == document->warning_count;
}

static bool same_verdict(const struct document *document, const json_t *row)
{
    const char *parser = text_of(row, "parse_error"), *check = text_of(row, "instr_error");
    const char *expected = parser ? parser : check;
    const struct complaint *error = document->errors;
    if (!expected)
        return document_is_accepted(document);
    if (document_is_accepted(document) || error->by_parser != (parser != NULL)) {
        say("verdict", expected, document->error_count ? error->text : NULL);
        return false;
    }
    if (!same(expected, error->text)) {
        say("message", expected, error->text);
        return false;
    }
    return same_lines(json_object_get(row, "lines"), error);
}

static bool try_document(const json_t *row)
{
    const char *dump = text_of(row, "dump") ? text_of(row, "dump") : text_of(row, "result");
    const json_t *bytes = json_object_get(row, "dockerfile");
    struct span text = span_of(json_string_value(bytes), json_string_length(bytes));
    cleanup_document struct document *document = NULL;
    cleanup_strbuf struct strbuf out = STRBUF_INIT;
    bool is_oracle = json_object_get(row, "dump") || json_object_get(row, "parse_error");
    document_parse(&document, text, NULL);
    document_dump(document, &out);
    if (!prints_itself(document, text))
        return false;
    if (dump && (!same(dump, out.buf) || !document_has_tree(document))) {
        say("dump", dump, document_has_tree(document) ? out.buf : document->errors[0].text);
        return false;
    }
    if (!dump && !is_oracle)
        return !document_has_tree(document);
    if (!is_oracle)
        return true;
    return same_verdict(document, row) &&
           (!dump || (same_heredocs(document, json_object_get(row, "heredocs")) &&
                      same_nodes(document, json_object_get(row, "nodes")) &&
                      same_warnings(document, json_object_get(row, "warnings"))));
}

static bool same_list(const json_t *list, const struct strvec *found)
{
    if (!list)
        return true;
    for (size_t i = 0; i < found->count; i++)
        if (!same(json_string_value(json_array_get(list, i)), found->items[i]))
            return false;
    return json_array_size(list) == found->count;
}

static bool try_word_on(const json_t *row, bool windows)
{
    cleanup_variables struct variables variables = VARIABLES_INIT;
    cleanup_expansion struct expansion expansion = EXPANSION_INIT;
    cleanup_error struct error err = ERROR_INIT;
    const char *escape = text_of(row, "escape"), *name, *message = text_of(row, "error_message");
    struct expand_options options = {.escape = escape ? escape[0] : '\\'};
    json_t *value, *expect = json_object_get(row, "expect");
    variables.ignores_case = windows;
    json_object_foreach(json_object_get(row, "env"), name, value)
        variables_set(&variables, name, json_string_value(value));
    int result = expand_word(&expansion, span_of_text(text_of(row, "input")), &variables, &options, &err);
    bool fails = json_is_true(json_object_get(row, "error"));
    if ((result < 0) != fails || (fails && message && !same(message, err.text))) {
        say(text_of(row, "input"), message ? message : json_string_value(expect),
            result < 0 ? err.text : expansion.text.buf);
        return false;
    }
    if (fails)
        return true;
    if (json_is_array(expect))
        return same_list(expect, &expansion.words);
    if (!same(json_string_value(expect), expansion.text.buf)) {
        say(text_of(row, "input"), json_string_value(expect), expansion.text.buf);
        return false;
    }
    return same_list(json_object_get(row, "matched"), &expansion.matched) &&
           same_list(json_object_get(row, "unmatched"), &expansion.unmatched);
}

static bool try_word(const json_t *row)
{
    const char *platform = text_of(row, "platform");
    bool both = !platform || *platform == 'A';
    bool good = true;
    if (both || *platform == 'U')
        good = try_word_on(row, false);
    if (both || *platform == 'W')
        good = try_word_on(row, true) && good;
    return good;
}

static bool opt_same(const json_t *row, const char *key, const char *found)
{
    const char *expected = text_of(row, key);
    bool good = same(expected ? expected : "", found ? found : "");
    if (!good)
        say(key, expected, found);
    return good;
}

static bool try_pattern(const char *func, const json_t *row)
{
    const json_t *patterns = json_object_get(row, "patterns"), *wrong = json_object_get(row, "err");
    const char *pattern = text_of(row, "pattern"), *path = text_of(row, same(func, "var") ? "s" : "text");
    bool expected = json_is_true(json_object_get(row, same(func, "var") ? "match" : "pass"));
    cleanup_error struct error err = ERROR_INIT;
    cleanup_ignore struct ignore ignore = IGNORE_INIT;
    size_t count = patterns ? json_array_size(patterns) : 1;
    for (size_t i = 0; i < count; i++) {
        const char *each = patterns ? json_string_value(json_array_get(patterns, i)) : pattern;
        if (ignore_add(&ignore, span_of_text(each), &err) < 0)
            return wrong && !json_is_null(wrong);
    }
    return (!wrong || json_is_null(wrong)) && ignore_matches(&ignore, path) == expected;
}

static bool try_reference(const char *func, const json_t *row)
{
    cleanup_reference struct reference reference = {.path = NULL};
    cleanup_error struct error err = ERROR_INIT;
    cleanup_strbuf struct strbuf out = STRBUF_INIT, name = STRBUF_INIT;
    const char *input = text_of(row, "input");
    if (same(func, "TestDomainRegexp"))
        return reference_is_domain(span_of_text(input)) == json_is_true(json_object_get(row, "match"));
    if (same(func, "TestIdentifierRegexp"))
        return reference_is_identifier(span_of_text(input)) == json_is_true(json_object_get(row, "match"));
    if (same(func, "TestMatch"))
        return reference_parse_normalized(&reference, text_of(row, "reference"), &err) == 0 &&
               reference_matches(&reference, text_of(row, "pattern")) ==
                   json_is_true(json_object_get(row, "expected"));
    if (same(func, "TestParseDockerRef")) {
        if (reference_parse_docker(&reference, input, &err) < 0)
            return false;
        reference_format(&reference, &out);
        return opt_same(row, "expected", out.buf);
    }
    if (same(func, "TestParseAnyReference")) {
        if (reference_parse_normalized(&reference, text_of(row, "Reference"), &err) < 0)
            return false;
        reference_format(&reference, &out);
        return opt_same(row, "Equivalent", out.buf);
    }
    if (same(func, "TestParseRepositoryInfo")) {
        const char *const keys[] = {"FamiliarName", "FullName", "AmbiguousName"};
        for (size_t i = 0; i < ARRAY_SIZE(keys); i++) {
            cleanup_reference struct reference each = {.path = NULL};
            cleanup_strbuf struct strbuf full = STRBUF_INIT, familiar = STRBUF_INIT;
            if (!*text_of(row, keys[i]))
                continue;
            if (reference_parse_normalized(&each, text_of(row, keys[i]), &err) < 0)
                return false;
            reference_format(&each, &full);
            reference_format_familiar(&each, &familiar);
            if (!opt_same(row, "FullName", full.buf) || !opt_same(row, "FamiliarName", familiar.buf) ||
                !opt_same(row, "Domain", each.domain) || !opt_same(row, "RemoteName", each.path))
                return false;
        }
        return true;
    }
    if (same(func, "TestNormalizedSplitHostname") || same(func, "TestParseNamed")) {
        return reference_parse_normalized(&reference, input, &err) == 0 &&
               opt_same(row, "domain", reference.domain) && opt_same(row, "path", reference.path);
    }
    if (same(func, "TestWithTag") || same(func, "TestWithDigest")) {
        const char *digest = text_of(row, "digest");
        if (reference_parse(&reference, text_of(row, "name"), &err) < 0)
            return false;
        reference.tag = text_of(row, "tag") && *text_of(row, "tag") ? memory_dup_text(text_of(row, "tag")) : NULL;
        reference.digest = digest && *digest ? memory_dup_text(digest) : NULL;
        reference_format(&reference, &out);
        return opt_same(row, "combined", out.buf);
    }
    int result = reference_parse(&reference, input, &err);
    if (same(func, "TestFullNameRegexp") || same(func, "TestReferenceRegexp")) {
        bool is_name = same(func, "TestFullNameRegexp");
        bool match = result == 0 && (!is_name || (!reference.tag && !reference.digest));
        if (match != json_is_true(json_object_get(row, "match")))
            return false;
        const json_t *subs = json_object_get(row, "subs");
        if (!match || !subs)
            return true;
        if (is_name)
            return same(json_string_value(json_array_get(subs, 0)), reference.domain ? reference.domain : "") &&
                   same(json_string_value(json_array_get(subs, 1)), reference.path);
        if (reference.domain)
            strbuf_addf(&name, "%s/", reference.domain);
        strbuf_add_text(&name, reference.path);
        return same(json_string_value(json_array_get(subs, 0)), name.buf) &&
               same(json_string_value(json_array_get(subs, 1)), reference.tag ? reference.tag : "") &&
               same(json_string_value(json_array_get(subs, 2)), reference.digest ? reference.digest : "");
    }
    if (json_object_get(row, "err"))
        return result < 0;
    if (result < 0)
        return false;
    if (same(func, "TestDomainAndPath"))
        return opt_same(row, "domain", reference.domain) && opt_same(row, "path", reference.path);
    if (reference.domain)
        strbuf_addf(&name, "%s/", reference.domain);
    strbuf_add_text(&name, reference.path);
    const char *key = same(func, "TestSerialization") ? "name" : "repository";
    return opt_same(row, key, name.buf) && opt_same(row, "tag", reference.tag) &&
           opt_same(row, "digest", reference.digest) &&
           (same(func, "TestSerialization") || opt_same(row, "domain", reference.domain));
}

static bool try_git(const char *func, const json_t *row)
{
    cleanup_git_reference struct git_reference git = {.remote = NULL};
    cleanup_error struct error err = ERROR_INIT;
    cleanup_strbuf struct strbuf out = STRBUF_INIT;
    const json_t *expected = json_object_get(row, "expected");
    int result = git_reference_parse(&git, text_of(row, "ref"), &err);
    if (!same(func, "TestParseGitRef")) {
        if ((result == 1) != json_is_true(json_object_get(row, "ok")))
            return false;
        if (result != 1)
            return true;
        git_reference_format(&git, same(func, "TestFragmentFormatWithSubdir"), &out);
        return opt_same(row, "expected", out.buf);
    }
    if (text_of(row, "err"))
        return result < 0 && strstr(err.text, text_of(row, "err"));
    if (!json_is_object(expected))
        return result == 0;
    return result == 1 && opt_same(expected, "Remote", git.remote) &&
           opt_same(expected, "ShortName", git.short_name) && opt_same(expected, "Ref", git.ref) &&
           opt_same(expected, "SubDir", git.subdir) && opt_same(expected, "MTime", git.mtime) &&
           opt_same(expected, "Checksum", git.checksum) &&
           git.fetch_by_commit == json_is_true(json_object_get(expected, "FetchByCommit")) &&
           git.unencrypted_tcp == json_is_true(json_object_get(expected, "UnencryptedTCP")) &&
           git.indistinguishable_from_local ==
               json_is_true(json_object_get(expected, "IndistinguishableFromLocal"));
}

static bool try_port(const json_t *row)
{
    cleanup_strvec struct strvec ports = STRVEC_INIT;
    cleanup_error struct error err = ERROR_INIT;
    int result = ports_parse(&ports, text_of(row, "spec"), &err);
    if (text_of(row, "expError"))
        return result < 0 && opt_same(row, "expError", err.text);
    return result == 0 && same_list(json_object_get(row, "expected"), &ports);
}

static bool try_device(const json_t *row)
{
    cleanup_device struct device device = {.name = NULL};
    const json_t *expected = json_object_get(row, "expected");
    return device_parse(&device, text_of(row, "input"), NULL) == 0 && opt_same(expected, "Name", device.name) &&
           device.required == json_is_true(json_object_get(expected, "Required"));
}

/* Sources and destination of COPY as BuildKit's instructions hold them. */
static bool try_copy(const struct instruction *copy, const json_t *expected)
{
    size_t path = 0, content = 0;
    for (size_t i = 0; i + 1 < copy->arg_count; i++) {
        struct arena arena = {0};
        struct heredoc heredoc;
        const json_t *row = json_array_get(json_object_get(expected, "SourceContents"), content);
        if (!heredoc_parse(&heredoc, copy->args[i].text, &arena)) {
            if (!span_equals_text(copy->args[i].text, json_string_value(json_array_get(
                                                          json_object_get(expected, "SourcePaths"), path++))))
                return false;
            continue;
        }
        bool good = row && span_equals_text(heredoc.name, text_of(row, "Path")) &&
                    heredoc.expands == json_is_true(json_object_get(row, "Expand"));
        arena_release(&arena);
        cleanup_strbuf struct strbuf data = STRBUF_INIT;
        struct span body = copy->heredocs[content++].content;
        bool at_start = true;
        for (size_t j = 0; j < body.len; j++) {
            if (!(heredoc.chomps && at_start && body.ptr[j] == '\t')) {
                strbuf_add_char(&data, body.ptr[j]);
                at_start = body.ptr[j] == '\n';
            }
        }
        if (!good || !opt_same(row, "Data", data.buf))
            return false;
    }
    return copy->arg_count && span_equals_text(copy->args[copy->arg_count - 1].text, text_of(expected, "DestPath"));
}

static bool try_buildkit(const char *func, const json_t *row)
{
    cleanup_document struct document *document = NULL;
    const char *text = text_of(row, "dockerfile") ? text_of(row, "dockerfile") : text_of(row, "line");
    document_parse(&document, span_of_text(text), NULL);
    const struct instruction *first = document->instructions;
    if (same(func, "TestHeredocsFromLine")) {
        cleanup_strvec struct strvec words = STRVEC_INIT, names = STRVEC_INIT;
        struct arena arena = {0};
        heredoc_words(span_of_text(text), &words);
        for (size_t i = 0; i < words.count; i++) {
            struct heredoc heredoc;
            heredoc_parse(&heredoc, span_of_text(words.items[i]), &arena);
            strvec_add(&names, heredoc.name.ptr);
        }
        arena_release(&arena);
        const json_t *wanted = json_object_get(row, "heredocNames");
        if (same(text, VACUOUS_LINE)) {
            puts("  known to differ: " VACUOUS_LINE ", whose row asks what BuildKit does not do");
            return names.count == 0;
        }
        return json_is_null(wanted) ? names.count == 0 : same_list(wanted, &names);
    }
    if (text_of(row, "expectedError"))
        return document_has_tree(document) && first->error && strstr(first->error, text_of(row, "expectedError"));
    if (same(func, "TestCopyHeredoc"))
        return !first->error && try_copy(first, json_object_get(row, "sourcesAndDest"));
    if (same(func, "TestRunHeredoc")) {
        cleanup_strvec struct strvec args = STRVEC_INIT;
        const json_t *files = json_object_get(row, "files");
        for (size_t i = 0; i < first->arg_count; i++)
            strvec_add_bytes(&args, first->args[i].text.ptr, first->args[i].text.len);
        for (size_t i = 0; i < first->heredoc_count; i++)
            if (!span_equals_text(first->heredocs[i].name, text_of(json_array_get(files, i), "Name")) ||
                !span_equals_text(first->heredocs[i].content, text_of(json_array_get(files, i), "Data")))
                return false;
        return same_list(json_object_get(row, "command"), &args) && json_array_size(files) == first->heredoc_count &&
               (first->form != FORM_EXEC) == json_is_true(json_object_get(row, "shell"));
    }
    /* testErrorsSourceMap: faults of a build are the engine's, but where they stand is the parser's */
    const json_t *lines = json_object_get(row, "errorLine");
    json_int_t line = json_integer_value(json_array_get(lines, 0));
    json_int_t last = json_integer_value(json_array_get(lines, json_array_size(lines) - 1));
    if (document->error_count)
        return document->errors[0].line == line && document->errors[0].end_line == last;
    for (size_t i = 0; i < document->instruction_count; i++)
        if (document->instructions[i].line == line)
            return document->instructions[i].end_line == last;
    return document->directive_count && document->directives[0].line == line;
}

static bool try_table(const json_t *row)
{
    const char *source = text_of(row, "src"), *func = text_of(row, "func");
    const json_t *given = json_object_get(row, "case");
    if (strncmp(source, "pm/", 3) == 0)
        return try_pattern(func, given);
    if (strncmp(source, "ref/", 4) == 0)
        return try_reference(func, given);
    if (strstr(source, "git_ref"))
        return try_git(func, given);
    if (strstr(source, "convert_expose"))
        return try_port(given);
    if (strstr(source, "rundevice"))
        return try_device(given);
    return try_buildkit(func, given);
}

static void try_row(struct tally *tally, struct span line, bool (*try)(const json_t *row))
{
    struct error err = ERROR_INIT;
    json_t *row = json_loadb(line.ptr, line.len, JSON_ALLOW_NUL, NULL);
    tally->rows++;
    if (!row || !try(row)) {
        tally->failed++;
        printf("  %s:%zu: %.*s\n", tally->file, tally->rows, (int)(line.len < 300 ? line.len : 300), line.ptr);
    }
    json_decref(row);
    error_release(&err);
}

static int try_file(const char *folder, const char *name, bool (*try)(const json_t *row))
{
    cleanup_strbuf struct strbuf text = STRBUF_INIT, path = STRBUF_INIT;
    cleanup_error struct error err = ERROR_INIT;
    struct tally tally = {.file = name};
    strbuf_addf(&path, "%s/%s", folder, name);
    if (file_read(&text, path.buf, CORPUS_BYTES_MAX, &err) < 0) {
        printf("%s: skipped, %s\n", name, err.text);
        return 0;
    }
    for (char *p = text.buf, *end; *p; p = end + (*end == '\n')) {
        end = p + strcspn(p, "\n");
        if (end > p)
            try_row(&tally, span_of(p, (size_t)(end - p)), try);
    }
    printf("%s: %zu of %zu rows equal\n", name, tally.rows - tally.failed, tally.rows);
    return tally.failed ? 1 : 0;
}

int main(void)
{
    const char *folder = getenv("ULLAGE_CORPUS");
    int failed = 0;
    if (!folder || !*folder) {
        puts("skipped: 6 files of rows, since ULLAGE_CORPUS names no folder");
        return 77;
    }
    failed |= try_file(folder, "buildkit-parser-cases.jsonl", try_document);
    failed |= try_file(folder, "buildkit-parser-negative.jsonl", try_document);
    failed |= try_file(folder, "buildkit-oracle-edge.jsonl", try_document);
    failed |= try_file(folder, "buildkit-shlex.jsonl", try_word);
    failed |= try_file(folder, "buildkit-oracle-shlex-edge.jsonl", try_word);
    failed |= try_file(folder, "go-test-tables.jsonl", try_table);
    return failed;
}
