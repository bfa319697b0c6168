#include "runtime/call.h"

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

int client_events(const struct client *client, const char *since, const char *until,
                  const struct strvec *filters, event_visit *visit, void *context,
                  struct error *err)
{
    cleanup_call struct call call = CALL_INIT(events);
    cleanup_exec_result struct exec_result result = EXEC_RESULT_INIT;
    struct stream stream = {.reader = event_reader_new(visit, context),
                            .error = ERROR_INIT};
    call.endless = true;
    call.streams.out =
        (struct exec_output){.kind = EXEC_BYTES, .bytes = take, .context = &stream};
    arguments_add(&call.arguments, "events");
    arguments_add_option(&call.arguments, "--since", since);
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
