#include "runtime/arguments.h"

#include <stdarg.h>
#include <string.h>

#include "core/digest.h"

/* What no shell gives a meaning, wherever it stands in a word. */
static const char plain[] =
    "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-./:,@%+=";

#define FINGERPRINT_BYTES 6

static void take(struct arguments *list, char *text, size_t secret_from)
{
    list->items =
        memory_grow(list->items, list->count + 1, &list->capacity, sizeof *list->items);
    list->secret_from = memory_grow(list->secret_from, list->count, &list->secret_capacity,
                                    sizeof *list->secret_from);
    list->secret_from[list->count] = secret_from;
    list->items[list->count++] = text;
    list->items[list->count] = NULL;
}

void arguments_add(struct arguments *list, const char *text)
{
    take(list, memory_dup_text(text), ARGUMENT_NOT_SECRET);
}

void arguments_addf(struct arguments *list, const char *format, ...)
{
    struct strbuf text = STRBUF_INIT;
    va_list args;
    va_start(args, format);
    strbuf_vaddf(&text, format, args);
    va_end(args);
    take(list, strbuf_detach(&text, NULL), ARGUMENT_NOT_SECRET);
}

void arguments_add_option(struct arguments *list, const char *name, const char *value)
{
    if (value)
        arguments_addf(list, "%s=%s", name, value);
}

void arguments_add_secret(struct arguments *list, const char *shown, const char *secret)
{
    size_t before = strlen(shown);
    size_t len = strlen(secret);
    char *text = memory_alloc(before + len + 1);
    memcpy(text, shown, before);
    memcpy(text + before, secret, len + 1);
    take(list, text, before);
}

void arguments_add_all(struct arguments *list, const struct arguments *more)
{
    for (size_t i = 0; i < more->count; i++)
        take(list, memory_dup_text(more->items[i]), more->secret_from[i]);
}

void arguments_release(struct arguments *list)
{
    for (size_t i = 0; i < list->count; i++) {
        if (list->secret_from[i] != ARGUMENT_NOT_SECRET)
            explicit_bzero(list->items[i], strlen(list->items[i]));
        free(list->items[i]);
    }
    free(list->items);
    free(list->secret_from);
    *list = (struct arguments)ARGUMENTS_INIT;
}

void redact_secret(struct strbuf *out, struct span secret)
{
    struct digest digest;
    digest_of(&digest, secret.ptr, secret.len);
    strbuf_add_text(out, "<redacted:");
    for (size_t i = 0; i < FINGERPRINT_BYTES; i++)
        strbuf_addf(out, "%02x", digest.bytes[i]);
    strbuf_add_char(out, '>');
}

void arguments_show(struct strbuf *out, const struct arguments *list, size_t index)
{
    const char *text = list->items[index];
    size_t secret_from = list->secret_from[index];
    if (secret_from == ARGUMENT_NOT_SECRET) {
        strbuf_add_text(out, text);
        return;
    }
    strbuf_add(out, text, secret_from);
    redact_secret(out, span_of_text(text + secret_from));
}

void shell_quote(struct strbuf *out, struct span text)
{
    size_t harmless = 0;
    while (harmless < text.len && text.ptr[harmless] && strchr(plain, text.ptr[harmless]))
        harmless++;
    if (text.len > 0 && harmless == text.len) {
        strbuf_add(out, text.ptr, text.len);
        return;
    }
    strbuf_add_char(out, '\'');
    for (size_t i = 0; i < text.len; i++) {
        /* `!` is history to an interactive shell even where it should not be. */
        if (text.ptr[i] == '\'' || text.ptr[i] == '!')
            strbuf_addf(out, "'\\%c'", text.ptr[i]);
        else
            strbuf_add_char(out, text.ptr[i]);
    }
    strbuf_add_char(out, '\'');
}

void arguments_print(struct strbuf *out, const struct arguments *list)
{
    cleanup_strbuf struct strbuf shown = STRBUF_INIT;
    for (size_t i = 0; i < list->count; i++) {
        strbuf_reset(&shown);
        arguments_show(&shown, list, i);
        if (i > 0)
            strbuf_add_char(out, ' ');
        shell_quote(out, span_of(shown.buf, shown.len));
    }
}

void arguments_write_json(struct json_writer *writer, const struct arguments *list)
{
    cleanup_strbuf struct strbuf shown = STRBUF_INIT;
    json_open_array(writer);
    for (size_t i = 0; i < list->count; i++) {
        strbuf_reset(&shown);
        arguments_show(&shown, list, i);
        json_text_span(writer, span_of(shown.buf, shown.len));
    }
    json_close_array(writer);
}
