/* The gate: each kind of budget on images small enough to add up by hand, each verdict, each
 * baseline. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "analyzer/gate/baseline.h"
#include "analyzer/gate/config.h"
#include "core/file.h"
#include "tests/support/imagemaker.h"
#include "tests/support/tarmaker.h"
#include "tests/support/check.h"

static struct limits limits;

static char *filler(size_t size)
{
    char *bytes = memory_alloc(size);
    memset(bytes, 'x', size);
    return bytes;
}

static void add_file(struct tarmaker *tar, const char *path, size_t size)
{
    cleanup_free char *bytes = filler(size);
    tarmaker_file(tar, path, bytes, size);
}

/* Three layers:
 *     0  ADD      /etc/conf 100, /usr/lib/big 1000
 *     1  RUN make /app/a `app`, /root/.cache/x 300
 *     2  RUN rm   /app/.git/o 50, deletes /root/.cache/x
 * With an app of 200: content 1650, dead 300, live 1350, files 4. */
static struct analysis *analyze_app(size_t app, const char *architecture)
{
    static const struct image_history history[] = {
        {.created_by = "ADD rootfs.tar /"},
        {.created_by = "RUN make TOKEN=not-a-secret"},
        {.created_by = "RUN rm -rf /root/.cache/x"},
    };
    struct tarmaker tars[3] = {TARMAKER_INIT, TARMAKER_INIT, TARMAKER_INIT};
    struct layer_spec layers[3];
    struct bytes archive = BYTES_INIT;
    add_file(&tars[0], "etc/conf", 100);
    add_file(&tars[0], "usr/lib/big", 1000);
    add_file(&tars[1], "app/a", app);
    add_file(&tars[1], "root/.cache/x", 300);
    add_file(&tars[2], "app/.git/o", 50);
    tarmaker_whiteout(&tars[2], "root/.cache/x");
    for (size_t i = 0; i < 3; i++) {
        tarmaker_finish(&tars[i]);
        layers[i] = (struct layer_spec){.tar = tars[i].out.data, .tar_size = tars[i].out.size};
    }
    const struct image_spec spec = {.layers = layers,
                                    .layer_count = 3,
                                    .history = history,
                                    .history_count = 3,
                                    .architecture = architecture};
    image_make(&spec, IMAGE_DOCKER_HYBRID, &archive);
    cleanup_free char *path = bytes_write_temp(&archive);
    struct error error = ERROR_INIT;
    struct analysis *analysis;
    struct analysis_options options = {.limits = &limits, .threads = 1, .top = 20};
    limits = limits_default();
    if (analysis_run(&analysis, path, &options, &error) < 0)
        fail_msg("%s", error.text);
    unlink(path);
    bytes_release(&archive);
    for (size_t i = 0; i < 3; i++)
        tarmaker_release(&tars[i]);
    return analysis;
}

/* One image held against one configuration. */
struct trial {
    struct gate_config config;
    struct analysis *analysis;
    struct gate_options options;
    struct gate *gate;
};

static void trial_configure(struct trial *trial, const char *yaml)
{
    struct error error = ERROR_INIT;
    if (gate_config_read(&trial->config, "rules.yaml", span_of_text(yaml), &error) < 0)
        fail_msg("%s\n%s", error.text, error.hint ? error.hint : "");
}

static struct trial trial_start(const char *yaml, size_t app)
{
    struct trial trial = {.analysis = analyze_app(app, NULL), .options.today = "2026-11-24"};
    if (yaml)
        trial_configure(&trial, yaml);
    return trial;
}

static void trial_run(struct trial *trial)
{
    gate_free(trial->gate);
    trial->gate = gate_run(&trial->config, trial->analysis, &trial->options);
}

static void trial_end(struct trial *trial)
{
    gate_free(trial->gate);
    gate_config_release(&trial->config);
    analysis_free(trial->analysis);
}

static const struct budget_result *result_of(const struct trial *trial, const char *id)
{
    for (size_t i = 0; i < trial->gate->count; i++)
        if (strcmp(trial->gate->results[i].id, id) == 0)
            return &trial->gate->results[i];
    fail_msg("no result '%s'", id);
    return NULL;
}

static void assert_value(const struct trial *trial, const char *id, int64_t value,
                         enum verdict verdict)
{
    const struct budget_result *result = result_of(trial, id);
    assert_true(result->value.known);
    assert_int_equal(result->value.number, value);
    assert_string_equal(verdict_name(result->verdict), verdict_name(verdict));
}

static void assert_verdict(const struct trial *trial, const char *id, enum verdict verdict)
{
    assert_string_equal(verdict_name(result_of(trial, id)->verdict), verdict_name(verdict));
}

/* What is measured */

static void each_measure_of_sizes_is_held(void **state)
{
    (void)state;
    struct trial trial = trial_start("version: 1\nbudgets:\n"
                                     "- {id: content, measure: content_bytes, fail: 1650 B}\n"
                                     "- {id: live, measure: live_bytes, fail: 1349 B}\n"
                                     "- {id: dead, measure: dead_bytes, fail: 300 B}\n"
                                     "- {id: layers, measure: layers, fail: 2}\n"
                                     "- {id: files, measure: files, fail: 4}\n"
                                     "- {id: entries, measure: entries, fail: 5}\n"
                                     "- {id: tar, measure: tar_bytes, fail: 1 GB}\n"
                                     "- {id: duplicate, measure: duplicate_bytes, fail: 0}\n",
                                     200);
    trial_run(&trial);

    assert_value(&trial, "content", 1650, VERDICT_PASS);
    assert_value(&trial, "live", 1350, VERDICT_FAIL);
    assert_value(&trial, "dead", 300, VERDICT_PASS);
    assert_value(&trial, "layers", 3, VERDICT_FAIL);
    assert_value(&trial, "files", 4, VERDICT_PASS);
    assert_value(&trial, "entries", 6, VERDICT_FAIL);
    assert_value(&trial, "duplicate", 0, VERDICT_PASS);
    assert_int_equal(result_of(&trial, "live")->over.number, 1);
    assert_false(result_of(&trial, "dead")->over.known);
    assert_false(trial.gate->passed);
    trial_end(&trial);
}

static void efficiency_is_a_least_value(void **state)
{
    (void)state;
    /* 1350 / 1650 = 0.8182 */
    struct trial trial = trial_start("version: 1\nbudgets:\n"
                                     "- {id: low, measure: efficiency, fail: 0.8}\n"
                                     "- {id: high, measure: efficiency, fail: 90%}\n"
                                     "- {id: between, measure: efficiency, warn: 0.9, fail: 0.8}\n",
                                     200);
    trial_run(&trial);

    assert_verdict(&trial, "low", VERDICT_PASS);
    assert_verdict(&trial, "high", VERDICT_FAIL);
    assert_verdict(&trial, "between", VERDICT_WARN);
    assert_true(result_of(&trial, "high")->at_least);
    assert_true(fabs(result_of(&trial, "high")->over.ratio - (0.9 - 1350.0 / 1650)) < 1e-12);
    trial_end(&trial);
}

static void shipped_counts_what_a_later_layer_deletes(void **state)
{
    (void)state;
    struct trial trial =
        trial_start("version: 1\nbudgets:\n"
                    "- {id: cache, paths: [\"/root/.cache/**\"], fail: 0}\n"
                    "- {id: live, measure: live_bytes, paths: [\"/root/.cache/**\"], fail: 0}\n"
                    "- {id: dead, measure: dead_bytes, paths: [\"**\"], fail: 0}\n"
                    "- {id: files, measure: files, paths: [\"/app/**\"], fail: 1}\n"
                    "- {id: folder, paths: [\"/app\"], fail: 0}\n"
                    "- {id: anywhere, paths: [\"**/.git/**\"], fail: 0}\n"
                    "- {id: but, paths: [\"/app/**\", \"!**/.git/**\"], fail: 0}\n",
                    200);
    trial_run(&trial);

    assert_value(&trial, "cache", 300, VERDICT_FAIL);
    assert_value(&trial, "live", 0, VERDICT_PASS);
    assert_value(&trial, "dead", 300, VERDICT_FAIL);
    assert_value(&trial, "files", 2, VERDICT_FAIL);
    assert_value(&trial, "folder", 250, VERDICT_FAIL);
    assert_value(&trial, "anywhere", 50, VERDICT_FAIL);
    assert_value(&trial, "but", 200, VERDICT_FAIL);
    trial_end(&trial);
}

static void scope_narrows_to_layers(void **state)
{
    (void)state;
    static const char rules[] =
        "version: 1\nbudgets:\n"
        "- {id: own, measure: content_bytes, scope: above-base, fail: 1 B}\n"
        "- {id: base, measure: content_bytes, scope: base, fail: 1 B}\n"
        "- {id: one, measure: content_bytes, scope: layer 1, fail: 1 B}\n"
        "- {id: none, measure: content_bytes, scope: layer 9, fail: 1 B}\n"
        "- {id: each, measure: content_bytes, for-each: layer, fail: 1 kB}\n";
    struct trial trial = trial_start(rules, 200);
    trial_run(&trial);
    assert_verdict(&trial, "own", VERDICT_SKIPPED);
    assert_non_null(strstr(result_of(&trial, "own")->reason, "--base"));
    assert_true(trial.gate->results[0].limit.known);

    trial.analysis->base_source = BASE_NUMBER;
    trial.analysis->base_layers = 1;
    trial_run(&trial);

    assert_value(&trial, "own", 550, VERDICT_FAIL);
    assert_value(&trial, "base", 1100, VERDICT_FAIL);
    assert_value(&trial, "one", 500, VERDICT_FAIL);
    assert_verdict(&trial, "none", VERDICT_SKIPPED);
    assert_string_equal(result_of(&trial, "none")->reason, "the image has no such layer");
    assert_value(&trial, "each", 1100, VERDICT_FAIL);
    assert_string_equal(result_of(&trial, "each")->note, "layer 0 has the most");
    trial_end(&trial);
}

static void command_line_says_the_same(void **state)
{
    (void)state;
    struct trial trial = trial_start(NULL, 200);
    struct error error = ERROR_INIT;
    assert_int_equal(gate_config_add_limit(&trial.config, "live_bytes=1kB", false, &error), 0);
    assert_int_equal(gate_config_add_limit(&trial.config, "live_bytes=1.2kB", true, &error), 0);
    assert_int_equal(gate_config_add_limit(&trial.config, "/root/.cache/**=0", false, &error), 0);
    assert_int_equal(gate_config_add_growth(&trial.config, "live_bytes=5%,3MB", &error), 0);
    trial_run(&trial);

    assert_verdict(&trial, "live_bytes", VERDICT_FAIL);
    assert_verdict(&trial, "live_bytes#2", VERDICT_WARN);
    assert_value(&trial, "/root/.cache/**", 300, VERDICT_FAIL);
    assert_verdict(&trial, "live_bytes#3", VERDICT_SKIPPED);
    assert_string_equal(trial.gate->rules, "command line");
    assert_null(result_of(&trial, "live_bytes")->file);
    assert_int_equal(gate_config_add_limit(&trial.config, "live_bytes=220", false, &error), -1);
    assert_string_equal(error.text, "'220' has no unit");
    error_release(&error);
    assert_int_equal(gate_config_add_growth(&trial.config, "soon", &error), -1);
    error_release(&error);
    trial_end(&trial);
}

/* Verdicts */

static void warning_comes_before_failure(void **state)
{
    (void)state;
    struct trial trial = trial_start("version: 1\nbudgets:\n"
                                     "- {id: a, measure: live_bytes, warn: 1.3 kB, fail: 2 kB}\n",
                                     200);
    trial_run(&trial);

    const struct budget_result *result = result_of(&trial, "a");
    assert_verdict(&trial, "a", VERDICT_WARN);
    assert_int_equal(result->limit.number, 1300);
    assert_string_equal(result->limit_text, "1.3 kB");
    assert_string_equal(result->note, "the limit for failure is 2 kB");
    assert_true(trial.gate->passed);
    trial.options.strict = true;
    trial_run(&trial);
    assert_false(trial.gate->passed);
    trial_end(&trial);
}

static void failure_names_contributors_fix_and_place(void **state)
{
    (void)state;
    struct trial trial = trial_start("version: 1\nbudgets:\n"
                                     "- id: cache\n"
                                     "  paths: [\"/root/.cache/**\"]\n"
                                     "  fail: 0\n"
                                     "  say: use a mount\n"
                                     "- {id: blob, measure: content_bytes, fail: 1 B}\n"
                                     "- {id: dead, measure: dead_bytes, fail: 0}\n",
                                     200);
    trial_run(&trial);

    const struct budget_result *cache = result_of(&trial, "cache");
    assert_int_equal(cache->contributor_count, 1);
    assert_string_equal(cache->contributors[0].path, "/root/.cache/x");
    assert_int_equal(cache->contributors[0].layer, 1);
    assert_int_equal(cache->contributors[0].bytes, 300);
    assert_non_null(strstr(cache->contributors[0].instruction, "RUN make"));
    assert_null(strstr(cache->contributors[0].instruction, "not-a-secret"));
    assert_string_equal(cache->say, "use a mount");
    assert_string_equal(cache->file, "rules.yaml");
    assert_int_equal(cache->line, 3);

    const struct budget_result *blob = result_of(&trial, "blob");
    assert_int_equal(blob->contributor_count, 3);
    assert_null(blob->contributors[0].path);
    assert_int_equal(blob->contributors[0].layer, 0);
    assert_int_equal(blob->contributors[0].bytes, 1100);
    assert_int_equal(blob->contributors[1].bytes, 500);
    assert_non_null(strstr(result_of(&trial, "dead")->fix, "cache mount"));
    trial_end(&trial);
}

static void waiver_holds_through_its_last_day(void **state)
{
    (void)state;
    struct trial trial =
        trial_start("version: 1\nbudgets:\n- {id: a, measure: live_bytes, fail: 1 B}\n"
                    "- {id: b, measure: live_bytes, fail: 1 GB}\n"
                    "waivers:\n- {budget: a, until: 2027-03-31, because: ticket 812}\n"
                    "- {budget: b, until: 2020-01-01, because: long ago}\n",
                    200);
    trial.options.today = "2027-03-31";
    trial_run(&trial);
    assert_verdict(&trial, "a", VERDICT_WAIVED);
    assert_string_equal(result_of(&trial, "a")->reason, "until 2027-03-31: ticket 812");
    assert_true(trial.gate->passed);
    assert_int_equal(trial.gate->note_count, 1); /* b's has ended, which is said though it passes */
    assert_string_equal(trial.gate->notes[0],
                        "the waiver of 'b' ended on 2020-01-01 (rules.yaml, line 7): long ago");

    trial.options.today = "2027-04-01";
    trial_run(&trial);

    assert_verdict(&trial, "a", VERDICT_FAIL);
    assert_string_equal(result_of(&trial, "a")->reason, "its waiver ended on 2027-03-31");
    assert_int_equal(trial.gate->note_count, 2);
    assert_false(trial.gate->passed);
    trial_end(&trial);
}

static void budget_that_baseline_breaks_too_fails_already(void **state)
{
    (void)state;
    struct trial before = trial_start(NULL, 200);
    struct trial trial = trial_start("version: 1\nbudgets:\n"
                                     "- {id: both, measure: live_bytes, fail: 1 kB}\n"
                                     "- {id: new, measure: live_bytes, fail: 1400 B}\n",
                                     260);
    struct baseline *baseline = baseline_of(before.analysis);
    trial.options.baseline = baseline;
    trial_run(&trial);

    assert_verdict(&trial, "both", VERDICT_FAILING_ALREADY);
    assert_verdict(&trial, "new", VERDICT_FAIL);
    assert_int_equal(result_of(&trial, "both")->baseline.number, 1350);
    assert_false(trial.gate->passed);
    trial.options.only_new = true;
    trial.config.budget_count = 1;
    trial_run(&trial);
    assert_true(trial.gate->passed);
    baseline_free(baseline);
    trial_end(&trial);
    trial_end(&before);
}

/* Growth: from 1350 to 1410 live bytes, by 60, 4.44 % */

static enum verdict judge_growth(const char *limit, const struct baseline *baseline,
                                 struct trial *trial)
{
    cleanup_strbuf struct strbuf rules = STRBUF_INIT;
    strbuf_addf(&rules,
                "version: 1\nbudgets:\n"
                "- {id: growth, measure: live_bytes, against: baseline, fail: %s}\n",
                limit);
    gate_config_release(&trial->config);
    trial_configure(trial, rules.buf);
    trial->options.baseline = baseline;
    trial_run(trial);
    return trial->gate->results[0].verdict;
}

static void growth_fails_only_when_percent_and_floor_are_both_passed(void **state)
{
    (void)state;
    static const struct {
        const char *limit;
        enum verdict verdict;
    } rows[] = {
        {"4%", VERDICT_FAIL},
        {"5%", VERDICT_PASS},
        {"59 B", VERDICT_FAIL},
        {"60 B", VERDICT_PASS}, /* more than */
        {"{more-than: 4%, and-at-least: 60 B}", VERDICT_FAIL},
        {"{more-than: 4%, and-at-least: 61 B}", VERDICT_PASS},
        {"{more-than: 5%, and-at-least: 10 B}", VERDICT_PASS},
        {"{more-than: 10 B, and-at-least: 4%}", VERDICT_FAIL},
        {"0%", VERDICT_FAIL},
    };
    struct trial before = trial_start(NULL, 200), trial = trial_start(NULL, 260);
    struct baseline *baseline = baseline_of(before.analysis);
    for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
        if (judge_growth(rows[i].limit, baseline, &trial) != rows[i].verdict)
            fail_msg("%s", rows[i].limit);

    judge_growth("{more-than: 4%, and-at-least: 3 B}", baseline, &trial);
    const struct budget_result *result = &trial.gate->results[0];
    assert_int_equal(result->limit.number, 1350 + 54);
    assert_int_equal(result->over.number, 6);
    assert_string_equal(result->limit_text, "4% and 3 B");
    /* /app grew by 60: it has no folder that did but .git, which is no longer of it */
    assert_int_equal(result->contributor_count, 1);
    assert_string_equal(result->contributors[0].path, "/app");
    assert_int_equal(result->contributors[0].bytes, 60);
    baseline_free(baseline);
    trial_end(&trial);
    trial_end(&before);
}

static void growth_of_layers_is_told_by_the_instruction_that_stayed(void **state)
{
    (void)state;
    struct trial before = trial_start(NULL, 200);
    struct trial trial =
        trial_start("version: 1\nbudgets:\n"
                    "- {id: g, measure: content_bytes, against: anchor, fail: 0}\n",
                    260);
    struct baseline *anchor = baseline_of(before.analysis);
    trial.options.anchor = anchor;
    trial_run(&trial);

    const struct budget_result *result = result_of(&trial, "g");
    assert_verdict(&trial, "g", VERDICT_FAIL);
    assert_int_equal(result->contributor_count, 1);
    assert_int_equal(result->contributors[0].layer, 1);
    assert_int_equal(result->contributors[0].bytes, 60);
    baseline_free(anchor);
    trial_end(&trial);
    trial_end(&before);
}

static void budget_without_its_baseline_is_skipped_with_the_reason(void **state)
{
    (void)state;
    struct trial trial = trial_start("version: 1\nbudgets:\n"
                                     "- {id: g, measure: live_bytes, against: baseline, fail: 0%}\n"
                                     "- {id: a, measure: live_bytes, against: anchor, fail: 0%}\n",
                                     200);
    trial.options.no_baseline = "no baseline yet";
    trial_run(&trial);

    assert_value(&trial, "g", 1350, VERDICT_SKIPPED);
    assert_string_equal(result_of(&trial, "g")->reason, "no baseline yet");
    assert_string_equal(result_of(&trial, "a")->reason, "no anchor: name one with --anchor");
    assert_true(trial.gate->passed);
    trial_end(&trial);
}

/* Baselines */

static struct baseline *reread(const struct baseline *baseline)
{
    cleanup_strbuf struct strbuf text = STRBUF_INIT;
    struct error error = ERROR_INIT;
    struct baseline *again;
    baseline_write(&text, baseline);
    if (baseline_parse(&again, "sizes.json", span_of(text.buf, text.len), &error) < 0)
        fail_msg("%s", error.text);
    return again;
}

static void summary_says_what_the_image_said(void **state)
{
    (void)state;
    struct trial trial = trial_start("version: 1\nbudgets:\n"
                                     "- {id: cache, paths: [\"/root/**\"], fail: 0}\n"
                                     "- {id: ratio, measure: efficiency, fail: 0.5}\n",
                                     200);
    trial_run(&trial);
    struct baseline *baseline = baseline_of(trial.analysis);
    gate_record(trial.gate, baseline);
    struct baseline *again = reread(baseline);

    for (enum measure i = 0; i < MEASURE_COUNT; i++) {
        assert_int_equal(again->values[i].known, baseline->values[i].known);
        assert_int_equal(again->values[i].number, baseline->values[i].number);
        assert_true(again->values[i].ratio == baseline->values[i].ratio);
    }
    assert_int_equal(again->layer_count, 3);
    assert_string_equal(again->layers[1].diff_id, baseline->layers[1].diff_id);
    assert_string_equal(again->platform, "linux/amd64");
    assert_int_equal(baseline_value(again, &trial.config.budgets[0]).number, 300);
    /* folders down to three names: /, /app, /app/.git, /etc, /usr, /usr/lib */
    assert_int_equal(again->folder_count, 6);
    assert_string_equal(again->folders[2].path, "/app/.git");
    assert_int_equal(again->folders[2].live_bytes, 50);
    baseline_free(again);
    baseline_free(baseline);
    trial_end(&trial);
}

static void summary_is_sorted_with_one_entry_a_line_and_redacted(void **state)
{
    (void)state;
    struct trial trial = trial_start(NULL, 200);
    struct baseline *baseline = baseline_of(trial.analysis);
    cleanup_strbuf struct strbuf text = STRBUF_INIT;
    baseline_write(&text, baseline);

    assert_non_null(
        strstr(text.buf, "\n    \"/app\": 250,\n    \"/app/.git\": 50,\n    \"/etc\": 100,\n"));
    assert_non_null(strstr(text.buf, "\n    \"live_bytes\": 1350,\n"));
    assert_null(strstr(text.buf, "not-a-secret"));
    baseline_free(baseline);
    trial_end(&trial);
}

static void baseline_of_other_measures_or_platform_is_refused_in_words(void **state)
{
    (void)state;
    struct trial trial = trial_start(NULL, 200);
    struct analysis *arm = analyze_app(200, "arm64");
    struct baseline *baseline = baseline_of(trial.analysis);
    struct error error = ERROR_INIT;

    assert_int_equal(baseline_compare(baseline, trial.analysis, &error), 0);
    assert_int_equal(baseline_compare(baseline, arm, &error), -1);
    assert_int_equal(error.code, ERROR_BASELINE);
    assert_non_null(strstr(error.text, "it is of linux/amd64 and the image of linux/arm64"));
    error_release(&error);
    baseline->measures_version = 2;
    assert_int_equal(baseline_compare(baseline, trial.analysis, &error), -1);
    assert_non_null(strstr(error.text, "its measures are of version 2, ours of version 1"));
    error_release(&error);
    baseline_free(baseline);
    analysis_free(arm);
    trial_end(&trial);
}

static void baseline_that_is_none_is_refused(void **state)
{
    (void)state;
    static const struct {
        const char *text, *said;
        enum error_code code;
    } rows[] = {
        {"{", "b: not JSON", ERROR_INPUT},
        {"[]", "b: the document", ERROR_INPUT},
        {"{\"schema\": \"other/1\"}", "no report and no baseline", ERROR_INPUT},
        {"{\"schema\": \"ullage.baseline/9\"}", "another version", ERROR_BASELINE},
        {"{\"schema\": \"ullage.baseline/1\", \"totals\": {\"live_bytes\": -1}}", "negative",
         ERROR_INPUT},
        {"{\"schema\": \"ullage.baseline/1\", \"totals\": {\"live_bytes\": \"1\"}}", "no figure",
         ERROR_INPUT},
        {"{\"schema\": \"ullage.baseline/1\", \"layers\": [1]}", "layer 0", ERROR_INPUT},
        {"{\"schema\": \"ullage.baseline/1\", \"directories\": {\"/\": []}}", "no size",
         ERROR_INPUT},
        {"{\"schema\": \"ullage.baseline/1\", \"budgets\": {\"a\": 1}}", "budgets", ERROR_INPUT},
    };
    for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
        struct error error = ERROR_INIT;
        struct baseline *baseline;
        assert_int_equal(baseline_parse(&baseline, "b", span_of_text(rows[i].text), &error), -1);
        assert_int_equal(error.code, rows[i].code);
        if (!strstr(error.text, rows[i].said))
            fail_msg("%s: %s", rows[i].text, error.text);
        error_release(&error);
    }
}

static void baseline_with_rows_without_end_meets_its_limit(void **state)
{
    (void)state;
    cleanup_strbuf struct strbuf text = STRBUF_INIT;
    struct error error = ERROR_INIT;
    struct baseline *baseline;
    strbuf_add_text(&text, "{\"schema\": \"ullage.baseline/1\", \"limits\": {\"\": {}");
    for (int i = 0; i < 10000; i++)
        strbuf_addf(&text, ",\"%d\": {}", i);
    strbuf_add_text(&text, "}}");

    assert_int_equal(baseline_parse(&baseline, "b", span_of(text.buf, text.len), &error), -1);
    assert_int_equal(error.code, ERROR_LIMIT);
    assert_string_equal(error.text, "b: 'limits' has more than 10000 rows");
    error_release(&error);
}

static void each_layer_is_shown_among_its_like(void **state)
{
    (void)state;
    struct trial trial =
        trial_start("version: 1\nbudgets:\n"
                    "- {id: a, measure: live_bytes, for-each: layer, fail: 150 B}\n"
                    "- {id: b, measure: efficiency, for-each: layer, fail: 0.5}\n",
                    200);
    trial_run(&trial);

    const struct budget_result *each = result_of(&trial, "a");
    assert_value(&trial, "a", 1100, VERDICT_FAIL);
    assert_int_equal(each->contributor_count, 3);
    assert_int_equal(each->contributors[1].layer, 1);
    assert_int_equal(each->contributors[1].bytes, 200);
    /* of the 500 bytes of layer 1 a container sees 200 */
    assert_verdict(&trial, "b", VERDICT_FAIL);
    assert_true(result_of(&trial, "b")->value.ratio == 0.4);
    assert_string_equal(result_of(&trial, "b")->note, "layer 1 has the least");
    trial_end(&trial);
}

/* The ratchet */

static const char ratchet_rules[] = "version: 1\nbudgets:\n"
                                    "- {id: size, measure: live_bytes, fail: 2 kB}\n"
                                    "- {id: ratio, measure: efficiency, fail: 0.5}\n"
                                    "ratchet: {slack: 1%, write: sizes.json}\n";

static void ratchet_tightens_and_never_loosens(void **state)
{
    (void)state;
    struct trial small = trial_start(ratchet_rules, 200), large = trial_start(ratchet_rules, 600);
    struct baseline *first = baseline_of(small.analysis), *second = baseline_of(large.analysis);
    trial_run(&small);
    trial_run(&large);
    assert_true(gate_tighten(&small.config, small.gate, 1, NULL, first));
    const struct baseline_entry *size = baseline_find(first->limits, first->limit_count, "size");
    const struct baseline_entry *ratio = baseline_find(first->limits, first->limit_count, "ratio");
    assert_int_equal(size->amount.number, 1350 + 13); /* one percent of room, whole bytes */
    assert_true(fabs(ratio->amount.ratio - 1350.0 / 1650 * 0.99) < 1e-12);

    bool tightened = gate_tighten(&large.config, large.gate, 1, first, second);

    size = baseline_find(second->limits, second->limit_count, "size");
    assert_int_equal(size->amount.number, 1363);
    assert_true(tightened); /* the efficiency rose: 1750 / 2050 */
    large.options.ratchet = first;
    trial_run(&large);
    assert_verdict(&large, "size", VERDICT_FAIL);
    assert_int_equal(result_of(&large, "size")->limit.number, 1363);
    assert_non_null(strstr(result_of(&large, "size")->limit_text, "the ratchet's"));
    baseline_free(first);
    baseline_free(second);
    trial_end(&small);
    trial_end(&large);
}

static void ratchet_of_another_measure_holds_nothing(void **state)
{
    (void)state;
    struct trial small = trial_start(ratchet_rules, 200);
    struct trial other = trial_start("version: 1\nbudgets:\n"
                                     "- {id: size, measure: content_bytes, fail: 1 MB}\n",
                                     200);
    struct baseline *kept = baseline_of(small.analysis);
    trial_run(&small);
    gate_tighten(&small.config, small.gate, 1, NULL, kept);
    other.options.ratchet = kept;
    trial_run(&other);

    assert_verdict(&other, "size", VERDICT_PASS);
    assert_int_equal(result_of(&other, "size")->limit.number, 1000000);
    baseline_free(kept);
    trial_end(&small);
    trial_end(&other);
}

/* dive's gate on its own image */

static struct analysis *corpus_image(const char *name)
{
    const char *corpus = getenv("ULLAGE_CORPUS");
    cleanup_strbuf struct strbuf path = STRBUF_INIT;
    struct error error = ERROR_INIT;
    struct analysis *analysis;
    struct analysis_options options = {.limits = &limits, .threads = 2, .top = 20};
    limits = limits_default();
    strbuf_addf(&path, "%s/images/%s", corpus ? corpus : "", name);
    if (!corpus || access(path.buf, R_OK) < 0) {
        print_message("skipped 1: ULLAGE_CORPUS has no images/%s\n", name);
        return NULL;
    }
    if (analysis_run(&analysis, path.buf, &options, &error) < 0)
        fail_msg("%s", error.text);
    return analysis;
}

static struct trial dive_trial(struct analysis *analysis, const char *text)
{
    struct trial trial = {.analysis = analysis, .options.today = "2026-11-24"};
    struct error error = ERROR_INIT;
    if (gate_config_read_dive(&trial.config, ".dive-ci", span_of_text(text), &error) < 0)
        fail_msg("%s", error.text);
    trial_run(&trial);
    return trial;
}

static void assert_dive(struct analysis *analysis, const char *text, enum verdict efficiency,
                        enum verdict wasted, enum verdict percent)
{
    struct trial trial = dive_trial(analysis, text);
    assert_verdict(&trial, "lowestEfficiency", efficiency);
    assert_verdict(&trial, "highestWastedBytes", wasted);
    assert_verdict(&trial, "highestUserWastedPercent", percent);
    trial.analysis = NULL;
    trial_end(&trial);
}

static void rules_of_dive_give_its_verdicts(void **state)
{
    (void)state;
    struct analysis *analysis = corpus_image("test-docker-image.tar");
    if (!analysis)
        return;
    assert_dive(analysis,
                "rules:\n  lowestEfficiency: 0.99\n  highestWastedBytes: 1B\n"
                "  highestUserWastedPercent: 0.01\n",
                VERDICT_FAIL, VERDICT_FAIL, VERDICT_FAIL);
    assert_dive(analysis,
                "rules:\n  lowestEfficiency: 0.9\n  highestWastedBytes: 50kB\n"
                "  highestUserWastedPercent: 0.5\n",
                VERDICT_PASS, VERDICT_PASS, VERDICT_PASS);
    assert_dive(analysis,
                "rules:\n  lowestEfficiency: off\n  highestWastedBytes: \" Disabled \"\n"
                "  highestUserWastedPercent: \"\"\n",
                VERDICT_SKIPPED, VERDICT_SKIPPED, VERDICT_SKIPPED);
    /* the defaults: 0.9, off, 0.1; its figures are 0.98 and 0.48 */
    assert_dive(analysis, "", VERDICT_PASS, VERDICT_SKIPPED, VERDICT_FAIL);
    /* on the threshold is not beyond it, whatever dive's comments say */
    assert_dive(analysis, "rules: {highestWastedBytes: \"32,025\"}", VERDICT_PASS, VERDICT_PASS,
                VERDICT_FAIL);
    assert_dive(analysis, "rules: {highestWastedBytes: 32.0 k}", VERDICT_PASS, VERDICT_FAIL,
                VERDICT_FAIL);
    assert_dive(analysis, "rules: {highestWastedBytes: 32ki}", VERDICT_PASS, VERDICT_PASS,
                VERDICT_FAIL);
    analysis_free(analysis);
}

static void percent_that_is_no_number_passes(void **state)
{
    (void)state;
    struct analysis *analysis = corpus_image("test-oci-gzip-image.tar");
    if (!analysis)
        return;
    assert_dive(analysis, "rules: {highestUserWastedPercent: 0}", VERDICT_PASS, VERDICT_SKIPPED,
                VERDICT_PASS);
    analysis_free(analysis);
}

static void figures_of_ours_stand_beside_dives(void **state)
{
    (void)state;
    struct trial trial = dive_trial(analyze_app(200, NULL), "rules: {highestWastedBytes: 1GB}");
    assert_non_null(strstr(result_of(&trial, "highestWastedBytes")->note, "dead_bytes is 300B"));
    trial_end(&trial);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_measure_of_sizes_is_held),
        cmocka_unit_test(efficiency_is_a_least_value),
        cmocka_unit_test(shipped_counts_what_a_later_layer_deletes),
        cmocka_unit_test(scope_narrows_to_layers),
        cmocka_unit_test(command_line_says_the_same),
        cmocka_unit_test(warning_comes_before_failure),
        cmocka_unit_test(failure_names_contributors_fix_and_place),
        cmocka_unit_test(waiver_holds_through_its_last_day),
        cmocka_unit_test(budget_that_baseline_breaks_too_fails_already),
        cmocka_unit_test(growth_fails_only_when_percent_and_floor_are_both_passed),
        cmocka_unit_test(growth_of_layers_is_told_by_the_instruction_that_stayed),
        cmocka_unit_test(budget_without_its_baseline_is_skipped_with_the_reason),
        cmocka_unit_test(summary_says_what_the_image_said),
        cmocka_unit_test(summary_is_sorted_with_one_entry_a_line_and_redacted),
        cmocka_unit_test(baseline_of_other_measures_or_platform_is_refused_in_words),
        cmocka_unit_test(baseline_that_is_none_is_refused),
        cmocka_unit_test(baseline_with_rows_without_end_meets_its_limit),
        cmocka_unit_test(each_layer_is_shown_among_its_like),
        cmocka_unit_test(ratchet_tightens_and_never_loosens),
        cmocka_unit_test(ratchet_of_another_measure_holds_nothing),
        cmocka_unit_test(rules_of_dive_give_its_verdicts),
        cmocka_unit_test(percent_that_is_no_number_passes),
        cmocka_unit_test(figures_of_ours_stand_beside_dives),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
