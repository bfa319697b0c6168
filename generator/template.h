/* Templates read as the file they become. The language is this, a directive being a line of its
 * own:
 *
 *     {{NAME}}               the value; a list with blanks between
 *     {{NAME|json}}          a list as ["a", "b"], a text in JSON's quotes
 *     {{NAME|shell}}         quoted for a shell where it needs it
 *     {{NAME|label}}         in double quotes for LABEL and ENV
 *     {{NAME|and}}           the commands of a list one after the other, each on its line
 *     %if NAME               lines up to %else or %end, if the value is not empty
 *     %if !NAME              if it is
 *     %if NAME = TEXT        if it is that; != if it is not
 *     %for X in NAME         lines up to %end, for each item of a list
 *     %include NAME          another template
 *     %-- ...                a remark of the template
 *
 * Lines in between that begin with '#' are comments of the output and can be left out. No value may
 * hold a control character: what a project says never becomes a line of its own. Each line of the
 * output keeps the evidence of the first value in it that has one. */
#ifndef ULLAGE_GENERATOR_TEMPLATE_H
#define ULLAGE_GENERATOR_TEMPLATE_H

#include "generator/plan.h"

#define TEMPLATE_DEPTH_MAX 16
#define TEMPLATE_OUTPUT_MAX ((size_t)1 << 20)

/* Where a template's text comes from: what is built in, or a folder of the user's that goes before.
 */
struct template_library {
    const char *folder; /* NULL: none */
    struct arena arena;
};

int template_render(struct output_file *file, const char *name, const struct values *values,
                    struct template_library *library, bool comments, struct error *err);

void quote_for_shell(struct strbuf *out, const char *text);
void quote_for_json(struct strbuf *out, const char *text);
void quote_for_label(struct strbuf *out, const char *text);

#endif
