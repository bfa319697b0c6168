/* A project: the files beneath one folder, read below its descriptor without following any link,
 * and what they say. Folders of tools (.git, node_modules, ...) are known by name but not entered.
 * Files are sorted by path; a file and a document are read once and lent until project_close. What
 * cannot be read is kept as a problem and treated as absent, so that one damaged file does not hide
 * the others. */
#ifndef ULLAGE_GENERATOR_PROJECT_H
#define ULLAGE_GENERATOR_PROJECT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/strvec.h"
#include "generator/manifest.h"

#define PROJECT_FILES_MAX 200000
#define PROJECT_DEPTH_MAX 64

enum project_kind { PROJECT_FILE, PROJECT_FOLDER, PROJECT_LINK };

struct project_file {
    const char *path; /* relative, without "./" */
    const char *name; /* its last component */
    int64_t size;
    enum project_kind kind;
    bool executable;
    bool was_read;
    struct span text;
    struct manifest *document;
    bool document_failed;
};

struct project {
    struct arena arena;
    const char *root;
    const char *name; /* of the folder */
    int fd;
    struct project_file *files;
    size_t count, capacity;
    struct table index;
    struct strvec problems; /* errors of files that could not be read */
};

int project_open(struct project *ret_project, const char *folder, struct error *err);
void project_close(struct project *project);

/* The path of a name in a folder, "" being the root; lives as long as the project. */
const char *project_at(struct project *project, const char *folder, const char *name);
const struct project_file *project_find(const struct project *project, const char *path);
/* Whether a regular file of that name is in the folder. */
bool project_has(struct project *project, const char *folder, const char *name);
bool project_has_folder(struct project *project, const char *folder, const char *name);
/* The first file in the folder itself whose name matches the pattern; NULL if there is none. */
const struct project_file *project_match(struct project *project, const char *folder,
                                         const char *pattern);
/* The files beneath a folder: [*ret_first, *ret_end) of `files`. */
void project_range(const struct project *project, const char *folder, size_t *ret_first,
                   size_t *ret_end);

/* The whole text; false if there is none. */
bool project_text(struct project *project, const char *path, struct span *ret_text);
/* The file as a document, read at the first call; NULL if it is absent or could not be read. */
const struct manifest *project_manifest(struct project *project, const char *path,
                                        manifest_reader *reader);
/* The first line that is neither empty nor a comment (#), without white space around it; NULL if
 * there is none. */
const char *project_first_line(struct project *project, const char *path, uint32_t *ret_line);

#endif
