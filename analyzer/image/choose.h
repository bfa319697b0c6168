/* The choice among the images of an archive. */
#ifndef ULLAGE_ANALYZER_IMAGE_CHOOSE_H
#define ULLAGE_ANALYZER_IMAGE_CHOOSE_H

#include "analyzer/image/image.h"

/* NULL reference and platform match any. Several left, or none that matches, is ERROR_USAGE with a list of
 * what is there. */
int candidates_choose(const struct candidates *candidates, const char *reference,
                      const char *platform, struct candidate **ret_chosen, struct error *err);
/* Does a name or the beginning of a digest mean it? */
bool candidate_is_named(const struct candidate *candidate, const char *reference);
void candidates_release(struct candidates *candidates);

#endif
