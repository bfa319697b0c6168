#include "generator/runtime.h"

#include <string.h>

#include "core/escape.h"
#include "core/memory.h"
#include "generator/releases.h"

void runtime_start(struct service *service, const char *runtime)
{
    service->runtime = (struct runtime_fact){.name = runtime, .permitted = version_set_all()};
}

static void add_evidence(struct plan *plan, struct runtime_fact *runtime, const char *text,
                         struct evidence evidence)
{
    evidence.value = text;
    if (runtime->evidence_count < EVIDENCE_MAX)
        runtime->evidence[runtime->evidence_count++] = evidence;
    runtime->constraint =
        runtime->constraint ? plan_text(plan, "%s, %s", runtime->constraint, text) : text;
}

void runtime_require(struct planning *planning, struct service *service,
                     enum version_grammar grammar, const char *text, struct evidence evidence)
{
    struct runtime_fact *runtime = &service->runtime;
    struct version_set set;
    cleanup_error struct error error = ERROR_INIT;
    if (planning->options->runtime_version && evidence.file)
        return; /* the user has said it */
    if (version_set_parse(&set, grammar, text, &error) < 0) {
        plan_report(planning->plan, SEVERITY_WARNING, "version-not-understood",
                    plan_text(planning->plan, "--runtime-version VERSION"), "%s: %s", evidence.file,
                    error.text);
        return;
    }
    struct version_set both = version_set_intersect(&runtime->permitted, &set);
    if (version_set_is_empty(&both)) {
        const char *first =
            runtime->evidence_count ? runtime->evidence[0].file : "--runtime-version";
        plan_report(planning->plan, SEVERITY_WARNING, "version-conflict", "make the files agree",
                    "%s asks for %s %s, which %s (%s) rules out", evidence.file, runtime->name,
                    text, first, runtime->constraint ? runtime->constraint : "");
        return;
    }
    runtime->permitted = both;
    add_evidence(planning->plan, runtime, plan_text(planning->plan, "%s", text), evidence);
}

/* "node 22.1.0 20.0.0" of .tool-versions: the first is used. */
static void require_tool_versions(struct planning *planning, struct service *service,
                                  const char *path, const char *tool)
{
    struct span text;
    uint32_t line = 1;
    size_t len = strlen(tool);
    if (!project_text(planning->project, path, &text))
        return;
    for (const char *at = text.ptr; at && *at; line++) {
        const char *end = strchr(at, '\n');
        if (strncmp(at, tool, len) == 0 && (at[len] == ' ' || at[len] == '\t')) {
            const char *start = at + len + strspn(at + len, " \t");
            const char *version =
                plan_text(planning->plan, "%.*s", (int)strcspn(start, " \t\r\n#"), start);
            struct evidence evidence = {.file = path, .line = line, .field = tool};
            if (strcmp(version, "system") != 0 && strncmp(version, "path:", 5) != 0)
                runtime_require(planning, service, GRAMMAR_PREFIX, version, evidence);
        }
        at = end ? end + 1 : NULL;
    }
}

static void require_mise(struct planning *planning, struct service *service, const char *path,
                         const char *tool)
{
    const struct manifest *document = project_manifest(planning->project, path, manifest_read_toml);
    const struct node *node =
        document ? node_get(document, node_path(document, "tools"), tool) : NULL;
    if (node && node->kind == NODE_LIST)
        node = node->first;
    if (node && node->kind == NODE_MAP)
        node = node_get(document, node, "version");
    const char *text = node_text(node);
    if (text && strcmp(text, "latest") != 0 && strcmp(text, "lts") != 0)
        runtime_require(planning, service, GRAMMAR_PREFIX, text, evidence_of(path, node, tool));
}

void runtime_require_tools(struct planning *planning, struct service *service, const char *tool)
{
    static const char *const mise[] = {"mise.toml", ".mise.toml", ".config/mise.toml"};
    struct project *project = planning->project;
    const char *folders[] = {service->path, ""};
    for (size_t i = 0; i < (*service->path ? 2u : 1u); i++) {
        require_tool_versions(planning, service, project_at(project, folders[i], ".tool-versions"),
                              tool);
        for (size_t j = 0; j < ARRAY_SIZE(mise); j++)
            require_mise(planning, service, project_at(project, folders[i], mise[j]), tool);
    }
}

void runtime_require_file(struct planning *planning, struct service *service, const char *name,
                          enum version_grammar grammar)
{
    struct project *project = planning->project;
    uint32_t line = 0;
    const char *path = project_at(project, service->path, name);
    const char *text = project_first_line(project, path, &line);
    if (!text && *service->path) {
        path = name;
        text = project_first_line(project, path, &line);
    }
    if (!text)
        return;
    struct evidence evidence = {.file = path, .line = line, .field = "version"};
    runtime_require(planning, service, grammar, text, evidence);
}

static void report_choice(struct planning *planning, const struct service *service,
                          const struct release_choice *choice, const char *date)
{
    const struct runtime_fact *runtime = &service->runtime;
    const char *file = runtime->evidence_count ? runtime->evidence[0].file : "--runtime-version";
    if (choice->ended)
        plan_report(planning->plan, SEVERITY_WARNING, "end-of-life", "raise the constraint",
                    "%s %s has had no updates since %s (%s asks for it)", runtime->name,
                    choice->version.buf, choice->release->end, file);
    if (choice->unknown && strcmp(runtime->name, "rust") != 0 && strcmp(runtime->name, "go") != 0)
        plan_report(planning->plan, SEVERITY_WARNING, "unknown-version", NULL,
                    "%s asks for %s %s, which the table of %s does not know", file, runtime->name,
                    choice->version.buf, date);
}

void runtime_decide(struct planning *planning, struct service *service, const char *undeclared)
{
    struct runtime_fact *runtime = &service->runtime;
    struct plan *plan = planning->plan;
    const char *date = planning->options->as_of ? planning->options->as_of : releases_date();
    if (planning->options->runtime_version) {
        runtime->permitted = version_set_all();
        runtime_require(planning, service, GRAMMAR_PREFIX, planning->options->runtime_version,
                        evidence_none);
    }
    struct release_choice choice = release_choose(runtime->name, &runtime->permitted, date);
    if (choice.version.len) {
        runtime->version = plan_text(plan, "%s", choice.version.buf);
        runtime->end_of_life = choice.release && *choice.release->end ? choice.release->end : NULL;
        report_choice(planning, service, &choice, date);
    }
    if (!runtime->evidence_count && undeclared && runtime->version &&
        !planning->options->runtime_version)
        plan_report(plan, SEVERITY_INFO, "version-undeclared", undeclared,
                    "no file says which %s is wanted; %s is the newest that is looked after in the "
                    "table of %s",
                    runtime->name, runtime->version, date);
    release_choice_release(&choice);
    struct evidence origin = runtime->evidence_count ? runtime->evidence[0] : evidence_none;
    values_set(&service->values, "version", runtime->version, origin);
}
