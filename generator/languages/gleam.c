/* Gleam: a shipment of Erlang. */
#include <string.h>

#include "core/memory.h"
#include "generator/images.h"
#include "generator/language.h"
#include "generator/runtime.h"
#include "generator/source.h"
#include "generator/template.h"

static const char *const manifests[] = {"gleam.toml", NULL};

static int bid(struct project *project, const char *folder, const char **ret_why,
               bool *ret_workspace)
{
    (void)ret_workspace;
    *ret_why = "gleam.toml";
    return project_has(project, folder, "gleam.toml") ? BID_LOCK + 1 : BID_NONE;
}

static void plan_gleam(struct planning *planning, struct service *service)
{
    struct project *project = planning->project;
    struct values *values = &service->values;
    const char *path = project_at(project, service->path, "gleam.toml");
    const struct manifest *document = project_manifest(project, path, manifest_read_toml);
    const struct node *name = node_path(document, "name"), *wanted = node_path(document, "gleam"),
                      *target = node_path(document, "target");
    service->package_manager = "gleam";
    runtime_start(service, "gleam");
    runtime_require_tools(planning, service, "gleam");
    if (node_text(wanted))
        runtime_require(planning, service, GRAMMAR_GEM, wanted->text,
                        evidence_of(path, wanted, "gleam"));
    runtime_decide(planning, service, "add gleam to gleam.toml");
    if (node_text(target) && strcmp(target->text, "javascript") == 0)
        plan_report(planning->plan, SEVERITY_ERROR, "target", "--start COMMAND",
                    "%s:%u is compiled to JavaScript, which only a shipment of Erlang is made of",
                    path, (unsigned)target->line);
    if (node_text(name))
        service->name = plan_name(planning->plan, name->text);
    strvec_add(&service->build, "gleam export erlang-shipment");
    strvec_add(&service->build, "mv build/erlang-shipment /out");
    strvec_add(&service->start, "/app/entrypoint.sh");
    strvec_add(&service->start, "run");
    values_set(values, "start", NULL, evidence_of_file(path));
    values_set(values, "argument", "GLEAM_VERSION", evidence_none);
    values_set(values, "manifests", NULL, evidence_none);
    images_use(planning, service, IMAGE_BUILD, "gleam");
    images_use(planning, service, IMAGE_FINAL, "gleam");
    service->user = "10001";
    strvec_add(&service->ignore, "build");
}

const struct language language_gleam = {.name = "gleam",
                                        .template = "compiled",
                                        .manifests = manifests,
                                        .bid = bid,
                                        .plan = plan_gleam};
