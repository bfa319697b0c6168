#include "generator/plan.h"

#include <ctype.h>
#include <stdarg.h>
#include <string.h>

#include "core/escape.h"
#include "core/memory.h"
#include "generator/discover.h"
#include "generator/files.h"
#include "generator/language.h"
#include "generator/stages.h"

const char *plan_text(struct plan *plan, const char *format, ...)
{
    cleanup_strbuf struct strbuf text = STRBUF_INIT;
    va_list args;
    va_start(args, format);
    strbuf_vaddf(&text, format, args);
    va_end(args);
    return arena_dup(&plan->arena, text.buf, text.len);
}

const char *plan_name(struct plan *plan, const char *text)
{
    cleanup_strbuf struct strbuf name = STRBUF_INIT;
    for (; *text; text++) {
        char c = (char)tolower((unsigned char)*text);
        bool good = isalnum((unsigned char)c) && (unsigned char)c < 0x80;
        if (good || (name.len && strchr("-_.", c)))
            strbuf_add_char(&name, good || c != '.' ? c : '-');
        else if (name.len && name.buf[name.len - 1] != '-')
            strbuf_add_char(&name, '-');
    }
    while (name.len && strchr("-_.", name.buf[name.len - 1]))
        strbuf_truncate(&name, name.len - 1);
    return name.len ? arena_dup(&plan->arena, name.buf, name.len) : "app";
}

void plan_report(struct plan *plan, enum severity severity, const char *code, const char *fix,
                 const char *format, ...)
{
    cleanup_strbuf struct strbuf text = STRBUF_INIT, shown = STRBUF_INIT;
    va_list args;
    va_start(args, format);
    strbuf_vaddf(&text, format, args);
    va_end(args);
    escape_for_terminal(&shown, span_of(text.buf, text.len));
    plan->diagnostics = memory_grow(plan->diagnostics, plan->diagnostic_count,
                                    &plan->diagnostic_capacity, sizeof *plan->diagnostics);
    plan->diagnostics[plan->diagnostic_count++] = (struct diagnostic){
        .severity = severity,
        .code = code,
        .message = arena_dup(&plan->arena, shown.buf, shown.len),
        .fix = fix,
    };
}

struct output_file *plan_add_file(struct plan *plan, const char *path)
{
    plan->files =
        memory_grow(plan->files, plan->file_count, &plan->file_capacity, sizeof *plan->files);
    struct output_file *file = &plan->files[plan->file_count++];
    *file =
        (struct output_file){.path = arena_dup_text(&plan->arena, path), .content = STRBUF_INIT};
    return file;
}

struct evidence evidence_of(const char *file, const struct node *node, const char *field)
{
    return (struct evidence){
        .file = file, .line = node ? node->line : 0, .field = field, .value = node_text(node)};
}

struct evidence evidence_of_file(const char *file)
{
    return (struct evidence){.file = file};
}

static struct value *make_value(struct values *values, const char *name)
{
    for (size_t i = 0; i < values->count; i++)
        if (strcmp(values->items[i].name, name) == 0)
            return &values->items[i];
    values->items =
        memory_grow(values->items, values->count, &values->capacity, sizeof *values->items);
    values->items[values->count] = (struct value){.name = name, .items = STRVEC_INIT};
    return &values->items[values->count++];
}

void values_set(struct values *values, const char *name, const char *text, struct evidence origin)
{
    struct value *value = make_value(values, name);
    value->text = text;
    value->origin = origin;
}

void values_add(struct values *values, const char *name, const char *item, struct evidence origin)
{
    struct value *value = make_value(values, name);
    value->is_list = true;
    if (!value->origin.file)
        value->origin = origin;
    strvec_add(&value->items, item);
}

const struct value *values_get(const struct values *values, const char *name)
{
    for (size_t i = 0; i < values->count; i++)
        if (strcmp(values->items[i].name, name) == 0)
            return &values->items[i];
    return NULL;
}

void values_release(struct values *values)
{
    for (size_t i = 0; i < values->count; i++)
        strvec_release(&values->items[i].items);
    free(values->items);
}

void packages_need(struct package_list *list, const char *name, const char *because)
{
    for (size_t i = 0; i < list->count; i++)
        if (strcmp(list->items[i].name, name) == 0)
            return;
    list->items = memory_grow(list->items, list->count, &list->capacity, sizeof *list->items);
    list->items[list->count++] = (struct package_need){.name = name, .because = because};
}

/* A command line of the user's, split at blanks; one that needs a shell gets it. */
static void set_start(struct service *service, const char *line)
{
    strvec_release(&service->start);
    service->start = (struct strvec)STRVEC_INIT;
    if (strpbrk(line, "|&;<>()$`\\\"'*?[#~")) {
        strvec_add(&service->start, "/bin/sh");
        strvec_add(&service->start, "-c");
        strvec_addf(&service->start, "%s%s", strpbrk(line, "|&;") ? "" : "exec ", line);
        return;
    }
    while (*(line += strspn(line, " \t"))) {
        size_t len = strcspn(line, " \t");
        strvec_add_bytes(&service->start, line, len);
        line += len;
    }
}

/* What a Procfile runs: web over worker over whatever comes first. Each other line that is none of
 * them is told, since nothing here starts it. */
static void apply_procfile(struct planning *planning, struct service *service)
{
    static const char *const order[] = {"web", "worker", ""};
    const char *path = project_at(planning->project, service->path, "Procfile");
    struct span text;
    if (!service->language->obeys_procfile || !project_text(planning->project, path, &text))
        return;
    for (size_t i = 0; i < ARRAY_SIZE(order); i++) {
        uint32_t number = 1;
        for (const char *at = text.ptr; at && *at; number++) {
            const char *end = strchr(at, '\n');
            size_t width = strcspn(at, ":\r\n");
            bool named = width && at[width] == ':' && *at != '#' && strncmp(at, "release", 7) != 0;
            if (named &&
                (!*order[i] || (width == strlen(order[i]) && strncmp(at, order[i], width) == 0))) {
                const char *command = at + width + 1 + strspn(at + width + 1, " \t");
                service->static_dir = NULL;
                set_start(service, plan_text(planning->plan, "%.*s", (int)strcspn(command, "\r\n"),
                                             command));
                const char *process = plan_text(planning->plan, "%.*s", (int)width, at);
                values_set(&service->values, "start", NULL,
                           (struct evidence){.file = path, .line = number, .field = process});
                if (strstr(service->start.items[service->start.count - 1], "$PORT")) {
                    service->port = 8080;
                    values_add(&service->values, "environment", "PORT=8080",
                               evidence_of_file(path));
                }
                return;
            }
            at = end ? end + 1 : NULL;
        }
    }
}

static void apply_options(struct planning *planning, struct service *service)
{
    if (planning->options->start) {
        service->static_dir = NULL;
        set_start(service, planning->options->start);
    }
    if (planning->options->port)
        service->port = (int)planning->options->port;
}

static void add_packages(struct values *values, const char *names, const char *reasons,
                         struct plan *plan, const struct package_list *list)
{
    for (size_t i = 0; i < list->count; i++) {
        values_add(values, names, list->items[i].name, evidence_none);
        values_add(values, reasons,
                   plan_text(plan, "%s: %s", list->items[i].name, list->items[i].because),
                   evidence_none);
    }
}

/* Commands that follow one another in one RUN. */
static void set_commands(struct values *values, const char *name, const struct strvec *commands)
{
    values_set(values, name, NULL, evidence_none);
    for (size_t i = 0; i < commands->count; i++)
        values_add(values, name, commands->items[i], evidence_none);
}

/* What every template may ask for. */
static void set_common_values(struct planning *planning, struct service *service)
{
    struct values *values = &service->values;
    struct plan *plan = planning->plan;
    static const char *const optional[] = {"title",       "label_version",    "description",
                                           "license",     "source",           "environment",
                                           "healthcheck", "healthcheck_start"};
    for (size_t i = 0; i < ARRAY_SIZE(optional); i++)
        if (!values_get(values, optional[i]))
            values_set(values, optional[i], NULL, evidence_none);
    values_set(values, "name", service->name, evidence_none);
    values_set(values, "framework", service->framework, evidence_none);
    values_set(values, "package_manager", service->package_manager, evidence_none);
    values_set(values, "static_dir", service->static_dir, evidence_none);
    const struct value *known = values_get(values, "port");
    values_set(values, "port", service->port ? plan_text(plan, "%d", service->port) : NULL,
               known ? known->origin : evidence_none);
    values_set(values, "user", service->user ? service->user : "10001", evidence_none);
    values_set(values, "make_user", service->user ? NULL : "yes", evidence_none);
    const struct value *start = values_get(values, "start");
    struct evidence origin = start ? start->origin : evidence_none;
    for (size_t i = 0; i < service->start.count; i++)
        values_add(values, "start", service->start.items[i], origin);
    set_commands(values, "install", &service->install);
    set_commands(values, "build", &service->build);
    add_packages(values, "build_packages", "build_reasons", plan, &service->build_packages);
    add_packages(values, "runtime_packages", "runtime_reasons", plan, &service->runtime_packages);
}

static void check_service(struct planning *planning, const struct service *service)
{
    if (!service->start.count && !service->static_dir && !plan_is_incomplete(planning->plan))
        plan_report(planning->plan, SEVERITY_ERROR, "start-unknown", "--start COMMAND",
                    "nothing in '%s' says how it is started", *service->path ? service->path : ".");
}

static void plan_service(struct planning *planning, struct service *service)
{
    service->language->plan(planning, service);
    apply_procfile(planning, service);
    apply_options(planning, service);
    check_service(planning, service);
    set_common_values(planning, service);
}

static void report_problems(struct plan *plan)
{
    for (size_t i = 0; i < plan->project->problems.count; i++)
        plan_report(plan, SEVERITY_ERROR, "file-not-read", "mend the file", "%s",
                    plan->project->problems.items[i]);
}

bool plan_is_incomplete(const struct plan *plan)
{
    for (size_t i = 0; i < plan->diagnostic_count; i++)
        if (plan->diagnostics[i].severity == SEVERITY_ERROR)
            return true;
    return false;
}

int plan_make(struct plan *ret_plan, struct project *project, const struct plan_options *options,
              struct error *err)
{
    struct plan plan = {.project = project};
    struct planning planning = {.plan = &plan, .project = project, .options = options};
    discover_services(&planning);
    for (size_t i = 0; i < plan.service_count; i++)
        plan_service(&planning, &plan.services[i]);
    report_problems(&plan);
    if (!plan_is_incomplete(&plan) && files_make(&planning, err) < 0) {
        plan_release(&plan);
        return -1;
    }
    *ret_plan = plan;
    return 0;
}

/* A path of plan.json stays beneath the project. */
static bool is_plain_path(const char *path)
{
    if (!*path || *path == '/' || strlen(path) > 4096)
        return false;
    for (const char *part = path; part; part = strchr(part, '/') ? strchr(part, '/') + 1 : NULL) {
        size_t len = strcspn(part, "/");
        if (!len || (len == 1 && *part == '.') || (len == 2 && strncmp(part, "..", 2) == 0))
            return false;
    }
    return true;
}

static int add_given_files(struct plan *plan, const struct manifest *document,
                           const struct node *files, struct error *err)
{
    for (const struct node *item = files->first; item; item = item->next) {
        const char *path = node_text(node_get(document, item, "path"));
        const char *content = node_text(node_get(document, item, "content"));
        if (!path || !content || !is_plain_path(path))
            return manifest_refuse(document, item->line, item->column, err,
                                   "a file has a path beneath the project and a content");
        strbuf_add_text(&plan_add_file(plan, path)->content, content);
    }
    return 0;
}

static int add_given_build(struct plan *plan, const struct manifest *document,
                           const struct plan_options *options, struct error *err)
{
    struct multi_stage_build build;
    struct build_script script;
    if (multi_stage_build_read(&build, document, err) < 0)
        return -1;
    multi_stage_build_print(&plan_add_file(plan, "Dockerfile")->content, &build);
    multi_stage_build_release(&build);
    if (!options->build_script && !node_path(document, "script"))
        return 0;
    if (build_script_read(&script, document, plan_name(plan, plan->project->name), err) < 0)
        return -1;
    struct output_file *file = plan_add_file(plan, "build.sh");
    file->executable = true;
    build_script_print(&file->content, &script);
    build_script_release(&script);
    return 0;
}

int plan_from(struct plan *ret_plan, struct project *project, const char *name, struct span text,
              const struct plan_options *options, struct error *err)
{
    struct plan plan = {.project = project};
    struct manifest document;
    if (manifest_read_jsonc(&document, name, text, err) < 0)
        return -1;
    const struct node *files = node_path(&document, "files");
    bool written = files && files->kind == NODE_LIST && !node_path(&document, "stages");
    int result = written ? add_given_files(&plan, &document, files, err)
                         : add_given_build(&plan, &document, options, err);
    manifest_release(&document);
    if (result < 0)
        plan_release(&plan);
    else
        *ret_plan = plan;
    return result;
}

static void release_service(struct service *service)
{
    strvec_release(&service->install);
    strvec_release(&service->build);
    strvec_release(&service->start);
    strvec_release(&service->ignore);
    strvec_release(&service->backing);
    free(service->build_packages.items);
    free(service->runtime_packages.items);
    values_release(&service->values);
}

void plan_release(struct plan *plan)
{
    for (size_t i = 0; i < plan->service_count; i++)
        release_service(&plan->services[i]);
    for (size_t i = 0; i < plan->file_count; i++) {
        strbuf_release(&plan->files[i].content);
        free(plan->files[i].origins);
    }
    free(plan->services);
    free(plan->files);
    free(plan->diagnostics);
    free(plan->alternatives);
    arena_release(&plan->arena);
}
