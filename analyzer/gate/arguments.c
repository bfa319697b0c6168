/* Budgets of the command line. */
#include <string.h>

#include "analyzer/gate/config.h"
#include "core/escape.h"
#include "core/memory.h"
#include "core/nearest.h"

/* An id that no other budget has: the measure, the pattern or a word, with a number behind a second
 * one. */
static const char *make_id(struct gate_config *config, const char *wanted)
{
    cleanup_strbuf struct strbuf id = STRBUF_INIT;
    strbuf_add_text(&id, wanted);
    for (unsigned number = 2;; number++) {
        bool taken = false;
        for (size_t i = 0; i < config->budget_count; i++)
            taken = taken || (config->budgets[i].id && strcmp(config->budgets[i].id, id.buf) == 0);
        if (!taken)
            return arena_dup(&config->arena, id.buf, id.len);
        strbuf_reset(&id);
        strbuf_addf(&id, "%s#%u", wanted, number);
    }
}

static int refuse_measure(const char *name, struct error *err)
{
    cleanup_strbuf struct strbuf shown = STRBUF_INIT;
    struct nearest near = nearest_to(name);
    for (size_t i = 0; measure_names[i]; i++)
        nearest_offer(&near, measure_names[i]);
    escape_for_terminal(&shown, span_of_text(name));
    error_set(err, ERROR_USAGE, "there is no measure '%s'", shown.buf);
    if (near.best)
        return error_hint(err, "did you mean '%s'?", near.best);
    return error_hint(err, "'ullage help measures' lists them; a path begins with '/' or '**'");
}

/* A name that begins like a path is a pattern: what of it ships in any layer. */
static int read_subject(struct gate_config *config, struct budget *budget, const char *name,
                        struct error *err)
{
    if (*name == '/' || strncmp(name, "**", 2) == 0) {
        cleanup_free char *pattern = pattern_normalise(name);
        budget->paths = arena_alloc_zero(&config->arena, sizeof *budget->paths);
        budget->paths[0] = arena_dup_text(&config->arena, pattern);
        budget->path_count = 1;
        budget->measure = MEASURE_SHIPPED;
        return 0;
    }
    budget->measure = measure_find(name);
    return budget->measure == MEASURE_NONE ? refuse_measure(name, err) : 0;
}

int gate_config_add_limit(struct gate_config *config, const char *text, bool warn,
                          struct error *err)
{
    const char *equals = strrchr(text, '='); /* a path may hold one */
    struct budget budget = {.measure = MEASURE_NONE};
    struct threshold *limit = warn ? &budget.warn : &budget.fail;
    if (!equals || equals == text)
        return error_set(err, ERROR_USAGE, "'%s': write MEASURE=LIMIT or PATTERN=LIMIT", text);
    cleanup_free char *name = memory_dup_bytes(text, (size_t)(equals - text));
    if (read_subject(config, &budget, name, err) < 0 ||
        bound_parse(&limit->more_than, &budget, equals + 1, err) < 0)
        return -1;
    limit->set = true;
    limit->text = arena_dup_text(&config->arena, equals + 1);
    budget.id = make_id(config, name);
    *gate_config_add_budget(config) = budget;
    return 0;
}

/* Splits "5%,3MB" of a copy. */
static int read_growth(struct gate_config *config, struct budget *budget, char *text,
                       struct error *err)
{
    struct threshold *limit = &budget->fail;
    char *comma = strchr(text, ',');
    if (comma)
        *comma++ = '\0';
    if (bound_parse(&limit->more_than, budget, text, err) < 0 ||
        (comma && bound_parse(&limit->and_at_least, budget, comma, err) < 0))
        return -1;
    cleanup_strbuf struct strbuf shown = STRBUF_INIT;
    strbuf_add_text(&shown, text);
    if (comma)
        strbuf_addf(&shown, " and %s", comma);
    limit->set = true;
    limit->text = arena_dup(&config->arena, shown.buf, shown.len);
    return 0;
}

int gate_config_add_growth(struct gate_config *config, const char *text, struct error *err)
{
    const char *equals = strrchr(text, '=');
    struct budget budget = {.measure = MEASURE_BLOB_BYTES, .against = AGAINST_BASELINE};
    cleanup_free char *name = equals ? memory_dup_bytes(text, (size_t)(equals - text)) : NULL;
    cleanup_free char *growth = memory_dup_text(equals ? equals + 1 : text);
    if ((name && read_subject(config, &budget, name, err) < 0) ||
        read_growth(config, &budget, growth, err) < 0)
        return -1;
    budget.id = make_id(config, name ? name : "growth");
    *gate_config_add_budget(config) = budget;
    return 0;
}
