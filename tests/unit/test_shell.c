/* The shell parser, the calls of a script, and what they mean. */
#include <stdlib.h>
#include <string.h>

#include "core/strbuf.h"
#include "dockerfile/packages.h"
#include "tests/support/check.h"

static void parse(struct script *script, const char *text, enum script_dialect dialect)
{
    script_parse(script, span_of_text(text), dialect, NULL, 0);
}

static void assert_span(struct span span, const char *text)
{
    assert_int_equal(span.len, strlen(text));
    assert_memory_equal(span.ptr, text, span.len);
}

static const struct script_command *first_command(const struct script *script)
{
    assert_non_null(script->list->first);
    return script->list->first->commands;
}

/* The values of the first command's words, with | between them. */
static void assert_words(const char *text, enum script_dialect dialect, const char *values)
{
    cleanup_script struct script script;
    cleanup_strbuf struct strbuf joined = STRBUF_INIT;
    parse(&script, text, dialect);
    for (const struct script_word *word = first_command(&script)->words; word; word = word->next) {
        strbuf_add_text(&joined, joined.len ? "|" : "");
        strbuf_add(&joined, word->value.ptr, word->value.len);
    }
    assert_string_equal(joined.buf, values);
}

static void assert_errors(const char *text, size_t count)
{
    cleanup_script struct script script;
    parse(&script, text, SCRIPT_BASH);
    if (script.error_count != count)
        print_message("%s\n", text);
    assert_int_equal(script.error_count, count);
}

/* words */

static void words_lose_their_quotes(void **state)
{
    (void)state;
    assert_words("a 'b c' \"d \\\" e\" f\\ g ''", SCRIPT_POSIX, "a|b c|d \" e|f g|");
    assert_words("a'b'\"c\"\\d", SCRIPT_POSIX, "abcd");
    assert_words("a \"x\\ay\" 'x\\ay'", SCRIPT_POSIX, "a|x\\ay|x\\ay");
}

static void dollar_quotes_are_of_bash_alone(void **state)
{
    (void)state;
    assert_words("a $'x\\ty\\x41\\u00e9\\''", SCRIPT_BASH, "a|x\tyA\xc3\xa9'");
    assert_words("a $'x'", SCRIPT_POSIX, "a|$x");
}

static void backslash_newline_is_nothing_at_all(void **state)
{
    (void)state;
    assert_words("ap\\\nt \\\n  in\\\nstall 'a\\\nb'", SCRIPT_POSIX, "apt|install|a\\\nb");
}

static void expansions_stand_in_values_as_they_are_written(void **state)
{
    (void)state;
    assert_words("echo $A-${B:-c d}-$(ls \"$x\")-`pwd`-$((1 + 2))", SCRIPT_POSIX,
                 "echo|$A-${B:-c d}-$(ls \"$x\")-`pwd`-$((1 + 2))");
}

static void parts_of_a_word_tell_what_they_are(void **state)
{
    cleanup_script struct script script;
    (void)state;
    parse(&script, "echo a'b'\"c$D\"*", SCRIPT_POSIX);

    const struct script_word *word = first_command(&script)->words->next;
    const struct script_part *part = word->parts;

    assert_int_equal(part->kind, PART_LITERAL);
    part = part->next;
    assert_int_equal(part->kind, PART_SINGLE);
    assert_span(part->text, "b");
    part = part->next;
    assert_int_equal(part->kind, PART_DOUBLE);
    assert_span(part->inner->text, "c");
    assert_int_equal(part->inner->next->kind, PART_PARAMETER);
    assert_span(part->inner->next->text, "D");
    assert_int_equal(part->next->kind, PART_GLOB);
    assert_int_equal(word->flags, WORD_QUOTED | WORD_EXPANDS | WORD_GLOB);
}

static void parameters_have_name_operator_and_word(void **state)
{
    cleanup_script struct script script;
    (void)state;
    parse(&script, "echo ${A:-x$B} ${#C} ${D%%/*} ${!E}", SCRIPT_BASH);

    const struct script_word *word = first_command(&script)->words->next;

    assert_span(word->parts->text, "A");
    assert_span(word->parts->operator, ":-");
    assert_span(word->parts->argument->value, "x$B");
    word = word->next;
    assert_span(word->parts->text, "C");
    assert_span(word->parts->operator, "#");
    word = word->next;
    assert_span(word->parts->operator, "%%");
    assert_span(word->parts->argument->value, "/*");
    word = word->next;
    assert_span(word->parts->text, "E");
    assert_span(word->parts->operator, "!");
    assert_int_equal(script.error_count, 0);
}

static void tildes_and_braces_are_marked_where_they_work(void **state)
{
    cleanup_script struct script script;
    (void)state;
    parse(&script, "a ~/x b~ '~' {a,b} {1..3} {} A=~/y", SCRIPT_BASH);

    const struct script_word *word = first_command(&script)->words->next;
    const uint32_t flags[] = {WORD_TILDE, 0, WORD_QUOTED, WORD_BRACE, WORD_BRACE, 0,
                              WORD_TILDE | WORD_ASSIGNS};

    for (size_t i = 0; i < 7; i++, word = word->next)
        assert_int_equal(word->flags, flags[i]);
}

static void words_resolve_with_what_is_known(void **state)
{
    (void)state;
    const struct calls_start start = {.lookup = NULL};
    cleanup_script struct script script;
    cleanup_strbuf struct strbuf value = STRBUF_INIT;
    struct calls calls;
    parse(&script, "V=1.2; echo \"a-${V}\" $W; A=b echo $A", SCRIPT_POSIX);
    calls_find(&calls, &script, &start);

    assert_true(call_word_value(&calls, calls.items[0], calls.items[0]->words[1], &value));
    assert_string_equal(value.buf, "a-1.2");
    strbuf_reset(&value);
    assert_false(call_word_value(&calls, calls.items[0], calls.items[0]->words[2], &value));
    assert_string_equal(value.buf, "$W");
    strbuf_reset(&value);
    assert_false(call_word_value(&calls, calls.items[1], calls.items[1]->words[1], &value));
}

/* the tree */

static void lists_know_their_operators(void **state)
{
    cleanup_script struct script script;
    (void)state;
    parse(&script, "a && b || c; d & ! e | f |& g\nh", SCRIPT_BASH);
    const enum script_joint joints[] = {JOINT_FIRST, JOINT_AND, JOINT_OR, JOINT_THEN, JOINT_THEN,
                                        JOINT_THEN};
    const struct script_pipeline *pipeline = script.list->first;

    assert_int_equal(script.list->count, 6);
    for (size_t i = 0; i < 6; i++, pipeline = pipeline->next) {
        assert_int_equal(pipeline->joint, joints[i]);
        assert_int_equal(pipeline->background, i == 3);
        assert_int_equal(pipeline->negated, i == 4);
        assert_int_equal(pipeline->command_count, i == 4 ? 3 : 1);
    }
    assert_span(script_source(&script, script.list->first->next->joint_range), "&&");
}

static void compound_commands_nest(void **state)
{
    cleanup_script struct script script;
    (void)state;
    parse(&script,
          "if a; then b; elif c; then d; else e; fi >f\n"
          "for x in 1 2; do { a; }; done\n"
          "while a; do b; done; until a; do b; done\n"
          "case $x in a|b) c ;; (*) d ;; esac\n"
          "(a; b); f() { c; }; [[ a && b ]]; (( i + 1 ))",
          SCRIPT_BASH);
    const enum script_form forms[] = {COMMAND_IF,       COMMAND_FOR,  COMMAND_WHILE,
                                      COMMAND_UNTIL,    COMMAND_CASE, COMMAND_SUBSHELL,
                                      COMMAND_FUNCTION, COMMAND_TEST, COMMAND_ARITHMETIC};
    const struct script_pipeline *pipeline = script.list->first;

    assert_int_equal(script.error_count, 0);
    assert_int_equal(script.list->count, 9);
    for (size_t i = 0; i < 9; i++, pipeline = pipeline->next)
        assert_int_equal(pipeline->commands->form, forms[i]);
    const struct script_command *command = first_command(&script);
    assert_span(command->redirections->target->value, "f");
    assert_non_null(command->clauses->next->test);
    assert_null(command->clauses->next->next->test);
    assert_span(script_source(&script, command->range), "if a; then b; elif c; then d; else e; fi >f");
}

static void double_parenthesis_is_arithmetic_only_if_it_closes_so(void **state)
{
    cleanup_script struct script script;
    (void)state;
    parse(&script, "((a); (b)); ((1 + 2))", SCRIPT_BASH);

    assert_int_equal(script.error_count, 0);
    assert_int_equal(first_command(&script)->form, COMMAND_SUBSHELL);
    assert_int_equal(script.list->first->next->commands->form, COMMAND_ARITHMETIC);
}

static void here_documents_end_at_their_line(void **state)
{
    cleanup_script struct script script;
    (void)state;
    parse(&script, "cat <<A <<-'B'; x\none $V\nA\n\ttwo $V\n\tB\ny", SCRIPT_POSIX);

    const struct script_redirection *here = first_command(&script)->redirections;

    assert_int_equal(script.error_count, 0);
    assert_span(here->body->value, "one $V\n");
    assert_true(here->body->flags & WORD_EXPANDS);
    assert_false(here->literal);
    assert_span(here->next->body->value, "two $V\n");
    assert_true(here->next->literal);
    assert_int_equal(script.list->count, 3);
}

static void comments_run_to_the_end_of_the_line(void **state)
{
    cleanup_script struct script script;
    (void)state;
    parse(&script, "a b#c # d && e\nf", SCRIPT_POSIX);

    assert_int_equal(script.list->count, 2);
    assert_span(script_source(&script, script.comments->range), "# d && e");
}

static void redirections_have_their_descriptors(void **state)
{
    cleanup_script struct script script;
    (void)state;
    parse(&script, "a 2>&1 >f <<<w &>g 3<h", SCRIPT_BASH);
    const int fds[] = {2, -1, -1, -1, 3};
    const char *const operators[] = {">&", ">", "<<<", "&>", "<"};
    const struct script_redirection *redirection = first_command(&script)->redirections;

    for (size_t i = 0; i < 5; i++, redirection = redirection->next) {
        assert_int_equal(redirection->fd, fds[i]);
        assert_span(redirection->operator, operators[i]);
    }
    assert_null(redirection);
}

/* errors */

static void what_is_open_is_told_and_reading_goes_on(void **state)
{
    (void)state;
    assert_errors("echo 'a", 1);
    assert_errors("echo \"a", 1);
    assert_errors("echo $(a", 1);
    assert_errors("if a; then b", 1);
    assert_errors("cat <<E\na", 1);
    assert_errors("a && ", 1);
    assert_errors("a | ", 1);
    assert_errors("case x in a) b;;", 1);

    cleanup_script struct script script;
    parse(&script, "a; ) fi; b ;; c", SCRIPT_BASH);
    assert_int_equal(script.list->count, 3);
    assert_true(script.error_count >= 2);
}

static void nesting_stops_at_its_limit(void **state)
{
    (void)state;
    static const char *const units[] = {"$(", "(", "`\\", "\"$(", "${a:-", "{ ", "if ", "a=(", "f() ", "$(("};
    for (size_t i = 0; i < sizeof units / sizeof *units; i++) {
        cleanup_script struct script script;
        cleanup_strbuf struct strbuf text = STRBUF_INIT;
        for (int n = 0; n < 20000; n++)
            strbuf_add_text(&text, units[i]);
        parse(&script, text.buf, SCRIPT_BASH);
        assert_true(script.error_count > 0);
        if (i != 2)
            assert_true(script.incomplete);
    }
}

static void a_text_beyond_the_limit_is_not_read(void **state)
{
    (void)state;
    cleanup_script struct script script;
    cleanup_strbuf struct strbuf text = STRBUF_INIT;
    strbuf_add_repeat(&text, 'a', SCRIPT_BYTES_MAX + 1);
    parse(&script, text.buf, SCRIPT_BASH);
    assert_true(script.incomplete);
    assert_int_equal(script.list->count, 0);
}

static void errors_beyond_the_limit_are_counted(void **state)
{
    (void)state;
    cleanup_script struct script script;
    cleanup_strbuf struct strbuf text = STRBUF_INIT;
    for (int i = 0; i < 300; i++)
        strbuf_add_text(&text, ") ");
    parse(&script, text.buf, SCRIPT_BASH);
    assert_int_equal(script.error_count, SCRIPT_ERRORS_MAX);
    assert_int_equal(script.errors_more, 300 - SCRIPT_ERRORS_MAX);
}

static void other_languages_are_not_read(void **state)
{
    (void)state;
    cleanup_script struct script script;
    parse(&script, "Get-Item | Select 'a", SCRIPT_FOREIGN);
    assert_int_equal(script.list->count, 0);
    assert_int_equal(script.error_count, 0);
}

/* positions */

static void segments_lead_back_through_continuations(void **state)
{
    /* "RUN apt-get \" newline "# comment" newline " install x": the text is joined without them */
    const char *file = "RUN apt-get \\\n# comment\n install x";
    const struct script_segment segments[] = {{0, 4}, {8, 24}};
    cleanup_script struct script script;
    (void)state;
    script_parse(&script, span_of_text("apt-get  install x"), SCRIPT_POSIX, segments, 2);

    const struct script_word *word = first_command(&script)->words;
    struct script_range name = script_origin(&script, word->range);
    struct script_range install = script_origin(&script, word->next->range);

    assert_memory_equal(file + name.start, "apt-get", 7);
    assert_int_equal(name.end - name.start, 7);
    assert_memory_equal(file + install.start, "install", 7);
    assert_int_equal(install.end - install.start, 7);
}

static void positions_lead_into_scripts_within_words(void **state)
{
    static const char *const texts[] = {"bash -c 'cd /a && rm x'", "bash -c \"cd \\\"/a\\\" && rm x\"",
                                        "echo `echo \\`rm x\\``", "eval rm\\ x",
                                        "sh <<E\n\nrm x\nE\n", "sh <<-'E'\n\t\trm x\nE\n"};
    const struct calls_start start = {.lookup = NULL};
    (void)state;
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        cleanup_script struct script script;
        struct calls calls;
        parse(&script, texts[i], SCRIPT_BASH);
        calls_find(&calls, &script, &start);
        const struct call *last = calls.items[calls.count - 1];
        assert_true(call_is(last, "rm"));
        struct span written = script_source(&script, last->words[1]->range);
        assert_span(written, "x");
    }
}

/* shells */

static void shells_are_told_by_their_words(void **state)
{
    const char *const strict[] = {"/bin/bash", "-eo", "pipefail", "-c"};
    const char *const named[] = {"bash", "-o", "errexit", "-o", "pipefail", "-c"};
    const char *const power[] = {"powershell.exe", "-Command"};
    (void)state;
    struct script_shell shell = script_shell_of(strict, 4);
    assert_int_equal(shell.dialect, SCRIPT_BASH);
    assert_true(shell.errexit && shell.pipefail);
    shell = script_shell_of(named, 6);
    assert_true(shell.errexit && shell.pipefail);
    assert_int_equal(script_shell_of(power, 2).dialect, SCRIPT_FOREIGN);
    assert_int_equal(script_shell_of(NULL, 0).dialect, SCRIPT_POSIX);
    assert_int_equal(script_dialect_of_shebang(span_of_text("#!/usr/bin/env bash\n")), SCRIPT_BASH);
    assert_int_equal(script_dialect_of_shebang(span_of_text("#!/usr/bin/python3\n")), SCRIPT_FOREIGN);
    assert_int_equal(script_dialect_of_shebang(span_of_text("echo")), SCRIPT_UNKNOWN);
}

/* calls */

static void find_calls(struct script *script, struct calls *calls, const char *text)
{
    const struct calls_start start = {.folder = {"/", 1}};
    parse(script, text, SCRIPT_BASH);
    calls_find(calls, script, &start);
}

/* The names of all calls, with their subcommands. */
static void assert_calls(const char *text, const char *names)
{
    cleanup_script struct script script;
    cleanup_strbuf struct strbuf joined = STRBUF_INIT;
    struct calls calls;
    find_calls(&script, &calls, text);
    for (size_t i = 0; i < calls.count; i++) {
        const struct call *call = calls.items[i];
        strbuf_addf(&joined, "%s%.*s", i ? ", " : "", (int)call->name.len, call->name.ptr);
        if (call->subcommand.len)
            strbuf_addf(&joined, " %.*s", (int)call->subcommand.len, call->subcommand.ptr);
    }
    assert_string_equal(joined.buf, names);
}

static void programs_that_run_others_are_seen_through(void **state)
{
    (void)state;
    assert_calls("sudo -u root /usr/bin/apt-get -y install x", "sudo, apt-get install");
    assert_calls("env -u B A=1 nice -n 5 npm i", "env, nice, npm install");
    assert_calls("bash -exc 'cd /a; yum in x'", "bash, cd, yum install");
    assert_calls("ls | xargs -0 -n1 rm -rf", "ls, xargs, rm");
    assert_calls("find . -exec rm {} \\; -o -exec ls {} +", "find, rm, ls");
    assert_calls("python3 -m pip install x", "python3, pip install");
    assert_calls("timeout 5 curl x; exec time top", "timeout, curl, exec, time, top");
    assert_calls("su -c 'apk add x' y; eval 'gem i x'", "su, apk add, eval, gem install");
    assert_calls("echo apt-get install", "echo");
    assert_calls("command -v curl && command wget x", "command, command, wget");
    assert_calls("sudo -u x -- make; gosu app env -i sh -lc 'pip3 install y'",
                 "sudo, make, gosu, env, sh, pip3 install");
    assert_calls("conda run -n b pip install x; uv run --frozen ruff; bundle exec rake",
                 "conda run, pip install, uv run, ruff, bundle exec, rake");
    assert_calls("sudo bash <<E\napt-get update\nE\n", "sudo, bash, apt-get update");
    assert_calls("bash <<E\napt-get update\nE\n", "bash, apt-get update");
    assert_calls("a=$(curl x) b `wget y`; $CMD x", "b, curl, wget, ");
    assert_calls("npm cache clean; dnf -y module install x; go mod download",
                 "npm cache.clean, dnf module.install, go mod.download");
}

static void options_are_read_by_the_table(void **state)
{
    cleanup_script struct script script;
    struct calls calls;
    (void)state;
    find_calls(&script, &calls,
               "apt-get -yqq -o Dpkg::Use=1 install --target-release=x -q=2 pkg -- -y; "
               "curl -fsSLo out --retry 3 url; tar xzf a.tgz -C /b; wget -nv u; "
               "go build -ldflags '-s' -o x .; useradd -lmu 12345 n; npm i --audit=false x; set +e");

    const struct call *apt = calls.items[0];
    assert_true(call_option_is_on(apt, "assume-yes"));
    assert_int_equal(call_option_count(apt, "quiet"), 3);
    assert_span(call_option(apt, "q")->value, "2");
    assert_span(call_option(apt, "option")->value, "Dpkg::Use=1");
    assert_span(call_option(apt, "t")->value, "x");
    assert_int_equal(apt->operand_count, 2);
    assert_span(apt->operands[0]->value, "pkg");
    const struct call *curl = calls.items[1];
    assert_span(call_option(curl, "output")->value, "out");
    assert_span(call_option(curl, "retry")->value, "3");
    assert_true(call_option(curl, "fail") && call_option(curl, "location"));
    assert_int_equal(curl->operand_count, 1);
    assert_true(call_option(calls.items[2], "extract") != NULL);
    assert_span(call_option(calls.items[2], "file")->value, "a.tgz");
    assert_span(call_option(calls.items[2], "directory")->value, "/b");
    assert_true(call_option(calls.items[3], "no-verbose") != NULL);
    assert_span(call_option(calls.items[4], "ldflags")->value, "-s");
    assert_true(call_has_operand(calls.items[4], "."));
    assert_span(call_option(calls.items[5], "uid")->value, "12345");
    assert_true(call_option(calls.items[5], "no-log-init") != NULL);
    assert_false(call_option_is_on(calls.items[6], "audit"));
    assert_null(call_option(calls.items[7], "e"));
}

static void shell_options_hold_where_they_were_set(void **state)
{
    cleanup_script struct script script;
    struct calls calls;
    (void)state;
    find_calls(&script, &calls,
               "a | b; (set -e); c; set -eo pipefail; d | e; bash -o pipefail -c 'f | g'; "
               "if h; then set +o pipefail; fi; i | j; bash -c 'k | l'");
    const enum call_fact pipefail[] = {FACT_NO, FACT_YES, FACT_YES, FACT_MAYBE, FACT_NO};

    assert_int_equal(calls.pipe_count, 5);
    for (size_t i = 0; i < 5; i++)
        assert_int_equal(calls.pipes[i].pipefail, pipefail[i]);
    for (size_t i = 0; i < calls.count; i++) {
        if (call_is(calls.items[i], "c"))
            assert_int_equal(calls.items[i]->state.errexit, FACT_NO);
        if (call_is(calls.items[i], "d"))
            assert_int_equal(calls.items[i]->state.errexit, FACT_YES);
    }
}

static void assert_folder(const char *text, const char *folder)
{
    cleanup_script struct script script;
    struct calls calls;
    find_calls(&script, &calls, text);
    const struct call *last = calls.items[calls.count - 1];
    assert_int_equal(last->state.folder_known, folder != NULL);
    if (folder)
        assert_span(last->state.folder, folder);
}

static void folders_are_followed(void **state)
{
    (void)state;
    assert_folder("cd /a && cd b/../c && x", "/a/c");
    assert_folder("(cd /a); x", "/");
    assert_folder("cd /a | y; x", "/");
    assert_folder("cd $A; x", NULL);
    assert_folder("cd; x", NULL);
    assert_folder("if y; then cd /a; fi; x", NULL);
    assert_folder("cd /a; sh -c 'cd /b; y'; x", "/a");
    assert_folder("sh -c 'cd /b; x'", "/b");
    assert_folder("eval 'cd /b'; x", "/b");
    assert_folder("cd /a && sudo cd /b; x", "/a");
}

static void variables_are_seen_by_what_follows(void **state)
{
    cleanup_script struct script script;
    struct calls calls;
    (void)state;
    find_calls(&script, &calls, "A=1 x; export B=2; C=3; env D=4 y; z");

    assert_span(call_variable(calls.items[0], "A")->value, "1");
    const struct call *y = calls.items[3], *z = calls.items[4];
    assert_true(call_is(y, "y") && call_is(z, "z"));
    assert_span(call_variable(y, "D")->value, "4");
    assert_true(call_variable(z, "B")->exported);
    assert_false(call_variable(z, "C")->exported);
    assert_null(call_variable(z, "A"));
    assert_null(call_variable(z, "D"));
}

/* packages */

struct expected {
    const char *text;
    enum package_kind kind;
    const char *name, *operator, *version;
};

static void packages_are_read_by_each_managers_grammar(void **state)
{
    static const struct expected all[] = {
        {"apt-get install -y curl", PACKAGE_NAMED, "curl", "", ""},
        {"apt-get install curl=7.1-2", PACKAGE_NAMED, "curl", "=", "7.1-2"},
        {"apt install curl/stable", PACKAGE_NAMED, "curl", "/", "stable"},
        {"apt-get install ./a.deb", PACKAGE_FILE, "./a.deb", "", ""},
        {"V=7; apt-get install curl=$V", PACKAGE_NAMED, "curl", "=", "7"},
        {"apk add -t .deps git=~2.5", PACKAGE_NAMED, "git", "=~", "2.5"},
        {"apk add git~2", PACKAGE_NAMED, "git", "~", "2"},
        {"yum install java-1.8.0-openjdk", PACKAGE_NAMED, "java-1.8.0-openjdk", "", ""},
        {"yum install httpd-2.4-3.el8", PACKAGE_NAMED, "httpd", "-", "2.4-3.el8"},
        {"yum install openssl-1:1.1.1k", PACKAGE_NAMED, "openssl", "-", "1:1.1.1k"},
        {"dnf install rpm-sign", PACKAGE_NAMED, "rpm-sign", "", ""},
        {"dnf in @tools", PACKAGE_GROUP, "@tools", "", ""},
        {"dnf module install tomcat:9", PACKAGE_MODULE, "tomcat", ":", "9"},
        {"zypper in -y tomcat\\>=9.0", PACKAGE_NAMED, "tomcat", ">=", "9.0"},
        {"pip install 'a[x]~=1.2'", PACKAGE_NAMED, "a[x]", "~=", "1.2"},
        {"pip install git+https://h/a/b@v1#egg=b", PACKAGE_VCS, "git+https://h/a/b", "@", "v1"},
        {"pip install git+ssh://git@h/a/b", PACKAGE_VCS, "git+ssh://git@h/a/b", "", ""},
        {"pip install .", PACKAGE_FOLDER, ".", "", ""},
        {"pip install a/b", PACKAGE_FOLDER, "a/b", "", ""},
        {"pip install a.whl", PACKAGE_FILE, "a.whl", "", ""},
        {"pip3 install -r req.txt", PACKAGE_LIST, "req.txt", "", ""},
        {"pip install https://h/a.zip", PACKAGE_URL, "https://h/a.zip", "", ""},
        {"uv pip install --system a==1", PACKAGE_NAMED, "a", "==", "1"},
        {"npm i -g @a/b@\">=1 <2\"", PACKAGE_NAMED, "@a/b", "@", ">=1 <2"},
        {"npm i @a/b", PACKAGE_NAMED, "@a/b", "", ""},
        {"npm i git+https://u@h/a/b.git#v1", PACKAGE_VCS, "git+https://u@h/a/b.git", "#", "v1"},
        {"npm i git://h/a/b.git", PACKAGE_VCS, "git://h/a/b.git", "", ""},
        {"npm install ./x", PACKAGE_FOLDER, "./x", "", ""},
        {"npm install x.tgz", PACKAGE_FILE, "x.tgz", "", ""},
        {"yarn global add x@1", PACKAGE_NAMED, "x", "@", "1"},
        {"gem install bundler:2 -- --with x", PACKAGE_NAMED, "bundler", ":", "2"},
        {"gem i bundler -v 2.0", PACKAGE_NAMED, "bundler", "--version", "2.0"},
        {"go install h/p@v1", PACKAGE_NAMED, "h/p", "@", "v1"},
        {"go run h/p@v1 --foo bar", PACKAGE_NAMED, "h/p", "@", "v1"},
        {"go get -tool p", PACKAGE_NAMED, "p", "", ""},
        {"go install ./cmd", PACKAGE_FOLDER, "./cmd", "", ""},
        {"cargo install --version 1.2 x", PACKAGE_NAMED, "x", "--version", "1.2"},
        {"conda install -y -c forge a=1.2", PACKAGE_NAMED, "a", "=", "1.2"},
        {"composer require a/b:1.0", PACKAGE_NAMED, "a/b", ":", "1.0"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof all / sizeof *all; i++) {
        cleanup_script struct script script;
        struct calls calls;
        struct packages packages;
        find_calls(&script, &calls, all[i].text);
        packages_of(&packages, &calls, calls.items[calls.count - 1]);
        if (packages.count != 1 || packages.items[0].kind != all[i].kind)
            print_message("%s\n", all[i].text);
        assert_int_equal(packages.count, 1);
        assert_int_equal(packages.items[0].kind, all[i].kind);
        assert_span(packages.items[0].name, all[i].name);
        assert_span(packages.items[0].operator, all[i].operator);
        assert_span(packages.items[0].version, all[i].version);
        assert_false(packages.items[0].unknown);
    }
}

static void a_variable_may_be_several_packages_or_unknown(void **state)
{
    cleanup_script struct script script;
    struct calls calls;
    struct packages packages;
    (void)state;
    find_calls(&script, &calls, "P='a=1 b'; apt-get install $P c-$V");
    packages_of(&packages, &calls, calls.items[0]);

    assert_int_equal(packages.count, 3);
    assert_span(packages.items[0].version, "1");
    assert_span(packages.items[1].name, "b");
    assert_true(packages.items[2].unknown);
}

/* caches */

static void assert_cache(const char *text, const char *id, bool cleaned)
{
    cleanup_script struct script script;
    struct calls calls;
    struct cache_uses uses;
    bool found = false;
    find_calls(&script, &calls, text);
    cache_uses_find(&uses, &calls);
    for (size_t i = 0; i < uses.count; i++) {
        if (strcmp(uses.items[i].cache->id, id) != 0)
            continue;
        found = true;
        if ((uses.items[i].cleaned_by != NULL) != cleaned)
            print_message("%s\n", text);
        assert_int_equal(uses.items[i].cleaned_by != NULL, cleaned);
    }
    assert_true(found);
}

static void assert_no_cache(const char *text)
{
    cleanup_script struct script script;
    struct calls calls;
    struct cache_uses uses;
    find_calls(&script, &calls, text);
    cache_uses_find(&uses, &calls);
    assert_int_equal(uses.count, 0);
}

static void caches_are_filled_and_emptied(void **state)
{
    (void)state;
    assert_cache("apt-get update && apt-get install x && rm -rf /var/lib/apt/lists/*", "apt-lists", true);
    assert_cache("rm -rf /var/lib/apt/lists/* && apt-get update", "apt-lists", false);
    assert_cache("apt update; cd /var/lib/apt && rm -r lists", "apt-lists", true);
    assert_cache("apt-get update; if x; then rm -rf /var/lib/apt; fi", "apt-lists", false);
    assert_cache("dnf in -y x && dnf clean all", "dnf", true);
    assert_cache("microdnf install x && rm -rf /var/cache/yum/*", "dnf", true);
    assert_cache("zypper in -y x && zypper cc", "zypper", true);
    assert_cache("yarn cache clean && yarn", "yarn", false);
    assert_cache("yarn install && yarn cache clean", "yarn", true);
    assert_cache("apk add x", "apk", false);
    assert_cache("PIP_NO_CACHE_DIR=off pip install x", "pip", false);
    assert_cache("pip install x; rm -rf ~/.cache", "pip", true);
    assert_no_cache("apk add --no-cache x");
    assert_no_cache("pip install --no-cache-dir x");
    assert_no_cache("PIP_NO_CACHE_DIR=1 pip install x");
    assert_no_cache("export PIP_NO_CACHE_DIR=on && pip3 install x");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(words_lose_their_quotes),
        cmocka_unit_test(dollar_quotes_are_of_bash_alone),
        cmocka_unit_test(backslash_newline_is_nothing_at_all),
        cmocka_unit_test(expansions_stand_in_values_as_they_are_written),
        cmocka_unit_test(parts_of_a_word_tell_what_they_are),
        cmocka_unit_test(parameters_have_name_operator_and_word),
        cmocka_unit_test(tildes_and_braces_are_marked_where_they_work),
        cmocka_unit_test(words_resolve_with_what_is_known),
        cmocka_unit_test(lists_know_their_operators),
        cmocka_unit_test(compound_commands_nest),
        cmocka_unit_test(double_parenthesis_is_arithmetic_only_if_it_closes_so),
        cmocka_unit_test(here_documents_end_at_their_line),
        cmocka_unit_test(comments_run_to_the_end_of_the_line),
        cmocka_unit_test(redirections_have_their_descriptors),
        cmocka_unit_test(what_is_open_is_told_and_reading_goes_on),
        cmocka_unit_test(nesting_stops_at_its_limit),
        cmocka_unit_test(a_text_beyond_the_limit_is_not_read),
        cmocka_unit_test(errors_beyond_the_limit_are_counted),
        cmocka_unit_test(other_languages_are_not_read),
        cmocka_unit_test(segments_lead_back_through_continuations),
        cmocka_unit_test(positions_lead_into_scripts_within_words),
        cmocka_unit_test(shells_are_told_by_their_words),
        cmocka_unit_test(programs_that_run_others_are_seen_through),
        cmocka_unit_test(options_are_read_by_the_table),
        cmocka_unit_test(shell_options_hold_where_they_were_set),
        cmocka_unit_test(folders_are_followed),
        cmocka_unit_test(variables_are_seen_by_what_follows),
        cmocka_unit_test(packages_are_read_by_each_managers_grammar),
        cmocka_unit_test(a_variable_may_be_several_packages_or_unknown),
        cmocka_unit_test(caches_are_filled_and_emptied),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
