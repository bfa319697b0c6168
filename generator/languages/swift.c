/* Swift: the executable target of Package.swift. */
#include <string.h>

#include "core/memory.h"
#include "generator/images.h"
#include "generator/language.h"
#include "generator/runtime.h"
#include "generator/source.h"
#include "generator/template.h"

static const char *const manifests[] = {"Package.swift", NULL};

static int bid(struct project *project, const char *folder, const char **ret_why,
               bool *ret_workspace)
{
    (void)ret_workspace;
    *ret_why = "Package.swift";
    return project_has(project, folder, "Package.swift") ? BID_LOCK : BID_NONE;
}

/* .executableTarget(name: "App" or .executable(name: "App" */
static bool find_executable(struct span text, struct token *ret_token)
{
    struct source source = source_of(text, SOURCE_C);
    struct token token;
    bool inside = false;
    while ((token = source_next(&source)).kind != TOKEN_END) {
        if (token_is(token, TOKEN_WORD, "executableTarget") ||
            token_is(token, TOKEN_WORD, "executable"))
            inside = true;
        if (inside && token.kind == TOKEN_TEXT) {
            *ret_token = token;
            return true;
        }
    }
    return false;
}

static void plan_swift(struct planning *planning, struct service *service)
{
    struct project *project = planning->project;
    struct plan *plan = planning->plan;
    struct values *values = &service->values;
    const char *path = project_at(project, service->path, "Package.swift");
    struct span text = {.ptr = "", .len = 0};
    struct token token;
    project_text(project, path, &text);
    service->package_manager = "swiftpm";
    runtime_start(service, "swift");
    runtime_require_file(planning, service, ".swift-version", GRAMMAR_PREFIX);
    runtime_require_tools(planning, service, "swift");
    const char *tools = strstr(text.ptr, "swift-tools-version:");
    if (tools && tools < text.ptr + strcspn(text.ptr, "\n")) {
        tools += strlen("swift-tools-version:");
        tools += strspn(tools, " ");
        runtime_require(planning, service, GRAMMAR_MINIMUM,
                        plan_text(plan, "%.*s", (int)strspn(tools, "0123456789."), tools),
                        (struct evidence){.file = path, .line = 1, .field = "swift-tools-version"});
    }
    runtime_decide(planning, service, "add .swift-version");
    if (find_executable(text, &token)) {
        const char *name = plan_text(plan, "%.*s", (int)token.text.len, token.text.ptr);
        cleanup_strbuf struct strbuf quoted = STRBUF_INIT;
        quote_for_shell(&quoted, name);
        service->name = plan_name(plan, name);
        strvec_add(&service->build, "swift build -c release --static-swift-stdlib");
        strvec_add(&service->build,
                   plan_text(plan,
                             "install -D \"$(swift build -c release --show-bin-path)\"/%s /out/%s",
                             quoted.buf, quoted.buf));
        strvec_add(&service->start, plan_text(plan, "/app/%s", name));
        values_set(
            values, "start", NULL,
            (struct evidence){.file = path, .line = token.line, .field = "executableTarget"});
    }
    struct span vapor = text;
    if (source_setting(vapor, SOURCE_C, "vapor", &token) || strstr(text.ptr, "vapor/vapor")) {
        service->framework = "vapor";
        service->port = 8080;
    }
    packages_need(&service->runtime_packages, "ca-certificates", "encrypted connections");
    values_set(values, "argument", "SWIFT_VERSION", evidence_none);
    values_set(values, "manifests", NULL, evidence_none);
    images_use(planning, service, IMAGE_BUILD, "swift");
    images_use(planning, service, IMAGE_FINAL, "debian");
    service->user = "10001";
    strvec_add(&service->ignore, ".build");
}

const struct language language_swift = {.name = "swift",
                                        .template = "compiled",
                                        .manifests = manifests,
                                        .bid = bid,
                                        .plan = plan_swift};
