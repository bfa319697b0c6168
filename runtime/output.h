/* One output stream of a process on its way to whom the request names: captured within
 * bounds, cut into lines, or as it comes. The last bytes of it are kept aside for an error
 * message, all of it up to a bound for a recording. */
#ifndef ULLAGE_RUNTIME_OUTPUT_H
#define ULLAGE_RUNTIME_OUTPUT_H

#include <stdbool.h>
#include <stdint.h>

#include "runtime/exec.h"

#define OUTPUT_LAST_BYTES 4096
#define OUTPUT_RECORDED_MAX ((size_t)16 << 20)

struct output {
    const struct exec_output *how;
    enum exec_stream stream;
    struct exec_captured *captured;
    size_t limit;

    char *ring; /* of a capture that keeps its tail: the bytes after the head */
    size_t ring_size, ring_len, ring_at;

    struct strbuf line; /* what came of a line so far */
    bool line_truncated;

    bool stopped; /* the callback wants no more, or the limit ended it */

    struct strbuf last; /* the last bytes, up to twice OUTPUT_LAST_BYTES */
    bool last_cut;      /* `last` is not the whole stream */
    bool recorded;      /* keep a copy */
    struct strbuf record;
    bool record_cut;
};

void output_start(struct output *output, const struct exec_output *how,
                  enum exec_stream stream, struct exec_captured *captured, bool recorded);
/* False when the stream wants the process to end; the bytes that follow are counted and
 * dropped. */
bool output_take(struct output *output, struct span bytes, int64_t now_ms);
/* The stream ended: gives the partial last line, and puts a capture together. */
bool output_end(struct output *output, int64_t now_ms);
void output_release(struct output *output);

#endif
