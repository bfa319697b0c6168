/* The record of a process, read and told. */
#include <signal.h>
#include <string.h>

#include "runtime/exec.h"

static const char *const outcome_names[] = {
    [EXEC_NOT_STARTED] = "not_started",
    [EXEC_EXITED] = "exited",
    [EXEC_SIGNALLED] = "signalled",
    [EXEC_TIMED_OUT] = "timed_out",
    [EXEC_CANCELLED] = "cancelled",
    [EXEC_STOPPED] = "stopped",
    [EXEC_LOST] = "lost",
};

static const char *const timeout_names[] = {
    [EXEC_TIMEOUT_NONE] = "",
    [EXEC_TIMEOUT_TOTAL] = "took longer than it may",
    [EXEC_TIMEOUT_IDLE] = "was silent for too long",
    [EXEC_TIMEOUT_START] = "did not begin to answer in time",
};

const char *exec_outcome_name(enum exec_outcome outcome)
{
    return outcome_names[outcome];
}

void exec_result_release(struct exec_result *result)
{
    strbuf_release(&result->out.text);
    strbuf_release(&result->err.text);
    free(result->command_line);
    free(result->program);
    free(result->last_words);
    *result = (struct exec_result)EXEC_RESULT_INIT;
}

static void describe_signal(struct strbuf *out, int number)
{
    const char *name = sigabbrev_np(number);
    if (name)
        strbuf_addf(out, "was ended by SIG%s", name);
    else
        strbuf_addf(out, "was ended by the signal %d", number);
}

void exec_describe(struct strbuf *out, const struct exec_result *result)
{
    switch (result->outcome) {
    case EXEC_NOT_STARTED:
        strbuf_add_text(out, "was not started");
        break;
    case EXEC_EXITED:
        strbuf_addf(out, "exited with %d", result->exit_code);
        break;
    case EXEC_SIGNALLED:
        describe_signal(out, result->term_signal);
        break;
    case EXEC_TIMED_OUT:
        strbuf_add_text(out, timeout_names[result->timeout]);
        break;
    case EXEC_CANCELLED:
        strbuf_add_text(out, "was cancelled");
        break;
    case EXEC_STOPPED:
        strbuf_add_text(out, "was stopped, since no more of its output is wanted");
        break;
    case EXEC_LOST:
        strbuf_add_text(
            out, "ended, but this process ignores SIGCHLD or waits for all children, "
                 "so that its status is lost");
        break;
    }
    if (result->left_running)
        strbuf_add_text(out, "; it could not be ended and still runs");
}

int exec_expect_success(const struct exec_result *result, struct error *err)
{
    if (exec_succeeded(result))
        return 0;
    cleanup_strbuf struct strbuf text = STRBUF_INIT;
    exec_describe(&text, result);
    if (result->last_words && result->last_words[0])
        strbuf_addf(&text, ": %s", result->last_words);
    return error_set(err, ERROR_ENGINE, "'%s' %s", result->program, text.buf);
}

int exec_shell_status(const struct exec_result *result)
{
    if (result->term_signal > 0)
        return 128 + result->term_signal;
    return result->exit_code >= 0 ? result->exit_code : 127;
}
