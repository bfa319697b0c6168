/* How far reading has come, for who watches from another thread. Bytes of the archive; a total of 0 is not
 * known. */
#ifndef ULLAGE_ANALYZER_IMAGE_PROGRESS_H
#define ULLAGE_ANALYZER_IMAGE_PROGRESS_H

#include <stdatomic.h>
#include <stdint.h>

#include "analyzer/image/stream.h"

struct progress {
    _Atomic int64_t done;
    _Atomic int64_t total;
};

/* Counts what passes, read or skipped. Takes over `source`; NULL progress gives the source back. */
struct stream *progress_watch(struct stream *source, struct progress *progress);

#endif
