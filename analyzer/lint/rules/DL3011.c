#include "analyzer/lint/words.h"

#include <string.h>

#define PORT_MAX 65535

/* Numbers between the signs of "ip:host:first-last/proto" behind the last colon. */
static bool is_beyond(const char *text)
{
    const char *colon = strrchr(text, ':');
    for (const char *p = colon ? colon + 1 : text; *p && *p != '/'; p++) {
        unsigned long port = 0;
        const char *start = p;
        for (; *p >= '0' && *p <= '9' && port <= PORT_MAX; p++)
            port = port * 10 + (unsigned long)(*p - '0');
        if (port > PORT_MAX)
            return true;
        if (p > start)
            p--;
    }
    return false;
}

static void check(struct lint *lint)
{
    for (size_t i = 0; i < lint->count; i++) {
        const struct lint_step *step = &lint->steps[i];
        for (size_t a = 0; step_is(step, INSTRUCTION_EXPOSE) && a < step->args.count; a++)
            if (is_beyond(step_arg(step, a)))
                lint_report(lint, step, arg_place(step, a), "there is no port %s",
                            step_arg(step, a));
    }
}

const struct lint_rule lint_rule_DL3011 = {
    .code = "DL3011",
    .name = "valid-ports",
    .aliases = {"AVD-DS-0008"},
    .severity = SEVERITY_ERROR,
    .summary = "EXPOSE of a port that cannot be",
    .why = "Ports go from 0 to 65535.",
    .fix = "Write the port that the program listens on.",
    .check = check,
};
