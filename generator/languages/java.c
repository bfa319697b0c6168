/* Java and Kotlin, by Maven or Gradle: the release that is asked for, the module that is a program,
 * and how Spring Boot, Quarkus and the application plugin lay out what they build. */
#include <ctype.h>
#include <string.h>

#include "core/memory.h"
#include "generator/files.h"
#include "generator/images.h"
#include "generator/language.h"
#include "generator/runtime.h"
#include "generator/source.h"
#include "generator/template.h"

/* The long-term release that compiles for it: the release itself if it is one. Gradle's toolchains
 * ask for no other, and what is newer may refuse what an old build does. */
static void require_release(struct planning *planning, struct service *service, const char *text,
                            struct evidence evidence)
{
    static const unsigned releases[] = {8, 11, 17, 21, 25};
    struct version version;
    if (version_read(&version, text))
        for (size_t i = 0; i < ARRAY_SIZE(releases); i++)
            if (releases[i] >= version.parts[0]) {
                runtime_require(planning, service, GRAMMAR_PREFIX,
                                plan_text(planning->plan, "%u", releases[i]), evidence);
                return;
            }
    runtime_require(planning, service, GRAMMAR_MINIMUM, text, evidence);
}

static const char *const manifests[] = {
    "pom.xml", "build.gradle", "build.gradle.kts", "settings.gradle", "settings.gradle.kts", NULL};

static bool has_any(struct project *project, const char *folder, const char *const *names,
                    const char **ret_why)
{
    for (; *names; names++)
        if (project_has(project, folder, *names)) {
            *ret_why = *names;
            return true;
        }
    return false;
}

static int bid(struct project *project, const char *folder, const char **ret_why,
               bool *ret_workspace)
{
    (void)ret_workspace;
    return has_any(project, folder, manifests, ret_why) ? BID_LOCK + 2 : BID_NONE;
}

struct java {
    struct planning *planning;
    struct service *service;
    struct project *project;
    const char *boot_version;
    bool boot, quarkus, kotlin, application, war;
    const char *framework;
};

/* ---- Maven */

#define PARENTS_MAX 8

/* The project's own element, or that of a parent in the tree. */
static const struct node *find_property(struct java *java, const char *folder, const char *path,
                                        const char **ret_file)
{
    for (unsigned i = 0; i < PARENTS_MAX; i++) {
        const char *file = project_at(java->project, folder, "pom.xml");
        const struct manifest *document = project_manifest(java->project, file, manifest_read_xml);
        const struct node *node = node_path(document, path);
        if (!node && strncmp(path, "properties/", 11) == 0)
            node = node_get(document, node_path(document, "properties"), path + 11);
        if (node && node->text && *node->text) {
            *ret_file = file;
            return node;
        }
        const char *slash = strrchr(folder, '/');
        if (!*folder || !document)
            return NULL;
        folder = slash ? arena_dup(&java->project->arena, folder, (size_t)(slash - folder)) : "";
    }
    return NULL;
}

/* "${java.version}" is the property of that name. */
static const struct node *follow(struct java *java, const char *folder, const struct node *node,
                                 const char **ret_file)
{
    for (unsigned i = 0; node && i < PARENTS_MAX && strncmp(node->text, "${", 2) == 0; i++) {
        const char *name = plan_text(java->planning->plan, "properties/%.*s",
                                     (int)strcspn(node->text + 2, "}"), node->text + 2);
        node = find_property(java, folder, name, ret_file);
    }
    return node;
}

static void require_maven(struct java *java, const char *folder)
{
    static const char *const properties[] = {
        "properties/maven.compiler.release", "properties/java.version",
        "properties/maven.compiler.target", "properties/maven.compiler.source",
        "properties/kotlin.compiler.jvmTarget"};
    for (size_t i = 0; i < ARRAY_SIZE(properties); i++) {
        const char *file = NULL;
        const struct node *node =
            follow(java, folder, find_property(java, folder, properties[i], &file), &file);
        if (!node || !node->text)
            continue;
        const char *text = strncmp(node->text, "1.", 2) == 0 ? node->text + 2 : node->text;
        require_release(java->planning, java->service, text,
                        evidence_of(file, node, properties[i] + 11));
        return;
    }
}

static void look_at_plugins(struct java *java, const struct manifest *document)
{
    const struct node *plugins = node_path(document, "build.plugins");
    for (const struct node *plugin = plugins ? plugins->first : NULL; plugin;
         plugin = plugin->next) {
        const struct node *name = node_get(document, plugin, "artifactId");
        const char *id = name && name->text ? name->text : "";
        java->boot |= strcmp(id, "spring-boot-maven-plugin") == 0;
        java->quarkus |= strcmp(id, "quarkus-maven-plugin") == 0;
        java->kotlin |= strcmp(id, "kotlin-maven-plugin") == 0;
    }
    const struct node *parent = node_path(document, "parent.artifactId"),
                      *version = node_path(document, "parent.version");
    if (parent && parent->text && strcmp(parent->text, "spring-boot-starter-parent") == 0 &&
        version)
        java->boot_version = version->text;
}

/* The module that is packaged to run; "" where the project has none. */
static const char *find_module(struct java *java, const char *folder)
{
    struct project *project = java->project;
    const struct manifest *document =
        project_manifest(project, project_at(project, folder, "pom.xml"), manifest_read_xml);
    const struct node *modules = node_path(document, "modules");
    const char *last = "";
    for (const struct node *item = modules ? modules->first : NULL; item; item = item->next) {
        if (!item->text || strstr(item->text, ".."))
            continue;
        const struct manifest *module = project_manifest(
            project, project_at(project, project_at(project, folder, item->text), "pom.xml"),
            manifest_read_xml);
        struct java look = {0};
        look_at_plugins(&look, module);
        if (look.boot || look.quarkus)
            return item->text;
        last = item->text;
    }
    return last;
}

static const char *text_or(const struct node *node, const char *otherwise)
{
    return node && node->text && *node->text && !strchr(node->text, '$') ? node->text : otherwise;
}

static void plan_maven(struct java *java)
{
    struct project *project = java->project;
    struct plan *plan = java->planning->plan;
    const char *top = java->service->path;
    const char *module = find_module(java, top);
    const char *folder = *module ? project_at(project, top, module) : top, *file = NULL;
    const char *path = project_at(project, folder, "pom.xml");
    const struct manifest *document = project_manifest(project, path, manifest_read_xml);
    look_at_plugins(
        java, project_manifest(project, project_at(project, top, "pom.xml"), manifest_read_xml));
    look_at_plugins(java, document);
    require_maven(java, folder);
    const struct node *artifact = node_path(document, "artifactId");
    const struct node *version = find_property(java, folder, "version", &file);
    const char *own = text_or(artifact, "app"), *number = text_or(version, NULL);
    const struct node *final = node_path(document, "build.finalName"),
                      *packaging = node_path(document, "packaging");
    java->war = packaging && packaging->text && strcmp(packaging->text, "war") == 0;
    const char *name = text_or(final, number ? plan_text(plan, "%s-%s", own, number) : NULL);
    bool wrapper = project_has(project, top, "mvnw") && project_has_folder(project, top, ".mvn");
    cleanup_strbuf struct strbuf quoted = STRBUF_INIT;
    quote_for_shell(&quoted, module);
    strvec_add(&java->service->build,
               plan_text(plan, "%s -B -ntp -DskipTests%s%s%s package",
                         wrapper ? "sh ./mvnw" : "mvn", *module ? " -pl " : "",
                         *module ? quoted.buf : "", *module ? " -am" : ""));
    java->service->package_manager = "maven";
    java->service->name = plan_name(plan, own);
    values_set(&java->service->values, "cache", "/root/.m2", evidence_none);
    values_set(&java->service->values, "title", own, evidence_of(path, artifact, "artifactId"));
    const char *inside = *module ? plan_text(plan, "%s/target", module) : "target";
    if (name)
        values_set(&java->service->values, "artifact",
                   plan_text(plan, "%s/%s.%s", inside, name, java->war ? "war" : "jar"),
                   evidence_of(path, artifact, "artifactId"));
    if (java->quarkus)
        values_set(&java->service->values, "artifact", plan_text(plan, "%s/quarkus-app", inside),
                   evidence_of(path, artifact, "artifactId"));
    runtime_require_file(java->planning, java->service, ".java-version", GRAMMAR_PREFIX);
    images_use(java->planning, java->service, IMAGE_BUILD, wrapper ? "jdk" : "maven");
}

/* ---- Gradle */

/* Plugins of one build file, and the release that it asks for. */
static void look_at_gradle(struct java *java, const char *path)
{
    struct span text;
    if (!project_text(java->project, path, &text))
        return;
    struct source source = source_of(text, SOURCE_C);
    struct token token, before = {0};
    bool in_id = false, wants = false;
    const char *wanted = "";
    while ((token = source_next(&source)).kind != TOKEN_END) {
        if (token.kind == TOKEN_TEXT) {
            java->boot |= span_equals_text(token.text, "org.springframework.boot");
            java->quarkus |= span_equals_text(token.text, "io.quarkus");
            java->application |= span_equals_text(token.text, "application") ||
                                 span_equals_text(token.text, "io.ktor.plugin") ||
                                 span_equals_text(token.text, "io.micronaut.application");
            java->kotlin |= span_starts_with(token.text, "org.jetbrains.kotlin") ||
                            (span_equals_text(token.text, "jvm") && in_id);
            if (span_equals_text(token.text, "io.ktor.plugin"))
                java->framework = "ktor";
            if (span_equals_text(token.text, "io.micronaut.application"))
                java->framework = "micronaut";
            java->war |= span_equals_text(token.text, "war");
        }
        if (token.kind == TOKEN_WORD) {
            java->application |= span_equals_text(token.text, "application") &&
                                 (before.kind == TOKEN_END || before.line < token.line);
            bool names = span_equals_text(token.text, "languageVersion") ||
                         span_equals_text(token.text, "jvmToolchain") ||
                         span_equals_text(token.text, "sourceCompatibility");
            if (names) {
                wants = true;
                wanted = arena_dup(&java->project->arena, token.text.ptr, token.text.len);
            }
        }
        in_id = token_is(before, TOKEN_WORD, "kotlin") || token_is(token, TOKEN_WORD, "kotlin");
        if (wants && (token.kind == TOKEN_NUMBER || token.kind == TOKEN_TEXT ||
                      (token.kind == TOKEN_WORD && span_starts_with(token.text, "VERSION_")))) {
            const char *value = arena_dup(&java->project->arena, token.text.ptr, token.text.len);
            value += strncmp(value, "VERSION_", 8) == 0 ? 8 : 0;
            value += strncmp(value, "1.", 2) == 0 || strncmp(value, "1_", 2) == 0 ? 2 : 0;
            struct evidence evidence = {.file = path, .line = token.line, .field = wanted};
            if (isdigit((unsigned char)*value))
                require_release(java->planning, java->service, value, evidence);
            wants = false;
        }
        before = token;
    }
}

static const char *gradle_file(struct project *project, const char *folder)
{
    const char *kotlin = project_at(project, folder, "build.gradle.kts");
    return project_find(project, kotlin) ? kotlin : project_at(project, folder, "build.gradle");
}

/* rootProject.name = "shop" */
static const char *gradle_name(struct java *java)
{
    static const char *const files[] = {"settings.gradle", "settings.gradle.kts"};
    for (size_t i = 0; i < ARRAY_SIZE(files); i++) {
        struct span text;
        struct token token, before = {0};
        if (!project_text(java->project, project_at(java->project, java->service->path, files[i]),
                          &text))
            continue;
        struct source source = source_of(text, SOURCE_C);
        bool root = false;
        for (; (token = source_next(&source)).kind != TOKEN_END; before = token) {
            root |= token_is(token, TOKEN_WORD, "rootProject");
            if (root && token.kind == TOKEN_TEXT && token_is(before, TOKEN_SIGN, "="))
                return arena_dup(&java->project->arena, token.text.ptr, token.text.len);
        }
    }
    return NULL;
}

/* The subproject that is a program: the first folder whose build file has one of its plugins. */
static const char *gradle_module(struct java *java)
{
    struct project *project = java->project;
    size_t first, end, skip = *java->service->path ? strlen(java->service->path) + 1 : 0;
    project_range(project, java->service->path, &first, &end);
    for (size_t i = first; i < end; i++) {
        const struct project_file *file = &project->files[i];
        bool build =
            strcmp(file->name, "build.gradle") == 0 || strcmp(file->name, "build.gradle.kts") == 0;
        if (!build || file->name == file->path + skip || strstr(file->path, "buildSrc"))
            continue;
        struct java look = {
            .planning = java->planning, .project = project, .service = java->service};
        look_at_gradle(&look, file->path);
        if (look.boot || look.quarkus || look.application) {
            *java = (struct java){.planning = java->planning,
                                  .project = project,
                                  .service = java->service,
                                  .boot = look.boot,
                                  .quarkus = look.quarkus,
                                  .application = look.application,
                                  .kotlin = look.kotlin || java->kotlin,
                                  .framework = look.framework};
            return arena_dup(&project->arena, file->path + skip,
                             (size_t)(file->name - file->path) - skip - 1);
        }
    }
    return "";
}

static void plan_gradle(struct java *java)
{
    struct project *project = java->project;
    struct plan *plan = java->planning->plan;
    const char *top = java->service->path;
    look_at_gradle(java, gradle_file(project, top));
    const char *module =
        java->boot || java->quarkus || java->application ? "" : gradle_module(java);
    const char *root = gradle_name(java);
    const char *slash = strrchr(module, '/');
    const char *name = *module ? (slash ? slash + 1 : module) : root ? root : "src";
    bool wrapper =
        project_has(project, top, "gradlew") && project_has_folder(project, top, "gradle");
    cleanup_strbuf struct strbuf path = STRBUF_INIT;
    for (const char *at = module; *at; at++)
        strbuf_add_char(&path, *at == '/' ? ':' : *at);
    const char *task = java->boot ? "bootJar" : java->application ? "installDist" : "build";
    strvec_add(&java->service->build,
               plan_text(plan, "%s --no-daemon %s%s%s%s", wrapper ? "sh ./gradlew" : "gradle",
                         *module ? ":" : "", path.buf, *module ? ":" : "",
                         strcmp(task, "build") == 0 ? "build -x test" : task));
    java->service->package_manager = "gradle";
    if (root || *module)
        java->service->name = plan_name(plan, name);
    values_set(&java->service->values, "cache", "/root/.gradle", evidence_none);
    const char *inside = *module ? plan_text(plan, "%s/build", module) : "build";
    struct evidence evidence = evidence_of_file(gradle_file(project, top));
    if (java->quarkus)
        values_set(&java->service->values, "artifact", plan_text(plan, "%s/quarkus-app", inside),
                   evidence);
    else if (java->application && !java->boot)
        values_set(&java->service->values, "artifact",
                   plan_text(plan, "%s/install/%s", inside, name), evidence);
    else /* the plain jar beside it has -plain in its name, and is not made by bootJar */
        values_set(&java->service->values, "artifact", plan_text(plan, "%s/libs/*.jar", inside),
                   evidence);
    runtime_require_file(java->planning, java->service, ".java-version", GRAMMAR_PREFIX);
    images_use(java->planning, java->service, IMAGE_BUILD, wrapper ? "jdk" : "gradle");
    values_set(&java->service->values, "program", name, evidence);
}

/* ---- what both end in */

static bool boot_is_at_least(const struct java *java, uint32_t major, uint32_t minor)
{
    struct version version;
    if (!java->boot_version || !version_read(&version, java->boot_version))
        return true;
    return version.parts[0] > major || (version.parts[0] == major && version.parts[1] >= minor);
}

static void start(struct java *java, const char *const *words)
{
    for (; *words; words++)
        strvec_add(&java->service->start, *words);
}

static void plan_result(struct java *java)
{
    struct values *values = &java->service->values;
    struct plan *plan = java->planning->plan;
    const struct value *known = values_get(values, "artifact");
    const char *artifact = known ? known->text : NULL;
    struct evidence origin = known ? known->origin : evidence_none;
    bool tools = boot_is_at_least(java, 3, 3);
    values_set(values, "layered", java->boot && artifact ? "yes" : NULL, evidence_none);
    values_set(values, "jarmode", tools ? "tools" : "layertools", evidence_none);
    values_set(values, "extract_options",
               tools ? "--layers --destination extracted" : "--destination extracted",
               evidence_none);
    if (!artifact)
        return;
    if (java->boot && tools)
        start(java, (const char *const[]){"java", "-jar", "app.jar", NULL});
    else if (java->boot)
        start(java, (const char *const[]){"java",
                                          boot_is_at_least(java, 3, 2)
                                              ? "org.springframework.boot.loader.launch.JarLauncher"
                                              : "org.springframework.boot.loader.JarLauncher",
                                          NULL});
    else if (java->quarkus) {
        static const char *const parts[] = {"lib", "app", "quarkus"};
        for (size_t i = 0; i < ARRAY_SIZE(parts); i++)
            values_add(values, "parts",
                       plan_text(plan, "/src/%s/%s/ ./%s/", artifact, parts[i], parts[i]),
                       evidence_none);
        values_add(values, "parts", plan_text(plan, "/src/%s/quarkus-run.jar ./", artifact),
                   evidence_none);
        start(java, (const char *const[]){"java", "-jar", "quarkus-run.jar", NULL});
    } else if (java->application) {
        values_add(values, "parts", plan_text(plan, "/src/%s/ ./", artifact), evidence_none);
        start(java, (const char *const[]){
                        plan_text(plan, "/app/bin/%s", values_get(values, "program")->text), NULL});
    } else if (!java->war) {
        values_add(values, "parts", plan_text(plan, "/src/%s ./app.jar", artifact), evidence_none);
        start(java, (const char *const[]){"java", "-jar", "app.jar", NULL});
    }
    values_set(values, "start", NULL, origin);
}

/* server.port of Spring's configuration. */
static void plan_port(struct java *java)
{
    static const char *const places[] = {"src/main/resources/application.properties",
                                         "src/main/resources/application.yml",
                                         "src/main/resources/application.yaml"};
    java->service->port = java->boot || java->quarkus || java->framework ? 8080 : 0;
    for (size_t i = 0; i < ARRAY_SIZE(places); i++) {
        const char *path = project_at(java->project, java->service->path, places[i]);
        struct span text;
        const char *value = NULL;
        if (i == 0 && project_text(java->project, path, &text)) {
            const char *at = strstr(text.ptr, "server.port");
            value = at ? at + 11 + strspn(at + 11, " \t=:") : NULL;
        } else if (i > 0) {
            value = manifest_text(project_manifest(java->project, path, manifest_read_yaml),
                                  "server.port");
        }
        int port = 0;
        const char *digits = value && strncmp(value, "${", 2) == 0 && strchr(value, ':')
                                 ? strchr(value, ':') + 1
                                 : value;
        for (; digits && isdigit((unsigned char)*digits) && port < 65536; digits++)
            port = port * 10 + (*digits - '0');
        if (port > 0 && port < 65536) {
            java->service->port = port;
            values_set(&java->service->values, "port", NULL, evidence_of_file(path));
        }
    }
}

static void plan_java(struct planning *planning, struct service *service)
{
    struct java java = {.planning = planning, .service = service, .project = planning->project};
    static const char *const ignored[] = {"target", "*/target", "build", "*/build", ".gradle"};
    runtime_start(service, "java");
    values_set(&service->values, "cache", NULL, evidence_none);
    bool maven = project_has(planning->project, service->path, "pom.xml");
    if (maven)
        plan_maven(&java);
    else
        plan_gradle(&java);
    runtime_require_tools(planning, service, "java");
    runtime_decide(planning, service,
                   maven ? "add maven.compiler.release to pom.xml"
                         : "add java { toolchain { ... } } to the build file");
    images_use(planning, service, IMAGE_BUILD,
               maven ? (strncmp(service->build.items[0], "mvn", 3) == 0 ? "maven" : "jdk")
                     : (strncmp(service->build.items[0], "gradle", 6) == 0 ? "gradle" : "jdk"));
    images_use(planning, service, IMAGE_FINAL, "jre");
    service->framework = java.boot ? "spring-boot" : java.quarkus ? "quarkus" : java.framework;
    service->ecosystem = java.kotlin ? "kotlin" : "java";
    plan_result(&java);
    plan_port(&java);
    service->user = "10001";
    for (size_t i = 0; i < ARRAY_SIZE(ignored); i++)
        strvec_add(&service->ignore, ignored[i]);
}

const struct language language_java = {
    .name = "java", .template = "java", .manifests = manifests, .bid = bid, .plan = plan_java};
