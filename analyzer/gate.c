#include "analyzer/gate.h"

#include <assert.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

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

#define SIZE_MEASURE(name) {#name, offsetof(struct sizes, name)}

static const struct {
    const char *name;
    size_t offset;
} sizes_by_name[] = {
    SIZE_MEASURE(blob_bytes),      SIZE_MEASURE(tar_bytes),      SIZE_MEASURE(content_bytes),
    SIZE_MEASURE(live_bytes),      SIZE_MEASURE(dead_bytes),     SIZE_MEASURE(duplicate_bytes),
    SIZE_MEASURE(download_bytes),
};

const char *const gate_measures[] = {
    "blob_bytes",      "tar_bytes",      "content_bytes", "live_bytes", "dead_bytes",
    "duplicate_bytes", "download_bytes", "layers",        "efficiency", NULL,
};

static const char *find_measure(const char *name, size_t len)
{
    for (size_t i = 0; gate_measures[i]; i++)
        if (strlen(gate_measures[i]) == len && memcmp(gate_measures[i], name, len) == 0)
            return gate_measures[i];
    return NULL;
}

static int parse_ratio(struct budget *budget, const char *text, struct error *err)
{
    char *end;
    budget->is_ratio = true;
    budget->limit_ratio = strtod(text, &end);
    bool percent = *end == '%' && !end[1];
    if (percent)
        budget->limit_ratio /= 100;
    if (end == text || (*end && !percent) || !(budget->limit_ratio >= 0) ||
        budget->limit_ratio > 1)
        return error_set(err, ERROR_USAGE, "'%s' is no ratio from 0 to 1", text);
    return 0;
}

int budget_parse(struct budget *ret_budget, const char *text, struct error *err)
{
    struct budget budget = {0};
    const char *equals = strchr(text, '=');
    if (!equals)
        return error_set(err, ERROR_USAGE, "'%s': write MEASURE=LIMIT", text);
    budget.measure = find_measure(text, (size_t)(equals - text));
    if (!budget.measure) {
        error_set(err, ERROR_USAGE, "there is no measure '%.*s'", (int)(equals - text), text);
        return error_hint(err, "'ullage help measures' lists them");
    }
    int result = strcmp(budget.measure, "efficiency") == 0
                     ? parse_ratio(&budget, equals + 1, err)
                     : size_parse(&budget.limit, equals + 1, err);
    if (result == 0)
        *ret_budget = budget;
    return result;
}

struct gate_verdict budget_judge(const struct budget *budget, const struct analysis *analysis)
{
    struct gate_verdict verdict = {0};
    if (budget->is_ratio) {
        verdict.ratio = sizes_efficiency(&analysis->sizes);
        verdict.pass = verdict.ratio >= budget->limit_ratio;
        return verdict;
    }
    verdict.value = (int64_t)analysis->image->chosen->layer_count;
    for (size_t i = 0; i < ARRAY_SIZE(sizes_by_name); i++)
        if (strcmp(sizes_by_name[i].name, budget->measure) == 0)
            memcpy(&verdict.value, (const char *)&analysis->sizes + sizes_by_name[i].offset,
                   sizeof verdict.value);
    verdict.pass = verdict.value <= budget->limit;
    return verdict;
}
