/* C and C++ by CMake, Meson, autotools or a Makefile: the program's name is the target's, never the
 * folder's. */
#include <string.h>

#include "core/memory.h"
#include "generator/images.h"
#include "generator/language.h"
#include "generator/source.h"
#include "generator/template.h"

static const char *const manifests[] = {"CMakeLists.txt", "meson.build", "configure.ac", "Makefile",
                                        NULL};

static int bid(struct project *project, const char *folder, const char **ret_why,
               bool *ret_workspace)
{
    (void)ret_workspace;
    for (size_t i = 0; i < 3; i++)
        if (project_has(project, folder, manifests[i])) {
            *ret_why = manifests[i];
            return BID_MANIFEST;
        }
    *ret_why = "a Makefile and C sources";
    bool sources = project_match(project, folder, "*.c") ||
                   project_match(project, folder, "*.cpp") ||
                   project_match(project, project_at(project, folder, "src"), "*.c");
    return project_has(project, folder, "Makefile") && sources ? BID_ENTRY : BID_NONE;
}

/* What find_package, pkg_check_modules and dependency() name, in Debian. */
static const struct {
    const char *name, *build, *runtime;
} libraries[] = {
    {"OpenSSL", "libssl-dev", "libssl3"},
    {"openssl", "libssl-dev", "libssl3"},
    {"ZLIB", "zlib1g-dev", "zlib1g"},
    {"zlib", "zlib1g-dev", "zlib1g"},
    {"CURL", "libcurl4-openssl-dev", "libcurl4"},
    {"libcurl", "libcurl4-openssl-dev", "libcurl4"},
    {"SQLite3", "libsqlite3-dev", "libsqlite3-0"},
    {"sqlite3", "libsqlite3-dev", "libsqlite3-0"},
    {"PostgreSQL", "libpq-dev", "libpq5"},
    {"libpq", "libpq-dev", "libpq5"},
    {"fmt", "libfmt-dev", "libfmt9"},
    {"spdlog", "libspdlog-dev", "libspdlog1.10"},
    {"nlohmann_json", "nlohmann-json3-dev", NULL},
    {"jansson", "libjansson-dev", "libjansson4"},
    {"Protobuf", "protobuf-compiler", NULL},
    {"yaml-cpp", "libyaml-cpp-dev", "libyaml-cpp0.7"},
    {"LibXml2", "libxml2-dev", "libxml2"},
    {"Boost", "libboost-all-dev", NULL},
    {"Catch2", "catch2", NULL},
    {"GTest", "libgtest-dev", NULL},
    {"Threads", NULL, NULL},
};

static void need_library(struct service *service, struct span name)
{
    for (size_t i = 0; i < ARRAY_SIZE(libraries); i++) {
        if (!span_equals_text(name, libraries[i].name))
            continue;
        if (libraries[i].build)
            packages_need(&service->build_packages, libraries[i].build, libraries[i].name);
        if (libraries[i].runtime)
            packages_need(&service->runtime_packages, libraries[i].runtime, libraries[i].name);
    }
}

/* The first argument of the first call of `function`; libraries of the others on the way. */
static const char *read_calls(struct planning *planning, struct service *service, const char *path,
                              const char *function, struct evidence *ret_origin, bool *ret_installs)
{
    struct span text;
    struct token token, before = {0};
    const char *target = NULL;
    bool in_library = false;
    if (!project_text(planning->project, path, &text))
        return NULL;
    struct source source = source_of(text, SOURCE_SCRIPT);
    for (; (token = source_next(&source)).kind != TOKEN_END; before = token) {
        if (token_is(token, TOKEN_SIGN, "(")) {
            bool calls = before.kind == TOKEN_WORD && span_equals_text(before.text, function);
            in_library = token_is(before, TOKEN_WORD, "find_package") ||
                         token_is(before, TOKEN_WORD, "pkg_check_modules") ||
                         token_is(before, TOKEN_WORD, "dependency");
            *ret_installs |= token_is(before, TOKEN_WORD, "install");
            if (calls && !target) {
                token = source_next(&source);
                size_t at = source.at;
                while (at < text.len &&
                       (text.ptr[at] == '-' || text.ptr[at] == '.')) { /* my-app is one name */
                    struct token more;
                    source.at++;
                    more = source_next(&source);
                    token.text.len = (size_t)(more.text.ptr + more.text.len - token.text.ptr);
                    at = source.at;
                }
                if (token.kind == TOKEN_WORD || token.kind == TOKEN_TEXT) {
                    target = plan_text(planning->plan, "%.*s", (int)token.text.len, token.text.ptr);
                    *ret_origin =
                        (struct evidence){.file = path, .line = token.line, .field = function};
                }
            }
        } else if (in_library && (token.kind == TOKEN_WORD || token.kind == TOKEN_TEXT)) {
            need_library(service, token.text);
        } else if (token_is(token, TOKEN_SIGN, ")")) {
            in_library = false;
        }
        if (token_is(token, TOKEN_WORD, "install"))
            *ret_installs |= true;
    }
    return target;
}

static const char *find_target(struct planning *planning, struct service *service, const char *file,
                               const char *function, struct evidence *ret_origin,
                               bool *ret_installs)
{
    struct project *project = planning->project;
    const char *target = read_calls(planning, service, project_at(project, service->path, file),
                                    function, ret_origin, ret_installs);
    size_t first, end;
    project_range(project, service->path, &first, &end);
    for (size_t i = first; i < end && !target; i++)
        if (strcmp(project->files[i].name, file) == 0 && !strstr(project->files[i].path, "test"))
            target = read_calls(planning, service, project->files[i].path, function, ret_origin,
                                ret_installs);
    return target && !strchr(target, '$') ? target : NULL;
}

static void add_build(struct service *service, const char *const *commands)
{
    for (; *commands; commands++)
        strvec_add(&service->build, *commands);
}

static void plan_cpp(struct planning *planning, struct service *service)
{
    struct project *project = planning->project;
    struct plan *plan = planning->plan;
    struct evidence origin = evidence_none;
    const char *target = NULL;
    bool installs = false;
    service->ecosystem =
        project_match(project, service->path, "*.c") ||
                project_match(project, project_at(project, service->path, "src"), "*.c")
            ? "c"
            : "cpp";
    packages_need(&service->build_packages, "build-essential", "the compiler");
    if (project_has(project, service->path, "CMakeLists.txt")) {
        service->package_manager = "cmake";
        packages_need(&service->build_packages, "cmake", "CMakeLists.txt");
        packages_need(&service->build_packages, "ninja-build", "CMakeLists.txt");
        target =
            find_target(planning, service, "CMakeLists.txt", "add_executable", &origin, &installs);
        cleanup_strbuf struct strbuf name = STRBUF_INIT;
        quote_for_shell(&name, target ? target : "");
        add_build(service,
                  (const char *const[]){"cmake -B build -G Ninja -DCMAKE_BUILD_TYPE=Release "
                                        "-DCMAKE_INSTALL_PREFIX=/usr/local",
                                        "cmake --build build", NULL});
        if (installs)
            add_build(service,
                      (const char *const[]){"DESTDIR=/out cmake --install build --strip", NULL});
        else if (target)
            strvec_add(&service->build, plan_text(plan,
                                                  "install -D -s \"$(find build -type f -perm -100 "
                                                  "-name %s)\" /out/usr/local/bin/%s",
                                                  name.buf, name.buf));
    } else if (project_has(project, service->path, "meson.build")) {
        service->package_manager = "meson";
        packages_need(&service->build_packages, "meson", "meson.build");
        target = find_target(planning, service, "meson.build", "executable", &origin, &installs);
        cleanup_strbuf struct strbuf name = STRBUF_INIT;
        quote_for_shell(&name, target ? target : "");
        add_build(service,
                  (const char *const[]){"meson setup --buildtype=release --prefix=/usr/local build",
                                        "meson compile -C build", NULL});
        if (installs)
            add_build(service,
                      (const char *const[]){"meson install -C build --destdir /out", NULL});
        else if (target)
            strvec_add(&service->build, plan_text(plan,
                                                  "install -D -s \"$(find build -type f -perm -100 "
                                                  "-name %s)\" /out/usr/local/bin/%s",
                                                  name.buf, name.buf));
    } else if (project_has(project, service->path, "configure.ac")) {
        struct span text;
        struct token token;
        const char *path = project_at(project, service->path, "Makefile.am");
        service->package_manager = "autotools";
        packages_need(&service->build_packages, "autoconf", "configure.ac");
        packages_need(&service->build_packages, "automake", "configure.ac");
        if (project_text(project, path, &text) &&
            source_setting(text, SOURCE_SCRIPT, "bin_PROGRAMS", &token)) {
            target = plan_text(plan, "%.*s", (int)token.text.len, token.text.ptr);
            origin = (struct evidence){.file = path, .line = token.line, .field = "bin_PROGRAMS"};
        }
        add_build(service,
                  (const char *const[]){"autoreconf --install", "./configure --prefix=/usr/local",
                                        "make", "make DESTDIR=/out install", NULL});
    } else {
        service->package_manager = "make";
        plan_report(plan, SEVERITY_INFO, "makefile", "--start COMMAND",
                    "a Makefile does not say which program it makes; its install is used");
        add_build(
            service,
            (const char *const[]){
                "make", "make DESTDIR=/out PREFIX=/usr/local prefix=/usr/local install", NULL});
    }
    if (target) {
        service->name = plan_name(plan, target);
        strvec_add(&service->start, plan_text(plan, "/usr/local/bin/%s", target));
        values_set(&service->values, "start", NULL, origin);
    }
    images_use(planning, service, IMAGE_BUILD, "debian");
    images_use(planning, service, IMAGE_FINAL, "debian");
    if (strcmp(service->ecosystem, "cpp") == 0)
        packages_need(&service->runtime_packages, "libstdc++6", "the C++ compiler");
    service->user = "10001";
    strvec_add(&service->ignore, "build");
    strvec_add(&service->ignore, "**/*.o");
}

const struct language language_cpp = {
    .name = "cpp", .template = "cpp", .manifests = manifests, .bid = bid, .plan = plan_cpp};
