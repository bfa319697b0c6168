/* Parts of an ELF file in memory, of either width and byte order. */
#ifndef ULLAGE_ANALYZER_ELF_H
#define ULLAGE_ANALYZER_ELF_H

#include <stdbool.h>

#include "core/span.h"

/* The content of the first section of that name; false if there is none or it is not all there. */
bool elf_section(struct span file, const char *name, struct span *ret_section);

/* What the file has of the first segment that is loaded to be written to. */
bool elf_data_segment(struct span file, struct span *ret_segment);

#endif
