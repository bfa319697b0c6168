/* R: renv.lock has the version and the packages; plumber and Shiny are started as they are meant to
 * be. */
#include <string.h>

#include "core/memory.h"
#include "generator/images.h"
#include "generator/language.h"
#include "generator/runtime.h"

static const char *const manifests[] = {"renv.lock", "DESCRIPTION", "plumber.R",
                                        "app.R",     "install.R",   NULL};

static int bid(struct project *project, const char *folder, const char **ret_why,
               bool *ret_workspace)
{
    (void)ret_workspace;
    for (size_t i = 0; manifests[i]; i++)
        if (project_has(project, folder, manifests[i])) {
            *ret_why = manifests[i];
            return i == 0 ? BID_LOCK : BID_ENTRY;
        }
    return BID_NONE;
}

static void start(struct service *service, const char *code)
{
    strvec_add(&service->start, "Rscript");
    strvec_add(&service->start, "-e");
    strvec_add(&service->start, code);
}

static void plan_r(struct planning *planning, struct service *service)
{
    struct project *project = planning->project;
    struct values *values = &service->values;
    const char *path = project_at(project, service->path, "renv.lock");
    const struct manifest *lock = project_manifest(project, path, manifest_read_json);
    const struct node *version = node_path(lock, "R.Version");
    runtime_start(service, "r");
    runtime_require_tools(planning, service, "R");
    if (node_text(version))
        runtime_require(planning, service, GRAMMAR_PREFIX, version->text,
                        evidence_of(path, version, "R.Version"));
    runtime_decide(planning, service, "renv::snapshot() writes renv.lock");
    values_set(values, "manifests", NULL, evidence_none);
    if (lock) {
        service->package_manager = "renv";
        strvec_add(
            &service->install,
            "R -e 'install.packages(\"renv\")' -e 'renv::restore(library = .Library.site[1])'");
        values_add(values, "manifests", "renv.lock", evidence_of_file(path));
    } else if (project_has(project, service->path, "install.R")) {
        strvec_add(&service->build, "Rscript install.R");
    }
    if (project_has(project, service->path, "plumber.R")) {
        service->framework = "plumber";
        service->port = 8000;
        start(service, "plumber::pr_run(plumber::pr('plumber.R'), host = '0.0.0.0', port = 8000)");
    } else if (project_has(project, service->path, "app.R")) {
        service->framework = "shiny";
        service->port = 3838;
        start(service, "shiny::runApp('app.R', host = '0.0.0.0', port = 3838)");
    } else if (project_has(project, service->path, "main.R")) {
        strvec_add(&service->start, "Rscript");
        strvec_add(&service->start, "main.R");
    }
    values_set(values, "argument", "R_VERSION", evidence_none);
    images_use(planning, service, IMAGE_BUILD, "r");
    images_use(planning, service, IMAGE_FINAL, "r");
    service->user = "10001";
}

const struct language language_r = {
    .name = "r", .template = "interpreted", .manifests = manifests, .bid = bid, .plan = plan_r};
