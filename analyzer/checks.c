#include "analyzer/checks.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "analyzer/credentials.h"
#include "analyzer/resolve.h"
#include "core/memory.h"

static const struct check *const all_checks[] = {
#define CHECK(id) &check_##id,
#include "analyzer/checks.def"
#undef CHECK
};

/* Files of accounts and credentials are some kB. What has more than this is not read as one. */
#define CONTENT_MOST (1 << 20)

#define SYMLINK_HOPS_MAX 40

/* Files whose content a check wants, by the end of their path. */
static const struct {
    const char *end;
    size_t most; /* of its bytes: all, or what tells the kind of a file */
} kept_files[] = {
    {"/etc/passwd", CONTENT_MOST},
    {"/etc/group", CONTENT_MOST},
    {"/etc/shadow", CONTENT_MOST},
    {"/etc/master.passwd", CONTENT_MOST},
    {"/.ssh/authorized_keys", CONTENT_MOST},
    {".jks", 64},
    {".jceks", 64},
    {".keystore", 64},
    {".p12", 64},
    {".pfx", 64},
    {".kdbx", 64},
    {".psafe3", 64},
};

/* A file while it passes. */
struct watched {
    const struct checks *checks;
    struct secret_scan scan;
    enum credential_store store;
    bool scans, keeps;
    bool is_long;
    bool stopped; /* there may be more secrets than were looked for */
    int64_t next; /* offset */
    int64_t seen, certificates;
    size_t keep_most;
    struct secret *secrets;
    size_t count, capacity;
    struct strbuf content;
};

static void keep_secret(void *context, const struct secret *secret)
{
    struct watched *file = context;
    if (secret->kind == SECRET_CERTIFICATE) {
        /* the first tells enough: bundles hold hundreds */
        if (file->certificates++)
            return;
    } else if (file->seen++ >= file->checks->kept_most) {
        return;
    }
    file->secrets =
        memory_grow(file->secrets, file->count, &file->capacity, sizeof *file->secrets);
    file->secrets[file->count++] = *secret;
}

/* A credential that is a token, or a URL's password, was met by its shape already. */
static void keep_credential(void *context, const struct secret *secret)
{
    const struct watched *file = context;
    int64_t end = secret->offset + secret->len;
    for (size_t i = 0; i < file->count; i++) {
        const struct secret *met = &file->secrets[i];
        if (met->offset < end && secret->offset < met->offset + met->len)
            return;
    }
    keep_secret(context, secret);
}

static int compare_secrets(const void *a, const void *b)
{
    const struct secret *left = a, *right = b;
    return left->offset < right->offset ? -1 : left->offset > right->offset;
}

static bool wants_secrets(const struct checks *checks)
{
    static const enum finding_rule rules[] = {
        FINDING_PRIVATE_KEY,   FINDING_ENCRYPTED_KEY,     FINDING_SAMPLE_SECRET,
        FINDING_SERVICE_TOKEN, FINDING_STORED_CREDENTIAL, FINDING_URL_PASSWORD,
        FINDING_OWN_CERTIFICATE,
    };
    for (size_t i = 0; i < ARRAY_SIZE(rules); i++)
        if (checks->enabled[rules[i]])
            return true;
    return false;
}

/* How much of a file is kept, 0 for most. */
static size_t kept_most(const char *path)
{
    struct span text = span_of_text(path);
    for (size_t i = 0; i < ARRAY_SIZE(kept_files); i++)
        if (span_ends_with(text, kept_files[i].end))
            return kept_files[i].most;
    return 0;
}

static void *begin(const struct watcher *watcher, const struct layer *layer, uint32_t entry)
{
    const struct checks *checks = watcher->context;
    cleanup_strbuf struct strbuf path = STRBUF_INIT;
    entry_path(&path, layer, &layer->entries[entry]);
    bool scans = wants_secrets(checks);
    bool too_long = entry_size(&layer->entries[entry]) > CONTENT_MOST;
    size_t keeps = kept_most(path.buf);
    enum credential_store store = scans ? credential_store_of(path.buf) : STORE_NONE;
    if (!keeps && !scans)
        return NULL;
    struct watched *file = memory_alloc_zero(1, sizeof *file);
    file->checks = checks;
    file->scans = scans;
    /* what has to be read whole and is too long is not read, and said so */
    file->is_long = too_long && (keeps == CONTENT_MOST || store);
    file->store = file->is_long ? STORE_NONE : store;
    file->keeps = keeps && !file->is_long;
    file->keep_most = file->store ? CONTENT_MOST : file->keeps ? keeps : 0;
    file->content = (struct strbuf)STRBUF_INIT;
    if (scans)
        secret_scan_start(&file->scan, &checks->scanner, store ? PLACE_STORE : PLACE_FILE,
                          keep_secret, file);
    return file;
}

static bool take_block(void *context, const void *bytes, size_t len, int64_t offset)
{
    struct watched *file = context;
    /* a hole in a sparse file parts what stands around it */
    bool hole = offset != file->next;
    file->next = offset + (int64_t)len;
    if (file->scans) {
        if (hole)
            secret_scan_add(&file->scan, "", 1);
        secret_scan_add(&file->scan, bytes, len);
    }
    if (hole && file->content.len < file->keep_most)
        strbuf_add_char(&file->content, '\n');
    size_t left = file->keep_most - file->content.len;
    strbuf_add(&file->content, bytes, len < left ? len : left);
    file->stopped = file->scans && file->seen >= file->checks->kept_most;
    return file->content.len < file->keep_most || (file->scans && !file->stopped);
}

static void keep_note(struct watched *file, struct layer *layer, uint32_t entry)
{
    struct file_note *note = arena_alloc_zero(&layer->arena, sizeof *note);
    note->is_long = file->is_long;
    note->is_cut = file->stopped || file->seen > file->checks->kept_most;
    if (file->count) {
        struct secret *secrets =
            arena_alloc(&layer->arena, file->count * sizeof *secrets);
        memcpy(secrets, file->secrets, file->count * sizeof *secrets);
        note->secrets = secrets;
        note->secret_count = file->count;
    }
    if (file->keeps)
        note->content = span_of(arena_dup(&layer->arena, file->content.buf, file->content.len),
                                file->content.len);
    layer_add_note(layer, &file->checks->watcher, entry, &note, sizeof note);
}

static void end(void *context, struct layer *layer, uint32_t entry, bool whole)
{
    struct watched *file = context;
    if (file->scans) {
        secret_scan_finish(&file->scan);
        if (!file->scan.binary)
            credentials_in_text(file->store, span_of(file->content.buf, file->content.len),
                                keep_credential, file);
        secret_scan_release(&file->scan);
        if (file->count)
            qsort(file->secrets, file->count, sizeof *file->secrets, compare_secrets);
    }
    if (whole && (file->count || file->keeps || file->is_long))
        keep_note(file, layer, entry);
    strbuf_release(&file->content);
    free(file->secrets);
    free(file);
}

void checks_start(struct checks *ret_checks, const struct limits *limits)
{
    *ret_checks = (struct checks){
        .most_days = CHECKS_MOST_DAYS,
        .kept_most = limits_get(limits, LIMIT_FINDINGS),
        .watcher = {.context = ret_checks, .begin = begin, .block = take_block, .end = end},
    };
    for (size_t i = 0; i < FINDING_RULES; i++)
        ret_checks->enabled[i] = true;
    ret_checks->watchers[0] = &ret_checks->watcher;
    secret_scanner_start(&ret_checks->scanner);
}

void checks_release(struct checks *checks)
{
    strvec_release(&checks->allowed);
}

int checks_ignore(struct checks *checks, const char *rule, struct error *err)
{
    enum finding_rule found = finding_find(rule);
    if (found == FINDING_RULES) {
        error_set(err, ERROR_USAGE, "there is no rule '%s'", rule);
        return error_hint(err, "'ullage explain' lists the rules");
    }
    checks->enabled[found] = false;
    return 0;
}

bool checks_are_about(enum finding_rule rule)
{
    const char *code = finding_code(rule);
    return code[3] == '2' || code[3] == '3'; /* IMG2xx, IMG3xx */
}

int checks_allow(struct checks *checks, const char *fingerprint, struct error *err)
{
    struct span text = span_of_text(fingerprint);
    if (span_starts_with(text, "<redacted:") && span_ends_with(text, ">"))
        text = span_of(text.ptr + strlen("<redacted:"), text.len - strlen("<redacted:>"));
    bool hex = text.len == FINGERPRINT_TEXT_MAX - 1;
    for (size_t i = 0; i < text.len; i++)
        hex = hex && isxdigit((unsigned char)text.ptr[i]) && !isupper((unsigned char)text.ptr[i]);
    if (!hex) {
        /* whoever pastes the secret itself must not see it in a log */
        error_set(err, ERROR_USAGE, "that is no fingerprint");
        return error_hint(err, "a fingerprint is 12 hex digits, as findings show it");
    }
    strvec_add_bytes(&checks->allowed, text.ptr, text.len);
    return 0;
}

bool check_find_note(const struct check_run *run, uint32_t layer, uint32_t entry,
                     struct file_note *ret_note)
{
    const struct layer_note *note =
        layer_find_note(layer_of(run->accounting, layer), &run->checks->watcher, entry);
    const struct file_note *kept;
    if (!note)
        return false;
    memcpy(&kept, note->bytes, sizeof kept);
    *ret_note = *kept;
    return true;
}

void check_report(const struct check_run *run, enum finding_rule rule, uint32_t layer,
                  const char *path, int64_t bytes, const char *fingerprint, const char *detail)
{
    struct finding finding = {
        .rule = rule, .path = path, .layer = layer, .bytes = bytes, .fingerprint = fingerprint};
    if (!run->checks->enabled[rule])
        return;
    if (fingerprint && strvec_contains(&run->checks->allowed, fingerprint))
        return;
    findings_put(run->findings, &finding, detail);
}

/* Errors first, else in the order they were found. */
static void sort_findings(struct finding *items, size_t count)
{
    struct finding *sorted = memory_alloc_zero(count, sizeof *sorted);
    size_t done = 0;
    for (enum severity severity = SEVERITY_ERROR; severity <= SEVERITY_STYLE; severity++)
        for (size_t i = 0; i < count; i++)
            if (finding_severity(items[i].rule) == severity)
                sorted[done++] = items[i];
    memcpy(items, sorted, count * sizeof *items);
    free(sorted);
}

void checks_run(const struct checks *checks, struct analysis *analysis)
{
    struct image *image = analysis->image;
    const json_t *document = image->chosen->config;
    struct check_run run = {
        .checks = checks,
        .analysis = analysis,
        .accounting = &analysis->accounting,
        .image = image,
        .document = document,
        .config = json_object_get(document, "config"),
        .findings = &image->findings,
    };
    size_t start = run.findings->count;
    analysis->checked = true;
    for (size_t i = 0; i < ARRAY_SIZE(all_checks); i++)
        all_checks[i]->run(&run);
    if (run.findings->count > start)
        sort_findings(run.findings->items + start, run.findings->count - start);
}

bool check_is_windows(const struct check_run *run)
{
    const char *os = json_string_value(json_object_get(run->document, "os"));
    return os && strcmp(os, "windows") == 0;
}

bool check_sees_all_layers(const struct check_run *run)
{
    for (size_t i = 0; i < run->image->chosen->layer_count; i++) {
        const struct layer *layer = run->image->chosen->layers[i].layer;
        if (!layer || layer->damage.code != ERROR_NONE)
            return false;
    }
    return true;
}

static bool starts_with_any(const char *path, const char *const *starts, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (strncmp(path, starts[i], strlen(starts[i])) == 0)
            return true;
    return false;
}

bool check_is_packaged(const char *path)
{
    static const char *const distribution[] = {"/usr/", "/lib/", "/lib64/", "/bin/", "/sbin/"};
    static const char *const own[] = {"/usr/local/", "/usr/src/"};
    static const char *const languages[] = {
        "/site-packages/", "/dist-packages/", "/node_modules/", "/vendor/",
        "/vendored/",      "/third_party/",   "/gems/",         "/pkg/mod/",
        "/registry/src/",
    };
    if (starts_with_any(path, distribution, ARRAY_SIZE(distribution)) &&
        !starts_with_any(path, own, ARRAY_SIZE(own)))
        return true;
    if (strncmp(path, "/usr/local/lib/", 15) == 0)
        return true;
    for (size_t i = 0; i < ARRAY_SIZE(languages); i++)
        if (strstr(path, languages[i]))
            return true;
    return false;
}

struct span check_content(const struct check_run *run, const char *path, uint32_t *ret_layer)
{
    const struct tree *tree = &run->accounting->tree;
    uint32_t node = resolve_path(run->accounting, path);
    struct file_note note;
    if (node == NODE_NONE || tree->nodes[node].inode == INODE_NONE)
        return (struct span){0};
    const struct inode *inode = &run->accounting->inodes[tree->nodes[node].inode];
    if (!check_find_note(run, inode->layer, inode->entry, &note))
        return (struct span){0};
    if (ret_layer)
        *ret_layer = inode->layer;
    return note.content;
}

static bool take_digits(const char **text, size_t count, int *ret_number)
{
    *ret_number = 0;
    for (size_t i = 0; i < count; i++, ++*text) {
        if (!isdigit((unsigned char)**text))
            return false;
        *ret_number = *ret_number * 10 + (**text - '0');
    }
    return true;
}

bool check_read_day(const char *text, int64_t *ret_days)
{
    static const int before[] = {0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334, 365};
    int year, month, day;
    if (!take_digits(&text, 4, &year) || *text++ != '-' || !take_digits(&text, 2, &month) ||
        *text++ != '-' || !take_digits(&text, 2, &day) || (*text && *text != 'T'))
        return false;
    bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
    if (month < 1 || month > 12 || day < 1 ||
        day > before[month] - before[month - 1] + (leap && month == 2))
        return false;
    int64_t past = year - 1;
    int64_t days = past * 365 + past / 4 - past / 100 + past / 400 + before[month - 1] +
                   (leap && month > 2) + day - 1;
    *ret_days = days - 719162; /* 1970-01-01, counted from 0001-01-01 */
    return true;
}

int checks_set_date(struct checks *checks, const char *date, struct error *err)
{
    if (!check_read_day(date, &checks->date))
        return error_set(err, ERROR_USAGE, "'%s' is no date as 2026-11-23", date);
    checks->has_date = true;
    return 0;
}
