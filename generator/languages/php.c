/* PHP: composer, the extensions that packages ask for, Laravel and Symfony, assets by Node.js. */
#include <string.h>

#include "core/memory.h"
#include "generator/files.h"
#include "generator/images.h"
#include "generator/language.h"
#include "generator/node_package.h"
#include "generator/runtime.h"

static const char *const manifests[] = {"composer.json", "artisan", "index.php", NULL};

static int bid(struct project *project, const char *folder, const char **ret_why,
               bool *ret_workspace)
{
    (void)ret_workspace;
    *ret_why = "composer.json";
    if (project_has(project, folder, "artisan") || project_has(project, folder, "symfony.lock"))
        return BID_FRAMEWORK;
    if (project_has(project, folder, "composer.json"))
        return project_has(project, folder, "composer.lock") ? BID_LOCK + 3 : BID_MANIFEST + 3;
    *ret_why = "index.php";
    return project_has(project, folder, "index.php") ||
                   project_has(project, folder, "public/index.php")
               ? BID_ENTRY
               : BID_NONE;
}

/* Extensions that the image of PHP has from the beginning. */
static bool is_built_in(const char *name)
{
    static const char *const names[] = {
        "ctype",     "curl",       "date", "dom",     "fileinfo", "filter",     "ftp",
        "hash",      "iconv",      "json", "libxml",  "mbstring", "openssl",    "pcre",
        "pdo",       "pdo_sqlite", "phar", "posix",   "readline", "reflection", "session",
        "simplexml", "sodium",     "spl",  "sqlite3", "standard", "tokenizer",  "xml",
        "xmlreader", "xmlwriter",  "zlib", "random"};
    for (size_t i = 0; i < ARRAY_SIZE(names); i++)
        if (strcmp(names[i], name) == 0)
            return true;
    return false;
}

static void add_extensions(struct strvec *extensions, const struct node *require)
{
    for (const struct node *item = require && require->kind == NODE_MAP ? require->first : NULL;
         item; item = item->next) {
        const char *name = strncmp(item->key, "ext-", 4) == 0 ? item->key + 4 : NULL;
        if (name && strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789_-") == strlen(name) &&
            !is_built_in(name) && !strvec_contains(extensions, name))
            strvec_add(extensions, name);
    }
}

/* ext-* of the project and of every package that it ships. */
static void find_extensions(struct planning *planning, struct service *service,
                            const struct manifest *document, const char *path)
{
    struct project *project = planning->project;
    cleanup_strvec struct strvec extensions = STRVEC_INIT;
    const char *lock_path = project_at(project, service->path, "composer.lock");
    const struct manifest *lock = project_manifest(project, lock_path, manifest_read_json);
    const struct node *packages = node_path(lock, "packages");
    add_extensions(&extensions, node_path(document, "require"));
    for (const struct node *item = packages && packages->kind == NODE_LIST ? packages->first : NULL;
         item; item = item->next)
        add_extensions(&extensions, node_get(lock, item, "require"));
    static const struct {
        const char *backing, *extension;
    } drivers[] = {{"mysql", "pdo_mysql"}, {"postgres", "pdo_pgsql"}};
    for (size_t i = 0; i < ARRAY_SIZE(drivers); i++)
        if (strvec_contains(&service->backing, drivers[i].backing) &&
            !strvec_contains(&extensions, drivers[i].extension))
            strvec_add(&extensions, drivers[i].extension);
    strvec_sort(&extensions);
    for (size_t i = 0; i < extensions.count; i++) {
        values_add(&service->values, "extensions", extensions.items[i],
                   evidence_of_file(lock ? lock_path : path));
        packages_need(&service->runtime_packages,
                      plan_text(planning->plan, "ext-%s", extensions.items[i]),
                      lock ? "composer.lock" : "composer.json");
    }
    values_set(&service->values, "extension_reason",
               lock ? "composer.lock asks for these extensions."
                    : "composer.json asks for these extensions.",
               evidence_none);
}

/* DB_CONNECTION of .env.example and the like say what stands beside the application. */
static void find_backing(struct planning *planning, struct service *service,
                         const struct manifest *document)
{
    struct span text;
    static const char *const names[] = {".env.example", ".env.dist", ".env"};
    for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
        if (!project_text(planning->project, project_at(planning->project, service->path, names[i]),
                          &text))
            continue;
        if (strstr(text.ptr, "DB_CONNECTION=mysql") || strstr(text.ptr, "\nDATABASE_URL=\"mysql") ||
            strstr(text.ptr, "\nDATABASE_URL=mysql"))
            files_add_backing(service, "mysql");
        if (strstr(text.ptr, "DB_CONNECTION=pgsql") ||
            strstr(text.ptr, "\nDATABASE_URL=\"postgres") ||
            strstr(text.ptr, "\nDATABASE_URL=postgres"))
            files_add_backing(service, "postgres");
        break;
    }
    if (node_get(document, node_path(document, "require"), "predis/predis"))
        files_add_backing(service, "redis");
}

static void require_versions(struct planning *planning, struct service *service,
                             const struct manifest *document, const char *path)
{
    const struct node *platform = node_path(document, "config.platform.php"),
                      *require = node_path(document, "require.php");
    runtime_start(service, "php");
    runtime_require_file(planning, service, ".php-version", GRAMMAR_PREFIX);
    runtime_require_tools(planning, service, "php");
    if (node_text(platform)) {
        struct version version;
        size_t count = version_read(&version, platform->text);
        const char *line = count ? plan_text(planning->plan, "%u.%u", (unsigned)version.parts[0],
                                             (unsigned)version.parts[1])
                                 : platform->text;
        runtime_require(planning, service, GRAMMAR_PREFIX, line,
                        evidence_of(path, platform, "config.platform.php"));
    }
    if (node_text(require))
        runtime_require(planning, service, GRAMMAR_COMPOSER, require->text,
                        evidence_of(path, require, "require.php"));
    runtime_decide(planning, service, "add php to require in composer.json");
}

static void plan_php(struct planning *planning, struct service *service)
{
    struct project *project = planning->project;
    struct values *values = &service->values;
    const char *path = project_at(project, service->path, "composer.json");
    const struct manifest *document = project_manifest(project, path, manifest_read_json);
    const struct node *require = node_path(document, "require");
    bool laravel = node_get(document, require, "laravel/framework") != NULL;
    bool symfony = node_get(document, require, "symfony/framework-bundle") != NULL;
    bool slim = node_get(document, require, "slim/slim") != NULL;
    service->framework = laravel ? "laravel" : symfony ? "symfony" : slim ? "slim" : NULL;
    require_versions(planning, service, document, path);
    find_backing(planning, service, document);
    find_extensions(planning, service, document, path);
    node_plan_assets(planning, service);
    bool locked = project_has(project, service->path, "composer.lock");
    if (document) {
        service->package_manager = "composer";
        strvec_add(&service->install, "composer install --no-dev --no-scripts --no-autoloader "
                                      "--prefer-dist --no-interaction");
        strvec_add(&service->build, "composer dump-autoload --no-dev --optimize --no-interaction");
        values_set(values, "composer_files",
                   locked ? "composer.json composer.lock" : "composer.json",
                   evidence_of_file(path));
        if (!locked && require && require->count > 1)
            plan_report(planning->plan, SEVERITY_WARNING, "no-lock-file", "commit composer.lock",
                        "%s has no composer.lock beside it", path);
    }
    bool public = project_has(project, service->path, "public/index.php");
    if (laravel)
        strvec_add(&service->build, "chown -R 10001:10001 storage bootstrap/cache");
    if (symfony)
        strvec_add(&service->build, "mkdir -p var && chown -R 10001:10001 var");
    strvec_add(&service->build, "chown -R 10001:10001 /data /config");
    if (public || project_has(project, service->path, "index.php")) {
        service->port = 8080;
        values_set(values, "document_root", public ? "public/" : "./",
                   evidence_of_file(project_at(project, service->path,
                                               public ? "public/index.php" : "index.php")));
        strvec_add(&service->start, "frankenphp");
        strvec_add(&service->start, "run");
        strvec_add(&service->start, "--config");
        strvec_add(&service->start, "/etc/frankenphp/Caddyfile");
    }
    values_set(values, "composer_image", images_name(planning, "composer", ""), evidence_none);
    images_use(planning, service, IMAGE_BUILD, "composer");
    images_use(planning, service, IMAGE_FINAL, "php");
    service->user = "10001";
    static const char *const ignored[] = {
        "vendor", "node_modules", "storage/logs/*", "bootstrap/cache/*.php",
        "var",    "public/build", ".phpunit*"};
    for (size_t i = 0; i < ARRAY_SIZE(ignored); i++)
        strvec_add(&service->ignore, ignored[i]);
    const struct node *name = node_path(document, "name");
    if (node_text(name) && strchr(name->text, '/'))
        service->name = plan_name(planning->plan, strchr(name->text, '/') + 1);
}

const struct language language_php = {.name = "php",
                                      .template = "php",
                                      .obeys_procfile = true,
                                      .manifests = manifests,
                                      .bid = bid,
                                      .plan = plan_php};
