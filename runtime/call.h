/* One call of an engine's program, as verbs make it. */
#ifndef ULLAGE_RUNTIME_CALL_H
#define ULLAGE_RUNTIME_CALL_H

#include "runtime/client.h"

/* What holds for every call of a verb. */
struct verb {
    const char *name;
    const char *summary;
    enum engine_operation operation;
    int soft_signal; /* 0: SIGTERM */
    bool repeatable; /* may be tried again when the engine or a registry was not reached */
};

#define VERB(id) extern const struct verb verb_##id;
#include "runtime/verbs.def"
#undef VERB

extern const struct verb *const verbs[]; /* ends with NULL */

struct call {
    const struct verb *verb;
    const char *program; /* NULL: the client's */
    struct arguments arguments;
    struct environment environment;
    struct client_streams streams;
    const char *directory;
    bool for_cleaning; /* goes on although the client was cancelled */
    bool endless;      /* the client's timeout does not hold: it follows something */
};

#define CALL_INIT(id)                                                                      \
    {                                                                                      \
        .verb = &verb_##id, .arguments = ARGUMENTS_INIT, .environment = ENVIRONMENT_INIT   \
    }

/* Runs it, again where that may help. 0 once it ran, however it ended. */
int call_run(const struct client *client, const struct call *call,
             struct exec_result *ret_result, struct error *err);
/* The same, and everything but success is an error; `what` is what was attempted. */
int call_expect(const struct client *client, const struct call *call, const char *what,
                struct exec_result *ret_result, struct error *err);
/* The same without a result. */
int call_do(const struct client *client, const struct call *call, const char *what,
            struct error *err);
/* Adds each after a check that it is no option. */
int call_add_names(struct call *call, const char *what, const struct strvec *names,
                   struct error *err);
int call_add_name(struct call *call, const char *what, const char *name, struct error *err);
void call_add_list(struct call *call, const char *option, const struct strvec *list);
void call_add_settings(struct call *call, const char *option,
                       const struct settings *settings);
void call_release(struct call *call);

static inline struct span call_output(const struct exec_result *result)
{
    return span_of(result->out.text.buf, result->out.text.len);
}

/* Refuses an answer that was larger than what is kept. */
int call_expect_whole(const struct exec_result *result, const char *what,
                      struct error *err);

/* What the engine printed as one line: an id. */
char *call_first_line(const struct exec_result *result);

/* A record a line: what docker and nerdctl call {{json .}} podman calls json. */
const char *call_json_format(const struct client *client);

#define cleanup_call __attribute__((cleanup(call_release)))

#endif
