#include "analyzer/report/finding_list.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "analyzer/report/budget_text.h"
#include "analyzer/report/report.h"
#include "analyzer/report/subject.h"
#include "core/escape.h"

/* A path within a message; the finding has the whole one. */
#define PATH_SHOWN 200

void finding_list_start(struct finding_list *list, const char *subject)
{
    *list = (struct finding_list){0};
    list->subject = arena_dup_text(&list->arena, subject);
}

void finding_list_release(struct finding_list *list)
{
    free(list->items);
    arena_release(&list->arena);
    *list = (struct finding_list){0};
}

void finding_list_add(struct finding_list *list, const struct report_finding *finding)
{
    list->items =
        memory_grow(list->items, list->count, &list->capacity, sizeof *list->items);
    list->items[list->count++] = *finding;
}

static int compare_texts(const char *a, const char *b)
{
    return strcmp(a ? a : "", b ? b : "");
}

static int compare_worst_first(const void *a, const void *b)
{
    const struct report_finding *left = a, *right = b;
    if (left->severity != right->severity)
        return left->severity < right->severity ? -1 : 1;
    if (left->bytes != right->bytes)
        return left->bytes > right->bytes ? -1 : 1;
    int order = compare_texts(left->rule, right->rule);
    order = order ? order : compare_texts(left->file, right->file);
    if (!order && left->line != right->line)
        order = left->line < right->line ? -1 : 1;
    order = order ? order : compare_texts(left->path, right->path);
    if (!order && left->layer != right->layer)
        order = left->layer < right->layer ? -1 : 1;
    return order ? order : compare_texts(left->message, right->message);
}

/* Findings of one rule, key and path stand together, in the order of the list. */
static int compare_identities(const void *a, const void *b)
{
    const struct report_finding *left = *(struct report_finding *const *)a;
    const struct report_finding *right = *(struct report_finding *const *)b;
    int order = compare_texts(left->rule, right->rule);
    order = order ? order : compare_texts(left->key, right->key);
    order = order ? order : compare_texts(left->path, right->path);
    return order ? order : (left > right) - (left < right);
}

static bool same_identity(const struct report_finding *a, const struct report_finding *b)
{
    return compare_texts(a->rule, b->rule) == 0 && compare_texts(a->key, b->key) == 0 &&
           compare_texts(a->path, b->path) == 0;
}

static void hash_text(struct digester *digester, const char *text)
{
    digester_add(digester, text ? text : "", strlen(text ? text : "") + 1);
}

/* `repeat` tells findings apart that have all else in common. */
static void make_fingerprint(struct report_finding *finding, uint64_t repeat)
{
    struct digester digester;
    struct digest digest;
    char text[DIGEST_TEXT_MAX], number[24];
    digester_start(&digester, DIGEST_SHA256);
    hash_text(&digester, finding->rule);
    hash_text(&digester, finding->key);
    hash_text(&digester, finding->path);
    snprintf(number, sizeof number, "%" PRIu64, repeat);
    hash_text(&digester, repeat ? number : NULL);
    digester_finish(&digester, &digest);
    digest_format(&digest, text);
    snprintf(finding->fingerprint, sizeof finding->fingerprint, "%s",
             strchr(text, ':') + 1);
}

static void make_fingerprints(struct finding_list *list)
{
    struct report_finding **sorted = memory_alloc_zero(list->count, sizeof *sorted);
    uint64_t repeat = 0;
    for (size_t i = 0; i < list->count; i++)
        sorted[i] = &list->items[i];
    if (list->count)
        qsort(sorted, list->count, sizeof(struct report_finding *), compare_identities);
    for (size_t i = 0; i < list->count; i++) {
        repeat = i && same_identity(sorted[i - 1], sorted[i]) ? repeat + 1 : 0;
        make_fingerprint(sorted[i], repeat);
    }
    free(sorted);
}

/* The last row of a list that could not hold everything. */
static void say_what_was_left_out(struct finding_list *list)
{
    cleanup_strbuf struct strbuf message = STRBUF_INIT;
    struct report_finding note = {
        .rule = "findings-left-out",
        .name = "more-findings",
        .summary = "there are more findings than a list can hold",
        .severity = SEVERITY_INFO,
        .file = list->count ? list->items[0].file : "image",
        .line = 1,
        .layer = NO_LAYER,
        .bytes = -1,
    };
    strbuf_addf(&message,
                "%" PRId64 " more findings were left out; the worst %zu are listed",
                list->left_out, list->count);
    note.message = arena_dup_text(&list->arena, message.buf);
    finding_list_add(list, &note);
}

void finding_list_finish(struct finding_list *list)
{
    if (list->count)
        qsort(list->items, list->count, sizeof *list->items, compare_worst_first);
    bool full = list->count > FINDING_LIST_MOST ||
                (list->count == FINDING_LIST_MOST && list->left_out);
    if (full) {
        list->left_out += (int64_t)(list->count - (FINDING_LIST_MOST - 1));
        list->count = FINDING_LIST_MOST - 1;
    }
    if (list->left_out)
        say_what_was_left_out(list);
    make_fingerprints(list);
}

/* "/usr/x: the rule's text and its detail (layer 3)" */
static const char *message_of(struct arena *arena, const struct finding *finding)
{
    cleanup_strbuf struct strbuf path = STRBUF_INIT, message = STRBUF_INIT;
    if (finding->path) {
        escape_for_terminal(&path, span_of_text(finding->path));
        utf8_cut(&path, PATH_SHOWN);
        strbuf_addf(&message, "%s: ", path.buf);
    }
    strbuf_add_text(&message, finding->message);
    if (finding->layer != NO_LAYER)
        strbuf_addf(&message, " (layer %" PRIu32 ")", finding->layer);
    return arena_dup_text(arena, message.buf);
}

/* Where a finding of the image is shown: the line of the Dockerfile that made its layer
 * would be best, and belongs here once an analysis knows it; else the first line of the
 * input. */
static void address_image(struct report_finding *finding, const char *input)
{
    finding->file = input;
    finding->line = 1;
}

/* Why the rule is there and what mends it. */
static const char *help_of(struct arena *arena, enum finding_rule rule)
{
    cleanup_strbuf struct strbuf help = STRBUF_INIT;
    strbuf_addf(&help, "%s %s", finding_why(rule), finding_fix(rule));
    return arena_dup_text(arena, help.buf);
}

static void add_image_findings(struct finding_list *list, const struct findings *findings,
                               const char *input)
{
    const char *helps[FINDING_RULES] = {NULL};
    for (size_t i = 0; i < findings->count; i++) {
        const struct finding *source = &findings->items[i];
        if (!helps[source->rule])
            helps[source->rule] = help_of(&list->arena, source->rule);
        struct report_finding finding = {
            .rule = finding_code(source->rule),
            .name = finding_name(source->rule),
            .summary = finding_text(source->rule),
            .help = helps[source->rule],
            .severity = finding_severity(source->rule),
            .message = message_of(&list->arena, source),
            .layer = source->layer,
            .path = source->path,
            .bytes = source->bytes,
        };
        address_image(&finding, input);
        finding_list_add(list, &finding);
    }
    for (size_t rule = 0; rule < FINDING_RULES; rule++)
        if (findings->seen[rule] > findings->kept_most)
            list->left_out += findings->seen[rule] - findings->kept_most;
}

static const char *relative_in(struct arena *arena, const char *path)
{
    cleanup_strbuf struct strbuf out = STRBUF_INIT;
    subject_relative(&out, path);
    return arena_dup_text(arena, out.buf);
}

/* The Dockerfile's line that brought most, else the line that asks for the budget, else the
 * input. */
static void address_budget(struct finding_list *list, struct report_finding *finding,
                           const struct budget_result *result, const char *input)
{
    finding->file = input;
    finding->line = 1;
    if (result->file) {
        finding->file = relative_in(&list->arena, result->file);
        finding->line = result->line > 0 ? result->line : 1;
    }
    const struct contributor *first = result->contributors;
    if (result->contributor_count && first->file && first->line > 0) {
        finding->file = relative_in(&list->arena, first->file);
        finding->line = first->line;
    }
}

static const char *rule_of_budget(struct arena *arena, const struct budget_result *result)
{
    cleanup_strbuf struct strbuf rule = STRBUF_INIT;
    strbuf_addf(&rule, BUDGET_RULE "%s", result->measure);
    return arena_dup_text(arena, rule.buf);
}

static void add_budget(struct finding_list *list, const struct budget_result *result,
                       const char *input)
{
    cleanup_strbuf struct strbuf message = STRBUF_INIT;
    const struct contributor *first =
        result->contributor_count ? result->contributors : NULL;
    budget_sentence(&message, result, SIZE_DECIMAL);
    struct report_finding finding = {
        .rule = rule_of_budget(&list->arena, result),
        .name = result->measure,
        .summary = "a measure of the image passes the limit of its budget",
        .help = "The budget says what the measure may be; 'ullage help measures' defines "
                "it. Make the "
                "image smaller, or raise the limit where the budget is written.",
        .severity = result->verdict == VERDICT_WARN ? SEVERITY_WARNING : SEVERITY_ERROR,
        .message = arena_dup_text(&list->arena, message.buf),
        .key = result->id,
        .layer = first ? first->layer : NO_LAYER,
        .path = first ? first->path : NULL,
        .bytes =
            result->unit == UNIT_BYTES && result->over.known ? result->over.number : -1,
        .fix = result->fix ? result->fix : result->say,
    };
    address_budget(list, &finding, result, input);
    finding_list_add(list, &finding);
}

static bool is_worth_a_finding(enum verdict verdict)
{
    return verdict == VERDICT_WARN || verdict == VERDICT_FAIL ||
           verdict == VERDICT_FAILING_ALREADY;
}

void finding_list_of_report(struct finding_list *ret_list, const struct report *report)
{
    cleanup_strbuf struct strbuf subject = STRBUF_INIT;
    subject_series(&subject, report->analysis);
    finding_list_start(ret_list, subject.buf);
    const char *input = relative_in(&ret_list->arena, report->analysis->input);
    for (size_t i = 0; report->gate && i < report->gate->count; i++)
        if (is_worth_a_finding(report->gate->results[i].verdict))
            add_budget(ret_list, &report->gate->results[i], input);
    add_image_findings(ret_list, &report->analysis->image->findings, input);
    finding_list_finish(ret_list);
}

static int compare_rules(const void *a, const void *b)
{
    const struct report_finding *left = *(const struct report_finding *const *)a;
    const struct report_finding *right = *(const struct report_finding *const *)b;
    return strcmp(left->rule, right->rule);
}

void finding_rules_of(struct finding_rules *ret_rules, const struct finding_list *list)
{
    struct finding_rules rules = {
        .items = memory_alloc_zero(list->count, sizeof(struct report_finding *))};
    for (size_t i = 0; i < list->count; i++)
        rules.items[i] = &list->items[i];
    if (list->count)
        qsort(rules.items, list->count, sizeof(struct report_finding *), compare_rules);
    for (size_t i = 0; i < list->count; i++)
        if (!rules.count ||
            strcmp(rules.items[rules.count - 1]->rule, rules.items[i]->rule) != 0)
            rules.items[rules.count++] = rules.items[i];
    *ret_rules = rules;
}

size_t finding_rules_find(const struct finding_rules *rules, const char *rule)
{
    size_t low = 0, high = rules->count;
    while (low + 1 < high) {
        size_t middle = low + (high - low) / 2;
        if (strcmp(rules->items[middle]->rule, rule) <= 0)
            low = middle;
        else
            high = middle;
    }
    return low;
}

void finding_rules_release(struct finding_rules *rules)
{
    free(rules->items);
    *rules = (struct finding_rules){0};
}

int finding_list_write_report(finding_list_writer *write, const struct report *report,
                              const struct report_options *options, const struct sink *sink,
                              struct error *err)
{
    struct finding_list list;
    finding_list_of_report(&list, report);
    int result = write(&list, options, sink, err);
    finding_list_release(&list);
    return result;
}
