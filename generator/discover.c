#include "generator/discover.h"

#include <string.h>

#include "core/glob.h"
#include "core/memory.h"

static const struct language *const languages[] = {
#define LANGUAGE(id) &language_##id,
#include "generator/languages.def"
#undef LANGUAGE
};

#define SERVICE_DEPTH_MAX 4 /* services/billing/api stands three folders deep */
#define SERVICES_MAX 64

const struct language *language_by_name(const char *name)
{
    for (size_t i = 0; i < ARRAY_SIZE(languages); i++)
        if (strcmp(languages[i]->name, name) == 0)
            return languages[i];
    return NULL;
}

void language_names(struct strbuf *out)
{
    for (size_t i = 0; i < ARRAY_SIZE(languages); i++)
        strbuf_addf(out, "%s%s", i ? ", " : "", languages[i]->name);
}

/* The best bid of a folder; the others are kept for those who ask why. */
struct offer {
    const struct language *language;
    const char *why;
    int bid;
    bool workspace;
};

static struct offer best_offer(struct planning *planning, const char *folder, struct offer *others,
                               size_t *ret_count)
{
    struct offer best = {.bid = BID_NONE};
    *ret_count = 0;
    for (size_t i = 0; i < ARRAY_SIZE(languages); i++) {
        struct offer offer = {.language = languages[i], .why = ""};
        const char *wanted = planning->options->ecosystem;
        if (wanted && strcmp(wanted, languages[i]->name) != 0)
            continue;
        offer.bid = languages[i]->bid(planning->project, folder, &offer.why, &offer.workspace);
        if (offer.bid == BID_NONE)
            continue;
        if (offer.bid > best.bid) {
            if (best.language)
                others[(*ret_count)++] = best;
            best = offer;
        } else {
            others[(*ret_count)++] = offer;
        }
    }
    return best;
}

static void add_alternative(struct plan *plan, const struct offer *offer, const char *folder,
                            const struct offer *best)
{
    plan->alternatives = memory_grow(plan->alternatives, plan->alternative_count,
                                     &plan->alternative_capacity, sizeof *plan->alternatives);
    plan->alternatives[plan->alternative_count++] = (struct alternative){
        .ecosystem = offer->language->name,
        .why_not = plan_text(plan, "%s: %s is weaker evidence than %s", *folder ? folder : ".",
                             offer->why, best->why),
        .flag = plan_text(plan, "--ecosystem %s", offer->language->name),
    };
}

static void add_service(struct planning *planning, const char *folder, const struct offer *offer)
{
    struct plan *plan = planning->plan;
    const char *slash = strrchr(folder, '/');
    const char *last = *folder ? (slash ? slash + 1 : folder) : planning->project->name;
    plan->services = memory_grow(plan->services, plan->service_count, &plan->service_capacity,
                                 sizeof *plan->services);
    plan->services[plan->service_count++] = (struct service){
        .language = offer->language,
        .name = plan_name(plan, last),
        .path = folder,
        .context = folder,
        .ecosystem = offer->language->name,
    };
}

static unsigned depth_of(const char *folder)
{
    unsigned depth = *folder != '\0';
    for (; *folder; folder++)
        depth += *folder == '/';
    return depth;
}

static bool is_beneath(const char *folder, const char *above)
{
    size_t len = strlen(above);
    return strncmp(folder, above, len) == 0 && (folder[len] == '/' || !folder[len]);
}

static bool is_taken(const struct plan *plan, const char *folder)
{
    for (size_t i = 0; i < plan->service_count; i++)
        if (is_beneath(folder, plan->services[i].path))
            return true;
    return false;
}

/* What nobody deploys, though it has manifests. */
static bool is_aside(const char *folder)
{
    static const char *const aside[] = {
        "examples", "example",   "test",    "tests", "testdata",   "docs", "doc",
        "fixtures", "e2e",       "scripts", "tools", "benchmarks", "spec", "samples",
        "template", "templates", ".github", "dist",  "build"};
    const char *slash = strrchr(folder, '/');
    const char *name = slash ? slash + 1 : folder;
    for (size_t i = 0; i < ARRAY_SIZE(aside); i++)
        if (strcmp(name, aside[i]) == 0)
            return true;
    return *name == '.';
}

static bool holds_manifest(const char *name)
{
    for (size_t i = 0; i < ARRAY_SIZE(languages); i++)
        for (const char *const *pattern = languages[i]->manifests; *pattern; pattern++)
            if (strpbrk(*pattern, "*?") ? glob_match(*pattern, span_of_text(name))
                                        : strcmp(*pattern, name) == 0)
                return true;
    return false;
}

/* Folders below the root that may be services, by what they hold. Files are sorted, and so are
 * these. */
static void look_below(struct planning *planning)
{
    struct project *project = planning->project;
    const char *last = "";
    for (size_t i = 0; i < project->count; i++) {
        const struct project_file *file = &project->files[i];
        struct offer others[ARRAY_SIZE(languages)];
        size_t count;
        if (file->kind != PROJECT_FILE || file->name == file->path || !holds_manifest(file->name))
            continue;
        const char *folder =
            plan_text(planning->plan, "%.*s", (int)(file->name - file->path - 1), file->path);
        if (strcmp(folder, last) == 0 || depth_of(folder) > SERVICE_DEPTH_MAX || is_aside(folder) ||
            is_taken(planning->plan, folder) || planning->plan->service_count == SERVICES_MAX)
            continue;
        last = folder;
        struct offer best = best_offer(planning, folder, others, &count);
        if (best.bid >= BID_MANIFEST && !best.workspace)
            add_service(planning, folder, &best);
    }
}

/* The folder that the user named, or the root, or else what is below. */
void discover_services(struct planning *planning)
{
    struct offer others[ARRAY_SIZE(languages)];
    size_t count;
    const char *top = planning->options->service ? planning->options->service : "";
    struct offer best = best_offer(planning, top, others, &count);
    bool below = best.workspace || best.bid < BID_SOURCE;
    if (below && !planning->options->service)
        look_below(planning);
    if (!planning->plan->service_count && best.bid > BID_NONE && !best.workspace) {
        add_service(planning, top, &best);
        for (size_t i = 0; i < count; i++)
            add_alternative(planning->plan, &others[i], top, &best);
    }
    if (!planning->plan->service_count)
        plan_report(planning->plan, SEVERITY_ERROR, "nothing-found", "--ecosystem NAME",
                    "no file of '%s' says what kind of project it is",
                    planning->options->service ? planning->options->service : ".");
}
