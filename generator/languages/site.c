/* A site that is there already: pages that no tool has to build. */
#include <string.h>

#include "core/memory.h"
#include "generator/images.h"
#include "generator/language.h"

static const char *const manifests[] = {"index.html", "Staticfile", NULL};
static const char *const roots[] = {"", "public", "dist", "www", "site", "html"};

static const char *find_root(struct project *project, const char *folder)
{
    const struct manifest *file =
        project_manifest(project, project_at(project, folder, "Staticfile"), manifest_read_yaml);
    const char *named = manifest_text(file, "root");
    if (named && *named != '/' && !strstr(named, ".."))
        return named;
    for (size_t i = 0; i < ARRAY_SIZE(roots); i++) {
        const char *where = *roots[i] ? project_at(project, folder, roots[i]) : folder;
        if (project_has(project, where, "index.html"))
            return roots[i];
    }
    return NULL;
}

static int bid(struct project *project, const char *folder, const char **ret_why,
               bool *ret_workspace)
{
    (void)ret_workspace;
    *ret_why = "index.html";
    return find_root(project, folder) ? BID_SOURCE + 2 : BID_NONE;
}

static void plan_site(struct planning *planning, struct service *service)
{
    const char *root = find_root(planning->project, service->path);
    service->ecosystem = "static";
    service->static_dir = root && *root ? root : ".";
    service->port = 8080;
    images_use(planning, service, IMAGE_FINAL, "web");
    values_set(&service->values, "web_image", images_name(planning, "web", ""), evidence_none);
}

const struct language language_site = {
    .name = "static", .template = "site", .manifests = manifests, .bid = bid, .plan = plan_site};
