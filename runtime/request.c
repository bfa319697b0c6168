#include "runtime/request.h"

#include <string.h>
#include <unistd.h>

#include "core/escape.h"

/* The kernel's MAX_ARG_STRLEN: one argument or variable with its NUL. */
#define ARGUMENT_BYTES_MAX ((size_t)128 << 10)

static int refuse_long(const char *what, size_t len, struct error *err)
{
    error_set(err, ERROR_USAGE, "%s has %zu bytes; a program takes %zu", what, len,
              ARGUMENT_BYTES_MAX - 1);
    return error_hint(err, "pass it in a file or on standard input");
}

/* The kernel's E2BIG does not say which. */
static int check_lengths(const struct exec_request *request, struct error *err)
{
    const struct arguments *arguments = request->arguments;
    for (size_t i = 0; arguments && i < arguments->count; i++) {
        size_t len = strlen(arguments->items[i]);
        if (len < ARGUMENT_BYTES_MAX)
            continue;
        cleanup_strbuf struct strbuf what = STRBUF_INIT;
        size_t name = strcspn(arguments->items[i], "=");
        bool option =
            arguments->items[i][0] == '-' && name < 64 && name < arguments->secret_from[i];
        strbuf_addf(&what, "argument %zu", i + 1);
        if (option) {
            strbuf_add_text(&what, " (");
            escape_for_terminal(&what, span_of(arguments->items[i], name));
            strbuf_add_char(&what, ')');
        }
        return refuse_long(what.buf, len, err);
    }
    const struct environment *environment = request->environment;
    for (size_t i = 0; environment && i < environment->count; i++) {
        const struct environment_change *change = &environment->changes[i];
        size_t len = strlen(change->name) + 1 + (change->value ? strlen(change->value) : 0);
        if (len < ARGUMENT_BYTES_MAX)
            continue;
        cleanup_strbuf struct strbuf what = STRBUF_INIT;
        strbuf_addf(&what, "variable '%.64s'", change->name);
        return refuse_long(what.buf, len, err);
    }
    return 0;
}

int request_check(const struct exec_request *request, struct error *err)
{
    if (request->out.kind == EXEC_MERGE)
        return error_set(err, ERROR_INTERNAL,
                         "standard output cannot be merged into itself");
    if (request->terminal && !isatty(STDIN_FILENO)) {
        error_set(err, ERROR_USAGE, "'%s' needs a terminal, and standard input is none",
                  request->program);
        return error_hint(err, "leave the terminal out (-t), or run this from one");
    }
    return check_lengths(request, err);
}
