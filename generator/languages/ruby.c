/* Ruby: the Gemfile and its lock file read as they are written, Rails and Sinatra, packages of the
 * system. */
#include <ctype.h>
#include <string.h>

#include "core/memory.h"
#include "generator/files.h"
#include "generator/images.h"
#include "generator/language.h"
#include "generator/node_package.h"
#include "generator/runtime.h"
#include "generator/source.h"

static const char *const manifests[] = {"Gemfile", "config.ru", NULL};

static int bid(struct project *project, const char *folder, const char **ret_why,
               bool *ret_workspace)
{
    (void)ret_workspace;
    *ret_why = "Gemfile";
    if (project_has(project, folder, "config/application.rb") &&
        project_has(project, folder, "Gemfile"))
        return BID_FRAMEWORK;
    if (project_has(project, folder, "Gemfile"))
        return project_has(project, folder, "Gemfile.lock") ? BID_LOCK + 3 : BID_MANIFEST + 3;
    *ret_why = "a Ruby file";
    return project_has(project, folder, "config.ru") || project_has(project, folder, "app.rb") ||
                   project_has(project, folder, "main.rb")
               ? BID_ENTRY
               : BID_NONE;
}

/* What the lock file names: gems in use, the Ruby and the bundler that wrote it. */
struct gems {
    struct strvec names;
    const char *ruby, *bundler, *path;
    uint32_t ruby_line;
    bool has_git;
};

static void read_lock_line(struct gems *gems, struct project *project, const char *section,
                           const char *line, size_t len, uint32_t number)
{
    size_t indent = strspn(line, " ");
    size_t width = strcspn(line + indent, " (\r\n");
    if (indent > len)
        return;
    if (strcmp(section, "GEM") == 0 && indent == 4)
        strvec_add_bytes(&gems->names, line + indent, width);
    if (strcmp(section, "RUBY VERSION") == 0 && strncmp(line + indent, "ruby ", 5) == 0) {
        size_t digits = strspn(line + indent + 5, "0123456789.");
        gems->ruby = arena_dup(&project->arena, line + indent + 5, digits);
        gems->ruby_line = number;
    }
    if (strcmp(section, "BUNDLED WITH") == 0 && indent)
        gems->bundler =
            arena_dup(&project->arena, line + indent, strspn(line + indent, "0123456789."));
}

static void read_lock(struct gems *gems, struct project *project, const char *path)
{
    struct span text;
    char section[32] = "";
    uint32_t number = 1;
    gems->path = path;
    if (!project_text(project, path, &text))
        return;
    for (const char *at = text.ptr; at && *at; number++) {
        const char *end = strchr(at, '\n');
        size_t len = end ? (size_t)(end - at) : strlen(at);
        if (len && *at != ' ' && len < sizeof section) {
            memcpy(section, at, len);
            section[len] = '\0';
            gems->has_git |= strcmp(section, "GIT") == 0;
        } else if (len) {
            read_lock_line(gems, project, section, at, len, number);
        }
        at = end ? end + 1 : NULL;
    }
}

/* gem "name" of the Gemfile, and ruby "3.2" or ruby file: ".ruby-version". */
static void read_gemfile(struct planning *planning, struct service *service, struct gems *gems,
                         const char *path, bool locked)
{
    struct span text;
    struct token token, before = {0};
    if (!project_text(planning->project, path, &text))
        return;
    struct source source = source_of(text, SOURCE_SCRIPT);
    for (; (token = source_next(&source)).kind != TOKEN_END; before = token) {
        if (token.kind != TOKEN_TEXT || before.kind != TOKEN_WORD)
            continue;
        const char *value = arena_dup(&planning->project->arena, token.text.ptr, token.text.len);
        struct evidence evidence = {.file = path, .line = token.line, .field = "ruby"};
        if (span_equals_text(before.text, "ruby"))
            runtime_require(planning, service, GRAMMAR_GEM, value, evidence);
        else if (span_equals_text(before.text, "gem") && !locked)
            strvec_add(&gems->names, value);
    }
}

static const struct native {
    const char *gem;
    const char *build[4];
    const char *runtime[3];
} natives[] = {
    {"pg", {"libpq-dev"}, {"libpq5"}},
    {"mysql2", {"default-libmysqlclient-dev", "pkg-config"}, {"libmariadb3"}},
    {"trilogy", {"libssl-dev"}, {0}},
    {"sqlite3", {"libsqlite3-dev", "pkg-config"}, {"libsqlite3-0"}},
    {"rmagick", {"libmagickwand-dev", "pkg-config"}, {"imagemagick"}},
    {"mini_magick", {0}, {"imagemagick"}},
    {"ruby-vips", {0}, {"libvips42"}},
    {"image_processing", {0}, {"libvips42"}},
    {"charlock_holmes", {"libicu-dev", "pkg-config"}, {"libicu72"}},
    {"ffi", {"libffi-dev"}, {0}},
    {"psych", {"libyaml-dev"}, {0}},
};

static bool has(const struct gems *gems, const char *name)
{
    return strvec_contains(&gems->names, name);
}

static void start(struct service *service, const char *const *words)
{
    for (; *words; words++)
        strvec_add(&service->start, *words);
}

static void plan_start(struct planning *planning, struct service *service, const struct gems *gems)
{
    struct project *project = planning->project;
    bool rails = has(gems, "rails") || project_has(project, service->path, "config/application.rb");
    bool rack = project_has(project, service->path, "config.ru");
    service->framework = rails                  ? "rails"
                         : has(gems, "sinatra") ? "sinatra"
                         : has(gems, "hanami")  ? "hanami"
                                                : NULL;
    if (rails) {
        service->port = 3000;
        values_add(&service->values, "environment", "RAILS_ENV=production", evidence_none);
        values_set(&service->values, "start", NULL, evidence_of_file("config/application.rb"));
        if (project_has(project, service->path, "bin/rails"))
            start(service, (const char *const[]){"bin/rails", "server", "-b", "0.0.0.0", NULL});
        else
            start(service, (const char *const[]){"bundle", "exec", "rails", "server", "-b",
                                                 "0.0.0.0", NULL});
        bool assets = has(gems, "sprockets-rails") || has(gems, "propshaft");
        if (has(gems, "bootsnap"))
            strvec_add(&service->build, "bundle exec bootsnap precompile app/ lib/");
        if (assets)
            strvec_add(
                &service->build,
                "RAILS_ENV=production SECRET_KEY_BASE_DUMMY=1 bundle exec rails assets:precompile");
    } else if (rack && has(gems, "puma")) {
        service->port = 9292;
        start(service, (const char *const[]){"bundle", "exec", "puma", "--bind",
                                             "tcp://0.0.0.0:9292", NULL});
    } else if (rack) {
        service->port = 9292;
        start(service, (const char *const[]){"bundle", "exec", "rackup", "--host", "0.0.0.0",
                                             "--port", "9292", NULL});
    } else {
        static const char *const entries[] = {"app.rb", "main.rb", "server.rb"};
        for (size_t i = 0; i < ARRAY_SIZE(entries); i++)
            if (project_has(project, service->path, entries[i])) {
                start(service, (const char *const[]){"bundle", "exec", "ruby", entries[i], NULL});
                service->port = has(gems, "sinatra") ? 4567 : 0;
                if (has(gems, "sinatra"))
                    values_add(&service->values, "environment", "APP_ENV=production",
                               evidence_none);
                return;
            }
    }
}

static void plan_ruby(struct planning *planning, struct service *service)
{
    struct project *project = planning->project;
    struct values *values = &service->values;
    struct gems gems = {.names = STRVEC_INIT};
    bool locked = project_has(project, service->path, "Gemfile.lock");
    read_lock(&gems, project, project_at(project, service->path, "Gemfile.lock"));
    runtime_start(service, "ruby");
    uint32_t line = 0;
    const char *file = project_at(project, service->path, ".ruby-version");
    const char *text = project_first_line(project, file, &line);
    if (text)
        runtime_require(planning, service, GRAMMAR_PREFIX,
                        strncmp(text, "ruby-", 5) == 0 ? text + 5 : text,
                        (struct evidence){.file = file, .line = line, .field = "version"});
    read_gemfile(planning, service, &gems, project_at(project, service->path, "Gemfile"), locked);
    if (gems.ruby)
        runtime_require(
            planning, service, GRAMMAR_PREFIX, gems.ruby,
            (struct evidence){.file = gems.path, .line = gems.ruby_line, .field = "RUBY VERSION"});
    runtime_require_tools(planning, service, "ruby");
    runtime_decide(planning, service, "add ruby to the Gemfile, or .ruby-version");
    service->package_manager = "bundler";
    if (!locked)
        plan_report(planning->plan, SEVERITY_WARNING, "no-lock-file", "commit Gemfile.lock",
                    "there is no Gemfile.lock: each build may get other gems");
    packages_need(&service->build_packages, "build-essential", "gems with C code");
    if (gems.has_git)
        packages_need(&service->build_packages, "git", "a gem from a repository");
    for (size_t i = 0; i < ARRAY_SIZE(natives); i++) {
        for (size_t j = 0; has(&gems, natives[i].gem) && j < 4 && natives[i].build[j]; j++)
            packages_need(&service->build_packages, natives[i].build[j], natives[i].gem);
        for (size_t j = 0; has(&gems, natives[i].gem) && j < 3 && natives[i].runtime[j]; j++)
            packages_need(&service->runtime_packages, natives[i].runtime[j], natives[i].gem);
    }
    static const char *const beside[][2] = {
        {"pg", "postgres"},   {"mysql2", "mysql"},  {"trilogy", "mysql"}, {"redis", "redis"},
        {"sidekiq", "redis"}, {"mongoid", "mongo"}, {"bunny", "rabbitmq"}};
    for (size_t i = 0; i < ARRAY_SIZE(beside); i++)
        if (has(&gems, beside[i][0]))
            files_add_backing(service, beside[i][1]);
    strvec_add(&service->install, "bundle install");
    plan_start(planning, service, &gems);
    node_plan_assets(planning, service);
    const struct value *assets = values_get(values, "assets_install");
    if (assets && assets->is_list)
        strvec_add(&service->build,
                   "rm -rf node_modules"); /* what they were built from is in public/ now */
    values_set(values, "bundler_version", gems.bundler && *gems.bundler ? gems.bundler : NULL,
               (struct evidence){.file = gems.path, .field = "BUNDLED WITH"});
    values_set(values, "gem_files", locked ? "Gemfile Gemfile.lock" : "Gemfile",
               evidence_of_file(project_at(project, service->path, "Gemfile")));
    images_use(planning, service, IMAGE_BUILD, "ruby");
    images_use(planning, service, IMAGE_FINAL, "ruby");
    service->user = "1000";
    static const char *const ignored[] = {
        "log/*",        "tmp/*",         "storage/*",         "vendor/bundle",
        "node_modules", "public/assets", "config/master.key", "config/credentials/*.key",
        "coverage"};
    for (size_t i = 0; i < ARRAY_SIZE(ignored); i++)
        strvec_add(&service->ignore, ignored[i]);
    strvec_release(&gems.names);
}

const struct language language_ruby = {.name = "ruby",
                                       .template = "ruby",
                                       .obeys_procfile = true,
                                       .manifests = manifests,
                                       .bid = bid,
                                       .plan = plan_ruby};
