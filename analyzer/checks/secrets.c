/* IMG201-206, 227: secrets in files, live ones and those that a later layer took away, which still ship.
 * IMG207-210: secrets in the configuration: environment, labels, history, commands. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "analyzer/checks.h"
#include "analyzer/redact.h"
#include "analyzer/standin.h"
#include "core/escape.h"
#include "core/memory.h"

/* Folders of a package's own that hold no keys anybody uses. */
static const char *const sample_folders[] = {
    "test",     "tests",   "testing", "testdata", "test_data", "test-data", "testsuite",
    "__tests__", "fixtures",
    "examples", "example", "samples", "sample",   "demo",      "demos",     "doc",       "docs",
    "spec",     "man",     "info",    "locale",   "selftest",  "self_test", "dummyserver",
};

static bool component_is(const char *path, size_t len, const char *const *names, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (strlen(names[i]) == len && strncmp(names[i], path, len) == 0)
            return true;
    return false;
}

/* x_test.go, test_x.py, x.test.js, x.spec.ts */
static bool is_test_file(const char *name)
{
    return strncmp(name, "test_", 5) == 0 || strstr(name, "_test.") || strstr(name, ".test.") ||
           strstr(name, ".spec.") || strncmp(name, "example_", 8) == 0;
}

/* Libraries carry keys for their self-tests (libgnutls does). */
static bool is_sample(const char *path, bool binary)
{
    if (!check_is_packaged(path))
        return false;
    if (binary || is_test_file(strrchr(path, '/') + 1))
        return true;
    for (const char *p = path + 1, *slash; (slash = strchr(p, '/')); p = slash + 1)
        if (component_is(p, (size_t)(slash - p), sample_folders, ARRAY_SIZE(sample_folders)))
            return true;
    return false;
}

static enum finding_rule rule_of(const struct secret *secret, const char *path)
{
    static const enum finding_rule rules[] = {
        [SECRET_PRIVATE_KEY] = FINDING_PRIVATE_KEY,
        [SECRET_ENCRYPTED_KEY] = FINDING_ENCRYPTED_KEY,
        [SECRET_TOKEN] = FINDING_SERVICE_TOKEN,
        [SECRET_URL_PASSWORD] = FINDING_URL_PASSWORD,
        [SECRET_CREDENTIAL] = FINDING_STORED_CREDENTIAL,
    };
    return is_sample(path, secret->line == 0) ? FINDING_SAMPLE_SECRET : rules[secret->kind];
}

/* "deleted by layer 5, still in layer 2" for what nobody sees any more. */
static void add_fate(struct strbuf *out, const struct inode *inode)
{
    if (inode_is_live(inode))
        return;
    strbuf_addf(out, "; %s by layer %u, still in layer %u",
                inode->cause == CAUSE_DELETED || inode->cause == CAUSE_OPAQUE ? "deleted"
                                                                              : "replaced",
                (unsigned)inode->killed_by, (unsigned)inode->layer);
}

static void report_secret(const struct check_run *run, const struct inode *inode,
                          const struct secret *secret, const char *path)
{
    cleanup_strbuf struct strbuf detail = STRBUF_INIT;
    strbuf_addf(&detail, "%s <redacted:%s>", secret->what, secret->fingerprint);
    if (secret->line)
        strbuf_addf(&detail, ", line %" PRIu32, secret->line);
    else
        strbuf_addf(&detail, ", byte %" PRId64, secret->offset);
    add_fate(&detail, inode);
    check_report(run, rule_of(secret, path), inode->layer, path, secret->len,
                 secret->fingerprint, detail.buf);
}

/* IMG227: a certificate that no package brought, the first of a file. */
static void search_certificate(const struct check_run *run, const struct inode *inode,
                               const struct file_note *note)
{
    static const char *const stores[] = {"/etc/ssl/", "/etc/pki/", "/etc/ca-certificates/"};
    cleanup_strbuf struct strbuf path = STRBUF_INIT;
    size_t i = 0;
    while (i < note->secret_count && note->secrets[i].kind != SECRET_CERTIFICATE)
        i++;
    if (i == note->secret_count || !inode_is_live(inode))
        return;
    tree_path(&path, &run->accounting->tree, inode->node);
    for (size_t s = 0; s < ARRAY_SIZE(stores); s++)
        if (strncmp(path.buf, stores[s], strlen(stores[s])) == 0)
            return;
    if (!check_is_packaged(path.buf))
        check_report(run, FINDING_OWN_CERTIFICATE, inode->layer, path.buf,
                     inode_entry(run->accounting, inode)->content, NULL, NULL);
}

static void search_file(const struct check_run *run, const struct inode *inode)
{
    struct file_note note;
    cleanup_strbuf struct strbuf path = STRBUF_INIT;
    if (!check_find_note(run, inode->layer, inode->entry, &note) ||
        (!note.secret_count && !note.is_long))
        return;
    entry_path(&path, layer_of(run->accounting, inode->layer), inode_entry(run->accounting, inode));
    search_certificate(run, inode, &note);
    for (size_t i = 0; i < note.secret_count; i++)
        if (note.secrets[i].kind != SECRET_CERTIFICATE)
            report_secret(run, inode, &note.secrets[i], path.buf);
    if (note.is_long)
        findings_add_warning(run->findings, "file-not-read", inode->layer, path.buf,
                             "the file is too long for what its name says; it was not read as "
                             "one of accounts or credentials");
    if (note.is_cut)
        findings_add_warning(run->findings, "secrets-cut", inode->layer, path.buf,
                             "the file has more secrets than are listed; a limit on findings "
                             "cut them");
}

/* Where in the configuration a text stands, and what was found in it. */
struct place {
    const struct check_run *run;
    enum finding_rule rule;
    uint32_t layer;
    const char *where; /* "step 3 of the history", or NULL */
    struct span name;  /* of the variable or label, or empty */
    struct strvec *seen; /* fingerprints; each is told once */
};

static void report_at(struct place *place, struct span name, const char *what,
                      const char *fingerprint, size_t len)
{
    cleanup_strbuf struct strbuf detail = STRBUF_INIT;
    if (strvec_contains(place->seen, fingerprint) ||
        (int64_t)place->seen->count > place->run->checks->kept_most)
        return;
    if ((int64_t)place->seen->count == place->run->checks->kept_most)
        findings_add_warning(place->run->findings, "secrets-cut", NO_LAYER, NULL,
                             "the configuration has more secrets than are listed; a limit on "
                             "findings cut them");
    strvec_add(place->seen, fingerprint);
    strbuf_addf(&detail, "%s <redacted:%s>", what, fingerprint);
    if (name.len) {
        strbuf_add_text(&detail, " of ");
        escape_for_terminal(&detail, span_of(name.ptr, name.len < 100 ? name.len : 100));
    }
    if (place->where)
        strbuf_addf(&detail, ", %s", place->where);
    check_report(place->run, place->rule, place->layer, NULL, (int64_t)len, fingerprint,
                 detail.buf);
}

static void take_shape(void *context, const struct secret *secret)
{
    struct place *place = context;
    if (secret->kind != SECRET_CERTIFICATE)
        report_at(place, place->name, secret->what, secret->fingerprint, secret->len);
}

static void take_named(void *context, struct span name, struct span value)
{
    struct place *place = context;
    char fingerprint[FINGERPRINT_TEXT_MAX];
    bool header = span_equals_text(name, "Authorization");
    if ((!header && !redact_name_holds_secret(name)) || value_is_standin(value))
        return;
    secret_fingerprint(fingerprint, value);
    report_at(place, name, "value", fingerprint, value.len);
}

/* Shapes first: they say more. */
static void search_text(struct place *place, struct span text)
{
    secrets_in_text(&place->run->checks->scanner, text, PLACE_STORE, take_shape, place);
    redact_find_values(text, take_named, place);
}

static void search_named(struct place *place, struct span name, struct span value)
{
    place->name = name;
    search_text(place, value);
    if (redact_name_holds_secret(name))
        take_named(place, name, value);
    place->name = (struct span){0};
}

static void search_environment(const struct check_run *run, struct strvec *seen)
{
    struct place place = {
        .run = run, .rule = FINDING_ENV_SECRET, .layer = NO_LAYER, .seen = seen};
    const json_t *item;
    size_t index;
    json_array_foreach(json_object_get(run->config, "Env"), index, item)
    {
        const char *text = json_string_value(item), *equals = text ? strchr(text, '=') : NULL;
        if (equals)
            search_named(&place, span_of(text, (size_t)(equals - text)), span_of_text(equals + 1));
    }
}

static void search_labels(const struct check_run *run, struct strvec *seen)
{
    struct place place = {
        .run = run, .rule = FINDING_LABEL_SECRET, .layer = NO_LAYER, .seen = seen};
    const char *name;
    json_t *value;
    json_object_foreach(json_object_get(run->config, "Labels"), name, value)
    {
        if (json_is_string(value))
            search_named(&place, span_of_text(name), span_of_text(json_string_value(value)));
    }
}

static void search_words(struct place *place, const json_t *words)
{
    const json_t *item;
    size_t index;
    struct span before = {0};
    json_array_foreach(words, index, item)
    {
        struct span word = span_of_text(json_string_value(item));
        if (redact_option_takes_secret(before))
            search_named(place, before, word);
        else
            search_text(place, word);
        before = word;
    }
}

static void search_commands(const struct check_run *run, struct strvec *seen)
{
    static const char *const keys[] = {"Entrypoint", "Cmd", "Shell"};
    struct place place = {
        .run = run, .rule = FINDING_COMMAND_SECRET, .layer = NO_LAYER, .seen = seen};
    for (size_t i = 0; i < ARRAY_SIZE(keys); i++)
        search_words(&place, json_object_get(run->config, keys[i]));
    search_words(&place,
                json_object_get(json_object_get(run->config, "Healthcheck"), "Test"));
}

static void search_history(const struct check_run *run, struct strvec *seen)
{
    for (size_t i = 0; i < run->image->history.count; i++) {
        const struct history_step *step = &run->image->history.steps[i];
        char where[64];
        struct place place = {
            .run = run, .rule = FINDING_HISTORY_SECRET, .where = where, .seen = seen};
        place.layer = step->layer >= 0 ? (uint32_t)step->layer : NO_LAYER;
        snprintf(where, sizeof where, "step %zu of the history", i);
        search_text(&place, span_of_text(step->created_by));
        search_text(&place, span_of_text(step->comment));
        search_text(&place, span_of_text(step->instruction));
    }
}

static void run_secrets(const struct check_run *run)
{
    cleanup_strvec struct strvec seen = STRVEC_INIT;
    for (size_t i = 0; i < run->accounting->inode_count; i++)
        search_file(run, &run->accounting->inodes[i]);
    search_environment(run, &seen);
    search_labels(run, &seen);
    search_commands(run, &seen);
    search_history(run, &seen);
}

const struct check check_secrets = {.run = run_secrets};
