/* Clojure: an uberjar by Leiningen or by the build alias of tools.deps. */
#include <string.h>

#include "core/memory.h"
#include "generator/images.h"
#include "generator/language.h"
#include "generator/runtime.h"
#include "generator/source.h"
#include "generator/template.h"

static const char *const manifests[] = {"project.clj", "deps.edn", NULL};

static int bid(struct project *project, const char *folder, const char **ret_why,
               bool *ret_workspace)
{
    (void)ret_workspace;
    *ret_why = project_has(project, folder, "project.clj") ? "project.clj" : "deps.edn";
    return project_has(project, folder, *ret_why) ? BID_LOCK + 3 : BID_NONE;
}

static void plan_clojure(struct planning *planning, struct service *service)
{
    struct project *project = planning->project;
    struct values *values = &service->values;
    bool lein = project_has(project, service->path, "project.clj");
    const char *path = project_at(project, service->path, lein ? "project.clj" : "deps.edn");
    struct span text = {.ptr = "", .len = 0};
    struct token token = {0};
    project_text(project, path, &text);
    service->package_manager = lein ? "leiningen" : "clojure-cli";
    runtime_start(service, "java");
    runtime_require_file(planning, service, ".java-version", GRAMMAR_PREFIX);
    runtime_require_file(planning, service, ".jdk-version", GRAMMAR_PREFIX);
    runtime_require_tools(planning, service, "java");
    runtime_decide(planning, service, "add .java-version");
    if (lein && source_setting(text, SOURCE_SCRIPT, "defproject", &token))
        service->name = plan_name(
            planning->plan, plan_text(planning->plan, "%.*s",
                                      (int)strcspn(token.text.ptr, " \"\t\r\n"), token.text.ptr));
    if (lein) {
        strvec_add(&service->build, "lein uberjar");
        strvec_add(&service->build, "install -D target/*-standalone.jar /out/app.jar");
    } else {
        strvec_add(&service->build, "clojure -T:build uber");
        strvec_add(&service->build, "install -D target/*.jar /out/app.jar");
    }
    if (lein || project_has(project, service->path, "build.clj")) {
        static const char *const words[] = {"java", "-jar", "app.jar"};
        for (size_t i = 0; i < ARRAY_SIZE(words); i++)
            strvec_add(&service->start, words[i]);
        values_set(values, "start", NULL, evidence_of_file(path));
    }
    values_set(values, "argument", "JAVA_VERSION", evidence_none);
    values_set(values, "manifests", NULL, evidence_none);
    images_use(planning, service, IMAGE_BUILD, lein ? "clojure" : "clojure_tools");
    images_use(planning, service, IMAGE_FINAL, "jre");
    service->user = "10001";
    strvec_add(&service->ignore, "target");
}

const struct language language_clojure = {.name = "clojure",
                                          .template = "compiled",
                                          .manifests = manifests,
                                          .bid = bid,
                                          .plan = plan_clojure};
