#include "runtime/environment.h"

#include <string.h>
#include <unistd.h>

#include "runtime/arguments.h"

static void take(struct environment *environment, const char *name, const char *value,
                 bool secret)
{
    environment->changes =
        memory_grow(environment->changes, environment->count, &environment->capacity,
                    sizeof *environment->changes);
    environment->changes[environment->count++] = (struct environment_change){
        .name = memory_dup_text(name),
        .value = value ? memory_dup_text(value) : NULL,
        .secret = secret,
    };
}

void environment_set(struct environment *environment, const char *name, const char *value)
{
    take(environment, name, value, false);
}

void environment_set_secret(struct environment *environment, const char *name,
                            const char *value)
{
    take(environment, name, value, true);
}

void environment_unset(struct environment *environment, const char *name)
{
    take(environment, name, NULL, false);
}

void environment_add_all(struct environment *environment, const struct environment *more)
{
    environment->clean = environment->clean || more->clean;
    for (size_t i = 0; i < more->count; i++)
        take(environment, more->changes[i].name, more->changes[i].value,
             more->changes[i].secret);
}

void environment_release(struct environment *environment)
{
    for (size_t i = 0; i < environment->count; i++) {
        struct environment_change *change = &environment->changes[i];
        if (change->secret && change->value)
            explicit_bzero(change->value, strlen(change->value));
        free(change->value);
        free(change->name);
    }
    free(environment->changes);
    *environment = (struct environment)ENVIRONMENT_INIT;
}

/* The change that has the last word about the name of "NAME=..." or "NAME". */
static bool is_last_word(const struct environment *environment, size_t index)
{
    for (size_t i = index + 1; i < environment->count; i++)
        if (strcmp(environment->changes[i].name, environment->changes[index].name) == 0)
            return false;
    return true;
}

static bool is_changed(const struct environment *environment, const char *assignment)
{
    size_t len = strcspn(assignment, "=");
    for (size_t i = 0; i < environment->count; i++) {
        const char *name = environment->changes[i].name;
        if (strncmp(name, assignment, len) == 0 && name[len] == '\0')
            return true;
    }
    return false;
}

static char *assignment_of(const struct environment_change *change)
{
    size_t name = strlen(change->name);
    size_t value = strlen(change->value);
    char *text = memory_alloc(name + value + 2);
    memcpy(text, change->name, name);
    text[name] = '=';
    memcpy(text + name + 1, change->value, value + 1);
    return text;
}

char **environment_list(const struct environment *environment)
{
    size_t inherited = 0;
    while (environ && environ[inherited])
        inherited++;
    size_t changes = environment ? environment->count : 0;
    char **list = memory_alloc_zero(inherited + changes + 1, sizeof *list);
    size_t count = 0;
    if (!environment || !environment->clean)
        for (size_t i = 0; i < inherited; i++)
            if (!environment || !is_changed(environment, environ[i]))
                list[count++] = memory_dup_text(environ[i]);
    for (size_t i = 0; i < changes; i++)
        if (environment->changes[i].value && is_last_word(environment, i))
            list[count++] = assignment_of(&environment->changes[i]);
    return list;
}

void environment_free_list(char **list)
{
    for (size_t i = 0; list && list[i]; i++) {
        explicit_bzero(list[i], strlen(list[i])); /* any of them may be a secret */
        free(list[i]);
    }
    free(list);
}

static void show_value(struct strbuf *out, const struct environment_change *change)
{
    if (change->secret)
        redact_secret(out, span_of_text(change->value));
    else
        strbuf_add_text(out, change->value);
}

void environment_print(struct strbuf *out, const struct environment *environment)
{
    if (!environment || (environment->count == 0 && !environment->clean))
        return;
    strbuf_add_text(out, environment->clean ? "env -i" : "env");
    cleanup_strbuf struct strbuf word = STRBUF_INIT;
    for (size_t i = 0; i < environment->count; i++) {
        const struct environment_change *change = &environment->changes[i];
        if (!change->value && !environment->clean && is_last_word(environment, i)) {
            strbuf_add_text(out, " -u ");
            shell_quote(out, span_of_text(change->name));
        }
    }
    for (size_t i = 0; i < environment->count; i++) {
        const struct environment_change *change = &environment->changes[i];
        if (!change->value || !is_last_word(environment, i))
            continue;
        strbuf_reset(&word);
        strbuf_addf(&word, "%s=", change->name);
        show_value(&word, change);
        strbuf_add_char(out, ' ');
        shell_quote(out, span_of(word.buf, word.len));
    }
    strbuf_add_char(out, ' ');
}

void environment_write_json(struct json_writer *writer,
                            const struct environment *environment)
{
    cleanup_strbuf struct strbuf value = STRBUF_INIT;
    json_open_object(writer);
    for (size_t i = 0; environment && i < environment->count; i++) {
        const struct environment_change *change = &environment->changes[i];
        if (!is_last_word(environment, i))
            continue;
        json_key(writer, change->name);
        if (!change->value) {
            json_null_value(writer);
            continue;
        }
        strbuf_reset(&value);
        show_value(&value, change);
        json_text_span(writer, span_of(value.buf, value.len));
    }
    json_close_object(writer);
}
