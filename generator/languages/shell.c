/* A script that is all there is: started by what its first line names. */
#include <string.h>

#include "core/memory.h"
#include "generator/images.h"
#include "generator/language.h"

static const char *const manifests[] = {"start.sh", "main.sh", "run.sh", "entrypoint.sh", NULL};

static const char *find_script(struct project *project, const char *folder)
{
    for (size_t i = 0; manifests[i]; i++)
        if (project_has(project, folder, manifests[i]))
            return manifests[i];
    return NULL;
}

static int bid(struct project *project, const char *folder, const char **ret_why,
               bool *ret_workspace)
{
    (void)ret_workspace;
    *ret_why = "a script to start";
    return find_script(project, folder) ? BID_SOURCE - 1 : BID_NONE;
}

static void plan_shell(struct planning *planning, struct service *service)
{
    struct span text = {.ptr = "", .len = 0};
    const char *script = find_script(planning->project, service->path);
    const char *path = project_at(planning->project, service->path, script);
    project_text(planning->project, path, &text);
    const char *line =
        strncmp(text.ptr, "#!", 2) == 0
            ? plan_text(planning->plan, "%.*s", (int)strcspn(text.ptr, "\r\n"), text.ptr)
            : "";
    strvec_add(&service->start, strstr(line, "bash") ? "bash" : "sh");
    strvec_add(&service->start, script);
    if (strstr(line, "zsh"))
        plan_report(planning->plan, SEVERITY_ERROR, "interpreter", "--start COMMAND",
                    "%s:1 asks for zsh, which the image has not", path);
    values_set(&service->values, "start", NULL,
               (struct evidence){.file = path, .line = 1, .field = "interpreter"});
    images_use(planning, service, IMAGE_FINAL, "debian");
}

const struct language language_shell = {
    .name = "shell", .template = "shell", .manifests = manifests, .bid = bid, .plan = plan_shell};
