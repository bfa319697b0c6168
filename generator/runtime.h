/* Which version a service's runtime has: what all its files say, met in one set, and the choice
 * from it. */
#ifndef ULLAGE_GENERATOR_RUNTIME_H
#define ULLAGE_GENERATOR_RUNTIME_H

#include "generator/language.h"

void runtime_start(struct service *service, const char *runtime);
/* A constraint of one place, the strongest first: one that contradicts what came before is reported
 * and passed over, as is one that cannot be read. */
void runtime_require(struct planning *planning, struct service *service,
                     enum version_grammar grammar, const char *text, struct evidence evidence);
/* What .tool-versions and mise's files say of a tool, in the folder and at the root. */
void runtime_require_tools(struct planning *planning, struct service *service, const char *tool);
/* The first line of a file that holds nothing but a version, of the folder or else of the root. */
void runtime_require_file(struct planning *planning, struct service *service, const char *name,
                          enum version_grammar grammar);
/* Chooses. `undeclared` is said if no place declared anything. */
void runtime_decide(struct planning *planning, struct service *service, const char *undeclared);

#endif
