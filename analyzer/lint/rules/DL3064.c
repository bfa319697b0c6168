#include "analyzer/lint/words.h"

/* Names that services give to their secrets, apart from those that a part gives away. */
static bool is_known(struct span name)
{
    static const char *const names[] = {
        "APPLICATION_KEY",       "AWS_ACCESS_KEY_ID",
        "AWS_SECRET_ACCESS_KEY", "CI_DEPLOY_USER",
        "DOCKER_EMAIL",          "FACEBOOK_APP_ID",
        "HEROKU_API_USER",       "OKTA_AUTHN_GROUPID",
        "OKTA_CLIENT_ORGURL",    "OKTA_OAUTH2_CLIENTID",
        "STRIPE_DEVICE_NAME",    "TRAVIS_OS_NAME",
        "TRAVIS_SUDO",           NULL,
    };
    for (const char *const *known = names; *known; known++)
        if (span_equals_word(name, span_of_text(*known)))
            return true;
    return false;
}

static bool is_secret(struct span name)
{
    static const char *const parts[] = {"api_key", "client_key", "password", "private",
                                        "secret",  "token",      "username", NULL};
    for (const char *const *part = parts; *part; part++)
        if (span_contains_nocase(name, *part))
            return true;
    return is_known(name);
}

static void check_name(struct lint *lint, const struct lint_step *step, struct span name,
                       struct extent place)
{
    if (is_secret(name))
        lint_report(lint, step, place,
                    "'%.*s' looks like a secret, which the image would keep", (int)name.len,
                    name.ptr);
}

static void check(struct lint *lint)
{
    for (size_t i = 0; i < lint->count; i++) {
        const struct lint_step *step = &lint->steps[i];
        for (size_t a = 0;
             step_is(step, INSTRUCTION_ARG) && a < step->instruction->arg_count; a++)
            check_name(lint, step, arg_name(&step->instruction->args[a]),
                       step->instruction->args[a].extent);
        for (size_t p = 0; step_is(step, INSTRUCTION_ENV) && p < pair_count(step); p++)
            check_name(lint, step, pair_at(lint, step, p).name,
                       pair_at(lint, step, p).key->extent);
    }
}

const struct lint_rule lint_rule_DL3064 = {
    .code = "DL3064",
    .name = "no-secret-variables",
    .aliases = {"CIS-DI-0010"},
    .twin = "SecretsUsedInArgOrEnv",
    .severity = SEVERITY_WARNING,
    .summary = "ARG or ENV with the name of a secret",
    .why = "Values of ARG and ENV stay in the history and the configuration of the image, "
           "for all who have it.",
    .fix = "RUN --mount=type=secret,id=NAME",
    .check = check,
};
