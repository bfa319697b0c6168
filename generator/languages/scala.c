/* Scala by sbt: the plugins of project/plugins.sbt say how it is packaged. */
#include <string.h>

#include "core/memory.h"
#include "generator/images.h"
#include "generator/language.h"
#include "generator/runtime.h"
#include "generator/source.h"
#include "generator/template.h"

static const char *const manifests[] = {"build.sbt", NULL};

static int bid(struct project *project, const char *folder, const char **ret_why,
               bool *ret_workspace)
{
    (void)ret_workspace;
    *ret_why = "build.sbt";
    return project_has(project, folder, "build.sbt") ? BID_LOCK + 3 : BID_NONE;
}

static bool has_plugin(struct project *project, const char *folder, const char *name)
{
    struct span text;
    struct token token = {0};
    if (!project_text(project, project_at(project, folder, "project/plugins.sbt"), &text))
        return false;
    struct source source = source_of(text, SOURCE_C);
    while ((token = source_next(&source)).kind != TOKEN_END)
        if (token_is(token, TOKEN_TEXT, name))
            return true;
    return false;
}

static void plan_scala(struct planning *planning, struct service *service)
{
    struct project *project = planning->project;
    struct plan *plan = planning->plan;
    struct values *values = &service->values;
    const char *path = project_at(project, service->path, "build.sbt");
    struct span text = {.ptr = "", .len = 0};
    struct token token = {0};
    project_text(project, path, &text);
    service->package_manager = "sbt";
    runtime_start(service, "java");
    runtime_require_file(planning, service, ".java-version", GRAMMAR_PREFIX);
    runtime_require_tools(planning, service, "java");
    runtime_decide(planning, service, "add .java-version");
    const char *name = source_setting(text, SOURCE_C, "name", &token) && token.kind == TOKEN_TEXT
                           ? plan_text(plan, "%.*s", (int)token.text.len, token.text.ptr)
                           : service->name;
    struct evidence origin = {.file = path, .line = token.line, .field = "name"};
    service->name = plan_name(plan, name);
    bool play = has_plugin(project, service->path, "com.typesafe.play") ||
                has_plugin(project, service->path, "org.playframework");
    service->framework = play ? "play" : NULL;
    if (play || has_plugin(project, service->path, "com.github.sbt") ||
        has_plugin(project, service->path, "com.typesafe.sbt")) {
        strvec_add(&service->build, "sbt -batch stage");
        strvec_add(&service->build, "mv target/universal/stage /out");
        strvec_add(&service->start, plan_text(plan, "/app/bin/%s", service->name));
        values_set(values, "start", NULL, origin);
    } else if (has_plugin(project, service->path, "com.eed3si9n")) {
        strvec_add(&service->build, "sbt -batch assembly");
        strvec_add(&service->build, "install -D target/scala-*/*-assembly-*.jar /out/app.jar");
        strvec_add(&service->start, "java");
        strvec_add(&service->start, "-jar");
        strvec_add(&service->start, "app.jar");
        values_set(values, "start", NULL,
                   evidence_of_file(project_at(project, service->path, "project/plugins.sbt")));
    } else {
        plan_report(plan, SEVERITY_ERROR, "start-unknown",
                    "add sbt-native-packager or sbt-assembly to project/plugins.sbt",
                    "no plugin of '%s' packages a program", path);
    }
    service->port = play ? 9000 : 0;
    values_set(values, "argument", "JAVA_VERSION", evidence_none);
    values_set(values, "manifests", NULL, evidence_none);
    images_use(planning, service, IMAGE_BUILD, "sbt");
    images_use(planning, service, IMAGE_FINAL, "jre");
    service->user = "10001";
    strvec_add(&service->ignore, "target");
    strvec_add(&service->ignore, "project/target");
}

const struct language language_scala = {.name = "scala",
                                        .template = "compiled",
                                        .manifests = manifests,
                                        .bid = bid,
                                        .plan = plan_scala};
