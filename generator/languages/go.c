/* Go: modules and workspaces, the package that is a program, C code if any. */
#include <ctype.h>
#include <string.h>

#include "core/memory.h"
#include "generator/files.h"
#include "generator/images.h"
#include "generator/language.h"
#include "generator/runtime.h"
#include "generator/source.h"
#include "generator/template.h"

static const char *const manifests[] = {"go.mod", "go.work", NULL};

static int bid(struct project *project, const char *folder, const char **ret_why,
               bool *ret_workspace)
{
    (void)ret_workspace;
    *ret_why = "go.mod";
    if (project_has(project, folder, "go.mod") || project_has(project, folder, "go.work"))
        return project_has(project, folder, "go.sum") ? BID_LOCK + 1 : BID_MANIFEST + 1;
    *ret_why = "main.go";
    return project_has(project, folder, "main.go") ? BID_ENTRY : BID_NONE;
}

/* go.mod and go.work, line by line: directives, and what stands in their parentheses. */
struct module {
    const char *path;
    const char *name, *go, *toolchain;
    uint32_t go_line, toolchain_line;
    struct strvec requires, replaces, uses;
};

static void take_directive(struct module *module, struct arena *arena, const char *word,
                           const char *rest, uint32_t line)
{
    size_t len = strcspn(rest, " \t\r");
    const char *first = arena_dup(arena, rest, len);
    if (strcmp(word, "module") == 0)
        module->name = first;
    else if (strcmp(word, "go") == 0) {
        module->go = first;
        module->go_line = line;
    } else if (strcmp(word, "toolchain") == 0) {
        module->toolchain = first;
        module->toolchain_line = line;
    } else if (strcmp(word, "require") == 0)
        strvec_add(&module->requires, first);
    else if (strcmp(word, "use") == 0)
        strvec_add(&module->uses, first);
    else if (strcmp(word, "replace") == 0)
        strvec_add(&module->replaces, rest);
}

static void read_module(struct module *module, struct project *project, const char *path)
{
    struct span text;
    char block[16] = "";
    uint32_t line = 1;
    *module = (struct module){.path = path};
    if (!project_text(project, path, &text))
        return;
    for (const char *at = text.ptr; at && *at; line++) {
        const char *end = strchr(at, '\n');
        size_t len = end ? (size_t)(end - at) : strlen(at);
        const char *comment = memmem(at, len, "//", 2);
        cleanup_free char *copy = memory_dup_bytes(
            at, comment && (comment == at || strchr(" \t", comment[-1])) ? (size_t)(comment - at)
                                                                         : len);
        char *word = copy + strspn(copy, " \t");
        size_t width = strcspn(word, " \t\r(");
        char *rest = word + width + strspn(word + width, " \t\r");
        if (*word == ')') {
            *block = '\0';
        } else if (*block) {
            take_directive(module, &project->arena, block, word, line);
        } else if (*rest == '(' && width < sizeof block) {
            memcpy(block, word, width);
            block[width] = '\0';
        } else if (width) {
            word[width] = '\0';
            take_directive(module, &project->arena, word, rest, line);
        }
        at = end ? end + 1 : NULL;
    }
}

static void release_module(struct module *module)
{
    strvec_release(&module->requires);
    strvec_release(&module->replaces);
    strvec_release(&module->uses);
}

/* What a Go file says at its top: its package, and whether it imports C. */
static void look_at_file(struct span text, bool *ret_main, bool *ret_cgo)
{
    struct source source = source_of(text, SOURCE_C);
    struct token token = source_next(&source);
    if (!token_is(token, TOKEN_WORD, "package"))
        return;
    *ret_main = token_is(source_next(&source), TOKEN_WORD, "main");
    while ((token = source_next(&source)).kind != TOKEN_END && !token_is(token, TOKEN_WORD, "func"))
        if (token_is(token, TOKEN_TEXT, "C"))
            *ret_cgo = true;
}

#define PROGRAMS_MAX 1000 /* of one module; the largest have some dozen */

/* Folders with a program in them, relative to the service. */
static void find_programs(struct project *project, const char *folder, struct strvec *programs,
                          bool *ret_cgo)
{
    size_t first, end, skip = *folder ? strlen(folder) + 1 : 0;
    project_range(project, folder, &first, &end);
    for (size_t i = first; i < end; i++) {
        const struct project_file *file = &project->files[i];
        struct span text;
        bool main = false;
        size_t len = strlen(file->path);
        bool wanted = file->kind == PROJECT_FILE && len > 3 &&
                      strcmp(file->path + len - 3, ".go") == 0 &&
                      !(len > 8 && strcmp(file->path + len - 8, "_test.go") == 0) &&
                      !strstr(file->path, "testdata/") && !strstr(file->path, "examples/");
        if (!wanted || !project_text(project, file->path, &text))
            continue;
        look_at_file(text, &main, ret_cgo);
        size_t width = (size_t)(file->name - file->path) - skip;
        cleanup_free char *inside = memory_dup_bytes(file->path + skip, width ? width - 1 : 0);
        if (main && programs->count < PROGRAMS_MAX && !strvec_contains(programs, inside))
            strvec_add(programs, inside);
    }
}

static const char *choose_program(struct planning *planning, const struct strvec *programs,
                                  const char *base)
{
    const char *preferred[] = {"",           plan_text(planning->plan, "cmd/%s", base),
                               "cmd/server", "cmd/api",
                               "cmd/app",    "cmd/web",
                               "cmd/main",   "cmd"};
    for (size_t i = 0; i < ARRAY_SIZE(preferred); i++)
        if (strvec_contains(programs, preferred[i]))
            return preferred[i];
    return programs->count ? plan_text(planning->plan, "%s", programs->items[0]) : NULL;
}

/* Modules that are C inside: the final image needs a C library, the build a compiler. */
static const struct {
    const char *module, *build, *runtime;
} natives[] = {
    {"github.com/mattn/go-sqlite3", "gcc", NULL},
    {"github.com/confluentinc/confluent-kafka-go/v2", "gcc", NULL},
    {"github.com/confluentinc/confluent-kafka-go", "gcc", NULL},
    {"github.com/mutecomm/go-sqlcipher/v4", "gcc", NULL},
};

static const struct {
    const char *module, *backing;
} backings[] = {{"github.com/jackc/pgx/v5", "postgres"},
                {"github.com/jackc/pgx/v4", "postgres"},
                {"github.com/lib/pq", "postgres"},
                {"gorm.io/driver/postgres", "postgres"},
                {"github.com/go-sql-driver/mysql", "mysql"},
                {"github.com/redis/go-redis/v9", "redis"},
                {"github.com/go-redis/redis/v8", "redis"},
                {"go.mongodb.org/mongo-driver", "mongo"},
                {"github.com/rabbitmq/amqp091-go", "rabbitmq"},
                {"github.com/elastic/go-elasticsearch/v8", "elasticsearch"}};

static const struct {
    const char *module, *name;
} frameworks[] = {{"github.com/gin-gonic/gin", "gin"},
                  {"github.com/labstack/echo/v4", "echo"},
                  {"github.com/gofiber/fiber/v2", "fiber"},
                  {"github.com/go-chi/chi/v5", "chi"},
                  {"github.com/gorilla/mux", "gorilla"}};

/* ":8080" in a text of the program: what it listens on. */
static int find_port(struct project *project, const char *folder, const char *program,
                     const char **ret_path)
{
    const char *where = *program ? project_at(project, folder, program) : folder;
    size_t first, end;
    project_range(project, where, &first, &end);
    for (size_t i = first; i < end; i++) {
        struct span text;
        size_t len = strlen(project->files[i].name);
        if (len < 4 || strcmp(project->files[i].name + len - 3, ".go") != 0 ||
            !project_text(project, project->files[i].path, &text))
            continue;
        struct source source = source_of(text, SOURCE_C);
        struct token token, before = {0};
        while ((token = source_next(&source)).kind != TOKEN_END) {
            int port = 0;
            const char *at = token.kind == TOKEN_TEXT ? token.text.ptr : NULL;
            size_t rest = token.text.len;
            if (at && rest > 8 && memcmp(at, "0.0.0.0", 7) == 0) {
                at += 7;
                rest -= 7;
            }
            bool listens = token_is(before, TOKEN_SIGN, "(") || token_is(before, TOKEN_SIGN, "=") ||
                           token_is(before, TOKEN_SIGN, ":");
            if (at && listens && rest > 2 && rest < 7 && *at == ':')
                for (size_t j = 1; j < rest && isdigit((unsigned char)at[j]); j++)
                    port = j + 1 < 7 ? port * 10 + (at[j] - '0') : 0;
            if (port > 0 && port < 65536) {
                *ret_path = project->files[i].path;
                return port;
            }
            before = token;
        }
    }
    return 0;
}

static void require_versions(struct planning *planning, struct service *service,
                             const struct module *module)
{
    struct evidence go = {.file = module->path, .line = module->go_line, .field = "go"};
    struct evidence toolchain = {
        .file = module->path, .line = module->toolchain_line, .field = "toolchain"};
    runtime_start(service, "go");
    runtime_require_tools(planning, service, "go");
    runtime_require_tools(planning, service, "golang");
    if (module->toolchain && strncmp(module->toolchain, "go", 2) == 0)
        runtime_require(planning, service, GRAMMAR_PREFIX, module->toolchain + 2, toolchain);
    if (module->go)
        runtime_require(planning, service, GRAMMAR_MINIMUM, module->go, go);
    runtime_decide(planning, service, "add a go line to go.mod");
}

static void check_replaces(struct planning *planning, const struct service *service,
                           const struct module *module)
{
    for (size_t i = 0; i < module->replaces.count; i++) {
        const char *arrow = strstr(module->replaces.items[i], "=>");
        const char *target = arrow ? arrow + 2 + strspn(arrow + 2, " \t") : "";
        if (strncmp(target, "../", 3) == 0 && !*service->path)
            plan_report(planning->plan, SEVERITY_ERROR, "outside-context",
                        "build from the folder above, or use go.work",
                        "%s replaces a module by '%s', which lies outside the project",
                        module->path, target);
        else if (*target == '.')
            values_set((struct values *)&service->values, "local_modules", "yes",
                       evidence_of_file(module->path));
    }
}

static void add_manifests(struct planning *planning, struct service *service,
                          const struct module *work)
{
    static const char *const files[] = {"go.mod", "go.sum", "go.work", "go.work.sum"};
    struct project *project = planning->project;
    for (size_t i = 0; i < ARRAY_SIZE(files); i++)
        if (project_has(project, service->path, files[i]))
            values_add(&service->values, "manifests", files[i],
                       evidence_of_file(project_at(project, service->path, files[i])));
    for (size_t i = 0; i < work->uses.count; i++) {
        const char *folder = work->uses.items[i];
        folder += strncmp(folder, "./", 2) == 0 ? 2 : 0;
        for (size_t j = 0; j < 2 && *folder && strcmp(folder, ".") != 0; j++) {
            const char *path = plan_text(planning->plan, "%s/%s", folder, files[j]);
            if (project_has(project, service->path, path))
                values_add(&service->values, "manifests", path, evidence_of_file(work->path));
        }
    }
}

static void plan_go(struct planning *planning, struct service *service)
{
    struct project *project = planning->project;
    struct plan *plan = planning->plan;
    struct values *values = &service->values;
    struct module module, work;
    struct strvec programs = STRVEC_INIT;
    bool cgo = false;
    read_module(&module, project, project_at(project, service->path, "go.mod"));
    read_module(&work, project, project_at(project, service->path, "go.work"));
    service->package_manager = "go-mod";
    require_versions(planning, service, module.go || !work.go ? &module : &work);
    find_programs(project, service->path, &programs, &cgo);
    const char *slash = module.name ? strrchr(module.name, '/') : NULL;
    const char *base = module.name ? (slash ? slash + 1 : module.name) : service->name;
    bool version_end = slash && slash[1] == 'v' && isdigit((unsigned char)slash[2]);
    if (module.name && !version_end)
        service->name = plan_name(plan, base);
    const char *program = choose_program(planning, &programs, base);
    for (size_t i = 0; i < ARRAY_SIZE(natives); i++)
        if (strvec_contains(&module.requires, natives[i].module)) {
            cgo = true;
            packages_need(&service->build_packages, natives[i].build, natives[i].module);
        }
    for (size_t i = 0; i < ARRAY_SIZE(backings); i++)
        if (strvec_contains(&module.requires, backings[i].module))
            files_add_backing(service, backings[i].backing);
    for (size_t i = 0; i < ARRAY_SIZE(frameworks) && !service->framework; i++)
        if (strvec_contains(&module.requires, frameworks[i].module))
            service->framework = frameworks[i].name;
    bool vendored = project_has_folder(project, service->path, "vendor");
    values_set(values, "vendored", vendored ? "yes" : NULL, evidence_none);
    values_set(values, "cgo", cgo ? "yes" : NULL, evidence_none);
    values_set(values, "private_modules", NULL, evidence_none);
    check_replaces(planning, service, &module);
    bool local = values_get(values, "local_modules") != NULL;
    bool unlocked = module.requires.count && !project_has(project, service->path, "go.sum");
    if (!local && (module.requires.count || work.uses.count))
        add_manifests(planning, service, &work);
    if (unlocked)
        plan_report(plan, SEVERITY_WARNING, "no-lock-file", "go mod tidy",
                    "%s requires modules and there is no go.sum", module.path);
    strvec_add(&service->install, "go mod download");
    cleanup_strbuf struct strbuf target = STRBUF_INIT;
    quote_for_shell(&target, program && *program ? plan_text(plan, "./%s", program) : ".");
    if (!module.name && !work.uses.count)
        strvec_add(&service->build,
                   plan_text(plan, "CGO_ENABLED=0 GOOS=$TARGETOS GOARCH=$TARGETARCH go build "
                                   "-trimpath -ldflags=\"-s -w\" -o /out/app *.go"));
    else
        strvec_add(
            &service->build,
            plan_text(plan,
                      "%s go build%s -buildvcs=false -trimpath -ldflags=\"-s -w\" -o /out/app %s",
                      cgo ? "CGO_ENABLED=1" : "CGO_ENABLED=0 GOOS=$TARGETOS GOARCH=$TARGETARCH",
                      vendored ? " -mod=vendor" : "", target.buf));
    if (program) {
        const char *path = NULL;
        strvec_add(&service->start, "/app");
        service->port = find_port(project, service->path, program, &path);
        if (path)
            values_set(values, "port", NULL, evidence_of_file(path));
    } else {
        plan_report(plan, SEVERITY_ERROR, "start-unknown", "--service FOLDER",
                    "no package of '%s' is a program (package main)",
                    *service->path ? service->path : ".");
    }
    if (programs.count > 1 && program && *program)
        plan_report(plan, SEVERITY_INFO, "several-programs", "--service FOLDER",
                    "there are %zu programs; %s was taken", programs.count, program);
    images_use(planning, service, IMAGE_BUILD, "go");
    images_use(planning, service, IMAGE_FINAL, cgo ? "base" : "static_base");
    strvec_release(&programs);
    release_module(&module);
    release_module(&work);
}

const struct language language_go = {
    .name = "go", .template = "go", .manifests = manifests, .bid = bid, .plan = plan_go};
