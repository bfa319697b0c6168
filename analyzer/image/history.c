#include "analyzer/image/history.h"

#include <string.h>

#include "core/json.h"
#include "core/memory.h"
#include "core/span.h"
#include "core/strbuf.h"

static const char *const keywords[] = {
    "ADD",    "ARG",        "CMD",     "COPY",  "ENTRYPOINT", "ENV",    "EXPOSE",
    "FROM",   "HEALTHCHECK", "LABEL",  "MAINTAINER", "ONBUILD", "RUN",  "SHELL",
    "STOPSIGNAL", "USER",   "VOLUME",  "WORKDIR",
};

static bool starts_with_keyword(struct span text)
{
    for (size_t i = 0; i < ARRAY_SIZE(keywords); i++) {
        size_t len = strlen(keywords[i]);
        if (span_starts_with(text, keywords[i]) && (text.len == len || text.ptr[len] == ' '))
            return true;
    }
    return false;
}

static struct span skip_text(struct span text, const char *prefix)
{
    size_t len = strlen(prefix);
    return span_of(text.ptr + len, text.len - len);
}

static struct span trim(struct span text)
{
    while (text.len && strchr(" \t\n", text.ptr[0]) && text.ptr[0])
        text = span_of(text.ptr + 1, text.len - 1);
    while (text.len && strchr(" \t\n", text.ptr[text.len - 1]) && text.ptr[text.len - 1])
        text.len--;
    return text;
}

/* "|2 A=1 B=2 /bin/sh -c CMD": the classic builder and BuildKit put build arguments before a command. A
 * value may hold blanks, so the shell that follows is what ends them. */
static struct span skip_build_args(struct span text)
{
    static const char *const shells[] = {"/bin/sh -c ", "/bin/bash ", "/bin/ash "};
    if (!text.len || text.ptr[0] != '|')
        return text;
    for (size_t i = 1; i < text.len; i++)
        for (size_t s = 0; s < ARRAY_SIZE(shells); s++) {
            struct span rest = span_of(text.ptr + i, text.len - i);
            if (text.ptr[i - 1] == ' ' && span_starts_with(rest, shells[s]))
                return rest;
        }
    return text;
}

static char *run(struct span command)
{
    struct strbuf text = STRBUF_INIT;
    strbuf_add_text(&text, "RUN ");
    strbuf_add(&text, command.ptr, command.len);
    return strbuf_detach(&text, NULL);
}

static char *plain(struct span text)
{
    return memory_dup_bytes(text.ptr, text.len);
}

/* BuildKit: "RUN |1 A=b /bin/sh -c apt-get update # buildkit" is "RUN apt-get update". */
static char *from_run(struct span text)
{
    struct span command = skip_build_args(trim(skip_text(text, "RUN ")));
    if (span_starts_with(command, "/bin/sh -c "))
        command = skip_text(command, "/bin/sh -c ");
    return run(trim(command));
}

/* BuildKit prints the ports' Go map: "EXPOSE map[53/udp:{} 80/tcp:{}]". */
static char *from_expose(struct span text)
{
    struct strbuf out = STRBUF_INIT;
    const char *p = text.ptr + strlen("EXPOSE map["), *end = text.ptr + text.len - 1;
    strbuf_add_text(&out, "EXPOSE");
    while (p < end) {
        const char *stop = memchr(p, ' ', (size_t)(end - p));
        struct span port = span_of(p, (size_t)((stop ? stop : end) - p));
        if (span_ends_with(port, ":{}"))
            port.len -= 3;
        strbuf_addf(&out, " %.*s", (int)port.len, port.ptr);
        p += (stop ? stop + 1 : end) - p;
    }
    return strbuf_detach(&out, NULL);
}

/* buildah: "/bin/sh -c #(nop) COPY file:..." and "/bin/sh -c CMD"; it may append "|unsetLabel=..." lines. */
char *history_instruction(const char *created_by, const char *comment)
{
    struct span text = trim(span_of_text(created_by));
    if (span_ends_with(text, "# buildkit"))
        text = trim(span_of(text.ptr, text.len - strlen("# buildkit")));
    if (!text.len) {
        struct span remark = trim(span_of_text(comment));
        bool tells = starts_with_keyword(remark);
        return tells ? plain(remark) : NULL;
    }
    if (span_starts_with(text, "/bin/sh -c #(nop)")) {
        struct span rest = trim(skip_text(text, "/bin/sh -c #(nop)"));
        return rest.len ? plain(rest) : NULL;
    }
    if (span_starts_with(text, "RUN "))
        return from_run(text);
    if (span_starts_with(text, "EXPOSE map[") && span_ends_with(text, "]"))
        return from_expose(text);
    if (starts_with_keyword(text))
        return plain(text);
    struct span command = skip_build_args(text);
    if (span_starts_with(command, "/bin/sh -c ")) {
        command = trim(skip_text(command, "/bin/sh -c "));
        return command.len ? run(command) : NULL;
    }
    if (command.ptr != text.ptr)
        return run(command);
    return NULL;
}

static int read_step(struct history *history, struct history_step *step, const json_t *object,
                     struct error *err)
{
    const char *created, *created_by, *comment, *author;
    json_t *empty;
    if (json_expect(object, JSON_OBJECT, "a step", err) < 0 ||
        json_get_text(&created, object, "created", err) < 0 ||
        json_get_text(&created_by, object, "created_by", err) < 0 ||
        json_get_text(&comment, object, "comment", err) < 0 ||
        json_get_text(&author, object, "author", err) < 0 ||
        json_get_typed(&empty, object, "empty_layer", JSON_TRUE, err) < 0)
        return -1;
    step->created = arena_dup_text(&history->arena, created);
    step->created_by = arena_dup_text(&history->arena, created_by ? created_by : "");
    step->comment = arena_dup_text(&history->arena, comment);
    step->author = arena_dup_text(&history->arena, author);
    step->empty = json_is_true(empty);
    step->layer = -1;
    cleanup_free char *instruction = history_instruction(step->created_by, comment);
    step->instruction = arena_dup_text(&history->arena, instruction);
    return 0;
}

int history_read(struct history *ret_history, const json_t *config, size_t layers,
                 struct error *err)
{
    struct history history = {0};
    json_t *array = NULL, *object;
    size_t index;

    if (config && json_get_typed(&array, config, "history", JSON_ARRAY, err) < 0)
        return -1;
    history.steps = memory_alloc_zero(json_array_size(array), sizeof *history.steps);
    json_array_foreach(array, index, object)
    {
        struct history_step *step = &history.steps[index];
        if (read_step(&history, step, object, err) < 0) {
            history_release(&history);
            return error_prefix(err, "history step %zu", index);
        }
        if (!step->empty && history.with_layer++ < layers)
            step->layer = (int64_t)history.with_layer - 1;
        history.count++;
    }
    *ret_history = history;
    return 0;
}

const struct history_step *history_of_layer(const struct history *history, size_t layer)
{
    for (size_t i = 0; i < history->count; i++)
        if (history->steps[i].layer == (int64_t)layer)
            return &history->steps[i];
    return NULL;
}

void history_release(struct history *history)
{
    free(history->steps);
    arena_release(&history->arena);
    *history = (struct history){0};
}
