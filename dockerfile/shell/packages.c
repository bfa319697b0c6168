#include "dockerfile/packages.h"

#include <string.h>

#include "core/memory.h"
#include "dockerfile/shell/tools.h"

/* What a word says of one package, by the manager's own grammar. */
typedef void read_package(struct package *package, struct span text);

static struct span upto(struct span text, size_t len)
{
    return span_of(text.ptr, len);
}

static struct span behind(struct span text, size_t from)
{
    return span_of(text.ptr + from, text.len - from);
}

/* Where the first of `characters` stands; the length if none does. */
static size_t find_any(struct span text, const char *characters)
{
    size_t at = 0;
    while (at < text.len && (!text.ptr[at] || !strchr(characters, text.ptr[at])))
        at++;
    return at;
}

static bool has_text(struct span text, const char *part)
{
    return memmem(text.ptr, text.len, part, strlen(part)) != NULL;
}

static bool is_path(struct span text)
{
    return span_starts_with(text, "/") || span_starts_with(text, "./") ||
           span_starts_with(text, "../") || span_starts_with(text, "~/") ||
           span_equals_text(text, ".") || span_equals_text(text, "..");
}

static bool is_archive(struct span text)
{
    static const char *const endings[] = {".tar.gz", ".tgz", ".tar.bz2", ".tar.xz", ".tar",
                                          ".zip",    ".whl", ".egg"};
    for (size_t i = 0; i < ARRAY_SIZE(endings); i++)
        if (span_ends_with(text, endings[i]))
            return true;
    return false;
}

static void split(struct package *package, struct span text, size_t at, size_t operator_len)
{
    package->name = upto(text, at);
    package->operator = span_of(text.ptr + at, operator_len);
    package->version = behind(text, at + operator_len);
}

/* name OPERATOR version, the operator made of `signs`. False if there is none. */
static bool split_at_signs(struct package *package, struct span text, const char *signs)
{
    size_t at = find_any(text, signs), end = at;
    while (end < text.len && strchr(signs, text.ptr[end]))
        end++;
    if (at == text.len)
        return false;
    split(package, text, at, end - at);
    return true;
}

static bool is_file(struct package *package, struct span text, const char *ending)
{
    if (has_text(text, "://"))
        package->kind = PACKAGE_URL;
    else if (span_ends_with(text, ending))
        package->kind = PACKAGE_FILE;
    else
        return false;
    return true;
}

/* name, name=version, name/release, name:arch=version, ./file.deb */
static void read_apt(struct package *package, struct span text)
{
    if (is_file(package, text, ".deb"))
        return;
    if (is_path(text))
        package->kind = PACKAGE_FILE;
    else if (!split_at_signs(package, text, "="))
        split_at_signs(package, text, "/");
}

/* name, name=1.2-r0, name~1.2, name=~1.2, name>1, name@tag */
static void read_apk(struct package *package, struct span text)
{
    if (!is_file(package, text, ".apk") && !split_at_signs(package, text, "=~<>"))
        split_at_signs(package, text, "@");
}

static bool begins_version(struct span text)
{
    return text.len && ((text.ptr[0] >= '0' && text.ptr[0] <= '9') || text.ptr[0] == '$');
}

/* name-version[-release]: the version and the release begin with a digit, and nothing is behind them. */
static void read_rpm_name(struct package *package, struct span text)
{
    const char *dash = memrchr(text.ptr, '-', text.len);
    if (!dash || dash == text.ptr || !begins_version(behind(text, (size_t)(dash - text.ptr) + 1)))
        return;
    size_t at = (size_t)(dash - text.ptr);
    const char *earlier = memrchr(text.ptr, '-', at);
    if (earlier && earlier != text.ptr &&
        begins_version(behind(text, (size_t)(earlier - text.ptr) + 1)))
        at = (size_t)(earlier - text.ptr);
    split(package, text, at, 1);
}

static void read_rpm(struct package *package, struct span text)
{
    if (is_file(package, text, ".rpm"))
        return;
    if (span_starts_with(text, "@"))
        package->kind = PACKAGE_GROUP;
    else if (is_path(text))
        package->kind = PACKAGE_FILE;
    else if (!split_at_signs(package, text, "=<>"))
        read_rpm_name(package, text);
}

static void read_module(struct package *package, struct span text)
{
    package->kind = PACKAGE_MODULE;
    split_at_signs(package, text, ":");
}

static void read_group(struct package *package, struct span text)
{
    (void)text;
    package->kind = PACKAGE_GROUP;
}

static void read_zypper(struct package *package, struct span text)
{
    if (!is_file(package, text, ".rpm") && !is_path(text))
        split_at_signs(package, text, "=<>");
    else if (package->kind == PACKAGE_NAMED)
        package->kind = PACKAGE_FILE;
}

static void read_plain(struct package *package, struct span text)
{
    if (is_path(text) || is_archive(text))
        package->kind = PACKAGE_FILE;
}

/* The ref of a repository stands behind @ in its last component, or behind # with npm. */
static void read_repository(struct package *package, struct span text, char sign)
{
    package->kind = PACKAGE_VCS;
    size_t fragment = find_any(text, "#");
    struct span address = sign == '#' ? text : upto(text, fragment);
    const char *at = memrchr(address.ptr, sign, address.len);
    const char *slash = memrchr(address.ptr, '/', sign == '#' ? fragment : address.len);
    if (at && (!slash || at > slash))
        split(package, address, (size_t)(at - address.ptr), 1);
    else
        package->name = address;
}

/* PEP 508: name[extras] and an operator, or @ and an address */
static void read_pip(struct package *package, struct span text)
{
    if (span_starts_with(text, "git+") || span_starts_with(text, "hg+") ||
        span_starts_with(text, "svn+") || span_starts_with(text, "bzr+")) {
        read_repository(package, text, '@');
        return;
    }
    size_t at = find_any(text, "=<>!~@");
    if (at == text.len && has_text(text, "://")) {
        package->kind = PACKAGE_URL;
    } else if (at < text.len && text.ptr[at] == '@' && !has_text(upto(text, at), "/")) {
        split(package, text, at, 1);
        while (package->version.len && package->version.ptr[0] == ' ')
            package->version = behind(package->version, 1);
        package->kind = has_text(package->version, "://") ? PACKAGE_URL : PACKAGE_NAMED;
    } else if (has_text(upto(text, at), "://")) {
        package->kind = PACKAGE_URL;
    } else if (is_archive(text)) {
        package->kind = PACKAGE_FILE;
    } else if (is_path(text) || has_text(upto(text, find_any(text, "=<>!~@;[")), "/")) {
        package->kind = PACKAGE_FOLDER;
    } else {
        split_at_signs(package, text, "=<>!~");
    }
    while (package->name.len && package->name.ptr[package->name.len - 1] == ' ')
        package->name.len--;
}

static void read_conda(struct package *package, struct span text)
{
    split_at_signs(package, text, "=<>!~");
}

/* name, @scope/name, name@version, folder, archive, address, user/repository#ref */
static void read_npm(struct package *package, struct span text)
{
    size_t scope = text.len && text.ptr[0] == '@';
    size_t at = scope + find_any(behind(text, scope), "@");
    if (has_text(text, "git+") || span_starts_with(text, "git:") || span_ends_with(text, ".git") ||
        span_starts_with(text, "github:") || span_starts_with(text, "gitlab:") ||
        span_starts_with(text, "git@")) {
        read_repository(package, text, '#');
    } else if (is_archive(text) && !has_text(text, "://")) {
        package->kind = PACKAGE_FILE;
    } else if (has_text(text, "://")) {
        package->kind = PACKAGE_URL;
    } else if (is_path(text)) {
        package->kind = PACKAGE_FOLDER;
    } else if (at < text.len) {
        split(package, text, at, 1);
    } else if (!scope && find_any(text, "/") < text.len) {
        read_repository(package, text, '#');
    }
}

static void read_gem(struct package *package, struct span text)
{
    if (span_ends_with(text, ".gem"))
        package->kind = PACKAGE_FILE;
    else
        split_at_signs(package, text, ":");
}

static void read_go(struct package *package, struct span text)
{
    if (is_path(text) || span_ends_with(text, ".go"))
        package->kind = PACKAGE_FOLDER;
    else
        split_at_signs(package, text, "@");
}

static void read_at(struct package *package, struct span text)
{
    if (is_path(text))
        package->kind = PACKAGE_FOLDER;
    else
        split_at_signs(package, text, "@=<>^~");
}

static void read_composer(struct package *package, struct span text)
{
    split_at_signs(package, text, ":=");
}

/* Which calls install. */
struct installer {
    const char *tools;
    const char *subcommands; /* "": whatever it does, if `option` is there */
    const char *option;
    enum package_manager manager;
    read_package *read;
    bool only_first; /* what follows are its arguments */
};

static const struct installer installers[] = {
    {"apt-get apt aptitude", "install reinstall build-dep", "", PACKAGES_APT, read_apt, false},
    {"apk", "add", "", PACKAGES_APK, read_apk, false},
    {"yum dnf dnf5 dnf-3 dnf4 microdnf tdnf", "module.install", "", PACKAGES_RPM, read_module, false},
    {"yum dnf dnf5 dnf-3 dnf4 microdnf tdnf", "group.install", "", PACKAGES_RPM, read_group, false},
    {"yum dnf dnf5 dnf-3 dnf4 microdnf tdnf", "install reinstall downgrade", "", PACKAGES_RPM, read_rpm, false},
    {"zypper", "install", "", PACKAGES_ZYPPER, read_zypper, false},
    {"pacman", "", "S", PACKAGES_PACMAN, read_plain, false},
    {"pip pip2 pip3 pipx", "install inject download wheel", "", PACKAGES_PIP, read_pip, false},
    {"uv", "pip.install add tool.install", "", PACKAGES_PIP, read_pip, false},
    {"poetry pdm", "add", "", PACKAGES_PIP, read_at, false},
    {"pipenv", "install", "", PACKAGES_PIP, read_pip, false},
    {"conda mamba micromamba", "install create", "", PACKAGES_CONDA, read_conda, false},
    {"npm cnpm", "install", "", PACKAGES_NPM, read_npm, false},
    {"yarn yarnpkg", "add global.add", "", PACKAGES_NPM, read_npm, false},
    {"pnpm", "add install", "", PACKAGES_NPM, read_npm, false},
    {"bun", "add install", "", PACKAGES_NPM, read_npm, false},
    {"gem", "install", "", PACKAGES_GEM, read_gem, false},
    {"go", "install get", "", PACKAGES_GO, read_go, false},
    {"go", "run", "", PACKAGES_GO, read_go, true},
    {"cargo", "install", "", PACKAGES_CARGO, read_at, false},
    {"composer", "require global.require", "", PACKAGES_COMPOSER, read_composer, false},
};

static const struct installer *installer_of(const struct call *call)
{
    for (size_t i = 0; i < ARRAY_SIZE(installers); i++) {
        const struct installer *installer = &installers[i];
        if (!call_is_one_of(call, installer->tools))
            continue;
        if (installer->option[0] ? call_option(call, installer->option) != NULL
                                 : name_in_list(span_of_text(installer->subcommands),
                                                call->subcommand, ' '))
            return installer;
    }
    return NULL;
}

enum package_manager package_manager_of(const struct call *call)
{
    const struct installer *installer = installer_of(call);
    return installer ? installer->manager : PACKAGES_NONE;
}

struct collector {
    struct packages *packages;
    size_t capacity;
    const struct installer *installer;
    struct arena *arena;
};

static struct package *add(struct collector *to, const struct script_word *word, struct span text)
{
    struct packages *packages = to->packages;
    packages->items =
        memory_grow(packages->items, packages->count, &to->capacity, sizeof *packages->items);
    struct package *package = &packages->items[packages->count++];
    *package = (struct package){
        .manager = to->installer->manager,
        .kind = PACKAGE_NAMED,
        .name = text,
        .operator = {"", 0},
        .version = {"", 0},
        .word = word,
    };
    return package;
}

/* A word that is one package, or, with a variable outside of quotes, as many as its value has words. */
static void add_word(struct collector *to, const struct calls *calls, const struct call *call,
                     const struct script_word *word)
{
    cleanup_strbuf struct strbuf value = STRBUF_INIT;
    if (script_word_is_constant(word)) {
        to->installer->read(add(to, word, word->value), word->value);
        return;
    }
    bool known = call_word_value(calls, call, word, &value);
    struct span text = span_of(arena_dup(to->arena, value.buf, value.len), value.len);
    bool quoted = word->parts && word->parts->kind == PART_DOUBLE && !word->parts->next;
    while (text.len) {
        size_t len = quoted || !known ? text.len : find_any(text, " \t\n");
        if (len) {
            struct package *package = add(to, word, upto(text, len));
            to->installer->read(package, upto(text, len));
            package->unknown = !known;
        }
        text = behind(text, len < text.len ? len + 1 : len);
    }
}

/* Arguments behind -- are no packages of gem, but what it hands on to a compiler. */
static size_t end_of_packages(const struct call *call, const struct installer *installer)
{
    size_t end = installer->only_first && call->operand_count ? 1 : call->operand_count;
    for (size_t i = 1; installer->manager == PACKAGES_GEM && i < call->word_count; i++)
        if (span_equals_text(call->words[i]->value, "--"))
            while (end && call->operands[end - 1]->range.start > call->words[i]->range.start)
                end--;
    return end;
}

static void add_lists(struct collector *to, const struct call *call)
{
    for (size_t i = 0; i < call->option_count; i++) {
        const struct call_option *option = &call->options[i];
        bool list = call_option_is(option, "requirement") || call_option_is(option, "requirements");
        if (!option->value_word || (!list && !call_option_is(option, "editable")))
            continue;
        struct package *package = add(to, option->value_word, option->value);
        package->unknown = !script_word_is_constant(option->value_word);
        if (list)
            package->kind = PACKAGE_LIST;
        else
            to->installer->read(package, option->value);
    }
}

/* gem -v and cargo --version name the version of all that stand there. */
static void apply_version_option(struct packages *packages, const struct call *call)
{
    const struct call_option *version = call_option(call, "version");
    for (size_t i = 0; version && version->value_word && i < packages->count; i++) {
        if (packages->items[i].version.len)
            continue;
        packages->items[i].operator = span_of_text("--version");
        packages->items[i].version = version->value;
        packages->items[i].unknown |= !script_word_is_constant(version->value_word);
    }
}

void packages_of(struct packages *ret_packages, const struct calls *calls, const struct call *call)
{
    struct arena *arena = &calls->script->arena;
    struct packages packages = {.items = NULL};
    struct collector to = {.packages = &packages, .installer = installer_of(call), .arena = arena};
    if (to.installer) {
        size_t end = end_of_packages(call, to.installer);
        for (size_t i = 0; i < end; i++)
            add_word(&to, calls, call, call->operands[i]);
        if (to.installer->manager == PACKAGES_PIP)
            add_lists(&to, call);
        if (to.installer->manager == PACKAGES_GEM || to.installer->manager == PACKAGES_CARGO)
            apply_version_option(&packages, call);
    }
    struct package *items = packages.items;
    packages.items = arena_alloc(arena, packages.count * sizeof *items + 1);
    if (packages.count)
        memcpy(packages.items, items, packages.count * sizeof *items);
    free(items);
    *ret_packages = packages;
}

/* Caches. */

#define CACHE(id, tools, subcommands, paths, options, variable, cleaners)                          \
    {id, tools, subcommands, paths, options, variable, cleaners},
static const struct cache caches[] = {
#include "dockerfile/shell/caches.def"
};
#undef CACHE

/* Whether removing `removed` takes `path` away: "/a", "/a/" and "/a/<star>" do so for /a and what is below. */
static bool covers(struct span removed, struct span path)
{
    while (span_ends_with(removed, "/") || span_ends_with(removed, "/*"))
        removed.len -= span_ends_with(removed, "*") ? 2 : 1;
    if (!removed.len || removed.len > path.len || memcmp(removed.ptr, path.ptr, removed.len) != 0)
        return false;
    return removed.len == path.len || path.ptr[removed.len] == '/';
}

static bool removes(const struct call *call, struct span path)
{
    if (!call_is(call, "rm") || !call_option(call, "r"))
        return false;
    for (size_t i = 0; i < call->operand_count; i++) {
        cleanup_strbuf struct strbuf absolute = STRBUF_INIT;
        struct span value = call->operands[i]->value;
        if (covers(value, path))
            return true;
        if (value.len && value.ptr[0] != '/' && value.ptr[0] != '~' &&
            call->state.folder_changed && call_path(call, value, &absolute) &&
            covers(span_of(absolute.buf, absolute.len), path))
            return true;
        if (span_starts_with(value, "~/") && span_starts_with(path, "/root/") &&
            covers(behind(value, 1), behind(path, strlen("/root"))))
            return true;
    }
    return false;
}

bool call_removes(const struct call *call, const char *path)
{
    return removes(call, span_of_text(path));
}

static bool removes_any(const struct call *call, const char *paths)
{
    while (*paths) {
        struct span path = first_in_list(paths);
        if (removes(call, path))
            return true;
        paths += path.len + (paths[path.len] == ' ');
    }
    return false;
}

static bool is_prevented(const struct cache *cache, const struct call *call)
{
    const struct call_variable *variable = NULL;
    if (cache->options[0] && call_option_is_on(call, cache->options))
        return true;
    if (cache->variable[0])
        variable = call_variable(call, cache->variable);
    if (!variable || !variable->exported)
        return false;
    static const char *const off[] = {"", "0", "no", "off", "false"};
    for (size_t i = 0; i < ARRAY_SIZE(off); i++)
        if (span_equals_text(variable->value, off[i]))
            return false;
    return true;
}

static bool fills(const struct cache *cache, const struct call *call)
{
    if (!call->tool || !call_is_one_of(call, cache->tools))
        return false;
    bool does = cache->subcommands[0] == '\0' ||
                name_in_list(span_of_text(cache->subcommands), call->subcommand, ' ');
    /* yarn alone installs */
    does |= call_is_one_of(call, "yarn yarnpkg") && !call->subcommand_word;
    return does && !is_prevented(cache, call);
}

static bool cleans(const struct cache *cache, const struct call *call)
{
    const char *at = cache->cleaners;
    if (removes_any(call, cache->paths))
        return true;
    while (*at) {
        struct span cleaner = first_in_list(at);
        size_t colon = find_any(cleaner, ":");
        if (span_equal(upto(cleaner, colon), call->name) &&
            span_equal(behind(cleaner, colon + 1), call->subcommand))
            return true;
        at += cleaner.len + (at[cleaner.len] == ' ');
    }
    return false;
}

/* From the last call to the first, so that the next cleaner of each cache is known: linear. */
void cache_uses_find(struct cache_uses *ret_uses, const struct calls *calls)
{
    const struct call *cleaner[ARRAY_SIZE(caches)] = {NULL};
    struct arena *arena = &calls->script->arena;
    struct cache_use *uses = NULL;
    size_t count = 0, capacity = 0;
    for (size_t i = calls->count; i > 0; i--) {
        const struct call *call = calls->items[i - 1];
        for (size_t c = ARRAY_SIZE(caches); call->tool && c > 0; c--) {
            const struct cache *cache = &caches[c - 1];
            if (fills(cache, call)) {
                uses = memory_grow(uses, count, &capacity, sizeof *uses);
                uses[count++] = (struct cache_use){cache, call, cleaner[c - 1]};
            }
            if (!call->conditional && !call->deferred && cleans(cache, call))
                cleaner[c - 1] = call;
        }
    }
    ret_uses->items = arena_alloc(arena, count * sizeof *uses + 1);
    ret_uses->count = count;
    for (size_t i = 0; i < count; i++)
        ret_uses->items[i] = uses[count - 1 - i];
    free(uses);
}
