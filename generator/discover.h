/* Which folders of a project are services, and which ecosystem each is of: all of them bid. */
#ifndef ULLAGE_GENERATOR_DISCOVER_H
#define ULLAGE_GENERATOR_DISCOVER_H

#include "generator/language.h"

/* Adds the services, and the alternatives that were passed over. */
void discover_services(struct planning *planning);
const struct language *language_by_name(const char *name);
/* The names of all ecosystems, with commas. */
void language_names(struct strbuf *out);

#endif
