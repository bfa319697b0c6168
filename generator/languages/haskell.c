/* Haskell: stack by package.yaml or stack.yaml, else cabal; the executable by its stanza. */
#include <string.h>
#include <strings.h>

#include "core/memory.h"
#include "generator/images.h"
#include "generator/language.h"
#include "generator/runtime.h"
#include "generator/source.h"
#include "generator/template.h"

static const char *const manifests[] = {"stack.yaml", "package.yaml", "*.cabal", "cabal.project",
                                        NULL};

static int bid(struct project *project, const char *folder, const char **ret_why,
               bool *ret_workspace)
{
    (void)ret_workspace;
    *ret_why = "a package of Haskell";
    bool found = project_has(project, folder, "stack.yaml") ||
                 project_has(project, folder, "package.yaml") ||
                 project_match(project, folder, "*.cabal");
    return found ? BID_LOCK : BID_NONE;
}

/* "executable NAME" of a .cabal file, at the beginning of a line. */
static const char *cabal_executable(struct planning *planning, const char *path,
                                    struct evidence *ret_origin)
{
    struct span text;
    uint32_t line = 1;
    if (!project_text(planning->project, path, &text))
        return NULL;
    for (const char *at = text.ptr; at && *at; line++) {
        const char *end = strchr(at, '\n');
        if (strncasecmp(at, "executable ", 11) == 0) {
            const char *name = at + 11 + strspn(at + 11, " \t");
            *ret_origin = (struct evidence){.file = path, .line = line, .field = "executable"};
            return plan_text(planning->plan, "%.*s", (int)strcspn(name, " \t\r\n"), name);
        }
        at = end ? end + 1 : NULL;
    }
    return NULL;
}

/* The compiler that a resolver of stack stands for. */
static const char *resolver_compiler(const char *resolver)
{
    static const char *const lines[][2] = {
        {"lts-21", "9.4"}, {"lts-22", "9.6"}, {"lts-23", "9.8"}, {"lts-24", "9.10"}};
    for (size_t i = 0; resolver && i < ARRAY_SIZE(lines); i++)
        if (strncmp(resolver, lines[i][0], 6) == 0)
            return lines[i][1];
    return NULL;
}

static void plan_haskell(struct planning *planning, struct service *service)
{
    struct project *project = planning->project;
    struct plan *plan = planning->plan;
    struct values *values = &service->values;
    struct evidence origin = evidence_none;
    const char *stack = project_at(project, service->path, "stack.yaml"),
               *package = project_at(project, service->path, "package.yaml");
    const struct manifest *resolver = project_manifest(project, stack, manifest_read_yaml),
                          *hpack = project_manifest(project, package, manifest_read_yaml);
    const struct project_file *cabal = project_match(project, service->path, "*.cabal");
    const struct node *executables = node_path(hpack, "executables"),
                      *snapshot = node_path(resolver, "resolver");
    const char *name = cabal ? cabal_executable(planning, cabal->path, &origin) : NULL;
    if (!snapshot)
        snapshot = node_path(resolver, "snapshot");
    if (!name && executables && executables->first) {
        name = executables->first->key;
        origin = evidence_of(package, executables->first, "executables");
    }
    service->package_manager = resolver ? "stack" : "cabal";
    runtime_start(service, "haskell");
    runtime_require_tools(planning, service, "ghc");
    const char *compiler = resolver_compiler(node_text(snapshot));
    if (compiler)
        runtime_require(planning, service, GRAMMAR_PREFIX, compiler,
                        evidence_of(stack, snapshot, "resolver"));
    runtime_decide(planning, service, "add a resolver to stack.yaml");
    if (name) {
        cleanup_strbuf struct strbuf quoted = STRBUF_INIT;
        quote_for_shell(&quoted, name);
        service->name = plan_name(plan, name);
        strvec_add(&service->build, "mkdir -p /out");
        if (resolver) {
            strvec_add(&service->build,
                       "stack build --system-ghc --copy-bins --local-bin-path /out");
        } else {
            strvec_add(&service->build, "cabal update");
            strvec_add(&service->build,
                       plan_text(plan,
                                 "cabal install exe:%s --install-method=copy --installdir=/out",
                                 quoted.buf));
        }
        strvec_add(&service->start, plan_text(plan, "/app/%s", name));
        values_set(values, "start", NULL, origin);
    }
    packages_need(&service->runtime_packages, "libgmp10", "integers of Haskell");
    values_set(values, "argument", "HASKELL_VERSION", evidence_none);
    values_set(values, "manifests", NULL, evidence_none);
    images_use(planning, service, IMAGE_BUILD, "haskell");
    images_use(planning, service, IMAGE_FINAL, "debian");
    service->user = "10001";
    strvec_add(&service->ignore, ".stack-work");
    strvec_add(&service->ignore, "dist-newstyle");
}

const struct language language_haskell = {.name = "haskell",
                                          .template = "compiled",
                                          .manifests = manifests,
                                          .bid = bid,
                                          .plan = plan_haskell};
