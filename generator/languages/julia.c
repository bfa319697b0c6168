/* Julia: Project.toml with the version that Manifest.toml was made by. */
#include <string.h>

#include "core/memory.h"
#include "generator/images.h"
#include "generator/language.h"
#include "generator/runtime.h"

static const char *const manifests[] = {"Project.toml", NULL};
static const char *const entries[] = {"main.jl", "server.jl", "app.jl", "src/main.jl",
                                      "bin/main.jl"};

static int bid(struct project *project, const char *folder, const char **ret_why,
               bool *ret_workspace)
{
    (void)ret_workspace;
    *ret_why = "Project.toml";
    return project_has(project, folder, "Project.toml") ? BID_MANIFEST : BID_NONE;
}

static void plan_julia(struct planning *planning, struct service *service)
{
    struct project *project = planning->project;
    struct values *values = &service->values;
    const char *path = project_at(project, service->path, "Project.toml"),
               *lock_path = project_at(project, service->path, "Manifest.toml");
    const struct manifest *document = project_manifest(project, path, manifest_read_toml),
                          *lock = project_manifest(project, lock_path, manifest_read_toml);
    const struct node *exact = node_path(lock, "julia_version"),
                      *wanted = node_path(document, "compat.julia"),
                      *name = node_path(document, "name");
    runtime_start(service, "julia");
    runtime_require_tools(planning, service, "julia");
    if (node_text(exact))
        runtime_require(planning, service, GRAMMAR_PREFIX, exact->text,
                        evidence_of(lock_path, exact, "julia_version"));
    else if (node_text(wanted))
        runtime_require(planning, service, GRAMMAR_CARGO, wanted->text,
                        evidence_of(path, wanted, "compat.julia"));
    runtime_decide(planning, service, "add julia to [compat] of Project.toml");
    if (node_text(name))
        service->name = plan_name(planning->plan, name->text);
    values_add(values, "environment", "JULIA_DEPOT_PATH=/app/.julia", evidence_none);
    service->package_manager = NULL;
    strvec_add(&service->install,
               "JULIA_DEPOT_PATH=/app/.julia julia --project=. -e 'using Pkg; Pkg.instantiate()'");
    values_add(values, "manifests", "Project.toml", evidence_of_file(path));
    if (lock)
        values_add(values, "manifests", "Manifest.toml", evidence_of_file(lock_path));
    for (size_t i = 0; i < ARRAY_SIZE(entries) && !service->start.count; i++)
        if (project_has(project, service->path, entries[i])) {
            const char *const words[] = {"julia", "--project=.", entries[i]};
            for (size_t j = 0; j < ARRAY_SIZE(words); j++)
                strvec_add(&service->start, words[j]);
            values_set(values, "start", NULL,
                       evidence_of_file(project_at(project, service->path, entries[i])));
        }
    values_set(values, "argument", "JULIA_VERSION", evidence_none);
    images_use(planning, service, IMAGE_BUILD, "julia");
    images_use(planning, service, IMAGE_FINAL, "julia");
    service->user = "10001";
}

const struct language language_julia = {.name = "julia",
                                        .template = "interpreted",
                                        .manifests = manifests,
                                        .bid = bid,
                                        .plan = plan_julia};
