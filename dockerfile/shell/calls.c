#include "dockerfile/calls.h"

#include <string.h>

#include "core/memory.h"
#include "dockerfile/shell/tools.h"

#define CLUSTER_MAX 32 /* more letters behind one dash are no options */

/* What walks over the tree. Its state is what holds where it stands; a shell within a shell gets a copy. */
struct walker {
    struct calls *calls;
    struct script *script;
    size_t capacity;
    size_t pipe_capacity;
    struct call_state state;
    const struct call *through;
    const struct call *shell; /* the call that started the shell in which it stands; NULL: the first */
    const struct script_pipeline *pipeline;
    const struct call_variable *expanding;
    unsigned depth;
    bool conditional;
    bool deferred;
    bool substituted;
    struct call_option *options; /* of the call that is being sorted */
    size_t option_count;
    size_t option_capacity;
    const struct script_word **operands;
    size_t operand_count;
    size_t operand_capacity;
    const struct script_word *skipped_word; /* the second of a subcommand of two */
};

static void walk_list(struct walker *w, const struct script_list *list);

static struct span base_name(const struct script_word *word)
{
    struct span value = word->value;
    if (!script_word_is_constant(word))
        return span_of("", 0);
    for (size_t i = value.len; i > 0; i--)
        if (value.ptr[i - 1] == '/')
            return span_of(value.ptr + i, value.len - i);
    return value;
}

static struct span behind(struct span text, size_t from)
{
    return span_of(text.ptr + from, text.len - from);
}

/* Words sorted by the table. */

struct sorter {
    struct walker *w;
    struct call *call;
    const struct tool *row; /* of the subcommand, once it is met */
    size_t at;
    size_t first_operand; /* among the words; word_count: none */
    bool only_operands;
};

static bool find_option(const struct sorter *s, struct span name, bool single_dash,
                        struct tool_option *ret_option)
{
    const struct tool *tool = s->call->tool;
    if (s->row && tool_find_option(s->row->options, name, single_dash, ret_option))
        return true;
    if (tool && tool_find_option(tool->options, name, single_dash, ret_option))
        return true;
    *ret_option = (struct tool_option){.names = {"", 0}, .takes = OPTION_PLAIN};
    return false;
}

static struct call_option *add_option(struct sorter *s, struct span name,
                                      const struct tool_option *option)
{
    struct walker *w = s->w;
    w->options =
        memory_grow(w->options, w->option_count, &w->option_capacity, sizeof *w->options);
    struct call_option *added = &w->options[w->option_count++];
    *added = (struct call_option){.name = name,
                                  .names = option->names,
                                  .value = {"", 0},
                                  .word = s->call->words[s->at]};
    return added;
}

static void give_value(struct call_option *option, struct span value,
                       const struct script_word *word)
{
    option->value = value;
    option->value_word = word;
}

/* The next word is the value, if there is one. */
static void give_next_word(struct sorter *s, struct call_option *option)
{
    if (s->at + 1 < s->call->word_count) {
        const struct script_word *word = s->call->words[++s->at];
        give_value(option, word->value, word);
    }
}

/* -name or --name, with its value behind = or in the next word. */
static void sort_long(struct sorter *s, struct span text, bool single_dash)
{
    const char *equals = text.len ? memchr(text.ptr, '=', text.len) : NULL;
    struct span name = equals ? span_of(text.ptr, (size_t)(equals - text.ptr)) : text;
    struct tool_option known;
    if (!find_option(s, name, single_dash, &known) && s->call->tool &&
        s->call->tool->style & STYLE_WORDS)
        find_option(s, name, !single_dash, &known);
    struct call_option *option = add_option(s, name, &known);
    if (equals)
        give_value(option, behind(text, name.len + 1), option->word);
    else if (known.takes == OPTION_VALUE)
        give_next_word(s, option);
}

/* -abc: letters, the last of which may have a value. */
static void sort_letters(struct sorter *s, struct span letters)
{
    for (size_t i = 0; i < letters.len; i++) {
        struct tool_option known;
        struct span name = span_of(letters.ptr + i, 1), rest = behind(letters, i + 1);
        find_option(s, name, true, &known);
        struct call_option *option = add_option(s, name, &known);
        bool equals = rest.len && rest.ptr[0] == '=';
        if (known.takes == OPTION_VALUE && !rest.len) {
            give_next_word(s, option);
        } else if (known.takes == OPTION_VALUE || equals ||
                   (known.takes == OPTION_VALUE_ATTACHED && rest.len && rest.ptr[0] != name.ptr[0] &&
                    (rest.ptr[0] < 'a' || rest.ptr[0] > 'z'))) {
            give_value(option, behind(rest, equals), option->word);
            return;
        }
    }
}

/* tar xzf FILE: a letter with a value takes the next word each. */
static void sort_bundle(struct sorter *s, struct span letters)
{
    size_t word = s->at;
    for (size_t i = 0; i < letters.len; i++) {
        struct tool_option known;
        struct span name = span_of(letters.ptr + i, 1);
        find_option(s, name, true, &known);
        struct call_option *option = add_option(s, name, &known);
        option->word = s->call->words[word];
        if (known.takes == OPTION_VALUE)
            give_next_word(s, option);
    }
}

static void sort_option(struct sorter *s, struct span value)
{
    const struct tool *tool = s->call->tool;
    struct tool_option known;
    if (value.ptr[1] == '-') {
        sort_long(s, behind(value, 2), false);
        return;
    }
    struct span text = behind(value, 1);
    size_t name = 0;
    while (name < text.len && text.ptr[name] != '=')
        name++;
    bool words = tool && tool->style & STYLE_WORDS;
    bool whole = name > 1 && find_option(s, span_of(text.ptr, name), true, &known);
    if (words) {
        sort_long(s, text, name == 1);
    } else if (whole) {
        sort_long(s, text, true);
    } else if (text.len > CLUSTER_MAX && !find_option(s, span_of(text.ptr, 1), true, &known)) {
        sort_long(s, text, true);
    } else {
        sort_letters(s, text);
    }
}

static bool take_subcommand(struct sorter *s)
{
    struct call *call = s->call;
    const struct script_word *word = call->words[s->at];
    if (call->subcommand_word || !call->tool || !tool_has_subcommands(call->tool))
        return false;
    struct span second = {"", 0};
    size_t words = 1, next = s->at + 1;
    /* options may stand between the two words */
    while (next < call->word_count && call->words[next]->value.len &&
           call->words[next]->value.ptr[0] == '-')
        next++;
    if (next < call->word_count && script_word_is_constant(call->words[next]))
        second = call->words[next]->value;
    call->subcommand_word = word;
    if (!script_word_is_constant(word))
        return true;
    call->subcommand = word->value;
    s->row = tool_find_subcommand(call->tool, word->value, second, &words);
    if (words == 2) {
        /* the second word becomes part of the name when its turn comes */
        call->subcommand = s->row->row == ROW_SUBCOMMAND
                               ? first_in_list(s->row->names)
                               : tool_pair_name(s->row, word->value, second);
        s->w->skipped_word = call->words[next];
    } else if (s->row && s->row->row == ROW_SUBCOMMAND) {
        call->subcommand = first_in_list(s->row->names);
    }
    return true;
}

static void add_operand(struct sorter *s)
{
    struct walker *w = s->w;
    const struct script_word *word = s->call->words[s->at];
    if (word == w->skipped_word)
        return;
    if (s->first_operand == s->call->word_count)
        s->first_operand = s->at;
    w->operands = memory_grow(w->operands, w->operand_count, &w->operand_capacity,
                              sizeof *w->operands);
    w->operands[w->operand_count++] = word;
    const struct tool *tool = s->call->tool;
    if (tool && (tool->style & STYLE_FIRST || (s->row && s->row->runs == RUNS_OPERANDS)))
        s->only_operands = true;
}

static bool runs_assigned(const struct tool *tool)
{
    return tool && tool->runs == RUNS_ASSIGNED;
}

static void sort_word(struct sorter *s)
{
    const struct script_word *word = s->call->words[s->at];
    const struct tool *tool = s->call->tool;
    struct span value = word->value;
    bool dash = value.len > 1 && value.ptr[0] == '-';
    bool plus = tool && tool->style & STYLE_FIRST && value.len > 1 && value.ptr[0] == '+';
    if (s->only_operands || (tool && tool->style & STYLE_PLAIN)) {
        add_operand(s);
    } else if (dash && span_equals_text(value, "--")) {
        s->only_operands = true;
    } else if (dash) {
        sort_option(s, value);
    } else if (plus) {
        /* +e turns off what -e turns on: set, bash */
        struct tool_option known;
        find_option(s, span_of(value.ptr + 1, 1), true, &known);
        struct call_option *option = add_option(s, value, &known);
        option->names = span_of("", 0);
        if (known.takes == OPTION_VALUE)
            give_next_word(s, option);
    } else if (s->at == 1 && tool && tool->style & STYLE_BUNDLE) {
        sort_bundle(s, value);
    } else if (runs_assigned(tool) && word->flags & WORD_ASSIGNS) {
        return; /* follow_assigned has them */
    } else if (!take_subcommand(s)) {
        add_operand(s);
    }
}

static void *keep(struct walker *w, const void *items, size_t count, size_t size)
{
    void *kept = arena_alloc(&w->script->arena, count * size + 1);
    if (count)
        memcpy(kept, items, count * size);
    return kept;
}

static size_t sort_words(struct walker *w, struct call *call, const struct tool **ret_row)
{
    struct sorter s = {.w = w, .call = call, .first_operand = call->word_count};
    w->option_count = w->operand_count = 0;
    w->skipped_word = NULL;
    for (s.at = 1; s.at < call->word_count; s.at++)
        sort_word(&s);
    call->options = keep(w, w->options, w->option_count, sizeof *w->options);
    call->option_count = w->option_count;
    call->operands = keep(w, w->operands, w->operand_count, sizeof *w->operands);
    call->operand_count = w->operand_count;
    *ret_row = s.row;
    return s.first_operand;
}

/* What a command changes for those after it. */

static void add_variable(struct walker *w, const struct script_word *word, bool exported)
{
    struct span value = word->value;
    const char *equals = value.len ? memchr(value.ptr, '=', value.len) : NULL;
    if (!equals)
        return;
    size_t name = (size_t)(equals - value.ptr), len = name;
    if (len && value.ptr[len - 1] == '+')
        len--;
    struct call_variable *variable = arena_alloc_zero(&w->script->arena, sizeof *variable);
    variable->word = word;
    variable->name = span_of(value.ptr, len);
    variable->value = behind(value, name + 1);
    variable->constant = script_word_is_constant(word) && len == name && !w->conditional;
    variable->exported = exported;
    variable->before = w->state.variables;
    w->state.variables = variable;
}

static void add_assignments(struct walker *w, const struct script_word *words, bool exported)
{
    for (; words; words = words->next)
        add_variable(w, words, exported);
}

/* Puts the components of `path` behind those of `folder`; false where .. leads out of what is known. */
static bool join_path(struct strbuf *folder, struct span path)
{
    bool absolute = path.len && path.ptr[0] == '/';
    if (absolute) {
        strbuf_reset(folder);
        strbuf_add_char(folder, '/');
    }
    for (size_t at = 0; at < path.len;) {
        size_t end = at;
        while (end < path.len && path.ptr[end] != '/')
            end++;
        struct span name = span_of(path.ptr + at, end - at);
        at = end + 1;
        if (!name.len || span_equals_text(name, "."))
            continue;
        if (span_equals_text(name, "..")) {
            const char *slash = memrchr(folder->buf, '/', folder->len);
            if (!slash && !folder->len)
                return false;
            size_t keep_len = slash ? (size_t)(slash - folder->buf) : 0;
            strbuf_truncate(folder, slash == folder->buf ? 1 : keep_len);
            continue;
        }
        if (folder->len && folder->buf[folder->len - 1] != '/')
            strbuf_add_char(folder, '/');
        strbuf_add(folder, name.ptr, name.len);
    }
    return folder->len <= CALL_FOLDER_MAX;
}

static void change_folder(struct walker *w, const struct call *call)
{
    struct call_state *state = &w->state;
    const struct script_word *to = call->operand_count ? call->operands[0] : NULL;
    state->folder_changed = true;
    bool known = to && !(to->flags & (WORD_EXPANDS | WORD_GLOB | WORD_TILDE | WORD_BRACE)) &&
                 to->value.len && !span_equals_text(to->value, "-") &&
                 !span_equals_text(call->name, "popd");
    if (known && to->value.ptr[0] != '/' && !state->folder_known)
        known = false;
    cleanup_strbuf struct strbuf folder = STRBUF_INIT;
    if (known) {
        strbuf_add(&folder, state->folder.ptr, state->folder.len);
        known = join_path(&folder, to->value);
    }
    state->folder_known = known;
    state->folder = span_of("", 0);
    if (known)
        state->folder =
            span_of(arena_dup(&w->script->arena, folder.buf, folder.len), folder.len);
}

static void set_fact(struct walker *w, enum call_fact *fact, bool on)
{
    enum call_fact value = on ? FACT_YES : FACT_NO;
    *fact = w->conditional && *fact != value ? FACT_MAYBE : value;
}

static void set_named(struct walker *w, struct span name, bool on)
{
    if (span_equals_text(name, "errexit"))
        set_fact(w, &w->state.errexit, on);
    else if (span_equals_text(name, "pipefail"))
        set_fact(w, &w->state.pipefail, on);
}

/* set -e, set -o pipefail, set +e; also the options of a shell that is started. */
static void set_options(struct walker *w, const struct call *call)
{
    for (size_t i = 0; i < call->option_count; i++) {
        const struct call_option *option = &call->options[i];
        bool on = option->name.ptr[0] != '+';
        if (option->value_word)
            set_named(w, option->value, on);
        else if (option->name.len && memchr(option->name.ptr, 'e', option->name.len))
            set_fact(w, &w->state.errexit, on);
    }
}

static void set_by_shopt(struct walker *w, const struct call *call)
{
    if (!call_option(call, "o"))
        return;
    for (size_t i = 0; i < call->operand_count; i++)
        set_named(w, call->operands[i]->value, call_option(call, "s") != NULL);
}

static void export_variables(struct walker *w, const struct call *call, bool exported)
{
    for (size_t i = 0; i < call->operand_count; i++) {
        const struct script_word *word = call->operands[i];
        if (word->flags & WORD_ASSIGNS)
            add_variable(w, word, exported);
    }
}

/* Of the shell itself, not of a process that it starts. */
static void apply_effects(struct walker *w, const struct call *call)
{
    if (call_is_one_of(call, "cd pushd popd"))
        change_folder(w, call);
    else if (call_is(call, "set"))
        set_options(w, call);
    else if (call_is(call, "shopt"))
        set_by_shopt(w, call);
    else if (call_is(call, "export"))
        export_variables(w, call, true);
    else if (call_is_one_of(call, "declare typeset local readonly"))
        export_variables(w, call, call_option(call, "x") != NULL);
}

/* What a call runs in turn. */

static struct call *add_call(struct walker *w, const struct script_command *command,
                             struct script_word *const *words, size_t count);

static bool deeper(struct walker *w)
{
    if (w->depth < CALL_DEPTH_MAX) {
        w->depth++;
        return true;
    }
    w->calls->incomplete = true;
    return false;
}

static void follow_words(struct walker *w, const struct call *call, size_t from, size_t end)
{
    if (from >= end || !deeper(w))
        return;
    const struct call *through = w->through;
    w->through = call;
    add_call(w, call->command, call->words + from, end - from);
    w->through = through;
    w->depth--;
}

/* sudo and env: assignments come first, and hold for what follows only. */
static void follow_assigned(struct walker *w, const struct call *call, size_t first)
{
    struct call_state before = w->state;
    for (size_t i = 1; i < first; i++)
        if (call->words[i]->flags & WORD_ASSIGNS)
            add_variable(w, call->words[i], true);
    follow_words(w, call, first, call->word_count);
    w->state = before;
}

static enum script_dialect dialect_of(const struct call *call, enum script_dialect fallback)
{
    if (call_is_one_of(call, "sh dash ash"))
        return SCRIPT_POSIX;
    return call_is_one_of(call, "bash ksh mksh zsh") ? SCRIPT_BASH : fallback;
}

/* A constant word as a script; in the same shell (eval) it may change the state. */
static void follow_script(struct walker *w, const struct call *call, const struct script_word *word,
                          bool same_shell)
{
    if (!script_word_is_constant(word) || !deeper(w))
        return;
    struct walker before = *w;
    if (!same_shell) {
        w->state.errexit = w->state.pipefail = FACT_NO;
        set_options(w, call);
        w->shell = call;
    }
    w->through = call;
    walk_list(w, script_parse_word(w->script, word, dialect_of(call, w->script->dialect)));
    if (!same_shell)
        w->state = before.state;
    w->through = before.through;
    w->shell = before.shell;
    w->pipeline = before.pipeline;
    w->depth--;
}

static void follow_shell(struct walker *w, const struct call *call)
{
    if (call_option(call, "c")) {
        if (call->operand_count)
            follow_script(w, call, call->operands[0], false);
        return;
    }
    if (call->operand_count && !call_option(call, "s"))
        return; /* it runs a file */
    const struct script_redirection *redirection = call->command->redirections;
    for (; redirection; redirection = redirection->next)
        if (redirection->body)
            follow_script(w, call, redirection->body, false);
}

static void follow_exec(struct walker *w, const struct call *call)
{
    for (size_t i = 1; i < call->word_count; i++) {
        struct span value = call->words[i]->value;
        if (!span_equals_text(value, "-exec") && !span_equals_text(value, "-execdir") &&
            !span_equals_text(value, "-ok"))
            continue;
        size_t end = i + 1;
        while (end < call->word_count && !span_equals_text(call->words[end]->value, ";") &&
               !span_equals_text(call->words[end]->value, "+"))
            end++;
        follow_words(w, call, i + 1, end);
        i = end;
    }
}

static void follow_module(struct walker *w, const struct call *call)
{
    const struct call_option *module = call_option(call, "m");
    for (size_t i = 1; module && i < call->word_count; i++)
        if (call->words[i] == module->value_word && module->value_word != module->word) {
            follow_words(w, call, i, call->word_count);
            return;
        }
}

static void follow_trap(struct walker *w, const struct call *call)
{
    bool deferred = w->deferred;
    struct call_state state = w->state;
    w->deferred = true;
    if (call->operand_count > 1)
        follow_script(w, call, call->operands[0], true);
    w->state = state;
    w->deferred = deferred;
}

/* command -v tells where a program is and does not run it. */
static bool only_asks(const struct call *call)
{
    return call_is(call, "command") && (call_option(call, "v") || call_option(call, "V"));
}

static void follow(struct walker *w, const struct call *call, const struct tool *row, size_t first)
{
    const struct call_option *script = NULL;
    if (row && row->runs == RUNS_OPERANDS) {
        follow_words(w, call, first, call->word_count);
        return;
    }
    switch (call->tool->runs) {
    case RUNS_NOTHING:
        break;
    case RUNS_OPERANDS:
        if (!only_asks(call))
            follow_words(w, call, first, call->word_count);
        break;
    case RUNS_SECOND:
        follow_words(w, call, first + 1, call->word_count);
        break;
    case RUNS_ASSIGNED:
        follow_assigned(w, call, first);
        break;
    case RUNS_OPTION_C:
        follow_shell(w, call);
        break;
    case RUNS_VALUE_C:
        script = call_option(call, "c");
        if (script && script->value_word && script->value_word != script->word)
            follow_script(w, call, script->value_word, false);
        break;
    case RUNS_SCRIPT:
        if (call->operand_count == 1)
            follow_script(w, call, call->operands[0], true);
        else
            follow_words(w, call, first, call->word_count);
        break;
    case RUNS_TRAP:
        follow_trap(w, call);
        break;
    case RUNS_MODULE:
        follow_module(w, call);
        break;
    case RUNS_EXEC:
        follow_exec(w, call);
        break;
    }
}

/* Whether a call is made by the shell itself, through nothing but what stays in it. */
static bool keeps_shell(const struct walker *w, const struct call *through)
{
    for (; through && through != w->shell; through = through->through)
        if (!call_is_one_of(through, "command builtin eval time trap"))
            return false;
    return true;
}

static struct call *add_call(struct walker *w, const struct script_command *command,
                             struct script_word *const *words, size_t count)
{
    struct calls *calls = w->calls;
    struct call *call = arena_alloc_zero(&w->script->arena, sizeof *call);
    call->command = command;
    call->through = w->through;
    call->words = words;
    call->word_count = count;
    call->range = (struct script_range){words[0]->range.start, words[count - 1]->range.end};
    call->name = base_name(words[0]);
    call->tool = tool_find(call->name);
    call->subcommand = span_of("", 0);
    call->assignments = w->through ? NULL : command->assignments;
    call->state = w->state;
    call->expanding = w->expanding;
    call->conditional = w->conditional;
    call->deferred = w->deferred;
    call->substituted = w->substituted;
    call->pipeline = w->pipeline;
    call->joint = w->pipeline ? w->pipeline->joint : JOINT_FIRST;
    call->sequence = (uint32_t)calls->count;
    calls->items = memory_grow(calls->items, calls->count, &w->capacity, sizeof *calls->items);
    calls->items[calls->count++] = call;

    const struct tool *row = NULL;
    size_t first = sort_words(w, call, &row);
    if (keeps_shell(w, call->through))
        apply_effects(w, call);
    if (call->tool)
        follow(w, call, row, first);
    return call;
}

/* The tree. */

static void walk_substitutions(struct walker *w, const struct script_part *parts);

static void walk_words(struct walker *w, const struct script_word *words)
{
    for (; words; words = words->next)
        walk_substitutions(w, words->parts);
}

static void walk_substitutions(struct walker *w, const struct script_part *parts)
{
    for (; parts; parts = parts->next) {
        if (parts->body) {
            struct walker before = *w;
            w->substituted = true;
            w->through = w->shell;
            walk_list(w, parts->body);
            w->state = before.state;
            w->substituted = before.substituted;
            w->through = before.through;
            w->pipeline = before.pipeline;
        }
        walk_words(w, parts->argument);
        walk_substitutions(w, parts->inner);
    }
}

static void walk_simple(struct walker *w, const struct script_command *command)
{
    if (!command->word_count) {
        add_assignments(w, command->assignments, false);
    } else {
        const struct call_variable *variables = w->state.variables;
        w->expanding = variables;
        struct script_word **words =
            arena_alloc(&w->script->arena, command->word_count * sizeof *words);
        struct script_word *word = command->words;
        for (size_t i = 0; i < command->word_count; i++, word = word->next)
            words[i] = word;
        add_assignments(w, command->assignments, true);
        const struct call_variable *own = w->state.variables;
        struct call *call = add_call(w, command, words, command->word_count);
        /* what export added stays, what stood in front goes */
        if (w->state.variables == own ||
            !call_is_one_of(call, "export declare typeset local readonly eval"))
            w->state.variables = variables;
    }
    walk_words(w, command->assignments);
    walk_words(w, command->words);
}

static enum call_fact merged(enum call_fact before, enum call_fact after)
{
    return before == after ? after : FACT_MAYBE;
}

/* What may or may not have run leaves behind what both have in common. */
static void merge_state(struct walker *w, const struct call_state *before)
{
    struct call_state *state = &w->state;
    state->errexit = merged(before->errexit, state->errexit);
    state->pipefail = merged(before->pipefail, state->pipefail);
    if (state->folder_known && (!before->folder_known || !span_equal(state->folder, before->folder)))
        state->folder_known = false;
}

static void walk_clauses(struct walker *w, const struct script_command *command)
{
    struct call_state before = w->state;
    bool conditional = w->conditional, deferred = w->deferred;
    bool isolated = command->form == COMMAND_SUBSHELL || command->form == COMMAND_FUNCTION;
    bool certain = command->form == COMMAND_SUBSHELL || command->form == COMMAND_GROUP;
    w->deferred |= command->form == COMMAND_FUNCTION;
    for (const struct script_clause *clause = command->clauses; clause; clause = clause->next) {
        walk_words(w, clause->patterns);
        w->conditional = conditional || (!certain && clause != command->clauses);
        if (clause->test)
            walk_list(w, clause->test);
        w->conditional = conditional || !certain;
        walk_list(w, clause->body);
    }
    w->conditional = conditional;
    w->deferred = deferred;
    if (isolated)
        w->state = before;
    else if (!certain)
        merge_state(w, &before);
}

static void walk_command(struct walker *w, const struct script_command *command)
{
    if (command->form == COMMAND_SIMPLE) {
        walk_simple(w, command);
    } else {
        walk_words(w, command->words);
        walk_clauses(w, command);
    }
    const struct script_redirection *redirection = command->redirections;
    for (; redirection; redirection = redirection->next) {
        walk_words(w, redirection->target);
        walk_words(w, redirection->body);
    }
}

static void add_pipe(struct walker *w, const struct script_pipeline *pipeline)
{
    struct calls *calls = w->calls;
    calls->pipes =
        memory_grow(calls->pipes, calls->pipe_count, &w->pipe_capacity, sizeof *calls->pipes);
    calls->pipes[calls->pipe_count++] = (struct call_pipe){
        .pipeline = pipeline,
        .pipefail = w->state.pipefail,
        .range = pipeline->range,
    };
}

static void walk_pipeline(struct walker *w, const struct script_pipeline *pipeline)
{
    struct call_state before = w->state;
    bool conditional = w->conditional;
    bool apart = pipeline->command_count > 1 || pipeline->background;
    w->conditional |= pipeline->joint == JOINT_OR;
    w->pipeline = pipeline;
    if (pipeline->command_count > 1)
        add_pipe(w, pipeline);
    const struct script_command *command = pipeline->commands;
    for (; command; command = command->next) {
        walk_command(w, command);
        w->pipeline = pipeline;
        if (apart)
            w->state = before;
    }
    w->conditional = conditional;
    if (pipeline->joint == JOINT_OR)
        merge_state(w, &before);
}

static void walk_list(struct walker *w, const struct script_list *list)
{
    const struct script_pipeline *pipeline = list ? list->first : NULL;
    for (; pipeline; pipeline = pipeline->next)
        walk_pipeline(w, pipeline);
}

void calls_find(struct calls *ret_calls, struct script *script, const struct calls_start *start)
{
    struct calls calls = {.script = script, .lookup = start->lookup, .context = start->context};
    struct walker w = {.calls = &calls, .script = script};
    w.state.errexit = start->shell.errexit ? FACT_YES : FACT_NO;
    w.state.pipefail = start->shell.pipefail ? FACT_YES : FACT_NO;
    w.state.folder = start->folder.len ? start->folder : span_of("", 0);
    w.state.folder_known = true;
    walk_list(&w, script->list);
    struct call **items = calls.items;
    struct call_pipe *pipes = calls.pipes;
    calls.items = keep(&w, items, calls.count, sizeof *items);
    calls.pipes = keep(&w, pipes, calls.pipe_count, sizeof *pipes);
    free(items);
    free(pipes);
    free(w.options);
    free(w.operands);
    *ret_calls = calls;
}

/* Questions. */

bool call_is(const struct call *call, const char *name)
{
    return span_equals_text(call->name, name);
}

bool call_is_one_of(const struct call *call, const char *names)
{
    return name_in_list(span_of_text(names), call->name, ' ');
}

bool call_does(const struct call *call, const char *name, const char *subcommand)
{
    return call_is(call, name) && span_equals_text(call->subcommand, subcommand);
}

bool call_option_is(const struct call_option *option, const char *name)
{
    return span_equals_text(option->name, name) ||
           name_in_list(option->names, span_of_text(name), ',');
}

const struct call_option *call_option(const struct call *call, const char *name)
{
    for (size_t i = call->option_count; i > 0; i--)
        if (call_option_is(&call->options[i - 1], name))
            return &call->options[i - 1];
    return NULL;
}

size_t call_option_count(const struct call *call, const char *name)
{
    size_t count = 0;
    for (size_t i = 0; i < call->option_count; i++)
        count += call_option_is(&call->options[i], name);
    return count;
}

static bool is_off(struct span value)
{
    static const char *const words[] = {"false", "no", "0", "off"};
    for (size_t i = 0; i < ARRAY_SIZE(words); i++)
        if (value.len == strlen(words[i]) && strncasecmp(value.ptr, words[i], value.len) == 0)
            return true;
    return false;
}

bool call_option_is_on(const struct call *call, const char *name)
{
    const struct call_option *option = call_option(call, name);
    return option && !(option->value_word && is_off(option->value));
}

bool call_has_operand(const struct call *call, const char *value)
{
    for (size_t i = 0; i < call->operand_count; i++)
        if (span_equals_text(call->operands[i]->value, value))
            return true;
    return false;
}

static const struct call_variable *find_variable(const struct call_variable *variable,
                                                 struct span name)
{
    for (size_t seen = 0; variable && seen < CALL_VARIABLES_SEEN; seen++) {
        if (span_equal(variable->name, name))
            return variable;
        variable = variable->before;
    }
    return NULL;
}

const struct call_variable *call_variable(const struct call *call, const char *name)
{
    return find_variable(call->state.variables, span_of_text(name));
}

struct viewpoint {
    const struct calls *calls;
    const struct call *call;
};

static bool look_up(void *context, struct span name, struct span *ret_value)
{
    const struct viewpoint *from = context;
    /* A=b cmd $A: what stands in front of a command is not there yet when its words are expanded */
    const struct call_variable *variable = find_variable(from->call->expanding, name);
    if (variable) {
        *ret_value = variable->value;
        return variable->constant;
    }
    return from->calls->lookup && from->calls->lookup(from->calls->context, name, ret_value);
}

bool call_word_value(const struct calls *calls, const struct call *call,
                     const struct script_word *word, struct strbuf *out)
{
    struct viewpoint from = {calls, call};
    return script_word_resolve(word, look_up, &from, out);
}

bool call_is_through(const struct call *call, const char *name)
{
    for (const struct call *through = call->through; through; through = through->through)
        if (call_is(through, name))
            return true;
    return false;
}

bool call_path(const struct call *call, struct span path, struct strbuf *out)
{
    cleanup_strbuf struct strbuf joined = STRBUF_INIT;
    if (!path.len || path.ptr[0] == '~' || (path.ptr[0] != '/' && !call->state.folder_known))
        return false;
    strbuf_add(&joined, call->state.folder.ptr, call->state.folder.len);
    if (!join_path(&joined, path) || joined.buf[0] != '/')
        return false;
    strbuf_add(out, joined.buf, joined.len);
    return true;
}
