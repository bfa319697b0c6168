#include "runtime/scrub.h"

#include <string.h>

#include "runtime/exec.h"

static void replace_all(struct strbuf *text, const char *secret)
{
    size_t len = secret ? strlen(secret) : 0;
    if (len < SCRUB_SECRET_MIN || !memmem(text->buf, text->len, secret, len))
        return;
    struct strbuf clean = STRBUF_INIT;
    const char *at = text->buf;
    const char *end = text->buf + text->len;
    const char *found;
    while ((found = memmem(at, (size_t)(end - at), secret, len))) {
        strbuf_add(&clean, at, (size_t)(found - at));
        redact_secret(&clean, span_of(secret, len));
        at = found + len;
    }
    strbuf_add(&clean, at, (size_t)(end - at));
    strbuf_release(text);
    *text = clean;
}

void scrub_secrets(struct strbuf *text, const struct exec_request *request)
{
    const struct arguments *arguments = request->arguments;
    for (size_t i = 0; arguments && i < arguments->count; i++)
        if (arguments->secret_from[i] != ARGUMENT_NOT_SECRET)
            replace_all(text, arguments->items[i] + arguments->secret_from[i]);
    const struct environment *environment = request->environment;
    for (size_t i = 0; environment && i < environment->count; i++)
        if (environment->changes[i].secret)
            replace_all(text, environment->changes[i].value);
}
