/* A request as a line for a shell and as JSON, for dry runs, logs and errors: secrets are
 * redacted. */
#include "core/escape.h"
#include "runtime/exec.h"

void exec_print(struct strbuf *out, const struct exec_request *request)
{
    if (request->directory) {
        strbuf_add_text(out, "cd ");
        if (request->directory[0] == '-')
            strbuf_add_text(out, "-- ");
        shell_quote(out, span_of_text(request->directory));
        strbuf_add_text(out, " && ");
    }
    environment_print(out, request->environment);
    shell_quote(out, span_of_text(request->program));
    if (request->arguments && request->arguments->count > 0) {
        strbuf_add_char(out, ' ');
        arguments_print(out, request->arguments);
    }
}

void exec_write_json(struct json_writer *writer, const struct exec_request *request)
{
    static const struct arguments none = ARGUMENTS_INIT;
    json_open_object(writer);
    json_add_text(writer, "program", request->program);
    json_key(writer, "arguments");
    arguments_write_json(writer, request->arguments ? request->arguments : &none);
    json_key(writer, "environment");
    environment_write_json(writer, request->environment);
    json_add_text(writer, "directory", request->directory);
    json_close_object(writer);
}
