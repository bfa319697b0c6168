/* plan.json, as the design has it. */
#include "core/json.h"
#include "generator/plan.h"

static void write_list(struct json_writer *writer, const char *key, const struct strvec *list)
{
    json_key(writer, key);
    json_open_array(writer);
    for (size_t i = 0; i < list->count; i++)
        json_text(writer, list->items[i]);
    json_close_array(writer);
}

static void write_runtime(struct json_writer *writer, const struct runtime_fact *runtime)
{
    json_key(writer, "runtime");
    if (!runtime->name) {
        json_null_value(writer);
        return;
    }
    json_open_object(writer);
    json_add_text(writer, "name", runtime->name);
    json_add_text(writer, "version", runtime->version);
    json_add_text(writer, "constraint", runtime->constraint);
    json_key(writer, "evidence");
    json_open_array(writer);
    for (size_t i = 0; i < runtime->evidence_count; i++) {
        json_open_object(writer);
        json_add_text(writer, "file", runtime->evidence[i].file);
        json_add_text(writer, "field", runtime->evidence[i].field);
        json_add_text(writer, "value", runtime->evidence[i].value);
        json_close_object(writer);
    }
    json_close_array(writer);
    json_add_text(writer, "eol", runtime->end_of_life);
    json_close_object(writer);
}

static void write_packages(struct json_writer *writer, const struct service *service)
{
    json_key(writer, "system_packages");
    json_open_object(writer);
    json_key(writer, "build");
    json_open_array(writer);
    for (size_t i = 0; i < service->build_packages.count; i++)
        json_text(writer, service->build_packages.items[i].name);
    json_close_array(writer);
    json_key(writer, "runtime");
    json_open_array(writer);
    for (size_t i = 0; i < service->runtime_packages.count; i++) {
        json_open_object(writer);
        json_add_text(writer, "name", service->runtime_packages.items[i].name);
        json_add_text(writer, "because", service->runtime_packages.items[i].because);
        json_close_object(writer);
    }
    json_close_array(writer);
    json_close_object(writer);
}

static void write_service(struct json_writer *writer, const struct service *service)
{
    json_open_object(writer);
    json_add_text(writer, "name", service->name);
    json_add_text(writer, "path", *service->path ? service->path : ".");
    json_add_text(writer, "ecosystem", service->ecosystem);
    json_add_text(writer, "package_manager", service->package_manager);
    json_add_text(writer, "framework", service->framework);
    write_runtime(writer, &service->runtime);
    write_list(writer, "install", &service->install);
    write_list(writer, "build", &service->build);
    write_list(writer, "start", &service->start);
    json_add_text(writer, "static_dir", service->static_dir);
    if (service->port)
        json_add_int(writer, "port", service->port);
    else
        json_add_null(writer, "port");
    write_packages(writer, service);
    json_key(writer, "base_image");
    json_open_object(writer);
    json_add_text(writer, "build", service->image_build);
    json_add_text(writer, "final", service->image_final);
    json_close_object(writer);
    json_add_text(writer, "user", service->user ? service->user : "10001");
    json_close_object(writer);
}

static void write_files(struct json_writer *writer, const struct plan *plan)
{
    json_key(writer, "files");
    json_open_array(writer);
    for (size_t i = 0; i < plan->file_count; i++) {
        json_open_object(writer);
        json_add_text(writer, "path", plan->files[i].path);
        json_key(writer, "content");
        json_text_span(writer, span_of(plan->files[i].content.buf, plan->files[i].content.len));
        json_close_object(writer);
    }
    json_close_array(writer);
}

static void write_diagnostics(struct json_writer *writer, const struct plan *plan)
{
    static const char *const severities[] = {
        [SEVERITY_ERROR] = "error", [SEVERITY_WARNING] = "warning", [SEVERITY_INFO] = "info"};
    json_key(writer, "diagnostics");
    json_open_array(writer);
    for (size_t i = 0; i < plan->diagnostic_count; i++) {
        const struct diagnostic *diagnostic = &plan->diagnostics[i];
        json_open_object(writer);
        json_add_text(writer, "severity", severities[diagnostic->severity]);
        json_add_text(writer, "code", diagnostic->code);
        json_add_text(writer, "message", diagnostic->message);
        json_add_text(writer, "fix", diagnostic->fix);
        json_close_object(writer);
    }
    json_close_array(writer);
}

void plan_write_json(struct json_writer *writer, const struct plan *plan)
{
    json_open_object(writer);
    json_add_text(writer, "schema", "ullage.plan/1");
    json_key(writer, "project");
    json_open_object(writer);
    const char *version = NULL;
    const struct value *known =
        plan->service_count ? values_get(&plan->services[0].values, "label_version") : NULL;
    if (known)
        version = known->text;
    json_add_text(writer, "name",
                  plan->service_count == 1 ? plan->services[0].name : plan->project->name);
    json_add_text(writer, "version", version);
    json_add_text(writer, "root", plan->project->root);
    json_close_object(writer);
    json_key(writer, "services");
    json_open_array(writer);
    for (size_t i = 0; i < plan->service_count; i++)
        write_service(writer, &plan->services[i]);
    json_close_array(writer);
    write_files(writer, plan);
    write_diagnostics(writer, plan);
    json_key(writer, "alternatives");
    json_open_array(writer);
    for (size_t i = 0; i < plan->alternative_count; i++) {
        json_open_object(writer);
        json_add_text(writer, "ecosystem", plan->alternatives[i].ecosystem);
        json_add_text(writer, "why_not", plan->alternatives[i].why_not);
        json_add_text(writer, "flag", plan->alternatives[i].flag);
        json_close_object(writer);
    }
    json_close_array(writer);
    json_close_object(writer);
    json_newline(writer);
}
