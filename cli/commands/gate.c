#include "analyzer/gate.h"

#include <stdio.h>
#include <string.h>

#include "cli/image_options.h"
#include "cli/progress.h"
#include "core/size.h"

struct gate_options {
    struct image_arguments image;
    struct strvec most;
};

static const struct option options[] = {
    {.name = "max",
     .type = OPTION_LIST,
     OPTION_AT(struct gate_options, most),
     .argument = "MEASURE=LIMIT",
     .summary = "fail when the measure is over the limit (efficiency: under)",
     .group = "Budgets"},
    IMAGE_OPTIONS(struct gate_options),
    OPTION_END,
};

static void print_verdict(const struct invocation *invocation, const struct budget *budget,
                          struct gate_verdict verdict)
{
    const struct style *style = invocation->terminal.output;
    char value[SIZE_TEXT_MAX], limit[SIZE_TEXT_MAX], over[SIZE_TEXT_MAX];
    printf("%s%s%s  %-16s ", verdict.pass ? style->green : style->red,
           verdict.pass ? "pass" : "FAIL", style->reset, budget->measure);
    if (budget->is_ratio) {
        printf("%.4f, at least %.4f\n", verdict.ratio, budget->limit_ratio);
        return;
    }
    if (strcmp(budget->measure, "layers") == 0) {
        printf("%lld of at most %lld\n", (long long)verdict.value, (long long)budget->limit);
        return;
    }
    printf("%s (%lld) of at most %s (%lld)", size_format(verdict.value, SIZE_DECIMAL, value),
           (long long)verdict.value, size_format(budget->limit, SIZE_DECIMAL, limit),
           (long long)budget->limit);
    if (!verdict.pass)
        printf(", over by %s",
               size_format(verdict.value - budget->limit, SIZE_DECIMAL, over));
    putchar('\n');
}

static int judge_all(const struct invocation *invocation, const struct strvec *most,
                     const struct analysis *analysis, struct error *err)
{
    int status = 0;
    for (size_t i = 0; i < most->count; i++) {
        struct budget budget;
        if (budget_parse(&budget, most->items[i], err) < 0)
            return error_prefix(err, "--max");
        if (!analysis)
            continue;
        struct gate_verdict verdict = budget_judge(&budget, analysis);
        print_verdict(invocation, &budget, verdict);
        if (!verdict.pass)
            status = 1;
    }
    return status;
}

static int run(const struct invocation *invocation, struct error *err)
{
    const struct gate_options *given = invocation->options;
    struct limits limits;
    struct analysis_options analysis_options;
    struct analysis *analysis;
    if (given->most.count == 0) {
        error_set(err, ERROR_USAGE, "the gate has no budget");
        return error_hint(err, "give one: ullage gate app.tar --max blob_bytes=220MB");
    }
    if (judge_all(invocation, &given->most, NULL, err) < 0 ||
        image_arguments_read(&given->image, invocation, &limits, &analysis_options, err) < 0)
        return -1;
    struct progress_line line;
    progress_line_start(&line, invocation, invocation->operands[0]);
    analysis_options.progress = &line.progress;
    int result = analysis_run(&analysis, invocation->operands[0], &analysis_options, err);
    progress_line_stop(&line);
    if (result < 0)
        return -1;
    int status = judge_all(invocation, &given->most, analysis, err);
    int partial = image_status(analysis->image);
    analysis_free(analysis);
    return partial ? partial : status;
}

static const struct example examples[] = {
    {"ullage gate app.tar --max blob_bytes=220MB --max dead_bytes=20MB", "hold two limits"},
    {"ullage gate app.tar --max efficiency=0.95", "hold a ratio"},
    {NULL, NULL},
};

const struct command command_gate = {
    .name = "gate",
    .group = "Images",
    .summary = "hold an image against limits; status 1 when one is passed",
    .usage = "IMAGE",
    .description = "Prints each measure against its limit, passed or not.",
    .examples = examples,
    .options = options,
    .options_size = sizeof(struct gate_options),
    .operands_min = 1,
    .operands_max = 1,
    .complete = COMPLETE_FILE,
    .run = run,
};
