/* From a project to its Dockerfile: how source is read, templates are filled, edits survive, and
 * what each fixture project is found to be. */
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/file.h"
#include "core/memory.h"
#include "generator/merge.h"
#include "generator/plan.h"
#include "generator/requirements.h"
#include "generator/source.h"
#include "generator/template.h"
#include "tests/support/check.h"

static void source_is_read_without_its_comments_and_texts(void **state)
{
    static const char script[] = "# output = 'no'\n// output: 'no'\n";
    static const char program[] =
        "/* output: 'a' */ const x = \"output: 'b'\"; // output: 'c'\nmodule = { output: 'd' }\n";
    struct token token;
    (void)state;

    assert_false(
        source_setting(span_of_text("# output = 'no'\n"), SOURCE_SCRIPT, "output", &token));
    assert_true(source_setting(span_of_text(program), SOURCE_C, "output", &token));
    assert_true(span_equals_text(token.text, "d"));
    assert_int_equal(token.line, 2);
    (void)script;
}

static void requirements_are_names_and_no_options(void **state)
{
    static const char *const cases[][2] = {
        {"Flask>=2", "flask"},
        {"zope.interface", "zope-interface"},
        {"Foo__Bar[x] ; python_version < '3'", "foo-bar"},
        {"name @ file:///x", "name"},
        {"numpy==1.0 --hash=x", "numpy"},
    };
    cleanup_strbuf struct strbuf name = STRBUF_INIT;
    const char *rest;
    (void)state;

    for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
        assert_true(requirement_name(cases[i][0], strlen(cases[i][0]), &name, &rest));
        assert_string_equal(name.buf, cases[i][1]);
    }
    assert_false(requirement_name("--index-url x", 13, &name, &rest));
    assert_false(requirement_name("https://x/y", 11, &name, &rest));
}

static int render(struct output_file *file, const char *text, const struct values *values,
                  bool comments, struct error *err)
{
    char folder[] = "/tmp/ullage-template-XXXXXX";
    cleanup_strbuf struct strbuf path = STRBUF_INIT;
    assert_non_null(mkdtemp(folder));
    strbuf_addf(&path, "%s/mine.Dockerfile", folder);
    assert_int_equal(file_write(path.buf, span_of_text(text), err), 0);
    struct template_library library = {.folder = folder};
    *file = (struct output_file){.content = STRBUF_INIT};
    int result = template_render(file, "mine", values, &library, comments, err);
    arena_release(&library.arena);
    unlink(path.buf);
    rmdir(folder);
    return result;
}

static void release_file(struct output_file *file)
{
    strbuf_release(&file->content);
    free(file->origins);
}

static void templates_have_values_conditions_and_lists(void **state)
{
    static const char text[] = "# why\n%if name\nFROM {{name}}\n%else\nFROM nothing\n%end\n%if "
                               "!empty\n%for x in list\nRUN {{x|shell}}\n%end\n%end\n"
                               "%if name = base\nCMD {{list|json}}\n%end\n%-- remark\nRUN "
                               "{{list|and}}\nLABEL a={{name|label}}\n";
    struct values values = {0};
    struct output_file file;
    struct error error = ERROR_INIT;
    (void)state;
    values_set(&values, "name", "base", evidence_none);
    values_set(&values, "empty", NULL, evidence_none);
    values_add(&values, "list", "a b", evidence_none);
    values_add(&values, "list", "it's", evidence_none);

    assert_int_equal(render(&file, text, &values, false, &error), 0);

    assert_string_equal(file.content.buf, "FROM base\nRUN 'a b'\nRUN 'it'\\''s'\nCMD [\"a b\", "
                                          "\"it's\"]\nRUN a b \\\n    && it's\nLABEL a=\"base\"\n");
    assert_int_equal(file.origin_count, 7);
    release_file(&file);
    values_release(&values);
}

static void templates_refuse_what_would_become_a_line_of_its_own(void **state)
{
    struct values values = {0};
    struct output_file file;
    struct error error = ERROR_INIT;
    (void)state;
    values_set(&values, "name", "x\nRUN evil", evidence_none);

    assert_int_equal(render(&file, "FROM {{name}}\n", &values, true, &error), -1);

    assert_non_null(strstr(error.text, "control character"));
    error_release(&error);
    release_file(&file);
    values_release(&values);
}

static void templates_that_are_broken_say_where(void **state)
{
    static const char *const cases[] = {"%if x\n",        "%for x y\n%end\n", "%nothing\n",
                                        "{{\n",           "{{missing}}\n",    "%include nowhere\n",
                                        "%include mine\n"};
    struct values values = {0};
    (void)state;

    for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
        struct output_file file;
        struct error error = ERROR_INIT;
        assert_int_equal(render(&file, cases[i], &values, true, &error), -1);
        assert_true(strlen(error.text) > 0);
        error_release(&error);
        release_file(&file);
    }
}

/* What a merge of three texts gives. */
static enum merge_outcome merged(const char *base, const char *mine, const char *now,
                                 struct strbuf *out)
{
    cleanup_strbuf struct strbuf old = STRBUF_INIT, disk = STRBUF_INIT, new = STRBUF_INIT;
    strbuf_add_text(&old, base);
    merge_stamp(&old);
    strbuf_add_text(&disk, mine);
    strbuf_add_text(&disk, old.buf + strlen(base));
    strbuf_add_text(&new, now);
    merge_stamp(&new);
    enum merge_outcome outcome =
        merge_files(out, span_of(disk.buf, disk.len), span_of(new.buf, new.len));
    char *mark = strstr(out->buf, "# ullage: generated");
    if (mark)
        strbuf_truncate(out, (size_t)(mark - out->buf));
    return outcome;
}

static void edits_of_the_user_and_of_the_project_both_stay(void **state)
{
    static const char base[] = "FROM a:1\nRUN x\nRUN y\nCMD z\n";
    static const struct {
        const char *mine, *now, *expected;
        enum merge_outcome outcome;
    } cases[] = {
        {"FROM a:1\nRUN x\nRUN y\nCMD z\n", "FROM a:1\nRUN x\nRUN y\nCMD z\n",
         "FROM a:1\nRUN x\nRUN y\nCMD z\n", MERGE_UNCHANGED},
        {"FROM a:1\nRUN x\nENV mine\nRUN y\nCMD z\n", "FROM a:2\nRUN x\nRUN y\nCMD z\n",
         "FROM a:2\nRUN x\nENV mine\nRUN y\nCMD z\n", MERGE_CHANGED},
        {"FROM a:1\nRUN y\nCMD z\n", "FROM a:1\nRUN x\nRUN y\nCMD other\n",
         "FROM a:1\nRUN y\nCMD other\n", MERGE_CHANGED},
        {"FROM a:1\nRUN x\nRUN y\nCMD mine\n", "FROM a:1\nRUN x\nRUN y\nCMD now\n",
         "FROM a:1\nRUN x\nRUN y\n<<<<<<< yours\nCMD mine\n=======\nCMD now\n>>>>>>> generated\n",
         MERGE_CONFLICT},
        {"FROM a:1\nRUN x\nRUN y\nCMD same\n", "FROM a:1\nRUN x\nRUN y\nCMD same\n",
         "FROM a:1\nRUN x\nRUN y\nCMD same\n", MERGE_CHANGED},
        {"", "FROM a:1\nRUN x\nRUN y\nCMD z\n", "", MERGE_CHANGED},
    };
    (void)state;

    for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
        cleanup_strbuf struct strbuf out = STRBUF_INIT;
        enum merge_outcome outcome = merged(base, cases[i].mine, cases[i].now, &out);
        assert_string_equal(out.buf, cases[i].expected);
        if (i < 5)
            assert_int_equal(outcome == MERGE_CONFLICT, cases[i].outcome == MERGE_CONFLICT);
    }
}

static void files_of_others_are_told_apart(void **state)
{
    cleanup_strbuf struct strbuf out = STRBUF_INIT;
    (void)state;

    assert_int_equal(merge_files(&out, span_of_text("FROM a\n"), span_of_text("FROM b\n")),
                     MERGE_FOREIGN);
}

static void differences_are_shown_as_a_unified_diff(void **state)
{
    cleanup_strbuf struct strbuf out = STRBUF_INIT;
    (void)state;

    merge_diff(&out, "f", span_of_text("a\nb\nc\n"), span_of_text("a\nx\nc\nd\n"));

    assert_string_equal(out.buf, "--- f\n+++ f\n@@ -1,3 +1,4 @@\n a\n-b\n+x\n c\n+d\n");
}

/* What a fixture project is: the facts that a reader of it would write down. */
struct expectation {
    const char *folder;
    const char *service, *ecosystem, *manager, *framework, *version, *start, *static_dir;
    int port;
    const char *diagnostic; /* a code that has to be there */
};

static const struct expectation expectations[] = {
    {"node-npm-express", "shop", "node", "npm", "express", "22", "node dist/server.js", NULL, 8081,
     NULL},
    {"node-lock-out-of-date", "drift", "node", "npm", "koa", "24", "node index.js", NULL, 0,
     "lock-out-of-date"},
    {"node-next-standalone", "web", "node", "pnpm", "next", "22", "node server.js", NULL, 3000,
     NULL},
    {"node-vite-static", "page", "node", "yarn", "vite", "22", "", "dist", 8080, NULL},
    {"node-nvmrc-unknown", "old", "node", "npm", NULL, "24", "node index.js", NULL, 0,
     "version-not-understood"},
    {"node-workspaces", "api", "node", "npm", "fastify", "22", "node dist/index.js", NULL, 0, NULL},
    {"node-nothing-starts", "library", "node", "npm", NULL, "24", "", NULL, 0, "start-unknown"},
    {"json-broken", "json-broken", "node", NULL, NULL, "24", "node index.js", NULL, 0,
     "file-not-read"},
    {"python-uv-fastapi", "orders", "python", "uv", "fastapi", "3.13",
     "uvicorn orders.api:service --host 0.0.0.0 --port 8000", NULL, 8000, NULL},
    {"python-django", "python-django", "python", "pip", "django", "3.12",
     "gunicorn --bind 0.0.0.0:8000 site_config.wsgi:application", NULL, 8000, NULL},
    {"python-poetry-flask", "python-poetry-flask", "python", "poetry", "flask", "3.12",
     "gunicorn --bind 0.0.0.0:8000 app:app", NULL, 8000, NULL},
    {"python-no-server", "python-no-server", "python", "pip", "fastapi", "3.13", "", NULL, 8000,
     "server-missing"},
    {"python-bot-only", "python-bot-only", "python", "pip", NULL, "3.13", "python bot.py", NULL, 0,
     "version-undeclared"},
    {"go-cmd", "ledger", "go", "go-mod", "chi", "1.24.1", "/app", NULL, 8090, "several-programs"},
    {"go-cgo", "notes", "go", "go-mod", NULL, "1.25", "/app", NULL, 0, NULL},
    {"go-workspace", "go-workspace", "go", "go-mod", NULL, "1.25", "/app", NULL, 0, NULL},
    {"go-replace-outside", "x", "go", "go-mod", NULL, "1.25", "/app", NULL, 0, "outside-context"},
    {"rust-workspace", "api-server", "rust", "cargo", NULL, "1.92", "/app", NULL, 0, NULL},
    {"rust-axum", "links", "rust", "cargo", "axum", "1.85.0", "/app", NULL, 0, NULL},
    {"java-maven-spring", "clinic", "java", "maven", "spring-boot", "21", "java -jar app.jar", NULL,
     9090, NULL},
    {"java-maven-modules", "service", "java", "maven", "quarkus", "17", "java -jar quarkus-run.jar",
     NULL, 8080, NULL},
    {"kotlin-gradle-ktor", "notes-api", "kotlin", "gradle", "ktor", "21", "/app/bin/notes-api",
     NULL, 8080, NULL},
    {"dotnet-solution", "shop-web", "dotnet", "nuget", "aspnet", "8.0", "dotnet shop.dll", NULL,
     8080, NULL},
    {"php-laravel", "store", "php", "composer", "laravel", "8.4",
     "frankenphp run --config /etc/frankenphp/Caddyfile", NULL, 8080, NULL},
    {"ruby-rails", "ruby-rails", "ruby", "bundler", "rails", "3.3.6", "bin/rails server -b 0.0.0.0",
     NULL, 3000, NULL},
    {"ruby-sinatra", "ruby-sinatra", "ruby", "bundler", "sinatra", "3.4",
     "bundle exec puma --bind tcp://0.0.0.0:9292", NULL, 9292, "no-lock-file"},
    {"deno-tasks", "deno-tasks", "deno", "deno", NULL, "2",
     "deno run --allow-net --allow-env main.ts", NULL, 8000, NULL},
    {"elixir-phoenix", "chat", "elixir", "mix", "phoenix", "1.19", "/app/bin/chat start", NULL,
     4000, NULL},
    {"cpp-cmake", "gateway", "cpp", "cmake", NULL, NULL, "/usr/local/bin/gateway", NULL, 0, NULL},
    {"c-meson", "clock-server", "c", "meson", NULL, NULL, "/usr/local/bin/clock-server", NULL, 0,
     NULL},
    {"site-plain", "site-plain", "static", NULL, NULL, NULL, "", "public", 8080, NULL},
    {"shell-script", "shell-script", "shell", NULL, NULL, NULL, "bash start.sh", NULL, 0, NULL},
    {"bun-server", "bunny", "bun", "bun", "hono", "1.2.4", "bun run src/index.ts", NULL, 3000,
     NULL},
    {"swift-server", "gateway", "swift", "swiftpm", NULL, "6.2", "/app/Gateway", NULL, 0, NULL},
    {"dart-shelf", "greeter", "dart", "dart-pub", "shelf", "3", "/app/app", NULL, 8080, NULL},
    {"crystal-targets", "zebra", "crystal", "shards", NULL, "1", "/app/zebra", NULL, 0, NULL},
    {"haskell-stack", "teller", "haskell", "stack", NULL, "9.6", "/app/teller", NULL, 0, NULL},
    {"haskell-cabal", "clerk", "haskell", "cabal", NULL, "9.10", "/app/clerk", NULL, 0,
     "version-undeclared"},
    {"gleam-app", "lamp", "gleam", "gleam", NULL, "1", "/app/entrypoint.sh run", NULL, 0, NULL},
    {"perl-psgi", "perl-psgi", "perl", "carton", NULL, "5.42", "starman --port 5000 app.psgi", NULL,
     5000, NULL},
    {"procfile-python", "procfile-python", "python", "pip", NULL, "3.13",
     "/bin/sh -c exec gunicorn --bind 0.0.0.0:$PORT wsgi:app", NULL, 8080, NULL},
    {"python-pipenv", "python-pipenv", "python", "pipenv", "flask", "3.11",
     "gunicorn --bind 0.0.0.0:8000 web:application", NULL, 8000, NULL},
    {"python-pdm", "tool", "python", "pdm", NULL, "3.13", "tool", NULL, 0, NULL},
    {"node-conflicting-versions", "clash", "node", "npm", NULL, "18", "node x.js", NULL, 0,
     "version-conflict"},
    {"php-symfony", "portal", "php", "composer", "symfony", "8.3",
     "frankenphp run --config /etc/frankenphp/Caddyfile", NULL, 8080, NULL},
    {"dotnet-fsharp", "tool", "dotnet", "nuget", NULL, "10.0", "dotnet tool.dll", NULL, 0, NULL},
    {"java-gradle-spring", "ledger", "java", "gradle", "spring-boot", "17", "java -jar app.jar",
     NULL, 8085, NULL},
    {"secrets-stay-out", "quiet", "node", "npm", NULL, "24", "node index.js", NULL, 0, NULL},
    {"dockerignore-there", "dockerignore-there", "python", "pip", "flask", "3.12",
     "gunicorn --bind 0.0.0.0:8000 app:app", NULL, 8000, "ignored-but-needed"},
    {"scala-sbt", "tracker", "scala", "sbt", NULL, "21", "/app/bin/tracker", NULL, 0, NULL},
    {"clojure-lein", "mail", "clojure", "leiningen", NULL, "25", "java -jar app.jar", NULL, 0,
     "version-undeclared"},
    {"erlang-rebar", "beacon", "erlang", "rebar3", NULL, "28", "/app/bin/beacon foreground", NULL,
     0, "version-undeclared"},
    {"julia-app", "solver", "julia", NULL, NULL, "1.11.2", "julia --project=. main.jl", NULL, 0,
     NULL},
    {"r-plumber", "r-plumber", "r", "renv", "plumber", "4.4.2",
     "Rscript -e plumber::pr_run(plumber::pr('plumber.R'), host = '0.0.0.0', port = 8000)", NULL,
     8000, NULL},
    {"python-module", "tick", "python", "pip", NULL, "3.13", "python -m tick", NULL, 0, NULL},
    {"ruby-rails-node", "ruby-rails-node", "ruby", "bundler", "rails", "3.4",
     "bin/rails server -b 0.0.0.0", NULL, 3000, NULL},
    {"two-services", "api", "go", "go-mod", NULL, "1.25", "/app", NULL, 0, NULL},
};

static void make_plan(struct plan *plan, struct project *project, const char *folder)
{
    struct plan_options options = {.comments = true};
    struct error error = ERROR_INIT;
    if (project_open(project, folder, &error) < 0 || plan_make(plan, project, &options, &error) < 0)
        fail_msg("%s: %s", folder, error.text);
}

static void expect_text(const char *folder, const char *what, const char *have, const char *want)
{
    if ((have == NULL) != (want == NULL) || (have && strcmp(have, want) != 0))
        fail_msg("%s: %s is '%s', not '%s'", folder, what, have ? have : "(none)",
                 want ? want : "(none)");
}

static void each_fixture_is_what_a_reader_would_say(void **state)
{
    (void)state;

    for (size_t i = 0; i < ARRAY_SIZE(expectations); i++) {
        const struct expectation *want = &expectations[i];
        cleanup_strbuf struct strbuf folder = STRBUF_INIT, start = STRBUF_INIT;
        struct project project;
        struct plan plan;
        strbuf_addf(&folder, "%s/projects/%s", FIXTURES, want->folder);
        make_plan(&plan, &project, folder.buf);
        assert_true(plan.service_count > 0);
        const struct service *service = &plan.services[0];
        for (size_t j = 0; j < service->start.count; j++)
            strbuf_addf(&start, "%s%s", j ? " " : "", service->start.items[j]);
        expect_text(want->folder, "name", service->name, want->service);
        expect_text(want->folder, "ecosystem", service->ecosystem, want->ecosystem);
        expect_text(want->folder, "package manager", service->package_manager, want->manager);
        expect_text(want->folder, "framework", service->framework, want->framework);
        expect_text(want->folder, "version", service->runtime.version, want->version);
        expect_text(want->folder, "start", start.buf, want->start);
        expect_text(want->folder, "static folder", service->static_dir, want->static_dir);
        assert_int_equal(service->port, want->port);
        bool found = want->diagnostic == NULL;
        for (size_t j = 0; want->diagnostic && j < plan.diagnostic_count; j++)
            found |= strcmp(plan.diagnostics[j].code, want->diagnostic) == 0;
        if (!found)
            fail_msg("%s: no diagnostic '%s'", want->folder, want->diagnostic);
        plan_release(&plan);
        project_close(&project);
    }
}

static void a_build_given_as_data_prints_itself(void **state)
{
    static const char text[] =
        "{\"stages\": [{\"name\": \"build\", \"from\": \"debian\", \"steps\": [{\"run\": "
        "\"make\"}]},"
        "{\"from\": \"scratch\", \"env\": {\"A\": \"b $c\"}, \"steps\": [{\"copy\": [\"/a b\"], "
        "\"to\": \"/x\", \"from\": \"build\"}],"
        "\"user\": \"1\", \"cmd\": [\"/x\"]}], \"script\": {\"image\": \"it's\", \"push\": true}}";
    static const char *const wrong[] = {
        "{}",
        "{\"stages\": []}",
        "{\"stages\": [{}]}",
        "{\"stages\": [{\"from\": \"a\", \"user\": \"x\\nRUN y\"}]}",
        "{\"stages\": [{\"from\": \"a\", \"steps\": [{}]}]}",
        "{\"files\": [{\"path\": \"../x\", \"content\": \"\"}]}",
        "["};
    struct plan_options options = {.comments = true};
    struct project project;
    struct plan plan;
    struct error error = ERROR_INIT;
    (void)state;
    assert_int_equal(project_open(&project, FIXTURES "/projects/shell-script", &error), 0);

    assert_int_equal(plan_from(&plan, &project, "b", span_of_text(text), &options, &error), 0);

    assert_string_equal(
        plan.files[0].content.buf,
        "# syntax=docker/dockerfile:1\n# check=error=true\n\nFROM debian AS build\nRUN "
        "make\n\nFROM scratch\n"
        "ENV A=\"b \\$c\"\nCOPY --from=build [\"/a b\", \"/x\"]\nUSER 1\nCMD [\"/x\"]\n");
    assert_non_null(strstr(plan.files[1].content.buf, "docker push 'it'\\''s:latest'"));
    plan_release(&plan);
    for (size_t i = 0; i < ARRAY_SIZE(wrong); i++) {
        assert_int_equal(plan_from(&plan, &project, "b", span_of_text(wrong[i]), &options, &error),
                         -1);
        error_release(&error);
    }
    project_close(&project);
}

static void services_below_a_folder_are_all_found(void **state)
{
    struct project project;
    struct plan plan;
    (void)state;

    make_plan(&plan, &project, FIXTURES "/projects/two-services");

    assert_int_equal(plan.service_count, 2);
    assert_string_equal(plan.services[1].path, "web");
    plan_release(&plan);
    project_close(&project);
}

static void links_of_a_project_are_not_followed(void **state)
{
    char folder[] = "/tmp/ullage-project-XXXXXX";
    cleanup_strbuf struct strbuf path = STRBUF_INIT;
    struct project project;
    struct error error = ERROR_INIT;
    struct span text;
    (void)state;
    assert_non_null(mkdtemp(folder));
    strbuf_addf(&path, "%s/package.json", folder);
    assert_int_equal(symlink(FIXTURES "/projects/node-npm-express/package.json", path.buf), 0);

    assert_int_equal(project_open(&project, folder, &error), 0);

    assert_false(project_has(&project, "", "package.json"));
    assert_false(project_text(&project, "package.json", &text));
    project_close(&project);
    unlink(path.buf);
    rmdir(folder);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(source_is_read_without_its_comments_and_texts),
        cmocka_unit_test(requirements_are_names_and_no_options),
        cmocka_unit_test(templates_have_values_conditions_and_lists),
        cmocka_unit_test(templates_refuse_what_would_become_a_line_of_its_own),
        cmocka_unit_test(templates_that_are_broken_say_where),
        cmocka_unit_test(edits_of_the_user_and_of_the_project_both_stay),
        cmocka_unit_test(files_of_others_are_told_apart),
        cmocka_unit_test(differences_are_shown_as_a_unified_diff),
        cmocka_unit_test(each_fixture_is_what_a_reader_would_say),
        cmocka_unit_test(a_build_given_as_data_prints_itself),
        cmocka_unit_test(services_below_a_folder_are_all_found),
        cmocka_unit_test(links_of_a_project_are_not_followed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
