/* Crystal: the first target of shard.yml, in the order of the file. */
#include <string.h>

#include "core/memory.h"
#include "generator/images.h"
#include "generator/language.h"
#include "generator/runtime.h"
#include "generator/source.h"
#include "generator/template.h"

static const char *const manifests[] = {"shard.yml", NULL};

static int bid(struct project *project, const char *folder, const char **ret_why,
               bool *ret_workspace)
{
    (void)ret_workspace;
    *ret_why = "shard.yml";
    return project_has(project, folder, "shard.yml") ? BID_LOCK : BID_NONE;
}

static void plan_crystal(struct planning *planning, struct service *service)
{
    struct project *project = planning->project;
    struct plan *plan = planning->plan;
    struct values *values = &service->values;
    const char *path = project_at(project, service->path, "shard.yml");
    const struct manifest *document = project_manifest(project, path, manifest_read_yaml);
    const struct node *wanted = node_path(document, "crystal"),
                      *targets = node_path(document, "targets");
    const struct node *target = targets ? targets->first : NULL;
    bool locked = project_has(project, service->path, "shard.lock");
    service->package_manager = "shards";
    runtime_start(service, "crystal");
    runtime_require_tools(planning, service, "crystal");
    if (node_text(wanted))
        runtime_require(planning, service,
                        strpbrk(wanted->text, "<>=~,") ? GRAMMAR_GEM : GRAMMAR_MINIMUM,
                        wanted->text, evidence_of(path, wanted, "crystal"));
    runtime_decide(planning, service, "add crystal to shard.yml");
    if (target) {
        cleanup_strbuf struct strbuf quoted = STRBUF_INIT;
        quote_for_shell(&quoted, target->key);
        service->name = plan_name(plan, target->key);
        strvec_add(&service->build,
                   plan_text(plan, "shards build --production --release --no-debug --static %s",
                             quoted.buf));
        strvec_add(&service->build,
                   plan_text(plan, "install -D -s bin/%s /out/%s", quoted.buf, quoted.buf));
        strvec_add(&service->start, plan_text(plan, "/app/%s", target->key));
        values_set(values, "start", NULL, evidence_of(path, target, "targets"));
    }
    strvec_add(&service->install,
               locked ? "shards install --production --frozen" : "shards install --production");
    values_add(values, "manifests", "shard.yml", evidence_of_file(path));
    if (locked)
        values_add(values, "manifests", "shard.lock", evidence_of_file(path));
    values_set(values, "argument", "CRYSTAL_VERSION", evidence_none);
    images_use(planning, service, IMAGE_BUILD, "crystal");
    images_use(planning, service, IMAGE_FINAL, "static_base");
    strvec_add(&service->ignore, "lib");
    strvec_add(&service->ignore, "bin");
}

const struct language language_crystal = {.name = "crystal",
                                          .template = "compiled",
                                          .manifests = manifests,
                                          .bid = bid,
                                          .plan = plan_crystal};
