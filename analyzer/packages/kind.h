/* A kind of package: where its databases lie and how they are read. A kind is given the files that it wants
 * once they are known to be visible, sorted by path; it adds packages and says what they own. Whatever a
 * database holds, reading it takes time linear in its length, and a record that makes no sense is passed
 * over with a warning. */
#ifndef ULLAGE_ANALYZER_PACKAGES_KIND_H
#define ULLAGE_ANALYZER_PACKAGES_KIND_H

#include "analyzer/packages.h"
#include "core/span.h"

/* A visible file whose content was kept. */
struct package_source {
    const struct package_kind *kind;
    const char *path; /* begins with '/' */
    struct span text; /* of a program: what `extract` found */
    uint32_t inode;
    bool taken;
};

struct package_reader;

struct package_kind {
    const char *name;
    const char *summary;
    /* Is the content of that file wanted? `folder` has no slash at its ends. NULL: of none. */
    bool (*wants)(const char *folder, const char *name);
    /* Finds the record within a program (an ELF file); false if there is none. NULL: not looked for. */
    bool (*extract)(struct span program, struct span *ret_record);
    /* Reads one source. Those that go with another one are found from there: package_source_find. */
    void (*read)(struct package_reader *reader, const struct package_source *source);
};

/* The source of that path and the reader's kind, NULL if there is none. */
const struct package_source *package_source_find(const struct package_reader *reader,
                                                 const char *path);

/* True the first time that it is called for the source: what many records can name is read once. */
bool package_source_take(struct package_reader *reader, const struct package_source *source);

/* Adds a package that `source` tells of; texts are copied, an empty version or architecture is unknown.
 * Returns its number. */
uint32_t package_add(struct package_reader *reader, const struct package_source *source,
                     struct span name, struct span version, struct span architecture);
/* It was built into another one, and has no files of its own. */
void package_set_within(struct package_reader *reader, uint32_t package, uint32_t within);

/* The package owns what lies at that path, seen from `folder` (NODE_ROOT for the root, also where the path
 * begins with '/'). Symlinks on the way are followed, as the package manager did; one at the end is not. */
void package_owns(struct package_reader *reader, uint32_t package, uint32_t folder,
                  struct span path);
/* It owns all that lies below the folder, but for what lies in a folder below it that another package
 * of the same kind owns. */
void package_owns_below(struct package_reader *reader, uint32_t package, uint32_t folder);
/* It owns the file that tells of it. */
void package_owns_record(struct package_reader *reader, uint32_t package);

/* The visible node at that path, NODE_NONE if there is none; links as in package_owns. */
uint32_t package_lookup(struct package_reader *reader, uint32_t folder, struct span path);
/* The folder that the source lies in. */
uint32_t package_source_folder(const struct package_reader *reader,
                               const struct package_source *source);
const struct limits *package_limits(const struct package_reader *reader);
const struct tree *package_tree(const struct package_reader *reader);

void package_warn(struct package_reader *reader, const struct package_source *source,
                  const char *format, ...) PRINTF_LIKE(3, 4);

/* For line-based texts. */

/* Takes the next line off the text, without its end; false at the end of the text. */
bool package_next_line(struct span *text, struct span *ret_line);
/* The value of "Name: value" where the line has that name, in any case; false if it has another. */
bool package_field(struct span line, const char *name, struct span *ret_value);
struct span package_trim(struct span text);

#endif
