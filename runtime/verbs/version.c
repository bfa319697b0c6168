#include "runtime/call.h"

const struct verb verb_version = {
    .name = "version",
    .summary = "versions of the engine and its program",
    .operation = OPERATION_OTHER,
    .repeatable = true,
};

/* Without its engine docker prints what it knows and fails: that is the answer, and
 * `reached` says so. */
int client_version(const struct client *client, struct engine_version *version,
                   struct error *err)
{
    cleanup_call struct call call = CALL_INIT(version);
    cleanup_exec_result struct exec_result result = EXEC_RESULT_INIT;
    arguments_add(&call.arguments, "version");
    arguments_add_option(&call.arguments, "--format", call_json_format(client));
    if (call_run(client, &call, &result, err) < 0)
        return -1;
    if (result.outcome != EXEC_EXITED || !result.out.text.len) {
        if (client_is_dry(client))
            return 0;
        cleanup_outcome struct outcome outcome = OUTCOME_INIT;
        outcome_of_command(&outcome, client_kind(client), OPERATION_OTHER, &result);
        if (outcome.kind == OUTCOME_DONE)
            outcome.kind = OUTCOME_FAILED;
        return outcome_expect_done(&outcome, "version", err);
    }
    if (engine_version_read(version, client_kind(client), call_output(&result), err) < 0) {
        engine_version_release(version);
        return -1;
    }
    return 0;
}
