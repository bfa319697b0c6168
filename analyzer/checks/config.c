/* IMG301-304, 310-312: what the configuration says: user, health check, volumes, name and age. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "analyzer/accounts.h"
#include "analyzer/checks.h"
#include "analyzer/resolve.h"
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

/* Is there a /etc/passwd that was too long to be kept? */
static bool passwd_was_not_read(const struct check_run *run)
{
    uint32_t node = resolve_path(run->accounting, "/etc/passwd");
    if (node == NODE_NONE || run->accounting->tree.nodes[node].kind != TAR_FILE)
        return false;
    const struct entry *entry =
        node_entry(run->accounting, &run->accounting->tree.nodes[node], NULL);
    return entry && entry->content && !check_content(run, "/etc/passwd", NULL).ptr;
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
    else if (!known && check_sees_all_layers(run) && !passwd_was_not_read(run))
        check_report(run, FINDING_USER_UNKNOWN, NO_LAYER, NULL, -1, NULL, detail.buf);
}

/* Builders of the buildah family write OCI images, whose configuration has no place for a health check. */
static bool builder_drops_healthcheck(const struct check_run *run)
{
    const json_t *labels = json_object_get(run->config, "Labels");
    return json_object_get(labels, "io.buildah.version") != NULL;
}

static void check_health(const struct check_run *run)
{
    const json_t *test = json_object_get(json_object_get(run->config, "Healthcheck"), "Test");
    if (json_array_size(test)) /* NONE is a decision too */
        return;
    check_report(run, FINDING_NO_HEALTHCHECK, NO_LAYER, NULL, -1, NULL,
                 builder_drops_healthcheck(run)
                     ? "unknown, rather: buildah drops HEALTHCHECK from OCI images"
                     : NULL);
}

/* "//proc/./sys" is below /proc. */
static void check_volumes(const struct check_run *run)
{
    static const char *const sensitive[] = {"dev", "proc", "sys"};
    const char *name;
    json_t *value;
    json_object_foreach((json_t *)(uintptr_t)json_object_get(run->config, "Volumes"), name, value)
    {
        cleanup_strbuf struct strbuf path = STRBUF_INIT, detail = STRBUF_INIT;
        path_normalise(&path, name);
        size_t len = strcspn(path.buf, "/");
        for (size_t i = 0; i < ARRAY_SIZE(sensitive); i++) {
            if (strlen(sensitive[i]) != len || strncmp(path.buf, sensitive[i], len) != 0)
                continue;
            strbuf_add_text(&detail, "VOLUME ");
            escape_for_terminal(&detail, span_of(name, strnlen(name, 200)));
            check_report(run, FINDING_SENSITIVE_VOLUME, NO_LAYER, NULL, -1, NULL, detail.buf);
        }
    }
}

/* The tag of "host:5000/name:tag"; NULL if there is none. An OCI layout may name the tag alone. */
static const char *tag_of(const char *reference, enum image_kind kind)
{
    const char *slash = strrchr(reference, '/');
    const char *name = slash ? slash + 1 : reference, *colon = strchr(name, ':');
    if (strchr(name, '@'))
        return name; /* a digest says exactly what it is */
    if (colon)
        return colon + 1;
    return !slash && (kind == IMAGE_OCI_ARCHIVE || kind == IMAGE_OCI_DIR) ? name : NULL;
}

static void check_tags(const struct check_run *run)
{
    const struct strvec *references = &run->image->chosen->references;
    cleanup_strbuf struct strbuf detail = STRBUF_INIT;
    for (size_t i = 0; i < references->count; i++) {
        const char *tag = tag_of(references->items[i], run->image->kind);
        if (tag && strcmp(tag, "latest") != 0)
            return;
    }
    if (!references->count) {
        strbuf_add_text(&detail, "the image has no name");
    } else {
        strbuf_add_char(&detail, '\'');
        escape_for_terminal(&detail, span_of(references->items[0],
                                             strnlen(references->items[0], 200)));
        strbuf_add_char(&detail, '\'');
    }
    check_report(run, FINDING_LATEST_TAG, NO_LAYER, NULL, -1, NULL, detail.buf);
}

/* Days since 1970, of a time somebody meant: builders that make the same bytes each time write a day near
 * the epoch of Unix, of DOS or of Go. */
static bool day_of(const char *created, int64_t *ret_day)
{
    const int64_t end_of_1980 = 4018;
    return created && check_read_day(created, ret_day) && *ret_day > end_of_1980;
}

static bool find_day(const struct check_run *run, int64_t *ret_day)
{
    const json_t *labels = json_object_get(run->config, "Labels");
    const json_t *label = json_object_get(labels, "org.opencontainers.image.created");
    bool found = day_of(json_string_value(json_object_get(run->document, "created")), ret_day) ||
                 day_of(json_string_value(label), ret_day);
    for (size_t i = 0; !found && i < run->image->history.count; i++)
        found = day_of(
            run->image->history.steps[run->image->history.count - 1 - i].created, ret_day);
    return found;
}

static void check_age(const struct check_run *run)
{
    const struct checks *checks = run->checks;
    char detail[100];
    int64_t day;
    if (!checks->has_date)
        return;
    if (!find_day(run, &day)) {
        check_report(run, FINDING_IMAGE_AGE_UNKNOWN, NO_LAYER, NULL, -1, NULL, NULL);
        return;
    }
    if (checks->date - day <= checks->most_days)
        return;
    snprintf(detail, sizeof detail, "%" PRId64 " days, of at most %" PRId64, checks->date - day,
             checks->most_days);
    check_report(run, FINDING_IMAGE_OLD, NO_LAYER, NULL, -1, NULL, detail);
}

static void run_config(const struct check_run *run)
{
    if (!run->document)
        return; /* a bare layer or a folder says nothing about these */
    if (!check_is_windows(run))
        check_user(run);
    check_health(run);
    check_volumes(run);
    check_tags(run);
    check_age(run);
}

const struct check check_config = {.run = run_config};
