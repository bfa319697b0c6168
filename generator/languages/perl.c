/* Perl: cpanfile, plackup for an application of PSGI. */
#include <string.h>

#include "core/memory.h"
#include "generator/images.h"
#include "generator/language.h"
#include "generator/runtime.h"
#include "generator/source.h"
#include "generator/template.h"

static const char *const manifests[] = {"cpanfile", "Makefile.PL", "app.psgi", NULL};
static const char *const entries[] = {"app.pl", "main.pl", "server.pl", "script.pl"};

static int bid(struct project *project, const char *folder, const char **ret_why,
               bool *ret_workspace)
{
    (void)ret_workspace;
    *ret_why = "cpanfile";
    if (project_has(project, folder, "cpanfile"))
        return BID_MANIFEST + 2;
    *ret_why = "app.psgi";
    return project_has(project, folder, "app.psgi") || project_match(project, folder, "*.pl")
               ? BID_ENTRY
               : BID_NONE;
}

static void plan_perl(struct planning *planning, struct service *service)
{
    struct project *project = planning->project;
    struct values *values = &service->values;
    bool locked = project_has(project, service->path, "cpanfile.snapshot"),
         listed = project_has(project, service->path, "cpanfile");
    struct span text = {.ptr = "", .len = 0};
    struct token token;
    const char *path = project_at(project, service->path, "cpanfile");
    project_text(project, path, &text);
    runtime_start(service, "perl");
    runtime_require_file(planning, service, ".perl-version", GRAMMAR_PREFIX);
    runtime_require_tools(planning, service, "perl");
    if (source_setting(text, SOURCE_SCRIPT, "perl", &token))
        runtime_require(planning, service, GRAMMAR_MINIMUM,
                        plan_text(planning->plan, "%.*s", (int)token.text.len, token.text.ptr),
                        (struct evidence){.file = path, .line = token.line, .field = "perl"});
    runtime_decide(planning, service, "add .perl-version");
    values_set(values, "manifests", NULL, evidence_none);
    if (listed) {
        service->package_manager = "carton";
        packages_need(&service->build_packages, "build-essential", "modules with C code");
        strvec_add(&service->install, "cpanm --notest Carton");
        strvec_add(&service->install, locked ? "carton install --deployment" : "carton install");
        values_add(values, "manifests", "cpanfile", evidence_of_file(path));
        if (locked)
            values_add(values, "manifests", "cpanfile.snapshot", evidence_of_file(path));
        values_add(values, "environment", "PERL5LIB=/app/local/lib/perl5 PATH=/app/local/bin:$PATH",
                   evidence_none);
    }
    if (project_has(project, service->path, "app.psgi")) {
        const char *server = strstr(text.ptr, "'Starman'") || strstr(text.ptr, "\"Starman\"")
                                 ? "starman"
                                 : "plackup";
        const char *const words[] = {server, "--port", "5000", "app.psgi"};
        for (size_t i = 0; i < ARRAY_SIZE(words); i++)
            strvec_add(&service->start, words[i]);
        service->port = 5000;
    } else {
        for (size_t i = 0; i < ARRAY_SIZE(entries) && !service->start.count; i++)
            if (project_has(project, service->path, entries[i])) {
                strvec_add(&service->start, "perl");
                strvec_add(&service->start, entries[i]);
            }
    }
    values_set(values, "argument", "PERL_VERSION", evidence_none);
    images_use(planning, service, IMAGE_BUILD, "perl");
    images_use(planning, service, IMAGE_FINAL, "perl");
    service->user = "10001";
    strvec_add(&service->ignore, "local");
}

const struct language language_perl = {.name = "perl",
                                       .template = "interpreted",
                                       .obeys_procfile = true,
                                       .manifests = manifests,
                                       .bid = bid,
                                       .plan = plan_perl};
