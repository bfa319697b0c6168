/* What an engine's output may cost. An engine is trusted no more than a file: its labels,
 * names and logs are what images and other users put there. Passing a limit is ERROR_LIMIT
 * and names it. */
#ifndef ULLAGE_RUNTIME_LIMITS_H
#define ULLAGE_RUNTIME_LIMITS_H

#include <stddef.h>

#define ENGINE_RECORD_BYTES_MAX                                                            \
    ((size_t)16 << 20)                       /* one JSON value; an inspect has some 10 kB */
#define ENGINE_RECORDS_MAX ((size_t)1000000) /* rows of one answer */
#define ENGINE_ITEMS_MAX ((size_t)100000)    /* labels, ports, mounts ... of one row */
#define ENGINE_NOISE_MAX ((size_t)4096)      /* kept of lines that are no JSON */
#define BUILD_STEPS_MAX ((size_t)100000)     /* of one build; real ones have some dozens */
#define BUILD_LINE_MAX ((size_t)1 << 20) /* one line of a build's output, then it is cut   \
                                          */
#define CONFIG_LIST_MAX ((size_t)100000) /* mounts, ports, labels ... of one container */
#define CONFIG_ARGUMENT_MAX                                                                \
    ((size_t)128 << 10) /* Linux: MAX_ARG_STRLEN, the NUL included */

#endif
