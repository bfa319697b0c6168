/* What people and other runs write for the gate. The first byte says what the rest is: our
 * configuration, dive's, layerx's, limits of the command line, or a baseline, which has to come
 * back from its own summary as it was. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "analyzer/gate/baseline.h"
#include "analyzer/gate/config.h"
#include "tests/fuzz/fuzz.h"

static void refuse(const char *what)
{
    fprintf(stderr, "broken: %s\n", what);
    abort();
}

static void check_error(struct error *error)
{
    if (error->code == ERROR_NONE || error->code == ERROR_INTERNAL)
        refuse("an error without a code of its own");
    if (!error->text || !*error->text)
        refuse("an error without text");
    error_release(error);
}

/* Every budget that was read can be named and held. */
static void use_config(struct gate_config *config)
{
    static const char path[] = "/app/.git/objects/pack/pack-1.idx";
    struct strvec references = STRVEC_INIT;
    strvec_add(&references, "example/shop:1");
    gate_config_for_image(config, &references);
    for (size_t i = 0; i < config->budget_count; i++) {
        const struct budget *budget = &config->budgets[i];
        cleanup_strbuf struct strbuf scope = STRBUF_INIT;
        budget_scope_text(&scope, budget);
        budget_matches(budget, span_of_text(path));
        struct amount before = {.known = true, .number = 1000, .ratio = 0.5};
        threshold_resolve(&budget->fail, budget, before);
        threshold_resolve(&budget->warn, budget, before);
        if (!budget->id || budget->measure == MEASURE_NONE)
            refuse("a budget without id or measure");
    }
    strvec_release(&references);
}

static void fuzz_config(struct span text, bool dive)
{
    struct gate_config config = {0};
    struct error error = ERROR_INIT;
    int result = dive ? gate_config_read_dive(&config, "f", text, &error)
                      : gate_config_read(&config, "f", text, &error);
    if (result < 0)
        check_error(&error);
    else
        use_config(&config);
    gate_config_release(&config);
}

/* What an import writes, the reader takes: but for budgets that have an id twice, or too long a
 * one. */
static void fuzz_import(struct span text)
{
    struct error error = ERROR_INIT;
    cleanup_strbuf struct strbuf out = STRBUF_INIT;
    if (gate_config_import(&out, ".layerx.yaml", text, &error) < 0)
        check_error(&error);
    else
        fuzz_config(span_of(out.buf, out.len), false);
}

static void fuzz_arguments(struct span text)
{
    struct gate_config config = {0};
    struct error error = ERROR_INIT;
    cleanup_free char *argument = memory_dup_bytes(text.ptr, text.len);
    if (gate_config_add_limit(&config, argument, false, &error) < 0)
        check_error(&error);
    if (gate_config_add_growth(&config, argument, &error) < 0)
        check_error(&error);
    use_config(&config);
    gate_config_release(&config);
}

static void fuzz_baseline(struct span text)
{
    struct error error = ERROR_INIT;
    struct baseline *first, *second;
    cleanup_strbuf struct strbuf once = STRBUF_INIT, twice = STRBUF_INIT;
    if (baseline_parse(&first, "b", text, &error) < 0) {
        check_error(&error);
        return;
    }
    baseline_write(&once, first);
    if (baseline_parse(&second, "b", span_of(once.buf, once.len), &error) < 0)
        refuse(error.text);
    baseline_write(&twice, second);
    if (strcmp(once.buf, twice.buf) != 0)
        refuse("a summary does not come back as it was");
    baseline_free(first);
    baseline_free(second);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (!size)
        return 0;
    struct span text = span_of(data + 1, size - 1);
    switch (data[0] % 5) {
    case 0:
        fuzz_config(text, false);
        break;
    case 1:
        fuzz_config(text, true);
        break;
    case 2:
        fuzz_import(text);
        break;
    case 3:
        fuzz_arguments(text);
        break;
    default:
        fuzz_baseline(text);
    }
    return 0;
}
