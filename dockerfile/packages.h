/* What calls of package managers mean: which packages they are told to install, in which versions, and
 * which caches they leave behind. */
#ifndef ULLAGE_DOCKERFILE_PACKAGES_H
#define ULLAGE_DOCKERFILE_PACKAGES_H

#include "dockerfile/calls.h"

enum package_manager {
    PACKAGES_NONE,
    PACKAGES_APT,
    PACKAGES_APK,
    PACKAGES_RPM,    /* yum, dnf, microdnf */
    PACKAGES_ZYPPER,
    PACKAGES_PACMAN,
    PACKAGES_PIP,    /* pip, pipx, uv, poetry and their like */
    PACKAGES_CONDA,
    PACKAGES_NPM,    /* npm, yarn, pnpm, bun */
    PACKAGES_GEM,
    PACKAGES_GO,
    PACKAGES_CARGO,
    PACKAGES_COMPOSER,
};

enum package_kind {
    PACKAGE_NAMED,  /* found by its name somewhere else */
    PACKAGE_FILE,   /* an archive on disk */
    PACKAGE_FOLDER, /* a folder of sources */
    PACKAGE_URL,    /* fetched from where it says */
    PACKAGE_VCS,    /* a repository; `version` is what is checked out */
    PACKAGE_LIST,   /* a file that lists packages: -r requirements.txt */
    PACKAGE_GROUP,  /* @group, dnf group install */
    PACKAGE_MODULE, /* dnf module install; `version` is its stream */
};

struct package {
    enum package_manager manager;
    enum package_kind kind;
    struct span name;
    struct span operator; /* "=", "==", "~=", "/", "@", ":", "-" ...; empty: no version is named */
    struct span version;
    bool unknown; /* some of it is only known when a shell runs; the spans have it as written */
    const struct script_word *word;
};

struct packages {
    struct package *items;
    size_t count;
};

/* The packages that a call installs; none if it installs nothing. Memory is the script's. */
void packages_of(struct packages *ret_packages, const struct calls *calls, const struct call *call);

/* Whether the call installs packages at all, named or not (npm install without a name). */
enum package_manager package_manager_of(const struct call *call);

static inline bool package_has_version(const struct package *package)
{
    return package->version.len > 0;
}

/* A folder that tools fill and that an image need not have. */
struct cache {
    const char *id;
    const char *tools;       /* which fill it */
    const char *subcommands; /* with which */
    const char *paths;       /* parted by blanks, any of them */
    const char *options;     /* with which they do not */
    const char *variable;    /* that keeps them from it; "" if none does */
    const char *cleaners;    /* TOOL:SUBCOMMAND that empty it */
};

struct cache_use {
    const struct cache *cache;
    const struct call *filled_by;
    const struct call *cleaned_by; /* a later call of the same script, in its branch or certain; NULL */
};

struct cache_uses {
    struct cache_use *items;
    size_t count;
};

/* Each call that fills a cache, in order, with the first one behind it that empties it. What mounts or
 * variables of the image keep away is the caller's to know. Memory is the script's. */
void cache_uses_find(struct cache_uses *ret_uses, const struct calls *calls);

/* Whether a rm of the call takes the path away: it, all in it, or a folder above it. */
bool call_removes(const struct call *call, const char *path);

#endif
