/* The templates that are built in, found by name. The two headers without a folder are written by
 * CMake from the files in templates/. */
#include <string.h>
#include <template_texts.h>

#include "core/memory.h"
#include "generator/language.h"

struct span template_source(const char *name)
{
#define TEMPLATE(id)                                                                               \
    if (strcmp(name, #id) == 0)                                                                    \
        return span_of(template_##id, template_##id##_len);
#include <template_rows.def>
#undef TEMPLATE
    return span_of("", 0);
}
