#include "generator/node_package.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "core/glob.h"
#include "core/memory.h"
#include "generator/images.h"
#include "generator/readers/json_events.h"
#include "generator/releases.h"
#include "generator/runtime.h"
#include "generator/template.h"

static const struct node_manager managers[] = {
    {.name = "bun",
     .lock = "bun.lock",
     .install = "bun install --frozen-lockfile",
     .install_unlocked = "bun install",
     .prune = "rm -rf node_modules && bun install --frozen-lockfile --production",
     .run = "bun run",
     .run_in = "bun run --filter",
     .run_between = "",
     .cache = "/root/.bun/install/cache"},
    {.name = "bun",
     .lock = "bun.lockb",
     .install = "bun install --frozen-lockfile",
     .install_unlocked = "bun install",
     .prune = "rm -rf node_modules && bun install --frozen-lockfile --production",
     .run = "bun run",
     .run_in = "bun run --filter",
     .run_between = "",
     .cache = "/root/.bun/install/cache"},
    {.name = "pnpm",
     .lock = "pnpm-lock.yaml",
     .install = "pnpm install --frozen-lockfile",
     .install_unlocked = "pnpm install",
     .prune = "CI=true pnpm prune --prod",
     .run = "pnpm run",
     .run_in = "pnpm --filter",
     .run_between = "run ",
     .cache = "/root/.local/share/pnpm/store"},
    {.name = "yarn",
     .lock = "yarn.lock",
     .install = "yarn install --frozen-lockfile",
     .install_unlocked = "yarn install",
     .prune = "yarn install --production --frozen-lockfile --ignore-scripts --prefer-offline",
     .run = "yarn run",
     .run_in = "yarn workspace",
     .run_between = "run ",
     .cache = "/usr/local/share/.cache/yarn",
     .locked_cache = true},
    {.name = "npm",
     .lock = "package-lock.json",
     .install = "npm ci",
     .install_unlocked = "npm install",
     .prune = "npm prune --omit=dev",
     .run = "npm run",
     .run_in = "npm run --workspace",
     .run_between = "",
     .cache = "/root/.npm"},
    {.name = "npm",
     .lock = "npm-shrinkwrap.json",
     .install = "npm ci",
     .install_unlocked = "npm install",
     .prune = "npm prune --omit=dev",
     .run = "npm run",
     .run_in = "npm run --workspace",
     .run_between = "",
     .cache = "/root/.npm"},
};

#define MEMBERS_MAX 1000  /* of a workspace; the largest have some hundred */
#define PATTERNS_MAX 200 /* that name them */

static const char *const dependency_fields[] = {"dependencies", "optionalDependencies",
                                                "devDependencies", "peerDependencies"};

bool node_package_uses(const struct node_package *package, const char *module)
{
    for (size_t i = 0; package->document && i < ARRAY_SIZE(dependency_fields); i++)
        if (node_get(package->document, node_path(package->document, dependency_fields[i]), module))
            return true;
    return false;
}

bool node_package_ships(const struct node_package *package, const char *module)
{
    for (size_t i = 0; package->document && i < 2; i++)
        if (node_get(package->document, node_path(package->document, dependency_fields[i]), module))
            return true;
    return false;
}

const char *node_package_script(const struct node_package *package, const char *name)
{
    const char *text =
        package->document
            ? node_text(node_get(package->document, node_path(package->document, "scripts"), name))
            : NULL;
    return text && *text ? text : NULL;
}

static const struct manifest *read_package(struct project *project, const char *folder,
                                           const char **ret_path)
{
    *ret_path = project_at(project, folder, "package.json");
    const struct manifest *document = project_manifest(project, *ret_path, manifest_read_json);
    if (document || project_find(project, *ret_path))
        return document;
    *ret_path = project_at(project, folder, "package.json5");
    return project_manifest(project, *ret_path, manifest_read_json5);
}

/* Patterns of members: "packages/x", "apps/asterisk", and "!x" for what is none. */
static bool list_holds(const struct node *list, const char *folder)
{
    bool holds = false;
    size_t count = 0;
    for (const struct node *item = list ? list->first : NULL; item && count++ < PATTERNS_MAX;
         item = item->next) {
        const char *text = node_text(item);
        if (!text)
            continue;
        bool not = *text == '!';
        text += not ;
        text += strncmp(text, "./", 2) == 0 ? 2 : 0;
        size_t len = strlen(text);
        cleanup_free char *pattern =
            memory_dup_bytes(text, len && text[len - 1] == '/' ? len - 1 : len);
        if (glob_match(pattern, span_of_text(folder)))
            holds = !not ;
    }
    return holds;
}

/* The patterns of the workspace whose root the folder is; NULL if it is none. */
static const struct node *workspace_patterns(struct project *project, const char *folder)
{
    const char *path;
    const struct manifest *pnpm = project_manifest(
        project, project_at(project, folder, "pnpm-workspace.yaml"), manifest_read_yaml);
    const struct node *list = node_path(pnpm, "packages");
    if (list && list->kind == NODE_LIST)
        return list;
    const struct manifest *document = read_package(project, folder, &path);
    list = node_path(document, "workspaces");
    if (list && list->kind == NODE_MAP)
        list = node_get(document, list, "packages");
    return list && list->kind == NODE_LIST ? list : NULL;
}

static const char *parent_of(struct project *project, const char *folder)
{
    const char *slash = strrchr(folder, '/');
    return slash ? arena_dup(&project->arena, folder, (size_t)(slash - folder)) : "";
}

static void find_workspace(struct node_package *package)
{
    for (const char *above = package->folder; *above;) {
        above = parent_of(package->project, above);
        size_t skip = *above ? strlen(above) + 1 : 0;
        const struct node *patterns = workspace_patterns(package->project, above);
        if (!patterns || !list_holds(patterns, package->folder + skip))
            continue;
        const char *name = manifest_text(package->document, "name");
        package->workspace = true;
        package->workspace_root = above;
        package->workspace_folder = package->folder + skip;
        package->workspace_name = name ? name : package->workspace_folder;
        return;
    }
}

static const char *declared_manager(const struct manifest *document)
{
    const char *text = manifest_text(document, "packageManager");
    const struct node *node = node_path(document, "devEngines.packageManager");
    if (!text && node && node->kind == NODE_LIST)
        node = node->first;
    return text ? text : node_text(node_get(document, node, "name"));
}

static const struct node_manager *manager_by_name(const char *name)
{
    size_t len = strcspn(name, "@");
    for (size_t i = 0; i < ARRAY_SIZE(managers); i++)
        if (strlen(managers[i].name) == len && strncmp(managers[i].name, name, len) == 0)
            return &managers[i];
    return NULL;
}

/* "pnpm@9.1.0+sha512.abc" is 9.1.0. */
static const char *manager_version(struct project *project, const char *text)
{
    const char *at = strchr(text, '@');
    size_t len = at ? strspn(at + 1, "0123456789.") : 0;
    return len ? arena_dup(&project->arena, at + 1, len) : NULL;
}

static void choose_manager(struct node_package *package, const char *root,
                           const struct manifest *document)
{
    const struct node_manager *found = NULL, *declared = NULL;
    const char *text = declared_manager(document);
    for (size_t i = 0; i < ARRAY_SIZE(managers) && !found; i++)
        if (project_has(package->project, root, managers[i].lock))
            found = &managers[i];
    if (text)
        declared = manager_by_name(text);
    for (size_t i = 0; declared && i < ARRAY_SIZE(managers);
         i++) /* its own lock file, if there are two */
        if (strcmp(managers[i].name, declared->name) == 0 &&
            project_has(package->project, root, managers[i].lock)) {
            declared = found = &managers[i];
            break;
        }
    const struct node_manager *chosen = declared ? declared
                                        : found  ? found
                                                 : manager_by_name("npm");
    package->manager = arena_alloc(&package->project->arena, sizeof *package->manager);
    *package->manager = *chosen;
    package->manager->lock_found = found && strcmp(found->name, chosen->name) == 0;
    if (text && declared)
        package->manager->version = manager_version(package->project, text);
}

/* Files that an installation reads, if they are there. */
static void list_install_files(struct node_package *package, const char *root)
{
    static const char *const names[] = {"package.json",  "package.json5", ".npmrc",
                                        ".yarnrc.yml",   ".yarnrc",       "pnpm-workspace.yaml",
                                        ".pnpmfile.cjs", "bunfig.toml"};
    struct project *project = package->project;
    struct strvec *files = &package->install_files;
    for (size_t i = 0; i < ARRAY_SIZE(names); i++)
        if (project_has(project, root, names[i]))
            strvec_add(files, names[i]);
    if (package->manager->lock_found)
        strvec_add(files, package->manager->lock);
    static const char *const folders[] = {"patches", "prisma", ".yarn"};
    for (size_t i = 0; i < ARRAY_SIZE(folders); i++)
        if (project_has_folder(project, root, folders[i]))
            strvec_add(files, folders[i]);
    const struct node *patterns = workspace_patterns(project, root);
    size_t first, end, skip = *root ? strlen(root) + 1 : 0;
    project_range(project, root, &first, &end);
    for (size_t i = first; patterns && i < end && files->count < MEMBERS_MAX; i++) {
        const struct project_file *file = &project->files[i];
        if (strcmp(file->name, "package.json") != 0 || file->name <= file->path + skip)
            continue;
        cleanup_free char *folder =
            memory_dup_bytes(file->path + skip, (size_t)(file->name - file->path) - skip - 1);
        if (list_holds(patterns, folder))
            strvec_add(files, file->path + skip);
    }
}

static size_t count_dependencies(const struct manifest *document)
{
    size_t count = 0;
    for (size_t i = 0; i < 3; i++) {
        const struct node *list = node_path(document, dependency_fields[i]);
        count += list && list->kind == NODE_MAP ? list->count : 0;
    }
    return count;
}

static bool has_local_dependency(const struct manifest *document)
{
    for (size_t i = 0; i < 3; i++) {
        const struct node *list = node_path(document, dependency_fields[i]);
        for (const struct node *item = list && list->kind == NODE_MAP ? list->first : NULL; item;
             item = item->next)
            if (node_text(item) &&
                (strncmp(item->text, "file:", 5) == 0 || strncmp(item->text, "link:", 5) == 0))
                return true;
    }
    return false;
}

bool node_package_read(struct node_package *ret_package, struct project *project,
                       const char *folder)
{
    static const char *const hooks[] = {"preinstall", "install", "postinstall", "prepare"};
    struct node_package package = {
        .project = project, .folder = folder, .install_files = STRVEC_INIT};
    package.document = read_package(project, folder, &package.path);
    if (!package.document || !package.document->root || package.document->root->kind != NODE_MAP)
        return false;
    find_workspace(&package);
    const char *root = package.workspace ? package.workspace_root : folder;
    const struct manifest *document = read_package(project, root, &package.root_path);
    if (!document)
        document = package.document;
    package.is_workspace = workspace_patterns(project, folder) != NULL;
    package.dependencies = count_dependencies(package.document) +
                           (package.workspace ? count_dependencies(document) : 0);
    choose_manager(&package, root, document);
    bool berry = strcmp(package.manager->name, "yarn") == 0 &&
                 (project_has(project, root, ".yarnrc.yml") ||
                  (package.manager->version && package.manager->version[0] >= '2' &&
                   package.manager->version[1] == '.'));
    if (berry) {
        package.manager->install = "yarn install --immutable";
        package.manager->prune = "yarn workspaces focus --production";
        package.manager->cache = "/root/.yarn/berry/cache";
        package.manager->locked_cache = false;
    }
    for (size_t i = 0; i < ARRAY_SIZE(hooks); i++) {
        const char *hook = node_text(node_get(document, node_path(document, "scripts"), hooks[i]));
        package.install_needs_source |= hook && *hook;
    }
    package.install_needs_source |= has_local_dependency(package.document);
    list_install_files(&package, root);
    *ret_package = package;
    return true;
}

void node_package_none(struct node_package *ret_package)
{
    *ret_package = (struct node_package){.manager = NULL, .install_files = STRVEC_INIT};
}

void node_package_release(struct node_package *package)
{
    strvec_release(&package->install_files);
}

#define SCRIPT_STEPS_MAX 8

static bool is_assignment(const char *word, size_t len)
{
    const char *equal = memchr(word, '=', len);
    if (!equal || equal == word)
        return false;
    for (const char *at = word; at < equal; at++)
        if (!isalnum((unsigned char)*at) && *at != '_')
            return false;
    return true;
}

/* The script that "npm run x", "yarn x" or "pnpm x" calls; NULL if it calls none. */
static const char *called_script(const struct node_package *package, const struct strvec *words)
{
    static const char *const runners[] = {"npm", "yarn", "pnpm", "bun"};
    if (words->count < 2 || words->count > 3)
        return NULL;
    for (size_t i = 0; i < ARRAY_SIZE(runners); i++)
        if (strcmp(words->items[0], runners[i]) == 0) {
            bool run = strcmp(words->items[1], "run") == 0;
            if (words->count != (run ? 3u : 2u))
                return NULL;
            return node_package_script(package, words->items[run ? 2 : 1]);
        }
    return NULL;
}

static void split_words(const char *script, struct strvec *words, struct strvec *environment)
{
    while (*(script += strspn(script, " \t"))) {
        size_t len = strcspn(script, " \t");
        if (!words->count && is_assignment(script, len))
            strvec_add_bytes(environment, script, len);
        else if (words->count || (len != 9 || strncmp(script, "cross-env", 9) != 0))
            strvec_add_bytes(words, script, len);
        script += len;
    }
}

static bool is_program(const char *word)
{
    static const char *const programs[] = {"node",    "bun", "deno", "sh",   "bash",
                                           "python3", "npx", "npm",  "yarn", "pnpm"};
    for (size_t i = 0; i < ARRAY_SIZE(programs); i++)
        if (strcmp(word, programs[i]) == 0)
            return true;
    return strchr(word, '/') != NULL;
}

bool node_package_resolve(struct plan *plan, const struct node_package *package, const char *script,
                          struct strvec *argv, struct strvec *environment)
{
    for (unsigned step = 0; step < SCRIPT_STEPS_MAX; step++) {
        cleanup_strvec struct strvec words = STRVEC_INIT;
        if (strpbrk(script, "|&;<>()$`\\\"'*?[#~\n"))
            break;
        split_words(script, &words, environment);
        if (!words.count)
            break;
        const char *next = called_script(package, &words);
        if (next) {
            script = next;
            continue;
        }
        bool bare = !is_program(words.items[0]);
        strvec_add(argv,
                   bare ? plan_text(plan, "node_modules/.bin/%s", words.items[0]) : words.items[0]);
        for (size_t i = 1; i < words.count; i++)
            strvec_add(argv, words.items[i]);
        return true;
    }
    strvec_add(argv, "/bin/sh");
    strvec_add(argv, "-c");
    strvec_addf(argv, "PATH=\"$PWD/node_modules/.bin:$PATH\"; %s", script);
    return false;
}

/* Lock files of pnpm tell the format, which tells the oldest version that writes it. */
static const char *pnpm_version(struct project *project, const char *root)
{
    static const char *const formats[][2] = {
        {"5.3", "6"}, {"5.4", "7"}, {"6.0", "8"}, {"6.1", "8"}, {"9.0", "9"}};
    struct span text;
    struct project *from = project;
    if (!project_text(from, project_at(from, root, "pnpm-lock.yaml"), &text))
        return "10";
    static const char field[] = "lockfileVersion:";
    const char *at = strstr(text.ptr, field);
    for (size_t i = 0; at && i < ARRAY_SIZE(formats); i++) {
        const char *value = at + strlen(field) + strspn(at + strlen(field), " '\"");
        if (strncmp(value, formats[i][0], 3) == 0)
            return formats[i][1];
    }
    return "10";
}

const char *node_manager_setup(struct planning *planning, const struct service *service,
                               const struct node_package *package)
{
    const struct node_manager *manager = package->manager;
    const char *root = package->workspace ? package->workspace_root : package->folder;
    bool berry = strcmp(manager->name, "yarn") == 0 && strstr(manager->install, "--immutable");
    const struct manifest *yarnrc = project_manifest(
        planning->project, project_at(planning->project, root, ".yarnrc.yml"), manifest_read_yaml);
    if (strcmp(manager->name, "pnpm") == 0)
        return plan_text(planning->plan, "npm install --global pnpm@%s",
                         manager->version ? manager->version
                                          : pnpm_version(planning->project, root));
    if (strcmp(manager->name, "bun") == 0)
        return plan_text(planning->plan, "npm install --global bun@%s",
                         manager->version ? manager->version : "1");
    if (berry && manifest_text(yarnrc, "yarnPath"))
        return NULL; /* the yarn of the image starts the one that the project has */
    if (berry)
        return plan_text(planning->plan, "npm install --global --force @yarnpkg/cli-dist@%s",
                         manager->version ? manager->version : "4");
    struct version version;
    bool without = service->runtime.version && version_read(&version, service->runtime.version) &&
                   version.parts[0] >= 26;
    if (strcmp(manager->name, "yarn") == 0 && without)
        return plan_text(planning->plan, "npm install --global yarn@%s",
                         manager->version ? manager->version : "1.22.22");
    return NULL;
}

/* The members of a workspace by name, looked up once. */
struct members {
    struct strvec names;
    const struct manifest *documents[MEMBERS_MAX];
};

static void find_members(struct members *members, const struct node_package *package)
{
    struct project *project = package->project;
    for (size_t i = 0; i < package->install_files.count && members->names.count < MEMBERS_MAX; i++) {
        const char *file = package->install_files.items[i], *path;
        const char *slash = strrchr(file, '/');
        if (!slash || strcmp(slash, "/package.json") != 0)
            continue;
        const char *folder = arena_dup(&project->arena, file, (size_t)(slash - file));
        const struct manifest *document =
            read_package(project, project_at(project, package->workspace_root, folder), &path);
        const char *name = manifest_text(document, "name");
        if (!name)
            continue;
        members->documents[members->names.count] = document;
        strvec_add(&members->names, name);
    }
}

const char *node_member_command(struct plan *plan, const struct node_package *package,
                                const char *member, const char *script)
{
    cleanup_strbuf struct strbuf name = STRBUF_INIT;
    quote_for_shell(&name, member);
    return plan_text(plan, "%s %s %s%s", package->manager->run_in, name.buf,
                     package->manager->run_between, script);
}

static bool depends_on(const struct manifest *document, const char *name)
{
    for (size_t i = 0; i < 3; i++)
        if (node_get(document, node_path(document, dependency_fields[i]), name))
            return true;
    return false;
}

/* Depth first, so that what is depended on is built before; each member once. */
static void add_builds(struct plan *plan, const struct node_package *package,
                       const struct members *members, const struct manifest *document,
                       bool seen[MEMBERS_MAX], struct strvec *commands)
{
    for (size_t i = 0; i < members->names.count; i++) {
        const struct manifest *other = members->documents[i];
        const char *name = members->names.items[i];
        if (seen[i] || !depends_on(document, name))
            continue;
        seen[i] = true;
        add_builds(plan, package, members, other, seen, commands);
        if (node_text(node_get(other, node_path(other, "scripts"), "build")))
            strvec_add(commands, node_member_command(plan, package, name, "build"));
    }
}

void node_workspace_builds(struct plan *plan, const struct node_package *package,
                           struct strvec *commands)
{
    struct members members = {.names = STRVEC_INIT};
    bool seen[MEMBERS_MAX] = {false};
    find_members(&members, package);
    for (size_t i = 0; i < members.names.count; i++)
        seen[i] = members.documents[i] == package->document; /* itself, if it is in a circle */
    add_builds(plan, package, &members, package->document, seen, commands);
    strvec_release(&members.names);
}

void node_package_labels(struct planning *planning, struct service *service,
                         const struct node_package *package)
{
    static const struct {
        const char *field, *value;
    } labels[] = {{"name", "title"},
                  {"version", "label_version"},
                  {"description", "description"},
                  {"license", "license"}};
    for (size_t i = 0; i < ARRAY_SIZE(labels); i++) {
        const struct node *node = node_path(package->document, labels[i].field);
        const char *text = node_text(node);
        if (text && *text && !strpbrk(text, "\n\r\t"))
            values_set(&service->values, labels[i].value, text,
                       evidence_of(package->path, node, labels[i].field));
    }
    const char *name = manifest_text(package->document, "name");
    if (name && *name)
        service->name = plan_name(planning->plan,
                                  *name == '@' && strchr(name, '/') ? strchr(name, '/') + 1 : name);
}

/* The names that the first package of the lock file, which is the project's own, depends on. Read
 * as a stream, since the file may be large and what is wanted stands at its beginning. */
static int read_locked(struct strvec *locked, const char *path, struct span text, struct error *err)
{
    struct json_events events;
    enum json_event event;
    bool in_root = false, in_list = false;
    int result;
    json_events_start(&events, path, text, JSON_STRICT);
    while ((result = json_events_next(&events, &event, err)) == 0 && event != JSON_EVENT_END) {
        if (event != JSON_EVENT_KEY)
            continue;
        if (events.depth == 1 && !span_equals_text(events.value, "packages"))
            result = json_events_skip(&events, err);
        else if (events.depth == 2 && in_root)
            break; /* the second package */
        else if (events.depth == 2)
            in_root = events.value.len == 0;
        else if (events.depth == 3)
            in_list = span_ends_with(events.value, "ependencies");
        else if (events.depth == 4 && in_root && in_list)
            strvec_add_bytes(locked, events.value.ptr, events.value.len);
        if (result < 0)
            break;
    }
    json_events_release(&events);
    return result;
}

static int compare_texts(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* The first dependency that is not among the names, which are sorted. */
static const struct node *first_missing(const struct manifest *document,
                                        const struct strvec *locked)
{
    for (size_t i = 0; i < 3; i++) {
        const struct node *list = node_path(document, dependency_fields[i]);
        for (const struct node *item = list && list->kind == NODE_MAP ? list->first : NULL; item;
             item = item->next)
            if (!bsearch(&item->key, locked->items, locked->count, sizeof *locked->items,
                         compare_texts))
                return item;
    }
    return NULL;
}

void node_check_lock(struct planning *planning, const struct node_package *package)
{
    cleanup_error struct error error = ERROR_INIT;
    const char *path;
    const char *root = package->workspace ? package->workspace_root : package->folder;
    const struct manifest *document = read_package(planning->project, root, &path);
    if (!package->manager->lock_found || strcmp(package->manager->name, "npm") != 0 || !document)
        return;
    const char *lock = project_at(planning->project, root, package->manager->lock);
    cleanup_strvec struct strvec locked = STRVEC_INIT;
    struct span text;
    if (!project_text(planning->project, lock, &text))
        return;
    if (read_locked(&locked, lock, text, &error) < 0) {
        plan_report(planning->plan, SEVERITY_WARNING, "file-not-read", "mend the file", "%s",
                    error.text);
        return;
    }
    strvec_sort(&locked);
    const struct node *missing = locked.count ? first_missing(document, &locked) : NULL;
    if (missing)
        plan_report(planning->plan, SEVERITY_WARNING, "lock-out-of-date", "npm install",
                    "%s does not have '%s', which %s:%u asks for: npm ci will refuse", lock,
                    missing->key, path, (unsigned)missing->line);
}

/* Node.js of its own choice: the runtime of the service is another. */
static const char *assets_version(struct planning *planning, const struct node_package *package)
{
    struct version_set permitted = version_set_all();
    cleanup_error struct error error = ERROR_INIT;
    const char *wanted = manifest_text(package->document, "engines.node");
    const char *date = planning->options->as_of ? planning->options->as_of : releases_date();
    if (wanted && version_set_parse(&permitted, GRAMMAR_NPM, wanted, &error) < 0)
        permitted = version_set_all();
    struct release_choice choice = release_choose("node", &permitted, date);
    const char *version =
        plan_text(planning->plan, "%s", choice.version.len ? choice.version.buf : "24");
    release_choice_release(&choice);
    return version;
}

void node_plan_assets(struct planning *planning, struct service *service)
{
    struct node_package package;
    struct values *values = &service->values;
    values_set(values, "assets_install", NULL, evidence_none);
    if (!node_package_read(&package, planning->project, service->path))
        return;
    const char *script = node_package_script(&package, "build")        ? "build"
                         : node_package_script(&package, "production") ? "production"
                                                                       : NULL;
    if (script) {
        struct evidence origin = evidence_of(
            package.path,
            node_get(package.document, node_path(package.document, "scripts"), script), "scripts");
        const char *setup = node_manager_setup(planning, service, &package);
        const char *install = package.manager->lock_found ? package.manager->install
                                                          : package.manager->install_unlocked;
        values_set(values, "assets_image",
                   images_name(planning, "node", assets_version(planning, &package)), origin);
        if (setup)
            values_add(values, "assets_install", setup, origin);
        values_add(values, "assets_install", install, origin);
        values_set(values, "assets_build",
                   plan_text(planning->plan, "%s %s", package.manager->run, script), origin);
        for (size_t i = 0; i < package.install_files.count; i++)
            values_add(values, "assets_manifests", package.install_files.items[i],
                       evidence_of_file(package.path));
    }
    node_package_release(&package);
}

void node_require_alias(struct planning *planning, struct service *service, const char *text,
                        struct evidence evidence)
{
    if (strcmp(text, "node") == 0 || strcmp(text, "stable") == 0 || strcmp(text, "lts/*") == 0 ||
        strcmp(text, "--lts") == 0 || strcmp(text, "lts") == 0)
        return; /* the newest that is looked after is what is taken anyway */
    if (strncmp(text, "lts/", 4) == 0) {
        const struct release *release = release_by_name("node", text + 4);
        if (release)
            runtime_require(planning, service, GRAMMAR_PREFIX, release->line, evidence);
        else
            plan_report(planning->plan, SEVERITY_WARNING, "version-not-understood",
                        "write a number",
                        "%s:%u: there is no long-term release '%s' in the table of %s",
                        evidence.file, (unsigned)evidence.line, text + 4, releases_date());
        return;
    }
    runtime_require(planning, service, GRAMMAR_PREFIX, text, evidence);
}
