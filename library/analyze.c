#include <ullage/analyze.h>

#include <assert.h>
#include <inttypes.h>
#include <string.h>

#include "analyzer/gate.h"
#include "analyzer/gate/config.h"
#include "analyzer/report/report.h"
#include "core/parallel.h"
#include "library/error.h"
#include "library/handle.h"
#include "library/locale.h"

#define TEXT_WIDTH 80 /* of the text report: what every terminal has */

static_assert((int)ULLAGE_SEMANTICS_SPEC == (int)SEMANTICS_SPEC &&
                  (int)ULLAGE_SEMANTICS_OVERLAY == (int)SEMANTICS_OVERLAY,
              "semantics have the same numbers on both sides");

/* Puts what was given over the defaults. A caller with older headers has a shorter struct,
 * whose missing members keep their defaults; one with newer headers a longer one, which is
 * fine as long as it asks for nothing that we do not know. */
static int options_read(struct ullage_analyze_options *options,
                        const struct ullage_analyze_options *given, struct error *err)
{
    if (given->size < sizeof given->size)
        return error_set(err, ERROR_USAGE, "the options do not tell their size");
    const unsigned char *bytes = (const unsigned char *)given;
    for (size_t i = sizeof *options; i < given->size; i++)
        if (bytes[i])
            return error_set(err, ERROR_USAGE,
                             "the options ask for more than ullage %s knows",
                             ULLAGE_VERSION);
    memcpy(options, given, given->size < sizeof *options ? given->size : sizeof *options);
    if ((unsigned)options->semantics > ULLAGE_SEMANTICS_OVERLAY)
        return error_set(err, ERROR_USAGE, "there are no such semantics: %d",
                         (int)options->semantics);
    if (options->top < 0)
        return error_set(err, ERROR_USAGE, "a list of %" PRId64 " rows", options->top);
    return 0;
}

static int limits_read(struct limits *ret_limits,
                       const struct ullage_analyze_options *options, struct error *err)
{
    *ret_limits = limits_default();
    for (size_t i = 0; i < options->limit_count; i++) {
        const struct ullage_limit *limit = &options->limits[i];
        cleanup_strbuf struct strbuf assignment = STRBUF_INIT;
        strbuf_addf(&assignment, "%s=%" PRId64, limit->name ? limit->name : "",
                    limit->value);
        if (limits_override(ret_limits, assignment.buf, err) < 0)
            return -1;
    }
    return 0;
}

static int analyze(struct ullage_analysis *handle, const char *path,
                   const struct ullage_analyze_options *given, struct error *err)
{
    struct ullage_analyze_options options = ULLAGE_ANALYZE_OPTIONS_INIT;
    if ((given && options_read(&options, given, err) < 0) ||
        limits_read(&handle->limits, &options, err) < 0)
        return -1;
    struct analysis_options asked = {
        .limits = &handle->limits,
        .reference = options.reference,
        .platform = options.platform,
        .base = options.base,
        .semantics = (enum semantics)options.semantics,
        .threads = options.threads ? options.threads : parallel_processors(),
        .top = options.top,
        .verify = options.verify,
        .keep_going = options.keep_going,
    };
    if (analysis_run(&handle->analysis, path, &asked, err) < 0)
        return -1;
    records_make(handle);
    return 0;
}

int ullage_analyze(const char *path, const struct ullage_analyze_options *options,
                   struct ullage_analysis **ret_analysis, struct ullage_error **ret_error)
{
    cleanup_plain_locale struct plain_locale locale = plain_locale_enter();
    struct error err = ERROR_INIT;
    struct ullage_analysis *analysis = memory_alloc_zero(1, sizeof *analysis);
    if (analyze(analysis, path, options, &err) < 0) {
        ullage_analysis_free(analysis);
        return error_give(&err, ret_error);
    }
    *ret_analysis = analysis;
    return 0;
}

void ullage_analysis_free(struct ullage_analysis *analysis)
{
    if (!analysis)
        return;
    analysis_free(analysis->analysis);
    arena_release(&analysis->arena);
    free(analysis);
}

const struct ullage_error *ullage_analysis_damage(const struct ullage_analysis *analysis)
{
    return analysis->damage.code == ULLAGE_CODE_NONE ? NULL : &analysis->damage;
}

const struct ullage_image *ullage_analysis_image(const struct ullage_analysis *analysis)
{
    return &analysis->image;
}

const struct ullage_sizes *ullage_analysis_sizes(const struct ullage_analysis *analysis)
{
    return &analysis->sizes;
}

static bool base_is_known(const struct ullage_analysis *analysis)
{
    return analysis->analysis->base_source != BASE_UNKNOWN;
}

const struct ullage_sizes *ullage_analysis_own(const struct ullage_analysis *analysis)
{
    return base_is_known(analysis) ? &analysis->own : NULL;
}

int64_t ullage_analysis_base_layers(const struct ullage_analysis *analysis)
{
    return base_is_known(analysis) ? (int64_t)analysis->analysis->base_layers : -1;
}

int64_t ullage_analysis_base_killed_bytes(const struct ullage_analysis *analysis)
{
    return analysis->analysis->base_killed_bytes;
}

const char *ullage_cause_name(enum ullage_cause cause)
{
    return (unsigned)cause < ULLAGE_CAUSES ? cause_name((enum cause)cause) : NULL;
}

int64_t ullage_analysis_dead_by_cause(const struct ullage_analysis *analysis,
                                      enum ullage_cause cause)
{
    if ((unsigned)cause >= ULLAGE_CAUSES)
        return 0;
    return analysis->analysis->accounting.dead_by_cause[cause];
}

size_t ullage_analysis_layer_count(const struct ullage_analysis *analysis)
{
    return analysis->analysis->image->chosen->layer_count;
}

const struct ullage_layer *ullage_analysis_layer(const struct ullage_analysis *analysis,
                                                 size_t index)
{
    return index < ullage_analysis_layer_count(analysis) ? &analysis->layers[index] : NULL;
}

size_t ullage_analysis_waste_count(const struct ullage_analysis *analysis)
{
    return analysis->analysis->waste_count;
}

size_t ullage_analysis_waste_total(const struct ullage_analysis *analysis)
{
    return analysis->analysis->waste_total;
}

const struct ullage_waste *ullage_analysis_waste(const struct ullage_analysis *analysis,
                                                 size_t index)
{
    return index < ullage_analysis_waste_count(analysis) ? &analysis->waste[index] : NULL;
}

size_t ullage_analysis_duplicate_count(const struct ullage_analysis *analysis)
{
    return analysis->analysis->duplicate_count;
}

size_t ullage_analysis_duplicate_total(const struct ullage_analysis *analysis)
{
    return analysis->analysis->duplicate_total;
}

const struct ullage_duplicate *
ullage_analysis_duplicate(const struct ullage_analysis *analysis, size_t index)
{
    if (index >= ullage_analysis_duplicate_count(analysis))
        return NULL;
    return &analysis->duplicates[index];
}

size_t ullage_analysis_largest_file_count(const struct ullage_analysis *analysis)
{
    return analysis->analysis->files.count;
}

const struct ullage_largest *
ullage_analysis_largest_file(const struct ullage_analysis *analysis, size_t index)
{
    return index < ullage_analysis_largest_file_count(analysis) ? &analysis->files[index]
                                                                : NULL;
}

size_t ullage_analysis_largest_directory_count(const struct ullage_analysis *analysis)
{
    return analysis->analysis->directories.count;
}

const struct ullage_largest *
ullage_analysis_largest_directory(const struct ullage_analysis *analysis, size_t index)
{
    if (index >= ullage_analysis_largest_directory_count(analysis))
        return NULL;
    return &analysis->directories[index];
}

size_t ullage_analysis_suggestion_count(const struct ullage_analysis *analysis)
{
    return analysis->analysis->advice.count;
}

const struct ullage_suggestion *
ullage_analysis_suggestion(const struct ullage_analysis *analysis, size_t index)
{
    if (index >= ullage_analysis_suggestion_count(analysis))
        return NULL;
    return &analysis->suggestions[index];
}

size_t ullage_analysis_finding_count(const struct ullage_analysis *analysis)
{
    return analysis->analysis->image->findings.count;
}

const struct ullage_finding *ullage_analysis_finding(const struct ullage_analysis *analysis,
                                                     size_t index)
{
    return index < ullage_analysis_finding_count(analysis) ? &analysis->findings[index]
                                                           : NULL;
}

size_t ullage_analysis_warning_count(const struct ullage_analysis *analysis)
{
    return analysis->analysis->image->findings.warning_count;
}

const struct ullage_warning *ullage_analysis_warning(const struct ullage_analysis *analysis,
                                                     size_t index)
{
    return index < ullage_analysis_warning_count(analysis) ? &analysis->warnings[index]
                                                           : NULL;
}

const struct ullage_dive *ullage_analysis_dive(const struct ullage_analysis *analysis)
{
    return &analysis->dive;
}

struct caller_sink {
    ullage_write_function *write;
    void *user;
};

static int write_to_caller(void *context, const void *bytes, size_t len, struct error *err)
{
    const struct caller_sink *caller = context;
    if (caller->write(caller->user, bytes, len) != 0)
        return error_set(err, ERROR_OUTPUT, "the report was not taken");
    return 0;
}

int ullage_analysis_write(const struct ullage_analysis *analysis, const char *format,
                          ullage_write_function *write, void *user,
                          struct ullage_error **ret_error)
{
    cleanup_plain_locale struct plain_locale locale = plain_locale_enter();
    struct error err = ERROR_INIT;
    struct caller_sink caller = {.write = write, .user = user};
    struct sink sink = {.write = write_to_caller, .context = &caller};
    struct report_options options = {
        .sizes = SIZE_DECIMAL,
        .style = {"", "", "", "", "", ""},
        .width = TEXT_WIDTH,
    };
    const struct report_format *form = report_find(format, &err);
    if (!form || form->write(&(struct report){.analysis = analysis->analysis}, &options, &sink, &err) < 0)
        return error_give(&err, ret_error);
    return 0;
}

const char *ullage_report_format(size_t index)
{
    for (size_t i = 0; report_formats[i]; i++)
        if (i == index)
            return report_formats[i]->name;
    return NULL;
}

/* The gate of one budget. Waivers end by a day, but a single budget has none. */
static struct ullage_verdict judge(const struct gate_config *config,
                                   const struct analysis *analysis)
{
    const struct gate_options options = {.today = "0000-01-01"};
    struct gate *gate = gate_run(config, analysis, &options);
    const struct budget_result *result = &gate->results[0];
    struct ullage_verdict verdict = {
        .pass = gate->passed,
        .is_ratio = result->unit == UNIT_RATIO,
        .value = result->value.number,
        .limit = result->limit.number,
        .value_ratio = result->value.ratio,
        .limit_ratio = result->limit.ratio,
    };
    gate_free(gate);
    return verdict;
}

int ullage_budget_check(const struct ullage_analysis *analysis, const char *budget,
                        struct ullage_verdict *ret_verdict, struct ullage_error **ret_error)
{
    cleanup_plain_locale struct plain_locale locale = plain_locale_enter();
    struct error err = ERROR_INIT;
    struct gate_config config = {0};
    int result = gate_config_add_limit(&config, budget, false, &err);
    if (result == 0)
        *ret_verdict = judge(&config, analysis->analysis);
    gate_config_release(&config);
    return result < 0 ? error_give(&err, ret_error) : 0;
}
