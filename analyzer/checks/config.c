/* IMG301-304, 310-312: what the configuration says: user, health check, volumes, name and age. */
#include <string.h>

#include "analyzer/accounts.h"
#include "analyzer/checks.h"
#include "core/escape.h"
#include "core/memory.h"

/* USER without its group: "app:staff" is "app". */
static struct span user_of(const json_t *config)
{
    struct span user = span_of_text(json_string_value(json_object_get(config, "User")));
    while (user.len && (user.ptr[0] == ' ' || user.ptr[0] == '\t'))
        user = span_of(user.ptr + 1, user.len - 1);
    const char *colon = user.len ? memchr(user.ptr, ':', user.len) : NULL;
    if (colon)
        user.len = (size_t)(colon - user.ptr);
    while (user.len && (user.ptr[user.len - 1] == ' ' || user.ptr[user.len - 1] == '\t'))
        user.len--;
    return user;
}

/* The uid that /etc/passwd gives a name; false if it has none for it. */
static bool look_up_user(const struct check_run *run, struct span name, int64_t *ret_uid)
{
    struct span passwd = check_content(run, "/etc/passwd", NULL);
    struct account account;
    size_t position = 0;
    uint32_t line = 0;
    while (passwd.ptr && account_next(&account, passwd, &position, &line, 3))
        if (span_equal(account.fields[0], name))
            return account_number(account.fields[2], ret_uid);
    return false;
}

static void check_user(const struct check_run *run)
{
    struct span user = user_of(run->config);
    cleanup_strbuf struct strbuf detail = STRBUF_INIT;
    int64_t uid;
    bool known = look_up_user(run, user, &uid) || account_number(user, &uid);
    if (!user.len) {
        check_report(run, FINDING_USER_IS_ROOT, NO_LAYER, NULL, -1, NULL, "USER is not set");
        return;
    }
    strbuf_add_text(&detail, "USER is '");
    escape_for_terminal(&detail, user);
    strbuf_add_text(&detail, "'");
    bool root = known ? uid == 0 : span_equals_text(user, "root");
    if (root)
        check_report(run, FINDING_USER_IS_ROOT, NO_LAYER, NULL, -1, NULL, detail.buf);
    else if (!known)
        check_report(run, FINDING_USER_UNKNOWN, NO_LAYER, NULL, -1, NULL, detail.buf);
}

static void run_config(const struct check_run *run)
{
    if (!run->document)
        return; /* a bare layer or a folder says nothing about these */
    check_user(run);
}

const struct check check_config = {.run = run_config};
