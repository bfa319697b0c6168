/* Rust: packages and workspaces of cargo, and the binary that is meant. */
#include <string.h>

#include "core/glob.h"
#include "core/memory.h"
#include "generator/files.h"
#include "generator/images.h"
#include "generator/language.h"
#include "generator/runtime.h"
#include "generator/template.h"

static const char *const manifests[] = {"Cargo.toml", NULL};

static int bid(struct project *project, const char *folder, const char **ret_why,
               bool *ret_workspace)
{
    (void)ret_workspace;
    *ret_why = "Cargo.toml";
    if (!project_has(project, folder, "Cargo.toml"))
        return BID_NONE;
    return project_has(project, folder, "Cargo.lock") ? BID_LOCK + 1 : BID_MANIFEST + 1;
}

/* A binary of a package: its name, and the package that cargo is to build. */
struct binary {
    const char *name, *package;
    struct evidence evidence;
};

static const struct manifest *read_manifest(struct project *project, const char *folder,
                                            const char **ret_path)
{
    *ret_path = project_at(project, folder, "Cargo.toml");
    return project_manifest(project, *ret_path, manifest_read_toml);
}

/* The binary of one package: default-run, then [[bin]], src/main.rs, the only one of src/bin. */
static bool find_binary(struct project *project, const char *folder, struct binary *ret_binary)
{
    const char *path;
    const struct manifest *document = read_manifest(project, folder, &path);
    const struct node *name = node_path(document, "package.name");
    const struct node *chosen = node_path(document, "package.default-run");
    const struct node *bins = node_path(document, "bin");
    if (!node_text(name))
        return false;
    *ret_binary = (struct binary){.package = name->text};
    if (!node_text(chosen) && bins && bins->kind == NODE_LIST && bins->first)
        chosen = node_get(document, bins->first, "name");
    if (node_text(chosen)) {
        ret_binary->name = chosen->text;
        ret_binary->evidence = evidence_of(path, chosen, "bin.name");
        return true;
    }
    const char *main = project_at(project, folder, "src/main.rs");
    if (project_find(project, main)) {
        ret_binary->name = name->text;
        ret_binary->evidence = evidence_of(path, name, "package.name");
        return true;
    }
    const struct project_file *file =
        project_match(project, project_at(project, folder, "src/bin"), "*.rs");
    if (!file)
        return false;
    ret_binary->name = arena_dup(&project->arena, file->name, strlen(file->name) - 3);
    ret_binary->evidence = evidence_of_file(file->path);
    return true;
}

static bool list_matches(const struct node *list, const char *folder)
{
    for (const struct node *item = list && list->kind == NODE_LIST ? list->first : NULL; item;
         item = item->next)
        if (node_text(item) && glob_match(item->text, span_of_text(folder)))
            return true;
    return false;
}

/* The first member of a workspace that is a program; those that are built by default go first. */
static bool find_member(struct project *project, const char *top, const struct manifest *document,
                        struct binary *ret_binary)
{
    const struct node *lists[] = {node_path(document, "workspace.default-members"),
                                  node_path(document, "workspace.members")};
    const struct node *excluded = node_path(document, "workspace.exclude");
    size_t first, end, skip = *top ? strlen(top) + 1 : 0;
    project_range(project, top, &first, &end);
    for (size_t pass = 0; pass < ARRAY_SIZE(lists); pass++)
        for (size_t i = first; i < end; i++) {
            const struct project_file *file = &project->files[i];
            if (strcmp(file->name, "Cargo.toml") != 0 || file->name == file->path + skip)
                continue;
            const char *folder =
                arena_dup(&project->arena, file->path, (size_t)(file->name - file->path) - 1);
            if (list_matches(lists[pass], folder + skip) &&
                !list_matches(excluded, folder + skip) && find_binary(project, folder, ret_binary))
                return true;
        }
    return false;
}

static void require_versions(struct planning *planning, struct service *service,
                             const struct manifest *document, const char *path)
{
    struct project *project = planning->project;
    const char *toml = project_at(project, service->path, "rust-toolchain.toml");
    const struct manifest *toolchain = project_manifest(project, toml, manifest_read_toml);
    const struct node *channel = node_path(toolchain, "toolchain.channel");
    const struct node *minimum = node_path(document, "package.rust-version");
    uint32_t line;
    const char *old = project_at(project, service->path, "rust-toolchain");
    const char *text = project_first_line(project, old, &line);
    runtime_start(service, "rust");
    if (node_text(channel) && channel->text[0] >= '0' && channel->text[0] <= '9')
        runtime_require(planning, service, GRAMMAR_PREFIX, channel->text,
                        evidence_of(toml, channel, "toolchain.channel"));
    else if (text && *text >= '0' && *text <= '9')
        runtime_require(planning, service, GRAMMAR_PREFIX, text,
                        (struct evidence){.file = old, .line = line, .field = "channel"});
    else if (node_text(channel) && strncmp(channel->text, "nightly", 7) == 0)
        plan_report(planning->plan, SEVERITY_WARNING, "nightly", "a stable channel",
                    "%s:%u asks for a nightly compiler, which the image has not", toml,
                    (unsigned)channel->line);
    if (!node_text(minimum))
        minimum = node_path(document, "workspace.package.rust-version");
    if (node_text(minimum))
        runtime_require(planning, service, GRAMMAR_MINIMUM, minimum->text,
                        evidence_of(path, minimum, "rust-version"));
    runtime_require_tools(planning, service, "rust");
    runtime_decide(planning, service, "add rust-version to Cargo.toml");
}

/* Crates that link to libraries of the system, as Cargo.lock names them. */
static const struct {
    const char *crate;
    const char *build[4];
    const char *runtime;
} natives[] = {
    {"openssl-sys", {"libssl-dev", "pkg-config"}, "libssl3"},
    {"pq-sys", {"libpq-dev"}, "libpq5"},
    {"mysqlclient-sys", {"default-libmysqlclient-dev", "pkg-config"}, "libmariadb3"},
    {"rdkafka-sys", {"cmake", "g++", "make"}, NULL},
    {"prost-build", {"protobuf-compiler"}, NULL},
    {"tonic-build", {"protobuf-compiler"}, NULL},
    {"bindgen", {"libclang-dev", "clang"}, NULL},
    {"alsa-sys", {"libasound2-dev", "pkg-config"}, "libasound2"},
    {"libgit2-sys", {"cmake", "pkg-config"}, NULL},
    {"ring", {"gcc", "libc6-dev"}, NULL},
    {"libsqlite3-sys", {"gcc", "libc6-dev"}, NULL},
};

static void plan_crates(struct planning *planning, struct service *service,
                        const struct manifest *manifest)
{
    struct project *project = planning->project;
    const struct manifest *lock = project_manifest(
        project, project_at(project, service->path, "Cargo.lock"), manifest_read_toml);
    const struct node *packages = node_path(lock, "package");
    bool vendored = false;
    for (const struct node *item = packages ? packages->first : NULL; item; item = item->next) {
        const char *name = node_text(node_get(lock, item, "name"));
        if (name && strcmp(name, "openssl-src") == 0)
            vendored = true; /* openssl is built with the program */
    }
    for (const struct node *item = packages ? packages->first : NULL; item; item = item->next) {
        const char *name = node_text(node_get(lock, item, "name"));
        for (size_t i = 0; name && i < ARRAY_SIZE(natives); i++) {
            if (strcmp(natives[i].crate, name) != 0 ||
                (vendored && strcmp(name, "openssl-sys") == 0))
                continue;
            for (size_t j = 0; j < 4 && natives[i].build[j]; j++)
                packages_need(&service->build_packages, natives[i].build[j], natives[i].crate);
            if (natives[i].runtime)
                packages_need(&service->runtime_packages, natives[i].runtime, natives[i].crate);
        }
    }
    static const struct {
        const char *crate, *framework;
    } frameworks[] = {{"axum", "axum"},
                      {"actix-web", "actix-web"},
                      {"rocket", "rocket"},
                      {"warp", "warp"},
                      {"poem", "poem"}};
    const struct node *wanted = node_path(manifest, "dependencies");
    for (size_t i = 0; i < ARRAY_SIZE(frameworks) && !service->framework; i++)
        if (node_get(manifest, wanted, frameworks[i].crate))
            service->framework = frameworks[i].framework;
}

static void plan_rust(struct planning *planning, struct service *service)
{
    struct project *project = planning->project;
    struct plan *plan = planning->plan;
    struct values *values = &service->values;
    struct binary binary = {0};
    const char *path;
    const struct manifest *document = read_manifest(project, service->path, &path);
    service->package_manager = "cargo";
    require_versions(planning, service, document, path);
    bool found = find_binary(project, service->path, &binary) ||
                 find_member(project, service->path, document, &binary);
    bool locked = project_has(project, service->path, "Cargo.lock");
    if (!locked)
        plan_report(plan, SEVERITY_WARNING, "no-lock-file", "commit Cargo.lock",
                    "there is no Cargo.lock: each build may get other crates");
    if (found) {
        cleanup_strbuf struct strbuf name = STRBUF_INIT, package = STRBUF_INIT;
        quote_for_shell(&name, binary.name);
        quote_for_shell(&package, binary.package);
        service->name = plan_name(plan, binary.name);
        strvec_add(&service->build, plan_text(plan, "cargo build%s --release --package %s --bin %s",
                                              locked ? " --locked" : "", package.buf, name.buf));
        strvec_add(&service->build,
                   plan_text(plan, "install -D target/release/%s /out/app", name.buf));
        strvec_add(&service->start, "/app");
        values_set(values, "start", NULL, binary.evidence);
    } else {
        plan_report(plan, SEVERITY_ERROR, "start-unknown", "--service FOLDER",
                    "no package of %s has a binary", path);
    }
    plan_crates(planning, service, document);
    static const struct {
        const char *field, *value;
    } labels[] = {{"package.name", "title"},
                  {"package.version", "label_version"},
                  {"package.description", "description"},
                  {"package.license", "license"}};
    for (size_t i = 0; i < ARRAY_SIZE(labels); i++) {
        const struct node *node = node_path(document, labels[i].field);
        if (node_text(node) && node->kind == NODE_TEXT && !strpbrk(node->text, "\n\t\r"))
            values_set(values, labels[i].value, node->text,
                       evidence_of(path, node, labels[i].field));
    }
    values_set(values, "offline_queries",
               project_has_folder(project, service->path, ".sqlx") ? "yes" : NULL, evidence_none);
    bool slim = service->runtime_packages.count == 0;
    images_use(planning, service, IMAGE_BUILD, "rust");
    images_use(planning, service, IMAGE_FINAL, slim ? "cc" : "debian");
    if (!slim)
        service->user = NULL;
    if (service->framework && strcmp(service->framework, "rocket") == 0) {
        service->port = 8000;
        values_add(values, "environment", "ROCKET_ADDRESS=0.0.0.0", evidence_none);
    }
}

const struct language language_rust = {
    .name = "rust", .template = "rust", .manifests = manifests, .bid = bid, .plan = plan_rust};
