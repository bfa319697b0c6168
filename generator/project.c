#include "generator/project.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/openat2.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "core/escape.h"
#include "core/file.h"
#include "core/glob.h"
#include "core/memory.h"

/* What tools fill: known to be there, never entered. */
static const char *const tool_folders[] = {
    ".git",          ".hg",           ".svn",       "node_modules", ".venv",
    "venv",          "__pycache__",   ".tox",       ".mypy_cache",  ".next",
    ".nuxt",         ".svelte-kit",   ".turbo",     ".gradle",      "bower_components",
    ".terraform",    "target",        "vendor",     "_build",       "deps",
    ".stack-work",   "dist-newstyle", ".dart_tool", "zig-cache",    ".zig-cache",
    ".pytest_cache", ".output",       ".yarn",      ".idea",        ".nx",
};

static bool is_tool_folder(const char *name)
{
    for (size_t i = 0; i < ARRAY_SIZE(tool_folders); i++)
        if (strcmp(name, tool_folders[i]) == 0)
            return true;
    return false;
}

static int refuse(struct error *err, enum error_code code, const char *path, const char *why)
{
    cleanup_strbuf struct strbuf shown = STRBUF_INIT;
    escape_for_terminal(&shown, span_of_text(path));
    return error_set(err, code, "'%s': %s", shown.buf, why);
}

static int add_file(struct project *project, const char *path, const struct stat *st,
                    struct error *err)
{
    if (project->count == PROJECT_FILES_MAX)
        return refuse(err, ERROR_LIMIT, project->root, "the project has more than 200000 files");
    project->files =
        memory_grow(project->files, project->count, &project->capacity, sizeof *project->files);
    const char *kept = arena_dup_text(&project->arena, path);
    const char *slash = strrchr(kept, '/');
    project->files[project->count++] = (struct project_file){
        .path = kept,
        .name = slash ? slash + 1 : kept,
        .size = st->st_size,
        .kind = S_ISREG(st->st_mode)   ? PROJECT_FILE
                : S_ISDIR(st->st_mode) ? PROJECT_FOLDER
                                       : PROJECT_LINK,
        .executable = (st->st_mode & S_IXUSR) != 0,
    };
    return 0;
}

static int walk(struct project *project, int fd, struct strbuf *path, unsigned depth,
                struct error *err);

static int visit(struct project *project, int fd, struct strbuf *path, const char *name,
                 unsigned depth, struct error *err)
{
    struct stat st;
    size_t length = path->len;
    if (fstatat(fd, name, &st, AT_SYMLINK_NOFOLLOW) < 0)
        return 0; /* gone since it was listed */
    strbuf_addf(path, "%s%s", path->len ? "/" : "", name);
    int result = add_file(project, path->buf, &st, err);
    if (result == 0 && S_ISDIR(st.st_mode) && !is_tool_folder(name)) {
        int below = openat(fd, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
        if (below >= 0)
            result = walk(project, below, path, depth + 1, err);
        else
            strvec_addf(&project->problems, "'%s' cannot be entered", path->buf);
    }
    strbuf_truncate(path, length);
    return result;
}

/* Takes the descriptor over. */
static int walk(struct project *project, int fd, struct strbuf *path, unsigned depth,
                struct error *err)
{
    int result = 0;
    DIR *folder = fdopendir(fd);
    if (!folder) {
        close(fd);
        return refuse(err, ERROR_INPUT, path->buf, "the folder cannot be read");
    }
    if (depth > PROJECT_DEPTH_MAX)
        result = refuse(err, ERROR_LIMIT, path->buf, "folders nest deeper than 64");
    for (const struct dirent *entry; result == 0 && (entry = readdir(folder));)
        if (strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0)
            result = visit(project, dirfd(folder), path, entry->d_name, depth, err);
    closedir(folder);
    return result;
}

static int compare_paths(const void *a, const void *b)
{
    return strcmp(((const struct project_file *)a)->path, ((const struct project_file *)b)->path);
}

static bool has_path(const void *context, uint32_t number, const void *key)
{
    return strcmp(((const struct project *)context)->files[number].path, key) == 0;
}

static void name_project(struct project *project, const char *folder)
{
    char real[PATH_MAX];
    const char *path = realpath(folder, real) ? real : folder;
    const char *slash = strrchr(path, '/');
    const char *name = slash ? slash + 1 : path;
    project->root = arena_dup_text(&project->arena, folder);
    project->name = arena_dup_text(&project->arena, *name ? name : "app");
}

int project_open(struct project *ret_project, const char *folder, struct error *err)
{
    struct project project = {.problems = STRVEC_INIT};
    cleanup_strbuf struct strbuf path = STRBUF_INIT;
    project.fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (project.fd < 0) {
        int number = errno;
        cleanup_strbuf struct strbuf shown = STRBUF_INIT;
        escape_for_terminal(&shown, span_of_text(folder));
        return error_set_errno(err, ERROR_INPUT, number, "cannot open the folder '%s'", shown.buf);
    }
    name_project(&project, folder);
    int top = openat(project.fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (top < 0 || walk(&project, top, &path, 0, err) < 0) {
        project_close(&project);
        return -1;
    }
    if (project.count)
        qsort(project.files, project.count, sizeof *project.files, compare_paths);
    for (size_t i = 0; i < project.count; i++) {
        const char *name = project.files[i].path;
        table_add(&project.index, table_hash(name, strlen(name), 0), (uint32_t)i);
    }
    *ret_project = project;
    return 0;
}

void project_close(struct project *project)
{
    for (size_t i = 0; i < project->count; i++)
        if (project->files[i].document)
            manifest_release(project->files[i].document);
    free(project->files);
    table_release(&project->index);
    strvec_release(&project->problems);
    file_close(&project->fd);
    arena_release(&project->arena);
}

const char *project_at(struct project *project, const char *folder, const char *name)
{
    cleanup_strbuf struct strbuf path = STRBUF_INIT;
    if (!*folder)
        return arena_dup_text(&project->arena, name);
    strbuf_addf(&path, "%s/%s", folder, name);
    return arena_dup(&project->arena, path.buf, path.len);
}

static struct project_file *find(const struct project *project, const char *path)
{
    uint32_t number =
        table_find(&project->index, table_hash(path, strlen(path), 0), has_path, project, path);
    return number == TABLE_NONE ? NULL : &project->files[number];
}

const struct project_file *project_find(const struct project *project, const char *path)
{
    return find(project, path);
}

bool project_has(struct project *project, const char *folder, const char *name)
{
    const struct project_file *file = find(project, project_at(project, folder, name));
    return file && file->kind == PROJECT_FILE;
}

bool project_has_folder(struct project *project, const char *folder, const char *name)
{
    const struct project_file *file = find(project, project_at(project, folder, name));
    return file && file->kind == PROJECT_FOLDER;
}

/* The first file whose path is not before `path`. */
static size_t lower_bound(const struct project *project, const char *path)
{
    size_t low = 0, high = project->count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (strcmp(project->files[middle].path, path) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

void project_range(const struct project *project, const char *folder, size_t *ret_first,
                   size_t *ret_end)
{
    cleanup_strbuf struct strbuf path = STRBUF_INIT;
    *ret_first = 0;
    *ret_end = project->count;
    if (!*folder)
        return;
    strbuf_addf(&path, "%s/", folder);
    *ret_first = lower_bound(project, path.buf);
    path.buf[path.len - 1] = '/' + 1;
    *ret_end = lower_bound(project, path.buf);
}

const struct project_file *project_match(struct project *project, const char *folder,
                                         const char *pattern)
{
    size_t first, end, skip = *folder ? strlen(folder) + 1 : 0;
    project_range(project, folder, &first, &end);
    for (size_t i = first; i < end; i++) {
        const struct project_file *file = &project->files[i];
        if (file->kind == PROJECT_FILE && !strchr(file->path + skip, '/') &&
            glob_match(pattern, span_of_text(file->name)))
            return file;
    }
    return NULL;
}

/* One call of the kernel where it has openat2, component by component elsewhere; no link is
 * followed. */
static int open_file(const struct project *project, const char *path)
{
    struct open_how how = {.flags = O_RDONLY | O_CLOEXEC | O_NOFOLLOW,
                           .resolve = RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS};
    int fd = (int)syscall(SYS_openat2, project->fd, path, &how, sizeof how);
    return fd >= 0 || (errno != ENOSYS && errno != EPERM) ? fd
                                                          : file_open_beneath(project->fd, path);
}

static bool read_file(struct project *project, struct project_file *file)
{
    cleanup_fd int fd = open_file(project, file->path);
    size_t size = (size_t)file->size;
    file->was_read = true;
    if (fd < 0 || size > MANIFEST_BYTES_MAX) {
        cleanup_strbuf struct strbuf shown = STRBUF_INIT;
        escape_for_terminal(&shown, span_of_text(file->path));
        strvec_addf(&project->problems, "'%s' %s", shown.buf,
                    fd < 0 ? "cannot be opened" : "is larger than 64 MiB");
        return false;
    }
    char *text = arena_alloc(&project->arena, size + 1);
    ssize_t count = file_read_at(fd, text, size, 0);
    if (count < 0)
        return false;
    text[count] = '\0';
    file->text = span_of(text, (size_t)count);
    return true;
}

bool project_text(struct project *project, const char *path, struct span *ret_text)
{
    struct project_file *file = find(project, path);
    if (!file || file->kind != PROJECT_FILE)
        return false;
    if (!file->was_read && !read_file(project, file))
        return false;
    if (!file->text.ptr)
        return false;
    *ret_text = file->text;
    return true;
}

const struct manifest *project_manifest(struct project *project, const char *path,
                                        manifest_reader *reader)
{
    struct span text;
    struct manifest document;
    cleanup_error struct error error = ERROR_INIT;
    struct project_file *file = find(project, path);
    if (!file || file->document_failed)
        return NULL;
    if (file->document)
        return file->document;
    if (!project_text(project, path, &text))
        return NULL;
    if (reader(&document, path, text, &error) < 0) {
        file->document_failed = true;
        strvec_add(&project->problems, error.text);
        return NULL;
    }
    file->document = arena_alloc(&project->arena, sizeof *file->document);
    *file->document = document;
    return file->document;
}

const char *project_first_line(struct project *project, const char *path, uint32_t *ret_line)
{
    struct span text;
    uint32_t line = 1;
    if (!project_text(project, path, &text))
        return NULL;
    for (size_t at = 0; at < text.len; line++) {
        const char *end = memchr(text.ptr + at, '\n', text.len - at);
        size_t stop = end ? (size_t)(end - text.ptr) : text.len, next = stop + 1;
        while (at < stop && strchr(" \t\r", text.ptr[at]))
            at++;
        while (stop > at && strchr(" \t\r", text.ptr[stop - 1]))
            stop--;
        if (at < stop && text.ptr[at] != '#' && !memchr(text.ptr + at, '\0', stop - at)) {
            *ret_line = line;
            return arena_dup(&project->arena, text.ptr + at, stop - at);
        }
        at = next;
    }
    return NULL;
}
