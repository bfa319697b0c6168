/* Erlang: a release by rebar3, named in rebar.config. */
#include <string.h>

#include "core/memory.h"
#include "generator/images.h"
#include "generator/language.h"
#include "generator/runtime.h"
#include "generator/source.h"
#include "generator/template.h"

static const char *const manifests[] = {"rebar.config", NULL};

static int bid(struct project *project, const char *folder, const char **ret_why,
               bool *ret_workspace)
{
    (void)ret_workspace;
    *ret_why = "rebar.config";
    return project_has(project, folder, "rebar.config") ? BID_LOCK : BID_NONE;
}

/* {release, {NAME, "1.0"}, ...}; % begins a comment, which no word of ours follows. */
static bool find_release(struct span text, struct token *ret_token)
{
    struct source source = source_of(text, SOURCE_SCRIPT);
    struct token token, before = {0};
    for (; (token = source_next(&source)).kind != TOKEN_END; before = token) {
        if (!token_is(token, TOKEN_WORD, "release") || !token_is(before, TOKEN_SIGN, "{"))
            continue;
        do
            token = source_next(&source);
        while (token.kind == TOKEN_SIGN);
        *ret_token = token;
        return token.kind == TOKEN_WORD;
    }
    return false;
}

static void plan_erlang(struct planning *planning, struct service *service)
{
    struct values *values = &service->values;
    const char *path = project_at(planning->project, service->path, "rebar.config");
    struct span text = {.ptr = "", .len = 0};
    struct token token;
    project_text(planning->project, path, &text);
    service->package_manager = "rebar3";
    runtime_start(service, "erlang");
    runtime_require_file(planning, service, ".erlang-version", GRAMMAR_PREFIX);
    runtime_require_tools(planning, service, "erlang");
    runtime_decide(planning, service, "add erlang to .tool-versions");
    if (find_release(text, &token)) {
        const char *name = plan_text(planning->plan, "%.*s", (int)token.text.len, token.text.ptr);
        service->name = plan_name(planning->plan, name);
        strvec_add(&service->build, "rebar3 as prod release");
        strvec_add(&service->build, plan_text(planning->plan, "mv _build/prod/rel/%s /out", name));
        strvec_add(&service->start, plan_text(planning->plan, "/app/bin/%s", name));
        strvec_add(&service->start, "foreground");
        values_set(values, "start", NULL,
                   (struct evidence){.file = path, .line = token.line, .field = "release"});
    }
    values_set(values, "argument", "ERLANG_VERSION", evidence_none);
    values_set(values, "manifests", NULL, evidence_none);
    images_use(planning, service, IMAGE_BUILD, "erlang");
    images_use(planning, service, IMAGE_FINAL, "erlang");
    service->user = "10001";
    strvec_add(&service->ignore, "_build");
}

const struct language language_erlang = {.name = "erlang",
                                         .template = "compiled",
                                         .manifests = manifests,
                                         .bid = bid,
                                         .plan = plan_erlang};
