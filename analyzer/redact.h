/* Values judged secret, in environment, labels, history and commands, are printed as <redacted:FINGERPRINT>
 * in every output. A value is judged by its name (a word of it says password, secret, token, credential or a
 * private kind of key), and by its shape wherever it stands (analyzer/secrets.h). The fingerprint is the first
 * 12 hex digits of the value's SHA-256, so that the same secret can be allowed or found again without being
 * shown. More is redacted than is a finding: a stand-in is hidden too when its name says secret. */
#ifndef ULLAGE_ANALYZER_REDACT_H
#define ULLAGE_ANALYZER_REDACT_H

#include <stdbool.h>

#include "core/span.h"
#include "core/strbuf.h"

bool redact_name_is_secret(struct span name);

/* The same, but for names that say of a secret where it is, how long or whose: PASSWORD_FILE, TOKEN_URL. */
bool redact_name_holds_secret(struct span name);

/* Does the word of a command say that the next one is a secret: --password? */
bool redact_option_takes_secret(struct span option);

/* Values of names in a line of a shell or of the history: NAME=VALUE, --name VALUE, "Authorization: Bearer
 * VALUE", "ENV NAME VALUE" and the build arguments in front of a command. Quotes around a value are not
 * part of it. */
typedef void named_value(void *context, struct span name, struct span value);
void redact_find_values(struct span text, named_value *found, void *context);

/* Appends the text with what is secret in it redacted. */
void redact_text(struct strbuf *out, const char *text);

/* Appends the value of a name: its fingerprint, or the text with what is secret in it redacted. */
void redact_value(struct strbuf *out, struct span name, struct span value);

#endif
