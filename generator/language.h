/* An ecosystem that the generator knows: a file in languages/ with a const struct language, a row
 * in languages.def and a template in templates/ that reads as the Dockerfile it becomes. */
#ifndef ULLAGE_GENERATOR_LANGUAGE_H
#define ULLAGE_GENERATOR_LANGUAGE_H

#include "generator/plan.h"

/* What a folder is to an ecosystem. Higher is stronger evidence; 0 is none. */
enum bid {
    BID_NONE = 0,
    BID_TOOLING = 10,  /* a manifest that only has tools in it, documents, scripts */
    BID_SOURCE = 30,   /* source files alone */
    BID_ENTRY = 40,    /* an entry file */
    BID_LIBRARY = 45,  /* a manifest of something that does not run by itself */
    BID_MANIFEST = 60, /* a manifest of an application */
    BID_LOCK = 70,     /* and its lock file */
    BID_FRAMEWORK =
        85, /* a framework that says what the whole is; its assets may need another ecosystem */
};

struct planning {
    struct plan *plan;
    struct project *project;
    const struct plan_options *options;
};

struct language {
    const char *name;
    const char *template; /* of templates/ */
    bool obeys_procfile;  /* what a Procfile runs is there in the image as it is in the project */
    const char *const
        *manifests; /* names or patterns that make a folder worth a look; ends with NULL */
    /* What the folder is; `why` in a few words. A workspace sets *ret_workspace: its members are
     * looked at. */
    int (*bid)(struct project *project, const char *folder, const char **ret_why,
               bool *ret_workspace);
    /* Fills in the service: facts, values of the template. */
    void (*plan)(struct planning *planning, struct service *service);
};

#define LANGUAGE(id) extern const struct language language_##id;
#include "generator/languages.def"
#undef LANGUAGE

/* A template that is built in; empty if there is none of that name. */
struct span template_source(const char *name);

#endif
