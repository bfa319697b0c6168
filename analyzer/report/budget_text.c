#include "analyzer/report/budget_text.h"

#include <assert.h>
#include <inttypes.h>
#include <string.h>

#include "core/escape.h"

/* A path or an instruction of a contributor. */
#define SHOWN 160

void amount_format(struct strbuf *out, struct amount amount, enum unit unit,
                   enum size_style sizes)
{
    char text[SIZE_TEXT_MAX];
    if (!amount.known)
        strbuf_add_text(out, "unknown");
    else if (unit == UNIT_RATIO)
        strbuf_addf(out, "%.2f %%", amount.ratio * 100);
    else if (unit == UNIT_COUNT)
        strbuf_addf(out, "%" PRId64, amount.number);
    else
        strbuf_add_text(out, size_format(amount.number, sizes, text));
}

void amount_format_change(struct strbuf *out, struct amount from, struct amount to,
                          enum unit unit, enum size_style sizes)
{
    if (!from.known || !to.known)
        return;
    struct amount change = {.known = true, .ratio = to.ratio - from.ratio};
    /* neither is below zero unless it is a change itself: what does not fit stays at the
     * end */
    if (__builtin_sub_overflow(to.number, from.number, &change.number))
        change.number = to.number > from.number ? INT64_MAX : INT64_MIN;
    bool rises = unit == UNIT_RATIO ? change.ratio >= 0 : change.number >= 0;
    strbuf_add_text(out, rises ? "+" : "");
    amount_format(out, change, unit, sizes);
}

static void add_shown(struct strbuf *out, const char *text)
{
    cleanup_strbuf struct strbuf shown = STRBUF_INIT;
    escape_for_terminal(&shown, span_of_text(text));
    utf8_cut(&shown, SHOWN);
    strbuf_add_text(out, shown.buf);
}

void budget_sentence(struct strbuf *out, const struct budget_result *result,
                     enum size_style sizes)
{
    /* a budget without a name of its own is called by its measure */
    if (strcmp(result->id, result->measure) != 0) {
        add_shown(out, result->id);
        strbuf_add_text(out, ": ");
    }
    add_shown(out, result->measure);
    strbuf_add_text(out, " of ");
    bool whole = !result->scope || strcmp(result->scope, "image") == 0;
    add_shown(out, whole ? "the image" : result->scope);
    strbuf_add_text(out, " is ");
    amount_format(out, result->value, result->unit, sizes);
    if (result->limit_text || result->limit.known)
        strbuf_add_text(out, result->at_least ? ", limit at least " : ", limit ");
    if (result->limit_text)
        add_shown(out, result->limit_text);
    else if (result->limit.known)
        amount_format(out, result->limit, result->unit, sizes);
    if (result->over.known) {
        strbuf_add_text(out, result->at_least ? ", under by " : ", over by ");
        amount_format(out, result->over, result->unit, sizes);
    }
    if (result->baseline.known) {
        strbuf_add_text(out, ", was ");
        amount_format(out, result->baseline, result->unit, sizes);
        if (result->value.known) {
            strbuf_add_text(out, " (");
            amount_format_change(out, result->baseline, result->value, result->unit, sizes);
            strbuf_add_char(out, ')');
        }
    }
    if (result->reason) {
        strbuf_add_text(out, "; ");
        add_shown(out, result->reason);
    }
}

static void add_contributor(struct strbuf *out, const struct contributor *contributor,
                            enum unit unit, enum size_style sizes)
{
    const struct amount amount = {.known = true, .number = contributor->bytes};
    cleanup_strbuf struct strbuf text = STRBUF_INIT;
    amount_format(&text, amount, unit == UNIT_COUNT ? UNIT_COUNT : UNIT_BYTES, sizes);
    strbuf_addf(out, "  %9s", text.buf);
    if (contributor->layer != NO_LAYER)
        strbuf_addf(out, "  layer %" PRIu32, contributor->layer);
    if (contributor->file) {
        strbuf_add_text(out, "  ");
        add_shown(out, contributor->file);
        if (contributor->line > 0)
            strbuf_addf(out, ":%" PRId64, contributor->line);
    }
    if (contributor->path) {
        strbuf_add_text(out, "  ");
        add_shown(out, contributor->path);
    }
    if (contributor->instruction) {
        strbuf_add_text(out, "  ");
        add_shown(out, contributor->instruction);
    }
    strbuf_add_char(out, '\n');
}

static void add_line(struct strbuf *out, const char *what, const char *text)
{
    if (!text)
        return;
    strbuf_addf(out, "  %s: ", what);
    add_shown(out, text);
    strbuf_add_char(out, '\n');
}

void budget_text(struct strbuf *out, const struct budget_result *result,
                 enum size_style sizes)
{
    strbuf_addf(out, "%s  ", verdict_word(result->verdict));
    budget_sentence(out, result, sizes);
    strbuf_add_char(out, '\n');
    for (size_t i = 0; i < result->contributor_count; i++)
        add_contributor(out, &result->contributors[i], result->unit, sizes);
    add_line(out, "note", result->say);
    add_line(out, "fix", result->fix);
    if (!result->file)
        return;
    strbuf_add_text(out, "  budget: ");
    add_shown(out, result->file);
    if (result->line > 0)
        strbuf_addf(out, ":%" PRId64, result->line);
    strbuf_add_char(out, '\n');
}

static const char *const verdict_words[] = {
    [VERDICT_PASS] = "PASS",     [VERDICT_WARN] = "WARN",
    [VERDICT_FAIL] = "FAIL",     [VERDICT_FAILING_ALREADY] = "FAILING ALREADY",
    [VERDICT_WAIVED] = "WAIVED", [VERDICT_SKIPPED] = "SKIPPED",
};
static_assert(ARRAY_SIZE(verdict_words) == VERDICT_SKIPPED + 1, "every verdict has a word");

const char *verdict_word(enum verdict verdict)
{
    return verdict_words[verdict];
}

enum verdict gate_worst(const struct gate *gate)
{
    static const enum verdict worst_first[] = {VERDICT_FAIL, VERDICT_FAILING_ALREADY,
                                               VERDICT_WARN};
    for (size_t i = 0; i < ARRAY_SIZE(worst_first); i++)
        if (gate_count(gate, worst_first[i]))
            return worst_first[i];
    return VERDICT_PASS;
}

void gate_summary(struct strbuf *out, const struct gate *gate)
{
    enum verdict worst = gate_worst(gate);
    size_t warnings = gate_count(gate, VERDICT_WARN),
           waived = gate_count(gate, VERDICT_WAIVED);
    size_t skipped = gate_count(gate, VERDICT_SKIPPED);
    size_t failed =
        gate_count(gate, VERDICT_FAIL) + gate_count(gate, VERDICT_FAILING_ALREADY);
    strbuf_addf(out, "%s ", verdict_word(worst));
    if (failed)
        strbuf_addf(out, "%zu of ", failed);
    strbuf_addf(out, "%zu budget%s", gate->count, gate->count == 1 ? "" : "s");
    if (!warnings && !waived && !skipped)
        return;
    const char *separator = " (";
    const struct {
        size_t count;
        const char *one, *many;
    } parts[] = {{warnings, "warning", "warnings"},
                 {waived, "waived", "waived"},
                 {skipped, "skipped", "skipped"}};
    for (size_t i = 0; i < ARRAY_SIZE(parts); i++) {
        if (!parts[i].count)
            continue;
        strbuf_addf(out, "%s%zu %s", separator, parts[i].count,
                    parts[i].count == 1 ? parts[i].one : parts[i].many);
        separator = ", ";
    }
    strbuf_add_char(out, ')');
}
