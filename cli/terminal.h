/* What the program may assume about where its output goes: whether a person watches, how
 * wide the screen is, and whether colour is welcome. Styles are texts to put around words;
 * they are empty when off, so that printing code never asks. */
#ifndef ULLAGE_CLI_TERMINAL_H
#define ULLAGE_CLI_TERMINAL_H

#include <stdbool.h>
#include <stddef.h>

enum color { COLOR_AUTO, COLOR_ALWAYS, COLOR_NEVER };

struct style {
    const char *bold;
    const char *dim;
    const char *red;
    const char *yellow;
    const char *green;
    const char *reset;
};

struct terminal {
    bool output_is_terminal;
    bool errors_is_terminal;
    size_t width; /* columns of the terminal, 80 when there is none */
    const struct style *output;
    const struct style *errors;
};

extern const struct style style_plain;
extern const struct style style_color;

/* In this order: --color, NO_COLOR (not empty), CLICOLOR_FORCE (neither empty nor 0), then
 * whether the stream is a terminal that is not dumb. */
struct terminal terminal_detect(enum color color);

#endif
