/* Which ullage this is. The numbers here are those of the headers a program was compiled with;
 * ullage_version() tells the library it runs with. Within one major number functions and struct members are
 * added and none is taken away or changes its meaning. */
#ifndef ULLAGE_INCLUDE_VERSION_H
#define ULLAGE_INCLUDE_VERSION_H

#include <ullage/error.h>

#define ULLAGE_VERSION_MAJOR 0
#define ULLAGE_VERSION_MINOR 1
#define ULLAGE_VERSION_PATCH 0

#ifdef __cplusplus
extern "C" {
#endif

/* "0.1.0", of the library. Static: never to be freed. */
ULLAGE_API const char *ullage_version(void);

#ifdef __cplusplus
}
#endif

#endif
