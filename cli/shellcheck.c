#include "cli/shellcheck.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/file.h"
#include "core/memory.h"
#include "runtime/exec.h"

/* ShellCheck needs a tenth of a second for a long script. */
#define SHELLCHECK_TIMEOUT_MS 120000

const char *const shellcheck_words[] = {"auto", "always", "never", NULL};

/* As hadolint asks it: nothing of what cannot be said in a Dockerfile (directives, sourced
 * files), and no complaint that ash is no shell. */
static const char excluded[] = "--exclude=1090,1091,2187";

static void note(struct shellcheck *shellcheck, const char *why)
{
    pthread_mutex_lock(&shellcheck->lock);
    if (!shellcheck->noted && !shellcheck->quiet)
        fprintf(stderr, "ullage: shellcheck is not asked: %s\n", why);
    shellcheck->noted = true;
    pthread_mutex_unlock(&shellcheck->lock);
}

static int make_folder(struct strbuf *folder, struct error *err)
{
    const char *base = getenv("TMPDIR");
    strbuf_addf(folder, "%s/ullage-shellcheck-XXXXXX",
                base && *base == '/' ? base : "/tmp");
    if (!mkdtemp(folder->buf))
        return error_set_errno(err, ERROR_OUTPUT, errno, "folder '%s'", folder->buf);
    return 0;
}

static void remove_folder(const char *folder, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        cleanup_strbuf struct strbuf path = STRBUF_INIT;
        strbuf_addf(&path, "%s/%zu", folder, i);
        unlink(path.buf);
    }
    rmdir(folder);
}

static int write_scripts(struct arguments *arguments, const char *folder,
                         const struct span *scripts, size_t count, struct error *err)
{
    arguments_add(arguments, "--format=json1");
    arguments_add(arguments, "--norc");
    arguments_add(arguments, excluded);
    for (size_t i = 0; i < count; i++) {
        cleanup_strbuf struct strbuf path = STRBUF_INIT;
        strbuf_addf(&path, "%s/%zu", folder, i);
        if (file_write(path.buf, scripts[i], err) < 0)
            return -1;
        arguments_add(arguments, path.buf);
    }
    return 0;
}

/* 1 says that there are findings. */
static int run_program(const struct shellcheck *shellcheck,
                       const struct arguments *arguments, struct strbuf *ret_json,
                       struct error *err)
{
    const struct exec_request request = {
        .program = shellcheck->program,
        .arguments = arguments,
        .timeouts = {.total_ms = SHELLCHECK_TIMEOUT_MS},
    };
    cleanup_exec_result struct exec_result result = EXEC_RESULT_INIT;
    if (exec_run(&request, &result, err) < 0)
        return -1;
    if (result.outcome != EXEC_EXITED || result.exit_code > 1 || result.out.dropped)
        return exec_expect_success(&result, err) < 0
                   ? -1
                   : error_set(err, ERROR_LIMIT, "shellcheck has more to say than fits");
    strbuf_add(ret_json, result.out.text.buf ? result.out.text.buf : "",
               result.out.text.len);
    return 0;
}

static int check(void *context, const struct span *scripts, size_t count,
                 struct strbuf *ret_json, struct error *err)
{
    struct shellcheck *shellcheck = context;
    cleanup_strbuf struct strbuf folder = STRBUF_INIT;
    cleanup_arguments struct arguments arguments = ARGUMENTS_INIT;
    cleanup_error struct error reason = ERROR_INIT;
    if (!shellcheck->program) {
        note(shellcheck, "the program is not there");
        return 0;
    }
    int result = make_folder(&folder, &reason);
    if (result == 0) {
        result = write_scripts(&arguments, folder.buf, scripts, count, &reason);
        if (result == 0)
            result = run_program(shellcheck, &arguments, ret_json, &reason);
        remove_folder(folder.buf, count);
    }
    if (result == 0)
        return 0;
    if (shellcheck->when == SHELLCHECK_ALWAYS)
        return error_set(err, ERROR_INPUT, "%s", reason.text);
    note(shellcheck, reason.text);
    return 0;
}

static enum shellcheck_when when_of(const char *text)
{
    for (size_t i = 0; text && shellcheck_words[i]; i++)
        if (strcmp(text, shellcheck_words[i]) == 0)
            return (enum shellcheck_when)i;
    return SHELLCHECK_AUTO;
}

int shellcheck_start(struct shellcheck *shellcheck, const char *when, bool quiet,
                     struct error *err)
{
    cleanup_error struct error reason = ERROR_INIT;
    *shellcheck = (struct shellcheck){.lint = {.check = check, .context = shellcheck},
                                      .when = when_of(when),
                                      .quiet = quiet,
                                      .lock = PTHREAD_MUTEX_INITIALIZER};
    if (shellcheck->when == SHELLCHECK_NEVER ||
        exec_find_program(&shellcheck->program, "shellcheck", &reason) == 0)
        return 0;
    if (shellcheck->when == SHELLCHECK_ALWAYS) {
        error_set(err, ERROR_INPUT, "--shellcheck always: %s", reason.text);
        return error_hint(err, "install the package shellcheck");
    }
    return 0;
}

const struct lint_shellcheck *shellcheck_of(const struct shellcheck *shellcheck)
{
    return shellcheck->when == SHELLCHECK_NEVER ? NULL : &shellcheck->lint;
}

void shellcheck_end(struct shellcheck *shellcheck)
{
    free(shellcheck->program);
    shellcheck->program = NULL;
}
