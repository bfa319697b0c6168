/* Sizes over time: a file of lines, one for each measurement, oldest first as they were
 * added. A line is a JSON object, schema ullage.history/1: schema, time, commit, ref,
 * image, digest, platform, layers, sizes. Lines of one image and platform are a series. */
#ifndef ULLAGE_ANALYZER_TIMELINE_H
#define ULLAGE_ANALYZER_TIMELINE_H

#include "analyzer/analysis.h"
#include "core/sink.h"

#define TIMELINE_BYTES_MOST ((size_t)64 << 20) /* some 100,000 lines */

/* What is kept of each measurement, by the names of gate_measures. */
enum timeline_measure {
    TIMELINE_DOWNLOAD,
    TIMELINE_BLOB,
    TIMELINE_TAR,
    TIMELINE_CONTENT,
    TIMELINE_LIVE,
    TIMELINE_DEAD,
    TIMELINE_DUPLICATE,
    TIMELINE_LAYERS,
    TIMELINE_MEASURES
};
extern const char *const timeline_measures[]; /* ends with NULL */

struct measurement {
    int64_t time;       /* seconds since 1970 */
    const char *commit; /* or NULL, as are the next four */
    const char *ref;
    const char *image;
    const char *digest;
    const char *platform;
    bool download_estimated;
    int64_t values[TIMELINE_MEASURES]; /* -1: unknown */
};

struct series {
    const char *image, *platform;
    struct measurement *items; /* by time */
    size_t count;
};

struct timeline {
    struct arena arena;
    struct measurement *items; /* by series, then by time */
    size_t count;
    struct series *series; /* by image and platform */
    size_t series_count;
};

/* What an analysis, or a report that was written of one, tells. Time, commit and ref are
 * the caller's. */
void measurement_of_analysis(struct measurement *ret_measurement, struct arena *arena,
                             const struct analysis *analysis);
int measurement_of_report(struct measurement *ret_measurement, struct arena *arena,
                          struct span text, struct error *err);

/* As a line of the file, with its end. */
void measurement_format(struct strbuf *out, const struct measurement *measurement);

int timeline_parse(struct timeline *ret_timeline, struct span text, struct error *err);
void timeline_release(struct timeline *timeline);

/* RFC 3339, or seconds since 1970. */
int timeline_time_parse(int64_t *ret_seconds, const char *text, struct error *err);
/* "2026-03-01T12:00:00Z" */
#define TIMELINE_TIME_MAX 32
char *timeline_time_format(int64_t seconds, char text[TIMELINE_TIME_MAX]);

#endif
