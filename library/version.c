#include <ullage/version.h>

const char *ullage_version(void)
{
    return ULLAGE_VERSION;
}
