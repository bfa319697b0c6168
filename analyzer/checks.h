/* Content rules: what is in an image rather than how it is made. Rules are rows of findings.def from IMG201
 * (hygiene and security of contents) and IMG301 (configuration); the checks that find them are files in
 * checks/, one subject each, with a row in checks.def.
 *
 * A check may need what files hold. That is seen while layers are read: the watcher notes secrets (never
 * their values) and the few files that are read whole, accounts and key stores. After the accounting, which
 * knows what is live and what deleted the rest, checks_run joins notes, tree and configuration to findings.
 *
 *     struct checks checks;
 *     checks_start(&checks, options.limits);
 *     options.watchers = checks.watchers;
 *     ... analysis_run(&analysis, ...)
 *     checks_run(&checks, analysis);
 *     checks_release(&checks);
 */
#ifndef ULLAGE_ANALYZER_CHECKS_H
#define ULLAGE_ANALYZER_CHECKS_H

#include "analyzer/analysis.h"
#include "analyzer/image/watch.h"
#include "analyzer/secrets.h"
#include "core/strvec.h"

struct checks {
    bool enabled[FINDING_RULES]; /* all, unless ignored */
    struct strvec allowed;       /* fingerprints of secrets that may be there */
    bool has_date;
    int64_t date;           /* the day that age is counted from, in days since 1970 */
    int64_t most_days;      /* that an image may be old */
    int64_t kept_most;      /* secrets of one file */
    struct secret_scanner scanner;
    struct watcher watcher;
    const struct watcher *watchers[2]; /* it alone, as analysis_options want it */
};

#define CHECKS_MOST_DAYS 365

/* The struct may not move while its watcher is used. */
void checks_start(struct checks *ret_checks, const struct limits *limits);
void checks_release(struct checks *checks);

/* "IMG204" or "service-token". */
int checks_ignore(struct checks *checks, const char *rule, struct error *err);
/* "3f1c9a7be012", or as it is printed: "<redacted:3f1c9a7be012>". */
int checks_allow(struct checks *checks, const char *fingerprint, struct error *err);
/* "2026-11-23": images are older or younger than that. */
int checks_set_date(struct checks *checks, const char *date, struct error *err);

/* Appends what is found to the image's findings, errors first. */
void checks_run(const struct checks *checks, struct analysis *analysis);

/* Is it one of the content rules? */
bool checks_are_about(enum finding_rule rule);

/* For the checks. */

struct check_run {
    const struct checks *checks;
    const struct analysis *analysis;
    const struct accounting *accounting;
    const struct image *image;
    const json_t *document; /* of the configuration, NULL if there is none */
    const json_t *config;   /* its member of that name */
    struct findings *findings;
};

struct check {
    void (*run)(const struct check_run *run);
};

/* Adds a finding unless its rule is ignored or its fingerprint allowed. `path` and `fingerprint` may be
 * NULL, `bytes` -1; of `detail`, which may be NULL, what comes from the image is escaped by the caller. */
void check_report(const struct check_run *run, enum finding_rule rule, uint32_t layer,
                  const char *path, int64_t bytes, const char *fingerprint, const char *detail);

/* What the watcher noted of a regular file: secrets, or the bytes of one of the files that are kept. */
struct file_note {
    bool is_cut; /* the file has more secrets than these */
    size_t secret_count;
    const struct secret *secrets;
    bool is_long;        /* its content was wanted and is too long to be kept */
    struct span content; /* ptr NULL: not kept */
};

bool check_find_note(const struct check_run *run, uint32_t layer, uint32_t entry,
                     struct file_note *ret_note);

/* The kept content of a live path, links followed; ptr NULL if it is not there. */
struct span check_content(const struct check_run *run, const char *path, uint32_t *ret_layer);

/* Users, paths and programs of Windows are other things. */
bool check_is_windows(const struct check_run *run);

/* Were all layers read to their end? Else a file that is missing may be in one of the others. */
bool check_sees_all_layers(const struct check_run *run);

/* Is the path one where a package manager puts files: those of the distribution (not /usr/local nor
 * /usr/src), and where languages install their packages? */
bool check_is_packaged(const char *path);

/* "2026-11-23", or a time of RFC 3339, as days since 1970; false if it is none. */
bool check_read_day(const char *text, int64_t *ret_days);

#define CHECK(id) extern const struct check check_##id;
#include "analyzer/checks.def"
#undef CHECK

#endif
