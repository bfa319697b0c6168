/* A package.json with what surrounds it: the package manager and its lock file, the workspace it is
 * a member of, the scripts and what they come down to. Other ecosystems that build assets with
 * Node.js ask it too. */
#ifndef ULLAGE_GENERATOR_NODE_PACKAGE_H
#define ULLAGE_GENERATOR_NODE_PACKAGE_H

#include "generator/language.h"

struct node_manager {
    const char *name;
    const char *lock;
    const char *install, *install_unlocked;
    const char *prune;
    const char *run;                  /* a script */
    const char *run_in, *run_between; /* a script of a member: before its name, before the script */
    const char *cache;
    bool locked_cache; /* the cache bears one user at a time */
    bool lock_found;
    const char *version; /* NULL: as the image has it */
};

struct node_package {
    struct project *project;
    const char *folder, *path; /* of package.json */
    const struct manifest *document;
    struct node_manager *manager;
    size_t dependencies;
    bool is_workspace; /* has members */
    bool workspace;    /* is one */
    const char *workspace_root, *workspace_folder, *workspace_name;
    const char *root_path; /* the package.json that the lock file belongs to */
    bool install_needs_source;
    struct strvec install_files; /* that the installation reads, relative to the context */
};

/* False if there is none, or it cannot be read. */
bool node_package_read(struct node_package *ret_package, struct project *project,
                       const char *folder);
void node_package_none(struct node_package *ret_package);
void node_package_release(struct node_package *package);

bool node_package_uses(const struct node_package *package, const char *module);  /* also to build */
bool node_package_ships(const struct node_package *package, const char *module); /* at run time */
const char *node_package_script(const struct node_package *package, const char *name);

/* A script as an argument vector and an environment, scripts that call scripts followed. False if
 * it needs a shell, which then is in the vector. */
bool node_package_resolve(struct plan *plan, const struct node_package *package, const char *script,
                          struct strvec *argv, struct strvec *environment);
/* How the package manager gets into the image; NULL if it is there. */
const char *node_manager_setup(struct planning *planning, const struct service *service,
                               const struct node_package *package);
/* The command that runs a script of a member. */
const char *node_member_command(struct plan *plan, const struct node_package *package,
                                const char *member, const char *script);
/* The builds of those members that this one depends on, in order. */
void node_workspace_builds(struct plan *plan, const struct node_package *package,
                           struct strvec *commands);
void node_package_labels(struct planning *planning, struct service *service,
                         const struct node_package *package);
/* Says so if package-lock.json does not hold what package.json asks for: `npm ci` would fail. */
void node_check_lock(struct planning *planning, const struct node_package *package);
/* The values of a stage or step that builds assets for another ecosystem: assets_image,
 * assets_manifests, assets_install, assets_build. assets_install is empty if the folder has none to
 * build. */
void node_plan_assets(struct planning *planning, struct service *service);
/* A version of .nvmrc: a number, "lts/jod", "lts/asterisk", "node". */
void node_require_alias(struct planning *planning, struct service *service, const char *text,
                        struct evidence evidence);

#endif
