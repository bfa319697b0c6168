/* A bundle is the saved thing, archive or folder, before anyone knows what image is in it: named members.
 * It comes in three forms. A plain tar file is indexed and its members are read where they lie. A folder's
 * members are files below a directory descriptor; no link is followed. A stream (standard input, or an
 * outer compression) is read once: documents are kept, and what looks like a layer is read as one while it
 * passes. Whether the stream was an archive or a bare layer is known only at its end, so its own entries
 * are kept as well. */
#ifndef ULLAGE_ANALYZER_IMAGE_BUNDLE_H
#define ULLAGE_ANALYZER_IMAGE_BUNDLE_H

#include <stdbool.h>
#include <stdint.h>

#include "analyzer/image/layer.h"
#include "analyzer/image/sample.h"
#include "core/arena.h"
#include "core/json.h"
#include "core/strbuf.h"
#include "core/table.h"

struct member {
    const char *name; /* normalised as in layers */
    const char *link; /* of a link: the member it names, normalised; NULL if it climbs */
    enum tar_kind kind;
    int64_t size;
    int64_t offset;         /* tar file: where the payload lies */
    int fd;                 /* folder: the open file, else -1 */
    struct strbuf document; /* stream: a kept document */
    struct layer *layer;    /* stream: read as a layer */
};

enum bundle_form { BUNDLE_FILE, BUNDLE_FOLDER, BUNDLE_STREAM };

struct bundle {
    enum bundle_form form;
    enum compression compression; /* of the whole */
    const struct limits *limits;
    char *path;
    int fd;
    int64_t bytes; /* of the input as it is stored; -1 for a folder */
    struct arena arena;
    struct member **members;
    size_t count;
    size_t capacity;
    struct table index;
    struct layer *bare; /* stream: the outer tar as if it were a layer */
    struct sample sample;      /* stream: of its plain layers */
    struct sample bare_sample; /* stream: of all of it, for when it is a layer itself */
    struct findings findings;
    struct error damage; /* the outer tar could not be read to its end */
};

struct progress;

struct bundle_options {
    const struct limits *limits;
    struct layer_options layer; /* for layers of a stream */
    struct progress *progress;  /* of reading a stream; NULL: nobody watches */
    bool keep_going;            /* a damaged outer tar keeps what came before */
};

/* `path` may be "-". The options are only needed during the call, its limits as long as the archive. */
int bundle_open(struct bundle **ret_bundle, const char *path,
                 const struct bundle_options *options, struct error *err);
void bundle_free(struct bundle *bundle);

/* The member of that name with links followed inside the bundle, NULL if there is none. */
struct member *bundle_find(struct bundle *bundle, const char *name);

/* The digest that a name says its content has: blobs/ALGORITHM/HEX, ALGORITHM:HEX, HEX, and these with
 * .json, .tar and the like behind. False where it says none. */
bool member_claim(const char *name, struct digest *ret_digest);

/* A member's bytes as a document; ERROR_INPUT if it is absent, ERROR_LIMIT if it is too large. */
int bundle_text(struct bundle *bundle, const char *name, struct strbuf *ret_text,
                 struct error *err);
int bundle_document(struct bundle *bundle, const char *name, json_t **ret_document,
                     struct strbuf *ret_text, struct error *err);

/* A stream of the member's bytes. Only where the form is no stream. */
struct stream *bundle_open_member(const struct bundle *bundle, const struct member *member);
/* Where the member lies: descriptor and offset, for reading at will. */
int bundle_locate(const struct bundle *bundle, const struct member *member, int64_t *ret_offset);

#endif
