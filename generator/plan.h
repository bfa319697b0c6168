/* What is going to be written and why: services, each with the facts that its template asks for,
 * and what has to be said about them. A fact carries its evidence, so that every line of the output
 * can be traced to the file and field that it comes from. Texts live in the plan's arena or the
 * project's. */
#ifndef ULLAGE_GENERATOR_PLAN_H
#define ULLAGE_GENERATOR_PLAN_H

#include "generator/project.h"
#include "generator/version.h"

struct evidence {
    const char *file;
    uint32_t line; /* 0: the file being there is the evidence */
    const char *field;
    const char *value;
};

/* A value of a template: a text, or a list of them. Empty is false. */
struct value {
    const char *name;
    const char *text;
    struct strvec items;
    bool is_list;
    struct evidence origin; /* file NULL: it follows from the ecosystem alone */
};

struct values {
    struct value *items;
    size_t count, capacity;
};

struct package_need {
    const char *name;
    const char *because;
};

struct package_list {
    struct package_need *items;
    size_t count, capacity;
};

#define EVIDENCE_MAX 16

struct runtime_fact {
    const char *name; /* NULL: there is none */
    const char *version;
    const char *constraint;
    const char *end_of_life;
    struct evidence evidence[EVIDENCE_MAX];
    size_t evidence_count;
    struct version_set permitted;
};

struct language;

struct service {
    const struct language *language;
    const char *name;
    const char *path;    /* its folder, "" the root */
    const char *context; /* what it is built from: its folder, or that of its workspace */
    const char *ecosystem, *package_manager, *framework;
    struct runtime_fact runtime;
    struct strvec install, build, start;
    const char *static_dir; /* what a web server is to serve, in place of a start */
    int port;               /* 0: none is known */
    struct package_list build_packages, runtime_packages;
    const char *image_build, *image_final, *user;
    struct strvec ignore;  /* lines of .dockerignore beyond the common ones */
    struct strvec backing; /* what compose has to bring: postgres, redis, ... */
    struct values values;
};

enum severity { SEVERITY_ERROR, SEVERITY_WARNING, SEVERITY_INFO };

struct diagnostic {
    enum severity severity;
    const char *code, *message, *fix;
};

struct alternative {
    const char *ecosystem, *why_not, *flag;
};

/* Of a file that is written: which evidence each of its lines comes from. */
struct line_origin {
    struct evidence evidence;
    const char *template; /* NAME:LINE */
};

struct output_file {
    const char *path;
    struct strbuf content;
    struct line_origin *origins;
    size_t origin_count, origin_capacity;
    bool executable;
    bool yields; /* one that is there and not ours stays, and the rest is written all the same */
};

struct plan {
    struct arena arena;
    struct project *project;
    struct service *services;
    size_t service_count, service_capacity;
    struct diagnostic *diagnostics;
    size_t diagnostic_count, diagnostic_capacity;
    struct alternative *alternatives;
    size_t alternative_count, alternative_capacity;
    struct output_file *files;
    size_t file_count, file_capacity;
};

/* What the user gives where the project does not say it, or otherwise. */
struct plan_options {
    const char *ecosystem; /* NULL: the best */
    const char *service;   /* one folder of several */
    const char *runtime_version;
    const char *start; /* a command line */
    int64_t port;      /* 0: as found */
    const char *as_of; /* NULL: the table's date */
    const char *template_folder;
    bool comments;
    bool build_script;
    bool pin;
    const char *image_map; /* lines of a configuration; NULL: none */
};

/* Looks at the project and plans all of its services, with the files. The plan lends from the
 * project. */
int plan_make(struct plan *ret_plan, struct project *project, const struct plan_options *options,
              struct error *err);
/* The same of a build that is given as data (stages.h) in place of the project, or of the files of
 * an earlier plan.json. */
int plan_from(struct plan *ret_plan, struct project *project, const char *name, struct span text,
              const struct plan_options *options, struct error *err);
void plan_release(struct plan *plan);
/* Whether something is missing without which nothing can be written. */
bool plan_is_incomplete(const struct plan *plan);

struct json_writer;
void plan_write_json(struct json_writer *writer, const struct plan *plan);

/* For languages. */
const char *plan_text(struct plan *plan, const char *format, ...) PRINTF_LIKE(2, 3);
/* A name that images, services and files may have. */
const char *plan_name(struct plan *plan, const char *text);
void plan_report(struct plan *plan, enum severity severity, const char *code, const char *fix,
                 const char *format, ...) PRINTF_LIKE(5, 6);
struct output_file *plan_add_file(struct plan *plan, const char *path);

struct evidence evidence_of(const char *file, const struct node *node, const char *field);
struct evidence evidence_of_file(const char *file);

void values_set(struct values *values, const char *name, const char *text, struct evidence origin);
void values_add(struct values *values, const char *name, const char *item, struct evidence origin);
const struct value *values_get(const struct values *values, const char *name);
void values_release(struct values *values);

void packages_need(struct package_list *list, const char *name, const char *because);

static const struct evidence evidence_none = {.file = NULL};

#endif
