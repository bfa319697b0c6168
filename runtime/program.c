#include "runtime/program.h"

#include <elf.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "core/escape.h"
#include "core/file.h"
#include "core/span.h"
#include "core/strbuf.h"
#include "runtime/exec.h"

/* Where POSIX programs are when nobody says. */
#define DEFAULT_PATH "/usr/local/bin:/usr/bin:/bin"
#define HEAD_BYTES 4096
#define ELF_SEGMENTS_MAX                                                                   \
    256 /* of a program's header that we read to find its interpreter */

static char *shown(const char *path)
{
    struct strbuf text = STRBUF_INIT;
    escape_for_terminal(&text, span_of_text(path));
    return strbuf_detach(&text, NULL);
}

static int refuse_file(const char *path, const char *why, int number, struct error *err)
{
    cleanup_free char *name = shown(path);
    error_set(err, ERROR_ENGINE, "cannot start '%s': %s", name, why);
    errno = number;
    return -1;
}

/* Why what stands at the path cannot be executed, with an errno for it; NULL if it can. */
static const char *obstacle(const char *path, int *ret_number)
{
    struct stat status;
    if (stat(path, &status) < 0) {
        *ret_number = errno;
        return errno == ENOENT || errno == ENOTDIR ? "there is no such file"
                                                   : "it cannot be reached";
    }
    *ret_number = EACCES;
    if (S_ISDIR(status.st_mode))
        return "it is a folder";
    if (!S_ISREG(status.st_mode))
        return "it is no regular file";
    if (access(path, X_OK) < 0)
        return "it is not executable";
    return NULL;
}

static int absolute_path(char **ret_path, const char *path, struct error *err)
{
    if (path[0] == '/') {
        *ret_path = memory_dup_text(path);
        return 0;
    }
    char folder[PATH_MAX];
    if (!getcwd(folder, sizeof folder)) {
        int number = errno;
        cleanup_free char *name = shown(path);
        return error_set_errno(err, ERROR_ENGINE, number,
                               "cannot start '%s': our own folder is gone", name);
    }
    struct strbuf text = STRBUF_INIT;
    strbuf_addf(&text, "%s/%s", folder, path);
    *ret_path = strbuf_detach(&text, NULL);
    return 0;
}

/* The first of PATH that can be executed. Empty and relative folders would be wherever we
 * stand. */
static int search(char **ret_path, const char *name, struct error *err)
{
    const char *path = getenv("PATH");
    cleanup_strbuf struct strbuf candidate = STRBUF_INIT;
    cleanup_free char *blocked = NULL;
    const char *why = NULL;
    int number = 0;
    for (const char *folder = path ? path : DEFAULT_PATH; *folder;) {
        size_t len = strcspn(folder, ":");
        strbuf_reset(&candidate);
        strbuf_add(&candidate, folder, len);
        strbuf_addf(&candidate, "/%s", name);
        folder += len + (folder[len] == ':');
        if (candidate.buf[0] != '/' || len == 0)
            continue;
        const char *found = obstacle(candidate.buf, &number);
        if (!found) {
            *ret_path = strbuf_detach(&candidate, NULL);
            return 0;
        }
        struct stat status;
        if (!blocked && stat(candidate.buf, &status) == 0) {
            blocked = memory_dup_text(candidate.buf);
            why = found;
        }
    }
    if (blocked)
        return refuse_file(blocked, why, EACCES, err);
    error_hint(err, "install it, or give the path of the program");
    return refuse_file(name, "it is not found on PATH", ENOENT, err);
}

int exec_find_program(char **ret_path, const char *program, struct error *err)
{
    if (!program || program[0] == '\0')
        return error_set(err, ERROR_USAGE, "no program was given");
    if (!strchr(program, '/'))
        return search(ret_path, program, err);
    int number;
    const char *why = obstacle(program, &number);
    if (why)
        return refuse_file(program, why, number, err);
    return absolute_path(ret_path, program, err);
}

static int refuse_directory(const char *directory, int number, struct error *err)
{
    cleanup_free char *name = shown(directory);
    return error_set_errno(err, ERROR_USAGE, number, "cannot start a program in '%s'",
                           name);
}

/* The name in "#!NAME ARGUMENT", as execve reads it; false if the script names none. */
static bool script_interpreter(char name[HEAD_BYTES + 1], const char *head, size_t len)
{
    if (len < 2 || head[0] != '#' || head[1] != '!')
        return false;
    size_t start = 2;
    while (start < len && (head[start] == ' ' || head[start] == '\t'))
        start++;
    size_t end = start;
    while (end < len && !strchr(" \t\n", head[end]) && head[end])
        end++;
    memcpy(name, head + start, end - start);
    name[end - start] = '\0';
    return end > start;
}

/* The interpreter of a 64-bit ELF of our byte order; all figures in it are somebody's
 * claims. */
static bool elf_interpreter(char name[HEAD_BYTES + 1], int fd, const char *head, size_t len)
{
    Elf64_Ehdr header;
    if (len < sizeof header || memcmp(head, ELFMAG, SELFMAG) != 0 ||
        head[EI_CLASS] != ELFCLASS64)
        return false;
    memcpy(&header, head, sizeof header);
    if (header.e_phentsize != sizeof(Elf64_Phdr) || header.e_phoff > INT64_MAX / 2)
        return false;
    for (unsigned i = 0; i < header.e_phnum && i < ELF_SEGMENTS_MAX; i++) {
        Elf64_Phdr segment;
        int64_t at = (int64_t)header.e_phoff + (int64_t)(i * sizeof segment);
        if (file_read_at(fd, &segment, sizeof segment, at) != (ssize_t)sizeof segment)
            return false;
        if (segment.p_type != PT_INTERP)
            continue;
        size_t size = segment.p_filesz < HEAD_BYTES ? (size_t)segment.p_filesz : HEAD_BYTES;
        if (segment.p_offset > INT64_MAX / 2)
            return false;
        ssize_t got = file_read_at(fd, name, size, (int64_t)segment.p_offset);
        if (got <= 0)
            return false;
        name[got] = '\0';
        return true;
    }
    return false;
}

static int explain_format(const char *path, const char *head, size_t len, struct error *err)
{
    if (len >= EI_NIDENT + 4 && memcmp(head, ELFMAG, SELFMAG) == 0) {
        struct utsname machine;
        unsigned kind =
            head[EI_DATA] == ELFDATA2MSB
                ? (unsigned)((unsigned char)head[18] << 8 | (unsigned char)head[19])
                : (unsigned)((unsigned char)head[19] << 8 | (unsigned char)head[18]);
        cleanup_free char *name = shown(path);
        return error_set(
            err, ERROR_ENGINE,
            "cannot start '%s': it is built for another processor (ELF machine "
            "%u) than this %s",
            name, kind, uname(&machine) == 0 ? machine.machine : "one");
    }
    return refuse_file(path,
                       len ? "it is neither a program of this system nor a script with #!"
                           : "it is empty",
                       ENOEXEC, err);
}

static int explain_missing(const char *path, int fd, const char *head, size_t len,
                           struct error *err)
{
    char name[HEAD_BYTES + 1];
    cleanup_free char *file = shown(path);
    if (!script_interpreter(name, head, len) && !elf_interpreter(name, fd, head, len))
        return error_set_errno(err, ERROR_ENGINE, ENOENT, "cannot start '%s'", file);
    cleanup_free char *needs = shown(name);
    return error_set(err, ERROR_ENGINE,
                     "cannot start '%s': it needs the interpreter '%s', which is not there",
                     file, needs);
}

int program_explain_failure(const char *path, const char *directory, int number,
                            struct error *err)
{
    struct stat status;
    if (directory) {
        if (stat(directory, &status) < 0)
            return refuse_directory(directory, errno, err);
        if (!S_ISDIR(status.st_mode))
            return refuse_directory(directory, ENOTDIR, err);
        if (access(directory, X_OK) < 0)
            return refuse_directory(directory, errno, err);
    }
    int found;
    const char *why = obstacle(path, &found);
    if (why)
        return refuse_file(path, why, found, err);

    char head[HEAD_BYTES];
    cleanup_fd int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
    ssize_t len = fd < 0 ? -1 : file_read_at(fd, head, sizeof head, 0);
    if (len >= 0 && number == ENOEXEC)
        return explain_format(path, head, (size_t)len, err);
    if (len >= 0 && number == ENOENT)
        return explain_missing(path, fd, head, (size_t)len, err);
    cleanup_free char *name = shown(path);
    return error_set_errno(err, ERROR_ENGINE, number, "cannot start '%s'", name);
}
