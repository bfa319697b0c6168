#include "analyzer/advice.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "analyzer/equality.h"
#include "core/glob.h"
#include "core/memory.h"

enum kind {
#define ADVICE(id, name, effort, title, fix) KIND_##id,
#include "analyzer/advice.def"
#undef ADVICE
    KIND_COUNT,
    KIND_NONE = KIND_COUNT
};

static const struct suggestion rows[KIND_COUNT] = {
#define ADVICE(identifier, name, work, words, change)                                          \
    [KIND_##identifier] = {.id = name, .title = words, .fix = change, .effort = EFFORT_##work},
#include "analyzer/advice.def"
#undef ADVICE
};

static const char *const efforts[] = {
    [EFFORT_EASY] = "easy",
    [EFFORT_MEDIUM] = "medium",
    [EFFORT_HARD] = "hard",
};
static_assert(ARRAY_SIZE(efforts) == EFFORT_HARD + 1, "every effort has a name");

const char *effort_name(enum effort effort)
{
    return efforts[effort];
}

/* Where things lie that need not ship. A pattern matches a file's whole path. Few paths hold a pattern's
 * longest plain part, and looking for that is quick. */
static const struct {
    const char *pattern;
    enum kind kind;
    const char *part;
} patterns[] = {
    {"/var/lib/apt/lists/**", KIND_APT_CACHE, "/var/lib/apt/lists/"},
    {"/var/cache/apt/**", KIND_APT_CACHE, "/var/cache/apt/"},
    {"/var/cache/apk/**", KIND_APK_CACHE, "/var/cache/apk/"},
    {"/etc/apk/cache/**", KIND_APK_CACHE, "/etc/apk/cache/"},
    {"/var/cache/dnf/**", KIND_DNF_CACHE, "/var/cache/dnf/"},
    {"/var/cache/libdnf5/**", KIND_DNF_CACHE, "/var/cache/libdnf5/"},
    {"/var/cache/yum/**", KIND_DNF_CACHE, "/var/cache/yum/"},
    {"/var/cache/zypp/**", KIND_ZYPPER_CACHE, "/var/cache/zypp/"},
    {"/**/.cache/pip/**", KIND_PIP_CACHE, "/.cache/pip/"},
    {"/**/.cache/pypoetry/**", KIND_PIP_CACHE, "/.cache/pypoetry/"},
    {"/**/.cache/uv/**", KIND_PIP_CACHE, "/.cache/uv/"},
    {"/**/.npm/_cacache/**", KIND_NPM_CACHE, "/.npm/_cacache/"},
    {"/**/.cache/yarn/**", KIND_YARN_CACHE, "/.cache/yarn/"},
    {"/**/.yarn/cache/**", KIND_YARN_CACHE, "/.yarn/cache/"},
    {"/usr/local/share/.cache/**", KIND_YARN_CACHE, "/usr/local/share/.cache/"},
    {"/**/.local/share/pnpm/store/**", KIND_PNPM_STORE, "/.local/share/pnpm/store/"},
    {"/**/.pnpm-store/**", KIND_PNPM_STORE, "/.pnpm-store/"},
    {"/**/gems/**/cache/*.gem", KIND_GEM_CACHE, "/cache/"},
    {"/**/ruby/**/cache/*.gem", KIND_GEM_CACHE, "/cache/"},
    {"/usr/local/bundle/cache/**", KIND_GEM_CACHE, "/usr/local/bundle/cache/"},
    {"/**/.cargo/registry/**", KIND_CARGO_CACHE, "/.cargo/registry/"},
    {"/usr/local/cargo/registry/**", KIND_CARGO_CACHE, "/usr/local/cargo/registry/"},
    {"/usr/local/cargo/git/**", KIND_CARGO_CACHE, "/usr/local/cargo/git/"},
    {"/**/go/pkg/mod/**", KIND_GO_CACHE, "/go/pkg/mod/"},
    {"/**/.cache/go-build/**", KIND_GO_CACHE, "/.cache/go-build/"},
    {"/**/.m2/repository/**", KIND_MAVEN_CACHE, "/.m2/repository/"},
    {"/**/.gradle/caches/**", KIND_MAVEN_CACHE, "/.gradle/caches/"},
    {"/**/.git/**", KIND_GIT_FOLDER, "/.git/"},
    {"/**/__pycache__/**", KIND_BYTECODE, "/__pycache__/"},
    {"/**/*.pyc", KIND_BYTECODE, ".pyc"},
    {"/**/*.o", KIND_BUILD_LEFTOVERS, ".o"},
    {"/**/*.a", KIND_BUILD_LEFTOVERS, ".a"},
    {"/usr/share/doc/**", KIND_DOCUMENTATION, "/usr/share/doc/"},
    {"/usr/share/man/**", KIND_DOCUMENTATION, "/usr/share/man/"},
    {"/usr/share/info/**", KIND_DOCUMENTATION, "/usr/share/info/"},
    {"/usr/share/gtk-doc/**", KIND_DOCUMENTATION, "/usr/share/gtk-doc/"},
    {"/usr/local/share/man/**", KIND_DOCUMENTATION, "/usr/local/share/man/"},
    {"/usr/local/share/doc/**", KIND_DOCUMENTATION, "/usr/local/share/doc/"},
    {"/usr/share/locale/**", KIND_LOCALES, "/usr/share/locale/"},
    {"/usr/share/i18n/**", KIND_LOCALES, "/usr/share/i18n/"},
};

static enum kind kind_of_dead(const struct inode *inode)
{
    switch ((enum cause)inode->cause) {
    case CAUSE_REEMITTED:
        return KIND_COPIED_METADATA;
    case CAUSE_DELETED:
    case CAUSE_OPAQUE:
        return KIND_DELETED_LATER;
    case CAUSE_SHADOWED:
        return KIND_WRITTEN_TWICE;
    default:
        return KIND_REPLACED_LATER;
    }
}

static enum kind kind_of_path(const char *path)
{
    struct span text = span_of_text(path);
    for (size_t i = 0; i < ARRAY_SIZE(patterns); i++)
        if (strstr(path, patterns[i].part) && glob_match(patterns[i].pattern, text))
            return patterns[i].kind;
    return KIND_NONE;
}

struct collector {
    const struct accounting *accounting;
    struct suggestion items[KIND_COUNT];
    uint8_t *shipped; /* [kind][layer] */
};

static void count(struct collector *collector, enum kind kind, const struct inode *inode)
{
    int64_t bytes = inode_entry(collector->accounting, inode)->content;
    if (kind == KIND_NONE || !bytes)
        return;
    collector->items[kind].bytes += bytes;
    collector->items[kind].files++;
    collector->shipped[(size_t)kind * collector->accounting->layer_count + inode->layer] = 1;
}

/* Marks the inodes that are further copies of another live one. */
static uint8_t *mark_duplicates(const struct accounting *accounting)
{
    uint8_t *marks = memory_alloc_zero(accounting->inode_count, 1);
    uint32_t group = 0;
    bool first = true;
    for (size_t i = 0; i < accounting->payload_count; i++) {
        const struct payload *payload = &accounting->payloads[i];
        uint32_t number = accounting_inode_of(accounting, payload->layer, payload->entry);
        if (i == 0 || payload->group != group) {
            group = payload->group;
            first = true;
        }
        if (!inode_is_live(&accounting->inodes[number]))
            continue;
        marks[number] = !first;
        first = false;
    }
    return marks;
}

static int compare_suggestions(const void *a, const void *b)
{
    const struct suggestion *left = a, *right = b;
    if (left->bytes != right->bytes)
        return left->bytes > right->bytes ? -1 : 1;
    return strcmp(left->id, right->id);
}

static void keep(struct advice *advice, struct collector *collector, enum kind kind)
{
    struct suggestion *item = &collector->items[kind];
    size_t layers = collector->accounting->layer_count;
    if (!item->bytes)
        return;
    item->id = rows[kind].id;
    item->title = rows[kind].title;
    item->fix = rows[kind].fix;
    item->effort = rows[kind].effort;
    item->layers = memory_alloc_zero(layers, sizeof *item->layers);
    for (size_t i = 0; i < layers; i++)
        if (collector->shipped[(size_t)kind * layers + i])
            item->layers[item->layer_count++] = (uint32_t)i;
    advice->items[advice->count++] = *item;
}

void advice_collect(struct advice *ret_advice, const struct accounting *accounting)
{
    struct collector collector = {
        .accounting = accounting,
        .shipped = memory_alloc_zero(accounting->layer_count, KIND_COUNT),
    };
    uint8_t *duplicates = mark_duplicates(accounting);
    cleanup_strbuf struct strbuf path = STRBUF_INIT;
    for (uint32_t i = 0; i < accounting->inode_count; i++) {
        const struct inode *inode = &accounting->inodes[i];
        enum kind kind;
        if (!inode_is_live(inode)) {
            kind = kind_of_dead(inode);
        } else {
            strbuf_reset(&path);
            tree_path(&path, &accounting->tree, inode->node);
            kind = kind_of_path(path.buf);
            if (kind == KIND_NONE && duplicates[i])
                kind = KIND_DUPLICATES;
        }
        count(&collector, kind, inode);
    }
    struct advice advice = {.items = memory_alloc_zero(KIND_COUNT, sizeof(struct suggestion))};
    for (enum kind kind = 0; kind < KIND_COUNT; kind++)
        keep(&advice, &collector, kind);
    qsort(advice.items, advice.count, sizeof *advice.items, compare_suggestions);
    free(collector.shipped);
    free(duplicates);
    *ret_advice = advice;
}

void advice_release(struct advice *advice)
{
    for (size_t i = 0; i < advice->count; i++)
        free(advice->items[i].layers);
    free(advice->items);
    *advice = (struct advice){0};
}

const struct suggestion *advice_for_path(const struct advice *advice, const char *path)
{
    enum kind kind = kind_of_path(path);
    if (kind == KIND_NONE)
        return NULL;
    for (size_t i = 0; i < advice->count; i++)
        if (strcmp(advice->items[i].id, rows[kind].id) == 0)
            return &advice->items[i];
    return &rows[kind];
}

bool advice_is_about_dead(const struct suggestion *suggestion)
{
    for (enum kind kind = KIND_COPIED_METADATA; kind <= KIND_WRITTEN_TWICE; kind++)
        if (strcmp(suggestion->id, rows[kind].id) == 0)
            return true;
    return false;
}
