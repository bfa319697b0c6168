/* Paths looked up in the merged file system as a process in the container would: links followed, `..` kept
 * below the root. */
#ifndef ULLAGE_ANALYZER_RESOLVE_H
#define ULLAGE_ANALYZER_RESOLVE_H

#include "analyzer/accounting.h"

/* The node at the end of the path, which is no symlink; NODE_NONE if a part of it is missing, or links go
 * round in a circle. */
uint32_t resolve_path(const struct accounting *accounting, const char *path);

#endif
