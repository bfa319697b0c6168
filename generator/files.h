/* The files of a plan: a Dockerfile for each service, what its context leaves out, compose.yaml, a
 * script. */
#ifndef ULLAGE_GENERATOR_FILES_H
#define ULLAGE_GENERATOR_FILES_H

#include "generator/language.h"

int files_make(struct planning *planning, struct error *err);

/* The backing services that compose can bring. */
void files_add_backing(struct service *service, const char *name);

#endif
