/* Working on each image of an archive in turn, as --platform all asks: their reports are kept apart by the
 * word {platform} in the names of files. */
#ifndef ULLAGE_CLI_PLATFORMS_H
#define ULLAGE_CLI_PLATFORMS_H

#include "cli/report_options.h"

/* "sizes/{platform}.json" becomes "sizes/linux-arm64.json"; other names, and NULL, stay. What is made is
 * kept in `names`. `platform` may be NULL. */
const char *platform_file(struct strvec *names, const char *name, const char *platform);

/* report_arguments_write with the platform in the names of files. */
int platform_reports_write(const struct report_arguments *arguments,
                           const struct invocation *invocation, const struct report *report,
                           const char *platform, struct error *err);

/* Can reports of several images be told apart? Text on standard output can. */
int platform_reports_check(const struct report_arguments *arguments, struct error *err);
/* Is the name one for each platform? NULL is. */
bool platform_file_varies(const char *name);

/* Is it --platform all? Then the digests of the images, to be given as references one by one; from
 * standard input it is an error. */
bool platform_is_all(const char *platform);
int platform_list(struct strvec *ret_digests, const char *argument,
                  const struct analysis_options *options, struct error *err);

/* Works on the images one after another, an empty line between their texts. Returns the worst status: 1
 * before other failures, those before 0. Without digests it runs once, with NULL. */
int platform_run_each(const struct invocation *invocation, const struct strvec *digests,
                      int (*run_one)(const struct invocation *invocation, const char *digest,
                                     struct error *err),
                      struct error *err);

#endif
