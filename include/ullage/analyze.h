/* One saved image, measured. An analysis is made by ullage_analyze, holds everything in
 * memory and changes no more: the functions that take it as const may be called from
 * several threads. All records and texts that they return belong to the analysis and live
 * until ullage_analysis_free.
 *
 * The measures are defined in docs/measures.md of ullage; the words of kinds, compressions,
 * causes and efforts are those of its report (docs/report.schema.json, "ullage.report/1").
 */
#ifndef ULLAGE_INCLUDE_ANALYZE_H
#define ULLAGE_INCLUDE_ANALYZE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <ullage/error.h>

#ifdef __cplusplus
extern "C" {
#endif

struct ullage_analysis;

/* Whose rule holds where the OCI image specification (layer.md) and the kernel's overlayfs,
 * as docker's overlay2 uses it, make different things of the same archive. */
enum ullage_semantics { ULLAGE_SEMANTICS_SPEC, ULLAGE_SEMANTICS_OVERLAY };

/* A safety limit by its name ("entries", "json-bytes": `ullage help limits`); bytes or a
 * count. */
struct ullage_limit {
    const char *name;
    int64_t value;
};

/* How to analyze. Start from ULLAGE_ANALYZE_OPTIONS_INIT; everything is lent for the time
 * of the call. */
struct ullage_analyze_options {
    size_t size;           /* sizeof the struct, as the caller knows it */
    const char *reference; /* the image of that name, tag or digest; NULL: the only one */
    const char *platform;  /* "linux/arm64"; NULL: the only one */
    const char *base;      /* built on: a number of layers, an archive, a report; or NULL */
    enum ullage_semantics semantics;
    unsigned threads; /* 0: as many as the process may use. Results do not depend on it */
    int64_t top;      /* rows of waste, duplicates and largest; 0: all */
    bool verify;      /* check every digest and size too */
    bool keep_going;  /* read what a damaged image still has: ullage_analysis_damage */
    const struct ullage_limit *limits; /* overriding the defaults */
    size_t limit_count;
};

#define ULLAGE_ANALYZE_TOP 20
#define ULLAGE_ANALYZE_OPTIONS_INIT                                                        \
    {                                                                                      \
        sizeof(struct ullage_analyze_options), NULL, NULL, NULL, ULLAGE_SEMANTICS_SPEC, 0, \
            ULLAGE_ANALYZE_TOP, false, false, NULL, 0                                      \
    }

/* Reads the image at `path`: an archive, a layout folder, a layer, a root directory, "-"
 * for standard input, or one of these behind a scheme as skopeo spells it
 * ("oci-archive:app.tar"). `options` may be NULL. The caller owns the result and ends it
 * with ullage_analysis_free.
 *
 * USAGE: several images and none chosen (the text lists them), an unknown limit. INPUT:
 * damage, no image. BASELINE: the base is none of this image. LIMIT: where not even a
 * partial result could be made. */
ULLAGE_API int ullage_analyze(const char *path,
                              const struct ullage_analyze_options *options,
                              struct ullage_analysis **ret_analysis,
                              struct ullage_error **ret_error);

/* NULL is fine. */
ULLAGE_API void ullage_analysis_free(struct ullage_analysis *analysis);

/* Why the result is partial: the first damage (keep_going) or the limit that was hit. NULL:
 * it is whole. Belongs to the analysis: not for ullage_error_free. */
ULLAGE_API const struct ullage_error *
ullage_analysis_damage(const struct ullage_analysis *analysis);

/* What the image says about itself. */
struct ullage_image {
    const char *kind; /* docker-archive oci-archive oci-dir docker-dir layer rootfs */
    const char *config_digest;   /* "sha256:..." or NULL */
    const char *manifest_digest; /* or NULL */
    const char *platform;        /* "linux/amd64" or NULL */
    const char *const *references;
    size_t reference_count;
};

ULLAGE_API const struct ullage_image *
ullage_analysis_image(const struct ullage_analysis *analysis);

/* Sums over layers, in bytes. live + dead = content, always. */
struct ullage_sizes {
    int64_t blob_bytes;    /* the layers as stored, compressed where they are */
    int64_t tar_bytes;     /* the layers uncompressed: what diff_ids cover */
    int64_t content_bytes; /* payloads of regular files in all layers */
    int64_t live_bytes;    /* of these what a container sees, each inode once */
    int64_t dead_bytes;    /* content - live */
    int64_t
        duplicate_bytes;    /* live payloads that repeat other live ones; no part of dead */
    int64_t download_bytes; /* blob_bytes where layers are compressed, else an estimate */
    bool download_estimated;
    double efficiency; /* live / content, 0 to 1; 1 without content */
};

ULLAGE_API const struct ullage_sizes *
ullage_analysis_sizes(const struct ullage_analysis *analysis);

/* Of the layers above the base. NULL unless options named a base. */
ULLAGE_API const struct ullage_sizes *
ullage_analysis_own(const struct ullage_analysis *analysis);
/* Layers of the base; -1 unknown. */
ULLAGE_API int64_t ullage_analysis_base_layers(const struct ullage_analysis *analysis);
/* Bytes of the base that own layers killed, which only another base can save; 0 if it is
 * unknown. */
ULLAGE_API int64_t
ullage_analysis_base_killed_bytes(const struct ullage_analysis *analysis);

/* The event that took the last name of a payload. Each dead payload has exactly one; they
 * sum to dead_bytes. */
enum ullage_cause {
    ULLAGE_CAUSE_REWRITTEN, /* replaced by a file of other content */
    ULLAGE_CAUSE_REEMITTED, /* replaced by a file of equal content: chmod, chown, touch */
    ULLAGE_CAUSE_DELETED,   /* a whiteout of it or of a folder above it */
    ULLAGE_CAUSE_OPAQUE,    /* an opaque marker on a folder above it */
    ULLAGE_CAUSE_TYPE_CHANGED, /* something that is no regular file took its place or a
                                  folder's */
    ULLAGE_CAUSE_SHADOWED,     /* hidden within the layer that ships it */
};
#define ULLAGE_CAUSES 6

/* "rewritten" ...; NULL for a number that is no cause. Static. */
ULLAGE_API const char *ullage_cause_name(enum ullage_cause cause);
ULLAGE_API int64_t ullage_analysis_dead_by_cause(const struct ullage_analysis *analysis,
                                                 enum ullage_cause cause);

/* A layer, lowest first. A foreign layer whose blob is absent has sizes of 0 but what the
 * manifest says. */
struct ullage_layer {
    size_t index;
    const char *digest;      /* of the blob, as the manifest says, or NULL */
    const char *diff_id;     /* of the tar, as the configuration says, or NULL */
    const char *media_type;  /* or NULL */
    const char *compression; /* none gzip zstd xz bzip2; told by the bytes */
    int64_t blob_bytes, tar_bytes, content_bytes, live_bytes;
    int64_t dead_bytes; /* what it shipped and was killed, by whichever layer */
    int64_t entries;
    int64_t added, modified, removed; /* paths, against the state below it */
    const char *created_by;           /* as the history has it, secrets redacted, or NULL */
    const char
        *instruction; /* the same in Dockerfile words, or NULL where that is unknown */
};

ULLAGE_API size_t ullage_analysis_layer_count(const struct ullage_analysis *analysis);
/* This and the functions alike below return NULL for an index that is too large. */
ULLAGE_API const struct ullage_layer *
ullage_analysis_layer(const struct ullage_analysis *analysis, size_t index);

/* A payload that no container sees. This struct stands in arrays and gains no members. */
struct ullage_waste_copy {
    size_t layer; /* that shipped it */
    size_t killed_by;
    int64_t bytes;
    enum ullage_cause cause;
};

/* The dead payloads shipped under one path. Paths everywhere begin with '/' and are bytes
 * as the archive has them: escape them before you print them. */
struct ullage_waste {
    const char *path;
    int64_t dead_bytes;
    const struct ullage_waste_copy *copies; /* by layer */
    size_t copy_count;
};

/* The rows kept, at most `top`, by bytes descending, then by path; _total is how many there
 * are. */
ULLAGE_API size_t ullage_analysis_waste_count(const struct ullage_analysis *analysis);
ULLAGE_API size_t ullage_analysis_waste_total(const struct ullage_analysis *analysis);
ULLAGE_API const struct ullage_waste *
ullage_analysis_waste(const struct ullage_analysis *analysis, size_t index);

/* Live inodes of equal content. */
struct ullage_duplicate {
    const char *digest; /* "sha256:..." of the content */
    int64_t bytes_each;
    int64_t wasted_bytes;     /* of all but the first */
    const char *const *paths; /* sorted, one for each inode */
    size_t path_count;
};

ULLAGE_API size_t ullage_analysis_duplicate_count(const struct ullage_analysis *analysis);
ULLAGE_API size_t ullage_analysis_duplicate_total(const struct ullage_analysis *analysis);
ULLAGE_API const struct ullage_duplicate *
ullage_analysis_duplicate(const struct ullage_analysis *analysis, size_t index);

/* A large live file, or a folder with all live files below it. */
struct ullage_largest {
    const char *path;
    int64_t bytes;
    int64_t files; /* 1 for a file */
    int64_t layer; /* that shipped the file; -1 for a folder */
};

ULLAGE_API size_t
ullage_analysis_largest_file_count(const struct ullage_analysis *analysis);
ULLAGE_API const struct ullage_largest *
ullage_analysis_largest_file(const struct ullage_analysis *analysis, size_t index);
ULLAGE_API size_t
ullage_analysis_largest_directory_count(const struct ullage_analysis *analysis);
ULLAGE_API const struct ullage_largest *
ullage_analysis_largest_directory(const struct ullage_analysis *analysis, size_t index);

/* What could be saved. No payload counts in two suggestions: their bytes may be added. */
struct ullage_suggestion {
    const char *id; /* "apt-cache"; never changes its meaning */
    const char *title;
    const char *fix;
    const char *effort; /* easy medium hard */
    int64_t bytes;
    int64_t files;
    const size_t *layers; /* that ship the bytes, rising */
    size_t layer_count;
};

/* By bytes, descending. */
ULLAGE_API size_t ullage_analysis_suggestion_count(const struct ullage_analysis *analysis);
ULLAGE_API const struct ullage_suggestion *
ullage_analysis_suggestion(const struct ullage_analysis *analysis, size_t index);

/* Something odd but legal about the image, or what an engine would refuse. */
struct ullage_finding {
    const char *rule;     /* "IMG101"; never changes its meaning */
    const char *name;     /* "duplicate-entry" */
    const char *severity; /* error warning info style */
    const char *message;  /* harmless on a terminal */
    const char *path;     /* or NULL */
    int64_t layer;        /* -1: about the image */
    int64_t bytes;        /* -1: none */
};

ULLAGE_API size_t ullage_analysis_finding_count(const struct ullage_analysis *analysis);
ULLAGE_API const struct ullage_finding *
ullage_analysis_finding(const struct ullage_analysis *analysis, size_t index);

/* Something about our reading of the image. */
struct ullage_warning {
    const char *code;
    const char *message; /* harmless on a terminal */
    const char *path;    /* or NULL */
    int64_t layer;       /* -1: about the image */
};

ULLAGE_API size_t ullage_analysis_warning_count(const struct ullage_analysis *analysis);
ULLAGE_API const struct ullage_warning *
ullage_analysis_warning(const struct ullage_analysis *analysis, size_t index);

/* The figures that dive (github.com/wagoodman/dive) prints, to the last digit. They are not
 * ours: see docs/measures.md. */
struct ullage_dive {
    int64_t size_bytes;
    int64_t user_size_bytes;
    int64_t wasted_bytes;
    bool has_percent;           /* false: dive prints NaN or Inf */
    double user_wasted_percent; /* a ratio, in spite of its name */
    double efficiency_score;
};

ULLAGE_API const struct ullage_dive *
ullage_analysis_dive(const struct ullage_analysis *analysis);

/* Takes a piece of a report, in order; `bytes` are lent for the call. Another result than 0
 * ends the writing. */
typedef int ullage_write_function(void *user, const void *bytes, size_t length);

/* Writes a report: "json" (schema ullage.report/1), "text" (80 columns, no colours) or
 * another of ullage_report_format. USAGE: no such format. OUTPUT: `write` did not return 0.
 */
ULLAGE_API int ullage_analysis_write(const struct ullage_analysis *analysis,
                                     const char *format, ullage_write_function *write,
                                     void *user, struct ullage_error **ret_error);

/* The name of the index-th format, NULL behind the last. Static. */
ULLAGE_API const char *ullage_report_format(size_t index);

/* A measure held against a limit. Gains no members. */
struct ullage_verdict {
    bool pass;
    bool is_ratio; /* efficiency, which must not be less than its limit; all others not more
                    */
    int64_t value, limit;            /* bytes or a count; 0 for a ratio */
    double value_ratio, limit_ratio; /* 0 to 1; 0 for bytes and counts */
};

/* `budget` is MEASURE=LIMIT as the program's --max takes it: "blob_bytes=220MB", "layers=20",
 * "efficiency=0.95"; the measures are the members of ullage_sizes, layers, entries, files and
 * dive's figures ("dive.wastedBytes=20MB"). Bytes need a unit, but for 0. A pattern of paths
 * in place of the measure holds what of it ships in any layer: "/root/.cache=0".
 * Returns 0 whatever the verdict is. USAGE: no budget. */
ULLAGE_API int ullage_budget_check(const struct ullage_analysis *analysis,
                                   const char *budget, struct ullage_verdict *ret_verdict,
                                   struct ullage_error **ret_error);

#ifdef __cplusplus
}
#endif

#endif
