/* Manual pages in roff, printed from the tables: ullage(1) and ullage-COMMAND(1). */
#ifndef ULLAGE_CLI_MAN_H
#define ULLAGE_CLI_MAN_H

#include "cli/command.h"
#include "core/strbuf.h"

void man_overview(struct strbuf *out);
void man_command(struct strbuf *out, const struct command *command);

#endif
