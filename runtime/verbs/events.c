#include "runtime/call.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

const struct verb verb_events = {
    .name = "events",
    .summary = "what happens on the engine",
    .operation = OPERATION_OTHER,
};

struct stream {
    struct event_reader *reader;
    struct error error;
};

static int take(void *context, enum exec_stream from, struct span bytes)
{
    struct stream *stream = context;
    (void)from;
    return event_reader_add(stream->reader, bytes.ptr, bytes.len, &stream->error);
}

struct span_of_time {
    int64_t until;
    event_visit *visit;
    void *context;
};

/* podman 4.3 tells nothing of a span that is over: it is asked for all there is, and what came later is left
 * out here. `until` is in seconds since 1970 then. */
static bool is_over(const char *until, int64_t *ret_until)
{
    size_t digits = until ? strspn(until, "0123456789") : 0;
    if (!digits || digits > 12 || until[digits])
        return false;
    *ret_until = strtoll(until, NULL, 10);
    return *ret_until <= (int64_t)time(NULL);
}

static int visit_before(void *context, const struct engine_event *event, struct error *err)
{
    const struct span_of_time *span = context;
    return event->time > span->until ? 0 : span->visit(span->context, event, err);
}

int client_events(const struct client *client, const char *since, const char *until,
                  const struct strvec *filters, event_visit *visit, void *context,
                  struct error *err)
{
    cleanup_call struct call call = CALL_INIT(events);
    cleanup_exec_result struct exec_result result = EXEC_RESULT_INIT;
    struct span_of_time span = {.visit = visit, .context = context};
    bool over = client_kind(client) == ENGINE_PODMAN && is_over(until, &span.until);
    struct stream stream = {
        .reader = over ? event_reader_new(visit_before, &span) : event_reader_new(visit, context),
        .error = ERROR_INIT};
    call.endless = true;
    call.streams.out =
        (struct exec_output){.kind = EXEC_BYTES, .bytes = take, .context = &stream};
    arguments_add(&call.arguments, "events");
    arguments_add_option(&call.arguments, "--since", since);
    if (over)
        arguments_add(&call.arguments, "--stream=false");
    else
        arguments_add_option(&call.arguments, "--until", until);
    call_add_list(&call, "--filter", filters);
    arguments_add_option(&call.arguments, "--format", call_json_format(client));
    int result_of_call = call_run(client, &call, &result, err);
    if (result_of_call == 0 && stream.error.code != ERROR_NONE) {
        error_move(err, &stream.error);
        result_of_call = -1;
    } else if (result_of_call == 0 && result.outcome != EXEC_CANCELLED) {
        result_of_call = exec_expect_success(&result, err);
        if (result_of_call == 0)
            result_of_call = event_reader_finish(stream.reader, err);
    }
    event_reader_free(stream.reader);
    error_release(&stream.error);
    return result_of_call;
}
