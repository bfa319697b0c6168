/* Dart: the executable of pubspec.yaml, compiled ahead. */
#include <string.h>

#include "core/memory.h"
#include "generator/images.h"
#include "generator/language.h"
#include "generator/runtime.h"
#include "generator/source.h"
#include "generator/template.h"

static const char *const manifests[] = {"pubspec.yaml", NULL};

static int bid(struct project *project, const char *folder, const char **ret_why,
               bool *ret_workspace)
{
    (void)ret_workspace;
    *ret_why = "pubspec.yaml";
    return project_has(project, folder, "pubspec.yaml") ? BID_LOCK : BID_NONE;
}

static const char *find_program(struct planning *planning, const struct service *service,
                                const struct manifest *document, const char *name)
{
    struct project *project = planning->project;
    const struct node *executables = node_path(document, "executables");
    const char *first = executables && executables->first ? executables->first->key : NULL;
    const char *names[] = {first, name, "server", "main"};
    for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
        const char *path = names[i] ? plan_text(planning->plan, "bin/%s.dart", names[i]) : NULL;
        if (path && project_has(project, service->path, path))
            return path;
    }
    return NULL;
}

static void plan_dart(struct planning *planning, struct service *service)
{
    struct project *project = planning->project;
    struct plan *plan = planning->plan;
    struct values *values = &service->values;
    const char *path = project_at(project, service->path, "pubspec.yaml");
    const struct manifest *document = project_manifest(project, path, manifest_read_yaml);
    const struct node *sdk = node_path(document, "environment.sdk"),
                      *name = node_path(document, "name");
    service->package_manager = "dart-pub";
    runtime_start(service, "dart");
    runtime_require_tools(planning, service, "dart");
    if (node_text(sdk))
        runtime_require(planning, service, GRAMMAR_POETRY, sdk->text,
                        evidence_of(path, sdk, "environment.sdk"));
    runtime_decide(planning, service, "add environment.sdk to pubspec.yaml");
    if (node_path(document, "dependencies.flutter"))
        plan_report(plan, SEVERITY_ERROR, "flutter",
                    "--ecosystem static with what 'flutter build web' made",
                    "%s is of Flutter, which there is no base image for", path);
    if (node_text(name))
        service->name = plan_name(plan, name->text);
    const char *program =
        find_program(planning, service, document, node_text(name) ? name->text : "main");
    if (program) {
        cleanup_strbuf struct strbuf quoted = STRBUF_INIT;
        quote_for_shell(&quoted, program);
        strvec_add(&service->build, "mkdir -p /out");
        strvec_add(&service->build, plan_text(plan, "dart compile exe %s -o /out/app", quoted.buf));
        strvec_add(&service->start, "/app/app");
        values_set(values, "start", NULL,
                   evidence_of_file(project_at(project, service->path, program)));
    }
    if (node_get(document, node_path(document, "dependencies"), "shelf")) {
        service->framework = "shelf";
        service->port = 8080;
    }
    strvec_add(&service->install, "dart pub get");
    values_add(values, "manifests", "pubspec.yaml", evidence_of_file(path));
    if (project_has(project, service->path, "pubspec.lock"))
        values_add(values, "manifests", "pubspec.lock", evidence_of_file(path));
    values_set(values, "argument", "DART_VERSION", evidence_none);
    images_use(planning, service, IMAGE_BUILD, "dart");
    images_use(planning, service, IMAGE_FINAL, "debian");
    service->user = "10001";
    strvec_add(&service->ignore, ".dart_tool");
}

const struct language language_dart = {
    .name = "dart", .template = "compiled", .manifests = manifests, .bid = bid, .plan = plan_dart};
