/* An image is what one manifest tells: a configuration and layers in order, lowest first. Sources (one
 * file each in sources/, a row in sources.def) say which images an archive holds; one is chosen; then its
 * layers are read, in parallel where the archive can be read at will. */
#ifndef ULLAGE_ANALYZER_IMAGE_IMAGE_H
#define ULLAGE_ANALYZER_IMAGE_IMAGE_H

#include <stdbool.h>
#include <stdint.h>

#include "analyzer/image/bundle.h"
#include "analyzer/image/history.h"
#include "analyzer/image/progress.h"
#include "core/strvec.h"

enum image_kind {
    IMAGE_DOCKER_ARCHIVE,
    IMAGE_OCI_ARCHIVE,
    IMAGE_OCI_DIR,
    IMAGE_DOCKER_DIR,
    IMAGE_LAYER,
    IMAGE_ROOTFS,
    IMAGE_KINDS
};

struct image_layer {
    const char *name;       /* the member that holds its blob; NULL for a bare layer */
    const char *media_type; /* as the manifest says, or NULL */
    struct digest digest;   /* of the blob, as the manifest says */
    struct digest diff_id;  /* of the tar, as the configuration says */
    int64_t size;           /* of the blob, as the manifest says; -1 unknown */
    bool foreign;           /* its blob need not be in the archive */
    bool absent;            /* foreign, and not there */
    bool encrypted;
    bool zstd_chunked;      /* the manifest says so */
    struct layer *layer;    /* read; NULL while it is not, or if absent */
    const struct member *member;
    bool shares_layer;      /* `layer` belongs to an earlier row: the same blob again */
};

/* One image that an archive holds, before it is read. */
struct candidate {
    struct strvec references;
    char *platform;  /* os/architecture[/variant], or NULL */
    struct error failure; /* why it cannot be chosen (its manifest is absent or damaged) */
    struct image_layer *layers;
    size_t layer_count;
    const char *config_name; /* the member */
    struct digest config_digest;
    struct digest manifest_digest;
    json_t *config;      /* NULL if there is none */
    json_t *annotations; /* of the manifest, or NULL */
    struct strbuf config_text;
    bool from_manifest_json;
    struct arena arena;
};

struct candidates {
    struct candidate **items;
    size_t count;
    size_t capacity;
    enum image_kind kind;
};

struct source {
    const char *scheme; /* "docker-archive", as skopeo spells it */
    enum image_kind kind;
    /* Is this archive of our kind? 0 no; the highest wins. */
    int (*probe)(struct bundle *bundle);
    /* Adds the images that the archive holds. */
    int (*list)(struct bundle *bundle, struct candidates *candidates, struct error *err);
};

struct image_options {
    const struct limits *limits;
    const char *reference; /* --ref, or NULL */
    const char *platform;  /* --platform, or NULL */
    unsigned threads;
    bool verify;     /* digests of every blob and tar */
    struct progress *progress; /* NULL: nobody watches */
    const struct watcher *const *watchers; /* of payloads, ends with NULL; NULL: none */
    bool only_documents; /* layers are not read */
    const uint8_t *key;  /* of fingerprints, for images whose payloads will be compared; NULL: its own */
    bool ignore_payloads; /* nobody will ask which contents are equal */
    bool only_list; /* nothing is chosen or read: `candidates` says what there is */
    bool keep_going; /* damaged layers keep what could be read */
};

struct image {
    enum image_kind kind;
    struct bundle *bundle;
    struct candidates candidates;
    struct candidate *chosen;
    struct history history;
    struct fingerprints fingerprints;
    struct layer_totals totals;
    struct layer *rootfs; /* owned, when the image is a folder */
    struct findings findings;
    const struct limits *limits;
    struct strvec limits_hit;
    struct error damage; /* with keep_going or a limit: the first thing that went wrong */
};

/* `argument` is a path, "-", or either behind a scheme: "oci-archive:app.tar". Opens, chooses and reads.
 * The options' limits must live as long as the image. */
int image_open(struct image **ret_image, const char *argument, const struct image_options *options,
               struct error *err);
void image_free(struct image *image);

const char *image_kind_name(enum image_kind kind);
/* Does the argument begin with a scheme we know? Returns the path behind it, else the argument. */
const char *image_scheme(const char *argument, const struct source **ret_source);

static inline bool candidate_is_usable(const struct candidate *candidate)
{
    return candidate->failure.code == ERROR_NONE;
}

/* For verify, which reads all images of an archive. */
const struct source *image_find_source(struct bundle *bundle);
/* Adds what the bundle, the chosen image's layers and its documents tell to the image's findings. */
void image_note_findings(struct image *image);

/* For sources. */
struct candidate *candidates_add(struct candidates *candidates);
void candidates_drop_last(struct candidates *candidates);
int candidate_load_config(struct candidate *candidate, struct bundle *bundle,
                          struct error *err);
/* Gives each layer the diff_id of the configuration; their numbers must be equal. */
int candidate_take_diff_ids(struct candidate *candidate, struct error *err);
struct image_layer *candidate_add_layers(struct candidate *candidate, size_t count,
                                         const struct limits *limits, struct error *err);
/* "blobs/sha256/<hex>" in the candidate's arena. */
const char *blob_name(struct arena *arena, const struct digest *digest);

/* How a layout spells the member of a digest. */
typedef const char *member_namer(struct arena *arena, const struct digest *digest);

/* Adds the images of an OCI index.json: for sources that find one beside their own documents. */
int oci_list(struct bundle *bundle, struct candidates *candidates, struct error *err);
/* The same for an index in another document, in a layout with other names. */
int index_list(struct bundle *bundle, struct candidates *candidates, const char *document,
               member_namer *name_of_manifest, member_namer *name_of_blob, struct error *err);
/* Fills a candidate from a manifest object with config and layers; blob names come from `name_of`. */
int manifest_read(struct candidate *candidate, struct bundle *bundle, const json_t *manifest,
                  const char *(*name_of)(struct arena *arena, const struct digest *digest),
                  struct error *err);

struct layer *rootfs_read(int folder, const struct image_options *options, struct error *err);

#endif
