/* Configuration and history, field by field, as reports tell them: secrets are redacted already, and a
 * secret that changed shows as another fingerprint. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "analyzer/align.h"
#include "analyzer/diff_parts.h"
#include "analyzer/redact.h"
#include "core/memory.h"

/* Fields of one side, sorted by name. */
struct fields {
    struct arena *arena;
    struct field {
        const char *name, *value;
    } *items;
    size_t count, capacity;
};

static void add_field(struct fields *fields, const char *name, const char *value)
{
    if (!value)
        return;
    fields->items =
        memory_grow(fields->items, fields->count, &fields->capacity, sizeof *fields->items);
    fields->items[fields->count++] = (struct field){
        .name = arena_dup_text(fields->arena, name),
        .value = arena_dup_text(fields->arena, value),
    };
}

/* Texts as they are, anything else as JSON. */
static void add_value(struct fields *fields, const char *name, const json_t *value)
{
    if (!value || json_is_null(value))
        return;
    if (json_is_string(value)) {
        add_field(fields, name, json_string_value(value));
        return;
    }
    if ((json_is_array(value) && !json_array_size(value)) ||
        (json_is_object(value) && !json_object_size(value)))
        return;
    cleanup_free char *text = json_dumps(value, JSON_COMPACT | JSON_SORT_KEYS | JSON_ENCODE_ANY);
    add_field(fields, name, text);
}

/* Each member of a list is a field of its own, present or not. */
static void add_members(struct fields *fields, const char *prefix, const json_t *list)
{
    const json_t *item;
    size_t index;
    json_array_foreach(list, index, item)
    {
        cleanup_strbuf struct strbuf name = STRBUF_INIT;
        const char *text = json_string_value(item);
        if (!text)
            continue;
        strbuf_addf(&name, "%s %s", prefix, text);
        add_field(fields, name.buf, "set");
    }
}

static void add_environment(struct fields *fields, const json_t *list)
{
    const json_t *item;
    size_t index;
    json_array_foreach(list, index, item)
    {
        cleanup_strbuf struct strbuf name = STRBUF_INIT;
        const char *text = json_string_value(item);
        if (!text)
            continue;
        size_t len = strcspn(text, "=");
        strbuf_addf(&name, "env %.*s", (int)len, text);
        add_field(fields, name.buf, text[len] ? text + len + 1 : "");
    }
}

static void add_labels(struct fields *fields, const json_t *labels)
{
    const char *key;
    const json_t *value;
    for (void *i = json_object_iter((json_t *)(uintptr_t)labels); i;
         i = json_object_iter_next((json_t *)(uintptr_t)labels, i)) {
        cleanup_strbuf struct strbuf name = STRBUF_INIT;
        key = json_object_iter_key(i);
        value = json_object_iter_value(i);
        strbuf_addf(&name, "label %s", key);
        add_value(fields, name.buf, value);
    }
}

static int compare_fields(const void *a, const void *b)
{
    const struct field *left = a, *right = b;
    int order = strcmp(left->name, right->name);
    return order ? order : strcmp(left->value, right->value);
}

/* What a configuration may have and a report has no place for; only analyses have it. */
static void add_rest(struct fields *fields, const struct diff_state *state)
{
    static const char *const keys[] = {"OnBuild",     "Shell",        "ArgsEscaped", "Domainname",
                                       "Hostname",    "AttachStdin",  "AttachStdout", "AttachStderr",
                                       "Tty",         "OpenStdin",    "StdinOnce",   "NetworkDisabled",
                                       "MacAddress",  "StopTimeout"};
    const json_t *config = json_object_get(state->analysis->image->chosen->config, "config");
    for (size_t i = 0; i < ARRAY_SIZE(keys); i++) {
        const json_t *value = json_object_get(config, keys[i]);
        cleanup_strbuf struct strbuf name = STRBUF_INIT, shown = STRBUF_INIT;
        if (!value || json_is_null(value) || json_is_false(value) ||
            (json_is_string(value) && !json_string_length(value)))
            continue;
        cleanup_free char *text =
            json_dumps(value, JSON_COMPACT | JSON_SORT_KEYS | JSON_ENCODE_ANY);
        redact_text(&shown, text ? text : "");
        strbuf_addf(&name, "other %s", keys[i]);
        add_field(fields, name.buf, shown.buf);
    }
}

static void read_fields(struct fields *fields, const struct diff_state *state, bool with_time,
                        bool with_rest)
{
    const json_t *image = diff_state_list(state, "image");
    const json_t *config = json_object_get(image, "config");
    add_value(fields, "platform", json_object_get(image, "platform"));
    if (with_time)
        add_value(fields, "created", json_object_get(image, "created"));
    add_value(fields, "user", json_object_get(config, "user"));
    add_environment(fields, json_object_get(config, "env"));
    add_value(fields, "entrypoint", json_object_get(config, "entrypoint"));
    add_value(fields, "cmd", json_object_get(config, "cmd"));
    add_value(fields, "working_dir", json_object_get(config, "working_dir"));
    add_members(fields, "port", json_object_get(config, "exposed_ports"));
    add_members(fields, "volume", json_object_get(config, "volumes"));
    add_labels(fields, json_object_get(config, "labels"));
    add_value(fields, "healthcheck", json_object_get(config, "healthcheck"));
    add_value(fields, "stop_signal", json_object_get(config, "stop_signal"));
    if (with_rest)
        add_rest(fields, state);
    if (fields->count)
        qsort(fields->items, fields->count, sizeof *fields->items, compare_fields);
}

void diff_compare_config(struct comparison *comparison, const struct diff_options *options)
{
    struct fields fields[2];
    size_t at[2] = {0, 0};
    bool with_rest = comparison->sides[DIFF_OLD].analysis && comparison->sides[DIFF_NEW].analysis;
    for (int side = 0; side < 2; side++) {
        fields[side] = (struct fields){.arena = &comparison->arena};
        read_fields(&fields[side], &comparison->sides[side], !options->ignore_time, with_rest);
    }
    comparison->config = arena_alloc_zero(
        &comparison->arena, (fields[0].count + fields[1].count) * sizeof *comparison->config);
    while (at[0] < fields[0].count || at[1] < fields[1].count) {
        const struct field *left = at[0] < fields[0].count ? &fields[0].items[at[0]] : NULL;
        const struct field *right = at[1] < fields[1].count ? &fields[1].items[at[1]] : NULL;
        int order = !left ? 1 : !right ? -1 : strcmp(left->name, right->name);
        struct diff_field row = {
            .name = order <= 0 ? left->name : right->name,
            .old_value = order <= 0 ? left->value : NULL,
            .new_value = order >= 0 ? right->value : NULL,
        };
        at[0] += order <= 0;
        at[1] += order >= 0;
        if (!row.old_value || !row.new_value || strcmp(row.old_value, row.new_value) != 0)
            comparison->config[comparison->config_count++] = row;
    }
    free(fields[0].items);
    free(fields[1].items);
}

/* History. */

static struct align_item *history_items(struct arena *arena, const json_t *steps, bool with_time)
{
    const json_t *step;
    size_t index;
    struct align_item *items = memory_alloc_zero(json_array_size(steps), sizeof *items);
    json_array_foreach(steps, index, step)
    {
        cleanup_strbuf struct strbuf same = STRBUF_INIT;
        const char *created = json_string_value(json_object_get(step, "created"));
        const char *made_by = json_string_value(json_object_get(step, "created_by"));
        strbuf_addf(&same, "%s %s %s", with_time && created ? created : "",
                    json_is_true(json_object_get(step, "empty")) ? "empty" : "layer",
                    made_by ? made_by : "");
        items[index] = (struct align_item){
            .same = arena_dup(arena, same.buf, same.len),
            .alike = made_by ? made_by : "",
        };
    }
    return items;
}

/* "2024-01-02T03:04:05Z RUN make"; the time only where it is what differs. */
static const char *describe_step(struct arena *arena, const json_t *step, bool with_time)
{
    cleanup_strbuf struct strbuf text = STRBUF_INIT;
    const char *created = json_string_value(json_object_get(step, "created"));
    const char *made_by = json_string_value(json_object_get(step, "created_by"));
    if (!step)
        return NULL;
    if (with_time && created)
        strbuf_addf(&text, "%s ", created);
    strbuf_add_text(&text, made_by ? made_by : "");
    return arena_dup(arena, text.buf, text.len);
}

void diff_compare_history(struct comparison *comparison, const struct diff_options *options)
{
    const json_t *lists[2];
    struct align_item *items[2];
    size_t count;
    for (int side = 0; side < 2; side++) {
        lists[side] = diff_state_list(&comparison->sides[side], "history");
        items[side] = history_items(&comparison->arena, lists[side], !options->ignore_time);
    }
    struct align_pair *pairs = align(items[0], json_array_size(lists[0]), items[1],
                                     json_array_size(lists[1]), &count);
    comparison->history =
        arena_alloc_zero(&comparison->arena, count * sizeof *comparison->history);
    for (size_t i = 0; i < count; i++) {
        char name[64];
        const json_t *steps[2];
        if (pairs[i].match == ALIGN_SAME)
            continue;
        bool with_time = pairs[i].match == ALIGN_ALIKE && !options->ignore_time;
        steps[0] = pairs[i].old_index < 0 ? NULL : json_array_get(lists[0], (size_t)pairs[i].old_index);
        steps[1] = pairs[i].new_index < 0 ? NULL : json_array_get(lists[1], (size_t)pairs[i].new_index);
        snprintf(name, sizeof name, "step %lld",
                 (long long)(steps[1] ? pairs[i].new_index : pairs[i].old_index));
        comparison->history[comparison->history_count++] = (struct diff_field){
            .name = arena_dup_text(&comparison->arena, name),
            .old_value = describe_step(&comparison->arena, steps[0], with_time),
            .new_value = describe_step(&comparison->arena, steps[1], with_time),
        };
    }
    free(pairs);
    free(items[0]);
    free(items[1]);
}
