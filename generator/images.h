/* Base images by the part they play, from images.def, and what a company puts in their place. */
#ifndef ULLAGE_GENERATOR_IMAGES_H
#define ULLAGE_GENERATOR_IMAGES_H

#include "generator/language.h"

enum image_part { IMAGE_BUILD, IMAGE_FINAL };

/* Sets the service's image for a part, and the values image_build or image_final. Where the tag
 * holds a version, the value names the argument NAME_VERSION in its place. NULL is `scratch`. */
void images_use(struct planning *planning, struct service *service, enum image_part part,
                const char *id);
/* "repository:tag" with that version, mapped. */
const char *images_name(struct planning *planning, const char *id, const char *version);

#endif
