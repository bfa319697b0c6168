#include "analyzer/lint/steps.h"

#include <string.h>
#include <strings.h>

#include "core/memory.h"
#include "dockerfile/reference.h"

/* A binding further back is taken for one that nobody knows: real files have some dozens. */
#define BINDINGS_SEEN 1000
/* Mounts of one RUN that are looked at. */
#define MOUNTS_MAX 1000

struct state {
    struct script_shell shell;
    bool shell_given, workdir_given;
    const char *user, *workdir;
    const struct lint_binding *bindings;
};

struct walk {
    struct lint *lint;
    const struct lint_binding *globals; /* ARG before the first FROM */
    struct state state;
    struct lint_stage *stage;         /* NULL before the first FROM */
    enum script_dialect pragma_shell; /* of "# hadolint shell=", SCRIPT_UNKNOWN without */
    size_t pragma;                    /* the next to look at */
};

static const char *keep(struct lint *lint, struct span text)
{
    return arena_dup(lint->arena, text.ptr ? text.ptr : "", text.len);
}

static bool is_space(char c)
{
    return c == ' ' || c == '\t';
}

/* Steps and their arguments */

static struct lint_step *add_step(struct lint *lint, const struct instruction *instruction,
                                  const struct lint_step *onbuild)
{
    struct lint_step *step = &lint->steps[lint->count];
    *step = (struct lint_step){
        .instruction = instruction,
        .onbuild = onbuild,
        .number = lint->count++,
        .stage = STAGE_NONE,
    };
    return step;
}

static void list_steps(struct lint *lint)
{
    const struct document *document = lint->document;
    size_t most = 0;
    for (size_t i = 0; i < document->instruction_count; i++)
        most += document->instructions[i].trigger ? 2 : 1;
    lint->steps = memory_alloc_zero(most ? most : 1, sizeof *lint->steps);
    for (size_t i = 0; i < document->instruction_count; i++) {
        const struct instruction *instruction = &document->instructions[i];
        const struct lint_step *step = add_step(lint, instruction, NULL);
        if (instruction->trigger)
            add_step(lint, instruction->trigger, step);
    }
}

struct expanding {
    struct lint *lint;
    size_t next; /* instructions are told in their order */
};

static void take_expanded(void *context, const struct expanded *expanded)
{
    struct expanding *expanding = context;
    struct lint *lint = expanding->lint;
    size_t at = expanding->next;
    while (at < lint->count && lint->steps[at].instruction != expanded->instruction)
        at++;
    if (at == lint->count)
        return;
    struct lint_step *step = &lint->steps[at];
    expanding->next = at + 1;
    for (size_t i = 0; i < expanded->args.count; i++)
        strvec_add(&step->args, expanded->args.items[i]);
    for (size_t i = 0; i < expanded->unmatched.count; i++)
        strvec_add(&step->unmatched, expanded->unmatched.items[i]);
    step->expand_error = arena_dup_text(lint->arena, expanded->error);
}

/* What was not told is as it is written. */
static void fill_args(struct lint_step *step)
{
    for (size_t i = step->args.count; i < step->instruction->arg_count; i++)
        strvec_add_bytes(&step->args, step->instruction->args[i].text.ptr,
                         step->instruction->args[i].text.len);
}

/* Bindings */

static void bind(struct walk *walk, const struct lint_binding **list, const struct lint_step *step,
                 const char *name, const char *value, bool is_arg)
{
    struct lint_binding *binding = arena_alloc_zero(walk->lint->arena, sizeof *binding);
    binding->name = name;
    binding->value = value;
    binding->is_arg = is_arg;
    binding->step = step;
    binding->before = *list;
    *list = binding;
}

static const struct lint_binding *find_binding(const struct lint_binding *list, const char *name)
{
    for (size_t seen = 0; list && seen < BINDINGS_SEEN; seen++, list = list->before)
        if (strcmp(list->name, name) == 0)
            return list;
    return NULL;
}

const struct lint_binding *step_binding(const struct lint_step *step, const char *name)
{
    return find_binding(step->bindings, name);
}

static const char *build_arg(const struct lint *lint, const char *name)
{
    const struct build_options *build = lint->options->build;
    return build && build->build_args ? variables_get(build->build_args, name) : NULL;
}

/* "NAME" or "NAME=VALUE" of ARG, as it was expanded. */
static void bind_arg(struct walk *walk, const struct lint_step *step, const char *text)
{
    struct lint *lint = walk->lint;
    size_t len = strcspn(text, "=");
    const char *name = keep(lint, span_of(text, len));
    const char *value = build_arg(lint, name);
    const struct lint_binding *global = find_binding(walk->globals, name);
    if (!value && text[len])
        value = keep(lint, span_of_text(text + len + 1));
    else if (!value && walk->stage && global)
        value = global->value;
    /* ENV wins over ARG, whichever comes last */
    const struct lint_binding *there = walk->stage ? find_binding(walk->state.bindings, name) : NULL;
    if (there && !there->is_arg)
        return;
    bind(walk, walk->stage ? &walk->state.bindings : &walk->globals, step, name, value, true);
}

static void bind_base(struct walk *walk, const struct lint_base *base)
{
    for (size_t i = 0; i < base->env.count; i++) {
        const char *text = base->env.items[i];
        size_t len = strcspn(text, "=");
        bind(walk, &walk->state.bindings, NULL, keep(walk->lint, span_of(text, len)),
             text[len] ? text + len + 1 : "", false);
    }
}

/* Stages */

static bool names_same_image(const char *a, const char *b)
{
    cleanup_reference struct reference left = {.path = NULL}, right = {.path = NULL};
    struct error ignored = ERROR_INIT;
    if (strcmp(a, b) == 0)
        return true;
    if (reference_parse_docker(&left, a, &ignored) < 0 ||
        reference_parse_docker(&right, b, &ignored) < 0)
        return false;
    cleanup_strbuf struct strbuf left_text = STRBUF_INIT, right_text = STRBUF_INIT;
    reference_format(&left, &left_text);
    reference_format(&right, &right_text);
    return strcmp(left_text.buf, right_text.buf) == 0;
}

static const struct lint_base *find_base(const struct lint *lint, const char *name)
{
    for (size_t i = 0; i < lint->options->base_count; i++)
        if (names_same_image(lint->options->bases[i].reference, name))
            return &lint->options->bases[i];
    return NULL;
}

static void end_stage(struct walk *walk, size_t next_step)
{
    struct lint_stage *stage = walk->stage;
    if (!stage)
        return;
    stage->count = next_step - stage->first;
    stage->shell = walk->state.shell;
    stage->shell_given = walk->state.shell_given;
    stage->user = walk->state.user;
    stage->workdir = walk->state.workdir;
    stage->workdir_given = walk->state.workdir_given;
    stage->bindings = walk->state.bindings;
}

static void begin_stage(struct walk *walk, const struct lint_step *step, size_t number)
{
    struct lint *lint = walk->lint;
    const struct stage *stage = &lint->stages->items[number];
    walk->stage = &lint->stage[number];
    walk->stage->stage = stage;
    walk->stage->first = step->number;
    if (stage->base_stage != STAGE_NONE) {
        const struct lint_stage *under = &lint->stage[stage->base_stage];
        walk->stage->base = under->base;
        walk->state = (struct state){
            .shell = under->shell,
            .shell_given = under->shell_given,
            .workdir_given = under->workdir_given,
            .user = under->user,
            .workdir = under->workdir,
            .bindings = under->bindings,
        };
        return;
    }
    walk->state = (struct state){.shell = script_shell_of(NULL, 0)};
    if (strcmp(stage->base, "scratch") == 0)
        walk->state.workdir = "/";
    walk->stage->base = find_base(lint, stage->base);
    if (walk->stage->base) {
        walk->state.user = walk->stage->base->user;
        walk->state.workdir =
            walk->stage->base->workdir && *walk->stage->base->workdir ? walk->stage->base->workdir : "/";
        walk->state.shell_given = walk->stage->base->has_shell;
        bind_base(walk, walk->stage->base);
    }
}

/* Instructions that change what holds */

static bool is_absolute(const char *path)
{
    bool drive = ((*path >= 'a' && *path <= 'z') || (*path >= 'A' && *path <= 'Z')) && path[1] == ':' &&
                 (path[2] == '/' || path[2] == '\\');
    return *path == '/' || *path == '\\' || drive;
}

static void change_folder(struct walk *walk, const char *path)
{
    struct state *state = &walk->state;
    cleanup_strbuf struct strbuf joined = STRBUF_INIT;
    state->workdir_given = true;
    if (is_absolute(path)) {
        state->workdir = path;
    } else if (strchr(path, '$')) {
        state->workdir = NULL;
    } else if (state->workdir) {
        strbuf_addf(&joined, "%s%s%s", state->workdir,
                    state->workdir[strlen(state->workdir) - 1] == '/' ? "" : "/", path);
        state->workdir = keep(walk->lint, span_of(joined.buf, joined.len));
    }
}

static void change_shell(struct walk *walk, const struct lint_step *step)
{
    if (step->instruction->form != FORM_EXEC || !step->args.count)
        return;
    walk->state.shell =
        script_shell_of((const char *const *)step->args.items, step->args.count);
    walk->state.shell_given = true;
}

static void apply_step(struct walk *walk, const struct lint_step *step)
{
    const struct instruction *instruction = step->instruction;
    switch (instruction->kind) {
    case INSTRUCTION_ENV:
        for (size_t i = 0; i + 1 < step->args.count; i += 3)
            bind(walk, walk->stage ? &walk->state.bindings : &walk->globals, step,
                 step->args.items[i], step->args.items[i + 1], false);
        break;
    case INSTRUCTION_ARG:
        for (size_t i = 0; i < step->args.count; i++)
            bind_arg(walk, step, step->args.items[i]);
        break;
    case INSTRUCTION_SHELL:
        change_shell(walk, step);
        break;
    case INSTRUCTION_USER:
        walk->state.user = step_arg(step, 0);
        break;
    case INSTRUCTION_WORKDIR:
        change_folder(walk, step_arg(step, 0));
        break;
    default:
        break;
    }
}

/* Mounts */

/* Takes a field of CSV off the front; quotes go. */
static char *take_field(struct lint *lint, struct span *text)
{
    cleanup_strbuf struct strbuf field = STRBUF_INIT;
    bool quoted = false;
    while (text->len) {
        char c = *text->ptr++;
        text->len--;
        if (c == '"')
            quoted = !quoted;
        else if (c == ',' && !quoted)
            break;
        else
            strbuf_add_char(&field, c);
    }
    return arena_dup(lint->arena, field.buf ? field.buf : "", field.len);
}

static void read_mount(struct lint *lint, struct lint_mount *mount, const struct flag *flag)
{
    struct span text = flag->value;
    *mount = (struct lint_mount){.flag = flag, .type = "bind", .from = "", .source = "",
                                 .target = "", .id = "", .sharing = ""};
    while (text.len) {
        char *field = take_field(lint, &text);
        char *value = strchr(field, '=');
        if (!value)
            continue;
        *value++ = '\0';
        if (strcasecmp(field, "type") == 0)
            mount->type = value;
        else if (strcasecmp(field, "from") == 0)
            mount->from = value;
        else if (strcasecmp(field, "source") == 0 || strcasecmp(field, "src") == 0)
            mount->source = value;
        else if (strcasecmp(field, "target") == 0 || strcasecmp(field, "dst") == 0 ||
                 strcasecmp(field, "destination") == 0)
            mount->target = value;
        else if (strcasecmp(field, "id") == 0)
            mount->id = value;
        else if (strcasecmp(field, "sharing") == 0)
            mount->sharing = value;
    }
}

static void read_mounts(struct lint *lint, struct lint_step *step)
{
    const struct instruction *instruction = step->instruction;
    if (instruction->kind != INSTRUCTION_RUN || !instruction->flag_count)
        return;
    size_t most = instruction->flag_count < MOUNTS_MAX ? instruction->flag_count : MOUNTS_MAX;
    step->mounts = arena_alloc_zero(lint->arena, most * sizeof *step->mounts);
    for (size_t i = 0; i < instruction->flag_count && step->mount_count < most; i++)
        if (span_equals_text(instruction->flags[i].name, "mount") && instruction->flags[i].has_value)
            read_mount(lint, &step->mounts[step->mount_count++], &instruction->flags[i]);
}

/* Scripts */

/* Text that is put together from pieces of the document. */
struct composing {
    struct lint *lint;
    struct strbuf text;
    struct script_segment *segments;
    size_t count, capacity;
};

static void add_segment(struct composing *composing, size_t origin)
{
    composing->segments = memory_grow(composing->segments, composing->count, &composing->capacity,
                                      sizeof *composing->segments);
    composing->segments[composing->count++] =
        (struct script_segment){.text = composing->text.len, .origin = origin};
}

static void compose(struct composing *composing, struct span text, size_t origin)
{
    add_segment(composing, origin);
    strbuf_add(&composing->text, text.ptr, text.len);
}

/* A part of the joined line, piece by piece. */
static void compose_joined(struct composing *composing, const struct instruction *instruction,
                           struct span text)
{
    const struct span joined = instruction->joined;
    if (!text.len || text.ptr < joined.ptr || text.ptr + text.len > joined.ptr + joined.len) {
        compose(composing, text, instruction->extent.start);
        return;
    }
    size_t begin = (size_t)(text.ptr - joined.ptr), end = begin + text.len;
    for (size_t i = 0; i < instruction->piece_count; i++) {
        const struct piece *piece = &instruction->pieces[i];
        size_t stop = i + 1 < instruction->piece_count ? piece[1].joined : joined.len;
        size_t from = piece->joined > begin ? piece->joined : begin;
        size_t to = stop < end ? stop : end;
        if (from < to)
            compose(composing, span_of(joined.ptr + from, to - from),
                    piece->source + (from - piece->joined));
    }
}

/* An argument of the exec form as a shell would have to read it. */
static void compose_quoted(struct composing *composing, const struct word *word)
{
    if (composing->text.len)
        strbuf_add_char(&composing->text, ' ');
    add_segment(composing, word->extent.start);
    strbuf_add_char(&composing->text, '\'');
    for (size_t i = 0; i < word->text.len; i++) {
        if (word->text.ptr[i] == '\'')
            strbuf_add_text(&composing->text, "'\\'");
        strbuf_add_char(&composing->text, word->text.ptr[i]);
    }
    strbuf_add_char(&composing->text, '\'');
    add_segment(composing, word->extent.end);
}

/* Is the line nothing but one heredoc, whose body then is the script? */
static bool is_script_file(const struct instruction *instruction, struct span text)
{
    struct heredoc heredoc;
    if (instruction->heredoc_count != 1)
        return false;
    while (text.len && is_space(*text.ptr)) {
        text.ptr++;
        text.len--;
    }
    while (text.len && is_space(text.ptr[text.len - 1]))
        text.len--;
    return heredoc_parse(&heredoc, text, NULL);
}

static void compose_heredocs(struct composing *composing, const struct instruction *instruction)
{
    for (size_t i = 0; i < instruction->heredoc_count; i++) {
        const struct heredoc *heredoc = &instruction->heredocs[i];
        if (i == 0)
            strbuf_add_char(&composing->text, '\n');
        compose(composing, heredoc->content, heredoc->body.start);
        compose(composing, heredoc->name, heredoc->terminator.start);
        strbuf_add_char(&composing->text, '\n');
    }
}

static bool look_up(void *context, struct span name, struct span *ret_value)
{
    const struct lint_binding *binding = ((const struct lint_step *)context)->bindings;
    for (size_t seen = 0; binding && seen < BINDINGS_SEEN; seen++, binding = binding->before) {
        if (!span_equals_text(name, binding->name))
            continue;
        if (!binding->value)
            return false;
        *ret_value = span_of_text(binding->value);
        return true;
    }
    return false;
}

/* The index of the argument that a shell reads, SIZE_MAX if there is none. */
static size_t shell_argument(const struct instruction *instruction)
{
    switch (instruction->kind) {
    case INSTRUCTION_RUN:
    case INSTRUCTION_CMD:
    case INSTRUCTION_ENTRYPOINT:
        return instruction->arg_count ? 0 : SIZE_MAX;
    case INSTRUCTION_HEALTHCHECK:
        return instruction->arg_count > 1 ? 1 : SIZE_MAX;
    default:
        return SIZE_MAX;
    }
}

static void read_script(struct walk *walk, struct lint_step *step)
{
    const struct instruction *instruction = step->instruction;
    struct composing composing = {.lint = walk->lint, .text = STRBUF_INIT};
    struct script_shell shell = step->shell;
    size_t at = shell_argument(instruction);
    if (at == SIZE_MAX)
        return;
    struct span text = instruction->args[at].text;
    if (instruction->form == FORM_EXEC) {
        shell = (struct script_shell){.dialect = SCRIPT_POSIX};
        for (size_t i = at; i < instruction->arg_count; i++)
            compose_quoted(&composing, &instruction->args[i]);
    } else if (is_script_file(instruction, text)) {
        const struct heredoc *heredoc = &instruction->heredocs[0];
        compose(&composing, heredoc->content, heredoc->body.start);
        if (span_starts_with(heredoc->content, "#!"))
            shell = (struct script_shell){
                .dialect = script_dialect_of_shebang(heredoc->content)};
    } else {
        compose_joined(&composing, instruction, text);
        compose_heredocs(&composing, instruction);
    }
    if (walk->pragma_shell != SCRIPT_UNKNOWN && instruction->form != FORM_EXEC)
        shell.dialect = walk->pragma_shell;
    if (composing.text.len && shell.dialect != SCRIPT_FOREIGN) {
        struct lint *lint = walk->lint;
        struct script_segment *segments =
            arena_alloc(lint->arena, (composing.count + 1) * sizeof *segments);
        memcpy(segments, composing.segments, composing.count * sizeof *segments);
        struct span kept = span_of(arena_dup(lint->arena, composing.text.buf, composing.text.len),
                                   composing.text.len);
        step->script = arena_alloc_zero(lint->arena, sizeof *step->script);
        step->calls = arena_alloc_zero(lint->arena, sizeof *step->calls);
        script_parse(step->script, kept, shell.dialect, segments, composing.count);
        const struct calls_start start = {
            .shell = shell,
            .folder = step->workdir ? span_of_text(step->workdir) : span_of(NULL, 0),
            .lookup = look_up,
            .context = step,
        };
        calls_find(step->calls, step->script, &start);
    }
    strbuf_release(&composing.text);
    free(composing.segments);
}

/* The shell that comments up to here say the text is for. */
static void follow_pragmas(struct walk *walk, const struct lint_step *step)
{
    struct lint *lint = walk->lint;
    for (; walk->pragma < lint->pragma_count; walk->pragma++) {
        const struct pragma *pragma = &lint->pragmas[walk->pragma];
        if (pragma->line >= step->instruction->line)
            return;
        const char *const words[] = {pragma->shell};
        if (pragma->kind == PRAGMA_SHELL)
            walk->pragma_shell = script_shell_of(words, 1).dialect;
    }
}

static void mark_used(struct lint *lint, size_t number)
{
    if (number != STAGE_NONE && number < lint->stage_count)
        lint->stage[number].is_used = true;
}

/* From the last stage down: what it is built on and copies from stands above it. */
static void find_used(struct lint *lint)
{
    if (lint->stage_count)
        lint->stage[lint->stage_count - 1].is_used = lint->stage[lint->stage_count - 1].is_last = true;
    for (size_t s = lint->stage_count; s-- > 0;) {
        struct lint_stage *stage = &lint->stage[s];
        if (!stage->is_used)
            continue;
        mark_used(lint, stage->stage->base_stage);
        for (size_t i = stage->first; i < stage->first + stage->count; i++) {
            const struct lint_step *step = &lint->steps[i];
            const char *from = step_flag(lint, step, "from");
            if (from)
                mark_used(lint, stages_copy_source(lint->stages, span_of_text(from), s));
            for (size_t m = 0; m < step->mount_count; m++)
                if (*step->mounts[m].from)
                    mark_used(lint, stages_by_name(lint->stages,
                                                   span_of_text(step->mounts[m].from), s));
        }
    }
}

void steps_make(struct lint *lint)
{
    struct walk walk = {.lint = lint, .pragma_shell = SCRIPT_UNKNOWN};
    struct expanding expanding = {.lint = lint};
    list_steps(lint);
    stages_expand(lint->stages, lint->options->build, take_expanded, &expanding);
    lint->stage_count = lint->stages->count;
    lint->stage = memory_alloc_zero(lint->stage_count ? lint->stage_count : 1, sizeof *lint->stage);
    walk.state.shell = script_shell_of(NULL, 0);
    size_t number = 0;
    for (size_t i = 0; i < lint->count; i++) {
        struct lint_step *step = &lint->steps[i];
        fill_args(step);
        if (step->instruction->kind == INSTRUCTION_FROM && !step->onbuild &&
            number < lint->stage_count && lint->stages->items[number].from == step->instruction) {
            end_stage(&walk, i);
            begin_stage(&walk, step, number++);
        }
        step->stage = walk.stage ? number - 1 : STAGE_NONE;
        step->shell = walk.state.shell;
        step->shell_given = walk.state.shell_given;
        step->user = walk.state.user;
        step->workdir = walk.state.workdir;
        step->workdir_given = walk.state.workdir_given;
        step->bindings = walk.stage ? walk.state.bindings : walk.globals;
        follow_pragmas(&walk, step);
        read_mounts(lint, step);
        read_script(&walk, step);
        if (!step->onbuild)
            apply_step(&walk, step);
    }
    end_stage(&walk, lint->count);
    find_used(lint);
}

void steps_release(struct lint *lint)
{
    for (size_t i = 0; i < lint->count; i++) {
        strvec_release(&lint->steps[i].args);
        strvec_release(&lint->steps[i].unmatched);
        if (lint->steps[i].script)
            script_release(lint->steps[i].script);
    }
    free(lint->steps);
    free(lint->stage);
}

/* Asking */

const char *step_arg(const struct lint_step *step, size_t index)
{
    return index < step->args.count ? step->args.items[index] : "";
}

const char *step_flag(struct lint *lint, const struct lint_step *step, const char *name)
{
    const struct flag *flag = instruction_flag(step->instruction, name);
    return flag && flag->has_value ? keep(lint, flag->value) : NULL;
}

struct extent lint_extent(const struct lint_step *step, struct script_range range)
{
    struct script_range origin = script_origin(step->script, range);
    return (struct extent){.start = origin.start, .end = origin.end};
}

/* Is `path` the folder or below it? */
static bool is_within(const char *path, const char *folder)
{
    size_t len = strlen(folder);
    while (len > 1 && folder[len - 1] == '/')
        len--;
    return len && strncmp(path, folder, len) == 0 && (path[len] == '/' || !path[len] || len == 1);
}

bool step_mounts_over(const struct lint_step *step, const char *path)
{
    for (size_t i = 0; i < step->mount_count; i++) {
        const struct lint_mount *mount = &step->mounts[i];
        if ((strcasecmp(mount->type, "cache") == 0 || strcasecmp(mount->type, "tmpfs") == 0) &&
            is_within(path, mount->target))
            return true;
    }
    return false;
}

bool lint_next_call(const struct lint *lint, struct lint_walk *walk, struct lint_found *ret_found)
{
    for (; walk->step < lint->count; walk->step++, walk->call = 0) {
        const struct lint_step *step = &lint->steps[walk->step];
        if (!step->calls || walk->call >= step->calls->count)
            continue;
        *ret_found = (struct lint_found){.step = step, .call = step->calls->items[walk->call++]};
        return true;
    }
    return false;
}
