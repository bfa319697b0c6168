/* Python: six ways to install, frameworks by what is declared and what the source defines. */
#include <ctype.h>
#include <string.h>

#include "core/memory.h"
#include "generator/files.h"
#include "generator/images.h"
#include "generator/language.h"
#include "generator/requirements.h"
#include "generator/runtime.h"
#include "generator/source.h"

static const char *const manifests[] = {
    "requirements.txt", "pyproject.toml", "Pipfile",  "setup.py",  "setup.cfg", "environment.yml",
    "uv.lock",          "poetry.lock",    "pdm.lock", "manage.py", NULL};
static const char *const entries[] = {"main.py", "app.py",   "server.py", "wsgi.py",  "asgi.py",
                                      "run.py",  "start.py", "bot.py",    "hello.py", NULL};
static const char *const locks[] = {"uv.lock", "poetry.lock", "pdm.lock", "Pipfile.lock", NULL};

static const char *first_of(struct project *project, const char *folder, const char *const *names)
{
    for (; *names; names++)
        if (project_has(project, folder, *names))
            return *names;
    return NULL;
}

static int bid(struct project *project, const char *folder, const char **ret_why,
               bool *ret_workspace)
{
    (void)ret_workspace;
    const char *lock = first_of(project, folder, locks),
               *manifest = first_of(project, folder, manifests);
    const char *entry = first_of(project, folder, entries);
    *ret_why = lock ? lock : manifest ? manifest : entry;
    if (project_has(project, folder, "manage.py") && manifest)
        return BID_FRAMEWORK;
    if (lock)
        return BID_LOCK;
    if (manifest)
        return entry || strcmp(manifest, "requirements.txt") != 0 ? BID_MANIFEST : BID_LIBRARY;
    if (entry)
        return BID_ENTRY;
    const struct project_file *file = project_match(project, folder, "*.py");
    *ret_why = "a Python file";
    return file ? BID_SOURCE : BID_NONE;
}

/* Everything a service of Python is decided from. */
struct python {
    struct planning *planning;
    struct service *service;
    struct project *project;
    const char *folder;
    const struct manifest *pyproject, *pipfile;
    const char *pyproject_path;
    struct requirements requirements;
};

static bool has(const struct python *python, const char *name)
{
    return requirements_have(&python->requirements, name);
}

static void add_list(struct python *python, const struct node *list, const char *file)
{
    for (const struct node *item = list && list->kind == NODE_LIST ? list->first : NULL; item;
         item = item->next)
        if (node_text(item))
            requirements_add(&python->requirements, item->text, file, item->line);
}

static void add_keys(struct python *python, const struct node *map, const char *file)
{
    for (const struct node *item = map && map->kind == NODE_MAP ? map->first : NULL; item;
         item = item->next) {
        const struct node *extras =
            item->kind == NODE_MAP ? node_get(python->pyproject, item, "extras") : NULL;
        const char *extra = extras && extras->first ? node_text(extras->first) : NULL;
        requirements_add(&python->requirements,
                         extra ? plan_text(python->planning->plan, "%s[%s]", item->key, extra)
                               : item->key,
                         file, item->line);
    }
}

/* What is needed at run time: groups for development are left aside. */
static void read_dependencies(struct python *python)
{
    struct project *project = python->project;
    static const char *const files[] = {"requirements.txt",      "requirements/production.txt",
                                        "requirements/prod.txt", "requirements/base.txt",
                                        "requirements.in",       NULL};
    const char *file = first_of(project, python->folder, files);
    requirements_read(&python->requirements, project,
                      project_at(project, python->folder, file ? file : "requirements.txt"));
    python->pyproject_path = project_at(project, python->folder, "pyproject.toml");
    python->pyproject = project_manifest(project, python->pyproject_path, manifest_read_toml);
    const char *pipfile = project_at(project, python->folder, "Pipfile");
    python->pipfile = project_manifest(project, pipfile, manifest_read_toml);
    add_list(python, node_path(python->pyproject, "project.dependencies"), python->pyproject_path);
    add_keys(python, node_path(python->pyproject, "tool.poetry.dependencies"),
             python->pyproject_path);
    add_keys(python, node_path(python->pipfile, "packages"), pipfile);
}

static void require(struct python *python, const struct manifest *document, const char *file,
                    const char *path, enum version_grammar grammar)
{
    const struct node *node = node_path(document, path);
    if (node_text(node) && strcmp(node->text, "*") != 0)
        runtime_require(python->planning, python->service, grammar, node->text,
                        evidence_of(file, node, path));
}

/* "python-3.12.4", "3.12", "pypy3.10", "3.13t" */
static void require_pin(struct python *python, const char *name)
{
    uint32_t line;
    const char *path = project_at(python->project, python->folder, name);
    const char *text = project_first_line(python->project, path, &line);
    if (!text)
        return;
    text += strncmp(text, "python-", 7) == 0 ? 7 : strncmp(text, "cpython-", 8) == 0 ? 8 : 0;
    size_t len = strspn(text, "0123456789.");
    struct evidence evidence = {.file = path, .line = line, .field = "version"};
    if (!len || !isdigit((unsigned char)text[len - 1]) || (text[len] && !strchr("t \r", text[len])))
        plan_report(python->planning->plan, SEVERITY_WARNING, "version-not-understood",
                    "--runtime-version VERSION", "%s:%u: '%s' is no version of CPython", path,
                    (unsigned)line, text);
    else
        runtime_require(python->planning, python->service, GRAMMAR_PREFIX,
                        plan_text(python->planning->plan, "%.*s", (int)len, text), evidence);
}

static void require_versions(struct python *python)
{
    struct project *project = python->project;
    const char *pipfile = project_at(project, python->folder, "Pipfile");
    const char *uv = project_at(project, python->folder, "uv.lock");
    runtime_start(python->service, "python");
    require_pin(python, ".python-version");
    require_pin(python, "runtime.txt");
    runtime_require_tools(python->planning, python->service, "python");
    require(python, python->pipfile, pipfile, "requires.python_full_version", GRAMMAR_PREFIX);
    require(python, python->pipfile, pipfile, "requires.python_version", GRAMMAR_PREFIX);
    require(python, python->pyproject, python->pyproject_path, "project.requires-python",
            GRAMMAR_PEP440);
    require(python, python->pyproject, python->pyproject_path, "tool.poetry.dependencies.python",
            GRAMMAR_POETRY);
    if (project_has(project, python->folder, "uv.lock"))
        require(python, project_manifest(project, uv, manifest_read_toml), uv, "requires-python",
                GRAMMAR_PEP440);
    runtime_decide(python->planning, python->service,
                   "add requires-python to pyproject.toml, or .python-version");
}

static void add_manifest(struct python *python, const char *name)
{
    if (project_has(python->project, python->folder, name))
        values_add(&python->service->values, "manifests", name,
                   evidence_of_file(project_at(python->project, python->folder, name)));
}

static void install(struct python *python, const char *manager, const char *cache,
                    const char *command)
{
    python->service->package_manager = manager;
    values_set(&python->service->values, "cache", cache, evidence_none);
    for (const char *at = command; at;) { /* each command is a line of its own */
        const char *next = strstr(at, " && ");
        strvec_add_bytes(&python->service->install, at, next ? (size_t)(next - at) : strlen(at));
        at = next ? next + 4 : NULL;
    }
}

static void then(struct python *python, const char *command)
{
    strvec_add(&python->service->build, command);
}

static bool builds_itself(const struct python *python)
{
    const struct node *package = node_path(python->pyproject, "tool.uv.package");
    return node_path(python->pyproject, "build-system") && !(package && !node_is_true(package));
}

static void plan_uv(struct python *python)
{
    bool locked = project_has(python->project, python->folder, "uv.lock");
    add_manifest(python, "uv.lock");
    add_manifest(python, "pyproject.toml");
    add_manifest(python, ".python-version");
    install(python, "uv", "/root/.cache/uv",
            locked ? "uv sync --locked --no-install-project --no-dev"
                   : "uv sync --no-install-project --no-dev");
    if (builds_itself(python))
        then(python,
             locked ? "uv sync --locked --no-dev --no-editable" : "uv sync --no-dev --no-editable");
}

static void plan_poetry(struct python *python)
{
    struct project *project = python->project;
    add_manifest(python, "poetry.lock");
    add_manifest(python, "pyproject.toml");
    /* the file says which release wrote it */
    struct span text;
    const char *version = "2.2.1";
    if (project_text(project, project_at(project, python->folder, "poetry.lock"), &text) &&
        strstr(text.ptr, "by Poetry 1."))
        version = "1.8.5";
    install(
        python, "poetry", "/root/.cache/pypoetry",
        plan_text(
            python->planning->plan,
            "python -m venv /opt/poetry && /opt/poetry/bin/pip install --no-cache-dir poetry==%s "
            "&& python -m venv /app/.venv && /opt/poetry/bin/poetry install --only main --no-root "
            "--no-interaction",
            version));
    if (node_path(python->pyproject, "build-system") &&
        !(node_path(python->pyproject, "tool.poetry.package-mode") &&
          !node_is_true(node_path(python->pyproject, "tool.poetry.package-mode"))))
        then(python, "/opt/poetry/bin/poetry install --only main --no-interaction");
}

static void plan_pip(struct python *python)
{
    struct requirements *list = &python->requirements;
    cleanup_strbuf struct strbuf command = STRBUF_INIT;
    size_t skip = *python->folder ? strlen(python->folder) + 1 : 0;
    strbuf_addf(&command, "python -m venv /app/.venv && pip install --requirement %s%s",
                list->files.items[0] + skip, list->has_hashes ? " --require-hashes" : "");
    for (size_t i = 0; i < list->files.count; i++)
        add_manifest(python, plan_text(python->planning->plan, "%s", list->files.items[i] + skip));
    if (list->is_local)
        values_set(&python->service->values, "copy_before_install", "yes",
                   evidence_of_file(list->files.items[0]));
    install(python, "pip", "/root/.cache/pip", command.buf);
}

static void plan_conda(struct python *python)
{
    add_manifest(python, "environment.yml");
    plan_report(python->planning->plan, SEVERITY_WARNING, "conda",
                "list what is needed in requirements.txt",
                "conda brings a distribution of its own: the image will be large");
    install(python, "conda", "/opt/conda/pkgs",
            "python -m venv /opt/mamba && /opt/mamba/bin/pip install --no-cache-dir conda && "
            "/opt/mamba/bin/conda env create --prefix /app/.venv --file environment.yml");
}

static void plan_install(struct python *python)
{
    struct project *project = python->project;
    const char *folder = python->folder;
    bool poetry = node_path(python->pyproject, "tool.poetry") != NULL;
    if (project_has(project, folder, "uv.lock") || node_path(python->pyproject, "tool.uv")) {
        plan_uv(python);
    } else if (project_has(project, folder, "poetry.lock") || poetry) {
        plan_poetry(python);
    } else if (project_has(project, folder, "pdm.lock")) {
        add_manifest(python, "pdm.lock");
        add_manifest(python, "pyproject.toml");
        install(
            python, "pdm", "/root/.cache/pdm",
            "python -m venv /opt/pdm && /opt/pdm/bin/pip install --no-cache-dir pdm==2.22.3 && "
            "python -m venv /app/.venv && /opt/pdm/bin/pdm sync --prod --no-editable --no-self");
        if (builds_itself(python) || node_path(python->pyproject, "project.scripts"))
            then(python, "/opt/pdm/bin/pdm sync --prod --no-editable");
    } else if (project_has(project, folder, "Pipfile")) {
        bool locked = project_has(project, folder, "Pipfile.lock");
        add_manifest(python, "Pipfile");
        add_manifest(python, "Pipfile.lock");
        install(
            python, "pipenv", "/root/.cache/pipenv",
            plan_text(python->planning->plan,
                      "python -m venv /opt/pipenv && /opt/pipenv/bin/pip install --no-cache-dir "
                      "pipenv==2025.0.4 && python -m venv /app/.venv && /opt/pipenv/bin/pipenv %s",
                      locked ? "sync" : "install --skip-lock"));
    } else if (python->requirements.files.count) {
        plan_pip(python);
    } else if (python->pyproject || project_has(project, folder, "setup.py")) {
        values_set(&python->service->values, "copy_before_install", "yes",
                   evidence_of_file(python->pyproject_path));
        install(python, "pip", "/root/.cache/pip", "python -m venv /app/.venv && pip install .");
    } else if (project_has(project, folder, "environment.yml")) {
        plan_conda(python);
    } else {
        install(python, "pip", "/root/.cache/pip", "python -m venv /app/.venv");
    }
    bool locked = first_of(project, folder, locks) || python->requirements.has_hashes;
    if (!locked && python->requirements.names.count &&
        strcmp(python->service->package_manager, "pip") != 0)
        plan_report(python->planning->plan, SEVERITY_WARNING, "no-lock-file",
                    "commit the lock file",
                    "%s has no lock file: each build may get other packages",
                    python->service->package_manager);
}

/* `app = FastAPI(` in the source: the module and the name. */
static bool find_object(struct python *python, const char *class, struct strbuf *module,
                        struct strbuf *name, const char **ret_path)
{
    struct project *project = python->project;
    size_t first, end, skip = *python->folder ? strlen(python->folder) + 1 : 0, best = SIZE_MAX;
    project_range(project, python->folder, &first, &end);
    for (size_t i = first; i < end; i++) {
        const struct project_file *file = &project->files[i];
        const char *inside = file->path + skip;
        struct span text;
        size_t depth = 0;
        for (const char *at = inside; *at; at++)
            depth += *at == '/';
        if (file->kind != PROJECT_FILE || !span_ends_with(span_of_text(inside), ".py") ||
            depth > 3 || depth >= best || strstr(inside, "test") ||
            !project_text(project, file->path, &text))
            continue;
        struct source source = source_of(text, SOURCE_SCRIPT);
        struct token token, before = {0}, name_token = {0};
        while ((token = source_next(&source)).kind != TOKEN_END) {
            if (token_is(token, TOKEN_SIGN, "=") && before.kind == TOKEN_WORD && before.indent == 0)
                name_token = before;
            bool made = token.kind == TOKEN_WORD && span_equals_text(token.text, class) &&
                        name_token.text.len && name_token.line == token.line &&
                        token_is(before, TOKEN_SIGN, "=");
            if (made) {
                best = depth;
                strbuf_reset(module);
                strbuf_reset(name);
                bool below = strncmp(inside, "src/", 4) == 0 &&
                             !project_has(project, project_at(project, python->folder, "src"),
                                          "__init__.py");
                inside += below ? 4 : 0;
                if (below && !builds_itself(python))
                    values_set(&python->service->values, "source_folder", "/app/src",
                               evidence_of_file(file->path));
                strbuf_add(module, inside, strlen(inside) - 3);
                if (span_ends_with(span_of(module->buf, module->len), "/__init__"))
                    strbuf_truncate(module, module->len - strlen("/__init__"));
                for (size_t j = 0; j < module->len; j++)
                    module->buf[j] = module->buf[j] == '/' ? '.' : module->buf[j];
                strbuf_add(name, name_token.text.ptr, name_token.text.len);
                *ret_path = file->path;
                break;
            }
            before = token;
        }
    }
    return best != SIZE_MAX;
}

static void start(struct python *python, const char *const *words)
{
    for (; *words; words++)
        strvec_add(&python->service->start, *words);
}

static void report_server(struct python *python, const char *framework, const char *server)
{
    plan_report(
        python->planning->plan, SEVERITY_ERROR, "server-missing",
        plan_text(python->planning->plan, "add %s to the dependencies, or --start COMMAND", server),
        "%s is there, but no server for it among the dependencies", framework);
}

static void start_asgi(struct python *python, const char *module, const char *name)
{
    const char *target = plan_text(python->planning->plan, "%s:%s", module, name);
    python->service->port = 8000;
    if (has(python, "uvicorn"))
        start(python, (const char *const[]){"uvicorn", target, "--host", "0.0.0.0", "--port",
                                            "8000", NULL});
    else if (has(python, "hypercorn"))
        start(python, (const char *const[]){"hypercorn", "--bind", "0.0.0.0:8000", target, NULL});
    else if (has(python, "granian"))
        start(python, (const char *const[]){"granian", "--interface", "asgi", "--host", "0.0.0.0",
                                            "--port", "8000", target, NULL});
    else if (strvec_contains(&python->requirements.extras, "fastapi[standard]") ||
             strvec_contains(&python->requirements.extras, "fastapi[all]"))
        start(python, (const char *const[]){"uvicorn", target, "--host", "0.0.0.0", "--port",
                                            "8000", NULL});
    else
        report_server(python, python->service->framework, "uvicorn");
}

static void start_wsgi(struct python *python, const char *module, const char *name)
{
    const char *target = plan_text(python->planning->plan, "%s:%s", module, name);
    python->service->port = 8000;
    if (has(python, "gunicorn"))
        start(python, (const char *const[]){"gunicorn", "--bind", "0.0.0.0:8000", target, NULL});
    else if (has(python, "uvicorn"))
        start(python, (const char *const[]){"uvicorn", "--interface", "wsgi", target, "--host",
                                            "0.0.0.0", "--port", "8000", NULL});
    else if (has(python, "waitress"))
        start(python,
              (const char *const[]){"waitress-serve", "--listen=0.0.0.0:8000", target, NULL});
    else
        report_server(python, python->service->framework, "gunicorn");
}

/* The folder of settings.py, whose name is the module that wsgi.py belongs to. */
static bool plan_django(struct python *python)
{
    struct project *project = python->project;
    size_t first, end, skip = *python->folder ? strlen(python->folder) + 1 : 0;
    if (!project_has(project, python->folder, "manage.py"))
        return false;
    python->service->framework = "django";
    project_range(project, python->folder, &first, &end);
    for (size_t i = first; i < end; i++) {
        const struct project_file *file = &project->files[i];
        bool asgi = strcmp(file->name, "asgi.py") == 0;
        if ((!asgi && strcmp(file->name, "wsgi.py") != 0) || file->name == file->path + skip)
            continue;
        if (asgi && (has(python, "gunicorn") || !has(python, "uvicorn")))
            continue;
        cleanup_strbuf struct strbuf module = STRBUF_INIT;
        strbuf_add(&module, file->path + skip, strlen(file->path + skip) - 3);
        for (size_t j = 0; j < module.len; j++)
            module.buf[j] = module.buf[j] == '/' ? '.' : module.buf[j];
        if (asgi)
            start_asgi(python, module.buf, "application");
        else
            start_wsgi(python, module.buf, "application");
        values_set(&python->service->values, "start", NULL, evidence_of_file(file->path));
        break;
    }
    struct span settings;
    for (size_t i = first; i < end; i++)
        if (strncmp(project->files[i].name, "settings", 8) == 0 &&
            project_text(project, project->files[i].path, &settings) &&
            strstr(settings.ptr, "STATIC_ROOT")) {
            then(python, "SECRET_KEY=not-used-at-build /app/.venv/bin/python manage.py "
                         "collectstatic --noinput");
            break;
        }
    return true;
}

static bool plan_framework(struct python *python)
{
    static const struct {
        const char *package, *class, *name;
        bool asgi;
    } frameworks[] = {{"fastapi", "FastAPI", "fastapi", true},
                      {"starlette", "Starlette", "starlette", true},
                      {"litestar", "Litestar", "litestar", true},
                      {"quart", "Quart", "quart", true},
                      {"python-fasthtml", "FastHTML", "fasthtml", true},
                      {"flask", "Flask", "flask", false},
                      {"sanic", "Sanic", "sanic", true},
                      {"bottle", "Bottle", "bottle", false},
                      {"falcon", "App", "falcon", false}};
    cleanup_strbuf struct strbuf module = STRBUF_INIT, name = STRBUF_INIT;
    for (size_t i = 0; i < ARRAY_SIZE(frameworks); i++) {
        const char *path;
        if (!has(python, frameworks[i].package))
            continue;
        python->service->framework = frameworks[i].name;
        if (!find_object(python, frameworks[i].class, &module, &name, &path)) {
            if (strcmp(frameworks[i].package, "flask") != 0 ||
                !find_object(python, "create_app", &module, &name, &path))
                continue;
        }
        values_set(&python->service->values, "start", NULL, evidence_of_file(path));
        if (frameworks[i].asgi)
            start_asgi(python, module.buf, name.buf);
        else
            start_wsgi(python, module.buf, name.buf);
        return true;
    }
    return false;
}

/* A package that runs by `python -m`: the folder of the only __main__.py. */
static const char *find_main_module(struct python *python)
{
    struct project *project = python->project;
    const char *found = NULL;
    size_t first, end, skip = *python->folder ? strlen(python->folder) + 1 : 0;
    project_range(project, python->folder, &first, &end);
    for (size_t i = first; i < end; i++) {
        const struct project_file *file = &project->files[i];
        const char *inside = file->path + skip;
        inside += strncmp(inside, "src/", 4) == 0 ? 4 : 0;
        const char *slash = strchr(inside, '/');
        if (!slash || strcmp(slash, "/__main__.py") != 0)
            continue;
        if (found)
            return NULL;
        found = plan_text(python->planning->plan, "%.*s", (int)(slash - inside), inside);
        values_set(&python->service->values, "start", NULL, evidence_of_file(file->path));
    }
    return found;
}

/* Programs that bring their own server, and scripts that a project installs. */
static bool plan_program(struct python *python)
{
    struct project *project = python->project;
    const char *entry = first_of(project, python->folder, entries);
    if (has(python, "streamlit") &&
        (entry || project_has(project, python->folder, "streamlit_app.py"))) {
        const char *file =
            project_has(project, python->folder, "streamlit_app.py") ? "streamlit_app.py" : entry;
        python->service->framework = "streamlit";
        python->service->port = 8501;
        start(python, (const char *const[]){"streamlit", "run", file, "--server.address=0.0.0.0",
                                            "--server.port=8501", NULL});
        return true;
    }
    const struct node *scripts = node_path(python->pyproject, "project.scripts");
    if (!scripts)
        scripts = node_path(python->pyproject, "tool.poetry.scripts");
    if (!entry && scripts && scripts->kind == NODE_MAP && scripts->count == 1) {
        values_set(&python->service->values, "start", NULL,
                   evidence_of(python->pyproject_path, scripts->first, "project.scripts"));
        start(python, (const char *const[]){scripts->first->key, NULL});
        return true;
    }
    const char *module = entry ? NULL : find_main_module(python);
    if (module) {
        start(python, (const char *const[]){"python", "-m", module, NULL});
        return true;
    }
    if (!entry) {
        const struct project_file *only = project_match(project, python->folder, "*.py");
        bool setup = only && strcmp(only->name, "setup.py") == 0;
        entry = only && !setup && !python->pyproject ? only->name : NULL;
    }
    if (!entry)
        return false;
    values_set(&python->service->values, "start", NULL,
               evidence_of_file(project_at(project, python->folder, entry)));
    start(python, (const char *const[]){"python", entry, NULL});
    return true;
}

static const struct native {
    const char *package;
    const char *build[5];
    const char *runtime[4];
} natives[] = {
    {"psycopg2", {"gcc", "libpq-dev"}, {"libpq5"}},
    {"psycopg", {0}, {"libpq5"}},
    {"mysqlclient", {"gcc", "default-libmysqlclient-dev", "pkg-config"}, {"libmariadb3"}},
    {"pycairo", {"gcc", "libcairo2-dev", "pkg-config"}, {"libcairo2"}},
    {"weasyprint", {0}, {"libpango-1.0-0", "libpangoft2-1.0-0"}},
    {"xmlsec", {"gcc", "libxmlsec1-dev", "pkg-config"}, {"libxmlsec1"}},
    {"pydub", {0}, {"ffmpeg"}},
    {"moviepy", {0}, {"ffmpeg"}},
    {"pdf2image", {0}, {"poppler-utils"}},
    {"pytesseract", {0}, {"tesseract-ocr"}},
    {"python-magic", {0}, {"libmagic1"}},
    {"opencv-python", {0}, {"libgl1", "libglib2.0-0"}},
    {"gdal", {"gcc", "g++", "libgdal-dev"}, {"libgdal32"}},
    {"uwsgi", {"gcc"}, {0}},
    {"torch", {0}, {"libgomp1"}},
};

static const struct {
    const char *package, *backing;
} backings[] = {{"psycopg2", "postgres"},   {"psycopg2-binary", "postgres"},
                {"psycopg", "postgres"},    {"asyncpg", "postgres"},
                {"mysqlclient", "mysql"},   {"pymysql", "mysql"},
                {"redis", "redis"},         {"django-redis", "redis"},
                {"pymongo", "mongo"},       {"motor", "mongo"},
                {"pika", "rabbitmq"},       {"elasticsearch", "elasticsearch"},
                {"pymemcache", "memcached"}};

static void plan_needs(struct python *python)
{
    struct service *service = python->service;
    for (size_t i = 0; i < ARRAY_SIZE(natives); i++) {
        bool binary = strcmp(natives[i].package, "psycopg") == 0 &&
                      strvec_contains(&python->requirements.extras, "psycopg[binary]");
        if (!has(python, natives[i].package) || binary)
            continue;
        for (size_t j = 0; j < 5 && natives[i].build[j]; j++)
            packages_need(&service->build_packages, natives[i].build[j], natives[i].package);
        for (size_t j = 0; j < 4 && natives[i].runtime[j]; j++)
            packages_need(&service->runtime_packages, natives[i].runtime[j], natives[i].package);
    }
    if (python->requirements.needs_git)
        packages_need(&service->build_packages, "git", "a dependency from a repository");
    for (size_t i = 0; i < ARRAY_SIZE(backings); i++)
        if (has(python, backings[i].package))
            files_add_backing(service, backings[i].backing);
}

/* What a build backend reads beside the sources: hatchling and others refuse to build without it.
 */
static void keep_metadata(struct python *python)
{
    struct values *values = &python->service->values;
    const struct node *readme = node_path(python->pyproject, "project.readme"),
                      *files = node_path(python->pyproject, "project.license-files");
    if (readme && readme->kind == NODE_MAP)
        readme = node_get(python->pyproject, readme, "file");
    if (node_text(readme))
        values_add(values, "kept", readme->text,
                   evidence_of(python->pyproject_path, readme, "project.readme"));
    for (const struct node *item = files && files->kind == NODE_LIST ? files->first : NULL; item;
         item = item->next)
        if (node_text(item))
            values_add(values, "kept", item->text,
                       evidence_of(python->pyproject_path, item, "project.license-files"));
}

static void plan_labels(struct python *python)
{
    keep_metadata(python);
    static const char *const fields[][2] = {{"project.name", "title"},
                                            {"project.version", "label_version"},
                                            {"project.description", "description"}};
    for (size_t i = 0; i < ARRAY_SIZE(fields); i++) {
        const struct node *node = node_path(python->pyproject, fields[i][0]);
        if (node_text(node) && *node->text && !strpbrk(node->text, "\n\r\t"))
            values_set(&python->service->values, fields[i][1], node->text,
                       evidence_of(python->pyproject_path, node, fields[i][0]));
    }
    const char *name = manifest_text(python->pyproject, "project.name");
    if (name)
        python->service->name = plan_name(python->planning->plan, name);
}

static void plan_python(struct planning *planning, struct service *service)
{
    struct python python = {.planning = planning,
                            .service = service,
                            .project = planning->project,
                            .folder = service->path};
    struct values *values = &service->values;
    static const char *const ignored[] = {"**/__pycache__", "**/*.py[cod]",  ".venv",       "venv",
                                          ".mypy_cache",    ".pytest_cache", ".ruff_cache", ".tox",
                                          "**/*.egg-info",  ".coverage",     "htmlcov"};
    values_set(values, "copy_before_install", NULL, evidence_none);
    values_set(values, "source_folder", NULL, evidence_none);
    read_dependencies(&python);
    require_versions(&python);
    plan_install(&python);
    if (!plan_django(&python) && !plan_framework(&python))
        plan_program(&python);
    plan_needs(&python);
    plan_labels(&python);
    values_set(values, "uv_image", images_name(planning, "uv", "0.9"), evidence_none);
    images_use(planning, service, IMAGE_BUILD, "python");
    images_use(planning, service, IMAGE_FINAL, "python");
    service->user = "10001";
    for (size_t i = 0; i < ARRAY_SIZE(ignored); i++)
        strvec_add(&service->ignore, ignored[i]);
    requirements_release(&python.requirements);
}

const struct language language_python = {
    .name = "python",
    .template = "python",
    .obeys_procfile = true,
    .manifests = manifests,
    .bid = bid,
    .plan = plan_python,
};
