/* .NET: the project that runs, in C# or F#, alone or in a solution; the SDK and the runtime each
 * have a version of their own. */
#include <stddef.h>
#include <string.h>

#include "core/memory.h"
#include "generator/images.h"
#include "generator/language.h"
#include "generator/runtime.h"
#include "generator/template.h"

static const char *const manifests[] = {"*.csproj", "*.fsproj", "*.vbproj",
                                        "*.sln",    "*.slnx",   NULL};

static int bid(struct project *project, const char *folder, const char **ret_why,
               bool *ret_workspace)
{
    (void)ret_workspace;
    for (size_t i = 0; manifests[i]; i++)
        if (project_match(project, folder, manifests[i])) {
            *ret_why = manifests[i];
            return BID_LOCK + 2;
        }
    return BID_NONE;
}

static bool is_project(const struct project_file *file)
{
    struct span name = span_of_text(file->name);
    return file->kind == PROJECT_FILE &&
           (span_ends_with(name, ".csproj") || span_ends_with(name, ".fsproj") ||
            span_ends_with(name, ".vbproj"));
}

/* The text of a property in whichever group it stands. */
static const struct node *property(const struct manifest *document, const char *name)
{
    for (const struct node *group = document && document->root ? document->root->first : NULL;
         group; group = group->next)
        if (strcmp(group->key, "PropertyGroup") == 0 && node_get(document, group, name))
            return node_get(document, group, name);
    return NULL;
}

static const char *property_text(const struct manifest *document, const char *name)
{
    const struct node *node = property(document, name);
    return node && node->text && *node->text ? node->text : NULL;
}

/* How much a project looks like what is meant: a web application over a program over a library. */
static int rank(const struct manifest *document, const char *path)
{
    const char *sdk = manifest_text(document, "@Sdk"),
               *output = property_text(document, "OutputType");
    if (strstr(path, "Test") || strstr(path, "test"))
        return 0;
    if (sdk && (strcmp(sdk, "Microsoft.NET.Sdk.Web") == 0 ||
                strcmp(sdk, "Microsoft.NET.Sdk.BlazorWebAssembly") == 0))
        return 3;
    if ((sdk && strcmp(sdk, "Microsoft.NET.Sdk.Worker") == 0) ||
        (output && strcmp(output, "Exe") == 0))
        return 2;
    return document ? 1 : 0;
}

static const struct project_file *find_project(struct project *project, const char *folder,
                                               const struct manifest **ret_document)
{
    const struct project_file *best = NULL;
    int best_rank = 0;
    size_t first, end;
    project_range(project, folder, &first, &end);
    for (size_t i = first; i < end; i++) {
        if (!is_project(&project->files[i]))
            continue;
        const struct manifest *document =
            project_manifest(project, project->files[i].path, manifest_read_xml);
        int value = rank(document, project->files[i].path);
        if (value > best_rank) {
            best_rank = value;
            best = &project->files[i];
            *ret_document = document;
        }
    }
    return best;
}

/* "net8.0" is 8.0, "netcoreapp3.1" 3.1; the newest of several. */
static void require_framework(struct planning *planning, struct service *service,
                              const struct manifest *document, const char *path)
{
    const struct node *node = property(document, "TargetFramework");
    const char *file = path;
    if (!node)
        node = property(document, "TargetFrameworks");
    if (!node) {
        file = project_at(planning->project, service->path, "Directory.Build.props");
        node = property(project_manifest(planning->project, file, manifest_read_xml),
                        "TargetFramework");
    }
    const char *text = node && node->text ? node->text : "";
    const char *last = strrchr(text, ';');
    text = last ? last + 1 : text;
    text += strncmp(text, "netcoreapp", 10) == 0 ? 10 : strncmp(text, "net", 3) == 0 ? 3 : 0;
    const char *version = plan_text(planning->plan, "%.*s", (int)strspn(text, "0123456789."), text);
    if (*version)
        runtime_require(planning, service, GRAMMAR_PREFIX, version,
                        evidence_of(file, node, "TargetFramework"));
}

static const char *sdk_version(struct planning *planning, const struct service *service)
{
    const struct manifest *document = project_manifest(
        planning->project, project_at(planning->project, service->path, "global.json"),
        manifest_read_jsonc);
    const char *text = manifest_text(document, "sdk.version");
    const char *dot = text ? strchr(text, '.') : NULL;
    const char *next = dot ? strchr(dot + 1, '.') : NULL;
    if (!next)
        return service->runtime.version;
    return plan_text(planning->plan, "%.*s", (int)(next - text),
                     text); /* "8.0" of 8.0.302: patches roll forward */
}

static void add_manifests(struct planning *planning, struct service *service)
{
    static const char *const names[] = {"global.json",
                                        "nuget.config",
                                        "NuGet.config",
                                        "NuGet.Config",
                                        "Directory.Build.props",
                                        "Directory.Build.targets",
                                        "Directory.Packages.props",
                                        "packages.lock.json"};
    struct project *project = planning->project;
    size_t first, end, skip = *service->path ? strlen(service->path) + 1 : 0;
    project_range(project, service->path, &first, &end);
    for (size_t i = first; i < end; i++) {
        const struct project_file *file = &project->files[i];
        bool wanted = is_project(file);
        for (size_t j = 0; j < ARRAY_SIZE(names); j++)
            wanted |= file->kind == PROJECT_FILE && strcmp(file->name, names[j]) == 0;
        if (wanted)
            values_add(&service->values, "manifests", file->path + skip,
                       evidence_of_file(file->path));
        if (is_project(file)) { /* where the tools write, and nowhere else */
            int len = (int)(file->name - file->path - (ptrdiff_t)skip);
            strvec_addf(&service->ignore, "%.*sbin", len, file->path + skip);
            strvec_addf(&service->ignore, "%.*sobj", len, file->path + skip);
        }
    }
}

static void plan_dotnet(struct planning *planning, struct service *service)
{
    struct project *project = planning->project;
    struct plan *plan = planning->plan;
    const struct manifest *document = NULL;
    const struct project_file *file = find_project(project, service->path, &document);
    static const char *const ignored[] = {"**/*.user", "TestResults"};
    for (size_t i = 0; i < ARRAY_SIZE(ignored); i++)
        strvec_add(&service->ignore, ignored[i]);
    service->package_manager = "nuget";
    runtime_start(service, "dotnet");
    if (!file) {
        plan_report(plan, SEVERITY_ERROR, "start-unknown", "--service FOLDER",
                    "no project of '%s' could be read", *service->path ? service->path : ".");
        return;
    }
    require_framework(planning, service, document, file->path);
    runtime_decide(planning, service, "add TargetFramework to the project");
    const char *sdk = manifest_text(document, "@Sdk");
    bool web = sdk && strcmp(sdk, "Microsoft.NET.Sdk.Web") == 0;
    bool aot = property_text(document, "PublishAot") &&
               strcmp(property_text(document, "PublishAot"), "true") == 0;
    const char *assembly = property_text(document, "AssemblyName");
    const char *stem =
        plan_text(plan, "%.*s", (int)(strrchr(file->name, '.') - file->name), file->name);
    size_t skip = *service->path ? strlen(service->path) + 1 : 0;
    cleanup_strbuf struct strbuf path = STRBUF_INIT;
    quote_for_shell(&path, file->path + skip);
    bool locked = project_has(project, service->path, "packages.lock.json");
    add_manifests(planning, service);
    service->name = plan_name(plan, stem);
    strvec_add(&service->install, plan_text(plan, "dotnet restore %s -a $TARGETARCH%s", path.buf,
                                            locked ? " --locked-mode" : ""));
    strvec_add(&service->build,
               plan_text(plan, "dotnet publish %s -a $TARGETARCH --no-restore -c Release -o /out",
                         path.buf));
    values_set(&service->values, "start", NULL,
               evidence_of(file->path, property(document, "AssemblyName"), "AssemblyName"));
    if (aot)
        strvec_add(&service->start, plan_text(plan, "/app/%s", assembly ? assembly : stem));
    else {
        strvec_add(&service->start, "dotnet");
        strvec_add(&service->start, plan_text(plan, "%s.dll", assembly ? assembly : stem));
    }
    service->port = web ? 8080 : 0;
    service->framework = web ? "aspnet" : NULL;
    const char *version = sdk_version(planning, service);
    values_set(&service->values, "sdk_version", version ? version : "latest", evidence_none);
    values_set(&service->values, "sdk_image", images_name(planning, "dotnet_sdk", "${SDK_VERSION}"),
               evidence_none);
    images_use(planning, service, IMAGE_FINAL,
               aot   ? "dotnet_deps"
               : web ? "dotnet_aspnet"
                     : "dotnet_runtime");
    service->image_build = images_name(planning, "dotnet_sdk", version ? version : "latest");
}

const struct language language_dotnet = {.name = "dotnet",
                                         .template = "dotnet",
                                         .manifests = manifests,
                                         .bid = bid,
                                         .plan = plan_dotnet};
