#include "core/error.h"

#include <assert.h>
#include <stdarg.h>
#include <string.h>

#include "core/strbuf.h"

/* exit status and name of each code: docs/errors.md */
static const struct {
    int status;
    const char *name;
} codes[] = {
    [ERROR_NONE] = {0, "none"},         [ERROR_FAILED] = {1, "failed"},
    [ERROR_USAGE] = {2, "usage"},       [ERROR_INPUT] = {3, "input"},
    [ERROR_BASELINE] = {4, "baseline"}, [ERROR_OUTPUT] = {5, "output"},
    [ERROR_LIMIT] = {6, "limit"},       [ERROR_ENGINE] = {7, "engine"},
    [ERROR_INTERNAL] = {70, "internal"},
};

static_assert(ARRAY_SIZE(codes) == ERROR_INTERNAL + 1, "every error code has a row");

int error_exit_status(enum error_code code)
{
    return codes[code].status;
}

const char *error_code_name(enum error_code code)
{
    return codes[code].name;
}

int error_set(struct error *err, enum error_code code, const char *format, ...)
{
    assert(code != ERROR_NONE);
    if (!err || err->code != ERROR_NONE)
        return -1;
    struct strbuf text = STRBUF_INIT;
    va_list args;
    va_start(args, format);
    strbuf_vaddf(&text, format, args);
    va_end(args);
    err->code = code;
    err->text = strbuf_detach(&text, NULL);
    return -1;
}

int error_set_errno(struct error *err, enum error_code code, int number, const char *format,
                    ...)
{
    if (!err || err->code != ERROR_NONE)
        return -1;
    struct strbuf text = STRBUF_INIT;
    va_list args;
    va_start(args, format);
    strbuf_vaddf(&text, format, args);
    va_end(args);
    char reason[128] = "";
    strbuf_addf(&text, ": %s", strerror_r(number, reason, sizeof reason));
    err->code = code;
    err->text = strbuf_detach(&text, NULL);
    return -1;
}

int error_prefix(struct error *err, const char *format, ...)
{
    if (!err || err->code == ERROR_NONE)
        return -1;
    struct strbuf text = STRBUF_INIT;
    va_list args;
    va_start(args, format);
    strbuf_vaddf(&text, format, args);
    va_end(args);
    strbuf_addf(&text, ": %s", err->text);
    free(err->text);
    err->text = strbuf_detach(&text, NULL);
    return -1;
}

int error_hint(struct error *err, const char *format, ...)
{
    if (!err || err->hint)
        return -1;
    struct strbuf text = STRBUF_INIT;
    va_list args;
    va_start(args, format);
    strbuf_vaddf(&text, format, args);
    va_end(args);
    err->hint = strbuf_detach(&text, NULL);
    return -1;
}

void error_move(struct error *to, struct error *from)
{
    if (to && to->code == ERROR_NONE) {
        *to = *from;
        *from = (struct error)ERROR_INIT;
    }
    error_release(from);
}

void error_release(struct error *err)
{
    free(err->text);
    free(err->hint);
    *err = (struct error)ERROR_INIT;
}
