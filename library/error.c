#include "library/error.h"

#include <assert.h>

static const enum error_code codes[] = {
    ERROR_NONE,   ERROR_FAILED, ERROR_USAGE,  ERROR_INPUT,    ERROR_BASELINE,
    ERROR_OUTPUT, ERROR_LIMIT,  ERROR_ENGINE, ERROR_INTERNAL,
};
static_assert(ARRAY_SIZE(codes) == ERROR_INTERNAL + 1, "every code is known to callers");

struct ullage_error error_lend(const struct error *err)
{
    return (struct ullage_error){
        .code = (enum ullage_code)error_exit_status(err->code),
        .text = err->text,
        .hint = err->hint,
    };
}

int error_give(struct error *err, struct ullage_error **ret_error)
{
    if (ret_error) {
        struct ullage_error *error = memory_alloc(sizeof *error);
        *error = error_lend(err);
        error->text = steal(&err->text);
        error->hint = steal(&err->hint);
        *ret_error = error;
    }
    error_release(err);
    return -1;
}

void ullage_error_free(struct ullage_error *error)
{
    if (!error)
        return;
    free((char *)error->text);
    free((char *)error->hint);
    free(error);
}

const char *ullage_code_name(enum ullage_code code)
{
    for (size_t i = 0; i < ARRAY_SIZE(codes); i++)
        if (error_exit_status(codes[i]) == (int)code)
            return error_code_name(codes[i]);
    return "unknown";
}

void ullage_set_out_of_memory_handler(void (*handler)(size_t size))
{
    memory_set_exhausted_handler(handler);
}
