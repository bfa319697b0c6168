#include "runtime/outcome.h"

#include <assert.h>
#include <string.h>
#include <strings.h>

#include "core/escape.h"

#define WORDS_MOST                                                                         \
    ((size_t)64 << 10) /* of a message: its class is told near the beginning */

static const struct {
    const char *name;
    const char *sentence;
} names[] = {
#define OUTCOME(kind, name, sentence) [OUTCOME_##kind] = {name, sentence},
#include "runtime/outcome.def"
#undef OUTCOME
};
static_assert(ARRAY_SIZE(names) == OUTCOME_FAILED + 1, "each outcome has a name");

/* Stems of what engines say, the special before the general. Wordings change between
 * versions ("Error: No such image: x", "Error response from daemon: No such image:
 * x:latest"), so that letters' case and what stands around do not count. With two stems
 * both have to be there, in this order. */
static const struct {
    const char *first;
    const char *then;
    enum outcome_kind kind;
} stems[] = {
    {"cannot connect to the docker daemon", NULL, OUTCOME_ENGINE_DOWN},
    {"error during connect", NULL, OUTCOME_ENGINE_DOWN},
    {"cannot connect to podman", NULL, OUTCOME_ENGINE_DOWN},
    {"rootless containerd not running", NULL, OUTCOME_ENGINE_DOWN},
    {"requires api version", NULL, OUTCOME_API_TOO_OLD},
    {"client version", "is too new", OUTCOME_API_TOO_OLD},
    {"client version", "is too old", OUTCOME_API_TOO_OLD},
    {"the input device is not a tty", NULL, OUTCOME_NO_TERMINAL},
    {"is not a docker command", NULL, OUTCOME_PLUGIN_MISSING},
    {"unknown command: docker compose", NULL, OUTCOME_PLUGIN_MISSING},
    {"unknown command: docker buildx", NULL, OUTCOME_PLUGIN_MISSING},
    {"buildx component is missing", NULL, OUTCOME_PLUGIN_MISSING},
    {"buildkit is enabled but the buildx", NULL, OUTCOME_PLUGIN_MISSING},
    {"unknown flag", NULL, OUTCOME_BAD_USAGE},
    {"unknown shorthand flag", NULL, OUTCOME_BAD_USAGE},
    {"invalid argument", "for \"", OUTCOME_BAD_USAGE},
    {"conflicting options", NULL, OUTCOME_BAD_USAGE},
    {"invalid reference format", NULL, OUTCOME_BAD_USAGE},
    {"error gathering device information", NULL, OUTCOME_DEVICE_MISSING},
    {"could not select device driver", NULL, OUTCOME_DEVICE_MISSING},
    {"stat /dev/", "no such file or directory", OUTCOME_DEVICE_MISSING},
    {"port is already allocated", NULL, OUTCOME_PORT_IN_USE},
    {"address already in use", NULL, OUTCOME_PORT_IN_USE},
    {"bind source path does not exist", NULL, OUTCOME_MOUNT_FAILED},
    {"error mounting", NULL, OUTCOME_MOUNT_FAILED},
    {"statfs", "no such file or directory", OUTCOME_MOUNT_FAILED},
    {"unable to find user", NULL, OUTCOME_USER_UNKNOWN},
    {"no matching entries in passwd", NULL, OUTCOME_USER_UNKNOWN},
    {"executable file", "not found", OUTCOME_COMMAND_NOT_FOUND},
    {"exec:", "no such file or directory", OUTCOME_COMMAND_NOT_FOUND},
    {"exec", "permission denied", OUTCOME_COMMAND_NOT_EXECUTABLE},
    {"exec format error", NULL, OUTCOME_COMMAND_NOT_EXECUTABLE},
    {"is a directory: unknown", NULL, OUTCOME_COMMAND_NOT_EXECUTABLE},
    {"manifest unknown", NULL, OUTCOME_MANIFEST_UNKNOWN},
    {"manifest for", "not found", OUTCOME_MANIFEST_UNKNOWN},
    {"no basic auth credentials", NULL, OUTCOME_UNAUTHORIZED},
    {"unauthorized", NULL, OUTCOME_UNAUTHORIZED},
    {"pull access denied", NULL, OUTCOME_UNAUTHORIZED},
    {"authentication required", NULL, OUTCOME_UNAUTHORIZED},
    {"requested access to the resource is denied", NULL, OUTCOME_UNAUTHORIZED},
    {"connection refused", NULL, OUTCOME_REGISTRY_UNREACHABLE},
    {"no such host", NULL, OUTCOME_REGISTRY_UNREACHABLE},
    {"i/o timeout", NULL, OUTCOME_REGISTRY_UNREACHABLE},
    {"tls handshake timeout", NULL, OUTCOME_REGISTRY_UNREACHABLE},
    {"server misbehaving", NULL, OUTCOME_REGISTRY_UNREACHABLE},
    {"503 service unavailable", NULL, OUTCOME_REGISTRY_UNREACHABLE},
    {"no such container", NULL, OUTCOME_NO_SUCH_CONTAINER},
    {"no container with name or id", NULL, OUTCOME_NO_SUCH_CONTAINER},
    {"no such image", NULL, OUTCOME_NO_SUCH_IMAGE},
    {"image not known", NULL, OUTCOME_NO_SUCH_IMAGE},
    {"unable to find image", NULL, OUTCOME_NO_SUCH_IMAGE},
    {"an image does not exist locally", NULL, OUTCOME_NO_SUCH_IMAGE},
    {"no such network", NULL, OUTCOME_NO_SUCH_NETWORK},
    {"network not found", NULL, OUTCOME_NO_SUCH_NETWORK},
    {"unable to find network", NULL, OUTCOME_NO_SUCH_NETWORK},
    {"network", "not found", OUTCOME_NO_SUCH_NETWORK},
    {"no such volume", NULL, OUTCOME_NO_SUCH_VOLUME},
    {"no volume with name", NULL, OUTCOME_NO_SUCH_VOLUME},
    {"no such service", NULL, OUTCOME_NO_SUCH_SERVICE},
    {"no such object", NULL, OUTCOME_NO_SUCH_CONTAINER},
    {"no such exec", NULL, OUTCOME_NO_SUCH_CONTAINER},
    {"is not running", NULL, OUTCOME_NOT_RUNNING},
    {"container state improper", NULL, OUTCOME_NOT_RUNNING},
    {"is already in use by", NULL, OUTCOME_NAME_TAKEN},
    {"already exists", NULL, OUTCOME_NAME_TAKEN},
    {"is in use", NULL, OUTCOME_IN_USE},
    {"is being used", NULL, OUTCOME_IN_USE},
    {"is using its referenced image", NULL, OUTCOME_IN_USE},
    {"image used by", NULL, OUTCOME_IN_USE},
    {"has active endpoints", NULL, OUTCOME_IN_USE},
    {"stop the container before", NULL, OUTCOME_IN_USE},
    {"container is running", NULL, OUTCOME_IN_USE},
};

const char *outcome_name(enum outcome_kind kind)
{
    return names[kind].name;
}

const char *outcome_sentence(enum outcome_kind kind)
{
    return names[kind].sentence;
}

enum outcome_kind outcome_of_words(struct span text)
{
    cleanup_strbuf struct strbuf copy = STRBUF_INIT;
    strbuf_add(&copy, text.ptr ? text.ptr : "",
               text.len < WORDS_MOST ? text.len : WORDS_MOST);
    for (size_t i = 0; i < copy.len; i++)
        if (!copy.buf[i])
            copy.buf[i] = ' ';
    for (size_t i = 0; i < ARRAY_SIZE(stems); i++) {
        const char *first = strcasestr(copy.buf, stems[i].first);
        if (first && (!stems[i].then || strcasestr(first, stems[i].then)))
            return stems[i].kind;
    }
    return OUTCOME_FAILED;
}

/* The last line that says something; engines put "Run 'docker run --help' for more
 * information" and usage behind or around it. */
static struct span line_that_tells(struct span text)
{
    struct span best = {0}, error = {0};
    while (text.len) {
        const char *end = memchr(text.ptr, '\n', text.len);
        size_t len = end ? (size_t)(end - text.ptr) : text.len;
        struct span line = span_of(text.ptr, len);
        size_t used = len + (end != NULL);
        text = span_of(text.ptr + used, text.len - used);
        while (line.len &&
               (line.ptr[line.len - 1] == '\r' || line.ptr[line.len - 1] == ' '))
            line.len--;
        if (!line.len || span_starts_with(line, "See '") || span_starts_with(line, "Run '"))
            continue;
        best = line;
        if (!error.len && (memmem(line.ptr, line.len, "rror", 4) ||
                           memmem(line.ptr, line.len, "docker: ", 8)))
            error = line;
    }
    return error.len ? error : best;
}

static void set_text(struct outcome *outcome, struct span text)
{
    struct span line = line_that_tells(text);
    strbuf_reset(&outcome->text);
    if (line.len)
        strbuf_add(&outcome->text, line.ptr, line.len < 4096 ? line.len : 4096);
}

void outcome_of_container(struct outcome *outcome, const struct container_info *container)
{
    int code = container->exit_code == VALUE_UNKNOWN ? -1 : (int)container->exit_code;
    outcome->exit_code = code;
    outcome->origin = ORIGIN_CONTAINER;
    if (*container->error) {
        set_text(outcome, span_of_text(container->error));
        if (container->started == VALUE_UNKNOWN || container->state == CONTAINER_CREATED) {
            enum outcome_kind kind = outcome_of_words(span_of_text(container->error));
            outcome->origin = ORIGIN_ENGINE;
            outcome->kind = kind == OUTCOME_FAILED ? OUTCOME_NOT_STARTED : kind;
            return;
        }
    }
    if (container->out_of_memory)
        outcome->kind = OUTCOME_OUT_OF_MEMORY;
    else if (container->state == CONTAINER_CREATED) {
        outcome->kind = OUTCOME_NOT_STARTED;
        outcome->origin = ORIGIN_ENGINE;
    } else if (code > 128 && code < 160)
        outcome->kind = OUTCOME_APP_SIGNALLED;
    else
        outcome->kind = code == 0 ? OUTCOME_DONE : OUTCOME_APP_EXITED;
}

/* Codes of compose 2.0 to 2.32. */
static enum outcome_kind of_compose_code(int code)
{
    switch (code) {
    case 130:
        return OUTCOME_CANCELLED;
    case 16:
        return OUTCOME_BAD_USAGE;
    default:
        return OUTCOME_FAILED;
    }
}

/* Where the words do not tell: what the code of run and exec means by itself. */
static void of_run_code(struct outcome *outcome, enum engine_kind kind,
                        enum engine_operation operation, int code)
{
    bool exec_of_podman = operation == OPERATION_EXEC && kind == ENGINE_PODMAN;
    if (code == 125 || (exec_of_podman && code == 255)) {
        outcome->kind = OUTCOME_NOT_STARTED;
        outcome->origin = ORIGIN_ENGINE;
        return;
    }
    outcome->origin = ORIGIN_CONTAINER;
    outcome->kind = code > 128 && code < 160 ? OUTCOME_APP_SIGNALLED : OUTCOME_APP_EXITED;
}

static bool begins_message(struct span text)
{
    static const char *const beginnings[] = {"OCI runtime exec failed",
                                             "Error: ",
                                             "Error response from",
                                             "docker: ",
                                             "rpc error",
                                             "unknown ",
                                             "the input device",
                                             "\"--",
                                             "Cannot connect",
                                             "time=\""};
    for (size_t i = 0; i < ARRAY_SIZE(beginnings); i++)
        if (span_starts_with(text, beginnings[i]))
            return true;
    return false;
}

/* Words of `run` and `exec` are the application's too: only the line of an engine's message
 * counts, and only with a code that engines give. */
static void of_run(struct outcome *outcome, enum engine_kind kind,
                   enum engine_operation operation, const struct exec_result *result)
{
    int code = result->exit_code;
    struct span err = span_of(result->err.text.buf, result->err.text.len);
    struct span out = span_of(result->out.text.buf, result->out.text.len);
    struct span said = line_that_tells(err);
    bool speaks = code == 1 || (code >= 125 && code <= 127) || code == 255;
    if (operation == OPERATION_EXEC && kind == ENGINE_DOCKER && code == 126 && !said.len)
        said = line_that_tells(out);
    if (speaks && begins_message(said)) {
        enum outcome_kind words = outcome_of_words(said);
        set_text(outcome, said);
        outcome->origin = ORIGIN_ENGINE;
        outcome->kind = words == OUTCOME_FAILED ? OUTCOME_NOT_STARTED : words;
        return;
    }
    of_run_code(outcome, kind, operation, code);
}

static void of_exit(struct outcome *outcome, enum engine_kind kind,
                    enum engine_operation operation, const struct exec_result *result)
{
    struct span err = span_of(result->err.text.buf, result->err.text.len);
    if (result->exit_code == 0) {
        outcome->kind = OUTCOME_DONE;
        return;
    }
    if (operation == OPERATION_RUN || operation == OPERATION_EXEC) {
        of_run(outcome, kind, operation, result);
        return;
    }
    set_text(outcome, err);
    outcome->origin = ORIGIN_ENGINE;
    outcome->kind = outcome_of_words(err);
    if (outcome->kind == OUTCOME_FAILED && operation == OPERATION_COMPOSE)
        outcome->kind = of_compose_code(result->exit_code);
}

void outcome_of_start(struct outcome *outcome, struct span said, int code)
{
    enum outcome_kind kind = outcome_of_words(said);
    if (outcome->kind != OUTCOME_NOT_STARTED || outcome->text.len)
        return;
    set_text(outcome, said);
    if (kind != OUTCOME_FAILED)
        outcome->kind = kind;
    else if (code == 126 || code == 127)
        outcome->kind =
            code == 127 ? OUTCOME_COMMAND_NOT_FOUND : OUTCOME_COMMAND_NOT_EXECUTABLE;
}

void outcome_of_command(struct outcome *outcome, enum engine_kind kind,
                        enum engine_operation operation, const struct exec_result *result)
{
    outcome->exit_code = result->exit_code;
    outcome->origin = ORIGIN_CLI;
    switch (result->outcome) {
    case EXEC_EXITED:
        of_exit(outcome, kind, operation, result);
        return;
    case EXEC_CANCELLED:
        outcome->kind = OUTCOME_CANCELLED;
        return;
    case EXEC_TIMED_OUT:
        outcome->kind = OUTCOME_TIMED_OUT;
        return;
    default:
        outcome->kind = OUTCOME_FAILED;
        set_text(outcome, span_of(result->err.text.buf, result->err.text.len));
    }
}

static const char *advice_for(enum outcome_kind kind)
{
    switch (kind) {
    case OUTCOME_ENGINE_DOWN:
        return "start the engine, or name another one by --engine or DOCKER_HOST";
    case OUTCOME_PLUGIN_MISSING:
        return "install the plug-in, or use another engine by --engine";
    case OUTCOME_UNAUTHORIZED:
        return "log in to the registry, and check the image's name";
    case OUTCOME_OUT_OF_MEMORY:
        return "raise --memory, or let the program use less";
    case OUTCOME_NO_TERMINAL:
        return "leave --tty out where standard input is no terminal";
    default:
        return NULL;
    }
}

int outcome_expect_done(const struct outcome *outcome, const char *what, struct error *err)
{
    if (outcome->kind == OUTCOME_DONE)
        return 0;
    cleanup_strbuf struct strbuf said = STRBUF_INIT;
    escape_for_terminal(&said, span_of(outcome->text.buf, outcome->text.len));
    if (outcome->kind == OUTCOME_APP_EXITED || outcome->kind == OUTCOME_APP_SIGNALLED)
        error_set(err, ERROR_FAILED, "%s: %s: %d", what, outcome_sentence(outcome->kind),
                  outcome->exit_code);
    else
        error_set(err, outcome->kind == OUTCOME_OUT_OF_MEMORY ? ERROR_FAILED : ERROR_ENGINE,
                  "%s: %s", what, outcome_sentence(outcome->kind));
    if (said.len)
        return error_hint(err, "the engine says: %s", said.buf);
    const char *advice = advice_for(outcome->kind);
    return advice ? error_hint(err, "%s", advice) : -1;
}

bool outcome_is_transient(const struct outcome *outcome)
{
    return outcome->kind == OUTCOME_ENGINE_DOWN ||
           outcome->kind == OUTCOME_REGISTRY_UNREACHABLE;
}

int outcome_exit_status(const struct outcome *outcome)
{
    bool of_container = outcome->origin == ORIGIN_CONTAINER && outcome->exit_code >= 0;
    if (outcome->kind == OUTCOME_DONE)
        return 0;
    return of_container ? outcome->exit_code & 255 : 125;
}

void outcome_release(struct outcome *outcome)
{
    strbuf_release(&outcome->text);
}
