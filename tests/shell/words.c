/* Prints what the parser makes of a script, for tests that hold it against real shells.
 *     words DIALECT values <SCRIPT   the values of each command's words, each with a NUL, then a byte 2
 *     words DIALECT calls <SCRIPT    the calls, a line each
 *     words DIALECT check <SCRIPT    0 without errors, else 1 and the errors
 *     words DIALECT time <SCRIPT     milliseconds for the tree and the calls */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "core/strbuf.h"
#include "dockerfile/calls.h"
#include "dockerfile/packages.h"

static void read_all(struct strbuf *text)
{
    char buffer[65536];
    ssize_t got;
    while ((got = read(STDIN_FILENO, buffer, sizeof buffer)) > 0)
        strbuf_add(text, buffer, (size_t)got);
}

static void print_span(const char *before, struct span text)
{
    printf("%s%.*s", before, (int)text.len, text.ptr);
}

static void print_calls(struct script *script, const struct calls *calls)
{
    for (size_t i = 0; i < calls->count; i++) {
        const struct call *call = calls->items[i];
        struct packages packages;
        print_span("", call->name);
        print_span(" ", call->subcommand);
        for (size_t o = 0; o < call->option_count; o++) {
            print_span(" -", call->options[o].name);
            if (call->options[o].value_word)
                print_span("=", call->options[o].value);
        }
        for (size_t o = 0; o < call->operand_count; o++)
            print_span(" <", call->operands[o]->value), printf(">");
        packages_of(&packages, calls, call);
        for (size_t p = 0; p < packages.count; p++) {
            print_span(" {", packages.items[p].name);
            print_span(" ", packages.items[p].operator);
            print_span(" ", packages.items[p].version);
            printf(" %d%s}", packages.items[p].kind, packages.items[p].unknown ? "?" : "");
        }
        printf(" e%d p%d", call->state.errexit, call->state.pipefail);
        print_span(" ", call->state.folder);
        printf("%s\n", call->state.folder_known ? "" : "?");
    }
    struct cache_uses uses;
    cache_uses_find(&uses, calls);
    for (size_t i = 0; i < uses.count; i++)
        printf("cache %s %s\n", uses.items[i].cache->id, uses.items[i].cleaned_by ? "cleaned" : "left");
    (void)script;
}

static void print_values(const struct call *call)
{
    for (size_t i = 1; i < call->word_count; i++) {
        struct span value = call->words[i]->value;
        fwrite(value.ptr, 1, value.len, stdout);
        putchar('\0');
    }
    putchar('\2');
}

static int check(const struct script *script)
{
    for (size_t i = 0; i < script->error_count; i++)
        printf("%" PRIu32 "-%" PRIu32 ": %s\n", script->errors[i].range.start,
               script->errors[i].range.end, script->errors[i].text);
    return script->error_count > 0;
}

static double now(void)
{
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec * 1e3 + (double)time.tv_nsec / 1e6;
}

int main(int argc, char **argv)
{
    cleanup_strbuf struct strbuf text = STRBUF_INIT;
    if (argc != 3)
        return 2;
    enum script_dialect dialect = strcmp(argv[1], "bash") == 0 ? SCRIPT_BASH : SCRIPT_POSIX;
    read_all(&text);
    double start = now();
    cleanup_script struct script script;
    script_parse(&script, span_of(text.buf, text.len), dialect, NULL, 0);
    double parsed = now();
    struct calls calls;
    const struct calls_start from = {.shell = {.dialect = dialect}};
    calls_find(&calls, &script, &from);
    double found = now();
    if (strcmp(argv[2], "time") == 0) {
        printf("tree %.1f ms, calls %.1f ms (%zu)\n", parsed - start, found - parsed, calls.count);
    } else if (strcmp(argv[2], "check") == 0) {
        return check(&script);
    } else if (strcmp(argv[2], "calls") == 0) {
        print_calls(&script, &calls);
    } else {
        for (size_t c = 0; c < calls.count; c++)
            print_values(calls.items[c]);
    }
    return 0;
}
