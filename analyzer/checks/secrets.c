/* IMG201-206: secrets in files, live ones and those that a later layer took away, which still ship.
 * IMG207-210: secrets in the configuration: environment, labels, history, commands. */
#include <inttypes.h>
#include <string.h>

#include "analyzer/checks.h"
#include "analyzer/redact.h"
#include "core/escape.h"
#include "core/memory.h"

/* Folders of a package's own that hold no keys anybody uses. */
static const char *const sample_folders[] = {
    "test",     "tests",   "testing", "testdata", "test-data", "testsuite", "__tests__", "fixtures",
    "examples", "example", "samples", "sample",   "demo",      "demos",     "doc",       "docs",
    "spec",     "man",     "info",    "locale",   "selftest",  "self_test",
};

static bool component_is(const char *path, size_t len, const char *const *names, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (strlen(names[i]) == len && strncmp(names[i], path, len) == 0)
            return true;
    return false;
}

/* What a package manager put there: /usr but for /usr/local, and where languages install theirs. */
static bool is_packaged(const char *path)
{
    static const char *const places[] = {
        "/site-packages/", "/dist-packages/", "/node_modules/", "/vendor/",
        "/gems/",          "/pkg/mod/",       "/registry/src/",
    };
    if (strncmp(path, "/usr/", 5) == 0 && strncmp(path, "/usr/local/", 11) != 0)
        return true;
    if (strncmp(path, "/usr/local/lib/", 15) == 0)
        return true;
    for (size_t i = 0; i < ARRAY_SIZE(places); i++)
        if (strstr(path, places[i]))
            return true;
    return false;
}

static bool is_sample(const char *path)
{
    if (!is_packaged(path))
        return false;
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
    return is_sample(path) ? FINDING_SAMPLE_SECRET : rules[secret->kind];
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

static void check_file(const struct check_run *run, const struct inode *inode)
{
    struct file_note note;
    cleanup_strbuf struct strbuf path = STRBUF_INIT;
    if (!check_find_note(run, inode->layer, inode->entry, &note) || !note.secrets_seen)
        return;
    entry_path(&path, layer_of(run->accounting, inode->layer), inode_entry(run->accounting, inode));
    for (size_t i = 0; i < note.secret_count; i++)
        if (note.secrets[i].kind != SECRET_CERTIFICATE)
            report_secret(run, inode, &note.secrets[i], path.buf);
    if (note.secrets_seen > (int64_t)note.secret_count)
        findings_add_warning(run->findings, "secrets-cut", inode->layer, path.buf,
                             "the file has more secrets than are listed");
}

static void run_secrets(const struct check_run *run)
{
    for (size_t i = 0; i < run->accounting->inode_count; i++)
        check_file(run, &run->accounting->inodes[i]);
}

const struct check check_secrets = {.run = run_secrets};
