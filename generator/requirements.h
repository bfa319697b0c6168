/* Dependencies of Python as PEP 508 writes them, and the names that PEP 503 makes of them. */
#ifndef ULLAGE_GENERATOR_REQUIREMENTS_H
#define ULLAGE_GENERATOR_REQUIREMENTS_H

#include "core/strbuf.h"
#include "generator/project.h"

/* "Flask[async]>=2; python_version < '3.9'" is "flask" with what is behind it. False for what names
 * no package: options, files, addresses without a name. */
bool requirement_name(const char *text, size_t len, struct strbuf *ret_name, const char **ret_rest);

struct requirements {
    struct strvec names;  /* normalised */
    struct strvec places; /* FILE:LINE of each */
    struct strvec extras; /* "psycopg[binary]" as "psycopg[binary]" */
    bool has_hashes;
    bool needs_git;      /* an address of a repository */
    bool is_local;       /* -e . and the like */
    struct strvec files; /* that were read, the first first */
};

/* requirements.txt with what it includes (-r, -c), beneath the project alone. */
void requirements_read(struct requirements *ret_list, struct project *project, const char *path);
void requirements_add(struct requirements *list, const char *text, const char *file, uint32_t line);
bool requirements_have(const struct requirements *list, const char *name);
void requirements_release(struct requirements *list);

#endif
