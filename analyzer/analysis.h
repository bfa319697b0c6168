/* One analysis of one image: everything that reports are written from. Reading, accounting, dive's figures,
 * the estimate of the download and the top lists are done once, whatever number of reports follows. */
#ifndef ULLAGE_ANALYZER_ANALYSIS_H
#define ULLAGE_ANALYZER_ANALYSIS_H

#include "analyzer/accounting.h"
#include "analyzer/advice.h"
#include "analyzer/dive.h"
#include "analyzer/estimate.h"
#include "analyzer/top.h"

struct attribution; /* attribution.h */
struct attribution_options;

struct analysis_options {
    const struct limits *limits;
    const char *reference;
    const char *platform;
    const char *base; /* --base: a number of layers, an archive or a report; NULL unknown */
    enum semantics semantics;
    struct progress *progress; /* NULL: nobody watches */
    const struct watcher *const *watchers; /* of payloads, ends with NULL; NULL: none */
    unsigned threads;
    int64_t top; /* rows of the lists, 0: all */
    bool verify;
    bool keep_going;
    const uint8_t *key; /* of fingerprints, shared by images that are compared; NULL: its own */
};

struct sizes {
    int64_t blob_bytes, tar_bytes, content_bytes, live_bytes, dead_bytes, duplicate_bytes,
        download_bytes;
    bool download_estimated;
};

struct waste_copy {
    uint32_t layer;
    uint32_t killed_by;
    int64_t bytes;
    enum cause cause;
};

struct waste {
    const char *path;
    int64_t dead_bytes;
    struct waste_copy *copies;
    size_t count;
};

struct duplicate {
    const uint8_t *sha256;
    int64_t bytes_each;
    int64_t wasted_bytes;
    char **paths;
    size_t count;
};

enum base_source { BASE_UNKNOWN, BASE_NUMBER, BASE_ARCHIVE, BASE_REPORT };

struct analysis {
    char *input;
    struct image *image;
    struct accounting accounting;
    struct dive_block dive;
    struct download download;
    struct advice advice;
    struct sizes sizes;
    enum base_source base_source;
    uint32_t base_layers; /* valid unless unknown */
    struct sizes own;
    int64_t base_killed_bytes;
    struct arena arena;
    struct waste *waste;
    size_t waste_count; /* kept; there may be more */
    size_t waste_total;
    struct duplicate *duplicates;
    size_t duplicate_count;
    size_t duplicate_total;
    bool checked; /* checks_run() has added what it found */
    struct attribution *attribution; /* to a Dockerfile's instructions; NULL: none was shown */
    struct top files;
    struct top directories;
};

int analysis_run(struct analysis **ret_analysis, const char *argument,
                 const struct analysis_options *options, struct error *err);
void analysis_free(struct analysis *analysis);

/* Shows it the Dockerfile: from then on layers, suggestions and findings have lines where they are proven. */
int analysis_attribute(struct analysis *analysis, const char *file, struct span text,
                       const struct attribution_options *options, struct error *err);
/* The line that ships most of what a suggestion is about; 0 if that is not known. */
uint32_t suggestion_line(const struct suggestion *suggestion, const struct attribution *attribution);

/* The digests of all images in an archive that `options` (their platform aside) leave, each once and in order:
 * references by which an analysis finds one. */
int analysis_list(struct strvec *ret_digests, const char *argument,
                  const struct analysis_options *options, struct error *err);

/* live / content; 1 when content is 0. */
double sizes_efficiency(const struct sizes *sizes);

const char *base_source_name(enum base_source source);

#endif
