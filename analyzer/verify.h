/* Verifying reads every byte of a saved image that some digest covers, of all images it
 * holds, and tells where content and digest, size or shape disagree. A digest is told of a
 * blob by descriptors (index, manifest), by the name it is stored under, and of a layer's
 * tar by the configuration's diff_ids. What no digest covers is listed as such: an
 * archive's own headers, and the documents at its top.
 *
 * A mismatch is not an error of the work: verify_run succeeds and the mismatches say what
 * is wrong. */
#ifndef ULLAGE_ANALYZER_VERIFY_H
#define ULLAGE_ANALYZER_VERIFY_H

#include "analyzer/findings.h"
#include "analyzer/image/image.h"

struct verify_options {
    const struct limits *limits;
    const char *reference; /* NULL: all images */
    const char *platform;  /* NULL: all */
    unsigned threads;
    struct progress *progress; /* NULL: nobody watches */
};

struct mismatch {
    const char *rule; /* code of a finding (IMG133 ...), or damaged, absent, shape */
    const char *message;
    const char *path; /* the member, with a leading slash; or NULL */
    const char *expected;
    const char *actual; /* both NULL where there is nothing to compare */
    uint32_t layer;     /* NO_LAYER: about no layer */
};

/* Something no digest covers. */
struct uncovered {
    const char *path;
    const char *reason;
    int64_t bytes;
};

struct verify_counts {
    int64_t images, layers, blobs, bytes, digests, sizes, diff_ids, documents, unreferenced,
        absent;
};

struct verify {
    struct arena arena;
    enum image_kind kind;
    struct verify_counts counts;
    struct mismatch *mismatches;
    size_t mismatch_count, mismatch_capacity;
    struct uncovered *uncovered;
    size_t uncovered_count, uncovered_capacity;
    struct findings findings;
    struct strvec limits_hit;
};

int verify_run(struct verify **ret_verify, const char *argument,
               const struct verify_options *options, struct error *err);
void verify_free(struct verify *verify);

#endif
