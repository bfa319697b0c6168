#include "dockerfile/stage.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "core/memory.h"
#include "dockerfile/unicode.h"

#define DEFAULT_PLATFORM "linux/amd64"
#define DEFAULT_PATH "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"

static char *lower(struct arena *arena, struct span text)
{
    char *copy = arena_dup(arena, text.ptr, text.len);
    for (size_t i = 0; i < text.len; i++)
        copy[i] = (char)tolower((unsigned char)copy[i]);
    return copy;
}

static void set_named(struct variables *variables, const char *prefix, const char *name, const char *value,
                      size_t len)
{
    cleanup_strbuf struct strbuf whole = STRBUF_INIT;
    cleanup_free char *text = memory_dup_bytes(value, len);
    strbuf_addf(&whole, "%s%s", prefix, name);
    variables_set(variables, whole.buf, text);
}

/* os/arch/variant */
static void set_platform(struct variables *variables, const char *prefix, const char *platform)
{
    static const char *const parts[] = {"OS", "ARCH", "VARIANT"};
    const char *p = platform;
    set_named(variables, prefix, "PLATFORM", platform, strlen(platform));
    set_named(variables, prefix, "OSVERSION", "", 0);
    for (size_t i = 0; i < ARRAY_SIZE(parts); i++) {
        size_t len = strcspn(p, "/");
        set_named(variables, prefix, parts[i], p, len);
        p += len + (p[len] == '/');
    }
}

static void set_automatic(struct variables *variables, const struct build_options *options)
{
    const char *build = options && options->build_platform ? options->build_platform : DEFAULT_PLATFORM;
    const char *target = options && options->target_platform ? options->target_platform : build;
    set_platform(variables, "BUILD", build);
    set_platform(variables, "TARGET", target);
    variables_set(variables, "TARGETSTAGE", options && options->target ? options->target : "default");
}

/* Expanded into the arena; NULL with the error's text if it cannot be. */
static const char *expand(const struct document *document, struct span word, const struct variables *variables,
                          struct arena *arena, struct strvec *unmatched, const char **ret_error)
{
    cleanup_expansion struct expansion expansion = EXPANSION_INIT;
    cleanup_error struct error err = ERROR_INIT;
    struct expand_options options = {.escape = document->escape};
    if (expand_word(&expansion, word, variables, &options, &err) < 0) {
        if (ret_error && !*ret_error)
            *ret_error = arena_dup_text(arena, err.text);
        return NULL;
    }
    for (size_t i = 0; unmatched && i < expansion.unmatched.count; i++)
        strvec_add(unmatched, expansion.unmatched.items[i]);
    return arena_dup(arena, expansion.text.buf, expansion.text.len);
}

/* `NAME` or `NAME=VALUE` of ARG, in the scope where it stands: what the build says, else its default, else
 * what is declared outside. */
static void declare(const struct stages *stages, struct variables *scope, struct span text, const char *value)
{
    const char *equals = memchr(text.ptr, '=', text.len);
    cleanup_free char *name = memory_dup_bytes(text.ptr, equals ? (size_t)(equals - text.ptr) : text.len);
    const char *given = variables_get(&stages->build_args, name);
    if (!given)
        given = equals ? value : variables_get(&stages->global, name);
    if (given)
        variables_set(scope, name, given);
}

static void declare_global(struct stages *stages, const struct instruction *instruction)
{
    for (size_t i = 0; i < instruction->arg_count; i++) {
        struct span text = instruction->args[i].text;
        const char *equals = memchr(text.ptr, '=', text.len);
        const char *value = NULL;
        if (equals)
            value = expand(stages->document, span_of(equals + 1, (size_t)(text.ptr + text.len - equals - 1)),
                           &stages->global, &stages->arena, NULL, NULL);
        declare(stages, &stages->global, text, value ? value : "");
    }
}

size_t stages_by_name(const struct stages *stages, struct span name, size_t before)
{
    if (before > stages->count)
        before = stages->count;
    for (size_t i = before; i-- > 0;)
        if (stages->items[i].name && span_equals_nocase(name, stages->items[i].name))
            return i;
    return STAGE_NONE;
}

/* FROM looks names up as they are written, though they are kept in lower case. */
static size_t base_stage(const struct stages *stages, const char *base, size_t before)
{
    size_t found = stages_by_name(stages, span_of_text(base), before);
    return found != STAGE_NONE && strcmp(stages->items[found].name, base) == 0 ? found : STAGE_NONE;
}

size_t stages_copy_source(const struct stages *stages, struct span text, size_t stage)
{
    size_t number = 0, at = 0;
    while (at < text.len && text.ptr[at] >= '0' && text.ptr[at] <= '9' && number < stages->count)
        number = number * 10 + (size_t)(text.ptr[at++] - '0');
    if (text.len && at == text.len)
        return number < stage ? number : STAGE_NONE;
    return stages_by_name(stages, text, stage);
}

size_t stages_of(const struct stages *stages, const struct instruction *instruction)
{
    size_t low = 0, high = stages->count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (stages->items[middle].from <= instruction)
            low = middle + 1;
        else
            high = middle;
    }
    return low ? low - 1 : STAGE_NONE;
}

static struct stage stage_from(struct stages *stages, const struct instruction *from)
{
    const struct document *document = stages->document;
    struct stage stage = {.from = from, .number = stages->count, .base = "", .base_stage = STAGE_NONE};
    const struct flag *platform = instruction_flag(from, "platform");
    if (from->arg_count) {
        const char *base =
            expand(document, from->args[0].text, &stages->global, &stages->arena, NULL, NULL);
        stage.base = base ? base : "";
        stage.base_stage = base_stage(stages, stage.base, stages->count);
    }
    if (platform)
        stage.platform = expand(document, platform->value, &stages->global, &stages->arena, NULL, NULL);
    if (from->arg_count == 3)
        stage.name = lower(&stages->arena, from->args[2].text);
    return stage;
}

void stages_find(struct stages *ret_stages, const struct document *document,
                 const struct build_options *options)
{
    size_t capacity = 0;
    *ret_stages = (struct stages){.document = document};
    struct stages *stages = ret_stages;
    variables_copy(&stages->build_args, options ? options->build_args : NULL);
    set_automatic(&stages->global, options);
    variables_copy(&stages->global, &stages->build_args);
    for (size_t i = 0; i < document->instruction_count; i++) {
        const struct instruction *instruction = &document->instructions[i];
        if (instruction->kind == INSTRUCTION_FROM) {
            struct stage stage = stage_from(stages, instruction);
            stage.first = i;
            stages->items = memory_grow(stages->items, stages->count, &capacity, sizeof *stages->items);
            stages->items[stages->count++] = stage;
        } else if (instruction->kind == INSTRUCTION_ARG && !stages->count) {
            declare_global(stages, instruction);
        }
        if (stages->count)
            stages->items[stages->count - 1].count++;
    }
}

void stages_release(struct stages *stages)
{
    variables_release(&stages->build_args);
    variables_release(&stages->global);
    free(stages->items);
    arena_release(&stages->arena);
    stages->items = NULL;
    stages->count = 0;
}

/* A stage while it is gone through: what its words see, kept for the stages built from it. */
struct walk {
    const struct stages *stages;
    const struct build_options *options;
    struct variables *scopes; /* of each stage */
    struct variables *scope;  /* of the present one; the global one before the first */
    struct arena arena;
};

static void start_stage(struct walk *walk, size_t number)
{
    size_t base = walk->stages->items[number].base_stage;
    walk->scope = &walk->scopes[number];
    if (base != STAGE_NONE) {
        variables_copy(walk->scope, &walk->scopes[base]);
        return;
    }
    variables_set(walk->scope, "PATH", DEFAULT_PATH);
    variables_copy(walk->scope, walk->options ? walk->options->environment : NULL);
}

static bool is_expanded(const struct instruction *instruction)
{
    switch (instruction->kind) {
    case INSTRUCTION_ADD: case INSTRUCTION_ARG: case INSTRUCTION_COPY: case INSTRUCTION_ENV:
    case INSTRUCTION_EXPOSE: case INSTRUCTION_FROM: case INSTRUCTION_LABEL: case INSTRUCTION_STOPSIGNAL:
    case INSTRUCTION_USER: case INSTRUCTION_VOLUME: case INSTRUCTION_WORKDIR: return true;
    default: return false;
    }
}

static void add_words(struct walk *walk, const struct word *word, struct expanded *expanded)
{
    cleanup_expansion struct expansion expansion = EXPANSION_INIT;
    cleanup_error struct error err = ERROR_INIT;
    struct expand_options options = {.escape = walk->stages->document->escape};
    if (expand_word(&expansion, word->text, walk->scope, &options, &err) < 0) {
        expanded->error = arena_dup_text(&walk->arena, err.text);
        strvec_add_bytes(&expanded->args, word->text.ptr, word->text.len);
        return;
    }
    for (size_t i = 0; i < expansion.words.count; i++)
        strvec_add(&expanded->args, expansion.words.items[i]);
    for (size_t i = 0; i < expansion.unmatched.count; i++)
        strvec_add(&expanded->unmatched, expansion.unmatched.items[i]);
}

static void add_word(struct walk *walk, const struct word *word, struct expanded *expanded)
{
    const struct instruction *instruction = expanded->instruction;
    bool is_heredoc = instruction->heredoc_count && heredoc_parse(NULL, word->text, NULL);
    const char *text = NULL;
    if (is_expanded(instruction) && !is_heredoc)
        text = expand(walk->stages->document, word->text, walk->scope, &walk->arena, &expanded->unmatched,
                      &expanded->error);
    if (text)
        strvec_add(&expanded->args, text);
    else
        strvec_add_bytes(&expanded->args, word->text.ptr, word->text.len);
}

/* Pairs of ARG are seen by those behind them; those of ENV only by later instructions. */
static void declare_word(struct walk *walk, const struct expanded *expanded, size_t i)
{
    const char *text = expanded->args.items[i], *equals = strchr(text, '=');
    declare(walk->stages, walk->scope, span_of_text(text), equals ? equals + 1 : NULL);
}

static void set_pairs(struct walk *walk, const struct expanded *expanded)
{
    for (size_t i = 0; i + 1 < expanded->args.count; i += 3)
        variables_set(walk->scope, expanded->args.items[i], expanded->args.items[i + 1]);
}

static void walk_instruction(struct walk *walk, struct expanded *expanded)
{
    const struct instruction *instruction = expanded->instruction;
    const struct variables *global = &walk->stages->global;
    struct variables *kept = walk->scope;
    if (instruction->kind == INSTRUCTION_FROM) /* sees the global arguments alone */
        walk->scope = (struct variables *)global;
    for (size_t i = 0; i < instruction->arg_count; i++) {
        if (instruction->kind == INSTRUCTION_EXPOSE)
            add_words(walk, &instruction->args[i], expanded);
        else
            add_word(walk, &instruction->args[i], expanded);
        if (instruction->kind == INSTRUCTION_ARG && walk->scope != global)
            declare_word(walk, expanded, i);
    }
    walk->scope = kept;
    if (instruction->kind == INSTRUCTION_ENV && walk->scope != global)
        set_pairs(walk, expanded);
}

void stages_expand(const struct stages *stages, const struct build_options *options,
                   void (*tell)(void *context, const struct expanded *expanded), void *context)
{
    const struct document *document = stages->document;
    struct walk walk = {
        .stages = stages,
        .options = options,
        .scopes = memory_alloc_zero(stages->count + 1, sizeof *walk.scopes),
        .scope = (struct variables *)&stages->global, /* read alone until a stage starts */
    };
    size_t stage = 0;
    for (size_t i = 0; i < document->instruction_count; i++) {
        struct expanded expanded = {.instruction = &document->instructions[i]};
        if (stage < stages->count && stages->items[stage].first == i)
            start_stage(&walk, stage++);
        walk_instruction(&walk, &expanded);
        tell(context, &expanded);
        strvec_release(&expanded.args);
        strvec_release(&expanded.unmatched);
    }
    for (size_t i = 0; i < stages->count; i++)
        variables_release(&walk.scopes[i]);
    free(walk.scopes);
    arena_release(&walk.arena);
}
