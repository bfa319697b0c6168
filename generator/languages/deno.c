/* Deno: the start task as it is, permissions included. */
#include <string.h>

#include "core/memory.h"
#include "generator/images.h"
#include "generator/language.h"
#include "generator/runtime.h"
#include "generator/template.h"

static const char *const manifests[] = {"deno.json", "deno.jsonc", NULL};
static const char *const entries[] = {"main.ts",  "main.js",   "main.tsx",   "mod.ts",
                                      "index.ts", "server.ts", "src/main.ts"};

static const struct manifest *read_configuration(struct project *project, const char *folder,
                                                 const char **ret_path)
{
    for (size_t i = 0; manifests[i]; i++) {
        *ret_path = project_at(project, folder, manifests[i]);
        const struct manifest *document = project_manifest(project, *ret_path, manifest_read_jsonc);
        if (document)
            return document;
    }
    return NULL;
}

static int bid(struct project *project, const char *folder, const char **ret_why,
               bool *ret_workspace)
{
    (void)ret_workspace;
    *ret_why = "deno.json";
    for (size_t i = 0; manifests[i]; i++)
        if (project_has(project, folder, manifests[i]))
            return project_has(project, folder, "deno.lock") ? BID_LOCK + 1 : BID_MANIFEST + 1;
    *ret_why = "deno.lock";
    return project_has(project, folder, "deno.lock") ? BID_MANIFEST : BID_NONE;
}

static void plan_deno(struct planning *planning, struct service *service)
{
    struct project *project = planning->project;
    const char *path = NULL, *entry = NULL;
    const struct manifest *document = read_configuration(project, service->path, &path);
    const struct node *task = node_path(document, "tasks.start");
    if (task && task->kind == NODE_MAP)
        task = node_get(document, task, "command");
    service->package_manager = "deno";
    runtime_start(service, "deno");
    runtime_require_tools(planning, service, "deno");
    runtime_require_file(planning, service, ".dvmrc", GRAMMAR_PREFIX);
    runtime_decide(planning, service, "deno in .tool-versions");
    for (size_t i = 0; i < ARRAY_SIZE(entries) && !entry; i++)
        if (project_has(project, service->path, entries[i]))
            entry = entries[i];
    const char *line = node_text(task);
    bool plain = line && strncmp(line, "deno ", 5) == 0 && !strpbrk(line, "|&;<>()$`\\\"'*?[#~");
    if (plain) {
        values_set(&service->values, "start", NULL, evidence_of(path, task, "tasks.start"));
        for (const char *at = line; *(at += strspn(at, " ")); at += strcspn(at, " "))
            strvec_add_bytes(&service->start, at, strcspn(at, " "));
    } else if (line) {
        values_set(&service->values, "start", NULL, evidence_of(path, task, "tasks.start"));
        strvec_add(&service->start, "deno");
        strvec_add(&service->start, "task");
        strvec_add(&service->start, "start");
    } else if (entry) {
        const char *const words[] = {"deno",        "run",          "--allow-net",
                                     "--allow-env", "--allow-read", entry};
        for (size_t i = 0; i < ARRAY_SIZE(words); i++)
            strvec_add(&service->start, words[i]);
    }
    if (entry)
        strvec_add(&service->install,
                   plan_text(planning->plan, "deno install%s --entrypoint %s",
                             project_has(project, service->path, "deno.lock") ? " --frozen" : "",
                             entry));
    service->port = 8000;
    images_use(planning, service, IMAGE_BUILD, "deno");
    images_use(planning, service, IMAGE_FINAL, "deno");
}

const struct language language_deno = {
    .name = "deno", .template = "deno", .manifests = manifests, .bid = bid, .plan = plan_deno};
