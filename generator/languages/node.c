/* Node.js and what is written in it: package.json, one of four package managers, a framework,
 * workspaces. */
#include <ctype.h>
#include <string.h>

#include "core/glob.h"
#include "core/memory.h"
#include "generator/files.h"
#include "generator/images.h"
#include "generator/language.h"
#include "generator/node_package.h"
#include "generator/releases.h"
#include "generator/runtime.h"
#include "generator/source.h"

static const char *const manifests[] = {"package.json", "package.json5", NULL};
static const char *const entries[] = {"server.js", "app.js",    "main.js", "index.js", "index.mjs",
                                      "index.ts",  "server.ts", "main.ts", NULL};

/* What a framework builds, and how that is started. The first row whose dependency is declared
 * counts. */
static const struct framework {
    const char *dependency, *name;
    const char *build;      /* if there is no script of that name */
    const char *static_dir; /* the build is files for a web server */
    const char *start[3];   /* the build is a server; else the project's own start */
    const char *parts[4];   /* of the build that a server needs, beside its modules */
    bool needs_modules;
    bool single_page;
    int port;
} frameworks[] = {
    {.dependency = "next",
     .name = "next",
     .build = "next build",
     .start = {"node_modules/.bin/next", "start"},
     .parts = {".next", "package.json"},
     .needs_modules = true,
     .port = 3000},
    {.dependency = "nuxt",
     .name = "nuxt",
     .build = "nuxt build",
     .start = {"node", ".output/server/index.mjs"},
     .parts = {".output"},
     .port = 3000},
    {.dependency = "@tanstack/react-start",
     .name = "tanstack-start",
     .build = "vite build",
     .start = {"node", ".output/server/index.mjs"},
     .parts = {".output"},
     .port = 3000},
    {.dependency = "@tanstack/solid-start",
     .name = "tanstack-start",
     .build = "vite build",
     .start = {"node", ".output/server/index.mjs"},
     .parts = {".output"},
     .port = 3000},
    {.dependency = "@react-router/dev",
     .name = "react-router",
     .build = "react-router build",
     .start = {"node_modules/.bin/react-router-serve", "./build/server/index.js"},
     .parts = {"build", "package.json"},
     .needs_modules = true,
     .port = 3000},
    {.dependency = "@remix-run/dev",
     .name = "remix",
     .build = "remix vite:build",
     .start = {"node_modules/.bin/remix-serve", "./build/server/index.js"},
     .needs_modules = true,
     .port = 3000},
    {.dependency = "@sveltejs/kit",
     .name = "sveltekit",
     .build = "vite build",
     .start = {"node", "build"},
     .parts = {"build", "package.json"},
     .needs_modules = true,
     .port = 3000},
    {.dependency = "astro",
     .name = "astro",
     .build = "astro build",
     .static_dir = "dist",
     .port = 4321},
    {.dependency = "@angular/core",
     .name = "angular",
     .build = "ng build",
     .static_dir = "dist",
     .single_page = true},
    {.dependency = "gatsby", .name = "gatsby", .build = "gatsby build", .static_dir = "public"},
    {.dependency = "@docusaurus/core",
     .name = "docusaurus",
     .build = "docusaurus build",
     .static_dir = "build"},
    {.dependency = "vitepress",
     .name = "vitepress",
     .build = "vitepress build docs",
     .static_dir = "docs/.vitepress/dist"},
    {.dependency = "@11ty/eleventy",
     .name = "eleventy",
     .build = "eleventy",
     .static_dir = "_site"},
    {.dependency = "expo",
     .name = "expo",
     .build = "expo export --platform web",
     .static_dir = "dist",
     .single_page = true},
    {.dependency = "react-scripts",
     .name = "create-react-app",
     .build = "react-scripts build",
     .static_dir = "build",
     .single_page = true},
    {.dependency = "@nestjs/core",
     .name = "nest",
     .build = "nest build",
     .start = {"node", "dist/main.js"},
     .parts = {"dist", "package.json"},
     .needs_modules = true,
     .port = 3000},
    {.dependency = "@adonisjs/core",
     .name = "adonis",
     .build = "node ace build",
     .needs_modules = true,
     .port = 3333},
    {.dependency = "vite",
     .name = "vite",
     .build = "vite build",
     .static_dir = "dist",
     .single_page = true},
    {.dependency = "fastify", .name = "fastify"},
    {.dependency = "express", .name = "express"},
    {.dependency = "koa", .name = "koa"},
    {.dependency = "hono", .name = "hono"},
    {.dependency = "@hapi/hapi", .name = "hapi"},
};

static const struct framework *find_framework(const struct node_package *package)
{
    for (size_t i = 0; i < ARRAY_SIZE(frameworks); i++)
        if (node_package_uses(package, frameworks[i].dependency))
            return &frameworks[i];
    return NULL;
}

static const char *find_entry(struct project *project, const char *folder)
{
    for (size_t i = 0; entries[i]; i++)
        if (project_has(project, folder, entries[i]))
            return entries[i];
    return NULL;
}

static int bid_package(struct project *project, const struct node_package *package,
                       const char **ret_why, bool *ret_workspace)
{
    bool starts = node_package_script(package, "start") != NULL;
    bool locked = package->manager->lock_found;
    *ret_why = locked ? "a lock file of packages" : "package.json";
    *ret_workspace = package->is_workspace && !starts;
    if (package->is_workspace && !starts)
        return BID_LOCK;
    if (find_framework(package) || starts || manifest_text(package->document, "main") ||
        find_entry(project, package->folder))
        return locked ? BID_LOCK : BID_MANIFEST;
    return package->dependencies ? BID_LIBRARY : BID_TOOLING;
}

static int bid(struct project *project, const char *folder, const char **ret_why,
               bool *ret_workspace)
{
    struct node_package package;
    if (node_package_read(&package, project, folder)) {
        int result = bid_package(project, &package, ret_why, ret_workspace);
        node_package_release(&package);
        return result;
    }
    *ret_why = "a file that Node.js can start";
    bool page = project_has(project, folder, "index.html");
    return !page && find_entry(project, folder) ? BID_ENTRY : BID_NONE;
}

/* Bun as the runtime too: it is the package manager, and no file asks for Node.js. */
static bool runs_bun(struct planning *planning, const struct service *service,
                     const struct node_package *package)
{
    return package->manager && strcmp(package->manager->name, "bun") == 0 &&
           !manifest_text(package->document, "engines.node") &&
           !project_has(planning->project, service->path, ".nvmrc") &&
           !project_has(planning->project, service->path, ".node-version");
}

static void require_bun(struct planning *planning, struct service *service,
                        const struct node_package *package)
{
    const struct node *engine = node_path(package->document, "engines.bun");
    const struct node *manager = node_path(package->document, "packageManager");
    service->ecosystem = "bun";
    runtime_start(service, "bun");
    runtime_require_file(planning, service, ".bun-version", GRAMMAR_PREFIX);
    runtime_require_tools(planning, service, "bun");
    if (package->manager->version)
        runtime_require(planning, service, GRAMMAR_PREFIX, package->manager->version,
                        evidence_of(package->path, manager, "packageManager"));
    if (node_text(engine))
        runtime_require(planning, service, GRAMMAR_NPM, engine->text,
                        evidence_of(package->path, engine, "engines.bun"));
    runtime_decide(planning, service, "add packageManager to package.json");
}

static void require_versions(struct planning *planning, struct service *service,
                             const struct node_package *package)
{
    static const char *const fields[] = {"volta.node", "devEngines.runtime", "engines.node"};
    static const char *const files[] = {".nvmrc", ".node-version"};
    struct project *project = planning->project;
    runtime_start(service, "node");
    for (size_t i = 0; i < ARRAY_SIZE(files); i++) {
        uint32_t line = 0;
        const char *path = project_at(project, service->path, files[i]);
        const char *text = project_first_line(project, path, &line);
        if (!text && *service->path)
            text = project_first_line(project, path = files[i], &line);
        if (!text)
            continue;
        struct evidence evidence = {.file = path, .line = line, .field = "version"};
        node_require_alias(planning, service, text, evidence);
    }
    for (size_t i = 0; package->document && i < ARRAY_SIZE(fields); i++) {
        const struct node *node = node_path(package->document, fields[i]);
        if (node && node->kind == NODE_LIST)
            node = node->first;
        if (node && node->kind == NODE_MAP) {
            const char *name = node_text(node_get(package->document, node, "name"));
            node = name && strcmp(name, "node") == 0 ? node_get(package->document, node, "version")
                                                     : NULL;
        }
        if (node_text(node))
            runtime_require(planning, service, GRAMMAR_NPM, node_text(node),
                            evidence_of(package->path, node, fields[i]));
    }
    runtime_require_tools(planning, service, "nodejs");
    runtime_require_tools(planning, service, "node");
    runtime_decide(planning, service,
                   "add engines.node to package.json, or --runtime-version VERSION");
}

/* `output: 'standalone'` and the like in a configuration that is a program. */
static bool has_setting(struct planning *planning, const char *folder, const char *pattern,
                        const char *name, const char *value)
{
    const struct project_file *file = project_match(planning->project, folder, pattern);
    struct span text;
    struct token token;
    return file && project_text(planning->project, file->path, &text) &&
           source_setting(text, SOURCE_C, name, &token) && span_equals_text(token.text, value);
}

/* What the framework builds here, which its configuration may change. */
struct outcome {
    const char *static_dir;
    const char *start[3];
    const char *parts[4];
    bool needs_modules, single_page, is_known;
};

static void set_static(struct outcome *outcome, const char *folder, bool single_page)
{
    *outcome = (struct outcome){.static_dir = folder, .single_page = single_page, .is_known = true};
}

static void set_server(struct outcome *outcome, const char *file, const char *part,
                       bool needs_modules)
{
    *outcome = (struct outcome){
        .start = {"node", file}, .parts = {part}, .needs_modules = needs_modules, .is_known = true};
}

static void settle_next(struct planning *planning, struct service *service, struct outcome *outcome)
{
    if (has_setting(planning, service->path, "next.config.*", "output", "export")) {
        set_static(outcome, "out", false);
    } else if (has_setting(planning, service->path, "next.config.*", "output", "standalone")) {
        set_server(outcome, "server.js", ".next/standalone/.", false);
    } else {
        plan_report(
            planning->plan, SEVERITY_INFO, "next-standalone",
            "output: 'standalone' in next.config.js",
            "with one line of configuration the image would leave out most of node_modules");
    }
}

static void settle_angular(struct planning *planning, struct service *service,
                           struct outcome *outcome)
{
    const char *path = project_at(planning->project, service->path, "angular.json");
    const struct manifest *document =
        project_manifest(planning->project, path, manifest_read_jsonc);
    const struct node *projects = node_path(document, "projects");
    const struct node *first = projects ? projects->first : NULL;
    if (!first)
        return;
    const struct node *options = node_path_from(document, first, "architect.build");
    const char *builder = node_text(node_get(document, options, "builder"));
    const struct node *where = node_path_from(document, options, "options.outputPath");
    const char *base = where && where->kind == NODE_MAP
                           ? node_text(node_get(document, where, "base"))
                           : node_text(where);
    bool application = builder && strstr(builder, ":application") != NULL;
    const char *folder = base ? base : plan_text(planning->plan, "dist/%s", first->key);
    const struct node *ssr = node_path_from(document, options, "options.ssr");
    if (ssr && !(ssr->kind == NODE_BOOLEAN && !node_is_true(ssr)))
        set_server(outcome, plan_text(planning->plan, "%s/server/server.mjs", folder), folder,
                   false);
    else
        set_static(outcome, application ? plan_text(planning->plan, "%s/browser", folder) : folder,
                   true);
}

static void settle(struct planning *planning, struct service *service,
                   const struct node_package *package, const struct framework *framework,
                   struct outcome *outcome)
{
    const char *name = framework->name;
    bool spa = has_setting(planning, service->path, "react-router.config.*", "ssr", "false");
    if (strcmp(name, "next") == 0)
        settle_next(planning, service, outcome);
    else if (strcmp(name, "angular") == 0)
        settle_angular(planning, service, outcome);
    else if (strcmp(name, "react-router") == 0 && spa)
        set_static(outcome, "build/client", true);
    else if (strcmp(name, "astro") == 0 && node_package_uses(package, "@astrojs/node"))
        *outcome = (struct outcome){.start = {"node", "./dist/server/entry.mjs"},
                                    .parts = {"dist", "package.json"},
                                    .needs_modules = true,
                                    .is_known = true};
    else if (strcmp(name, "sveltekit") == 0 &&
             node_package_uses(package, "@sveltejs/adapter-static"))
        set_static(outcome, "build", false);
    else if (strcmp(name, "sveltekit") == 0 &&
             !node_package_uses(package, "@sveltejs/adapter-node"))
        plan_report(planning->plan, SEVERITY_WARNING, "sveltekit-adapter",
                    "npm install -D @sveltejs/adapter-node",
                    "no adapter of SvelteKit makes a server of Node.js here");
    else if (strcmp(name, "nuxt") == 0) {
        const char *build = node_package_script(package, "build");
        if (build && strstr(build, "nuxt generate"))
            set_static(outcome, ".output/public", false);
    }
}

static void take_argv(struct service *service, const char *const *words)
{
    for (; *words; words++)
        strvec_add(&service->start, *words);
}

/* The start script as the program that it comes down to, so that no package manager stands between
 * the container and it. */
static void start_by_script(struct planning *planning, struct service *service,
                            const struct node_package *package)
{
    const struct node *script = node_path(package->document, "scripts.start");
    struct strvec environment = STRVEC_INIT;
    values_set(&service->values, "start_origin", NULL,
               evidence_of(package->path, script, "scripts.start"));
    if (!node_package_resolve(planning->plan, package, node_text(script), &service->start,
                              &environment))
        plan_report(planning->plan, SEVERITY_INFO, "start-needs-shell", "--start COMMAND",
                    "%s: scripts.start needs a shell, which becomes process 1", package->path);
    for (size_t i = 0; i < environment.count; i++)
        if (strncmp(environment.items[i], "NODE_ENV=", 9) != 0)
            values_add(&service->values, "environment", environment.items[i],
                       evidence_of(package->path, script, "scripts.start"));
    strvec_release(&environment);
}

static bool serves_its_build(const char *script)
{
    static const char *const servers[] = {"vite",     "serve ", "react-scripts", "ng serve",
                                          "ng s",     "gatsby", "docusaurus",    "vitepress",
                                          "eleventy", "expo",   "astro",         "http-server"};
    for (size_t i = 0; script && i < ARRAY_SIZE(servers); i++)
        if (strncmp(script, servers[i], strlen(servers[i])) == 0)
            return true;
    return !script;
}

static void plan_start(struct planning *planning, struct service *service,
                       const struct node_package *package, const struct outcome *outcome)
{
    const char *script = package->document ? node_package_script(package, "start") : NULL;
    const char *main = package->document ? manifest_text(package->document, "main") : NULL;
    if (outcome->static_dir && serves_its_build(script)) {
        service->static_dir = outcome->static_dir;
    } else if (outcome->start[0] &&
               (outcome->is_known || serves_its_build(script) || !outcome->needs_modules)) {
        take_argv(service, outcome->start);
    } else if (script) {
        start_by_script(planning, service, package);
    } else if (outcome->start[0]) {
        take_argv(service, outcome->start);
    } else if (main || find_entry(planning->project, service->path)) {
        const char *file = main ? main : find_entry(planning->project, service->path);
        strvec_add(&service->start, strcmp(service->ecosystem, "bun") == 0 ? "bun" : "node");
        strvec_add(&service->start, file);
    }
}

/* PORT of a line like `process.env.PORT || 3000`, or what listen() is given. */
static int port_in_source(struct planning *planning, const char *path)
{
    struct span text;
    if (!project_text(planning->project, path, &text))
        return 0;
    struct source source = source_of(text, SOURCE_C);
    struct token token, before = {.kind = TOKEN_END};
    unsigned behind_port = 0;
    while ((token = source_next(&source)).kind != TOKEN_END) {
        bool names_port = token.kind == TOKEN_WORD && (span_equals_text(token.text, "PORT") ||
                                                       span_equals_text(token.text, "port"));
        bool listens = token_is(token, TOKEN_SIGN, "(") && token_is(before, TOKEN_WORD, "listen");
        if (names_port || listens)
            behind_port = 7; /* signs and a call of Number stand between, no more */
        else if (behind_port)
            behind_port--;
        if (behind_port && (token.kind == TOKEN_NUMBER || token.kind == TOKEN_TEXT)) {
            int port = 0;
            for (size_t i = 0;
                 i < token.text.len && isdigit((unsigned char)token.text.ptr[i]) && port < 65536;
                 i++)
                port = port * 10 + (token.text.ptr[i] - '0');
            if (port > 0 && port < 65536)
                return port;
        }
        before = token;
    }
    return 0;
}

static void plan_port(struct planning *planning, struct service *service,
                      const struct framework *framework)
{
    static const char *const places[] = {
        "server.js",    "app.js",     "index.js",    "main.js",      "src/server.js",
        "src/index.js", "src/app.js", "src/main.ts", "src/index.ts", "src/server.ts",
        "src/app.ts",   "server.ts",  "index.ts",    "index.mjs",    "server/index.js"};
    if (service->static_dir) {
        service->port = 8080;
        return;
    }
    for (size_t i = 0; i < ARRAY_SIZE(places) && !service->port; i++) {
        const char *path = project_at(planning->project, service->path, places[i]);
        service->port = port_in_source(planning, path);
        if (service->port)
            values_set(&service->values, "port", NULL, evidence_of_file(path));
    }
    if (!service->port && framework)
        service->port = framework->port;
}

/* Modules that bring a part of their own in C, or ask for a program at run time. */
static const struct native {
    const char *module;
    const char *build[6];
    const char *runtime[6];
} natives[] = {
    {"canvas",
     {"build-essential", "libcairo2-dev", "libpango1.0-dev", "libjpeg-dev", "libgif-dev",
      "librsvg2-dev"},
     {"libcairo2", "libpango-1.0-0", "libjpeg62-turbo", "libgif7", "librsvg2-2"}},
    {"bcrypt", {"python3", "make", "g++"}, {0}},
    {"better-sqlite3", {"python3", "make", "g++"}, {0}},
    {"sqlite3", {"python3", "make", "g++"}, {0}},
    {"node-gyp", {"python3", "make", "g++"}, {0}},
    {"argon2", {"python3", "make", "g++"}, {0}},
    {"prisma", {"openssl"}, {"openssl"}},
    {"@prisma/client", {"openssl"}, {"openssl"}},
    {"fluent-ffmpeg", {0}, {"ffmpeg"}},
    {"puppeteer", {0}, {"chromium", "fonts-liberation"}},
    {"playwright", {0}, {"chromium", "fonts-liberation"}},
};

static void plan_packages(struct service *service, const struct node_package *package)
{
    for (size_t i = 0; i < ARRAY_SIZE(natives); i++) {
        if (!node_package_uses(package, natives[i].module))
            continue;
        bool shipped = node_package_ships(package, natives[i].module) && !service->static_dir;
        for (size_t j = 0; j < 6 && natives[i].build[j]; j++)
            packages_need(&service->build_packages, natives[i].build[j], natives[i].module);
        for (size_t j = 0; shipped && j < 6 && natives[i].runtime[j]; j++)
            packages_need(&service->runtime_packages, natives[i].runtime[j], natives[i].module);
    }
    if (node_package_ships(package, "puppeteer"))
        values_add(&service->values, "environment", "PUPPETEER_EXECUTABLE_PATH=/usr/bin/chromium",
                   evidence_none);
}

static const struct {
    const char *module, *backing;
} backings[] = {
    {"pg", "postgres"},     {"postgres", "postgres"}, {"mysql", "mysql"},
    {"mysql2", "mysql"},    {"redis", "redis"},       {"ioredis", "redis"},
    {"bullmq", "redis"},    {"bull", "redis"},        {"mongodb", "mongo"},
    {"mongoose", "mongo"},  {"amqplib", "rabbitmq"},  {"@elastic/elasticsearch", "elasticsearch"},
    {"memjs", "memcached"},
};

static void plan_build(struct planning *planning, struct service *service,
                       const struct node_package *package, const struct framework *framework)
{
    const char *run = package->manager->run;
    bool scripted = node_package_script(package, "build") != NULL;
    bool prisma =
        node_package_uses(package, "prisma") || node_package_uses(package, "@prisma/client");
    const char *script = node_package_script(package, "build");
    if (prisma && !(script && strstr(script, "prisma generate")))
        strvec_addf(&service->build, "node_modules/.bin/prisma generate");
    if (package->workspace && scripted)
        node_workspace_builds(planning->plan, package, &service->build);
    if (scripted && package->workspace)
        strvec_add(&service->build,
                   node_member_command(planning->plan, package, package->workspace_name, "build"));
    else if (scripted)
        strvec_addf(&service->build, "%s build", run);
    else if (framework && framework->build && !package->workspace)
        strvec_addf(&service->build, "node_modules/.bin/%s", framework->build);
}

/* Part of the build with its place in the image; what ends in "/." goes to the top. */
static void add_part(struct planning *planning, struct values *values, const char *part)
{
    bool top = span_ends_with(span_of_text(part), "/.");
    values_add(values, "parts", plan_text(planning->plan, "/app/%s ./%s", part, top ? "" : part),
               evidence_none);
}

static void plan_copies(struct planning *planning, struct service *service,
                        const struct node_package *package, const struct outcome *outcome)
{
    struct values *values = &service->values;
    bool own_start = service->start.count && outcome->start[0] &&
                     strcmp(service->start.items[0], outcome->start[0]) == 0;
    bool parts =
        own_start && outcome->parts[0] && !package->workspace && !service->build_packages.count;
    bool prunes = package->dependencies && package->manager && package->manager->prune &&
                  !service->static_dir;
    bool builds = service->build.count || service->static_dir;
    for (size_t i = 0; parts && i < ARRAY_SIZE(outcome->parts) && outcome->parts[i]; i++)
        add_part(planning, values, outcome->parts[i]);
    bool standalone = parts && strstr(outcome->parts[0], "standalone");
    if (standalone)
        add_part(planning, values, ".next/static");
    if (parts && project_has_folder(planning->project, service->path, "public") &&
        service->framework && strcmp(service->framework, "next") == 0)
        add_part(planning, values, "public");
    bool alone = prunes && (parts ? outcome->needs_modules : !builds) && !package->workspace;
    values_set(values, "prune_alone", alone ? "yes" : NULL, evidence_none);
    bool after = prunes && !alone && !(parts && !outcome->needs_modules);
    values_set(values, "prune_after_build", after ? "yes" : NULL, evidence_none);
    values_set(values, "build_stage", builds || package->workspace || after ? "yes" : NULL,
               evidence_none);
}

static void use_manager(struct planning *planning, struct service *service,
                        const struct node_package *package)
{
    const struct node_manager *manager = package->manager;
    struct values *values = &service->values;
    service->package_manager = manager->name;
    values_set(values, "cache", manager->cache, evidence_none);
    values_set(values, "cache_sharing", manager->locked_cache ? ",sharing=locked" : "",
               evidence_none);
    values_set(values, "pm_install", node_manager_setup(planning, service, package), evidence_none);
    values_set(values, "prune", manager->prune, evidence_none);
    for (size_t i = 0; i < package->install_files.count; i++)
        values_add(
            values, "manifests", package->install_files.items[i],
            evidence_of_file(plan_text(planning->plan, "%s", package->install_files.items[0])));
    if (package->dependencies) {
        strvec_add(&service->install,
                   manager->lock_found ? manager->install : manager->install_unlocked);
        if (!manager->lock_found)
            plan_report(planning->plan, SEVERITY_WARNING, "no-lock-file", "commit the lock file",
                        "%s has dependencies and no lock file: each build may get others",
                        package->path);
        node_check_lock(planning, package);
    }
}

static void plan_node(struct planning *planning, struct service *service)
{
    struct node_package package;
    bool described = node_package_read(&package, planning->project, service->path);
    if (!described)
        node_package_none(&package);
    const struct framework *framework = described ? find_framework(&package) : NULL;
    struct outcome outcome = {0};
    if (framework) {
        service->framework = framework->name;
        outcome = (struct outcome){.static_dir = framework->static_dir,
                                   .needs_modules = framework->needs_modules,
                                   .single_page = framework->single_page};
        memcpy(outcome.start, framework->start, sizeof outcome.start);
        memcpy(outcome.parts, framework->parts, sizeof outcome.parts);
        settle(planning, service, &package, framework, &outcome);
    }
    bool bun = described && runs_bun(planning, service, &package);
    if (bun)
        require_bun(planning, service, &package);
    else
        require_versions(planning, service, &package);
    static const char *const managed[] = {"pm_install", "prune", "cache", "cache_sharing"};
    for (size_t i = 0; i < ARRAY_SIZE(managed); i++)
        values_set(&service->values, managed[i], NULL, evidence_none);
    if (described)
        use_manager(planning, service, &package);
    plan_start(planning, service, &package, &outcome);
    plan_port(planning, service, framework);
    struct values *values = &service->values;
    if (described) {
        plan_packages(service, &package);
        plan_build(planning, service, &package, framework);
        node_package_labels(planning, service, &package);
        for (size_t i = 0; i < ARRAY_SIZE(backings); i++)
            if (node_package_ships(&package, backings[i].module))
                files_add_backing(service, backings[i].backing);
    }
    plan_copies(planning, service, &package, &outcome);
    if (bun)
        values_set(values, "pm_install", NULL, evidence_none);
    images_use(planning, service, IMAGE_BUILD, bun ? "bun" : "node");
    images_use(planning, service, IMAGE_FINAL, service->static_dir ? "web" : bun ? "bun" : "node");
    values_set(values, "runtime_title", bun ? "Bun" : "Node.js", evidence_none);
    values_set(values, "argument", bun ? "BUN_VERSION" : "NODE_VERSION", evidence_none);
    values_set(values, "install_needs_source", package.install_needs_source ? "yes" : NULL,
               evidence_none);
    values_set(values, "web_image", images_name(planning, "web", ""), evidence_none);
    values_set(values, "single_page", outcome.single_page ? "yes" : NULL, evidence_none);
    values_set(values, "runtime_command", bun ? "bun" : "node", evidence_none);
    const char *inside =
        package.workspace ? plan_text(planning->plan, "/app/%s", package.workspace_folder) : "/app";
    if (package.workspace)
        service->context = package.workspace_root;
    values_set(values, "workdir", service->static_dir ? "/app" : inside, evidence_none);
    values_set(values, "static_source",
               service->static_dir ? plan_text(planning->plan, "%s/%s", inside, service->static_dir)
                                   : NULL,
               evidence_none);
    values_set(values, "workspace_out", NULL, evidence_none);
    if (framework &&
        (strcmp(framework->name, "astro") == 0 || strcmp(framework->name, "next") == 0) &&
        !service->static_dir)
        values_add(values, "environment",
                   strcmp(framework->name, "astro") == 0 ? "HOST=0.0.0.0" : "HOSTNAME=0.0.0.0",
                   evidence_none);
    static const char *const ignored[] = {"**/node_modules", "**/.next",        "**/.nuxt",
                                          "**/.output",      "**/coverage",     "**/npm-debug.log*",
                                          "**/.turbo",       "**/*.tsbuildinfo"};
    for (size_t i = 0; i < ARRAY_SIZE(ignored); i++)
        strvec_add(&service->ignore, ignored[i]);
    node_package_release(&package);
}

const struct language language_node = {
    .name = "node",
    .template = "node",
    .obeys_procfile = true,
    .manifests = manifests,
    .bid = bid,
    .plan = plan_node,
};
