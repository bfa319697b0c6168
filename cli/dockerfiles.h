/* The Dockerfiles that a command is to read: files it is given, "-", and in folders those whose names say what
 * they are: Dockerfile, Containerfile, Dockerfile.NAME, Containerfile.NAME, NAME.Dockerfile,
 * NAME.Containerfile, whatever the case. A folder is walked beneath its descriptor: no link is followed, nor
 * is .git entered, and what .gitignore leaves out is left out. Each file stands once, in the order of names. */
#ifndef ULLAGE_CLI_DOCKERFILES_H
#define ULLAGE_CLI_DOCKERFILES_H

#include <stdbool.h>

#include "core/error.h"
#include "core/strbuf.h"
#include "core/strvec.h"

#define DOCKERFILES_MAX 100000          /* of one run */
#define DOCKERFILES_DEPTH_MAX 100       /* folders within folders; each is open meanwhile */
#define DOCKERFILES_ENTRIES_MAX 10000000 /* looked at in all folders */

struct dockerfile_name {
    char *name;         /* as it is shown and opened */
    int folder;         /* it was found beneath; -1: it was named */
    const char *beneath; /* the rest of the name, below the folder */
};

struct dockerfiles {
    struct dockerfile_name *items;
    size_t count, capacity;
    int *folders;
    size_t folder_count;
    struct strvec notes; /* what could not be looked into, and why; not escaped */
};

struct dockerfiles_options {
    const struct strvec *exclude; /* patterns of .gitignore's kind, below each folder; NULL: none */
    bool no_gitignore;
};

/* What cannot be a Dockerfile's name is no error here: reading it tells. ERROR_USAGE if a folder has none,
 * ERROR_INPUT if a folder that was named cannot be read. */
int dockerfiles_find(struct dockerfiles *ret_files, char **operands, size_t count,
                     const struct dockerfiles_options *options, struct error *err);
void dockerfiles_release(struct dockerfiles *files);

/* Reads one, or what stands beside it: `ending` (".dockerignore", may be "") is put behind the name. Returns 1
 * where there is nothing of that name. */
int dockerfile_read(struct strbuf *ret_text, const struct dockerfile_name *file, const char *ending,
                    size_t limit, struct error *err);
/* The same for another name in its folder. */
int dockerfile_read_beside(struct strbuf *ret_text, const struct dockerfile_name *file,
                           const char *name, size_t limit, struct error *err);

/* Does the name of a file say that it is a Dockerfile? */
bool dockerfile_is_named_so(const char *name);

#endif
