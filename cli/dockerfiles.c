#include "cli/dockerfiles.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>

#include "core/file.h"
#include "core/gitignore.h"
#include "core/memory.h"

#define UPWARDS_MAX 64 /* folders from a walked one to the root of its repository */

/* Names */

static bool ends_with(const char *name, const char *ending)
{
    size_t len = strlen(name), end = strlen(ending);
    return len > end && strcasecmp(name + len - end, ending) == 0;
}

/* Behind "Dockerfile.": what an editor, a tool or a template leaves there is none. */
static bool is_leftover(const char *ending)
{
    static const char *const endings[] = {"dockerignore", "containerignore", "bak",  "orig",  "rej",
                                          "swp",          "swo",             "tmpl", "tpl",   "j2",
                                          "jinja",        "jinja2",          "erb",  "md",    "html",
                                          "template",     "mustache",        "gotmpl"};
    for (size_t i = 0; i < ARRAY_SIZE(endings); i++)
        if (strcasecmp(ending, endings[i]) == 0)
            return true;
    return false;
}

/* dockerfile.py is a program that has to do with Dockerfiles, Dockerfile.py one for Python. */
static bool is_source(const char *ending)
{
    static const char *const endings[] = {"c",  "cc", "cpp", "h",   "hpp", "go",  "py",  "rs",  "rb",
                                          "js", "ts", "mjs", "tsx", "jsx", "cs",  "java", "kt", "php",
                                          "sh", "pl", "lua", "ml",  "hs",  "el",  "vim", "txt", "rst",
                                          "json", "yaml", "yml", "toml", "xml", "lock", "snap"};
    for (size_t i = 0; i < ARRAY_SIZE(endings); i++)
        if (strcmp(ending, endings[i]) == 0)
            return true;
    return false;
}

bool dockerfile_is_named_so(const char *name)
{
    static const char *const words[] = {"Dockerfile", "Containerfile"};
    for (size_t i = 0; i < ARRAY_SIZE(words); i++) {
        size_t len = strlen(words[i]);
        if (strncasecmp(name, words[i], len) == 0) {
            const char *rest = name + len;
            const char *last = strrchr(name, '.');
            if (!*rest)
                return true;
            if (*rest == '.' && rest[1] && rest[strlen(rest) - 1] != '~')
                return !is_leftover(last + 1) && !(*name == words[i][0] + 32 && is_source(last + 1));
        }
    }
    return ends_with(name, ".dockerfile") || ends_with(name, ".containerfile");
}

/* Patterns that hold in a folder: its own .gitignore before those of the folders above. */
struct patterns {
    struct gitignore own;
    size_t depth; /* bytes of the walked path that come before what the patterns are about */
    const char *above; /* what stands between the patterns' folder and the walked one: "a/b/" */
    const struct patterns *up;
};

struct walk {
    struct dockerfiles *files;
    const struct dockerfiles_options *options;
    const char *shown; /* how the walked folder was named */
    int root;
    struct strbuf path; /* below it: "a/b/" */
    size_t entries;
    unsigned depth;
    const struct gitignore *exclude;
};

static int add_file(struct dockerfiles *files, char *name, int folder, size_t beneath,
                    struct error *err)
{
    if (files->count == DOCKERFILES_MAX) {
        free(name);
        return error_set(err, ERROR_LIMIT, "more than %d Dockerfiles", DOCKERFILES_MAX);
    }
    files->items =
        memory_grow(files->items, files->count, &files->capacity, sizeof *files->items);
    files->items[files->count++] =
        (struct dockerfile_name){.name = name, .folder = folder, .beneath = name + beneath};
    return 0;
}

static bool is_left_out(const struct walk *walk, const struct patterns *patterns, bool is_folder)
{
    const char *path = walk->path.buf;
    if (gitignore_ask(walk->exclude, path, is_folder) == GITIGNORE_IGNORED)
        return true;
    for (; patterns; patterns = patterns->up) {
        cleanup_strbuf struct strbuf whole = STRBUF_INIT;
        strbuf_addf(&whole, "%s%s", patterns->above, path + patterns->depth);
        switch (gitignore_ask(&patterns->own, whole.buf, is_folder)) {
        case GITIGNORE_IGNORED:
            return true;
        case GITIGNORE_WANTED:
            return false;
        default:
            break;
        }
    }
    return false;
}

static void note(struct walk *walk, const char *name, const char *why)
{
    strvec_addf(&walk->files->notes, "%s/%s%s: %s", walk->shown, walk->path.buf ? walk->path.buf : "",
                name, why);
}

/* Reads a list of patterns if there is one; one that cannot be read is told and passed over. */
static void read_patterns(struct walk *walk, struct gitignore *gitignore, int folder,
                          const char *name)
{
    cleanup_strbuf struct strbuf text = STRBUF_INIT;
    cleanup_error struct error err = ERROR_INIT;
    cleanup_fd int fd = openat(folder, name, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
    if (walk->options->no_gitignore || fd < 0)
        return;
    if (file_read_all(&text, fd, name, GITIGNORE_BYTES_MAX, &err) < 0 ||
        gitignore_parse(gitignore, span_of(text.buf, text.len), &err) < 0)
        note(walk, name, err.text);
}

static bool entry_is(int folder, const struct dirent *entry, mode_t kind)
{
    struct stat st;
    if (entry->d_type != DT_UNKNOWN)
        return entry->d_type == (kind == S_IFDIR ? DT_DIR : DT_REG);
    return fstatat(folder, entry->d_name, &st, AT_SYMLINK_NOFOLLOW) == 0 &&
           (st.st_mode & S_IFMT) == kind;
}

static int walk_folder(struct walk *walk, int folder, const struct patterns *up, struct error *err);

static int enter(struct walk *walk, int folder, const char *name, const struct patterns *patterns,
                 struct error *err)
{
    size_t len = walk->path.len;
    if (walk->depth == DOCKERFILES_DEPTH_MAX)
        return error_set(err, ERROR_LIMIT, "'%s': folders lie more than %d deep", walk->shown,
                         DOCKERFILES_DEPTH_MAX);
    int child = openat(folder, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    if (child < 0) {
        cleanup_error struct error why = ERROR_INIT;
        error_set_errno(&why, ERROR_INPUT, errno, "cannot be looked into");
        note(walk, name, why.text);
        return 0;
    }
    strbuf_addf(&walk->path, "%s/", name);
    walk->depth++;
    int result = walk_folder(walk, child, patterns, err);
    walk->depth--;
    strbuf_truncate(&walk->path, len);
    return result;
}

static int take_entry(struct walk *walk, int folder, const struct dirent *entry,
                      const struct patterns *patterns, struct error *err)
{
    const char *name = entry->d_name;
    if (strcmp(name, ".") == 0 || strcmp(name, "..") == 0 || strcmp(name, ".git") == 0)
        return 0;
    if (walk->entries++ == DOCKERFILES_ENTRIES_MAX)
        return error_set(err, ERROR_LIMIT, "'%s' holds more than %d files", walk->shown,
                         DOCKERFILES_ENTRIES_MAX);
    bool is_folder = entry_is(folder, entry, S_IFDIR);
    if (!is_folder && !(dockerfile_is_named_so(name) && entry_is(folder, entry, S_IFREG)))
        return 0;
    size_t len = walk->path.len;
    strbuf_add_text(&walk->path, name);
    bool left_out = is_left_out(walk, patterns, is_folder);
    strbuf_truncate(&walk->path, len);
    if (left_out)
        return 0;
    if (is_folder)
        return enter(walk, folder, name, patterns, err);
    struct strbuf full = STRBUF_INIT;
    bool here = strcmp(walk->shown, ".") == 0;
    if (!here)
        strbuf_addf(&full, "%s/", walk->shown);
    size_t beneath = full.len;
    strbuf_addf(&full, "%s%s", walk->path.buf ? walk->path.buf : "", name);
    return add_file(walk->files, strbuf_detach(&full, NULL), walk->root, beneath, err);
}

/* Takes over `folder`. */
static int walk_folder(struct walk *walk, int folder, const struct patterns *up, struct error *err)
{
    struct patterns patterns = {.own = GITIGNORE_INIT, .depth = walk->path.len, .above = "", .up = up};
    int result = 0;
    DIR *dir = fdopendir(folder);
    if (!dir) {
        close(folder);
        return error_set_errno(err, ERROR_INPUT, errno, "cannot read '%s'", walk->shown);
    }
    read_patterns(walk, &patterns.own, folder, ".gitignore");
    for (struct dirent *entry; result == 0 && (entry = readdir(dir));)
        result = take_entry(walk, folder, entry, &patterns, err);
    gitignore_release(&patterns.own);
    closedir(dir);
    return result;
}

/* .gitignore of the folders above, up to the root of the repository, and its own info/exclude. Without a
 * repository those above do not hold. */
struct above {
    struct patterns levels[UPWARDS_MAX + 1];
    struct strvec names; /* of the folders between, the walked one's first */
    size_t count;
};

static bool same_file(const struct stat *a, const struct stat *b)
{
    return a->st_ino == b->st_ino && a->st_dev == b->st_dev;
}

/* The name of a folder in the one above it. */
static bool name_in(int above, const struct stat *folder, struct strvec *names)
{
    int copy = openat(above, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    DIR *dir = copy < 0 ? NULL : fdopendir(copy);
    struct stat st;
    bool found = false;
    if (!dir && copy >= 0)
        close(copy);
    for (struct dirent *entry; dir && !found && (entry = readdir(dir));)
        if (entry->d_type == DT_DIR || entry->d_type == DT_UNKNOWN)
            if (strcmp(entry->d_name, "..") != 0 && strcmp(entry->d_name, ".") != 0 &&
                fstatat(above, entry->d_name, &st, AT_SYMLINK_NOFOLLOW) == 0 &&
                same_file(&st, folder)) {
                strvec_add(names, entry->d_name);
                found = true;
            }
    if (dir)
        closedir(dir);
    return found;
}

static void read_above(struct walk *walk, struct above *above)
{
    int at = openat(walk->root, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    struct strbuf prefix = STRBUF_INIT; /* "walked/folder/" below the level */
    struct stat here, up;
    bool ended = false;
    while (at >= 0 && !ended && above->count < UPWARDS_MAX) {
        struct patterns *level = &above->levels[above->count++];
        *level = (struct patterns){.own = GITIGNORE_INIT, .above = ""};
        if (faccessat(at, ".git", F_OK, 0) == 0) {
            read_patterns(walk, &level->own, at, ".git/info/exclude");
            ended = true;
        }
        if (above->count > 1)
            read_patterns(walk, &level->own, at, ".gitignore");
        strvec_add(&above->names, prefix.buf ? prefix.buf : "");
        int next = openat(at, "..", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
        cleanup_strvec struct strvec name = STRVEC_INIT;
        if (ended || next < 0 || fstat(at, &here) < 0 || fstat(next, &up) < 0 || same_file(&here, &up) ||
            !name_in(next, &here, &name)) {
            file_close(&next);
            break;
        }
        struct strbuf longer = STRBUF_INIT;
        strbuf_addf(&longer, "%s/%s", name.items[0], prefix.buf ? prefix.buf : "");
        strbuf_release(&prefix);
        prefix = longer;
        close(at);
        at = next;
    }
    file_close(&at);
    strbuf_release(&prefix);
    for (size_t i = 0; i < above->count; i++) {
        above->levels[i].above = above->names.items[i];
        above->levels[i].up = i + 1 < above->count ? &above->levels[i + 1] : NULL;
    }
    if (!ended) {
        for (size_t i = 0; i < above->count; i++)
            gitignore_release(&above->levels[i].own);
        above->count = 0;
    }
}

static int walk_operand(struct dockerfiles *files, const char *name, int root,
                        const struct gitignore *exclude,
                        const struct dockerfiles_options *options, struct error *err)
{
    cleanup_free char *shown = memory_dup_text(name);
    size_t len = strlen(shown), before = files->count;
    while (len > 1 && shown[len - 1] == '/')
        shown[--len] = '\0';
    struct walk walk = {
        .files = files,
        .options = options,
        .shown = strcmp(shown, "/") == 0 ? "" : shown,
        .root = root,
        .path = STRBUF_INIT,
        .exclude = exclude,
    };
    struct above above = {.names = STRVEC_INIT};
    read_above(&walk, &above);
    int folder = openat(root, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    int result = folder < 0
                     ? error_set_errno(err, ERROR_INPUT, errno, "cannot read '%s'", name)
                     : walk_folder(&walk, folder, above.count ? &above.levels[0] : NULL, err);
    for (size_t i = 0; i < above.count; i++)
        gitignore_release(&above.levels[i].own);
    strvec_release(&above.names);
    strbuf_release(&walk.path);
    if (result == 0 && files->count == before) {
        error_set(err, ERROR_USAGE, "'%s' holds no Dockerfile", name);
        return error_hint(err, "names are Dockerfile, Containerfile, Dockerfile.NAME and "
                               "NAME.Dockerfile; what .gitignore names is left out, unless "
                               "--no-gitignore is given");
    }
    return result;
}

static int take_operand(struct dockerfiles *files, const char *name,
                        const struct gitignore *exclude,
                        const struct dockerfiles_options *options, struct error *err)
{
    struct stat st;
    if (strcmp(name, "-") == 0 || stat(name, &st) < 0 || !S_ISDIR(st.st_mode))
        return add_file(files, memory_dup_text(name), -1, 0, err);
    int root = open(name, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (root < 0)
        return error_set_errno(err, ERROR_INPUT, errno, "cannot open '%s'", name);
    files->folders[files->folder_count++] = root;
    return walk_operand(files, name, root, exclude, options, err);
}

static int compare_names(const void *a, const void *b)
{
    const struct dockerfile_name *left = a, *right = b;
    return strcmp(left->name, right->name);
}

static void sort_names(struct dockerfiles *files)
{
    size_t kept = 0;
    if (files->count)
        qsort(files->items, files->count, sizeof *files->items, compare_names);
    for (size_t i = 0; i < files->count; i++) {
        if (kept && strcmp(files->items[kept - 1].name, files->items[i].name) == 0)
            free(files->items[i].name);
        else
            files->items[kept++] = files->items[i];
    }
    files->count = kept;
}

int dockerfiles_find(struct dockerfiles *ret_files, char **operands, size_t count,
                     const struct dockerfiles_options *options, struct error *err)
{
    struct dockerfiles files = {.folders = memory_alloc_zero(count + 1, sizeof(int))};
    struct gitignore exclude = GITIGNORE_INIT;
    int result = 0;
    for (size_t i = 0; options->exclude && i < options->exclude->count && result == 0; i++)
        result = gitignore_parse(&exclude, span_of_text(options->exclude->items[i]), err);
    for (size_t i = 0; i < count && result == 0; i++)
        result = take_operand(&files, operands[i], &exclude, options, err);
    gitignore_release(&exclude);
    if (result < 0) {
        dockerfiles_release(&files);
        return -1;
    }
    sort_names(&files);
    *ret_files = files;
    return 0;
}

void dockerfiles_release(struct dockerfiles *files)
{
    for (size_t i = 0; i < files->count; i++)
        free(files->items[i].name);
    for (size_t i = 0; i < files->folder_count; i++)
        close(files->folders[i]);
    free(files->items);
    free(files->folders);
    strvec_release(&files->notes);
    *files = (struct dockerfiles){0};
}

static int open_named(const struct dockerfile_name *file, const char *name)
{
    if (file->folder >= 0)
        return file_open_beneath(file->folder, name);
    return open(name, O_RDONLY | O_CLOEXEC | O_NOCTTY);
}

static int read_named(struct strbuf *ret_text, const struct dockerfile_name *file, const char *name,
                      const char *shown, size_t limit, struct error *err)
{
    cleanup_fd int fd = open_named(file, name);
    if (fd < 0 && errno == ENOENT)
        return 1;
    if (fd < 0)
        return error_set_errno(err, ERROR_INPUT, errno, "cannot open '%s'", shown);
    return file_read_all(ret_text, fd, shown, limit, err);
}

int dockerfile_read(struct strbuf *ret_text, const struct dockerfile_name *file, const char *ending,
                    size_t limit, struct error *err)
{
    cleanup_strbuf struct strbuf name = STRBUF_INIT;
    if (strcmp(file->name, "-") == 0)
        return *ending ? 1 : file_read_all(ret_text, STDIN_FILENO, "standard input", limit, err);
    strbuf_addf(&name, "%s%s", file->beneath, ending);
    return read_named(ret_text, file, name.buf, file->name, limit, err);
}

int dockerfile_read_beside(struct strbuf *ret_text, const struct dockerfile_name *file,
                           const char *name, size_t limit, struct error *err)
{
    cleanup_strbuf struct strbuf path = STRBUF_INIT;
    const char *slash = strrchr(file->beneath, '/');
    if (strcmp(file->name, "-") == 0)
        return 1;
    strbuf_add(&path, file->beneath, slash ? (size_t)(slash - file->beneath) + 1 : 0);
    strbuf_add_text(&path, name);
    return read_named(ret_text, file, path.buf, path.buf, limit, err);
}
