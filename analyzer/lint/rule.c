#include "analyzer/lint/rule.h"

#include <string.h>
#include <strings.h>

#define RULE(code) extern const struct lint_rule lint_rule_##code;
#include "analyzer/lint/rules.def"
#undef RULE

const struct lint_rule *const lint_rules[] = {
#define RULE(code) &lint_rule_##code,
#include "analyzer/lint/rules.def"
#undef RULE
    NULL,
};

static bool is_called(const struct lint_rule *rule, const char *name)
{
    if (strcasecmp(rule->code, name) == 0 || strcasecmp(rule->name, name) == 0)
        return true;
    for (size_t i = 0; i < LINT_ALIASES_MAX && rule->aliases[i]; i++)
        if (strcasecmp(rule->aliases[i], name) == 0)
            return true;
    return false;
}

const struct lint_rule *lint_rule_find(const char *name)
{
    for (const struct lint_rule *const *rule = lint_rules; *rule; rule++)
        if (is_called(*rule, name))
            return *rule;
    return NULL;
}

bool lint_rule_is_check(const struct lint_rule *rule)
{
    return strncmp(rule->code, "DL", 2) != 0 && strncmp(rule->code, "UL", 2) != 0;
}

bool lint_rule_is_shellcheck(const char *name)
{
    return (strncasecmp(name, "SC", 2) == 0) && strlen(name) == 6 &&
           strspn(name + 2, "0123456789") == 4;
}
