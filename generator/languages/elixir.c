/* Elixir: a release of mix, Phoenix among others. */
#include <string.h>

#include "core/memory.h"
#include "generator/files.h"
#include "generator/images.h"
#include "generator/language.h"
#include "generator/runtime.h"
#include "generator/source.h"

static const char *const manifests[] = {"mix.exs", NULL};

static int bid(struct project *project, const char *folder, const char **ret_why,
               bool *ret_workspace)
{
    (void)ret_workspace;
    *ret_why = "mix.exs";
    return project_has(project, folder, "mix.exs") ? BID_FRAMEWORK : BID_NONE;
}

/* The value behind `app:` or `elixir:` of a keyword list, the first that is one. */
static bool keyword(struct span text, const char *name, struct token *ret_token)
{
    struct source source = source_of(text, SOURCE_SCRIPT);
    struct token token;
    while ((token = source_next(&source)).kind != TOKEN_END) {
        if (!token_is(token, TOKEN_WORD, name) || !token_is(source_next(&source), TOKEN_SIGN, ":"))
            continue;
        token = source_next(&source);
        if (token_is(token, TOKEN_SIGN, ":"))
            token = source_next(&source);
        if (token.kind == TOKEN_WORD || token.kind == TOKEN_TEXT) {
            *ret_token = token;
            return true;
        }
    }
    return false;
}

/* {:phoenix, "~> 1.7"} */
static bool depends_on(struct span text, const char *name)
{
    struct source source = source_of(text, SOURCE_SCRIPT);
    struct token token, before = {0}, earlier = {0};
    for (; (token = source_next(&source)).kind != TOKEN_END; earlier = before, before = token)
        if (token_is(token, TOKEN_WORD, name) && token_is(before, TOKEN_SIGN, ":") &&
            token_is(earlier, TOKEN_SIGN, "{"))
            return true;
    return false;
}

static void plan_elixir(struct planning *planning, struct service *service)
{
    struct project *project = planning->project;
    struct plan *plan = planning->plan;
    struct values *values = &service->values;
    const char *path = project_at(project, service->path, "mix.exs");
    struct span text = {.ptr = "", .len = 0};
    struct token token;
    project_text(project, path, &text);
    service->package_manager = "mix";
    runtime_start(service, "elixir");
    runtime_require_file(planning, service, ".elixir-version", GRAMMAR_PREFIX);
    runtime_require_tools(planning, service, "elixir");
    if (keyword(text, "elixir", &token))
        runtime_require(planning, service, GRAMMAR_ELIXIR,
                        plan_text(plan, "%.*s", (int)token.text.len, token.text.ptr),
                        (struct evidence){.file = path, .line = token.line, .field = "elixir"});
    runtime_decide(planning, service, "add elixir to mix.exs");
    bool phoenix = depends_on(text, "phoenix");
    service->framework = phoenix ? "phoenix" : NULL;
    const char *application = NULL;
    if (keyword(text, "app", &token)) {
        application = plan_text(plan, "%.*s", (int)token.text.len, token.text.ptr);
        service->name = plan_name(plan, application);
        values_set(values, "application", application,
                   (struct evidence){.file = path, .line = token.line, .field = "app"});
        strvec_add(&service->start, plan_text(plan, "/app/bin/%s", application));
        strvec_add(&service->start, "start");
    }
    strvec_add(&service->install, "mix local.hex --force");
    strvec_add(&service->install, "mix local.rebar --force");
    strvec_add(&service->install, "mix deps.get --only prod");
    strvec_add(&service->install, "mix deps.compile");
    strvec_add(&service->build, "mix compile");
    if (phoenix && project_has_folder(project, service->path, "assets"))
        strvec_add(&service->build, "mix assets.deploy");
    strvec_add(&service->build, "mix release");
    packages_need(&service->build_packages, "build-essential", "dependencies with C code");
    packages_need(&service->build_packages, "git", "mix");
    static const char *const needs[] = {"libstdc++6", "openssl", "libncurses6", "ca-certificates"};
    for (size_t i = 0; i < ARRAY_SIZE(needs); i++)
        packages_need(&service->runtime_packages, needs[i], "the virtual machine of Erlang");
    if (depends_on(text, "postgrex"))
        files_add_backing(service, "postgres");
    if (depends_on(text, "myxql"))
        files_add_backing(service, "mysql");
    if (depends_on(text, "redix"))
        files_add_backing(service, "redis");
    if (phoenix) {
        service->port = 4000;
        values_add(values, "environment", "PHX_SERVER=true", evidence_none);
    }
    values_set(values, "mix_files",
               project_has(project, service->path, "mix.lock") ? "mix.exs mix.lock" : "mix.exs",
               evidence_of_file(path));
    values_set(values, "configuration",
               project_has_folder(project, service->path, "config") ? "yes" : NULL, evidence_none);
    images_use(planning, service, IMAGE_BUILD, "elixir");
    images_use(planning, service, IMAGE_FINAL, "debian");
    service->user = "10001";
    static const char *const ignored[] = {
        "_build", "deps", "assets/node_modules", "priv/static/assets", "cover", "erl_crash.dump"};
    for (size_t i = 0; i < ARRAY_SIZE(ignored); i++)
        strvec_add(&service->ignore, ignored[i]);
}

const struct language language_elixir = {.name = "elixir",
                                         .template = "elixir",
                                         .manifests = manifests,
                                         .bid = bid,
                                         .plan = plan_elixir};
