#include "analyzer/lint/lint.h"
#include "core/size.h"
#include "core/strbuf.h"

/* Rules that ask for what would have saved the bytes: where one of them found the instruction, it is the one
 * that tells. */
static const struct {
    const char *id; /* of the suggestion */
    const char *rules[3];
} tellers[] = {
    {"apt-cache", {"DL3009"}},
    {"apk-cache", {"DL3019"}},
    {"dnf-cache", {"DL3032", "DL3040"}},
    {"zypper-cache", {"DL3036"}},
    {"pip-cache", {"DL3042"}},
    {"yarn-cache", {"DL3060"}},
};

/* Less is not worth a line. */
#define LEAST_BYTES 1000

static bool tells(const struct lint_finding *finding, const struct lint_weight *weight)
{
    for (size_t i = 0; i < sizeof tellers / sizeof tellers[0]; i++) {
        if (strcmp(tellers[i].id, weight->id) != 0)
            continue;
        for (size_t r = 0; r < 3 && tellers[i].rules[r]; r++)
            if (strcmp(finding->code, tellers[i].rules[r]) == 0)
                return true;
    }
    return false;
}

static struct lint_finding *find_teller(const struct lint *lint, const struct lint_weight *weight)
{
    for (size_t i = 0; i < lint->result->count; i++) {
        struct lint_finding *finding = &lint->result->items[i];
        if (lint->instructions[i] == weight->instruction && finding->bytes < 0 &&
            tells(finding, weight))
            return finding;
    }
    return NULL;
}

static void add_bytes(struct lint *lint, struct lint_finding *finding,
                      const struct lint_weight *weight)
{
    cleanup_strbuf struct strbuf message = STRBUF_INIT;
    char size[SIZE_TEXT_MAX];
    strbuf_addf(&message, "%s; it leaves %s in layer %u (%s)%s", finding->message,
                size_format(weight->bytes, SIZE_DECIMAL, size), weight->layer, weight->title,
                finding->fix ? ", which the fix saves" : "");
    finding->message = arena_dup_text(lint->arena, message.buf);
    finding->bytes = weight->bytes;
    finding->layer = weight->layer;
}

static const struct lint_step *step_of(const struct lint *lint, size_t instruction)
{
    for (size_t i = 0; i < lint->count; i++)
        if (lint->steps[i].instruction == &lint->document->instructions[instruction])
            return &lint->steps[i];
    return NULL;
}

static void check(struct lint *lint)
{
    for (size_t i = 0; i < lint->options->weight_count; i++) {
        const struct lint_weight *weight = &lint->options->weights[i];
        const struct lint_step *step = weight->instruction < lint->document->instruction_count
                                           ? step_of(lint, weight->instruction)
                                           : NULL;
        struct lint_finding *teller = find_teller(lint, weight);
        char size[SIZE_TEXT_MAX];
        if (teller) {
            add_bytes(lint, teller, weight);
        } else if (step && weight->bytes >= LEAST_BYTES) {
            lint_report(lint, step, step->instruction->keyword.extent, "leaves %s in layer %u: %s",
                        size_format(weight->bytes, SIZE_DECIMAL, size), weight->layer, weight->title);
            struct lint_finding *finding = &lint->result->items[lint->result->count - 1];
            finding->bytes = weight->bytes;
            finding->layer = weight->layer;
            finding->advice = weight->fix;
        }
    }
}

const struct lint_rule lint_rule_UL9001 = {
    .code = "UL9001",
    .name = "wasted-bytes",
    .severity = SEVERITY_INFO,
    .summary = "an instruction leaves bytes in its layer that need not ship",
    .why = "Measured on the image that was built: caches, copies and what later instructions delete or "
           "replace are stored and transferred with every pull.",
    .fix = "Write what is not kept into a cache mount or an earlier stage, or remove it in the same RUN.",
    .check = check,
};
