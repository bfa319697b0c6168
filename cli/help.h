/* What `ullage help` and --help print, all of it from the tables. */
#ifndef ULLAGE_CLI_HELP_H
#define ULLAGE_CLI_HELP_H

#include "cli/command.h"
#include "cli/page.h"

extern const char help_summary[]; /* what the program is, in one line */
extern const struct example help_examples[];

/* For somebody who typed only the name of the program: fits a small screen. */
void help_short(struct page *page);
void help_overview(struct page *page);
void help_command(struct page *page, const struct command *command);

/* Takes the name of a command or a topic. */
int help_about(struct page *page, const char *name, struct error *err);

/* "-o, --output FILE" and what the row says about it, choices, range, default and variable
 * included. */
void help_option_term(struct strbuf *out, const struct option *row);
void help_option_meaning(struct strbuf *out, const struct option *row);

/* "ullage gate [options] IMAGE" */
void help_usage(struct strbuf *out, const struct command *command);

#endif
