#include "analyzer/attribution.h"

#include <stdlib.h>
#include <string.h>

#include "analyzer/analysis.h"
#include "analyzer/likeness.h"
#include "core/memory.h"

/* A Dockerfile of more instructions is none that a layer of an image came from. */
#define INSTRUCTIONS_MAX 100000
/* Variables of the image that are looked at: real ones have some dozens. */
#define ENVIRONMENT_MAX 1000

struct matcher {
    struct attribution *attribution;
    const struct analysis *analysis;
    const struct history *history;
    struct told_step *told;     /* of the history */
    size_t first;               /* step above the base, where that is known */
    struct wanted_step *wanted; /* by instruction */
    size_t tried;               /* comparisons for stages that were not the one */
};

/* Making both sides ready */

static void tell_steps(struct matcher *matcher)
{
    const struct history *history = matcher->history;
    matcher->told = memory_alloc_zero(history->count + 1, sizeof *matcher->told);
    for (size_t i = 0; i < history->count; i++)
        likeness_tell(&matcher->told[i], &matcher->attribution->arena, &history->steps[i]);
}

/* Steps of the base are those up to the one that made its last layer. */
static void find_first(struct matcher *matcher)
{
    const struct analysis *analysis = matcher->analysis;
    if (analysis->base_source == BASE_UNKNOWN)
        return;
    for (size_t i = 0; i < matcher->history->count; i++)
        if (matcher->history->steps[i].layer >= 0 &&
            (uint64_t)matcher->history->steps[i].layer < analysis->base_layers)
            matcher->first = i + 1;
}

struct expanding {
    struct matcher *matcher;
    struct strvec shells; /* that may hold at the instruction, the likeliest first */
    size_t stage;
};

static void add_image_shell(const struct matcher *matcher, struct strvec *shells)
{
    const json_t *config = json_object_get(matcher->analysis->image->chosen->config, "config");
    const json_t *shell = json_object_get(config, "Shell");
    cleanup_strbuf struct strbuf text = STRBUF_INIT;
    for (size_t i = 0; i < json_array_size(shell); i++) {
        const char *word = json_string_value(json_array_get(shell, i));
        strbuf_addf(&text, "%s%s", i ? " " : "", word ? word : "");
    }
    if (text.len)
        strvec_add(shells, text.buf);
}

static void reset_shells(struct expanding *expanding)
{
    strvec_release(&expanding->shells);
    strvec_add(&expanding->shells, "/bin/sh -c");
    add_image_shell(expanding->matcher, &expanding->shells);
    strvec_add(&expanding->shells, "cmd /S /C");
}

static void change_shell(struct expanding *expanding, const struct strvec *args)
{
    cleanup_strbuf struct strbuf text = STRBUF_INIT;
    for (size_t i = 0; i < args->count; i++)
        strbuf_addf(&text, "%s%s", i ? " " : "", args->items[i]);
    strvec_release(&expanding->shells);
    strvec_add(&expanding->shells, text.buf ? text.buf : "");
}

static void want_instruction(void *context, const struct expanded *expanded)
{
    struct expanding *expanding = context;
    struct matcher *matcher = expanding->matcher;
    const struct instruction *instruction = expanded->instruction;
    const struct document *document = matcher->attribution->document;
    if (instruction < document->instructions ||
        instruction >= document->instructions + document->instruction_count)
        return; /* the trigger of an ONBUILD */
    if (instruction->kind == INSTRUCTION_FROM)
        reset_shells(expanding);
    likeness_want(&matcher->wanted[instruction - document->instructions], &matcher->attribution->arena,
                  instruction, &expanded->args, expanded->unmatched.count > 0 || expanded->error,
                  &expanding->shells);
    if (instruction->kind == INSTRUCTION_SHELL)
        change_shell(expanding, &expanded->args);
}

/* What was not told is as it is written. */
static void want_rest(struct matcher *matcher)
{
    const struct document *document = matcher->attribution->document;
    cleanup_strvec struct strvec shells = STRVEC_INIT;
    strvec_add(&shells, "/bin/sh -c");
    add_image_shell(matcher, &shells);
    for (size_t i = 0; i < document->instruction_count; i++) {
        const struct instruction *instruction = &document->instructions[i];
        cleanup_strvec struct strvec args = STRVEC_INIT;
        if (matcher->wanted[i].words)
            continue;
        for (size_t a = 0; a < instruction->arg_count; a++)
            strvec_add_bytes(&args, instruction->args[a].text.ptr, instruction->args[a].text.len);
        likeness_want(&matcher->wanted[i], &matcher->attribution->arena, instruction, &args, false,
                      &shells);
    }
}

/* Given values win over those that the history shows. */
static void gather_build_args(const struct matcher *matcher, struct variables *args,
                              const struct attribution_options *options)
{
    for (size_t i = matcher->first; i < matcher->history->count; i++) {
        cleanup_strvec struct strvec pairs = STRVEC_INIT;
        likeness_build_args(&pairs, &matcher->history->steps[i]);
        for (size_t p = 0; p < pairs.count; p++)
            variables_set_pair(args, pairs.items[p]);
    }
    for (size_t i = 0; options->build_args && i < options->build_args->names.count; i++)
        variables_set(args, options->build_args->names.items[i],
                      options->build_args->values.items[i]);
}

/* Does an ENV of the file give the name a value? */
static bool is_given(const struct document *document, struct span name)
{
    for (size_t i = 0; i < document->instruction_count; i++) {
        const struct instruction *instruction = &document->instructions[i];
        for (size_t a = 0; instruction->kind == INSTRUCTION_ENV && a < instruction->arg_count; a += 3)
            if (span_equal(instruction->args[a].text, name))
                return true;
    }
    return false;
}

/* What no ENV of the file gives, the base image did. */
static void gather_environment(const struct matcher *matcher, struct variables *environment)
{
    const json_t *config = json_object_get(matcher->analysis->image->chosen->config, "config");
    const json_t *list = json_object_get(config, "Env");
    size_t count = json_array_size(list);
    for (size_t i = 0; i < count && i < ENVIRONMENT_MAX; i++) {
        const char *pair = json_string_value(json_array_get(list, i));
        if (pair && !is_given(matcher->attribution->document, span_of(pair, strcspn(pair, "="))))
            variables_set_pair(environment, pair);
    }
}

static void want_all(struct matcher *matcher, const struct attribution_options *options)
{
    struct attribution *attribution = matcher->attribution;
    cleanup_variables struct variables args = VARIABLES_INIT;
    cleanup_variables struct variables environment = VARIABLES_INIT;
    gather_build_args(matcher, &args, options);
    gather_environment(matcher, &environment);
    const struct build_options build = {
        .build_args = &args,
        .environment = &environment,
        .target_platform = matcher->analysis->image->chosen->platform,
        .target = options->target,
    };
    struct expanding expanding = {.matcher = matcher, .shells = STRVEC_INIT};
    stages_find(&attribution->stages, attribution->document, &build);
    matcher->wanted =
        memory_alloc_zero(attribution->document->instruction_count + 1, sizeof *matcher->wanted);
    stages_expand(&attribution->stages, &build, want_instruction, &expanding);
    strvec_release(&expanding.shells);
    want_rest(matcher);
}

/* Instructions of a stage and of those it is built on, from the last to the first. */
struct back {
    const struct attribution *attribution;
    size_t stage, next; /* the next is instruction next - 1 */
};

static struct back back_start(const struct attribution *attribution, size_t stage)
{
    const struct stage *last = &attribution->stages.items[stage];
    return (struct back){attribution, stage, last->first + last->count};
}

static bool leaves_history(const struct instruction *instruction)
{
    return instruction->kind != INSTRUCTION_FROM && instruction->kind != INSTRUCTION_UNKNOWN;
}

static bool back_next(struct back *back, size_t *ret_index)
{
    while (back->stage != STAGE_NONE) {
        const struct stage *stage = &back->attribution->stages.items[back->stage];
        while (back->next > stage->first) {
            size_t index = --back->next;
            if (leaves_history(&back->attribution->document->instructions[index])) {
                *ret_index = index;
                return true;
            }
        }
        back->stage = stage->base_stage;
        if (back->stage != STAGE_NONE) {
            stage = &back->attribution->stages.items[back->stage];
            back->next = stage->first + stage->count;
        }
    }
    return false;
}

/* BuildKit writes no step for ONBUILD. */
static bool may_be_missing(const struct matcher *matcher, size_t instruction)
{
    return matcher->attribution->document->instructions[instruction].kind == INSTRUCTION_ONBUILD;
}

/* Does the history end with all instructions of the stage? */
static bool ends_with_stage(struct matcher *matcher, size_t stage, size_t *steps)
{
    struct back back = back_start(matcher->attribution, stage);
    size_t at = matcher->history->count, instruction, met = 0;
    while (back_next(&back, &instruction)) {
        if (matcher->tried++ > ATTRIBUTION_PAIRS_MAX)
            return false;
        if (at > matcher->first &&
            likeness_of(&matcher->wanted[instruction], &matcher->told[at - 1]) != UNLIKE) {
            met++;
            steps[--at] = instruction;
        } else if (!may_be_missing(matcher, instruction)) {
            return false;
        }
    }
    return met > 0;
}

/* Aligning what was edited */

struct grid {
    const struct matcher *matcher;
    size_t *instructions; /* of the stage, in order */
    size_t rows, columns; /* instructions, steps above the base */
    uint32_t *front, *behind; /* the best weight before and from a cell on */
};

static unsigned weight(const struct grid *grid, size_t row, size_t column)
{
    const struct matcher *matcher = grid->matcher;
    switch (likeness_of(&matcher->wanted[grid->instructions[row]],
                        &matcher->told[matcher->first + column])) {
    case SAME:
        return 2;
    case ALIKE:
        return 1;
    default:
        return 0;
    }
}

static size_t cell(const struct grid *grid, size_t row, size_t column)
{
    return row * (grid->columns + 1) + column;
}

static uint32_t most(uint32_t a, uint32_t b)
{
    return a > b ? a : b;
}

static void fill_grid(struct grid *grid)
{
    for (size_t r = 1; r <= grid->rows; r++)
        for (size_t c = 1; c <= grid->columns; c++) {
            unsigned w = weight(grid, r - 1, c - 1);
            uint32_t best = most(grid->front[cell(grid, r - 1, c)], grid->front[cell(grid, r, c - 1)]);
            grid->front[cell(grid, r, c)] =
                w ? most(best, grid->front[cell(grid, r - 1, c - 1)] + w) : best;
        }
    for (size_t r = grid->rows; r-- > 0;)
        for (size_t c = grid->columns; c-- > 0;) {
            unsigned w = weight(grid, r, c);
            uint32_t best = most(grid->behind[cell(grid, r + 1, c)], grid->behind[cell(grid, r, c + 1)]);
            grid->behind[cell(grid, r, c)] =
                w ? most(best, grid->behind[cell(grid, r + 1, c + 1)] + w) : best;
        }
}

/* The one column that every best alignment pairs with the row, ATTRIBUTION_NONE if there is none. */
static size_t sure_column(const struct grid *grid, size_t row)
{
    uint32_t total = grid->front[cell(grid, grid->rows, grid->columns)];
    size_t found = ATTRIBUTION_NONE;
    for (size_t c = 0; c <= grid->columns; c++) {
        /* the row may be left out */
        if (grid->front[cell(grid, row, c)] + grid->behind[cell(grid, row + 1, c)] == total)
            return ATTRIBUTION_NONE;
        if (c == grid->columns)
            break;
        unsigned w = weight(grid, row, c);
        if (!w || grid->front[cell(grid, row, c)] + w + grid->behind[cell(grid, row + 1, c + 1)] != total)
            continue;
        if (found != ATTRIBUTION_NONE)
            return ATTRIBUTION_NONE;
        found = c;
    }
    return found;
}

/* What the history tells in full stands for itself; what it tells in part needs proven neighbours. */
static size_t keep_sure(const struct grid *grid, size_t *sure, size_t *steps)
{
    size_t kept = 0;
    for (size_t r = 0; r < grid->rows; r++) {
        if (sure[r] == ATTRIBUTION_NONE)
            continue;
        size_t before = r ? sure[r - 1] : ATTRIBUTION_NONE;
        size_t after = r + 1 < grid->rows ? sure[r + 1] : grid->columns;
        bool framed = before != ATTRIBUTION_NONE && before + 1 == sure[r] && after == sure[r] + 1;
        if (weight(grid, r, sure[r]) < 2 && !framed)
            continue;
        steps[grid->matcher->first + sure[r]] = grid->instructions[r];
        kept++;
    }
    return kept;
}

static void list_instructions(struct grid *grid, size_t stage)
{
    struct back back = back_start(grid->matcher->attribution, stage);
    size_t instruction, capacity = 0;
    while (grid->rows < INSTRUCTIONS_MAX && back_next(&back, &instruction)) {
        grid->instructions =
            memory_grow(grid->instructions, grid->rows, &capacity, sizeof *grid->instructions);
        grid->instructions[grid->rows++] = instruction;
    }
    for (size_t i = 0; i < grid->rows / 2; i++) {
        size_t other = grid->instructions[grid->rows - 1 - i];
        grid->instructions[grid->rows - 1 - i] = grid->instructions[i];
        grid->instructions[i] = other;
    }
}

/* An image of which fewer than half of the instructions are found came from another Dockerfile. */
static bool align_stage(const struct matcher *matcher, size_t stage, size_t *steps)
{
    struct grid grid = {.matcher = matcher, .columns = matcher->history->count - matcher->first};
    size_t kept = 0;
    list_instructions(&grid, stage);
    if (grid.rows && grid.columns && grid.rows <= ATTRIBUTION_PAIRS_MAX / grid.columns) {
        size_t cells = (grid.rows + 1) * (grid.columns + 1);
        size_t *sure = memory_alloc_zero(grid.rows, sizeof *sure);
        grid.front = memory_alloc_zero(cells, sizeof *grid.front);
        grid.behind = memory_alloc_zero(cells, sizeof *grid.behind);
        fill_grid(&grid);
        for (size_t r = 0; r < grid.rows; r++)
            sure[r] = sure_column(&grid, r);
        kept = keep_sure(&grid, sure, steps);
        free(sure);
        free(grid.front);
        free(grid.behind);
    }
    free(grid.instructions);
    return kept && kept * 2 >= grid.rows;
}

/* Steps and layers */

static void forget_steps(struct attribution *attribution)
{
    for (size_t i = 0; i < attribution->step_count; i++)
        attribution->steps[i] = ATTRIBUTION_NONE;
}

static bool match_stage(struct matcher *matcher, size_t stage, bool whole)
{
    struct attribution *attribution = matcher->attribution;
    forget_steps(attribution);
    bool found = whole ? ends_with_stage(matcher, stage, attribution->steps)
                       : align_stage(matcher, stage, attribution->steps);
    if (!found)
        return false;
    attribution->stage = stage;
    attribution->complete = whole;
    return true;
}

/* The stage that was asked for; else the last one that the history ends with; else the last of the file. */
static void match_steps(struct matcher *matcher, size_t target)
{
    struct attribution *attribution = matcher->attribution;
    size_t count = attribution->stages.count;
    if (!count || matcher->history->count < matcher->first)
        return;
    if (target != STAGE_NONE) {
        if (!match_stage(matcher, target, true) && !match_stage(matcher, target, false))
            forget_steps(attribution);
        return;
    }
    for (size_t i = count; i-- > 0;)
        if (match_stage(matcher, i, true))
            return;
    if (!match_stage(matcher, count - 1, false))
        forget_steps(attribution);
}

/* The classic builder sets two blanks behind its mark, buildah one. */
static bool is_classic(const struct history *history)
{
    for (size_t i = 0; i < history->count; i++)
        if (strstr(history->steps[i].created_by, "#(nop)  "))
            return true;
    return false;
}

static bool makes_layers(enum instruction_kind kind)
{
    return kind == INSTRUCTION_RUN || kind == INSTRUCTION_COPY || kind == INSTRUCTION_ADD;
}

/* A step that writes and claims to be empty left its files to the next one that has a layer, which then is no
 * single step's. The classic builder alone has a RUN without a layer where nothing was written. */
static void match_layers(struct matcher *matcher)
{
    struct attribution *attribution = matcher->attribution;
    const struct history *history = matcher->history;
    bool classic = is_classic(history), pending = false;
    if (history->with_layer != attribution->layer_count)
        return;
    for (size_t i = 0; i < history->count; i++) {
        const struct history_step *step = &history->steps[i];
        enum instruction_kind kind = matcher->told[i].kind;
        if (step->layer < 0) {
            pending = pending || (makes_layers(kind) && !(kind == INSTRUCTION_RUN && classic));
            continue;
        }
        bool own = makes_layers(kind) || kind == INSTRUCTION_WORKDIR;
        if (own && !pending && (size_t)step->layer < attribution->layer_count)
            attribution->layers[step->layer] = attribution->steps[i];
        pending = false;
    }
}

static int find_target(const struct attribution *attribution, const char *target, size_t *ret_stage,
                       struct error *err)
{
    size_t count = attribution->stages.count;
    *ret_stage = STAGE_NONE;
    if (!target)
        return 0;
    *ret_stage = stages_by_name(&attribution->stages, span_of_text(target), count);
    if (*ret_stage == STAGE_NONE && strspn(target, "0123456789") == strlen(target) && strlen(target) < 7)
        *ret_stage = (size_t)strtoul(target, NULL, 10);
    if (*ret_stage < count)
        return 0;
    return error_set(err, ERROR_USAGE, "%s has no stage '%s'", attribution->file, target);
}

static size_t *all_unknown(size_t count)
{
    size_t *list = memory_alloc_zero(count + 1, sizeof *list);
    for (size_t i = 0; i < count; i++)
        list[i] = ATTRIBUTION_NONE;
    return list;
}

static int match(struct matcher *matcher, const struct attribution_options *options,
                 struct error *err)
{
    struct attribution *attribution = matcher->attribution;
    size_t target;
    tell_steps(matcher);
    find_first(matcher);
    want_all(matcher, options);
    int result = find_target(attribution, options->target, &target, err);
    if (result == 0) {
        match_steps(matcher, target);
        match_layers(matcher);
    }
    for (size_t i = 0; i < attribution->step_count; i++)
        attribution->proven += attribution->steps[i] != ATTRIBUTION_NONE;
    for (size_t i = 0; i < attribution->document->instruction_count; i++)
        wanted_step_release(&matcher->wanted[i]);
    free(matcher->wanted);
    free(matcher->told);
    return result;
}

int attribution_run(struct attribution **ret_attribution, const char *file, struct span text,
                    const struct analysis *analysis, const struct attribution_options *options,
                    struct error *err)
{
    struct attribution *attribution = memory_alloc_zero(1, sizeof *attribution);
    struct matcher matcher = {
        .attribution = attribution, .analysis = analysis, .history = &analysis->image->history};
    attribution->file = arena_dup_text(&attribution->arena, file);
    attribution->stage = STAGE_NONE;
    attribution->step_count = matcher.history->count;
    attribution->layer_count = analysis->image->chosen->layer_count;
    attribution->steps = all_unknown(attribution->step_count);
    attribution->layers = all_unknown(attribution->layer_count);
    if (document_parse(&attribution->document, text, err) < 0 || match(&matcher, options, err) < 0) {
        attribution_free(attribution);
        return -1;
    }
    *ret_attribution = attribution;
    return 0;
}

void attribution_free(struct attribution *attribution)
{
    if (!attribution)
        return;
    stages_release(&attribution->stages);
    document_free(attribution->document);
    free(attribution->steps);
    free(attribution->layers);
    arena_release(&attribution->arena);
    free(attribution);
}

uint32_t attribution_line(const struct attribution *attribution, size_t layer)
{
    if (!attribution || layer >= attribution->layer_count ||
        attribution->layers[layer] == ATTRIBUTION_NONE)
        return 0;
    return attribution->document->instructions[attribution->layers[layer]].line;
}
