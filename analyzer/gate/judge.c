/* Budgets become results: measured, held against limit, baseline and waiver, and explained. */
#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "analyzer/gate/baseline.h"
#include "analyzer/gate/config.h"
#include "analyzer/gate/contributors.h"
#include "analyzer/gate/tally.h"
#include "core/memory.h"
#include "core/size.h"

static const char *const verdict_names[] = {
    [VERDICT_PASS] = "pass",     [VERDICT_WARN] = "warn",
    [VERDICT_FAIL] = "fail",     [VERDICT_FAILING_ALREADY] = "failing-already",
    [VERDICT_WAIVED] = "waived", [VERDICT_SKIPPED] = "skipped",
};
static_assert(ARRAY_SIZE(verdict_names) == VERDICT_SKIPPED + 1, "every verdict has a name");

const char *verdict_name(enum verdict verdict)
{
    return verdict_names[verdict];
}

size_t gate_count(const struct gate *gate, enum verdict verdict)
{
    size_t count = 0;
    for (size_t i = 0; i < gate->count; i++)
        count += gate->results[i].verdict == verdict;
    return count;
}

/* What is known of one image while its budgets are judged. */
struct court {
    struct gate *gate;
    const struct gate_config *config;
    const struct analysis *analysis;
    const struct gate_options *options;
    struct tally *tallies; /* of budgets with paths, in their order */
    size_t tally_count;
};

/* One budget on its way to a result. */
struct matter {
    const struct budget *budget;
    struct layer_range extent;
    const char *reason; /* why it cannot be judged, or NULL */
    struct amount value, baseline;
    struct threshold fail;     /* with the ratchet's */
    const struct tally *tally; /* or NULL */
    size_t worst_layer;        /* of a budget for each layer */
};

static const char *keepf(struct gate *gate, const char *format, ...) PRINTF_LIKE(2, 3);

static const char *keepf(struct gate *gate, const char *format, ...)
{
    cleanup_strbuf struct strbuf text = STRBUF_INIT;
    va_list args;
    va_start(args, format);
    strbuf_vaddf(&text, format, args);
    va_end(args);
    return arena_dup(&gate->arena, text.buf, text.len);
}

static void add_note(struct gate *gate, const char *note)
{
    gate->notes = memory_resize(gate->notes, gate->note_count + 1, sizeof *gate->notes);
    gate->notes[gate->note_count++] = note;
}

/* Where */

/* The layers that a budget is about. Returns why there are none, or NULL. */
static const char *find_extent(struct layer_range *ret_extent, const struct budget *budget,
                               const struct analysis *analysis)
{
    size_t layers = analysis->image->chosen->layer_count;
    *ret_extent = (struct layer_range){.from = 0, .to = layers};
    switch (budget->scope) {
    case SCOPE_IMAGE:
        break;
    case SCOPE_LAYER:
        if (budget->layer >= layers)
            return "the image has no such layer";
        *ret_extent = (struct layer_range){.from = budget->layer, .to = budget->layer + 1};
        break;
    case SCOPE_ABOVE_BASE:
        ret_extent->from = analysis->base_layers;
        break;
    case SCOPE_BASE:
        ret_extent->to = analysis->base_layers;
        break;
    }
    bool needs_base = budget->scope == SCOPE_ABOVE_BASE || budget->scope == SCOPE_BASE;
    if (needs_base && analysis->base_source == BASE_UNKNOWN)
        return "the base of the image is not known: name it with --base";
    return NULL;
}

static const struct baseline *baseline_for(const struct court *court, const struct budget *budget)
{
    return budget->against == AGAINST_ANCHOR ? court->options->anchor : court->options->baseline;
}

/* Files by path are walked once for all budgets. */
static void fill_tallies(struct court *court)
{
    const struct gate_config *config = court->config;
    court->tallies = memory_alloc_zero(config->budget_count + 1, sizeof *court->tallies);
    for (size_t i = 0; i < config->budget_count; i++) {
        struct tally *tally = &court->tallies[court->tally_count];
        const struct budget *budget = &config->budgets[i];
        if (!budget->path_count || find_extent(&tally->extent, budget, court->analysis))
            continue;
        tally->budget = budget;
        const struct baseline *against = budget->against ? baseline_for(court, budget) : NULL;
        if (against)
            tally->wanted = layers_new_since(against, court->analysis);
        court->tally_count++;
    }
    tallies_fill(court->tallies, court->tally_count, court->analysis);
}

static const struct tally *find_tally(const struct court *court, const struct budget *budget)
{
    for (size_t i = 0; i < court->tally_count; i++)
        if (court->tallies[i].budget == budget)
            return &court->tallies[i];
    return NULL;
}

/* What the budget's measure is in the archive that a baseline was read from. */
static struct amount measure_archive(const struct analysis *analysis, const struct budget *budget)
{
    struct tally tally = {.budget = budget};
    if (find_extent(&tally.extent, budget, analysis))
        return (struct amount){.known = false};
    if (!budget->path_count)
        return measure_take(analysis, budget->measure, tally.extent);
    tallies_fill(&tally, 1, analysis);
    top_release(&tally.top);
    return amount_of(tally.value);
}

/* How much */

static void find_worst_layer(struct matter *matter, const struct analysis *analysis)
{
    const struct measure_row *row = measure_row(matter->budget->measure);
    for (size_t i = matter->extent.from; i < matter->extent.to; i++) {
        struct layer_range one = {.from = i, .to = i + 1};
        struct amount value = measure_take(analysis, matter->budget->measure, one);
        if (i == matter->extent.from || amount_breaks(value, matter->value, row)) {
            matter->value = value;
            matter->worst_layer = i;
        }
    }
}

static void measure(struct matter *matter, const struct court *court)
{
    const struct budget *budget = matter->budget;
    const struct baseline *baseline = baseline_for(court, budget);
    matter->reason = find_extent(&matter->extent, budget, court->analysis);
    if (!matter->reason && measure_needs_checks(budget->measure) && !court->analysis->checked)
        matter->reason = "the content rules were not asked";
    if (matter->reason)
        return;
    matter->tally = find_tally(court, budget);
    if (matter->tally)
        matter->value = amount_of(matter->tally->value);
    else if (budget->for_each == EACH_LAYER)
        find_worst_layer(matter, court->analysis);
    else
        matter->value = measure_take(court->analysis, budget->measure, matter->extent);
    if (!baseline || budget->for_each == EACH_LAYER)
        return;
    matter->baseline = baseline->analysis ? measure_archive(baseline->analysis, budget)
                                          : baseline_value(baseline, budget);
}

static bool is_tighter(struct amount a, struct amount b, const struct measure_row *row)
{
    return amount_breaks(b, a, row);
}

/* The limit of the ratchet's file, where it is for the same thing. */
static const struct baseline_entry *find_ratchet(const struct court *court,
                                                 const struct budget *budget)
{
    const struct baseline *ratchet = court->options->ratchet;
    cleanup_strbuf struct strbuf scope = STRBUF_INIT;
    if (!ratchet || budget->against || !budget->fail.set)
        return NULL;
    const struct baseline_entry *entry =
        baseline_find(ratchet->limits, ratchet->limit_count, budget->id);
    budget_scope_text(&scope, budget);
    if (!entry || !entry->scope || strcmp(entry->scope, scope.buf) != 0 ||
        strcmp(entry->measure, measure_row(budget->measure)->name) != 0)
        return NULL;
    return entry;
}

static void take_ratchet(struct matter *matter, const struct court *court)
{
    const struct measure_row *row = measure_row(matter->budget->measure);
    const struct baseline_entry *entry = find_ratchet(court, matter->budget);
    char text[SIZE_TEXT_MAX];
    matter->fail = matter->budget->fail;
    if (!entry || !is_tighter(entry->amount, matter->fail.more_than.amount, row))
        return;
    matter->fail.more_than.amount = entry->amount;
    if (row->unit == UNIT_BYTES)
        matter->fail.text = keepf(court->gate, "%s, the ratchet's",
                                  size_format(entry->amount.number, SIZE_DECIMAL, text));
    else if (row->unit == UNIT_COUNT)
        matter->fail.text =
            keepf(court->gate, "%lld, the ratchet's", (long long)entry->amount.number);
    else
        matter->fail.text = keepf(court->gate, "%.4g, the ratchet's", entry->amount.ratio);
}

/* Verdict */

static const struct waiver *find_waiver(const struct gate_config *config, const char *id)
{
    for (size_t i = 0; i < config->waiver_count; i++)
        if (strcmp(config->waivers[i].budget, id) == 0)
            return &config->waivers[i];
    return NULL;
}

static void waive(const struct court *court, struct budget_result *result)
{
    struct gate *gate = court->gate;
    const struct waiver *waiver = find_waiver(court->config, result->id);
    if (!waiver)
        return;
    bool ended = strcmp(court->options->today, waiver->until) > 0;
    if (ended)
        add_note(gate, keepf(gate, "the waiver of '%s' ended on %s (%s, line %lld): %s", result->id,
                             waiver->until, court->config->file, (long long)waiver->line,
                             waiver->because));
    if (result->verdict == VERDICT_PASS || result->verdict == VERDICT_SKIPPED)
        return;
    if (ended) {
        result->reason = keepf(gate, "its waiver ended on %s", waiver->until);
        return;
    }
    result->verdict = VERDICT_WAIVED;
    result->reason = keepf(gate, "until %s: %s", waiver->until, waiver->because);
}

static const char *reason_without_baseline(const struct court *court, const struct budget *budget)
{
    bool anchor = budget->against == AGAINST_ANCHOR;
    const char *why = anchor ? court->options->no_anchor : court->options->no_baseline;
    if (baseline_for(court, budget))
        return anchor ? "the anchor does not hold this measure"
                      : "the baseline does not hold this measure";
    if (why)
        return why;
    return anchor ? "no anchor: name one with --anchor" : "no baseline: name one with --baseline";
}

static void hold(struct budget_result *result, const struct threshold *limit, struct amount amount,
                 const struct measure_row *row)
{
    result->limit = amount;
    result->limit_text = limit->text;
    result->over = amount_over(result->value, amount, row);
}

static void judge(const struct court *court, const struct matter *matter,
                  struct budget_result *result)
{
    const struct budget *budget = matter->budget;
    const struct measure_row *row = measure_row(budget->measure);
    struct amount fail = threshold_resolve(&matter->fail, budget, matter->baseline);
    struct amount warn = threshold_resolve(&budget->warn, budget, matter->baseline);
    const struct threshold *shown = matter->fail.set ? &matter->fail : &budget->warn;
    hold(result, shown, matter->fail.set ? fail : warn, row);
    result->reason = matter->reason ? matter->reason : budget->skip;
    if (!result->reason && budget->against && !matter->baseline.known)
        result->reason = reason_without_baseline(court, budget);
    if (result->reason) {
        result->verdict = VERDICT_SKIPPED;
    } else if (amount_breaks(matter->value, fail, row)) {
        bool already = !budget->against && amount_breaks(matter->baseline, fail, row);
        result->verdict = already ? VERDICT_FAILING_ALREADY : VERDICT_FAIL;
    } else if (amount_breaks(matter->value, warn, row)) {
        result->verdict = VERDICT_WARN;
        hold(result, &budget->warn, warn, row);
        if (matter->fail.set)
            result->note = keepf(court->gate, "the limit for failure is %s", matter->fail.text);
    }
}

/* Ours beside dive's. */
static const char *compare_with_ours(struct gate *gate, enum measure measure,
                                     const struct analysis *analysis)
{
    const struct sizes *sizes = &analysis->sizes;
    char dead[SIZE_TEXT_MAX], content[SIZE_TEXT_MAX];
    size_format(sizes->dead_bytes, SIZE_DECIMAL, dead);
    size_format(sizes->content_bytes, SIZE_DECIMAL, content);
    switch (measure) {
    case MEASURE_DIVE_WASTED:
        return keepf(gate, "dive counts all copies of a path; dead_bytes is %s", dead);
    case MEASURE_DIVE_EFFICIENCY:
        return keepf(gate, "dive compares the smallest copies; efficiency is %.4f",
                     sizes_efficiency(sizes));
    case MEASURE_DIVE_PERCENT:
        return keepf(gate, "dive takes layer 0 for the base; %s of %s content is dead", dead,
                     content);
    case MEASURE_DIVE_SIZE:
        return keepf(gate, "content_bytes is %s", content);
    default:
        return NULL;
    }
}

static void describe(const struct court *court, const struct matter *matter,
                     struct budget_result *result)
{
    const struct budget *budget = matter->budget;
    const struct measure_row *row = measure_row(budget->measure);
    cleanup_strbuf struct strbuf scope = STRBUF_INIT;
    budget_scope_text(&scope, budget);
    *result = (struct budget_result){
        .id = budget->id,
        .measure = row->name,
        .scope = arena_dup(&court->gate->arena, scope.buf, scope.len),
        .unit = row->unit,
        .verdict = VERDICT_PASS,
        .at_least = row->at_least,
        .value = matter->value,
        .baseline = matter->baseline,
        .say = budget->say,
        .file = budget->file,
        .line = budget->line,
        .growth = budget->against != AGAINST_NOTHING,
        .note = compare_with_ours(court->gate, budget->measure, court->analysis),
        .estimated =
            budget->measure == MEASURE_DOWNLOAD_BYTES && court->analysis->sizes.download_estimated,
    };
    if (budget->for_each == EACH_LAYER && !matter->reason)
        result->note = keepf(court->gate, "layer %zu has the %s", matter->worst_layer,
                             row->at_least ? "least" : "most");
}

static void explain(const struct court *court, const struct matter *matter,
                    struct budget_result *result)
{
    const struct budget *budget = matter->budget;
    const struct baseline *against = budget->against ? baseline_for(court, budget) : NULL;
    cleanup_free bool *is_new = against ? layers_new_since(against, court->analysis) : NULL;
    struct share share = {
        .analysis = court->analysis,
        .budget = budget,
        .extent = matter->extent,
        .against = against,
        .is_new = is_new,
        .tally = matter->tally,
    };
    share_fill(&share, result, &court->gate->arena);
}

static void settle(const struct court *court, const struct budget *budget,
                   struct budget_result *result)
{
    struct matter matter = {.budget = budget};
    measure(&matter, court);
    take_ratchet(&matter, court);
    describe(court, &matter, result);
    judge(court, &matter, result);
    waive(court, result);
    if (result->verdict != VERDICT_PASS && result->verdict != VERDICT_SKIPPED)
        explain(court, &matter, result);
}

static void name_gate(struct gate *gate, const struct court *court)
{
    const struct candidate *chosen = court->analysis->image->chosen;
    char text[DIGEST_TEXT_MAX];
    gate->rules = court->config->file ? court->config->file : "command line";
    gate->baseline = court->options->baseline ? court->options->baseline->name : NULL;
    gate->anchor = court->options->anchor ? court->options->anchor->name : NULL;
    gate->input = court->analysis->input;
    gate->platform = chosen->platform;
    if (digest_is_set(&chosen->config_digest))
        gate->digest = arena_dup_text(&gate->arena, digest_format(&chosen->config_digest, text));
    for (size_t i = 0; i < court->config->notes.count; i++)
        add_note(gate, court->config->notes.items[i]);
    if (court->options->no_baseline)
        add_note(gate, keepf(gate, "%s", court->options->no_baseline));
    if (court->options->no_anchor)
        add_note(gate, keepf(gate, "%s", court->options->no_anchor));
}

struct gate *gate_run(const struct gate_config *config, const struct analysis *analysis,
                      const struct gate_options *options)
{
    struct gate *gate = memory_alloc_zero(1, sizeof *gate);
    struct court court = {.gate = gate, .config = config, .analysis = analysis, .options = options};
    name_gate(gate, &court);
    fill_tallies(&court);
    gate->count = config->budget_count;
    gate->results = arena_alloc_zero(&gate->arena, (gate->count + 1) * sizeof *gate->results);
    for (size_t i = 0; i < gate->count; i++)
        settle(&court, &config->budgets[i], &gate->results[i]);
    gate->passed = !gate_count(gate, VERDICT_FAIL) &&
                   (options->only_new || !gate_count(gate, VERDICT_FAILING_ALREADY)) &&
                   (!options->strict || !gate_count(gate, VERDICT_WARN));
    for (size_t i = 0; i < court.tally_count; i++) {
        top_release(&court.tallies[i].top);
        free((void *)(uintptr_t)court.tallies[i].wanted);
    }
    free(court.tallies);
    return gate;
}

void gate_free(struct gate *gate)
{
    if (!gate)
        return;
    free(gate->notes);
    arena_release(&gate->arena);
    free(gate);
}

/* Keeping */

void gate_record(const struct gate *gate, struct baseline *baseline)
{
    for (size_t i = 0; i < gate->count; i++) {
        const struct budget_result *result = &gate->results[i];
        const struct baseline_entry entry = {.id = result->id,
                                             .measure = result->measure,
                                             .scope = result->scope,
                                             .amount = result->value};
        if (result->value.known)
            baseline_put(baseline, &baseline->budgets, &baseline->budget_count, &entry);
    }
}

/* The value with some room. */
static struct amount with_slack(struct amount value, double slack, const struct measure_row *row)
{
    if (row->unit == UNIT_RATIO)
        return ratio_of(row->at_least ? value.ratio * (1 - slack / 100)
                                      : value.ratio * (1 + slack / 100));
    long double room = (long double)value.number * (long double)slack / 100;
    int64_t sum;
    if (room >= 0x1p62L || !size_add(&sum, value.number, (int64_t)room))
        return amount_of(INT64_MAX);
    return amount_of(sum);
}

bool gate_tighten(const struct gate_config *config, const struct gate *gate, double slack,
                  const struct baseline *earlier, struct baseline *baseline)
{
    bool tightened = false;
    for (size_t i = 0; earlier && i < earlier->limit_count; i++)
        baseline_put(baseline, &baseline->limits, &baseline->limit_count, &earlier->limits[i]);
    for (size_t i = 0; i < gate->count; i++) {
        const struct budget_result *result = &gate->results[i];
        const struct budget *budget = &config->budgets[i];
        const struct measure_row *row = measure_row(budget->measure);
        if (budget->against || !budget->fail.set || !result->value.known ||
            (result->verdict != VERDICT_PASS && result->verdict != VERDICT_WARN))
            continue;
        struct amount holds = budget->fail.more_than.amount;
        const struct baseline_entry *there =
            baseline_find(baseline->limits, baseline->limit_count, budget->id);
        cleanup_strbuf struct strbuf scope = STRBUF_INIT;
        budget_scope_text(&scope, budget);
        struct baseline_entry entry = {.id = budget->id,
                                       .measure = row->name,
                                       .scope = scope.buf,
                                       .amount = with_slack(result->value, slack, row)};
        bool same = there && there->scope && strcmp(there->scope, scope.buf) == 0 &&
                    strcmp(there->measure, row->name) == 0;
        if (same && is_tighter(there->amount, holds, row))
            holds = there->amount;
        if (!is_tighter(entry.amount, holds, row))
            continue;
        baseline_put(baseline, &baseline->limits, &baseline->limit_count, &entry);
        tightened = true;
    }
    return tightened;
}
