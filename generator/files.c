#include "generator/files.h"

#include <string.h>

#include "core/memory.h"
#include "dockerfile/ignore.h"
#include "generator/template.h"

/* What no image needs, whatever it is written in. */
static const char *const always_ignored[] = {
    ".git",           ".gitignore",    ".gitattributes", ".github",
    ".gitlab-ci.yml", ".circleci",     ".idea",          ".vscode",
    ".DS_Store",      "*.swp",         "Dockerfile*",    "*.dockerignore",
    ".dockerignore",  "compose*.yaml", "compose*.yml",   "docker-compose*",
    ".ullage.yaml",   ".env",          ".env.*",         "!.env.example",
    "*.pem",          "*.key",         "*.log",          "build.sh",
};

static bool is_member(const struct service *service)
{
    return strcmp(service->path, service->context) != 0;
}

static const char *dockerfile_path(struct planning *planning, const struct service *service)
{
    const char *name = is_member(service)
                           ? plan_text(planning->plan, "Dockerfile.%s", service->name)
                           : "Dockerfile";
    return project_at(planning->project, service->context, name);
}

static const char *ignore_path(struct planning *planning, const struct service *service)
{
    if (is_member(service))
        return plan_text(planning->plan, "%s.dockerignore", dockerfile_path(planning, service));
    return project_at(planning->project, service->context, ".dockerignore");
}

/* Calls `visit` with each file of the project that the Dockerfile names: what values hold, taken
 * apart at blanks, as far as it is there. */
typedef void visit_file(struct planning *planning, const char *path, void *context);

static void visit_words(struct planning *planning, const struct service *service, const char *text,
                        visit_file *visit, void *context)
{
    while (text && *(text += strspn(text, " "))) {
        size_t len = strcspn(text, " ");
        const char *word = plan_text(planning->plan, "%.*s", (int)len, text);
        if (project_has(planning->project, service->context, word))
            visit(planning, word, context);
        text += len;
    }
}

static void visit_needed(struct planning *planning, const struct service *service,
                         visit_file *visit, void *context)
{
    for (size_t i = 0; i < service->values.count; i++) {
        const struct value *value = &service->values.items[i];
        visit_words(planning, service, value->is_list ? NULL : value->text, visit, context);
        for (size_t j = 0; j < value->items.count; j++)
            visit_words(planning, service, value->items.items[j], visit, context);
    }
}

struct ignore_check {
    struct ignore ignore;
    struct strbuf *out; /* exceptions go here; NULL: they are reported */
    const char *path;
    struct strvec told;
};

static void check_ignored(struct planning *planning, const char *path, void *context)
{
    struct ignore_check *check = context;
    cleanup_error struct error error = ERROR_INIT;
    if (!ignore_matches(&check->ignore, path) || strvec_contains(&check->told, path))
        return;
    strvec_add(&check->told, path);
    if (!check->out) {
        plan_report(planning->plan, SEVERITY_WARNING, "ignored-but-needed",
                    plan_text(planning->plan, "add '!%s'", path),
                    "%s leaves out '%s', which the build needs", check->path, path);
        return;
    }
    strbuf_addf(check->out, "!%s\n", path);
    ignore_add(&check->ignore, span_of_text(plan_text(planning->plan, "!%s", path)), &error);
}

/* Whether somebody else wrote the .dockerignore that is there. */
static bool is_foreign(struct span text)
{
    return !memmem(text.ptr, text.len, "# ullage: generated", strlen("# ullage: generated"));
}

static void make_ignore(struct planning *planning, const struct service *service)
{
    const char *path = ignore_path(planning, service);
    struct output_file *file = plan_add_file(planning->plan, path);
    struct ignore_check check = {.ignore = IGNORE_INIT, .path = path, .out = &file->content};
    cleanup_error struct error error = ERROR_INIT;
    struct span theirs;
    file->yields = true;
    for (size_t i = 0; i < ARRAY_SIZE(always_ignored); i++)
        strbuf_addf(&file->content, "%s\n", always_ignored[i]);
    for (size_t i = 0; i < service->ignore.count; i++)
        strbuf_addf(&file->content, "%s\n", service->ignore.items[i]);
    bool foreign = project_text(planning->project, path, &theirs) && is_foreign(theirs);
    struct span text = foreign ? theirs : span_of(file->content.buf, file->content.len);
    if (foreign)
        check.out = NULL;
    if (ignore_parse(&check.ignore, text, &error) == 0)
        visit_needed(planning, service, check_ignored, &check);
    ignore_release(&check.ignore);
    strvec_release(&check.told);
}

/* A service that an application needs beside it: what to run, how to see that it is there, and how
 * the application is told. */
static const struct backing {
    const char *name, *image, *healthcheck, *volume, *environment, *variable, *value;
} backings[] = {
    {"postgres", "postgres:17-alpine", "pg_isready -U app", "/var/lib/postgresql/data",
     "POSTGRES_USER: app\n      POSTGRES_DB: app\n      POSTGRES_PASSWORD_FILE: "
     "/run/secrets/database_password",
     "DATABASE_HOST", "postgres"},
    {"mysql", "mysql:8.4", "mysqladmin ping -h 127.0.0.1", "/var/lib/mysql",
     "MYSQL_USER: app\n      MYSQL_DATABASE: app\n      MYSQL_PASSWORD_FILE: "
     "/run/secrets/database_password\n"
     "      MYSQL_ROOT_PASSWORD_FILE: /run/secrets/database_password",
     "DATABASE_HOST", "mysql"},
    {"redis", "redis:7-alpine", "redis-cli ping", "/data", NULL, "REDIS_URL", "redis://redis:6379"},
    {"mongo", "mongo:7", "mongosh --quiet --eval 'db.runCommand({ping: 1})'", "/data/db", NULL,
     "MONGO_URL", "mongodb://mongo:27017/app"},
    {"rabbitmq", "rabbitmq:4-alpine", "rabbitmq-diagnostics -q ping", "/var/lib/rabbitmq", NULL,
     "AMQP_URL", "amqp://rabbitmq:5672"},
    {"elasticsearch", "elasticsearch:8.17.0", "curl -fsS http://127.0.0.1:9200/_cluster/health",
     "/usr/share/elasticsearch/data",
     "discovery.type: single-node\n      xpack.security.enabled: \"false\"", "ELASTICSEARCH_URL",
     "http://elasticsearch:9200"},
    {"memcached", "memcached:1.6-alpine", "nc -z 127.0.0.1 11211", NULL, NULL, "MEMCACHED_URL",
     "memcached:11211"},
};

void files_add_backing(struct service *service, const char *name)
{
    if (!strvec_contains(&service->backing, name))
        strvec_add(&service->backing, name);
}

static bool is_needed(const struct plan *plan, const char *name)
{
    for (size_t i = 0; i < plan->service_count; i++)
        if (strvec_contains(&plan->services[i].backing, name))
            return true;
    return false;
}

static void compose_service(struct planning *planning, const struct service *service,
                            struct strbuf *out)
{
    strbuf_addf(out, "  %s:\n    build:\n      context: %s%s\n", service->name,
                *service->context ? "./" : ".", service->context);
    if (is_member(service))
        strbuf_addf(out, "      dockerfile: Dockerfile.%s\n", service->name);
    strbuf_addf(out, "    image: %s:${TAG:-latest}\n    init: true\n", service->name);
    if (service->port)
        strbuf_addf(out, "    ports:\n      - \"127.0.0.1:%d:%d\"\n", service->port, service->port);
    bool headed = false;
    for (size_t i = 0; i < ARRAY_SIZE(backings); i++)
        if (strvec_contains(&service->backing, backings[i].name)) {
            strbuf_addf(out, "%s      %s: %s\n", headed ? "" : "    environment:\n",
                        backings[i].variable, backings[i].value);
            headed = true;
        }
    headed = false;
    for (size_t i = 0; i < ARRAY_SIZE(backings); i++)
        if (strvec_contains(&service->backing, backings[i].name)) {
            strbuf_addf(out, "%s      %s:\n        condition: service_healthy\n",
                        headed ? "" : "    depends_on:\n", backings[i].name);
            headed = true;
        }
    strbuf_add_text(out, "    cap_drop: [ALL]\n    security_opt:\n      - no-new-privileges:true\n "
                         "   tmpfs:\n      - /tmp\n"
                         "    restart: unless-stopped\n");
    (void)planning;
}

static void compose_backing(const struct backing *backing, struct strbuf *out)
{
    bool secret = backing->environment && strstr(backing->environment, "/run/secrets/");
    strbuf_addf(out, "  %s:\n    image: %s\n", backing->name, backing->image);
    if (backing->environment)
        strbuf_addf(out, "    environment:\n      %s\n", backing->environment);
    if (secret)
        strbuf_add_text(out, "    secrets:\n      - database_password\n");
    if (backing->volume)
        strbuf_addf(out, "    volumes:\n      - %s-data:%s\n", backing->name, backing->volume);
    strbuf_addf(out,
                "    healthcheck:\n      test: [\"CMD-SHELL\", \"%s\"]\n      interval: 5s\n      "
                "timeout: 3s\n      retries: 10\n",
                backing->healthcheck);
}

static void make_compose(struct planning *planning)
{
    struct plan *plan = planning->plan;
    struct output_file *file = plan_add_file(plan, "compose.yaml");
    struct strbuf *out = &file->content;
    file->yields = true;
    bool secret = false, volumes = false;
    strbuf_add_text(out, "services:\n");
    for (size_t i = 0; i < plan->service_count; i++)
        compose_service(planning, &plan->services[i], out);
    for (size_t i = 0; i < ARRAY_SIZE(backings); i++)
        if (is_needed(plan, backings[i].name)) {
            compose_backing(&backings[i], out);
            secret |= backings[i].environment && strstr(backings[i].environment, "/run/secrets/");
        }
    if (secret)
        strbuf_add_text(
            out, "secrets:\n  database_password:\n    file: ./secrets/database_password.txt\n");
    for (size_t i = 0; i < ARRAY_SIZE(backings); i++)
        if (backings[i].volume && is_needed(plan, backings[i].name)) {
            strbuf_addf(out, "%s  %s-data:\n", volumes ? "" : "volumes:\n", backings[i].name);
            volumes = true;
        }
}

static void make_script(struct planning *planning)
{
    struct plan *plan = planning->plan;
    struct output_file *file = plan_add_file(plan, "build.sh");
    struct strbuf *out = &file->content;
    file->executable = true;
    strbuf_add_text(out,
                    "#!/bin/sh\n# build.sh [TAG] builds; PUSH=1 build.sh TAG also pushes to "
                    "$REGISTRY\nset -eu\n"
                    "cd \"$(dirname \"$0\")\"\ntag=${1:-latest}\nprefix=${REGISTRY:+$REGISTRY/}\n");
    for (size_t i = 0; i < plan->service_count; i++) {
        const struct service *service = &plan->services[i];
        cleanup_strbuf struct strbuf dockerfile = STRBUF_INIT, context = STRBUF_INIT;
        quote_for_shell(&dockerfile, dockerfile_path(planning, service));
        quote_for_shell(&context, *service->context ? service->context : ".");
        strbuf_addf(out, "docker build --pull --file %s --tag \"${prefix}%s:$tag\" %s\n",
                    dockerfile.buf, service->name, context.buf);
        strbuf_addf(out, "[ -z \"${PUSH:-}\" ] || docker push \"${prefix}%s:$tag\"\n",
                    service->name);
    }
}

int files_make(struct planning *planning, struct error *err)
{
    struct plan *plan = planning->plan;
    struct template_library library = {.folder = planning->options->template_folder};
    int result = 0;
    for (size_t i = 0; i < plan->service_count && result == 0; i++) {
        const struct service *service = &plan->services[i];
        struct output_file *file = plan_add_file(plan, dockerfile_path(planning, service));
        result = template_render(file, service->language->template, &service->values, &library,
                                 planning->options->comments, err);
        for (size_t j = 0; j < file->origin_count; j++)
            file->origins[j].template = arena_dup_text(&plan->arena, file->origins[j].template);
        make_ignore(planning, service);
    }
    arena_release(&library.arena);
    if (result < 0)
        return -1;
    make_compose(planning);
    if (planning->options->build_script)
        make_script(planning);
    return 0;
}
