/* Stand-ins: what stands where a secret will be, or shows what one looks like. `changeme`, `${TOKEN}`,
 * `<your key>`, `xxxx`, keys with EXAMPLE in them and rows of neighbours as 123456 are no secrets. */
#ifndef ULLAGE_ANALYZER_STANDIN_H
#define ULLAGE_ANALYZER_STANDIN_H

#include <stdbool.h>

#include "core/span.h"

/* Is a value, given to a name that says secret, plainly none? */
bool value_is_standin(struct span value);

/* Is it as mixed as what a machine draws, and of letters and digits both? Of passwords that stand anywhere,
 * and of tokens; short ones may be all letters. */
bool value_is_mixed(struct span value);
bool value_is_random(struct span value);

/* "example.com", "host", "localhost": names that stand for any host. */
bool host_is_standin(struct span host);

#endif
