/* Values judged secret, in environment, labels and history, are printed as <redacted:FINGERPRINT> in every
 * output. A value is judged by its name: a word of it says password, secret, token, credential or a private
 * kind of key. The fingerprint is the first 12 hex digits of the value's SHA-256, so that the same secret
 * can be allowed or found again without being shown. */
#ifndef ULLAGE_ANALYZER_REDACT_H
#define ULLAGE_ANALYZER_REDACT_H

#include <stdbool.h>

#include "core/span.h"
#include "core/strbuf.h"

bool redact_name_is_secret(struct span name);

/* Appends the text with the values of all NAME=VALUE words in it judged. */
void redact_text(struct strbuf *out, const char *text);

/* Appends the value of a name, or its fingerprint. */
void redact_value(struct strbuf *out, struct span name, struct span value);

#endif
